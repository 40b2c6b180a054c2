"""When a repetition was, by the rule of `cadence.rep`, worked out from the path that was meant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cadence.rep import REP, RepKind
from hardware.athlete.path import Path

Way = tuple[float, float]
Ways = Sequence[tuple[Way, Way]]
"""Of each repetition: from when to when the heel goes up (and rests at the top), and comes down; s."""

MARGIN = 0.1
FINE_S = 0.001
DROP_SHARE = 0.25


def true_reps(path: Path, ways: Ways) -> NDArray[np.void]:
    """The truth of planned repetitions.

    Args:
        path: the heel in degrees above the standing foot.
        ways: when each goes up and comes down.

    Returns:
        REP, shape (len(ways),), times in s on the clock of the path.
    """
    reps = np.zeros(len(ways), REP)
    for rep, (up, down) in zip(reps, ways, strict=True):
        start_s, top_s, start_deg, _ = _way(path, up)
        leaves_s, end_s, top_deg, end_deg = _way(path, down)
        kind = RepKind.DROP if end_deg < -DROP_SHARE * (top_deg - end_deg) else RepKind.RAISE
        rep["t_start_s"], rep["t_top_s"], rep["t_end_s"] = start_s, top_s, end_s
        rep["raise_s"], rep["hold_s"], rep["lowering_s"] = top_s - start_s, leaves_s - top_s, end_s - leaves_s
        rep["amplitude_deg"], rep["kind"] = top_deg - min(start_deg, end_deg), kind
    return reps


def _way(path: Path, way: Way) -> tuple[float, float, float, float]:
    """When it began and ended, and at which angles."""
    t_s = np.linspace(way[0], way[1], round((way[1] - way[0]) / FINE_S) + 1)
    deg = path(t_s)[0]
    done = (deg - deg[0]) / (deg[-1] - deg[0])
    first_s, last_s = (float(t_s[np.argmax(done >= share)]) for share in (MARGIN, 1.0 - MARGIN))
    outside_s = MARGIN / (1.0 - 2.0 * MARGIN) * (last_s - first_s)
    return first_s - outside_s, last_s + outside_s, float(deg[0]), float(deg[-1])
