"""A guided routine laid out in time. Pure: what is to be heard when stands before it begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from coach.routines.exercise import Exercise, Guided
from coach.routines.spoken import Spoken

READY_S = 8.0
"""To hear what comes next, and take the position. Our choice."""
CHANGE_S = 4.0
"""To change sides. Our choice."""
LAST_TICKS_S = (3.0, 2.0, 1.0)
"""Before the end of an exercise. Our choice."""
_SIDES = ("left", "right")


@dataclass(frozen=True, slots=True)
class Part:
    """One side of one exercise.

    Attributes:
        exercise: which.
        number: of the exercise, from 1.
        side: "left", "right", or empty for one that has no sides.
        ready_s: from here on the runner gets ready.
        begin_s, end_s: of the work itself.
    """

    exercise: Exercise
    number: int
    side: str
    ready_s: float
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """A routine in time.

    Attributes:
        routine: which.
        parts: in their order; each gets ready where the one before ends.
        spoken: what is to be heard, in the order of time.
    """

    routine: Guided
    parts: tuple[Part, ...]
    spoken: tuple[Spoken, ...]

    @property
    def end_s(self) -> float:
        """Of the whole."""
        return self.parts[-1].end_s

    def part_at(self, t_s: float) -> Part:
        """What is done at a time; the last part after the end."""
        return self.parts[max(bisect_right([part.ready_s for part in self.parts], t_s) - 1, 0)]

    def between(self, after_s: float, until_s: float) -> Iterator[Spoken]:
        """What is to be heard after one time, up to another."""
        return (spoken for spoken in self.spoken if after_s < spoken.t_s <= until_s)


def timeline(routine: Guided) -> Timeline:
    """Lay a routine out."""
    parts: list[Part] = []
    at_s = 0.0
    for number, exercise in enumerate(routine.exercises, 1):
        for turn in range(exercise.sides):
            begin_s = at_s + (CHANGE_S if turn else READY_S)
            side = _SIDES[turn] if exercise.sides > 1 else ""
            parts.append(Part(exercise, number, side, at_s, begin_s, begin_s + exercise.seconds))
            at_s = parts[-1].end_s
    spoken = [one for part in parts for one in _spoken(part)]
    return Timeline(routine, tuple(parts), (*spoken, Spoken(at_s, "Done. Well done")))


def _spoken(part: Part) -> Iterator[Spoken]:
    if part.side == "right":
        yield Spoken(part.ready_s, "The other side")
    else:
        yield Spoken(part.ready_s, f"{part.exercise.name}{', left side first' if part.side else ''}")
    yield Spoken(part.begin_s, "Go")
    if part.exercise.seconds >= 40.0:
        yield Spoken(part.begin_s + 0.5 * part.exercise.seconds, "Half way")
    for left_s in LAST_TICKS_S:
        yield Spoken(part.end_s - left_s)
