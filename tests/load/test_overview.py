"""A runner's load at one moment."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.load.overview import overview_of

from .load_runs import AT, done


def test_the_latest_run_stands_beside_the_longest_of_the_thirty_days_before_it() -> None:
    runs = [done(40, distance_m=9000.0), done(20), done(3, distance_m=6000.0, run_id=7)]
    overview = overview_of(runs, AT)
    assert overview.latest is overview.runs[0]
    assert overview.latest.run.run_id == 7
    assert overview.latest.longest is not None
    assert overview.latest.longest.distance_m == 5000.0
    assert overview.latest.spike.distance_percent == pytest.approx(120.0)
    assert overview.latest.warning is not None
    assert overview.note is None


def test_the_next_run_may_go_a_tenth_beyond_the_longest_of_thirty_days() -> None:
    assert overview_of([done(40, distance_m=9000.0), done(3)], AT).next_most_m == pytest.approx(5500.0)
    assert math.isnan(overview_of([done(40)], AT).next_most_m)


def test_a_first_run_and_one_after_a_long_break_are_told_to_stay_short_not_warned() -> None:
    for runs in ([done(1)], [done(1), done(32)]):
        overview = overview_of(runs, AT)
        assert overview.latest is not None
        assert overview.latest.warning is None
        assert "no run of 500 m or more in the 30 days before" in str(overview.note)


def test_a_run_dated_later_than_now_is_told_and_judges_nobody() -> None:
    overview = overview_of([done(2, distance_m=5000.0), done(-3, distance_m=90_000.0, run_id=9)], AT)
    assert [run.is_ahead for run in overview.runs] == [True, False]
    assert overview.latest is overview.runs[1]
    assert overview.next_most_m == pytest.approx(5500.0)


@pytest.mark.parametrize(("plan", "dose_percent"), [("2:2x6", math.nan), ("", 150.0)])
def test_a_run_to_a_plan_is_held_to_all_but_the_dose(plan: str, dose_percent: float) -> None:
    before, now = done(3, plan="1:2x8"), done(1, dose=6000.0, distance_m=5600.0, plan=plan)
    latest = overview_of([before, now], AT).latest
    assert latest is not None
    assert latest.spike.dose_percent == pytest.approx(dose_percent, nan_ok=True)
    assert latest.warning is not None
    assert ("dose" in latest.warning) == (not plan)
    assert "distance" in latest.warning


def test_the_load_of_a_step_is_told_as_change_from_the_runners_first_runs() -> None:
    runs = [done(9 - n, dose=dose) for n, dose in enumerate([4000.0, 3900.0, 4100.0, 3600.0])]
    changes = [run.step_load_change_percent for run in overview_of(runs, AT).runs]
    assert changes == pytest.approx([-10.0, 2.5, -2.5, 0.0])
    walked = overview_of([done(1, running_strides=0, dose=0.0)], AT)
    assert math.isnan(walked.runs[0].step_load_change_percent)


def test_without_runs_there_is_nothing_and_no_error() -> None:
    overview = overview_of([], AT)
    assert (overview.runs, overview.latest, overview.next_longest, overview.weeks) == ((), None, None, ())
    assert overview.note is None


@given(st.lists(st.floats(-40, 40), max_size=8))
def test_a_run_is_compared_with_those_of_the_thirty_days_before_it_and_no_other(days: list[float]) -> None:
    runs = [done(day, distance_m=1000.0 + n, run_id=n) for n, day in enumerate(days)]
    for judged in overview_of(runs, AT).runs:
        before = [
            other.sums.distance_m
            for other in runs
            if timedelta(0) < judged.run.started - other.started <= timedelta(days=30)
        ]
        longest_m = None if judged.longest is None else judged.longest.distance_m
        assert longest_m == max(before, default=None)
