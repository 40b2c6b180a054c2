"""The range of a sensor, told from samples that stand at its limit.

A table does not say what range its sensor had. A sensor that is driven beyond its range shows the
same value again and again: for many samples in a row where the movement is slow (a gyroscope in the
swing), once in each stride where it is short (an impact). Natural peaks do neither: they are round,
and no two are alike. A limit that is not there would mark good strides as bad, so every doubt is
decided for "no limit known".
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2

ACC_FLOOR_M_S2 = 1.9 * GRAVITY_M_S2
"""No common accelerometer has a smaller range than 2 g."""
GYRO_FLOOR_RAD_S = math.radians(120)
"""No common gyroscope has a smaller range than 125 deg/s."""

_REPEATS = 5
_BELOW = 1 - 1e-6  # the same value as float32 has to reach the limit too
_TOP, _SHOULDER = 0.994, 0.94
_FLAT = 2.0
_BELOW_TOP = 0.98


@dataclass(frozen=True, slots=True)
class Plateau:
    """A limit seen in the samples.

    Attributes:
        limit: a component at or beyond this, either sign, is at the sensor's limit; the samples' unit.
        peaks: how many peaks stand at it.
    """

    limit: float
    peaks: int


def find_plateau(motion: NDArray[np.float64], floor: float) -> Plateau | None:
    """The lowest limit that the components, shape (n, 3), either sign, stand at; None when there is none.

    Args:
        motion: one sensor's three components; NaN where missing.
        floor: a limit below this is not believed.
    """
    # Some loggers write a sample twice: that is no plateau.
    fresh = np.r_[True, (np.diff(motion, axis=0) != 0).any(axis=1)]
    motion = motion[fresh & np.isfinite(motion).all(axis=1)]
    plateaus = [
        plateau
        for axis in range(motion.shape[1])
        for sign in (1.0, -1.0)
        if (plateau := _one_sided(sign * motion[:, axis], floor))
    ]
    if not plateaus:
        return None
    return Plateau(min(plateau.limit for plateau in plateaus), sum(plateau.peaks for plateau in plateaus))


def _one_sided(x: NDArray[np.float64], floor: float) -> Plateau | None:
    if len(x) < 3 or x.max() < floor:
        return None
    values, counts = np.unique(x, return_counts=True)
    return _repeated_peak(values, counts) or _flat_peaks(x, float(np.diff(values).min(initial=x.max())))


def _repeated_peak(values: NDArray[np.float64], counts: NDArray[np.int64]) -> Plateau | None:
    """The extreme value itself, when it comes back far more often than any other value.

    It has to come at least five times, three times as often as a usual value of the signal (which
    allows for coarse counts and for noiseless, strictly periodic signals) and as any in the tenth below it.
    """
    peak, times = values[-1], int(counts[-1])
    rivals = counts[:-1][values[:-1] >= 0.9 * peak]
    usual = max(float(counts.mean()), float(rivals.max(initial=0)))
    if times < _REPEATS or times < 3 * usual:
        return None
    return Plateau(limit=_BELOW * float(peak), peaks=times)


def _flat_peaks(x: NDArray[np.float64], count: float) -> Plateau | None:
    """At least two peaks near the extreme that are cut flat, and no fewer than the round ones beside them.

    A peak is cut flat when it is less than twice as wide 6 % below its top as it is 0.6 % below, at
    three samples or more within that 0.6 %: a round peak is sqrt(10) times as wide there, a sharp one
    ten times. Calibration matrices tilt and spread such a top by some 0.3 %, which is why equality of
    values is not asked for. A `count`, the least difference of two values, that is too coarse to tell
    the two heights apart makes every peak flat, and tells nothing.
    """
    if count > (1 - _TOP) / 2 * x.max():
        return None
    high = np.flatnonzero(x > 0.92 * x.max())
    runs = np.flatnonzero(np.r_[True, np.diff(high) > 1])
    starts, ends = high[runs], high[np.r_[runs[1:] - 1, len(high) - 1]]
    flat: list[float] = []
    round_ = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start < 2 or start == 0 or end == len(x) - 1:
            continue
        peak = float(x[start : end + 1].max())
        if peak < _BELOW_TOP * x.max():
            continue
        around = x[start - 1 : end + 2]
        top, width_top = _width(around, _TOP * peak)
        _, width_shoulder = _width(around, _SHOULDER * peak)
        if top >= 3 and width_shoulder < _FLAT * width_top:
            flat.append(peak)
        elif top >= 3:
            round_ += 1
    if len(flat) < 2 or len(flat) < round_:
        return None
    return Plateau(limit=_TOP * min(flat), peaks=len(flat))


def _width(x: NDArray[np.float64], level: float) -> tuple[int, float]:
    """How many samples stand at or above a level (0 where a dip parts them: that is more than one peak),
    and the time from the first crossing to the last, in sample steps.
    """
    above = np.flatnonzero(x >= level)
    first, last = int(above[0]), int(above[-1])
    left = (x[first] - level) / (x[first] - x[first - 1])
    right = (x[last] - level) / (x[last] - x[last + 1])
    unbroken = last - first + 1 == len(above)
    return len(above) if unbroken else 0, float(last - first + left + right)
