"""Times for samples of a pod that stamps its packets coarsely and does not number them.

A stamp of 1 ms is too coarse for samples 5 ms apart, and the true rate of a sensor is some percent off
the nominal one. So samples follow one another at an estimated period, and each stamp pulls phase and
period a little: the growing-memory g-h filter (a line fitted to all stamps so far) that turns into one of
fixed memory (Brookner, "Tracking and Kalman Filtering Made Easy", 1998, chapters 1.2.1 and 1.2.10).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_TOLERANCE = 0.1
"""The true rate is this near the nominal one. Our choice: twice what makers of sensors allow."""
PHASE_GAIN = 0.1
"""Of the filter once it has a fixed memory. Our choice: the stamps' rounding is averaged over some 20."""
PERIOD_GAIN = PHASE_GAIN**2 / (2.0 - PHASE_GAIN)
"""That goes with it (Benedict and Bordner 1962)."""


class Pace:
    """Places the packets of one stream of samples; times strictly rise, whatever the stamps are.

    Attributes:
        rate_hz: the nominal rate.
        period_us: between two samples, as estimated so far.
    """

    def __init__(self, rate_hz: float, resolution_us: float) -> None:
        """
        Args:
            rate_hz: the nominal rate.
            resolution_us: of the stamps.
        """
        self.rate_hz = rate_hz
        self._nominal_us = self.period_us = 1e6 / rate_hz
        self._resolution_us = resolution_us
        self._packets = 0
        self._count = 0
        self._last_us = -np.inf
        self._lost_samples = 0

    def restart(self) -> None:
        """What follows has a new clock: no samples are missing between."""
        self._packets = 0

    def place(self, t_us: int, count: int) -> NDArray[np.int64] | None:
        """The times of a packet's samples in µs, int64, shape (count,).

        None for a packet that lies before what was placed already.

        Args:
            t_us: the stamp of its first sample, in the recording's time.
            count: of its samples, at least 1.
        """
        first_us = float(t_us)
        if self._packets:
            due_us = self._last_us + self.period_us
            error_us = t_us - due_us
            tolerance_us = self.period_us * count / 2.0 + self._resolution_us
            if error_us < -tolerance_us:
                return None
            if error_us > tolerance_us:
                self._lost_samples += max(1, round(error_us / self.period_us))
            else:
                first_us = due_us + self._pull(error_us)
        self._packets += 1
        self._count = count
        times_us = max(first_us, self._last_us + 1.0) + self.period_us * np.arange(count)
        self._last_us = float(times_us[-1])
        # Not rint: it would make 1.5 and 2.5 the same number.
        placed: NDArray[np.int64] = np.floor(times_us + 0.5).astype(np.int64)
        return placed

    def take_lost_samples(self) -> int:
        """How many samples the stamps left room for since the last call."""
        lost, self._lost_samples = self._lost_samples, 0
        return lost

    def _pull(self, error_us: float) -> float:
        """Correct the period; return the correction of the phase."""
        k = self._packets
        gain = max(PHASE_GAIN, 2.0 * (2 * k + 1) / ((k + 1) * (k + 2)))
        period_gain = max(PERIOD_GAIN, 6.0 / ((k + 1) * (k + 2)))
        period_us = self.period_us + period_gain * error_us / self._count
        span_us = RATE_TOLERANCE * self._nominal_us
        self.period_us = min(max(period_us, self._nominal_us - span_us), self._nominal_us + span_us)
        return gain * error_us
