"""How well a link does just now: of what the pod sent in the last seconds, the share that arrived well."""

from __future__ import annotations

from collections import deque

from firmware_bridge.readings import Losses

OVER_S = 10.0
"""Our choice: long enough to hold some hundred packets, short enough to follow a runner past a wall."""


class LinkQuality:
    """The share over the last OVER_S, from looks at the counters."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int, int]] = deque()

    def percent(self, losses: Losses, now_s: float) -> float:
        """The share in percent; NaN while nothing came and nothing is known to be lost.

        Args:
            losses: of the link so far.
            now_s: on any clock that does not step, not before that of the look before.
        """
        good = losses.packets - losses.bad_packets.total() - losses.duplicates
        self._looks.append((now_s, good, losses.lost_frames))
        while self._looks[0][0] < now_s - OVER_S:
            self._looks.popleft()
        _, good_then, lost_then = self._looks[0]
        came, missed = good - good_then, losses.lost_frames - lost_then
        return 100.0 * came / (came + missed) if came + missed else float("nan")
