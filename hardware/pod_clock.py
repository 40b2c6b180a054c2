"""The clock of a simulated pod: 32-bit ticks of a microsecond since its start, with its crystal's error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.faults.plan import FaultPlan

_TICKS = 1 << 32


def as_tick(t_us: int | np.int64) -> int:
    """A time of the pod's clock as it is sent, modulo 2³²."""
    return int(t_us) % _TICKS


class PodClock:
    """Ticks of the pod for instants of the loop and for the stamps of its sensor.

    The stamps have the crystal's own error in them already, and count from the first sample; what the
    fault plan adds to the error is added here, to both alike.
    """

    def __init__(self, plan: FaultPlan, error: float) -> None:
        """`error` of the crystal, relative."""
        self._plan, self._rate = plan, 1.0 + error
        self._boot_s = self._zero_s = 0.0
        self._zero_us = 0

    def boot(self, now_s: float, tick_us: int) -> None:
        """The pod starts at `now_s` of the loop; its clock shows `tick_us`."""
        self._boot_s = now_s
        self._zero_us = tick_us - self._stamp_us(now_s)

    def begin(self, now_s: float) -> None:
        """The first sample is taken at `now_s` of the loop."""
        shown_us = self._zero_us + self._stamp_us(now_s)
        self._zero_s, self._zero_us = now_s, shown_us

    def tick_us(self, now_s: float) -> int:
        """What the clock shows at an instant of the loop, modulo 2³²."""
        return as_tick(self._zero_us + self._stamp_us(now_s))

    def taken_us(self, stamp_us: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the clock showed at some stamps of the sensor, not yet modulo 2³²."""
        fast_us = np.rint(self._plan.clock_fast_s(np.asarray(stamp_us * 1e-6, np.float64)) * 1e6).astype(
            np.int64
        )
        return stamp_us + fast_us + self._zero_us

    def due_s(self, stamp_us: int) -> float:
        """When a sample of this stamp is taken, on the loop's clock."""
        return self._zero_s + stamp_us * 1e-6 / self._rate

    def _stamp_us(self, now_s: float) -> int:
        stamp_s = (now_s - self._zero_s) * self._rate
        fast_s = float(self._plan.clock_fast_s(np.array(stamp_s, np.float64)))
        return round((stamp_s + fast_s) * 1e6)
