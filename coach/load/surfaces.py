"""On what the runner runs: the share of each surface, and a hint when it is always the same.

The project's source article asks for changing surfaces; it names no number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FOUR_WEEKS = timedelta(weeks=4)
LEAST_RUNS = 6
"""So many runs of known surface in four weeks make a habit. Our choice."""
SAME_SHARE = 0.9
"""More of the distance than this on one surface is always the same one. Our choice."""


@dataclass(frozen=True, slots=True)
class RunOn:
    """A finished run, as far as its surface goes.

    Attributes:
        started: with the offset of the local time.
        surface: a Surface of `coach.care.records`; empty where it was not told.
        distance_m: NaN where not known.
    """

    started: datetime
    surface: str
    distance_m: float


@dataclass(frozen=True, slots=True)
class Surfaces:
    """The surfaces of four weeks.

    Attributes:
        runs: how many runs there were.
        untold: how many of them have no surface; they are not guessed.
        share: of the known distance on known surfaces, by surface, the greatest first; they sum to 1. Empty
            where there is none.
        hint: what to say when it is always the same one; None else.
    """

    runs: int
    untold: int
    share: dict[str, float]
    hint: str | None


def surfaces_of(runs: Sequence[RunOn], at: datetime) -> Surfaces:
    """The surfaces of the four weeks up to `at`, that moment included.

    Args:
        runs: finished ones of one runner, in any order.
        at: with the offset of the local time.
    """
    within = [run for run in runs if at - FOUR_WEEKS <= run.started <= at]
    told = [run for run in within if run.surface]
    distance: dict[str, float] = {}
    for run in told:
        if math.isfinite(run.distance_m):
            distance[run.surface] = distance.get(run.surface, 0.0) + run.distance_m
    whole = sum(distance.values())
    by_share = sorted(distance.items(), key=lambda item: (-item[1], item[0]))
    share = {surface: metres / whole for surface, metres in by_share} if whole > 0.0 else {}
    return Surfaces(len(within), len(within) - len(told), share, _hint(share, len(told)))


def _hint(share: dict[str, float], told: int) -> str | None:
    if told < LEAST_RUNS or not share:
        return None
    most, part = next(iter(share.items()))
    if part <= SAME_SHARE:
        return None
    return (
        f"{100.0 * part:.0f} % of your distance in the last four weeks was on one surface ({most}). A run on "
        "another one now and then loads the legs in another way."
    )
