"""The longest single run of the 30 days before a run: what the load guard of that run measures against."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

_PREFIX = "longest_"
"""Of its names in a recording, where they stand among other settings."""


@dataclass(frozen=True, slots=True)
class Longest:
    """The greatest of each sum over the runs of 30 days, each from whichever run had it. NaN where no run
    knows it.

    Attributes:
        distance_m: gone in one run.
        climb_m: climbed in one run.
        fast_m: run faster than the usual easy speed in one run.
        dose: of the Achilles model, in one run; see `coach.load.force`.
    """

    distance_m: float
    climb_m: float
    fast_m: float
    dose: float

    def for_plan(self) -> Longest:
        """What a run to a plan of running and walking is held to: all but the dose.

        The steps of `coach.plan.buildup` hold to the distance. The dose, to which walking adds little, grows
        with the minutes that are run, in greater steps: a runner who is led from step to step must not be
        warned of each. Our choice.
        """
        return replace(self, dose=math.nan)

    def to_mapping(self) -> dict[str, str]:
        """As text, for the recording; what is not known is empty."""
        return {
            f"{_PREFIX}{name}": repr(float(value)) if math.isfinite(value) else ""
            for name, value in asdict(self).items()
        }


def read_longest(mapping: Mapping[str, str]) -> Longest | None:
    """The longest of a recording; None where it holds none, as of a runner without a run in 30 days.

    What is missing there, or cannot be, is taken as not known.
    """
    names = [field.name for field in fields(Longest)]
    if not any(f"{_PREFIX}{name}" in mapping for name in names):
        return None
    return Longest(*(_number(mapping.get(f"{_PREFIX}{name}", "")) for name in names))


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if 0.0 <= value < math.inf else math.nan
