"""Logs to judge, for the tests of care: what was told and done on which day."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from coach.care.records import Leg, Pain, RoutineDone, RoutineName, RunDone, Set, Side, When

ZONE = timezone(timedelta(hours=2))
_HOURS = {"during": 18, "after": 20, "morning": 7}


def at(day: float, hour: int = 12) -> datetime:
    """A time of a day; day 0 is a Monday."""
    return datetime(2026, 6, 1, hour, tzinfo=ZONE) + timedelta(days=day)


def pain(day: float, score: int, when: When, side: Side = "left", **more: Any) -> Pain:
    return Pain(at(day, _HOURS[when]), score, when, side, **more)


def mornings(first: int, *scores: int, side: Side = "left") -> list[Pain]:
    """On days in a row."""
    return [pain(day, score, "morning", side) for day, score in enumerate(scores, first)]


def routine(
    day: float,
    name: RoutineName,
    leg: Leg | None = None,
    *reps: int,
    load_kg: float = 0.0,
    finished: bool = True,
    asked: int = 0,
) -> RoutineDone:
    """One that was done at noon; a set is completed with `asked` repetitions."""
    sets = tuple(Set(n, (), n >= asked) for n in reps)
    return RoutineDone(at(day), name, leg, sets, load_kg, 300.0, finished, False)


def run(
    day: float, km: float = 5.0, *, percent: float = 100.0, plan: str = "", pod: str = "ble:Pod 7"
) -> RunDone:
    return RunDone(at(day, 17), 1000.0 * km, percent, plan, pod)
