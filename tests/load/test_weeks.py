"""Weekly sums."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone

from coach.load.spike import Done
from coach.load.sums import LoadSums
from coach.load.weeks import MOST_WEEKS, weeks_of

from .load_runs import AT, done

TODAY = AT.date()  # a Sunday


def test_a_week_sums_its_runs_and_one_without_runs_is_told() -> None:
    weeks = weeks_of([done(0, distance_m=3000.0), done(6), done(14, climb_m=math.nan)], TODAY)
    assert [(week.name, week.runs, week.sums.distance_m) for week in weeks] == [
        ("2026-W11", 1, 5000.0), ("2026-W12", 0, 0.0), ("2026-W13", 2, 8000.0),
    ]  # fmt: skip
    assert math.isnan(weeks[0].sums.climb_m)


def test_a_run_belongs_to_the_week_of_its_own_local_date() -> None:
    late = datetime(2026, 3, 22, 23, 30, tzinfo=timezone(timedelta(hours=-5)))  # Monday in UTC
    (week, _) = weeks_of([Done(1, late, LoadSums(1.0, 0.0, 0.0, 0.0), 5)], TODAY)
    assert week.monday == date(2026, 3, 16)


def test_a_week_at_the_turn_of_the_year_bears_the_year_of_its_thursday() -> None:
    run = Done(1, datetime(2027, 1, 1, 9, tzinfo=AT.tzinfo), LoadSums(1.0, 0.0, 0.0, 0.0), 5)
    assert weeks_of([run], date(2027, 1, 3))[0].name == "2026-W53"


def test_only_the_last_weeks_are_told_and_never_one_to_come() -> None:
    weeks = weeks_of([done(400), done(-400)], TODAY)
    assert len(weeks) == MOST_WEEKS
    assert weeks[-1].monday == date(2026, 3, 23)
    assert not any(week.runs for week in weeks)


def test_no_run_no_week() -> None:
    assert weeks_of([], TODAY) == []
    assert weeks_of([done(-10)], TODAY) == []
