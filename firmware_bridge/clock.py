"""A pod's ticks to the recording's time: wraps, restarts, gaps, reordering, drift.

The recording's time is int64 µs, 0 at the first sample that was ever placed. It is the pod's clock alone
that moves it; the host's clock decides only how often a counter wrapped in a silence, and how long a pod
was away that began anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from firmware_bridge.drift import Envelope

RESTART_GAP_US = 100_000
"""At least this long a silence stands before a new clock: above the 60 ms from which the detector sees a
gap, as no movement may be followed across it. Our choice."""
REORDERING_US = 500_000
"""A smaller step back is a packet that was overtaken, a larger one a new clock. Our choice: some packets."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """What a pod counts time in.

    Attributes:
        tick_ns: ns a tick.
        modulus: the counter begins again at 0 after so many ticks.
    """

    tick_ns: int
    modulus: int


MICROSECONDS_32 = Ticks(1_000, 1 << 32)
MILLISECONDS_32 = Ticks(1_000_000, 1 << 32)
NANOSECONDS_64 = Ticks(1, 1 << 64)


class PodClock:
    """Places the packets of one pod in the recording's time.

    A clock that begins anew is placed behind all that came before, by the time that passed for the host.
    A caller who knows of it (a new boot id) says so with `restart`; without that a step back beyond
    `reordering_us` tells it. A step forward is a gap, however long.

    Args:
        ticks: what the pod counts.
        reordering_us: how far a packet may lie before the end of the newest one. The time of such a
            packet runs backwards; whoever feeds a detector must put it in order.
    """

    def __init__(self, ticks: Ticks, *, reordering_us: int = REORDERING_US) -> None:
        self._ticks = ticks
        self._reordering_us = reordering_us
        self._envelope = Envelope()
        self._started = False
        self._running = False
        self._restarts = 0
        # The packet placed last: its tick and time. Newest of all: the last sample, the arrival.
        self._tick = 0
        self._t_ns = 0
        self._newest_us = 0
        self._newest_host_ns = 0

    @property
    def running(self) -> bool:
        """Whether a packet was placed since the start or the last `restart`."""
        return self._running

    @property
    def restarts(self) -> int:
        """How often the clock began anew between two packets, told by the caller or recognised."""
        return self._restarts

    def restart(self) -> None:
        """The next tick is one of a new clock. Said twice before the next tick, it counts once."""
        self._running = False

    def place(self, tick: int, t_host_ns: int, span_us: int = 0) -> int:
        """The time of a packet's first sample, in µs.

        Args:
            tick: the pod's clock at the first sample.
            t_host_ns: arrival of the packet.
            span_us: from the first sample of the packet to its last.
        """
        elapsed_ns = max(0, t_host_ns - self._newest_host_ns) if self._started else 0
        t_ns = self._t_ns + self._step_ns(tick, elapsed_ns)
        if not self._started:
            t_ns = 0
        elif not self._running or t_ns // 1000 < self._newest_us - self._reordering_us:
            away_us = max(RESTART_GAP_US, elapsed_ns // 1000 - span_us)
            t_ns = (self._newest_us + away_us) * 1000
            self._restarts += 1
            self._envelope = Envelope(self._envelope.slope)
        t_us = t_ns // 1000
        self._tick, self._t_ns = tick, t_ns
        self._newest_us = max(self._newest_us, t_us + span_us) if self._started else span_us
        self._newest_host_ns = max(self._newest_host_ns, t_host_ns)
        self._started = self._running = True
        self._envelope.add(t_ns + span_us * 1000, t_host_ns)
        return t_us

    def gains_us(self, tick: int, t_host_ns: int) -> int:
        """How much more time has passed on the pod's clock than on the host's, from the packet placed last
        to one that is about to be placed; 0 when none was. Moves nothing."""
        if not self._running:
            return 0
        elapsed_ns = max(0, t_host_ns - self._newest_host_ns)
        return (self._step_ns(tick, elapsed_ns) - elapsed_ns) // 1000

    def time_of(self, tick: int) -> int:
        """The time in µs of a tick less than half a turn of the counter from the packet placed last.

        Meaningless unless `running`. Moves nothing.
        """
        half = self._ticks.modulus // 2
        ahead = (tick - self._tick + half) % self._ticks.modulus - half
        return (self._t_ns + ahead * self._ticks.tick_ns) // 1000

    @property
    def drift_ppm(self) -> float:
        """How much faster the pod's clock runs than the host's; NaN while not known. Moves no sample."""
        slope = self._envelope.slope
        return math.nan if slope is None else (1 / (1 + slope) - 1) * 1e6

    def host_time_ns(self, t_us: int) -> int:
        """What the host's clock showed at a time since the last restart, in ns since 1970.

        It is late by the least delay a packet had.

        Raises:
            ValueError: nothing was placed yet.
        """
        return self._envelope.host_ns(t_us * 1000)

    def _step_ns(self, tick: int, elapsed_ns: int) -> int:
        """From the packet placed last: of all that the counter allows, what is nearest to the host's time."""
        modulus = self._ticks.modulus
        ahead = (tick - self._tick) % modulus
        turns = (elapsed_ns // self._ticks.tick_ns - ahead + modulus // 2) // modulus
        return (ahead + turns * modulus) * self._ticks.tick_ns
