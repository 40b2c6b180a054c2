"""What the cue policy's twin knows of a runner: the ground, the speed, and what they do by themselves.

What is not known is None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

import numpy as np

from cadence.reference_stride import constants_of
from cadence.stride import Activity
from coach import policy_constants
from coach.coach_settings import CoachSettings

POLICY = constants_of(policy_constants)
"""The kernel's own constants."""


@dataclass(slots=True)
class Smoothed:
    """A value that follows what is told of it; None while nothing was."""

    value: float | None = None

    def follow(self, told: float, share: float) -> float:
        """Come nearer by a share of what lies between, at most all of it; the first is taken as it is."""
        self.value = told if self.value is None else self.value + min(share, 1.0) * (told - self.value)
        return self.value


@dataclass(frozen=True, slots=True)
class Heard:
    """What the policy hears of a stride. None is not known, or no number of a runner's."""

    good: bool
    running: bool
    time_s: float
    cadence_spm: float
    speed_m_s: float | None
    grade_percent: float | None
    strike_deg: float | None


def heard(stride: np.void) -> Heard:
    """Of a STRIDE record what matters here."""
    time_s = float(stride["stride_time_s"])
    speed_m_s = float(stride["speed_m_s"])
    length_m, climb_m = float(stride["stride_length_m"]), float(stride["climb_m"])
    strike_deg = float(stride["strike_angle_deg"])
    sloped = abs(climb_m) < length_m
    return Heard(
        good=bool(stride["good"]),
        running=stride["activity"] == Activity.RUNNING,
        time_s=time_s,
        cadence_spm=120.0 / time_s if time_s > 0.0 else nan,
        speed_m_s=speed_m_s if speed_m_s > 0.0 else None,
        grade_percent=100.0 * climb_m / length_m if sloped else None,
        strike_deg=strike_deg if abs(strike_deg) <= POLICY.MOST_STRIKE_DEG else None,
    )


@dataclass(slots=True)
class Ground:
    """What level ground reads, since no sensor is without error, and how far from it the runner is now."""

    now: Smoothed = field(default_factory=Smoothed)
    level: Smoothed = field(default_factory=Smoothed)
    kept_percent: float | None = None
    last_level_us: int = 0

    def begin_stretch(self, now_us: int) -> None:
        self.now, self.level = Smoothed(), Smoothed()
        self.last_level_us = now_us

    def is_hill(self, stride: Heard, now_us: int, *, settled: bool, was_hill: bool) -> bool:
        grade = stride.grade_percent
        if grade is None:
            return False
        now = self.now.follow(grade, stride.time_s / POLICY.NOW_SMOOTH_S)
        level = grade if self.level.value is None else self.level.value
        bound: float = POLICY.GRADE_BACK_PERCENT if was_hill else POLICY.GRADE_CHANGE_PERCENT
        hill = abs(now - level) > bound
        if not settled and self.kept_percent is None:
            hill = False  # nothing is known yet to tell a hill by, and nothing is said
        if hill and now_us - self.last_level_us >= POLICY.HILL_MOST_US:
            hill = False
            self.level.value = self.kept_percent = now
        if not hill:
            self.last_level_us = now_us
        if not settled:
            learned = self.level.follow(grade, stride.time_s / POLICY.LEVEL_SETTLE_S)
            self.level.value = self._as_level(learned)
        elif not hill:
            learned = self.level.follow(grade, stride.time_s / POLICY.LEVEL_SMOOTH_S)
            self.level.value = self._as_level(learned)
            if self.kept_percent is None:
                self.kept_percent = self.level.value
        return hill

    def _as_level(self, grade: float) -> float:
        if self.kept_percent is None:
            around, most = 0.0, float(POLICY.GRADE_ERROR_PERCENT)
        else:
            around, most = self.kept_percent, float(POLICY.GRADE_SHIFT_PERCENT)
        return min(max(grade, around - most), around + most)


@dataclass(slots=True)
class Speed:
    """Smoothed for what it is, and over two strides for what it is just now."""

    slow: Smoothed = field(default_factory=Smoothed)
    now: Smoothed = field(default_factory=Smoothed)

    def is_off_pace(self, stride: Heard, own_m_s: float | None, *, was_off: bool) -> bool:
        if stride.speed_m_s is None:
            return False
        self.slow.follow(stride.speed_m_s, stride.time_s / POLICY.SPEED_SMOOTH_S)
        now = self.now.follow(stride.speed_m_s, stride.time_s / POLICY.NOW_SMOOTH_S)
        if own_m_s is None:
            return False
        bound: float = POLICY.PACE_BACK if was_off else POLICY.PACE_MOST
        return abs(now - own_m_s) > bound * own_m_s

    @property
    def is_steady(self) -> bool:
        if self.slow.value is None or self.now.value is None:
            return True
        most: float = POLICY.STEADY_MOST * self.slow.value
        return abs(self.now.value - self.slow.value) <= most


class Baseline:
    """The runner's own cadence, speed and strike: told, or learned in the first minute of level running."""

    def __init__(self, told: CoachSettings) -> None:
        self._told = told
        self._strides: list[Heard] = []
        self.learned = False
        self.spm: float | None = None
        self.speed_m_s: float | None = None
        self.strike_deg: float | None = None
        self.strike_now = Smoothed()

    @property
    def pace_m_s(self) -> float | None:
        return self.speed_m_s or self._told.baseline_speed_m_s

    @property
    def target_spm(self) -> float | None:
        """None while the baseline is not known. Asked for, or a stage's rise, but not past the road's end."""
        if self.spm is None or self._told.target_spm is not None:
            return None if self.spm is None else self._told.target_spm
        rise_spm: float = min(POLICY.ROAD_END_SPM, self.spm * POLICY.STAGE_RISE)
        return max(self.spm, rise_spm)

    def learn(self, stride: Heard) -> None:
        if self.learned:
            if self.strike_deg is not None and stride.strike_deg is not None:
                self.strike_now.follow(stride.strike_deg, stride.time_s / POLICY.STRIKE_SMOOTH_S)
            return
        self._strides.append(stride)
        told = self._told
        if told.baseline_spm is not None and (told.baseline_speed_m_s or stride.speed_m_s is None):
            self.spm, self.speed_m_s = told.baseline_spm, told.baseline_speed_m_s
        time_s = sum(one.time_s for one in self._strides)
        if time_s >= POLICY.LEARN_S:
            self._take_what_was_learned(time_s)

    def _take_what_was_learned(self, time_s: float) -> None:
        self.learned = True
        self.spm = self._told.baseline_spm or 120.0 * len(self._strides) / time_s
        paced = [(one.speed_m_s, one.time_s) for one in self._strides if one.speed_m_s is not None]
        if self._told.baseline_speed_m_s is not None:
            self.speed_m_s = self._told.baseline_speed_m_s
        elif paced:
            way_m = sum(speed_m_s * lasted_s for speed_m_s, lasted_s in paced)
            self.speed_m_s = way_m / sum(lasted_s for _, lasted_s in paced)
        strikes = [one.strike_deg for one in self._strides if one.strike_deg is not None]
        if strikes:
            self.strike_deg = sum(strikes) / len(strikes)
            self.strike_now = Smoothed(self.strike_deg)
