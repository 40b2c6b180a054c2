"""The on-device core as Python runs it: by Numba, or as plain Python where NUMBA_DISABLE_JIT is set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.compiled import Kernel
from cadence.core import layout as detector
from coach import policy_layout as policy
from coach.coach import KERNEL as POLICY_KERNEL
from hardware.core_check import trace
from hardware.core_check.trace import Stretch, Trace

_HERE = Path(__file__)
_KERNEL = Kernel(
    "hardware.core_check.core_loop",
    (*POLICY_KERNEL.sources, _HERE.with_name("core_loop.py"), Path(trace.__file__)),
)

_FLOATS = (detector.STATE_FLOATS, policy.STATE_FLOATS, detector.OUTPUT_FLOATS, policy.CUE_FLOATS)
_INTS = (detector.STATE_INTS, policy.STATE_INTS, detector.OUTPUT_INTS, policy.CUE_INTS)
"""The blocks in the order of the digest."""
_ANY_NAN = detector.STATE_FLOATS + policy.STATE_FLOATS
_MULTIPLIER = 2654435761  # odd, so that no change of a single word is lost


def trace_by_python(stretch: Stretch) -> Trace:
    """Run a stretch of samples through the core, from its start."""
    functions = _KERNEL.load()
    words = np.zeros(sum(_FLOATS) + sum(_INTS), np.uint32)
    weights = ((2 * np.arange(len(words), dtype=np.uint64) + 1) * _MULTIPLIER).astype(np.uint32)
    events = np.zeros(len(stretch), np.int32)
    digests = np.zeros(len(stretch), np.uint32)
    with np.errstate(all="ignore"):  # plain Python would warn of every infinity
        functions.trace_samples(
            stretch.settings, stretch.policy_settings, stretch.steps_us, stretch.motion,
            *_blocks(words), words, weights, _ANY_NAN, events, digests,
        )  # fmt: skip
    return Trace(events, digests)


def _blocks(words: NDArray[np.uint32]) -> list[NDArray[Any]]:
    blocks: list[NDArray[Any]] = []
    at = 0
    for sizes, kind in ((_FLOATS, np.float32), (_INTS, np.int32)):
        for size in sizes:
            blocks.append(words[at : at + size].view(kind))
            at += size
    return blocks
