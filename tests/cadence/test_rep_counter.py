"""What the repetition counter promises: every calf raise and heel drop of a set, and nothing else.

Athletes with exact truth on pods that sit anyhow; walkers, runners and fidgets; recordings of people.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.repetitions import RECORDINGS, SENSORS, Grid, count, counted_in, counted_in_recording, sets_of
from cadence.aot.build import TargetName, broken_rules, compile_program
from cadence.aot.program import Entry, Layout, Program, floats, integer, ints, scalars
from cadence.rep import RepKind, to_dict
from cadence.reps import layout
from cadence.reps.counter import KERNEL, Phase, RepCounter
from cadence.sample import SampleBlock, Sensor
from cadence.stride import Activity
from firmware_bridge.importers import CsvOptions, open_csv
from firmware_bridge.source import SourceError
from hardware.athlete.exercise import Exercise
from hardware.athlete.fidgets import MANNERS, Fidget
from hardware.athlete.session import Session, record
from hardware.gait import Pace
from hardware.imu import Imu
from hardware.runner import Segment, doing

LOWERING_S = 0.15
"""What the time of the way down may be off."""

SMALL = Grid((1.0, 2.0, 4.5, 8.0), (0.2, 0.6, 1.0), (1.0,), SENSORS[::2], reps=6)

_STATE = (floats("state", "REPS_STATE_FLOATS"), ints("state_ints", "REPS_STATE_INTS"))
PROGRAM = Program(
    "reps",
    (
        Entry("reps_init", "cadence.reps.step:init", _STATE, returns=False),
        Entry(
            "reps_step",
            "cadence.reps.step:step",
            (
                *_STATE,
                floats("out", "REPS_OUTPUT_FLOATS"),
                ints("out_ints", "REPS_OUTPUT_INTS"),
                integer("dt_us"),
                scalars("motion", 6),
            ),
        ),
    ),
    layouts=(Layout("REPS", "cadence.reps.layout"),),
)


def a_set(exercise: Exercise, *, seed: int = 1, rate_hz: float = 208.0) -> Session:
    """Stand, do it, stand."""
    return record(
        [Segment(4.0), doing(exercise), Segment(3.0)], imu=Imu(rate_hz=rate_hz, seed=seed), seed=seed
    )


def counted(block: SampleBlock) -> NDArray[np.void]:
    return RepCounter().feed(block)


def kept(block: SampleBlock, rows: NDArray[np.bool_]) -> SampleBlock:
    return SampleBlock(block.t_us[rows], block.motion[rows])


@pytest.fixture(scope="module")
def session() -> Session:
    """Eight heel drops, as slowly as they are meant."""
    return a_set(Exercise("heel-drops", reps=8, tempo_s=5.5, seed=3))


@pytest.fixture(scope="module")
def samples(session: Session) -> SampleBlock:
    return session.block


class TestASet:
    def test_is_counted_exactly_whatever_its_tempo_amplitude_sensor_and_mounting(self) -> None:
        result = count(sets_of(SMALL))
        assert len(result.exact) == 48
        assert result.exact.mean() >= 0.99
        assert result.kind_right.mean() >= 0.99
        assert (np.abs(result.lowering_off_s) <= LOWERING_S).mean() >= 0.95
        assert np.quantile(result.late_s, 0.95) <= 0.7

    def test_has_its_times_and_angles(self, session: Session) -> None:
        reps, truth = counted(session.block), session.reps
        for name in ("t_start_s", "t_top_s", "t_end_s", "raise_s", "hold_s", "lowering_s"):
            np.testing.assert_allclose(reps[name], truth[name], atol=LOWERING_S, err_msg=name)
        np.testing.assert_allclose(reps["amplitude_deg"], truth["amplitude_deg"], atol=2.5)
        np.testing.assert_allclose(reps["t_start_s"] + reps["raise_s"], reps["t_top_s"], atol=1e-5)
        np.testing.assert_allclose(
            reps["t_top_s"] + reps["hold_s"] + reps["lowering_s"], reps["t_end_s"], atol=1e-5
        )

    def test_on_the_floor_is_of_raises_and_on_a_step_of_drops(self, session: Session) -> None:
        raises = counted(a_set(Exercise("calf-raises", reps=4)).block)
        assert [RepKind(kind) for kind in raises["kind"]] == [RepKind.RAISE] * 4
        assert to_dict(raises[0])["kind"] == "raise"
        assert set(counted(session.block)["kind"]) == {RepKind.DROP}

    @pytest.mark.parametrize(
        "exercise",
        [
            Exercise("calf-raises", fatigue=0.4),
            Exercise("calf-raises", tempo_s=4.0, hesitations=3),
            Exercise("calf-raises", halves=3),
            Exercise("heel-drops", tempo_s=4.0, bounces=True),
            Exercise("heel-drops", tempo_s=5.0, from_below=True),
            Exercise("calf-raises", reps=50, tempo_s=2.0, fatigue=0.5),
        ],
        ids=["tiring", "hesitating", "half-ones-before", "bouncing-below", "begun-below", "fifty"],
    )
    def test_of_someone_who_cheats_or_tires_counts_what_was_done(self, exercise: Exercise) -> None:
        session = a_set(exercise, seed=2)
        assert len(counted(session.block)) == len(session.reps) == exercise.reps

    def test_is_counted_again_after_a_walk(self) -> None:
        walk = Segment(10.0, Pace(Activity.WALKING, cadence_spm=105.0, speed_m_s=1.2))
        part = [Segment(4.0), doing(Exercise(reps=3, seed=4)), walk]
        session = record([*part, *part])
        assert len(counted(session.block)) == 6

    @pytest.mark.parametrize("rate_hz", [52.0, 833.0])
    def test_is_counted_at_any_sample_rate(self, rate_hz: float) -> None:
        assert len(counted(a_set(Exercise(reps=4), rate_hz=rate_hz).block)) == 4


class TestNothingIsCounted:
    @pytest.mark.parametrize("speed_m_s", [0.3, 0.8, 1.4, 2.0])
    def test_in_walking(self, speed_m_s: float) -> None:
        walk = Segment(15.0, Pace(Activity.WALKING, cadence_spm=100.0, speed_m_s=speed_m_s))
        assert counted_in([Segment(3.0), walk, Segment(3.0)], seed=5) == 0

    @pytest.mark.parametrize("speed_m_s", [1.8, 3.0, 4.5])
    def test_in_running(self, speed_m_s: float) -> None:
        assert counted_in([Segment(3.0), Segment(15.0, Pace(speed_m_s=speed_m_s)), Segment(3.0)], seed=6) == 0

    def test_in_standing(self) -> None:
        assert counted_in([Segment(60.0)], seed=7) == 0

    @pytest.mark.parametrize("name", MANNERS)
    def test_in_what_else_a_foot_does(self, name: str) -> None:
        parts = [doing(Fidget(name, seed)) for seed in range(3)]  # type: ignore[arg-type]
        segments = [segment for part in parts for segment in (Segment(3.0), part)]
        assert sum(counted_in([*segments, Segment(3.0)], seed) for seed in range(2)) == 0

    @pytest.mark.parametrize("heel_deg", [3.0, 85.0])
    def test_in_less_than_a_repetition_and_in_more_than_a_foot_can(self, heel_deg: float) -> None:
        t_s = np.arange(0.0, 16.0, 0.01)
        tilt = np.radians(heel_deg) * np.sin(np.pi * np.clip(t_s - 4.0, 0.0, 8.0) / 2.0) ** 2
        motion = np.zeros((len(t_s), 6), np.float32)
        motion[:, 0], motion[:, 2] = 9.81 * np.sin(tilt), 9.81 * np.cos(tilt)
        motion[:, 4] = -np.gradient(tilt, 0.01)
        assert len(counted(SampleBlock((1e6 * t_s).astype(np.int64), motion))) == 0

    @pytest.mark.parametrize(
        "pattern",
        ["pyshoe_vicon/walk/????-??-??-??-??-??.csv.gz", "fukuchi_virtual/*_T25_L.csv.gz", "ipol/*_lf.txt"],
    )
    def test_in_people_who_walk_and_run(self, data_dir: Path, pattern: str) -> None:
        assert counted_in_recording(sorted(data_dir.glob(pattern))[0]) == 0

    def test_and_no_recording_of_a_foot_with_a_gyroscope_is_left_out(self, data_dir: Path) -> None:
        """What is not among them has no gyroscope, or holds no samples."""
        told = {path for pattern, _ in RECORDINGS for path in data_dir.glob(pattern)}
        tables = [path for end in (".csv", ".csv.gz", ".txt") for path in data_dir.rglob(f"*{end}")]
        left_out = [path for path in tables if path not in told and not path.name.endswith(".truth.csv")]
        assert len(told) > 90
        for path in left_out:
            with pytest.raises((SourceError, ValueError)):
                RepCounter(open_csv(path, CsvOptions(rate_hz=100.0)).sensor)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 900), min_size=1, max_size=40))
def test_where_blocks_are_cut_changes_nothing(samples: SampleBlock, sizes: list[int]) -> None:
    whole = RepCounter()
    expected = whole.feed(samples)
    counter, pieces, told_us, at = RepCounter(), [], [], 0
    for size in [*sizes, len(samples.t_us)]:
        rows = slice(at, at + size)
        pieces.append(counter.feed(SampleBlock(samples.t_us[rows], samples.motion[rows])))
        told_us.append(counter.closed_us)
        at += size
    assert len(expected) == 8
    assert np.concatenate(pieces).tobytes() == expected.tobytes()
    assert np.concatenate(told_us).tobytes() == whole.closed_us.tobytes()
    assert counter.now_us == samples.t_us[-1] - samples.t_us[0]


class TestALiveSet:
    def test_shows_the_way_up_the_top_and_the_way_down(self) -> None:
        session = a_set(Exercise("calf-raises", reps=1, tempo_s=5.0))
        counter, seen, highest_deg = RepCounter(), [Phase.AWAY], 0.0
        for at in range(0, len(session.block.t_us), 20):
            rows = slice(at, at + 20)
            counter.feed(SampleBlock(session.block.t_us[rows], session.block.motion[rows]))
            highest_deg = max(highest_deg, counter.live.angle_deg)
            if counter.live.phase is not seen[-1]:
                seen.append(counter.live.phase)
        assert seen[:2] == [Phase.AWAY, Phase.REST]
        ways = [phase for phase in seen if phase in (Phase.RAISING, Phase.LOWERING)]
        assert (ways[0], ways[-1]) == (Phase.RAISING, Phase.LOWERING)
        assert Phase.TOP in seen
        assert seen[-1] is Phase.REST
        assert highest_deg == pytest.approx(session.reps["amplitude_deg"][0], abs=2.5)


class TestASignalWithFaults:
    @settings(max_examples=20)
    @given(st.integers(0, 2**31), st.sampled_from(["lost", "not a number", "infinite", "absurd", "clipped"]))
    def test_never_breaks_the_counter(self, samples: SampleBlock, seed: int, fault: str) -> None:
        random = np.random.default_rng(seed)
        motion = samples.motion.copy()
        hit = random.random(len(motion)) < random.choice([0.01, 0.3])
        motion[hit] = {"infinite": np.inf, "absurd": -1e30}.get(fault, np.nan)
        if fault == "clipped":
            motion = np.clip(samples.motion, -10.0, 1.0).astype(np.float32)
        rows = ~hit if fault == "lost" else np.ones(len(motion), bool)
        reps = counted(SampleBlock(samples.t_us[rows], motion[rows]))
        assert len(reps) <= 8
        assert all(np.isfinite(reps[name]).all() for name in reps.dtype.names or () if name != "kind")
        assert np.all(np.diff(reps["t_end_s"]) > 0.0)

    def test_of_a_few_lost_samples_costs_nothing(self, samples: SampleBlock) -> None:
        rows = np.random.default_rng(1).random(len(samples.t_us)) > 0.05
        assert len(counted(kept(samples, rows))) == 8

    @pytest.mark.parametrize("way", ["raise", "lowering"])
    @pytest.mark.parametrize("silence_s", [0.4, 3.0])
    def test_with_a_gap_ends_the_repetition_under_way_alone(
        self, session: Session, way: str, silence_s: float
    ) -> None:
        rep = session.reps[3]
        begin_s = rep["t_start_s"] + 0.3 if way == "raise" else rep["t_end_s"] - 0.8 * rep["lowering_s"]
        t_s = (session.block.t_us - session.block.t_us[0]) / 1e6
        reps = counted(kept(session.block, (t_s < begin_s) | (t_s > begin_s + silence_s)))
        truth = session.reps
        hidden = (truth["t_start_s"] < begin_s + silence_s) & (truth["t_end_s"] > begin_s)
        assert len(reps) == len(truth) - hidden.sum()
        np.testing.assert_allclose(reps["lowering_s"], truth["lowering_s"][~hidden], atol=LOWERING_S)

    def test_with_a_long_gap_begins_anew(self, session: Session) -> None:
        later = session.block.t_us + 60_000_000 + session.block.t_us[-1]
        motion = session.block.motion
        both = SampleBlock(np.concatenate([session.block.t_us, later]), np.concatenate([motion, motion]))
        assert len(counted(both)) == 16

    def test_of_an_accelerometer_alone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="gyroscope") as error:
            RepCounter(Sensor(has_gyroscope=False))
        assert "\n" not in str(error.value)

    def test_with_times_that_run_backwards_is_refused(self, samples: SampleBlock) -> None:
        counter = RepCounter()
        counter.feed(SampleBlock(samples.t_us[100:200], samples.motion[100:200]))
        with pytest.raises(ValueError, match="backwards"):
            counter.feed(SampleBlock(samples.t_us[:100], samples.motion[:100]))

    def test_of_another_shape_is_refused(self, samples: SampleBlock) -> None:
        with pytest.raises(ValueError, match="shape"):
            RepCounter().feed(SampleBlock(samples.t_us[:5], samples.motion[:5, :3]))

    def test_without_samples_is_none(self, samples: SampleBlock) -> None:
        counter = RepCounter()
        assert len(counter.feed(SampleBlock(samples.t_us[:0], samples.motion[:0]))) == 0
        assert len(counter.closed_us) == 0


class TestTheKernel:
    @pytest.mark.parametrize("target", ["cortex-m4f", "c99"])
    def test_keeps_the_rules_of_the_subset(self, target: TargetName) -> None:
        assert broken_rules(PROGRAM, target) == []

    def test_compiles_for_the_pod_and_needs_no_library(self) -> None:
        contents = compile_program(PROGRAM, "cortex-m4f").contents
        assert set(contents.defined) == {"reps_init", "reps_step"}
        assert contents.undefined == ()
        assert contents.code_bytes < 16_384
        assert 4 * (layout.STATE_FLOATS + layout.STATE_INTS) < 8192

    def test_is_compiled_anew_after_an_edit_of_any_of_its_files(self) -> None:
        names = {"layout.py", "tilt.py", "timing.py", "cycle.py", "step.py", "host_loop.py", "vector.py"}
        assert {path.name for path in KERNEL.sources} >= names

    def test_equals_itself_as_plain_python(self, session: Session, tmp_path: Path) -> None:
        """Bit for bit, records and state alike."""
        end = int(np.searchsorted(session.block.t_us, 1e6 * (session.reps["t_end_s"][1] + 1.0)))
        block = SampleBlock(session.block.t_us[:end:4], session.block.motion[:end:4])
        np.savez(tmp_path / "block.npz", t_us=block.t_us, motion=block.motion)
        program = """
import sys
import numpy as np
from cadence.reps.counter import RepCounter
from cadence.sample import SampleBlock
np.seterr(all="ignore")  # as on the other targets
block = np.load(sys.argv[1])
counter = RepCounter()
reps = counter.feed(SampleBlock(block["t_us"], block["motion"]))
with open(sys.argv[2], "wb") as out:
    for words in (reps, counter._floats, counter._ints):
        out.write(words.tobytes())
"""
        out = tmp_path / "python"
        subprocess.run(
            [sys.executable, "-c", program, str(tmp_path / "block.npz"), str(out)],
            check=True, env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, timeout=100,
        )  # fmt: skip
        counter = RepCounter()
        reps = counter.feed(block)
        assert len(reps) == 2
        assert out.read_bytes() == reps.tobytes() + counter._floats.tobytes() + counter._ints.tobytes()
