"""The single-run spike: how a run compares with the longest of the 30 days before it.

Of 5205 runners in 588,071 sessions those who ran one 10-30 % longer than their longest of the last 30 days
had a hazard of injury 1.64 times as high, at 30-100 % longer 1.52 times, at more than double 2.28 times;
ratios of weeks told nothing of the kind (Schuster Brandt Frandsen et al. 2025, 10.1136/bjsports-2024-109380).
The study counted distance alone. That climb, fast distance and the Achilles dose are held to the same rule is
our choice.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.load.longest import Longest
from coach.load.sums import LoadSums

WINDOW = timedelta(days=30)
WARN_PERCENT = 110.0
"""A run of more is a spike; 110 itself is none."""
HAZARDS = ((130.0, "10 to 30 % longer than", 1.64), (200.0, "30 to 100 % longer than", 1.52),
           (math.inf, "more than twice as long as", 2.28))  # fmt: skip
"""Up to how many per cent, in words, and the study's hazard ratio."""
LEAST_RUN_M = 500.0
"""Nothing is measured against a run of less: some minutes to try a pod prepare for nothing, and after them a
first real run would be thirty times as long. Our choice."""
LEAST_CLIMB_M = 50.0
LEAST_FAST_M = 500.0
"""Less than this is no spike, whatever went before, and a longest below it counts as this much: small sums
are mostly error, and a first hill would be infinitely more than none. Our choice."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run, as far as the load guard looks at it.

    Attributes:
        run_id: its number in the journal.
        started: with the offset of the local time.
        sums: what it asked of the body.
        running_strides: how many it had, of one foot.
        plan: of running and walking, that it went by; empty for none.
    """

    run_id: int
    started: datetime
    sums: LoadSums
    running_strides: int
    plan: str = ""

    @property
    def step_load(self) -> float:
        """The Achilles dose of a running step, a model; NaN where it is not known."""
        return self.sums.achilles_dose / (2.0 * self.running_strides) if self.running_strides else math.nan


@dataclass(frozen=True, slots=True)
class Spike:
    """A run as per cent of the longest single run of the 30 days before it; NaN where they cannot be
    compared."""

    distance_percent: float
    climb_percent: float
    fast_percent: float
    dose_percent: float

    @property
    def is_one(self) -> bool:
        """Whether any is over WARN_PERCENT."""
        values = (self.distance_percent, self.climb_percent, self.fast_percent, self.dose_percent)
        return any(value > WARN_PERCENT for value in values)


def longest_for_guard(runs: Iterable[Done], at: datetime) -> Longest | None:
    """What a run that starts at `at` is measured against: the longest of the 30 days up to then.

    A run that started just 30 days before counts. One that starts at `at` or later, as after a clock was put
    back, does not.

    Args:
        runs: finished ones of one runner, in any order.
        at: with the offset of the local time.

    Returns:
        None where there is no run of at least LEAST_RUN_M within 30 days.
    """
    within = [
        run.sums for run in runs if at - WINDOW <= run.started < at and not run.sums.distance_m < LEAST_RUN_M
    ]
    if not within:
        return None
    return Longest(
        distance_m=_most(sums.distance_m for sums in within),
        climb_m=_most(sums.climb_m for sums in within),
        fast_m=_most(sums.fast_m for sums in within),
        dose=_most(sums.achilles_dose for sums in within),
    )


def longest_before_each(runs: Sequence[Done]) -> list[Longest | None]:
    """Of each run what it is measured against; see `longest_for_guard`.

    Args:
        runs: finished ones of one runner, in any order.
    """
    in_order = sorted(runs, key=lambda run: run.started)
    starts = [run.started for run in in_order]
    return [
        longest_for_guard(
            in_order[bisect_left(starts, run.started - WINDOW) : bisect_left(starts, run.started)],
            run.started,
        )
        for run in runs
    ]


def spike_of(sums: LoadSums, longest: Longest | None) -> Spike:
    """How a run compares, or a run so far.

    Args:
        sums: of the run.
        longest: of the 30 days before it; None where there was no run in them.
    """
    if longest is None:
        return Spike(math.nan, math.nan, math.nan, math.nan)
    return Spike(
        distance_percent=_percent(sums.distance_m, longest.distance_m),
        climb_percent=_percent_from(LEAST_CLIMB_M, sums.climb_m, longest.climb_m),
        fast_percent=_percent_from(LEAST_FAST_M, sums.fast_m, longest.fast_m),
        dose_percent=_percent(sums.achilles_dose, longest.dose),
    )


def _most(values: Iterable[float]) -> float:
    return max((value for value in values if math.isfinite(value)), default=math.nan)


def _percent(this: float, longest: float) -> float:
    # Rounded, so that a tenth more is not beyond a tenth by the last bit of a sum.
    return round(100.0 * this / longest, 6) if longest > 0.0 else math.nan


def _percent_from(least: float, this: float, longest: float) -> float:
    """As `_percent`, for sums that are no more than error while they are small; 0 for those."""
    if not math.isfinite(longest) or math.isnan(this):
        return math.nan
    return 0.0 if this < least else _percent(this, max(longest, least))
