"""How one clock stands to another that is read with a delay."""

from __future__ import annotations

from collections import deque

BUCKETS = 16
"""Of the window. It slides by one of them."""


class Alignment:
    """Tells when the host's clock stood at a time of another clock.

    Each pair is late by a delay that is never negative: a packet on its way, a callback that had to wait.
    So the least difference of a window counts. The window is short enough for crystals not to drift apart
    in it by what anyone hears, and lets go of what held before a clock was set anew.

    Args:
        window_s: how long a pair counts.
    """

    def __init__(self, window_s: float) -> None:
        self._bucket_s = window_s / BUCKETS
        self._least: deque[tuple[int, float]] = deque(maxlen=BUCKETS)

    def note(self, t_s: float, host_s: float) -> None:
        """The other clock was read as `t_s` when the host's stood at `host_s`."""
        bucket, offset_s = int(host_s // self._bucket_s), host_s - t_s
        if self._least and self._least[-1][0] == bucket:
            if offset_s < self._least[-1][1]:
                self._least[-1] = (bucket, offset_s)
            return
        self._least.append((bucket, offset_s))
        while self._least[0][0] <= bucket - BUCKETS:
            self._least.popleft()

    @property
    def offset_s(self) -> float | None:
        """What to add to the other clock's time to have the host's; None before the first pair."""
        return min((offset_s for _, offset_s in self._least), default=None)

    def reset(self) -> None:
        """Forget all pairs."""
        self._least.clear()
