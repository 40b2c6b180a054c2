"""Weekly sums: information alone. In the study behind the load guard week-to-week change told nothing of who
would be hurt; see `coach.load.spike`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coach.load.spike import Done
from coach.load.sums import LoadSums

MOST_WEEKS = 12
"""How many are told. Our choice."""
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week.

    Attributes:
        monday: its first day.
        runs: how many began in it, by their own local dates.
        sums: of what is known of them; NaN where runs were and none knows.
    """

    monday: date
    runs: int
    sums: LoadSums

    @property
    def name(self) -> str:
        """As ISO 8601 has it, such as 2026-W47."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"


def weeks_of(runs: Sequence[Done], today: date) -> list[Week]:
    """The weeks from the first run's to that of `today`, at most MOST_WEEKS, those without a run too.

    Args:
        runs: of one runner, in any order; those of later weeks are left out.
        today: the local date.
    """
    by_monday: dict[date, list[Done]] = {}
    for run in runs:
        by_monday.setdefault(_monday(run.started.date()), []).append(run)
    this = _monday(today)
    past = [monday for monday in by_monday if monday <= this]
    if not past:
        return []
    first = max(min(past), this - (MOST_WEEKS - 1) * _WEEK)
    mondays = [first + count * _WEEK for count in range((this - first) // _WEEK + 1)]
    return [_week(monday, by_monday.get(monday, [])) for monday in mondays]


def _week(monday: date, runs: list[Done]) -> Week:
    sums = [run.sums for run in runs]
    return Week(
        monday,
        len(runs),
        LoadSums(
            distance_m=_total(each.distance_m for each in sums),
            climb_m=_total(each.climb_m for each in sums),
            fast_m=_total(each.fast_m for each in sums),
            achilles_dose=_total(each.achilles_dose for each in sums),
        ),
    )


def _total(values: Iterable[float]) -> float:
    given = list(values)
    known = [value for value in given if math.isfinite(value)]
    return math.fsum(known) if known or not given else math.nan


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
