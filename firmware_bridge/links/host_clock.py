"""The host's clock: when packets arrived, on a scale that never steps."""

from __future__ import annotations

import asyncio
import time
from weakref import WeakKeyDictionary

_wall_minus_loop_ns: WeakKeyDictionary[asyncio.AbstractEventLoop, int] = WeakKeyDictionary()


class HostClock:
    """Wall time as it was when a loop's first clock was made, and from there on the time of that loop.

    Setting the computer's clock during a run does not touch it, and all clocks of a loop agree. A loop
    whose time runs faster, as that of a simulation may, gives arrival times that run faster too.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._time = loop.time
        self._offset_ns = _wall_minus_loop_ns.setdefault(loop, time.time_ns() - round(loop.time() * 1e9))

    def now_ns(self) -> int:
        """Nanoseconds since 1970. May be called from any thread."""
        return self._offset_ns + round(self._time() * 1e9)
