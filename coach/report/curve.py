"""A measure over time made small enough for a page: its breaks, its running mean, its extremes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.track import TOUCHING_S, Floats, Track

COLUMNS = 900
"""Into which a chart is cut; about the pixels of its width on a desk."""
LEAST_MEAN_S = 10.0
MEAN_SHARE = 1 / 120
"""The running mean that makes the line is over so much of the run, some 14 strides at least. Our choice."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points in the order of time.

    Attributes:
        t_s, value: shape (n,).
        piece: shape (n,): points of one piece are joined by a line, pieces are not.
    """

    t_s: Floats
    value: Floats
    piece: Ints

    def __len__(self) -> int:
        return len(self.t_s)


def curve_of(track: Track, values: Floats) -> Curve:
    """One measure of the running, each good row at its end.

    It breaks wherever a row is missing, not running, not good or not known.

    Args:
        track: of the run.
        values: shape (n,), of its rows.
    """
    rows = np.flatnonzero(track.running & track.good & np.isfinite(values))
    apart = (np.diff(rows) > 1) | (track.start_s[rows[1:]] - track.end_s[rows[:-1]] > TOUCHING_S)
    piece = np.concatenate([[0], np.cumsum(apart)])[: len(rows)]
    return Curve(track.end_s[rows], values[rows], piece)


def mean_s(duration_s: float) -> float:
    """Over how long a time the line of a run is a mean, in whole seconds."""
    return float(round(max(LEAST_MEAN_S, MEAN_SHARE * duration_s)))


def running_mean(curve: Curve, over_s: float) -> Curve:
    """Each point the mean of those at most half of `over_s` away in its piece."""
    if not len(curve):
        return curve
    total = np.concatenate([[0.0], np.cumsum(curve.value)])
    first = np.searchsorted(curve.piece, curve.piece, side="left")
    last = np.searchsorted(curve.piece, curve.piece, side="right")
    low = np.maximum(first, np.searchsorted(curve.t_s, curve.t_s - over_s / 2, side="left"))
    high = np.minimum(last, np.searchsorted(curve.t_s, curve.t_s + over_s / 2, side="right"))
    return Curve(curve.t_s, (total[high] - total[low]) / (high - low), curve.piece)


def thinned(curve: Curve, duration_s: float) -> Curve:
    """At most four points a column and piece: the first, the least, the greatest and the last, so that no
    extreme is lost and the line between columns is where it was."""
    if len(curve) <= COLUMNS:
        return curve
    column = np.minimum(curve.t_s / max(duration_s, 1e-9) * COLUMNS, COLUMNS - 1).astype(np.int64)
    new = np.flatnonzero((np.diff(column) != 0) | (np.diff(curve.piece) != 0)) + 1
    first = np.concatenate([[0], new])
    last = np.concatenate([new, [len(curve)]]) - 1
    bin_of = np.repeat(np.arange(len(first)), last - first + 1)
    by_value = np.lexsort((curve.value, bin_of))  # sorted within each column
    kept = np.unique(np.concatenate([first, last, by_value[first], by_value[last]]))
    return Curve(curve.t_s[kept], curve.value[kept], curve.piece[kept])
