"""What was found, set beside what was so: strides of a simulated run against its truth, part by part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MEANS = ("cadence_spm", "contact_time_s", "stride_length_m", "speed_m_s", "strike_angle_deg", "impact_g")
"""Fields of the stride record that are averaged."""
SUMS = {"stride_length_m": "distance_m", "climb_m": "climb_m"}
"""Fields that are summed, and what the sum is called."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run, such as a hill.

    Attributes:
        name: what the runner did.
        start_s, end_s: when, on the recording's clock.
    """

    name: str
    start_s: float
    end_s: float


def tell_part(strides: NDArray[np.void], part: Part) -> dict[str, float | int | None]:
    """The strides of a part of the run: how many, the MEANS of their fields and the SUMS.

    A stride belongs to the part in which the middle of its swing lies; there, parts do not change. What no
    stride knows is None. Sums are of the strides that know the field.

    Args:
        strides: STRIDE, shape (n,).
        part: the part.
    """
    swing_s = (strides["t_toe_off_s"] + strides["t_contact_s"]) / 2
    chosen = strides[(swing_s >= part.start_s) & (swing_s < part.end_s)]
    told: dict[str, float | int | None] = {"strides": len(chosen)}
    for field in MEANS:
        known = _known(chosen, field)
        told[field] = float(known.mean()) if len(known) else None
    for field, name in SUMS.items():
        known = _known(chosen, field)
        told[name] = float(known.sum()) if len(known) else None
    return told


def _known(strides: NDArray[np.void], field: str) -> NDArray[np.float64]:
    values = strides[field].astype(np.float64)
    return values[np.isfinite(values)]
