"""A run made stride by stride without motion, sensor and detector: for seasons of dozens of runs.

What it leaves out is what a sensor sees. The records are drawn around the pace with the spread of the
runner's `Body` and the error that the detector is known to make; a stride is never missed, doubled or bad.
Where those matter, simulate the pod (`hardware.pod`, `hardware.outing`).
"""

from __future__ import annotations

import numpy as np

from cadence.stride import STRIDE, Activity, Side
from hardware.gait import MID_STANCE_SHARE, Pace, contact_time_s, strike_angle_deg
from hardware.listener import Listener
from hardware.runner import Body

LEVEL_ERROR = 0.01
"""Of the measured lengths of a whole run, and so of its speed, relative standard deviation. Our choice, after
what the detector shows on recordings of people."""

STRIDE_ERROR = 0.01
"""The same from stride to stride, on top. Our choice."""

GRADE_NOISE_PERCENT = 0.3
"""Standard deviation of the measured grade. Our choice."""


class StrideLevelRun:
    """A runner on level ground at one pace, who hears.

    Skips sensor and detector: see the module.

    Attributes:
        listener: how the runner answers; tell it what is heard between two strides.
        t_s: the end of the last stride, in s of the run.
    """

    def __init__(self, listener: Listener, pace: Pace, *, seed: int = 1, body: Body | None = None) -> None:
        """
        Args:
            listener: fresh.
            pace: running, with the runner's own cadence.
            seed: of variability and error.
            body: what this runner is like.

        Raises ValueError for a pace that is not running on the level.
        """
        if pace.activity is not Activity.RUNNING or pace.grade_percent:
            raise ValueError("a run at stride level is running on level ground")
        self.listener, self.t_s = listener, 0.0
        self._pace = pace
        self._body = body if body is not None else Body()
        self._random = np.random.default_rng(seed)
        self._length_factor = 1.0 + LEVEL_ERROR * self._random.standard_normal()
        self._contact_s = np.nan

    def next_stride(self) -> np.void:
        """The next stride as a detector would have it, a STRIDE record; its impact is not known. The first
        has no stride time."""
        body, hours = self._body, self.t_s / 3600.0
        longer, on_ground, further, off, strike, tilt = self._random.standard_normal(6).tolist()
        pace = self.listener.pace(self._pace, self.t_s)
        duration_s = 120.0 / (pace.cadence_spm * (1.0 + body.cadence_drift_per_h * hours))
        duration_s *= 1.0 + body.stride_time_cv * longer
        stance_s = contact_time_s(pace) * body.contact_factor * (1.0 + body.contact_drift_per_h * hours)
        stance_s *= 1.0 + body.contact_time_cv * on_ground
        length_m = pace.speed_m_s * duration_s * (1.0 + body.length_cv * further)
        length_m *= self._length_factor * (1.0 + STRIDE_ERROR * off)
        grade_percent = GRADE_NOISE_PERCENT * tilt
        toe_off_s = self.t_s + (1.0 - MID_STANCE_SHARE) * stance_s
        end_s = self.t_s + duration_s
        contact_s = end_s - MID_STANCE_SHARE * stance_s
        stride_time_s = contact_s - self._contact_s
        ground_s = toe_off_s - self._contact_s
        record = np.zeros(1, STRIDE)
        record[0] = (
            toe_off_s,
            contact_s,
            end_s,
            stride_time_s,
            120.0 / stride_time_s,
            ground_s,
            length_m,
            length_m / duration_s,
            length_m * grade_percent / 100.0,
            grade_percent,
            stride_time_s / 2.0 - ground_s,
            strike_angle_deg(pace) + body.strike_sd_deg * strike,
            np.nan,
            False,
            Activity.RUNNING,
            Side.RIGHT,
            True,
        )
        self.t_s, self._contact_s = end_s, contact_s
        stride: np.void = record[0]
        return stride
