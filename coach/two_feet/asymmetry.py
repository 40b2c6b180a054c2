"""How left and right differ, over easy level running: from strides of the two feet that are neighbours.

A difference is told together with how much it varies from stride to stride. One that is smaller than that is
called none: limbs differ where they do so by more than each of them varies (Exell, Irwin, Gittoes and Kerwin,
"Implications of intra-limb variability on asymmetry analyses", J Sports Sci 2012;30(4):403-409). It is a
measurement, not a diagnosis; two pods that do not sit alike differ too, most of all in strike angle and
impact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Side
from coach.run_facts import easy_level

FEWEST_PAIRS = 30
"""Fewer neighbours tell nothing: some twenty seconds of running. Our choice."""
NEIGHBOUR_STRIDES = 0.75
"""The contacts of neighbours are no further apart, in stride times. Feet that alternate evenly are half a
stride apart; the rest is room for those that do not, and for what the clocks are off. Our choice."""
TO_STANDARD_DEVIATION = 1.4826
"""Of a median absolute deviation, for normal errors."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value that is compared.

    Attributes:
        field: of the stride record.
        name: for people.
        unit, factor, decimals: how people read it; the field times `factor` is in `unit`.
        relative: whether the difference is told in percent of the mean, or in the unit itself.
    """

    field: str
    name: str
    unit: str
    factor: float
    decimals: int
    relative: bool = True


MEASURED = (
    Measured("contact_time_s", "contact time", "ms", 1000.0, 0),
    Measured("flight_time_s", "flight time", "ms", 1000.0, 0),
    Measured("stride_time_s", "stride time", "ms", 1000.0, 0),
    Measured("stride_length_m", "stride length", "m", 1.0, 2),
    Measured("strike_angle_deg", "strike angle", "°", 1.0, 1, relative=False),
    Measured("impact_g", "impact", "g", 1.0, 1),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Left against right in one value; NaN where it is not known.

    Attributes:
        measured: what is compared.
        pairs: of neighbouring strides in which both feet know it.
        left, right: medians over these, in the unit of the field.
        difference: left less right, in percent of their mean, or in the unit where that is not relative.
        spread: of the difference from pair to pair, in the same unit: 1.4826 median absolute deviations.
        is_bound: a median is a lower bound, since the sensor was at its limit in half of the strides or more.
    """

    measured: Measured
    pairs: int
    left: float
    right: float
    difference: float
    spread: float
    is_bound: bool = False

    @property
    def seen(self) -> bool | None:
        """Whether there is a difference; None where that cannot be told: too few pairs, or no true values."""
        if self.pairs < FEWEST_PAIRS or self.is_bound:
            return None
        return abs(self.difference) > self.spread


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """Left against right.

    Attributes:
        left_strides, right_strides: how many of easy level running were found.
        pairs: of neighbours among them.
        differences: one for each of MEASURED.
    """

    left_strides: int
    right_strides: int
    pairs: int
    differences: tuple[Difference, ...]

    @property
    def is_too_little(self) -> bool:
        """Whether there are too few pairs to tell anything."""
        return self.pairs < FEWEST_PAIRS


def asymmetry(strides: NDArray[np.void]) -> Asymmetry | None:
    """Compare the feet; None where not both carried a pod.

    Args:
        strides: STRIDE, shape (n,), each foot's in the order of time.
    """
    feet = [strides[strides["side"] == side] for side in (Side.LEFT, Side.RIGHT)]
    if not all(map(len, feet)):
        return None
    # Each foot by itself: what level ground reads differs from pod to pod.
    left, right = (easy_level(foot) for foot in feet)
    first, second = _neighbours(left, right)
    pairs = left[first], right[second]
    return Asymmetry(
        left_strides=len(left),
        right_strides=len(right),
        pairs=len(first),
        differences=tuple(_difference(measured, *pairs) for measured in MEASURED),
    )


def _neighbours(left: NDArray[np.void], right: NDArray[np.void]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of strides that are neighbours: of each left one the next right one, each of them once."""
    after = np.searchsorted(right["t_contact_s"], left["t_contact_s"])
    known = after < len(right)
    after = np.where(known, after, 0)
    if len(right):
        apart_s = right["t_contact_s"][after] - left["t_contact_s"]
        known &= apart_s <= NEIGHBOUR_STRIDES * left["stride_time_s"]
    # Where a right one is next to two, a stride between was not found: it belongs to the nearer, the later.
    known[:-1] &= (after[:-1] != after[1:]) | ~known[1:]
    first = np.flatnonzero(known)
    return first, after[first]


def _difference(measured: Measured, left: NDArray[np.void], right: NDArray[np.void]) -> Difference:
    values = [foot[measured.field].astype(np.float64) for foot in (left, right)]
    known = np.isfinite(values[0]) & np.isfinite(values[1])
    if not known.any():
        return Difference(measured, 0, math.nan, math.nan, math.nan, math.nan)
    on_left, on_right = (foot[known] for foot in values)
    medians = float(np.median(on_left)), float(np.median(on_right))
    each = on_left - on_right
    spread = TO_STANDARD_DEVIATION * float(np.median(np.abs(each - np.median(each))))
    mean = (medians[0] + medians[1]) / 2.0
    to_unit = 100.0 / abs(mean) if measured.relative and mean else 1.0
    bound = measured.field == "impact_g" and any(
        float(np.mean(foot["clipped"][known])) >= 0.5 for foot in (left, right)
    )
    return Difference(
        measured,
        pairs=int(known.sum()),
        left=medians[0],
        right=medians[1],
        difference=(medians[0] - medians[1]) * to_unit,
        spread=spread * to_unit,
        is_bound=bound,
    )


def asymmetry_dict(found: Asymmetry) -> dict[str, Any]:
    """For JSON; None for a number that is not known."""
    return {
        "pairs": found.pairs,
        "left_strides": found.left_strides,
        "right_strides": found.right_strides,
        "too_few": found.is_too_little,
        **{difference.measured.field: _difference_dict(difference) for difference in found.differences},
    }


def _difference_dict(told: Difference) -> dict[str, Any]:
    unit = "percent" if told.measured.relative else "deg"
    return {
        "left": _number(told.left),
        "right": _number(told.right),
        f"difference_{unit}": _number(told.difference),
        f"spread_{unit}": _number(told.spread),
        "pairs": told.pairs,
        "seen": told.seen,
    }


def _number(value: float) -> float | None:
    return round(value, 6) if math.isfinite(value) else None
