"""What a host gives to its kernels: a block's arrays, in order after what was fed before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cadence import tally
from cadence.sample import SampleBlock


def arrays_of(block: SampleBlock, counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The arrays of a block as a kernel takes them.

    Args:
        block: any, an empty one as well.
        counts: the tally of what was fed so far; before the first block the begin of time is put into it.

    Returns:
        Times in µs, int64 (n,), and motion, float32 (n, 6), both contiguous.

    Raises:
        ValueError: the arrays do not fit each other, or times run backwards.
    """
    t_us = np.ascontiguousarray(block.t_us, np.int64)
    motion = np.ascontiguousarray(block.motion, np.float32)
    if motion.shape != (len(t_us), 6):
        raise ValueError(f"motion has shape {motion.shape}, not ({len(t_us)}, 6)")
    if not len(t_us):
        return t_us, motion
    started = counts[tally.SAMPLES] > 0
    if (started and t_us[0] < counts[tally.LAST_US]) or np.any(np.diff(t_us) < 0):
        raise ValueError("times run backwards; sort the samples by time before feeding them")
    if not started:
        counts[tally.FIRST_US] = counts[tally.LAST_US] = t_us[0]
    return t_us, motion
