"""What one run asked of the body, in four sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity
from coach.load.force import achilles_index, peak_forces_bw
from coach.run_facts import EASY_SHARE, RunFacts

Floats = NDArray[np.float64]

BLOCK_STRIDES = 10
"""Speed and slope are taken over so many strides: those of one stride wander by a per cent and more. Our
choice, some 25 m."""
UPHILL_PERCENT = 1.0
"""What rises less is within a pod's error. Our choice."""


@dataclass(frozen=True, slots=True)
class LoadSums:
    """The sums of one run; NaN for one that its pod does not tell.

    Attributes:
        distance_m: gone, running and walking.
        climb_m: of all that went up, against the usual slope of the run.
        fast_m: run faster than the usual easy speed by more than a share of EASY_SHARE.
        achilles_dose: a model: the sum of `achilles_index` over the running steps of both feet.
    """

    distance_m: float
    climb_m: float
    fast_m: float
    achilles_dose: float


def load_sums(strides: NDArray[np.void], usual_speed_m_s: float | None = None) -> LoadSums:
    """The sums of a run, or of a run so far: it is quick enough to be asked every few seconds of one.

    A pod takes level ground for a slope, the same for the whole run, so what counts as uphill is what rises
    more than the run's running does in the median. A run that goes up all the way thus has no climb: a pod
    alone cannot tell it from its own error.

    The dose takes both feet as alike, and each running step whose force is not known (on a slope, after a
    gap) as the run's median step. Walking steps have none.

    Args:
        strides: STRIDE, shape (n,), of one run and one foot: where two pods told, the caller picks the foot.
        usual_speed_m_s: of the runner's easy running, see `usual_easy_speed_m_s`; None where it is not known,
            as in a first run: the median speed of this run's running is then taken for it.
    """
    running = strides["activity"] == Activity.RUNNING
    length = strides["stride_length_m"].astype(np.float64)
    return LoadSums(
        distance_m=_known_sum(length),
        climb_m=_climb_m(strides, running, length),
        fast_m=_fast_m(strides, running, length, usual_speed_m_s),
        achilles_dose=_dose(strides, running),
    )


def usual_easy_speed_m_s(runs: Sequence[RunFacts]) -> float | None:
    """The runner's usual easy speed: the median over runs of that of their easy level running.

    Args:
        runs: those of the last weeks, say.

    Returns:
        None where no run knows it.
    """
    speeds = [run.speed_m_s for run in runs if np.isfinite(run.speed_m_s)]
    return float(np.median(speeds)) if speeds else None


def _climb_m(strides: NDArray[np.void], running: NDArray[np.bool_], length: Floats) -> float:
    climb = strides["climb_m"].astype(np.float64)
    if len(climb) and not np.isfinite(climb).any():
        return np.nan
    grade = strides["grade_percent"][running & np.isfinite(strides["grade_percent"])]
    slant_percent = float(np.median(grade)) if len(grade) else 0.0
    known = np.isfinite(climb) & np.isfinite(length)
    far = _by_block(np.where(known, length, 0.0)).sum(axis=1)
    up = _by_block(np.where(known, climb - length * slant_percent / 100.0, 0.0)).sum(axis=1)
    return float(up[up > far * UPHILL_PERCENT / 100.0].sum())


def _fast_m(
    strides: NDArray[np.void], running: NDArray[np.bool_], length: Floats, usual_speed_m_s: float | None
) -> float:
    speed = strides["speed_m_s"].astype(np.float64)
    known = running & np.isfinite(speed) & np.isfinite(length) & (speed > 0.0)
    if not known.any():
        return np.nan if running.any() else 0.0
    usual = float(np.median(speed[known])) if usual_speed_m_s is None else usual_speed_m_s
    far = _by_block(np.where(known, length, 0.0)).sum(axis=1)
    lasted_s = _by_block(np.divide(length, speed, out=np.zeros(len(length)), where=known)).sum(axis=1)
    return float(far[far > (1.0 + EASY_SHARE) * usual * lasted_s].sum())


def _dose(strides: NDArray[np.void], running: NDArray[np.bool_]) -> float:
    if not running.any():
        return 0.0
    index = achilles_index(peak_forces_bw(strides))[running]
    known = np.isfinite(index)
    if not known.any():
        return np.nan
    return 2.0 * float(np.where(known, index, np.median(index[known])).sum())


def _by_block(values: Floats) -> Floats:
    """Shape (blocks, BLOCK_STRIDES), the last filled up with zeros."""
    missing = -len(values) % BLOCK_STRIDES
    return np.append(values, np.zeros(missing)).reshape(-1, BLOCK_STRIDES)


def _known_sum(values: Floats) -> float:
    """The sum of what is known; NaN where there are values and none is."""
    known = np.isfinite(values)
    return float(values[known].sum()) if known.any() or not len(values) else np.nan
