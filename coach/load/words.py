"""What is said of a load: careful words, with what the study found and what is our choice."""

from __future__ import annotations

import math
from collections.abc import Sequence

from coach.load.force import BASELINE_RUNS
from coach.load.spike import HAZARDS, LEAST_RUN_M, WARN_PERCENT, WINDOW, Spike
from coach.load.sums import LoadSums

MODEL = (
    "The Achilles dose is a model from contact and flight time, not a measurement: it sums the steps, and a "
    "step with a greater peak force counts for much more. Only its change tells something: of a step, from "
    f"your first {BASELINE_RUNS} runs."
)
WEEKS = "Weeks are for information: in the study behind the guard they told nothing of the risk."
NOT_COMPARED = (
    f"There is no run of {LEAST_RUN_M:.0f} m or more in the {WINDOW.days} days before this one to compare "
    "with. At the start, and after such a break, keep runs short and let them grow by about a tenth."
)
PAIN_FIRST = "Your pain log comes first: 'coach today' tells whether to run, and how far."

_MORE = WARN_PERCENT - 100.0


def warning(spike: Spike, sums: LoadSums) -> str | None:
    """What to say of a run that is a spike; None for one that is none.

    Args:
        spike: of the run, against the 30 days before it.
        sums: of the run.
    """
    if not spike.is_one:
        return None
    measures = (
        (spike.distance_percent, f"distance {_distance(sums.distance_m)}"),
        (spike.climb_percent, f"climb {sums.climb_m:.0f} m"),
        (spike.fast_percent, f"fast running {_distance(sums.fast_m)}"),
        (spike.dose_percent, f"Achilles dose (a model) {sums.achilles_dose:.0f}"),
    )
    parts = [f"{what}, {_more(percent)} more" for percent, what in measures if percent > WARN_PERCENT]
    advice = (
        f"Keep the next runs at what you are used to, and let the longest grow by no more than {_MORE:.0f} %."
    )
    return (
        f"This run went beyond the most in one run of the {WINDOW.days} days before it by more than "
        f"{_MORE:.0f} %: {'; '.join(parts)}. {_of_the_study(spike.distance_percent)} {advice}"
    )


def _more(percent: float) -> str:
    """Of a spike; one that rounds to the limit itself is just over it, not on it."""
    more = f"{percent - 100.0:.0f} %"
    return f"just over {more}" if round(percent) <= WARN_PERCENT else more


def _of_the_study(distance_percent: float) -> str:
    if not distance_percent > WARN_PERCENT:
        return "The rule comes from a study of distance; that other sums are held to it is our choice."
    words, ratio = next((words, ratio) for most, words, ratio in HAZARDS if distance_percent <= most)
    return (
        f"In a study of 5205 runners a run {words} the longest of the last {WINDOW.days} days went with "
        f"{ratio:.2f} times the hazard of an injury."
    )


def at_most_km(metres: float) -> str:
    """A limit in km, rounded down: at most means at most. The millimetre is for what floats make of 1.1 × 10
    km."""
    return f"{math.floor((metres + 1e-3) / 100.0) / 10.0:.1f}"


def _distance(metres: float) -> str:
    return f"{metres / 1000.0:.1f} km" if metres >= 1000.0 else f"{metres:.0f} m"


def no_runs(runner: str | None, others: Sequence[str]) -> str:
    """What a load needs first.

    Args:
        runner: by name; None for the user.
        others: the runners who have runs in the journal.
    """
    whose = "" if runner is None else f" of {runner}"
    there = f" There are runs of {', '.join(others)}: --runner shows one of them." if others else ""
    return f"There is no finished run{whose} in the journal yet; 'coach run' makes one.{there}"
