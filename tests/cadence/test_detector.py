"""What the detector promises of any recording: the same strides however it is cut, turned or mounted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from cadence.compiled import Kernel
from cadence.detector import KERNEL, StepDetector
from cadence.sample import SampleBlock, Sensor
from cadence.stride import Activity, Side
from hardware.gait import Pace
from hardware.imu import Imu
from hardware.runner import STEADY_BODY, Segment, SimulatedRun, simulate

PACE = Pace(cadence_spm=165, speed_m_s=3.0)


@pytest.fixture(scope="module")
def run() -> SimulatedRun:
    """Standing, 25 s of running, and standing again."""
    return simulate([Segment(4), Segment(25, PACE), Segment(4)])


@pytest.fixture(scope="module")
def samples(run: SimulatedRun) -> SampleBlock:
    return run.whole()


def detect(block: SampleBlock, sensor: Sensor | None = None) -> NDArray[np.void]:
    return StepDetector(sensor).feed(block)


def part(block: SampleBlock, rows: slice | NDArray[np.bool_]) -> SampleBlock:
    return SampleBlock(block.t_us[rows], block.motion[rows])


def test_every_stride_of_a_run_is_found_at_its_time(run: SimulatedRun, samples: SampleBlock) -> None:
    strides = detect(samples, run.sensor)
    truth = run.truth_strides
    assert len(strides) == len(truth)
    assert np.abs(strides["t_contact_s"] - truth["t_contact_s"]).max() < 0.030
    running = slice(3, -4)  # between speeding up and stopping
    np.testing.assert_allclose(strides["cadence_spm"][running], truth["cadence_spm"][running], atol=1.0)
    assert np.median(np.abs(strides["stride_length_m"] / truth["stride_length_m"] - 1)) < 0.02
    assert set(strides["activity"][running]) == {Activity.RUNNING}


@settings(max_examples=15)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=60))
def test_where_blocks_are_cut_changes_nothing(
    run: SimulatedRun, samples: SampleBlock, sizes: list[int]
) -> None:
    whole = detect(samples, run.sensor)
    detector = StepDetector(run.sensor)
    pieces = []
    at = 0
    for size in [*sizes, len(samples.t_us)]:
        pieces.append(detector.feed(part(samples, slice(at, at + size))))
        at += size
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


def test_an_empty_block_is_no_samples(samples: SampleBlock) -> None:
    detector = StepDetector()
    assert len(detector.feed(part(samples, slice(0, 0)))) == 0
    assert detector.counters.samples == 0


@settings(max_examples=12)
@given(st.integers(0, 2**31))
def test_the_pod_may_sit_any_way_round(run: SimulatedRun, samples: SampleBlock, seed: int) -> None:
    turn = Rotation.random(random_state=seed).as_matrix()
    motion = np.hstack([samples.motion[:, :3] @ turn.T, samples.motion[:, 3:] @ turn.T])
    upright = detect(samples)
    turned = detect(SampleBlock(samples.t_us, motion.astype(np.float32)))
    assert len(turned) == len(upright)
    # float32 rounds differently in other axes; a look-up may move by a fraction of a bin
    np.testing.assert_allclose(turned["t_contact_s"], upright["t_contact_s"], atol=1e-3)
    np.testing.assert_allclose(turned["stride_length_m"], upright["stride_length_m"], rtol=0.01)


def test_a_left_shoe_gives_the_same_strides_as_a_right_one() -> None:
    legs = [
        detect(simulate([Segment(4), Segment(15, PACE)], side=side, body=STEADY_BODY).whole())
        for side in (Side.LEFT, Side.RIGHT)
    ]
    assert len(legs[0]) == len(legs[1])
    assert np.nanmedian(legs[0]["contact_time_s"]) == pytest.approx(
        np.nanmedian(legs[1]["contact_time_s"]), abs=0.003
    )


@pytest.mark.parametrize("rate_hz", [52, 104, 208, 416, 833])
def test_any_sample_rate_will_do(rate_hz: float) -> None:
    run = simulate([Segment(4), Segment(20, PACE)], imu=Imu(rate_hz=rate_hz))
    strides = detect(run.whole(), run.sensor)
    assert abs(len(strides) - len(run.truth_strides)) <= 1
    assert np.nanmedian(strides["cadence_spm"]) == pytest.approx(165, abs=1)
    truth = np.median(run.truth_strides["stride_length_m"])
    assert np.nanmedian(strides["stride_length_m"]) == pytest.approx(truth, rel=0.04)


def test_a_change_of_cadence_shows_within_two_strides() -> None:
    faster = Pace(cadence_spm=175, speed_m_s=3.0)
    run = simulate([Segment(3), Segment(15, PACE), Segment(10, faster)], body=STEADY_BODY)
    samples = run.whole()
    detector = StepDetector(run.sensor)
    change_s = run.truth_segments[-1].t_start_s
    after = []
    for at in range(len(samples.t_us)):
        if len(detector.feed(part(samples, slice(at, at + 1)))) and samples.t_us[at] / 1e6 > change_s:
            after.append(detector.live.cadence_spm)
    late = next(k for k, cadence_spm in enumerate(after) if abs(cadence_spm - 175) < 1)
    # the stride under way at the change still belongs to the old cadence
    assert late <= 2


def test_no_stride_spans_a_gap_and_the_strides_after_it_are_right(
    run: SimulatedRun, samples: SampleBlock
) -> None:
    t_s = samples.t_us / 1e6
    kept = (t_s < 14.0) | (t_s > 14.5)
    detector = StepDetector(run.sensor)
    strides = detector.feed(part(samples, kept))
    assert detector.counters.gaps == 1
    starts_s = strides["t_contact_s"] - strides["stride_time_s"]
    assert not np.any((starts_s < 14.0) & (strides["t_contact_s"] > 14.5))
    later = strides[strides["t_contact_s"] > 18]
    true = run.truth_strides[run.truth_strides["t_contact_s"] > 18]
    assert len(later) == len(true)
    assert np.nanmedian(later["cadence_spm"]) == pytest.approx(165, abs=1)


def test_missing_rows_are_counted_as_gaps_and_cost_no_stride(run: SimulatedRun, samples: SampleBlock) -> None:
    motion = samples.motion.copy()
    motion[1500] = np.nan
    motion[2500:2503, 1] = np.nan
    detector = StepDetector(run.sensor)
    strides = detector.feed(SampleBlock(samples.t_us, motion))
    assert detector.counters.missing_samples == 4
    assert detector.counters.gaps == 2
    assert len(strides) == len(run.truth_strides)
    assert np.count_nonzero(~strides["good"]) == 2


def test_infinite_and_absurd_values_stop_at_the_door(samples: SampleBlock) -> None:
    motion = samples.motion.copy()
    motion[1000, 0] = np.inf
    motion[1200, 4] = -1e30
    detector = StepDetector()
    strides = detector.feed(SampleBlock(samples.t_us, motion))
    assert detector.counters.missing_samples == 2
    assert np.isfinite(strides["stride_length_m"][-10:]).all()


def test_repeated_time_stamps_are_normal(run: SimulatedRun, samples: SampleBlock) -> None:
    t_us = samples.t_us.copy()
    t_us[1::10] = t_us[0::10][: len(t_us[1::10])]
    strides = detect(SampleBlock(t_us, samples.motion), run.sensor)
    assert len(strides) == len(run.truth_strides)


def test_a_clipped_stride_says_so(run: SimulatedRun, samples: SampleBlock) -> None:
    limit = 40.0
    motion = samples.motion.copy()
    motion[:, :3] = np.clip(motion[:, :3], -limit, limit)
    detector = StepDetector(Sensor(acc_limit_m_s2=limit))
    strides = detector.feed(SampleBlock(samples.t_us, motion))
    assert strides["clipped"][4:-3].all()
    assert detector.counters.clipped_samples > 0
    assert not detect(samples)["clipped"].any()


def test_standing_gives_no_stride() -> None:
    run = simulate([Segment(30)])
    detector = StepDetector(run.sensor)
    assert len(detector.feed(run.whole())) == 0
    assert detector.live.activity is Activity.STATIONARY
    assert detector.live.cadence_spm == 0.0
    assert detector.counters.stationary_s > 29


def test_the_live_estimate_tells_zero_from_unknown(run: SimulatedRun, samples: SampleBlock) -> None:
    detector = StepDetector(run.sensor)
    assert np.isnan(detector.live.cadence_spm)
    running = samples.t_us < 15_000_000
    detector.feed(part(samples, running))
    assert detector.live.cadence_spm == pytest.approx(165, abs=5)
    assert 0 <= detector.live.age_s < 0.8
    detector.feed(part(samples, ~running))
    assert detector.live.cadence_spm == 0.0


def test_an_accelerometer_alone_tells_cadence_but_no_length(run: SimulatedRun, samples: SampleBlock) -> None:
    motion = samples.motion.copy()
    motion[:, 3:] = np.nan
    strides = detect(SampleBlock(samples.t_us, motion), Sensor(has_gyroscope=False))
    assert np.nanmedian(strides["cadence_spm"]) == pytest.approx(165, abs=1)
    assert np.isnan(strides["stride_length_m"]).all()
    assert np.isnan(strides["strike_angle_deg"]).all()
    assert abs(len(strides) - len(run.truth_strides)) <= 3


def test_times_that_run_backwards_are_refused(samples: SampleBlock) -> None:
    detector = StepDetector()
    detector.feed(part(samples, slice(100, 200)))
    with pytest.raises(ValueError, match="backwards"):
        detector.feed(part(samples, slice(0, 100)))


def test_the_compiled_core_equals_the_core_as_plain_python(tmp_path: Path) -> None:
    """Bit for bit, records and state alike."""
    program = """
