"""Who cues a run: the cadence coach, the plan of running and walking, the load guard; one voice of three."""

from __future__ import annotations

import numpy as np

from cadence.cue import CueKind
from coach.coach import Coach
from coach.plan.follow import PlanFollower
from coach.plan.guard import LoadGuard
from coach.plan.run_walk import parse_plan
from coach.run_settings import RunSettings
from firmware_bridge.readings import CadenceUpdate

ALONE_US = 6_000_000
"""The guard's line is given when nothing else was said for so long, and nothing is about to be: it is said
once, and the newest cue cuts what is being said. Our choice, the time of its words."""


class Cuers:
    """All who cue a run, as one `coach.cuer.Cuer`. Each of them may be missing.

    While the plan has a walk break the coach is told that the runner walks, whatever they do: it ends a burst
    that is under way before the runner is told to walk, and is silent until the plan says run.

    Attributes:
        coach: of the cadence.
    """

    def __init__(
        self,
        coach: Coach | None = None,
        plan: PlanFollower | None = None,
        guard: LoadGuard | None = None,
    ) -> None:
        self.coach = coach
        self._plan = plan
        self._guard = guard
        self._warning: np.void | None = None  # of the guard, waiting to be heard alone
        self._now_us = 0
        self._said_us = -ALONE_US

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]:
        """A stride has closed. Returns CUE records."""
        cues = self.advance(closed_us)
        if self.coach is not None:
            cues += self.coach.take_walk() if self._walks else self.coach.take_stride(stride, closed_us)
        if self._plan is not None:
            cues += self._plan.take_stride(stride, closed_us)
        if self._guard is not None:
            self._keep(self._guard.take_stride(stride, closed_us))
        return self._with_warning(cues)

    def take_update(self, update: CadenceUpdate) -> list[np.void]:
        """A ready-made cadence has come. Returns CUE records."""
        cues = self.advance(round(update.t_s * 1e6))
        if self.coach is not None:
            cues += self.coach.take_walk() if self._walks else self.coach.take_update(update)
        if self._plan is not None:
            cues += self._plan.take_update(update)
        if self._guard is not None:
            self._keep(self._guard.take_update(update))
        return self._with_warning(cues)

    def take_loss(self) -> list[np.void]:
        """The signal is lost, now. Returns CUE records."""
        if self._plan is not None:
            self._plan.take_loss()
        cues = [] if self.coach is None else self.coach.take_loss()
        self._note(cues)
        return cues

    def advance(self, now_us: int) -> list[np.void]:
        """Time has passed, up to `now_us` since the first sample. Returns CUE records."""
        # Where another foot takes the lead its clock may be a moment behind.
        self._now_us = now_us = max(now_us, self._now_us)
        cues = []
        for change in [] if self._plan is None else self._plan.advance(now_us):
            if self.coach is not None:
                cues += self.coach.advance(round(float(change["t_s"]) * 1e6))
                if change["kind"] == CueKind.WALK:
                    cues += self.coach.take_walk()
            cues.append(change)
        if self.coach is not None:
            cues += self.coach.advance(now_us)
        self._note(cues)
        return cues

    @property
    def _walks(self) -> bool:
        return self._plan is not None and self._plan.walks

    def _keep(self, warnings: list[np.void]) -> None:
        self._warning = warnings[0] if warnings else self._warning

    def _with_warning(self, cues: list[np.void]) -> list[np.void]:
        """The cues of a stride, and the warning that waits if it can be heard now."""
        self._note(cues)
        if self._warning is not None and self._is_quiet():
            self._warning["t_s"] = self._now_us / 1e6
            cues.append(self._warning)
            self._warning = None
            self._note(cues)
        return cues

    def _is_quiet(self) -> bool:
        """Whether nothing is being said, and nothing that can be foreseen will be in a moment: the end of a
        burst cuts as well."""
        bursting = self.coach is not None and self.coach.tempo_spm is not None
        if bursting or self._now_us - self._said_us < ALONE_US:
            return False
        next_us = None if self._plan is None else self._plan.next_us
        return next_us is None or next_us - self._now_us >= ALONE_US

    def _note(self, cues: list[np.void]) -> None:
        if cues:
            self._said_us = round(float(cues[-1]["t_s"]) * 1e6)


def cuers_of(settings: RunSettings) -> Cuers:
    """Who cues a run with these settings.

    Raises:
        PlanError: the plan is none.
    """
    usual_speed_m_s = settings.coach.baseline_speed_m_s
    longest = settings.longest
    return Cuers(
        None if settings.cues_paused else Coach(settings.coach),
        PlanFollower(parse_plan(settings.plan)) if settings.plan else None,
        None
        if longest is None
        else LoadGuard(longest.for_plan() if settings.plan else longest, usual_speed_m_s),
    )
