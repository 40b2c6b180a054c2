"""The detector's twin: the algorithm of `cadence.core` in plain float64, slow and made to be read.

It states what the kernel computes without the kernel's limits: full histories instead of rings, scipy's
rotations instead of float32 quaternions, absolute times instead of ages. Only the constants are the
kernel's own. The tests hold the two together, so a slip in either shows. It runs at some tens of times
real time; `cadence.offline` is the analysis that is no port and gives a second opinion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from cadence.reference_foot import Foot
from cadence.reference_impulse import Impulses
from cadence.reference_stride import GAIT, KERNEL, STEP, Floats, Series
from cadence.sample import SampleBlock, Sensor
from cadence.stride import STRIDE, Activity, Side


class Bins:
    """Means over 5 ms of a signal that runs straight from sample to sample."""

    def __init__(self, t_us: int, value: Floats) -> None:
        self._begin_us = t_us
        self._t_us = [t_us]
        self._values = [value]

    def add(self, t_us: int, value: Floats) -> list[tuple[int, Floats]]:
        """Take a sample. Returns the end and the mean of each bin that it completes."""
        full = []
        self._t_us.append(t_us)
        self._values.append(value)
        while t_us >= self._begin_us + KERNEL.BIN_US:
            full.append(self._complete(self._begin_us + KERNEL.BIN_US))
        return full

    def _complete(self, end_us: int) -> tuple[int, Floats]:
        """Cut the signal at a bin's end; the sample that completed it is the last one."""
        along = (end_us - self._t_us[-2]) / (self._t_us[-1] - self._t_us[-2])
        cut = self._values[-2] + along * (self._values[-1] - self._values[-2])
        inside = np.vstack([*self._values[:-1], cut])
        mean = trapezoid(inside, [*self._t_us[:-1], end_us], axis=0) / KERNEL.BIN_US
        self._t_us, self._values = [end_us, self._t_us[-1]], [cut, self._values[-1]]
        self._begin_us = end_us
        return end_us, mean


class Standstill:
    """Counts the bins for which the foot has hardly moved."""

    def __init__(self) -> None:
        self._slow = np.zeros(3)
        self.bins = 0

    def follow(self, acc: Floats, gyro: Floats) -> None:
        shake = acc - self._slow
        self._slow = self._slow + STEP.SLOW_SHARE * shake
        calm = gyro @ gyro < STEP.STILL_ROTATION and shake @ shake < STEP.STILL_SHAKE
        self.bins = self.bins + 1 if calm else 0


class ReferenceDetector:
    """Finds strides as `cadence.detector.StepDetector` does; same arguments, same records."""

    def __init__(self, sensor: Sensor | None = None, *, side: Side = Side.UNKNOWN) -> None:
        self._sensor = sensor or Sensor()
        self._limits = np.repeat([self._sensor.acc_limit_m_s2, self._sensor.gyro_limit_rad_s], 3)
        self._limits = self._limits.astype(np.float32)  # as the samples are
        self._series = Series()
        self._foot = Foot(self._series, side)
        self._impulses = Impulses(self._series, side)
        self._standstill = Standstill()
        self._bins: Bins | None = None
        self._peak = 0.0
        self._first_us: int | None = None
        self._last_us = 0

    def feed(self, block: SampleBlock) -> NDArray[np.void]:
        """Take a block of samples. Returns the strides (dtype STRIDE) that closed within it."""
        strides: list[np.void] = []
        for t_us, sample in zip(block.t_us.tolist(), block.motion, strict=True):
            if self._first_us is None:
                self._first_us = t_us
            strides += self._take(t_us - self._first_us, sample)
        return np.array(strides, STRIDE)

    def _take(self, t_us: int, sample: NDArray[np.float32]) -> list[np.void]:
        motion = sample.astype(np.float64)
        if not self._sensor.has_gyroscope:
            motion[3:] = 0.0
        acc, gyro = motion[:3], motion[3:]
        if not (acc @ acc < STEP.ACC_BELIEVABLE and gyro @ gyro < STEP.GYRO_BELIEVABLE):
            self._series.spoilt = True
            return []
        self._note_clipping(motion)
        if self._bins is None or t_us - self._last_us > STEP.GAP_US:
            self._series.spoilt |= self._bins is not None
            self._begin(t_us, motion)
            return []
        self._last_us = t_us
        self._peak = max(self._peak, float(np.linalg.norm(acc)))
        strides = [self._follow(end_us, mean) for end_us, mean in self._bins.add(t_us, motion)]
        return [stride for stride in strides if stride is not None]

    def _note_clipping(self, motion: Floats) -> None:
        clipped = np.abs(motion) >= self._limits
        self._series.clipped |= bool(clipped.any())
        self._series.clipped_swing |= bool(clipped[3:].any()) and self._series.phase != GAIT.AWAIT_SWING

    def _begin(self, t_us: int, motion: Floats) -> None:
        """The first sample, or the first after a gap."""
        if not self._series.bin_ends_us:
            self._series.bin_ends_us.append(t_us)
        self._bins = Bins(t_us, motion)
        self._last_us = t_us
        self._peak = 0.0
        self._standstill.bins = 0
        self._series.lose()
        self._series.begun_bin = self._series.now
        self._series.activity = Activity.UNKNOWN
        self._foot.begin()

    def _follow(self, end_us: int, mean: Floats) -> np.void | None:
        """One full bin."""
        series = self._series
        series.now += 1
        series.bin_ends_us.append(end_us)
        # a bin without a sample, from a slow sensor, is as the one before
        series.peaks.append(self._peak or series.peaks[series.now - 1])
        self._peak = 0.0
        acc, gyro = mean[:3], mean[3:] - self._foot.gyro_bias
        still = self._is_still(acc, gyro)
        if still:
            series.lose()
            series.activity = Activity.STATIONARY
            series.last_activity = Activity.UNKNOWN
        if self._sensor.has_gyroscope:
            stride = self._foot.follow(acc, gyro, self._standstill.bins, still)
        else:
            stride = self._impulses.follow(acc)
        self._forget_activity()
        return stride

    def _is_still(self, acc: Floats, gyro: Floats) -> bool:
        series = self._series
        self._standstill.follow(acc, gyro)
        striding = series.has_contact and series.now - series.contact.bin < STEP.RECENT_BINS
        needed = STEP.STILL_BINS_WALKING if striding else STEP.STILL_BINS_BEFORE
        return bool(self._standstill.bins >= needed)

    def _forget_activity(self) -> None:
        series = self._series
        if series.activity is Activity.STATIONARY:
            over = self._standstill.bins == 0
        else:
            over = not series.has_contact or series.now - series.contact.bin > STEP.FORGET_ACTIVITY_BINS
        if over:
            series.activity = Activity.UNKNOWN
