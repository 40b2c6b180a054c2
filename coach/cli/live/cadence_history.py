"""The cadence of the last minutes, in a room that does not grow."""

from __future__ import annotations

from collections import deque

import numpy as np

COLUMN_S = 5.0
"""Our choice: some seven strides of one foot, whose median a single odd one does not move."""
COLUMNS = 192
"""Our choice: 16 minutes, as many as a wide terminal can show."""


class CadenceHistory:
    """The median cadence of each COLUMN_S; NaN where nothing was known, so that a gap stays a gap."""

    def __init__(self) -> None:
        self._medians: deque[float] = deque(maxlen=COLUMNS - 1)
        self._open: list[float] = []
        self._column = 0

    def add(self, now_s: float, cadence_spm: float) -> None:
        """A cadence was told, `now_s` since the start."""
        self._reach(now_s)
        self._open.append(cadence_spm)

    def columns(self, now_s: float) -> tuple[float, ...]:
        """The columns up to `now_s`, the oldest first, at most COLUMNS; the last is still being filled."""
        self._reach(now_s)
        return (*self._medians, _median(self._open))

    def _reach(self, now_s: float) -> None:
        column = int(now_s // COLUMN_S)
        for _ in range(min(column - self._column, COLUMNS)):
            self._medians.append(_median(self._open))
            self._open = []
        self._column = max(column, self._column)


def _median(values: list[float]) -> float:
    return float(np.median(values)) if values else float("nan")
