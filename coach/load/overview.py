"""A runner's load at one moment: every run against those before it, the weeks, and the next run's room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coach.load.force import changes_from_baseline
from coach.load.longest import Longest
from coach.load.spike import (
    WARN_PERCENT,
    Done,
    Spike,
    longest_before_each,
    longest_for_guard,
    spike_of,
)
from coach.load.weeks import Week, weeks_of
from coach.load.words import NOT_COMPARED, warning


@dataclass(frozen=True, slots=True)
class Judged:
    """A run beside what came before it.

    Attributes:
        run: the run.
        longest: of the 30 days before it; None where there was no run.
        spike: how it compares.
        warning: what to say of it; None where there is nothing to warn of.
        step_load_change_percent: of the Achilles dose of a running step from the runner's own baseline, a
            model; NaN where not known.
        is_ahead: it is dated later than now: some clock was wrong.
    """

    run: Done
    longest: Longest | None
    spike: Spike
    warning: str | None
    step_load_change_percent: float
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """A runner's load.

    Attributes:
        runs: all, the newest first.
        latest: the newest that is not dated later than now; None where there is none.
        next_longest: what a run begun now is measured against; None where there was no run in 30 days.
        weeks: the oldest first.
    """

    runs: tuple[Judged, ...]
    latest: Judged | None
    next_longest: Longest | None
    weeks: tuple[Week, ...]

    @property
    def note(self) -> str | None:
        """What to say of the latest run where it cannot be compared."""
        return NOT_COMPARED if self.latest is not None and self.latest.longest is None else None

    @property
    def next_most_m(self) -> float:
        """How far a run begun now may go without being a spike; NaN where nothing can be compared with it."""
        longest = self.next_longest
        return math.nan if longest is None else longest.distance_m * WARN_PERCENT / 100.0


def overview_of(runs: Sequence[Done], now: datetime) -> Overview:
    """The load of one runner.

    Args:
        runs: finished ones, in any order.
        now: with the offset of the local time.
    """
    every = sorted(runs, key=lambda run: (run.started, run.run_id))
    changes = changes_from_baseline([run.step_load for run in every])
    before = longest_before_each(every)
    judged = [
        _judged(run, longest, change, now)
        for run, longest, change in zip(every, before, changes, strict=True)
    ][::-1]
    return Overview(
        runs=tuple(judged),
        latest=next((each for each in judged if not each.is_ahead), None),
        next_longest=longest_for_guard(every, now),
        weeks=tuple(weeks_of(every, now.date())),
    )


def _judged(run: Done, longest: Longest | None, change_percent: float, now: datetime) -> Judged:
    spike = spike_of(run.sums, longest.for_plan() if run.plan and longest is not None else longest)
    return Judged(run, longest, spike, warning(spike, run.sums), change_percent, run.started > now)
