"""A simulated runner who follows a plan of running and walking, as one who hears its cues."""

from __future__ import annotations

from cadence.stride import Activity
from coach.plan.follow import LASTS_US
from coach.plan.run_walk import RunWalkPlan
from hardware.gait import Pace
from hardware.runner import Segment

WARM_UP_S = 10.0
"""Of walking before it begins. Our choice."""
LATE_S = LASTS_US / 1e6 + 2.5
"""From the first running to the change that a cue asks for: what the follower waits for, a stride, and what a
person needs to hear and to change their pace. Our choice."""
WALKING = Pace(Activity.WALKING, cadence_spm=114.0, speed_m_s=1.4)


def run_walk(run: Pace, duration_s: float, plan: RunWalkPlan | None = None) -> list[Segment]:
    """Walk a little, then run and walk by turns as a plan says, and stand when it is over.

    Args:
        run: pace of the running.
        duration_s: of the whole.
        plan: a minute of each, until the end, unless told otherwise.
    """
    segments = [Segment(min(WARM_UP_S, duration_s), WALKING)]
    left_s = duration_s - segments[0].duration_s
    late_s = LATE_S
    for interval in (plan or RunWalkPlan(60, 60, None)).intervals():
        part_s = min(interval.end_s - interval.start_s + late_s, left_s)
        if part_s <= 0.0:
            return segments
        segments.append(Segment(part_s, run if interval.part == "run" else WALKING))
        left_s -= part_s
        late_s = 0.0  # all later changes are late by as much
    return [*segments, Segment(left_s)] if left_s > 0.0 else segments
