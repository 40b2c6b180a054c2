"""A routine from the first step to the last, as `sim:heel-drops` and `sim:calf-raises` do it."""

from __future__ import annotations

from cadence.stride import Activity
from hardware.athlete.exercise import Exercise, ExerciseName
from hardware.athlete.fidgets import Fidget
from hardware.gait import Pace
from hardware.runner import Segment, doing

USUAL_TEMPO_S: dict[ExerciseName, float] = {"calf-raises": 3.0, "heel-drops": 5.5}
"""Of one repetition. Our choice: a calf raise at ease, a heel drop that is lowered for three seconds."""

REST_S = 30.0
"""Between two sets. Our choice: long enough for a set to be seen to be over."""

AFTERWARDS_S = 3600.0
"""Standing about when all is done; a routine is not begun again by itself."""


def routine(
    name: ExerciseName, *, reps: int = 8, sets: int = 3, tempo_s: float | None = None, seed: int = 1
) -> list[Segment]:
    """Walk up, stand, and do the sets with rests between.

    Raises ValueError for what no athlete does.
    """
    if not 1 <= sets <= 20:
        raise ValueError(f"sets={sets} cannot be: a routine has 1 to 20 sets")
    tempo_s = USUAL_TEMPO_S[name] if tempo_s is None else tempo_s
    segments = [
        Segment(5.0, Pace(Activity.WALKING, cadence_spm=100.0, speed_m_s=1.1)),
        Segment(2.0),
        doing(Fidget("laces", seed)),
        Segment(4.0),
    ]
    for number in range(sets):
        rest = [Segment(REST_S / 2), doing(Fidget("weight-shifts", seed + number)), Segment(REST_S / 2)]
        segments += rest if number else []
        segments.append(doing(Exercise(name, reps, tempo_s, fatigue=0.03 * number, seed=seed * 100 + number)))
    return [*segments, Segment(AFTERWARDS_S)]
