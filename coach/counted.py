"""The strides that a run is summed up over: with a pod on each foot, a moment of the run must count once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coach.stride_spans import stride_spans_s


def counted(strides: NDArray[np.void]) -> NDArray[np.void]:
    """The strides over which a run is summed up, in the order of time; no two of them overlap.

    All strides of the foot that has more of them, and of the other foot those that lie wholly where the first
    has none: while its pod was away, or where a stride was not found. A hand-over leaves out less than a
    stride. Of what it returns it returns all.

    Args:
        strides: STRIDE, shape (n,), each foot's in the order of time.
    """
    feet, sizes = np.unique(strides["side"], return_counts=True)
    if len(feet) < 2:
        return strides
    first, *others = feet[np.argsort(-sizes, kind="stable")]
    chosen: NDArray[np.void] = strides[strides["side"] == first]
    for foot in others:
        own = strides[strides["side"] == foot]
        both = np.concatenate([chosen, own[_in_holes(stride_spans_s(chosen), _alone_s(own))]])
        chosen = both[np.argsort(both["t_mid_stance_s"], kind="stable")]
    return chosen


def _alone_s(strides: NDArray[np.void]) -> NDArray[np.float64]:
    """When each stride began and ended, shape (n, 2), whatever was found before it: from the mid-stance a
    stride time ago, or where none is known from what is known of the stance before its swing."""
    end_s = strides["t_mid_stance_s"].astype(np.float64)
    before_s = end_s - strides["stride_time_s"].astype(np.float64)
    stance_s = np.nan_to_num(strides["contact_time_s"].astype(np.float64))
    start_s = np.where(np.isfinite(before_s), before_s, strides["t_toe_off_s"] - stance_s)
    return np.stack([np.minimum(start_s, end_s), end_s], axis=1)


def _in_holes(taken_s: NDArray[np.float64], spans_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which spans, shape (m, 2), touch none of those that are taken, shape (n, 2), both in the order of
    time."""
    before = (
        np.searchsorted(taken_s[:, 0], spans_s[:, 1], side="left") - 1
    )  # the last that begins before its end
    end_s = np.concatenate([[-np.inf], taken_s[:, 1]])[before + 1]
    free: NDArray[np.bool_] = end_s <= spans_s[:, 0]
    return free
