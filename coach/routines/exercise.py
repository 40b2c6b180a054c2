"""What a routine is made of."""

from __future__ import annotations

from dataclasses import dataclass

from coach.care.records import RoutineName


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of a guided routine.

    Attributes:
        name: what it is called.
        how: how it is done, to be read before or while doing it.
        seconds: how long, on each side.
        sides: 2 for one that is done left, then right.
    """

    name: str
    how: str
    seconds: float
    sides: int = 1


@dataclass(frozen=True, slots=True)
class Guided:
    """A routine that is guided by time.

    Attributes:
        name: of the routine.
        title: for people.
        why: what it is for, in a sentence.
        exercises: in their order.
    """

    name: RoutineName
    title: str
    why: str
    exercises: tuple[Exercise, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """An exercise on one leg whose repetitions are counted.

    Attributes:
        name: of the routine.
        title: for people.
        why: what it is for, in a sentence.
        how: how it is done.
        sets, reps: what is asked; a set ends when its repetitions are done, or none comes for a while.
        sets_enough: after so many it counts as done, whatever follows.
        lowering_s: how long the way down is to take; it is paced by ear.
        rest_s: between sets.
    """

    name: RoutineName
    title: str
    why: str
    how: tuple[str, ...]
    sets: int
    reps: int
    sets_enough: int
    lowering_s: float
    rest_s: float
