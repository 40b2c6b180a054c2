"""A recording in a few numbers: how many strides, how fast, how far, and where the time went."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity
from coach.counted import counted
from coach.stride_spans import stride_spans_s
from firmware_bridge.readings import CadenceUpdate

UPDATE_LASTS_S = 3.0
"""Our choice: a ready-made cadence, sent about once a second, holds for no longer than this."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What `summarise` tells of a recording.

    Attributes:
        strides, running_strides: how many.
        cadence_spm: median over the running strides that have one; NaN when there is none.
        distance_m: sum of the known stride lengths; NaN when there are strides and none has a length.
        strides_with_length: how many strides that sum is over.
        bad_strides: strides touched by a gap, a clipped swing or an implausible value.
        stationary_s, walking_s, running_s, unknown_s: they sum to the duration.
    """

    strides: int
    running_strides: int
    cadence_spm: float
    distance_m: float
    strides_with_length: int
    bad_strides: int
    stationary_s: float
    walking_s: float
    running_s: float
    unknown_s: float


def summarise(strides: NDArray[np.void], *, duration_s: float, stationary_s: float) -> Summary:
    """Sum up a recording. Where both feet carry a pod, each moment counts once: see `coach.counted`.

    Args:
        strides: STRIDE, shape (n,), each foot's in the order of time.
        duration_s: from the first sample to the last.
        stationary_s: how long the runner stood still; where strides say otherwise, they win.
    """
    strides = counted(strides)
    running = strides["activity"] == Activity.RUNNING
    cadence = strides["cadence_spm"][running]
    cadence = cadence[np.isfinite(cadence)]
    length = strides["stride_length_m"]
    known = np.isfinite(length)
    span = np.diff(stride_spans_s(strides), axis=1)[:, 0]
    running_s = float(span[running].sum())
    walking_s = float(span[~running].sum())
    still_s = min(stationary_s, max(0.0, duration_s - running_s - walking_s))
    return Summary(
        strides=len(strides),
        running_strides=int(running.sum()),
        cadence_spm=float(np.median(cadence)) if len(cadence) else math.nan,
        distance_m=float(length[known].sum(dtype=np.float64))
        if known.any() or not len(strides)
        else math.nan,
        strides_with_length=int(known.sum()),
        bad_strides=int((~strides["good"]).sum()),
        stationary_s=still_s,
        walking_s=walking_s,
        running_s=running_s,
        unknown_s=max(0.0, duration_s - running_s - walking_s - still_s),
    )


def summarise_updates(updates: Sequence[CadenceUpdate]) -> Summary:
    """Sum up a run of ready-made cadence. Each update holds until the next, for UPDATE_LASTS_S at most; it
    tells of no single stride."""
    duration_s = updates[-1].t_s - updates[0].t_s if updates else 0.0
    lasted = dict.fromkeys(Activity, 0.0)
    distance_m = math.nan
    for update, after in pairwise(updates):
        span_s = min(after.t_s - update.t_s, UPDATE_LASTS_S)
        lasted[update.activity] += span_s
        if math.isfinite(update.speed_m_s):
            distance_m = update.speed_m_s * span_s + (0.0 if math.isnan(distance_m) else distance_m)
    running = [
        u.cadence_spm for u in updates if u.activity is Activity.RUNNING and math.isfinite(u.cadence_spm)
    ]
    still_s, walking_s, running_s = (
        lasted[activity] for activity in (Activity.STATIONARY, Activity.WALKING, Activity.RUNNING)
    )
    return Summary(
        strides=0,
        running_strides=0,
        cadence_spm=float(np.median(running)) if running else math.nan,
        distance_m=distance_m,
        strides_with_length=0,
        bad_strides=0,
        stationary_s=still_s,
        walking_s=walking_s,
        running_s=running_s,
        unknown_s=max(0.0, duration_s - still_s - walking_s - running_s),
    )