import sys
import numpy as np
from cadence.detector import KERNEL, StepDetector
from hardware.gait import Pace
from hardware.runner import Segment, simulate
np.seterr(all="ignore")  # as on the other targets
run = simulate([Segment(2), Segment(8, Pace())])
detector = StepDetector(run.sensor)
strides = detector.feed(run.whole())
assert len(strides) > 5
with open(sys.argv[1], "wb") as out:
    for block in (strides, detector._floats, detector._ints):
        out.write(block.tobytes())
"""
    written = []
    for name, disabled in (("jit", "0"), ("python", "1")):
        out = tmp_path / name
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        subprocess.run([sys.executable, "-c", program, str(out)], check=True, env=environment, timeout=100)
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_the_core_runs_where_no_cache_folder_can_be_made(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    program = "from cadence.detector import KERNEL, StepDetector; StepDetector(); print('ready')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "COACH_CACHE": str(place / "below")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "ready"), done.stderr


def test_the_cache_notices_every_edit_of_the_core(tmp_path: Path) -> None:
    assert {path.name for path in KERNEL.sources} >= {"step.py", "gait.py", "host_loop.py", "pointer.py"}
    copies = [Path(shutil.copy(path, tmp_path)) for path in KERNEL.sources]
    kernel = Kernel(KERNEL.module, copies)
    seen = {kernel.source_hash()}
    for source in copies:
        with source.open("a") as out:
            out.write("# an edit\n")
        seen.add(kernel.source_hash())
    assert len(seen) == 1 + len(copies)
