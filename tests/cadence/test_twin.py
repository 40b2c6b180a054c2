"""The kernel and its slow float64 twin find the same strides, whatever is fed to them.

Both make the same decisions on the same bins, so they may differ by float32 rounding alone: over a stride
some 1e-6 of what is integrated. An event is a maximum or a dip between bins; where its curve is flat, the
rounding moves its tip by up to some 0.1 ms; and where a threshold is met by a hair, one bin more or less
enters a mean. `TOLERANCES` leave room for that in any one stride: the smallest slip in a bin's index is
5 ms. In the median stride nothing but rounding is left, and `USUAL` holds it there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.detector import StepDetector
from cadence.reference import ReferenceDetector
from cadence.sample import SampleBlock, Sensor
from cadence.stride import Side
from firmware_bridge.importers import open_csv
from hardware.runner import simulate
from hardware.scenarios import scenario

USUAL_TIME_S = 0.00005
USUAL = {"stride_length_m": 1e-5, "climb_m": 2e-5, "strike_angle_deg": 1e-4}
TOLERANCES = {  # absolute, relative
    "t_toe_off_s": (0.001, 0.0),
    "t_contact_s": (0.001, 0.0),
    "t_mid_stance_s": (0.001, 0.0),
    "stride_time_s": (0.001, 0.0),
    "contact_time_s": (0.001, 0.0),
    "flight_time_s": (0.001, 0.0),
    "cadence_spm": (0.0, 0.003),  # a millisecond of the shortest stride
    "stride_length_m": (0.0, 0.005),
    "speed_m_s": (0.0, 0.005),
    "climb_m": (0.005, 0.0),
    "grade_percent": (0.5, 0.0),
    "strike_angle_deg": (0.5, 0.0),
    "impact_g": (0.0, 1e-5),
    "clipped": (0.0, 0.0),
    "activity": (0.0, 0.0),
    "side": (0.0, 0.0),
    "good": (0.0, 0.0),
}

Fault = Callable[[SampleBlock], SampleBlock]


def assert_same_strides(sensor: Sensor, block: SampleBlock, *, at_least: int) -> None:
    kernel = StepDetector(sensor, side=Side.LEFT).feed(block)
    twin = ReferenceDetector(sensor, side=Side.LEFT).feed(block)
    assert len(kernel) == len(twin) >= at_least
    assert set(TOLERANCES) == set(kernel.dtype.names or ())
    for name, (absolute, relative) in TOLERANCES.items():
        found, expected = kernel[name].astype(float), twin[name].astype(float)
        np.testing.assert_allclose(found, expected, rtol=relative, atol=absolute, err_msg=name)
        if name.startswith("t_"):
            assert np.mean(np.abs(found - expected) < USUAL_TIME_S) > 0.9, name
        if name in USUAL and np.isfinite(expected).any():
            assert np.nanmedian(np.abs(found - expected)) < USUAL[name], name


def part(block: SampleBlock, begin_s: float, end_s: float) -> SampleBlock:
    inside = (block.t_us >= begin_s * 1e6) & (block.t_us < end_s * 1e6)
    return SampleBlock(block.t_us[inside], block.motion[inside])


def opened(path: Path) -> tuple[Sensor, SampleBlock]:
    recording = open_csv(path)
    blocks = list(recording.blocks())
    t_us = np.concatenate([block.t_us for block in blocks])
    return recording.sensor, SampleBlock(t_us, np.concatenate([block.motion for block in blocks]))


@pytest.fixture(scope="module")
def outing() -> tuple[Sensor, SampleBlock]:
    """Stand, walk, run, stand, again and again, at 208 Hz with all the faults of a real sensor."""
    run = simulate(scenario("stops", 45.0), seed=5)
    return run.sensor, run.whole()


def test_on_an_outing_with_a_hill_and_stops() -> None:
    run = simulate(scenario("session", 50.0))
    assert_same_strides(run.sensor, run.whole(), at_least=50)


def lost(block: SampleBlock) -> SampleBlock:
    kept = np.random.default_rng(1).random(len(block.t_us)) > 0.05
    return SampleBlock(block.t_us[kept], block.motion[kept])


def unusable(block: SampleBlock) -> SampleBlock:
    motion = block.motion.copy()
    motion[np.random.default_rng(2).random(len(motion)) < 0.02] = np.nan
    return SampleBlock(block.t_us, motion)


def slow(block: SampleBlock) -> SampleBlock:
    return SampleBlock(block.t_us[::4], block.motion[::4])


def coarse_clock(block: SampleBlock) -> SampleBlock:
    return SampleBlock(block.t_us // 10_000 * 10_000, block.motion)


def begun_in_mid_run(block: SampleBlock) -> SampleBlock:
    return part(block, 12.0, 45.0)


def worn_upside_down(block: SampleBlock) -> SampleBlock:
    turned = block.motion * np.array([1, -1, -1, 1, -1, -1], np.float32)
    return begun_in_mid_run(SampleBlock(block.t_us, turned))


@pytest.mark.parametrize("fault", [lost, unusable, slow, coarse_clock, begun_in_mid_run, worn_upside_down])
def test_with_a_fault(outing: tuple[Sensor, SampleBlock], fault: Fault) -> None:
    sensor, block = outing
    assert_same_strides(sensor, fault(block), at_least=20)


def test_across_gaps(outing: tuple[Sensor, SampleBlock]) -> None:
    sensor, block = outing
    kept = np.ones(len(block.t_us), bool)
    for begin_s in np.arange(8.0, 42.0, 4.3):
        kept &= (block.t_us < begin_s * 1e6) | (block.t_us > (begin_s + 0.3) * 1e6)
    assert_same_strides(sensor, SampleBlock(block.t_us[kept], block.motion[kept]), at_least=15)


def test_with_an_accelerometer_alone(outing: tuple[Sensor, SampleBlock]) -> None:
    motion = outing[1].motion.copy()
    motion[:, 3:] = np.nan
    assert_same_strides(Sensor(has_gyroscope=False), SampleBlock(outing[1].t_us, motion), at_least=20)


@pytest.mark.parametrize(
    ("pattern", "begin_s", "at_least"),
    [
        ("pyshoe_vicon/run/????-??-??-??-??-??.csv.gz", 0.0, 10),
        ("pyshoe_vicon/walk/????-??-??-??-??-??.csv.gz", 0.0, 10),
        ("fukuchi_virtual/*_T35_R.csv.gz", 0.0, 30),
        ("wearable_my_foot/*.csv", 0.0, 30),
        ("adept/acc_*ankle*.csv.gz", 0.0, 30),
    ],
)
def test_on_people(data_dir: Path, pattern: str, begin_s: float, at_least: int) -> None:
    sensor, block = opened(sorted(data_dir.glob(pattern))[0])
    assert_same_strides(sensor, part(block, begin_s, begin_s + 30.0), at_least=at_least)


def test_where_the_blocks_are_cut_does_not_matter(outing: tuple[Sensor, SampleBlock]) -> None:
    sensor, block = outing
    piece = part(block, 0.0, 15.0)
    whole = ReferenceDetector(sensor).feed(piece)
    detector = ReferenceDetector(sensor)
    cuts = [(0, 1), (1, 700), (700, 701), (701, len(piece.t_us))]
    parts = [detector.feed(SampleBlock(piece.t_us[a:b], piece.motion[a:b])) for a, b in cuts]
    joined: NDArray[np.void] = np.concatenate(parts)
    assert len(joined) > 10
    assert joined.tobytes() == whole.tobytes()
