"""What to do next of the two strength exercises, per leg: how many, how often, with what load, and why.

Heel drops are 3 sets of 6 to 8 on one leg; load is added when all are completed. Calf raises go toward 50 on
each leg. Both are from the project's source article; that load stays or goes back with pain follows from the
rules of `coach.care.pain`. The steps are our choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from coach.care.pain import MOST_ALLOWED, Rule, leg_verdict, of_leg, verdict
from coach.care.records import Leg, Pain, RoutineDone, RoutineName, Set

DROP_SETS = 3
DROP_LEAST_REPS = 6
DROP_MOST_REPS = 8
"""The article: 3 sets of 6 to 8 eccentric heel drops."""
LOAD_STEP_KG = 2.5
"""A small plate, or two bottles and a half of a litre, in a backpack. Our choice."""
RAISE_GOAL = 50
"""The article: single-leg calf raises, at least 50 on each leg."""
RAISE_FIRST = 10
"""Asked for at first. Our choice."""
RAISE_STEP = 2
"""More than the best of the last four weeks, or fewer after pain. Our choice."""
RECENT = timedelta(days=28)
"""A best set and a load count for so long. Our choice."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to do next on one leg.

    Attributes:
        load_kg: to carry.
        sets, reps: at most; both 0 where the exercise must not be done.
        why: in one plain line.
    """

    load_kg: float
    sets: int
    reps: int
    why: str

    @property
    def words(self) -> str:
        """How much to do, such as "3 × 8 with 2.5 kg"; empty where it must not be done."""
        if not self.sets:
            return ""
        sets = f"{self.sets} × {self.reps}" if self.sets > 1 else f"up to {self.reps}"
        return f"{sets} with {self.load_kg:g} kg" if self.load_kg else sets

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RaiseProgress:
    """Calf raises in one set, toward RAISE_GOAL.

    Attributes:
        best: per leg, the most of the last four weeks; None where there was no set.
        before: per leg, the most of the four weeks before those.
    """

    best: dict[Leg, int | None]
    before: dict[Leg, int | None]

    @property
    def difference(self) -> int | None:
        """Left minus right; None while one of them is not known."""
        left, right = self.best["left"], self.best["right"]
        return None if left is None or right is None else left - right


def heel_drop_proposal(
    routines: Sequence[RoutineDone], pains: Sequence[Pain], leg: Leg, now: datetime
) -> Proposal:
    """The next heel drops of a leg.

    Args:
        routines, pains: so far, in any order.
        leg: that does them.
        now: with the offset of the local time.
    """
    found = leg_verdict(pains, leg)
    if not verdict(pains).exercise_allowed:  # of either leg: both push
        return Proposal(0.0, 0, 0, "stopped after a sudden snap or no push-off: see a doctor today")
    done = _sessions(routines, "heel-drops", leg)
    if not done:
        why = "body weight first" if found.progression_allowed else f"body weight only: {found.rule}"
        return Proposal(0.0, DROP_SETS, DROP_MOST_REPS, f"{why}, {_SLOWLY}")
    last = done[-1]
    if now - last.at > RECENT:
        return Proposal(0.0, DROP_SETS, DROP_MOST_REPS, f"none in four weeks: body weight again, {_SLOWLY}")
    load_kg, why = _next_load(last, _hurt_since(pains, leg, last.at), found.progression_allowed, found.rule)
    return Proposal(load_kg, DROP_SETS, DROP_MOST_REPS, why)


def calf_raise_proposal(
    routines: Sequence[RoutineDone], pains: Sequence[Pain], leg: Leg, now: datetime
) -> Proposal:
    """The next calf raises of a leg; arguments as for `heel_drop_proposal`."""
    found = leg_verdict(pains, leg)
    if not verdict(pains).exercise_allowed:  # of either leg: both push
        return Proposal(0.0, 0, 0, "stopped after a sudden snap or no push-off: see a doctor today")
    done = _sessions(routines, "calf-raises", leg)
    best = raise_progress(routines, now).best[leg]
    if best is None:
        why = "none in four weeks: begin again" if done else "a first set, slowly, the heel all the way up"
        return Proposal(0.0, 1, RAISE_FIRST, f"{why}, on the way to {RAISE_GOAL}")
    if _hurt_since(pains, leg, done[-1].at):
        fewer = max(best - RAISE_STEP, 1)
        return Proposal(0.0, 1, min(fewer, RAISE_GOAL), f"fewer than your best {best}: {Rule.OVER_FIVE}")
    if not found.progression_allowed:
        return Proposal(0.0, 1, min(best, RAISE_GOAL), f"no more than your best {best}: {found.rule}")
    if best >= RAISE_GOAL:
        return Proposal(0.0, 1, RAISE_GOAL, f"{RAISE_GOAL} is reached: keep it")
    reps = min(best + RAISE_STEP, RAISE_GOAL)
    return Proposal(0.0, 1, reps, f"{reps - best} more than your best of four weeks, toward {RAISE_GOAL}")


def raise_progress(routines: Sequence[RoutineDone], now: datetime) -> RaiseProgress:
    """How far the calf raises are.

    Args:
        routines: so far, in any order.
        now: with the offset of the local time; what is dated later counts as of now.
    """
    legs: tuple[Leg, Leg] = ("left", "right")
    return RaiseProgress(
        {leg: _best(routines, leg, now - RECENT, None) for leg in legs},
        {leg: _best(routines, leg, now - 2 * RECENT, now - RECENT) for leg in legs},
    )


def raise_words(progress: RaiseProgress) -> str:
    """How far the calf raises are, in a sentence; empty where there was none in four weeks."""
    told = [
        f"{best} {leg}"
        + ("" if (before := progress.before[leg]) is None else f" ({before} four weeks before)")
        for leg, best in progress.best.items()
        if best is not None
    ]
    if not told:
        return ""
    words = f"Most calf raises in a set: {', '.join(told)}, toward {RAISE_GOAL}."
    if not progress.difference:
        return words
    behind: Leg = "left" if progress.difference < 0 else "right"
    return f"{words} The {behind} leg is {abs(progress.difference)} behind."


def is_complete(routine: RoutineDone) -> bool:
    """Whether heel drops were done as the article asks: 3 × 8, each set as asked."""
    full = [one for one in routine.sets if one.completed and one.reps >= DROP_MOST_REPS]
    return routine.finished and len(full) >= DROP_SETS


_SLOWLY = "up with both feet, down on this one, slowly"


def _next_load(last: RoutineDone, hurt: bool, may_rise: bool, rule: Rule) -> tuple[float, str]:
    load_kg = last.load_kg
    if hurt:
        less_kg = max(load_kg - LOAD_STEP_KG, 0.0)
        return less_kg, f"{_from_to(load_kg, less_kg)}: {Rule.OVER_FIVE}"
    if not may_rise:
        return load_kg, f"{_stay(load_kg)}: {rule}"
    if is_complete(last):
        more_kg = load_kg + LOAD_STEP_KG
        done = f"{DROP_SETS} × {DROP_MOST_REPS} done"
        return more_kg, f"{done}: {_from_to(load_kg, more_kg)}, in a backpack, a vest or the hand"
    if _fell_short(last):
        less_kg = max(load_kg - LOAD_STEP_KG, 0.0)
        return less_kg, f"a set had fewer than {DROP_LEAST_REPS}: {_from_to(load_kg, less_kg)}"
    return load_kg, f"{_stay(load_kg)} until {DROP_SETS} × {DROP_MOST_REPS} are done"


def _fell_short(routine: RoutineDone) -> bool:
    """Whether a leg could not do the least; a routine that was broken off says nothing of it."""
    return routine.finished and any(one.reps < DROP_LEAST_REPS for one in routine.sets)


def _hurt_since(pains: Sequence[Pain], leg: Leg, since: datetime) -> bool:
    """Whether pain over MOST_ALLOWED was told since the exercise was begun."""
    return any(pain.score > MOST_ALLOWED and pain.at >= since for pain in of_leg(pains, leg))


def _sessions(routines: Sequence[RoutineDone], name: RoutineName, leg: Leg) -> list[RoutineDone]:
    done = [one for one in routines if one.routine == name and one.leg == leg and one.sets]
    return sorted(done, key=lambda one: one.at)


def _best(routines: Sequence[RoutineDone], leg: Leg, after: datetime, until: datetime | None) -> int | None:
    sets: list[Set] = [
        one
        for routine in _sessions(routines, "calf-raises", leg)
        if routine.at > after and (until is None or routine.at <= until)
        for one in routine.sets
    ]
    return max((one.reps for one in sets), default=None)


def _stay(load_kg: float) -> str:
    return f"stay at {load_kg:g} kg" if load_kg else "stay at body weight"


def _from_to(before_kg: float, after_kg: float) -> str:
    if before_kg == after_kg:
        return _stay(after_kg)
    before = f"{before_kg:g} kg" if before_kg else "body weight"
    return f"{f'{after_kg:g} kg' if after_kg else 'body weight'} instead of {before}"
