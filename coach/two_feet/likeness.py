"""The strides of one foot as the pod on the other would have told them, for a coach who is handed over.

What level ground reads and how flat a shoe lies differ from pod to pod by more than what a coach takes for a
hill or for another way to land. So from the last strides in which both feet were heard the difference is
learned, and taken off from what the coach hears of the second.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity

LAST_STRIDES = 10
"""Of each foot, over which the two are compared: some seven seconds. Our choice."""


class Likeness:
    """What is added to grade and strike angle of each foot's strides before the coach hears them."""

    def __init__(self, feet: int) -> None:
        self._last: list[deque[tuple[float, float]]] = [deque(maxlen=LAST_STRIDES) for _ in range(feet)]
        self._added = [(0.0, 0.0)] * feet

    def take(self, foot: int, strides: NDArray[np.void]) -> None:
        """A foot has closed strides."""
        for stride in strides[strides["good"] & (strides["activity"] == Activity.RUNNING)]:
            self._last[foot].append((float(stride["grade_percent"]), float(stride["strike_angle_deg"])))

    def hand_over(self, before: int, now: int) -> None:
        """The coach hears another foot from now on."""
        grade, strike = self._usual(before) - self._usual(now) + np.array(self._added[before])
        self._added[now] = (
            float(grade) if np.isfinite(grade) else 0.0,
            float(strike) if np.isfinite(strike) else 0.0,
        )

    def heard(self, foot: int, strides: NDArray[np.void]) -> NDArray[np.void]:
        """The strides of a foot as the coach is to hear them."""
        grade_percent, strike_deg = self._added[foot]
        if not len(strides) or not (grade_percent or strike_deg):
            return strides
        alike = strides.copy()
        alike["grade_percent"] += grade_percent
        alike["climb_m"] += grade_percent / 100.0 * alike["stride_length_m"]
        alike["strike_angle_deg"] += strike_deg
        return alike

    def _usual(self, foot: int) -> NDArray[np.float64]:
        """Median grade and strike angle of a foot's last strides; NaN where they are not known."""
        told = np.array(self._last[foot], np.float64).reshape(-1, 2)
        known = np.isfinite(told)
        return np.array(
            [np.median(told[known[:, each], each]) if known[:, each].any() else np.nan for each in range(2)]
        )
