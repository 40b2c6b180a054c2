"""A plan of running and walking, said to the runner as the run goes on.

Its clock is that of the samples and begins when the runner does: with the first running that lasts, which is
when the first cue comes. So one may walk for as long as one likes to warm up. From then on there is one cue
at each change, once more where a walk break is run through, and one at the end. A runner who walks when the
plan says run is left in peace: who is tired may walk. Our choices, all of them.
"""

from __future__ import annotations

import math

import numpy as np

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import Activity
from coach.plan.run_walk import Interval, RunWalkPlan
from firmware_bridge.readings import CadenceUpdate

LASTS_US = 3_000_000
"""Running of so long is running: a stride that was misread is none. Our choice."""
APART_US = 3_000_000
"""Strides further apart are not of one piece of running. Our choice, as for ready-made cadence."""
REMIND_AFTER_US = 20_000_000
"""Into a walk break. Our choice: long enough to have heard the cue, and to have finished a hill."""
REMIND_LEFT_US = 10_000_000
"""Of the break, at least: a reminder right before the cue to run would be worse than none. Our choice."""

_CUES = {"run": CueKind.RUN, "walk": CueKind.WALK}


class PlanFollower:
    """Says when to walk and when to run. Its time is that of the samples.

    Attributes:
        now_us: how far it has come.
    """

    def __init__(self, plan: RunWalkPlan) -> None:
        self._coming = plan.intervals()
        self._now: Interval | None = None  # None before the plan begins and when it is over
        self._begun_us: int | None = None
        self._reminded = False
        self._seen_us = 0
        self._running_since_us: int | None = None
        self.now_us = 0

    @property
    def walks(self) -> bool:
        """Whether the plan has a walk break now."""
        return self._now is not None and self._now.part == "walk"

    @property
    def next_us(self) -> int | None:
        """When the next cue is due; None before the plan begins and when it is over."""
        return None if self._now is None else self._at_us(self._now.end_s)

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]:
        """A stride has closed. Returns CUE records, most often none."""
        cues = self.advance(closed_us)
        return cues + self._seen(Activity(int(stride["activity"]))) if stride["good"] else cues

    def take_update(self, update: CadenceUpdate) -> list[np.void]:
        """A ready-made cadence has come. Returns CUE records."""
        return self.advance(round(update.t_s * 1e6)) + self._seen(update.activity)

    def take_loss(self) -> list[np.void]:
        """The signal is lost, now: the plan goes on, since the runner does. Returns no CUE record."""
        self._running_since_us = None
        return []

    def advance(self, now_us: int) -> list[np.void]:
        """Time has passed, up to `now_us` since the first sample. Returns CUE records."""
        cues = []
        while (due_us := self.next_us) is not None and due_us <= now_us:
            self._now = next(self._coming, None)
            self._reminded = False
            kind = CueKind.ON_TARGET if self._now is None else _CUES[self._now.part]
            cues.append(_cue(due_us, kind))
        self.now_us = max(self.now_us, now_us)
        return cues

    def _seen(self, activity: Activity) -> list[np.void]:
        """The runner does this, now."""
        if activity is not Activity.RUNNING:
            self._running_since_us = None
        elif self._running_since_us is None or self.now_us - self._seen_us > APART_US:
            self._running_since_us = self.now_us
        self._seen_us = self.now_us
        if self._running_since_us is None or self.now_us - self._running_since_us < LASTS_US:
            return []
        if self._begun_us is None:
            self._begun_us = self.now_us
            self._now = next(self._coming)
            return [_cue(self.now_us, CueKind.RUN)]
        if self.walks and not self._reminded and self._is_time_to_remind():
            self._reminded = True
            return [_cue(self.now_us, CueKind.WALK)]
        return []

    def _is_time_to_remind(self) -> bool:
        assert self._now is not None
        begun_us, end_us = self._at_us(self._now.start_s), self._at_us(self._now.end_s)
        return begun_us + REMIND_AFTER_US <= self.now_us <= end_us - REMIND_LEFT_US

    def _at_us(self, plan_s: float) -> int:
        assert self._begun_us is not None
        return self._begun_us + round(plan_s * 1e6)


def _cue(t_us: int, kind: CueKind) -> np.void:
    record: np.void = np.array([(t_us / 1e6, kind, CueReason.PLAN, math.nan)], CUE)[0]
    return record
