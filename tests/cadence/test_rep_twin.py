"""The repetition counter and its slow float64 twin find the same repetitions, whatever is fed to them.

Both decide on the same bins, so they may differ by float32 rounding alone: an instant by some 0.1 ms, more
only where a threshold is met by a hair and one bin of 25 ms more or less enters a mean.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from cadence.reps.counter import RepCounter
from cadence.reps.reference import ReferenceCounter
from cadence.sample import SampleBlock
from cadence.stride import Activity, Side
from firmware_bridge.importers import open_csv
from hardware.athlete.exercise import Exercise, ExerciseName
from hardware.athlete.fidgets import MANNERS, Fidget
from hardware.athlete.session import record
from hardware.gait import Pace
from hardware.imu import BMI270, Imu
from hardware.motion import HEEL, Mounting
from hardware.runner import Segment, doing

USUAL_S = 0.0005
LARGEST_S = 0.025
AMPLITUDE_DEG = 0.05

Fault = Callable[[SampleBlock], SampleBlock]


def assert_same_reps(block: SampleBlock, *, at_least: int) -> None:
    counter, twin = RepCounter(), ReferenceCounter()
    found, expected = counter.feed(block), twin.feed(block)
    assert len(found) == len(expected) >= at_least
    assert counter.live.phase is twin.phase
    if not len(found):
        return
    for name in ("t_start_s", "t_top_s", "t_end_s", "raise_s", "hold_s", "lowering_s"):
        off_s = np.abs(found[name].astype(float) - expected[name].astype(float))
        assert np.all(off_s < LARGEST_S), name
        assert np.median(off_s) < USUAL_S, name
    np.testing.assert_allclose(found["amplitude_deg"], expected["amplitude_deg"], atol=AMPLITUDE_DEG)
    assert np.array_equal(found["kind"], expected["kind"])


@pytest.fixture(scope="module")
def a_set() -> SampleBlock:
    """Walk up, stand, six heel drops with all the faults of a real sensor."""
    walk = Segment(5.0, Pace(Activity.WALKING, cadence_spm=105.0, speed_m_s=1.2))
    drops = doing(Exercise("heel-drops", reps=6, tempo_s=3.0, hesitations=1, seed=5))
    return record([walk, Segment(3.0), drops, Segment(2.0)], imu=Imu(rate_hz=104.0, seed=5), seed=5).block


@pytest.mark.parametrize("name", ["calf-raises", "heel-drops"])
@pytest.mark.parametrize(("tempo_s", "amplitude"), [(1.0, 0.6), (2.5, 0.2), (6.0, 1.0)])
def test_on_sets_on_a_pod_that_sits_anyhow(name: ExerciseName, tempo_s: float, amplitude: float) -> None:
    below = name == "heel-drops" and amplitude == 1.0
    exercise = Exercise(name, 4, tempo_s, amplitude, halves=1, from_below=below, seed=int(10 * tempo_s))
    mounting = Mounting(HEEL.position_m, Rotation.random(random_state=int(tempo_s)).as_matrix())
    imu = Imu(BMI270, rate_hz=100.0, seed=3, mounting=mounting)
    block = record([Segment(3.0), doing(exercise), Segment(1.5)], imu=imu, side=Side.LEFT).block
    assert_same_reps(block, at_least=4)


def lost(block: SampleBlock) -> SampleBlock:
    kept = np.random.default_rng(1).random(len(block.t_us)) > 0.05
    return SampleBlock(block.t_us[kept], block.motion[kept])


def unusable(block: SampleBlock) -> SampleBlock:
    motion = block.motion.copy()
    motion[np.random.default_rng(2).random(len(motion)) < 0.02] = np.nan
    return SampleBlock(block.t_us, motion)


def coarse_clock(block: SampleBlock) -> SampleBlock:
    return SampleBlock(block.t_us // 20_000 * 20_000, block.motion)


def gaps(block: SampleBlock) -> SampleBlock:
    """Two in the set, one in the middle of a way down, and one that is longer than a set bears."""
    t_s = block.t_us / 1e6
    kept = (np.abs(t_s - 14.0) > 0.25) & (np.abs(t_s - 18.5) > 0.6)
    later = np.where(t_s > 26.0, 20_000_000, 0)
    return SampleBlock((block.t_us + later)[kept], block.motion[kept])


@pytest.mark.parametrize(("fault", "at_least"), [(lost, 6), (unusable, 6), (coarse_clock, 6), (gaps, 2)])
def test_with_a_fault(a_set: SampleBlock, fault: Fault, at_least: int) -> None:
    assert_same_reps(fault(a_set), at_least=at_least)


@pytest.mark.parametrize("name", MANNERS)
def test_on_what_is_no_repetition(name: str) -> None:
    fidget = doing(Fidget(name, 2))  # type: ignore[arg-type]
    block = record([Segment(2.0), fidget, Segment(1.0)], imu=Imu(rate_hz=52.0, seed=2)).block
    assert_same_reps(block, at_least=0)


def test_on_a_person(data_dir: Path) -> None:
    path = sorted(data_dir.glob("pyshoe_vicon/walk/????-??-??-??-??-??.csv.gz"))[0]
    block = next(iter(open_csv(path).blocks()))
    assert_same_reps(SampleBlock(block.t_us[:3000], block.motion[:3000]), at_least=0)


def test_where_the_blocks_are_cut_does_not_matter(a_set: SampleBlock) -> None:
    whole = ReferenceCounter().feed(a_set)
    twin = ReferenceCounter()
    cuts = [(0, 1), (1, 900), (900, 901), (901, len(a_set.t_us))]
    parts = [twin.feed(SampleBlock(a_set.t_us[a:b], a_set.motion[a:b])) for a, b in cuts]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
