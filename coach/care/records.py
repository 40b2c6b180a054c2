"""What a runner tells and does beside running, as the journal keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Leg = Literal["left", "right"]
Side = Literal["left", "right", "both"]
When = Literal["during", "after", "morning"]
RoutineName = Literal["warm-up", "cool-down", "trunk-and-hips", "calf-raises", "heel-drops"]
Surface = Literal["road", "trail", "track", "grass", "treadmill", "sand"]

WORST_PAIN = 10
"""Of the numeric scale from 0, no pain, on which Silbernagel's pain monitoring stands."""


@dataclass(frozen=True, slots=True)
class Pain:
    """One entry of the pain log.

    Attributes:
        at: when it was told, with the offset of the local time.
        score: 0 to WORST_PAIN.
        when: during running or exercise, after it, or in the morning after.
        side: of the body.
        snap: the runner felt a sudden snap, or cannot push off or rise on the toes.
        cleared: a doctor or physical therapist has seen the leg since, and says that training may go on.
        note: in the runner's own words; mostly empty.
    """

    at: datetime
    score: int
    when: When
    side: Side
    snap: bool = False
    cleared: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Set:
    """One set of a counted exercise.

    Attributes:
        reps: counted.
        lowering_s: how long each repetition took down; empty where nothing measured it.
        completed: whether all that was asked was done.
    """

    reps: int
    lowering_s: tuple[float, ...]
    completed: bool


@dataclass(frozen=True, slots=True)
class RoutineDone:
    """A routine that was done, or begun and broken off.

    Attributes:
        at: when it began, with the offset of the local time.
        routine: which.
        leg: the one that worked; None for a routine of the whole body.
        sets: of a counted exercise; empty for the others.
        load_kg: carried in addition to the body.
        duration_s: from its begin to its end.
        finished: False for one that was broken off.
        counted: whether the pod counted, not the runner.
    """

    at: datetime
    routine: RoutineName
    leg: Leg | None
    sets: tuple[Set, ...]
    load_kg: float
    duration_s: float
    finished: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class RunDone:
    """A finished run, as far as the rest of the programme looks at it.

    Attributes:
        started: with the offset of the local time.
        distance_m: NaN where it is not known.
        spike_percent: of the longest run of the 30 days before it; NaN where there was none.
        plan: of running and walking; empty where there was none.
        pod: as the user named it.
    """

    started: datetime
    distance_m: float
    spike_percent: float
    plan: str
    pod: str
