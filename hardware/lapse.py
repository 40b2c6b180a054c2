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

CATCH_UP_S = 0.05
"""A paced loop that is late makes up for this much at most: for waits that end late, not for a machine that
was busy. Our choice."""


class LapsedEventLoop(asyncio.SelectorEventLoop):
    """An event loop with `lapse` seconds on its clock for each real one.

    With `lapse` infinite the clock stands still while there is something to do and jumps to the next timer
    when there is not: a run takes no longer than it computes and every run is like the last. That holds
    for what goes on in this process alone. Whoever waits for a device, a pipe or another thread needs a
    finite lapse, or a wait that is over in no time gives up on it.

    Jumps can be paced for those who watch: before each the loop waits, so that no more than `pace` seconds
    of its clock go by in a real one. What happens, when and in which order is the same as unpaced.

    `time()` may be called from any thread.
    """

    def __new__(cls, lapse: float, pace: float = math.inf) -> LapsedEventLoop:
        """Raises ValueError unless `lapse` and `pace` are above 0, and one of them infinite."""
        # Here, since asyncio cannot do away with a loop that is half made.
        for name, times in (("lapse", lapse), ("pace", pace)):
            if not times > 0.0:
                raise ValueError(f"time cannot run {times:g} times as fast: the {name} must be above 0")
        if math.isfinite(lapse) and math.isfinite(pace):
            raise ValueError("only time that jumps can be paced: leave out the lapse or the pace")
        return super().__new__(cls)

    def __init__(self, lapse: float, pace: float = math.inf) -> None:
        self._clock: _JumpingClock | _RunningClock
        self._clock = _JumpingClock(pace) if math.isinf(lapse) else _RunningClock(lapse)
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds on the loop's clock."""
        return self._clock.now_s()


def run_lapsed(coroutine: Coroutine[Any, Any, Result], lapse: float, pace: float = math.inf) -> Result:
    """As `asyncio.run`, on a `LapsedEventLoop`. Raises ValueError as that does."""
    try:
        loop = LapsedEventLoop(lapse, pace)
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

    def __init__(self, pace: float) -> None:
        super().__init__()
        self._now_s = 0.0
        self._pace = pace
        self._jumped_s = time.monotonic()

    def now_s(self) -> float:
        return self._now_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            return super().select(None)
        ready = super().select(0.0)
        if not ready and timeout > 0.0:
            ready = self._wait_for_jump(timeout)
            if not ready:
                self._now_s += timeout
        return ready

    def _wait_for_jump(self, over_s: float) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for the pace's sake; what comes meanwhile, which then comes before the jump."""
        if math.isinf(self._pace):
            return []
        due_s = self._jumped_s + over_s / self._pace
        while (wait_s := due_s - time.monotonic()) > 0.0:
            if ready := super().select(wait_s):
                return ready
        self._jumped_s = max(due_s, time.monotonic() - CATCH_UP_S)
        return []
