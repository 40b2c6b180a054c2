"""How a plan of running and walking was kept: of each part, the share in which it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind, CueReason
from cadence.stride import Activity
from coach.counted import counted
from coach.plan.run_walk import Part, RunWalkPlan, format_plan
from coach.stride_spans import stride_spans_s
from coach.summary import UPDATE_LASTS_S
from firmware_bridge.readings import CadenceUpdate

Spans = NDArray[np.float64]

KEPT_SHARE = 0.8
"""A part is kept from this share of its time on. Our choice: it leaves room for the seconds that a cue takes
to be followed, and for a stop at a crossing."""


@dataclass(frozen=True, slots=True)
class KeptInterval:
    """A part of a plan in a run.

    Attributes:
        part: what was to be done.
        start_s, end_s: of the run, as planned; the last part of a plan without an end ends with the run.
        kept_share: of its time, from 0 to 1. A part to run is kept by running, a walk break by not running:
            who stands at a crossing keeps it as well. What lies after the end of the run is not kept.
    """

    part: Part
    start_s: float
    end_s: float
    kept_share: float


@dataclass(frozen=True, slots=True)
class PlanKept:
    """A plan in a run.

    Attributes:
        plan: as text.
        intervals: all that the plan has, or had until the end of the run where it has no end.
        kept_share: of the time of all of them.
    """

    plan: str
    intervals: tuple[KeptInterval, ...]
    kept_share: float

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {
            "plan": self.plan,
            "intervals": [
                {
                    "part": each.part,
                    "start_s": round(each.start_s, 3),
                    "end_s": round(each.end_s, 3),
                    "kept_share": round(each.kept_share, 3),
                }
                for each in self.intervals
            ],
            "kept_share": round(self.kept_share, 3),
        }


def plan_kept(plan: RunWalkPlan, cues: NDArray[np.void], running_s: Spans, duration_s: float) -> PlanKept:
    """How a plan was kept in a run.

    Args:
        plan: of the run.
        cues: CUE, shape (n,), of the run: the plan began with the first of its own.
        running_s: when the runner ran, shape (m, 2): begins and ends in the order of time; no two overlap.
        duration_s: of the run.
    """
    own = cues[(cues["reason"] == CueReason.PLAN) & (cues["kind"] == CueKind.RUN)]
    if not len(own):
        return PlanKept(format_plan(plan), (), 0.0)  # nobody ran, so it did not begin
    begun_s = float(own["t_s"][0])
    parts: list[KeptInterval] = []
    for interval in plan.intervals():
        start_s, end_s = begun_s + interval.start_s, begun_s + interval.end_s
        if plan.times is None and start_s >= duration_s:
            break
        done_s = min(end_s, duration_s)
        if plan.times is None:
            end_s = done_s
        ran_s = _within(running_s, start_s, done_s)
        kept_s = ran_s if interval.part == "run" else max(0.0, done_s - start_s) - ran_s
        parts.append(KeptInterval(interval.part, start_s, end_s, kept_s / (end_s - start_s)))
    whole_s = sum(part.end_s - part.start_s for part in parts)
    kept = sum(part.kept_share * (part.end_s - part.start_s) for part in parts)
    return PlanKept(format_plan(plan), tuple(parts), kept / whole_s if parts else 0.0)


def running_spans_s(strides: NDArray[np.void], updates: Sequence[CadenceUpdate]) -> Spans:
    """When the runner ran, shape (m, 2), by the strides or, where there are none, by ready-made cadence.

    Args:
        strides: STRIDE, shape (n,), each foot's in the order of time.
        updates: in the order of time.
    """
    if len(strides) or not updates:
        told = counted(strides)
        running: Spans = stride_spans_s(told)[told["activity"] == Activity.RUNNING]
        return running
    spans = [
        (update.t_s, min(after.t_s, update.t_s + UPDATE_LASTS_S))
        for update, after in pairwise(updates)
        if update.activity is Activity.RUNNING
    ]
    return np.array(spans, np.float64).reshape(-1, 2)


def kept_words(kept: PlanKept) -> str:
    """How it went, in a sentence for the runner."""
    if not kept.intervals:
        return f"The plan {kept.plan} did not begin: it begins with the first running."
    told = []
    for part, one, many in (("run", "part to run", "parts to run"), ("walk", "walk break", "walk breaks")):
        of_it = [each for each in kept.intervals if each.part == part]
        done = sum(each.kept_share >= KEPT_SHARE for each in of_it)
        if of_it:
            told.append(f"{done} of {len(of_it)} {one if len(of_it) == 1 else many}")
    return (
        f"Of the plan {kept.plan} you did {' and '.join(told)}, {100.0 * kept.kept_share:.0f} % of its time."
    )


def _within(spans_s: Spans, start_s: float, end_s: float) -> float:
    """How much of the spans lies between two times."""
    begin, end = np.maximum(spans_s[:, 0], start_s), np.minimum(spans_s[:, 1], end_s)
    return float(np.maximum(end - begin, 0.0).sum())
