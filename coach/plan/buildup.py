"""From walking to half an hour of running, over weeks: which plan comes next.

Walk breaks, and loads that tissue is prepared for, are what the project's source article asks for; the table
is our choice. It holds to the one rule on load that a study supports (Schuster Brandt Frandsen et al. 2025,
10.1136/bjsports-2024-109380): no step goes more than a tenth beyond the longest of those before it, at any
jog of 2 to 2.5 m/s and a walk of 1.5 m/s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.plan.kept import KEPT_SHARE
from coach.plan.run_walk import PlanError, RunWalkPlan, parse_plan

STEPS = ("1:2x8", "2:2x6", "3:2x5", "4:1x5", "5:2x4", "6:1x4", "8:1x3", "13:1x2", "28", "30")
"""Minutes of running and walking. Each is done for RUNS_A_STEP runs: ten weeks at three runs a week."""
RUNS_A_STEP = 3
"""Our choice: three runs a week, with a day of rest between, are what beginners' programmes use."""
WEEK = timedelta(weeks=1)
BREAK = 2 * WEEK
"""Without a run for so long, one goes back a step, and one more for each further week. Our choice: of the 30
days that the load guard looks at, half are gone."""


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A run, as far as the build-up looks at it.

    Attributes:
        at: when it began, with the offset of the local time.
        plan: as text; empty for a run without one.
        kept_share: of the plan, from 0 to 1; NaN where it is not known.
        pain_free: whether nothing that was told of pain speaks against going on; see `coach.care.pain`.
    """

    at: datetime
    plan: str
    kept_share: float
    pain_free: bool


def next_plan(runs: Sequence[PlannedRun], now: datetime) -> str:
    """The plan for the next run of a beginner.

    A step is over when RUNS_A_STEP runs of it were kept (KEPT_SHARE) and free of pain; until then it is
    repeated. Who keeps a later step's plan goes on from that step. Other runs count for breaks alone.

    Args:
        runs: of one runner, in any order. Those after `now` are left out.
        now: with the offset of the local time.

    Returns:
        A plan of STEPS; empty when all of them are done: half an hour is run without a break.
    """
    plans = [parse_plan(step) for step in STEPS]
    step = done = 0
    last: datetime | None = None
    for run in sorted((run for run in runs if run.at <= now), key=lambda run: run.at):
        step, done = _after_break(step, done, last, run.at)
        last = run.at
        plan = _read(run.plan)
        if plan not in plans or not (run.kept_share >= KEPT_SHARE and run.pain_free):
            continue
        if plans.index(plan) > step:
            step, done = plans.index(plan), 0
        done += plans.index(plan) == step
        if done >= RUNS_A_STEP:
            step, done = step + 1, 0
    step, _ = _after_break(step, done, last, now)
    return STEPS[step] if step < len(STEPS) else ""


def _after_break(step: int, done: int, last: datetime | None, at: datetime) -> tuple[int, int]:
    """Where a runner goes on at `at`, who was at a step at `last`."""
    if last is None or at - last < BREAK:
        return step, done
    back = (at - BREAK - last) // WEEK + 1
    return max(min(step, len(STEPS)) - back, 0), 0


def _read(text: str) -> RunWalkPlan | None:
    try:
        return parse_plan(text)
    except PlanError:
        return None
