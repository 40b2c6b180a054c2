"""Accelerometer and gyroscope that come as two streams, made one: rotation at the accelerometer's times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cadence.sample import SampleBlock

LONGEST_BRIDGE_PERIODS = 2.5
"""Rotation is interpolated between two samples of the gyroscope no further apart than this: one may be
missing. Our choice."""
LONGEST_WAIT_US = 1_000_000
"""An acceleration waits no longer for its rotation. Our choice: a few packets of either stream."""


class Joiner:
    """Interpolates linearly, three numbers alone; where there is no rotation it is NaN, a missing value."""

    def __init__(self) -> None:
        self._t_us = np.zeros(0, np.int64)
        self._acceleration = np.zeros((0, 3), np.float32)
        self._turn_us = np.zeros(0, np.int64)
        self._rotation = np.zeros((0, 3), np.float32)
        self._bridge_us = 0.0

    def add_acceleration(self, t_us: NDArray[np.int64], acceleration: NDArray[np.float32]) -> None:
        """Take accelerations, (n, 3) in m/s², after all that came before."""
        self._t_us = np.concatenate([self._t_us, t_us])
        self._acceleration = np.concatenate([self._acceleration, acceleration])

    def add_rotation(self, t_us: NDArray[np.int64], rotation: NDArray[np.float32], period_us: float) -> None:
        """Take rotations, (n, 3) in rad/s, after all that came before, sampled every `period_us`."""
        self._turn_us = np.concatenate([self._turn_us, t_us])
        self._rotation = np.concatenate([self._rotation, rotation])
        self._bridge_us = LONGEST_BRIDGE_PERIODS * period_us

    def take(self) -> list[SampleBlock]:
        """The accelerations whose rotation is known, or was waited for long enough: a block or none."""
        if not len(self._t_us):
            return []
        until_us = self._t_us[-1] - LONGEST_WAIT_US
        if len(self._turn_us):
            until_us = max(until_us, self._turn_us[-1])
        return self._release(int(np.searchsorted(self._t_us, until_us, side="right")))

    def flush(self) -> list[SampleBlock]:
        """All that is still held, and no rotation is kept."""
        blocks = self._release(len(self._t_us))
        self._turn_us, self._rotation = self._turn_us[:0], self._rotation[:0]
        return blocks

    def _release(self, count: int) -> list[SampleBlock]:
        if not count:
            return []
        t_us, self._t_us = np.split(self._t_us, [count])
        acceleration, self._acceleration = np.split(self._acceleration, [count])
        motion = np.hstack([acceleration, self._rotation_at(t_us)])
        used = max(0, int(np.searchsorted(self._turn_us, t_us[-1], side="right")) - 1)
        self._turn_us, self._rotation = self._turn_us[used:], self._rotation[used:]
        return [SampleBlock(t_us, motion)]

    def _rotation_at(self, t_us: NDArray[np.int64]) -> NDArray[np.float32]:
        rotation = np.full((len(t_us), 3), np.nan, np.float32)
        if not len(self._turn_us):
            return rotation
        after = np.searchsorted(self._turn_us, t_us)
        before = np.searchsorted(self._turn_us, t_us, side="right") - 1
        known = (before >= 0) & (after < len(self._turn_us))
        known[known] = self._turn_us[after[known]] - self._turn_us[before[known]] <= self._bridge_us
        for axis in range(3):
            rotation[known, axis] = np.interp(t_us[known], self._turn_us, self._rotation[:, axis])
        return rotation
