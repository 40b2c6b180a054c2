"""A day of the programme, and the log that it follows from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coach.care.records import Pain, RoutineDone, RunDone


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do.

    Attributes:
        what: in a few words.
        command: to type for it; empty where there is none.
        done: whether it was done today.
        why: in one plain line.
    """

    what: str
    command: str
    done: bool
    why: str


@dataclass(frozen=True, slots=True)
class Day:
    """What there is to do on a day.

    Attributes:
        items: in the order of the day.
        progression_allowed: whether load and cadence may go up.
        reasons: why the day is as it is.
    """

    items: tuple[Item, ...]
    progression_allowed: bool
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "items": [asdict(item) for item in self.items],
            "progression_allowed": self.progression_allowed,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Log:
    """All that a day follows from.

    Attributes:
        runs, pains, routines: so far, in any order.
        longest_m: the longest single run of the 30 days up to now; None where there was none, NaN where no
            distance is known.
        plan: of running and walking that would come next, such as 2:2x6; empty where all are done.
        surface_hint: what to say where it is always the same surface; empty where it is not.
    """

    runs: Sequence[RunDone]
    pains: Sequence[Pain]
    routines: Sequence[RoutineDone]
    longest_m: float | None
    plan: str
    surface_hint: str = ""
