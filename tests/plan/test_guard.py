"""The load guard speaks once, and where the rule says."""

from __future__ import annotations

import math

import pytest

from cadence.stride import Activity
from coach.load.longest import Longest
from coach.load.spike import WARN_PERCENT
from coach.plan.guard import LEAST_STRIDES, LoadGuard
from firmware_bridge.readings import CadenceUpdate

from .planned_runs import PlannedRun, heard

UNKNOWN = math.nan
STRIDE_M = 3.0 * 0.75


def guarded(distance_m: float = UNKNOWN, climb_m: float = UNKNOWN, dose: float = UNKNOWN) -> PlannedRun:
    return PlannedRun(LoadGuard(Longest(distance_m, climb_m, UNKNOWN, dose)))


@pytest.mark.parametrize(
    ("percent", "warned"), [(109.9, False), (110.0, False), (110.1, True), (250.0, True)]
)
def test_a_run_is_too_long_from_more_than_110_percent_on(percent: float, warned: bool) -> None:
    strides = 2000
    run = guarded(100.0 * strides * STRIDE_M / percent).run(strides * 0.75)
    assert [what for _, *what in run.heard] == [["WARNING", "LOAD"]] * warned


def test_it_is_told_at_the_stride_that_passes_it_and_never_again() -> None:
    run = guarded(2000.0).run(3600)
    ((t_s, _, _),) = run.heard
    passed = math.floor(2000.0 * WARN_PERCENT / 100.0 / STRIDE_M) + 1
    assert t_s == pytest.approx(passed * 0.75)


def test_a_run_within_it_is_told_nothing() -> None:
    assert guarded(20_000.0).run(3600).heard == []


def test_where_the_longest_is_not_known_nothing_is_told() -> None:
    assert guarded().run(7200).heard == []


def test_the_first_strides_are_not_judged() -> None:
    run = guarded(1.0).run(600)
    ((t_s, _, _),) = run.heard
    assert t_s == pytest.approx(LEAST_STRIDES * 0.75)


@pytest.mark.parametrize(("climbed_m", "warned"), [(60.0, False), (64.0, False), (75.0, True)])
def test_climb_counts_as_well(climbed_m: float, warned: bool) -> None:
    """A long run on the level with a climb in it, of a runner who has climbed 60 m at most."""
    run = guarded(distance_m=50_000.0, climb_m=60.0).run(900)
    run.run(300, climb_m=climbed_m / 400)
    run.run(900)
    assert [what for _, *what in run.heard] == [["WARNING", "LOAD"]] * warned


def test_the_modelled_dose_counts_as_well() -> None:
    light = guarded(distance_m=50_000.0, dose=1e6).run(1200)
    assert light.heard == []
    heavy = guarded(distance_m=50_000.0, dose=1000.0).run(1200)
    assert [what for _, *what in heavy.heard] == [["WARNING", "LOAD"]]


def test_ready_made_cadence_tells_a_distance_too() -> None:
    guard = LoadGuard(Longest(3000.0, UNKNOWN, UNKNOWN, UNKNOWN))
    cues = []
    for t in range(2000):
        cues += guard.take_update(CadenceUpdate(float(t), 160.0, 3.0, 2.25, Activity.RUNNING))
    ((t_s, *what),) = heard(cues)
    assert what == ["WARNING", "LOAD"]
    assert t_s == 1101.0
