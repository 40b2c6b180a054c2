"""From walking to half an hour of running, over weeks."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.load.spike import WARN_PERCENT
from coach.plan.buildup import BREAK, RUNS_A_STEP, STEPS, PlannedRun, next_plan
from coach.plan.kept import KEPT_SHARE
from coach.plan.run_walk import parse_plan

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def done(*plans: str, kept_share: float = 1.0, pain_free: bool = True) -> list[PlannedRun]:
    """Every other day."""
    return [
        PlannedRun(START + 2 * number * DAY, plan, kept_share, pain_free) for number, plan in enumerate(plans)
    ]


def after(runs: list[PlannedRun], gap: timedelta = 2 * DAY) -> str:
    return next_plan(runs, runs[-1].at + gap)


def test_it_begins_with_one_minute_of_running() -> None:
    assert next_plan([], START) == "1:2x8"


def test_a_step_is_done_three_times_before_the_next() -> None:
    assert after(done(STEPS[0], STEPS[0])) == STEPS[0]
    assert after(done(*[STEPS[0]] * RUNS_A_STEP)) == STEPS[1]


def test_who_keeps_everything_runs_half_an_hour_after_ten_weeks() -> None:
    runs: list[PlannedRun] = []
    now = START
    while plan := next_plan(runs, now):
        runs.append(PlannedRun(now, plan, 1.0, True))
        now += 7 * DAY / 3
    assert [run.plan for run in runs] == [step for step in STEPS for _ in range(RUNS_A_STEP)]
    assert timedelta(weeks=9) <= runs[-1].at - START <= timedelta(weeks=10)
    last = parse_plan(runs[-1].plan)
    assert (last.run_s, last.walk_s) == (1800, 0)


@pytest.mark.parametrize(
    ("kept_share", "expected"), [(KEPT_SHARE, STEPS[1]), (KEPT_SHARE - 0.01, STEPS[0]), (math.nan, STEPS[0])]
)
def test_what_was_not_kept_is_done_again(kept_share: float, expected: str) -> None:
    assert after(done(*[STEPS[0]] * 3, kept_share=kept_share)) == expected


def test_with_pain_nobody_goes_on() -> None:
    assert after(done(*[STEPS[0]] * 9, pain_free=False)) == STEPS[0]


@pytest.mark.parametrize(
    ("gap", "back"),
    [(BREAK - DAY, 0), (BREAK, 1), (BREAK + 6 * DAY, 1), (BREAK + 7 * DAY, 2), (timedelta(weeks=40), 4)],
)
def test_after_a_break_of_weeks_one_goes_back(gap: timedelta, back: int) -> None:
    runs = done(*[step for step in STEPS[:4] for _ in range(RUNS_A_STEP)])
    assert after(runs, gap) == STEPS[4 - back]


def test_a_break_in_the_middle_counts_too_and_other_runs_fill_it() -> None:
    first = done(*[STEPS[0]] * 3)
    late = PlannedRun(first[-1].at + timedelta(weeks=3), "", 0.0, True)
    assert after([*first, late]) == STEPS[0]
    meanwhile = PlannedRun(first[-1].at + timedelta(days=12), "", 0.0, True)
    assert after([*first, meanwhile, late]) == STEPS[1]


def test_who_keeps_a_later_step_goes_on_from_there_and_an_easier_run_takes_nothing_away() -> None:
    assert after(done(STEPS[3], STEPS[3], STEPS[3])) == STEPS[4]
    assert after(done(*[STEPS[3]] * 3, STEPS[0], "")) == STEPS[4]


def test_half_an_hour_is_the_end_of_it() -> None:
    assert after(done(*[STEPS[-1]] * RUNS_A_STEP)) == ""
    assert after(done(*[STEPS[-1]] * RUNS_A_STEP), BREAK) == STEPS[-1]


def test_an_entry_of_a_clock_that_ran_ahead_is_passed_over() -> None:
    runs = [*done(STEPS[0]), PlannedRun(START + timedelta(days=999), STEPS[5], 1.0, True)]
    assert next_plan(runs, START + DAY) == STEPS[0]


@pytest.mark.parametrize("jog_m_s", [2.0, 2.1, 2.2, 2.3, 2.4, 2.5])
def test_no_step_is_a_spike_over_those_before_it(jog_m_s: float) -> None:
    plans = [parse_plan(step) for step in STEPS]
    lengths_m = [(plan.times or 0) * (plan.run_s * jog_m_s + plan.walk_s * 1.5) for plan in plans]
    for number, length_m in enumerate(lengths_m[1:], 1):
        longest_m = max(lengths_m[max(0, number - 4) : number])  # of 30 days, at a step a week
        assert 100.0 * length_m / longest_m <= WARN_PERCENT


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from([*STEPS, "", "4:1"]), st.floats(0, 1), st.booleans()),
        max_size=30,
    )
)
def test_whatever_was_done_there_is_a_next_plan(told: list[tuple[int, str, float, bool]]) -> None:
    runs, at = [], START
    for days, plan, kept_share, pain_free in told:
        at += days * DAY
        runs.append(PlannedRun(at, plan, kept_share, pain_free))
    plan = next_plan(runs, at)
    assert plan in (*STEPS, "")
    assert next_plan(runs[::-1], at) in (*STEPS, "")
