"""A plan of running and walking by turns, and how it is written: 4:1x6 is six times four minutes of running
and one of walking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Literal

Part = Literal["run", "walk"]

PARTS_S = (10, 6 * 3600)
"""A shorter part is over before the next is said and done; a longer one is none. Our choice."""
MOST_TIMES = 200
"""Our choice."""
_MINUTE_S = 60
_UNITS_S = {"": _MINUTE_S, "m": _MINUTE_S, "min": _MINUTE_S, "s": 1}
_TIME = r"(\d{1,5}(?:[.,]\d{1,3})?)\s*(min|m|s|)"
_PLAN = re.compile(rf"\s*{_TIME}\s*(?::\s*{_TIME}\s*(?:[x×*]\s*(\d{{1,5}})\s*)?)?", re.IGNORECASE | re.ASCII)
EXAMPLES = (
    "write minutes of running, minutes of walking and how often, such as 4:1x6; 4:1 goes on until you stop, "
    "30s:90sx10 is in seconds, and 30 is half an hour of running without a break"
)


class PlanError(ValueError):
    """What is no plan; one line that says what to write."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A part of a plan.

    Attributes:
        part: what is to be done.
        start_s, end_s: since the plan began.
    """

    part: Part
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class RunWalkPlan:
    """Running and walking by turns; running comes first.

    Attributes:
        run_s: of running in each turn, whole seconds.
        walk_s: of walking after it; 0 for a run without a break.
        times: how many turns; None for as many as the run holds.
    """

    run_s: int
    walk_s: int
    times: int | None

    def intervals(self) -> Iterator[Interval]:
        """The parts one after the other; they never end where `times` is None."""
        for turn in count() if self.times is None else range(self.times):
            start_s = turn * (self.run_s + self.walk_s)
            walk_from_s = start_s + self.run_s
            yield Interval("run", start_s, walk_from_s)
            if self.walk_s:
                yield Interval("walk", walk_from_s, walk_from_s + self.walk_s)

    @property
    def length_s(self) -> float | None:
        """Of the whole plan; None where it has no end."""
        return None if self.times is None else self.times * (self.run_s + self.walk_s)


def parse_plan(text: str) -> RunWalkPlan:
    """Read a plan as people write it: 4:1x6, 4:1, 1.5:1 x 8, 30s:90s*10, 2min:30s×5, 30.

    A number without a unit is of minutes.

    Raises:
        PlanError: it is none. One line, with an example.
    """
    found = _PLAN.fullmatch(text)
    if found is None:
        raise PlanError(f"{text!r} is no plan: {EXAMPLES}")
    run, run_unit, walk, walk_unit, times = found.groups()
    run_s = _seconds(text, run, run_unit)
    if walk is None:
        return RunWalkPlan(run_s, 0, 1)
    walk_s = _seconds(text, walk, walk_unit)
    if times is None:
        return RunWalkPlan(run_s, walk_s, None)
    if not 1 <= int(times) <= MOST_TIMES:
        raise PlanError(f"{text!r} is no plan: it can go from 1 to {MOST_TIMES} times, such as 4:1x6")
    return RunWalkPlan(run_s, walk_s, int(times))


def format_plan(plan: RunWalkPlan) -> str:
    """The shortest text that `parse_plan` reads as this plan: whole minutes as minutes, else seconds."""
    if not plan.walk_s:
        return _time(plan.run_s)
    turns = "" if plan.times is None else f"x{plan.times}"
    return f"{_time(plan.run_s)}:{_time(plan.walk_s)}{turns}"


def _seconds(text: str, number: str, unit: str) -> int:
    seconds = Fraction(number.replace(",", ".")) * _UNITS_S[unit.lower()]
    least_s, most_s = PARTS_S
    if seconds.denominator != 1 or not least_s <= seconds <= most_s:
        raise PlanError(
            f"{text!r} is no plan: each part lasts whole seconds, from {least_s} s to "
            f"{most_s // _MINUTE_S} min; 4:1x6 is six times 4 minutes of running and 1 of walking"
        )
    return int(seconds)


def _time(seconds: int) -> str:
    minutes, rest = divmod(seconds, _MINUTE_S)
    return f"{seconds}s" if rest else str(minutes)
