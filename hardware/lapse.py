"""An event loop whose time runs faster: an hour of a pod in three minutes, or as fast as it computes.

Every sleep and timeout of whatever runs on the loop (ours, bleak's, Bumble's) is scaled with it, because
all of them ask the loop what time it is.
"""

from __future__ import annotations

import asyncio
import math
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class LapsedEventLoop(asyncio.SelectorEventLoop):
    """An event loop with `lapse` seconds on its clock for each real one.

    With `lapse` infinite the clock stands still while there is something to do and jumps to the next timer
    when there is not: a run takes no longer than it computes and every run is like the last. That holds
    for what goes on in this process alone. Whoever waits for a device, a pipe or another thread needs a
    finite lapse, or a wait that is over in no time gives up on it.

    `time()` may be called from any thread.
    """

    def __new__(cls, lapse: float) -> LapsedEventLoop:
        """Raises ValueError unless `lapse` is above 0."""
        # Here, since asyncio cannot do away with a loop that is half made.
        if not lapse > 0.0:
            raise ValueError(f"time cannot run {lapse:g} times as fast: the lapse must be above 0")
        return super().__new__(cls)

    def __init__(self, lapse: float) -> None:
        self._clock: _JumpingClock | _RunningClock
        self._clock = _JumpingClock() if math.isinf(lapse) else _RunningClock(lapse)
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds on the loop's clock."""
        return self._clock.now_s()


def run_lapsed(coroutine: Coroutine[Any, Any, Result], lapse: float) -> Result:
    """As `asyncio.run`, with `lapse` seconds on the loop's clock for each real one.

    Raises ValueError unless `lapse` is above 0.
    """
    try:
        loop = LapsedEventLoop(lapse)
    except ValueError:
        coroutine.close()
        raise
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(coroutine)


# select waits by the microsecond, epoll by the millisecond: at a lapse of 20 that would be 20 ms.
class _RunningClock(selectors.SelectSelector):
    """Real time, scaled. The selector of a loop is where it waits, so clock and waits are kept together."""

    def __init__(self, lapse: float) -> None:
        super().__init__()
        self._lapse = lapse
        self._start_s = time.monotonic()

    def now_s(self) -> float:
        return (time.monotonic() - self._start_s) * self._lapse

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._lapse)


class _JumpingClock(selectors.SelectSelector):
    """Time that passes only where the loop would wait."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 0.0

    def now_s(self) -> float:
        return self._now_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0.0)
        if not ready and timeout > 0.0:
            self._now_s += timeout
        return ready
