"""The coached outing holds all in which a coach must be silent, and enough in which it may speak."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest

from cadence.stride import Activity
from hardware.gait import Pace
from hardware.imu import IdealImu
from hardware.runner import Segment, simulate
from hardware.scenarios import COACHED_LEAST_S, scenario

PACES = [Pace(cadence_spm=150.0, speed_m_s=2.5), Pace(), Pace(cadence_spm=178.0, speed_m_s=4.0)]
MINUTES = [6, 8, 13, 20, 30, 60, 120]


def time_s(segments: list[Segment]) -> float:
    return sum(segment.duration_s for segment in segments)


def kind(segment: Segment, run: Pace) -> str:
    pace = segment.pace
    if pace is None:
        return "stand"
    if pace.activity is Activity.WALKING:
        return "walk"
    if pace == run:
        return "level"
    if pace.grade_percent:
        return "up" if pace.grade_percent > 0 else "down"
    return "fast" if pace.speed_m_s > run.speed_m_s else "slow"


@pytest.mark.parametrize("run", PACES)
@pytest.mark.parametrize("minutes", MINUTES)
def test_seven_tenths_are_steady_level_running(run: Pace, minutes: int) -> None:
    segments = scenario("coached", 60.0 * minutes, run)
    assert time_s(segments) == pytest.approx(60.0 * minutes)
    level = [segment for segment in segments if segment.pace == run]
    assert time_s(level) >= 0.7 * time_s(segments)
    assert min(segment.duration_s for segment in level) > 10.0


@pytest.mark.parametrize("run", PACES)
@pytest.mark.parametrize("minutes", MINUTES)
def test_it_holds_every_case_of_silence_in_each_round(run: Pace, minutes: int) -> None:
    segments = scenario("coached", 60.0 * minutes, run)
    kinds = [name for name, _ in groupby(segments, key=lambda segment: kind(segment, run))]
    warm_up, events = kinds[:4], kinds[4:]
    assert warm_up == ["stand", "walk", "slow", "level"]
    one_round = [
        *["up", "level", "down", "level"],
        *["slow", "stand", "slow", "level", "slow", "walk", "slow", "level"],
        *["fast", "level"],
    ]
    rounds = len(events) // len(one_round)
    assert events == one_round * rounds
    assert rounds == max(1, (60 * minutes - 214) // 450)
    opening = segments[[segment.pace for segment in segments].index(run)]
    assert 180.0 <= opening.duration_s <= 240.0


@pytest.mark.parametrize("run", PACES)
def test_hills_are_as_steep_as_said_and_short_in_a_long_run_too(run: Pace) -> None:
    segments = scenario("coached", 7200.0, run)
    grades = [segment.pace.grade_percent for segment in segments if segment.pace]
    assert (min(grades), max(grades)) == (-6.0, 6.0)
    assert {abs(grade) for grade in grades} == {0.0, 1.5, 3.0, 4.5, 6.0}
    assert all(abs(after - before) <= 1.5 for before, after in pairwise(grades))
    assert max(segment.duration_s for segment in segments if kind(segment, run) in ("up", "down")) < 30.0
    foot = [segment.duration_s for segment in segments if segment.pace and segment.pace.grade_percent == 1.5]
    assert 3 * foot[0] * run.speed_m_s == pytest.approx(20.0)


@pytest.mark.parametrize("run", PACES)
def test_a_runner_slows_down_and_speeds_up_over_some_strides(run: Pace) -> None:
    made = simulate(scenario("coached", 360.0, run), imu=IdealImu(rate_hz=10.0))
    strides = made.truth_strides
    for part in made.truth_segments:
        if part.pace is not None and part.pace.activity is Activity.RUNNING:
            continue
        for side_s, way in ((part.t_start_s, -1.0), (part.t_end_s, 1.0)):
            near = strides[(np.abs(strides["t_mid_stance_s"] - side_s - way * 2.5) < 2.5)]
            running = near[near["activity"] == Activity.RUNNING]
            eased = running["speed_m_s"] < 0.95 * run.speed_m_s
            assert 4 <= eased.sum() <= 9 or side_s < 20.0
    jump = np.abs(np.diff(strides["speed_m_s"]))
    assert jump.max() < 1.5


def test_a_short_one_lasts_as_long_as_all_of_it_needs() -> None:
    assert time_s(scenario("coached", 60.0)) == pytest.approx(COACHED_LEAST_S)


@pytest.mark.parametrize("run", [Pace(cadence_spm=255.0), Pace(speed_m_s=7.9), Pace(speed_m_s=0.4)])
def test_who_runs_at_a_limit_has_an_outing_too(run: Pace) -> None:
    assert scenario("coached", 600.0, run)
