"""When each stride of a foot began and ended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CONTACT_TOLERANCE_S = 1e-3  # stride_time_s is a float32: it places the previous contact to some µs


def stride_spans_s(strides: NDArray[np.void]) -> NDArray[np.float64]:
    """When each stride began and ended, shape (n, 2), in seconds; no two overlap.

    A stride ends at its own mid-stance. It begins at the mid-stance before when that one belongs to the
    same series; otherwise with the stance before its swing where that is known; else with its toe-off.

    Args:
        strides: STRIDE, shape (n,), in the order of time.
    """
    end = strides["t_mid_stance_s"].astype(np.float64)
    toe_off = strides["t_toe_off_s"].astype(np.float64)
    contact_time = strides["contact_time_s"].astype(np.float64)
    before = np.concatenate([[-np.inf], end[:-1]])
    contact_before = strides["t_contact_s"] - strides["stride_time_s"].astype(np.float64)
    joined = (before >= contact_before - _CONTACT_TOLERANCE_S) & (before <= toe_off)
    alone = toe_off - np.where(np.isfinite(contact_time), contact_time, 0.0)
    start = np.where(joined, before, np.maximum(alone, before))
    return np.stack([np.minimum(start, end), end], axis=1)
