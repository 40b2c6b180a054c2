"""Runs made by hand, stride by stride, of a runner with a plan, and what they hear."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity
from coach.cuer import Cuer

Heard = tuple[float, str, str]


def stride(
    activity: Activity, t_s: float, *, speed_m_s: float = 3.0, climb_m: float = 0.0, good: bool = True
) -> np.void:
    """A STRIDE record that closes at `t_s`, of running at 160 or of walking at 110 steps a minute."""
    record: np.void = np.zeros(1, STRIDE)[0]
    time_s = stride_time_s(activity)
    record["stride_time_s"] = time_s
    record["cadence_spm"] = 120.0 / time_s
    record["speed_m_s"] = speed_m_s
    record["stride_length_m"] = speed_m_s * time_s
    record["climb_m"] = climb_m
    record["grade_percent"] = 100.0 * climb_m / (speed_m_s * time_s)
    record["strike_angle_deg"] = 12.0
    record["contact_time_s"] = 0.25 if activity is Activity.RUNNING else 0.7
    record["flight_time_s"] = time_s / 2 - 0.25 if activity is Activity.RUNNING else np.nan
    record["t_toe_off_s"] = t_s - 0.6 * time_s
    record["t_contact_s"] = t_s - 0.1 * time_s
    record["t_mid_stance_s"] = t_s
    record["activity"] = activity
    record["good"] = good
    return record


def stride_time_s(activity: Activity) -> float:
    return 0.75 if activity is Activity.RUNNING else 12 / 11


class PlannedRun:
    """A runner who does what the test says, and who cues them.

    Attributes:
        strides: with the times when they closed, in µs.
        cues: CUE records so far.
    """

    def __init__(self, cuer: Cuer) -> None:
        self.cuer = cuer
        self.t_us = 0
        self.strides: list[tuple[int, np.void]] = []
        self.cues: list[np.void] = []

    def run(self, seconds: float, **kind: Any) -> PlannedRun:
        """`kind`: as of `stride`."""
        return self._go(Activity.RUNNING, seconds, **kind)

    def walk(self, seconds: float) -> PlannedRun:
        return self._go(Activity.WALKING, seconds, speed_m_s=1.4)

    def stand(self, seconds: float) -> PlannedRun:
        self.t_us += round(seconds * 1e6)
        self.cues += self.cuer.advance(self.t_us)
        return self

    def _go(self, activity: Activity, seconds: float, **kind: Any) -> PlannedRun:
        end_us = self.t_us + round(seconds * 1e6)
        step_us = round(stride_time_s(activity) * 1e6)
        while self.t_us + step_us <= end_us:
            self.t_us += step_us
            one = stride(activity, self.t_us / 1e6, **kind)
            self.strides.append((self.t_us, one))
            self.cues += self.cuer.take_stride(one, self.t_us)
        self.t_us = end_us
        self.cues += self.cuer.advance(end_us)
        return self

    @property
    def heard(self) -> list[Heard]:
        return heard(self.cues)

    @property
    def t_s(self) -> float:
        return self.t_us / 1e6

    def records(self) -> NDArray[np.void]:
        return np.array(self.cues, CUE)

    def stride_records(self) -> NDArray[np.void]:
        return np.array([one for _, one in self.strides], STRIDE)


def heard(cues: list[np.void]) -> list[Heard]:
    """When, what and why."""
    return [
        (float(cue["t_s"]), CueKind(int(cue["kind"])).name, CueReason(int(cue["reason"])).name)
        for cue in cues
    ]
