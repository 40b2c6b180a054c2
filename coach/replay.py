"""A recording played through the detector, block by block, as if it were live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.detector import Counters, StepDetector
from cadence.sample import SampleBlock
from cadence.stride import STRIDE, Side
from coach.summary import Summary, summarise
from firmware_bridge.source import SampleSource


@dataclass(frozen=True, slots=True)
class Replay:
    """What a recording holds.

    Attributes:
        strides: STRIDE, shape (n,), in the order of time.
        counters: what was read and what was lost.
        summary: the whole in a few numbers.
    """

    strides: NDArray[np.void]
    counters: Counters
    summary: Summary


def replay(
    source: SampleSource,
    *,
    side: Side = Side.UNKNOWN,
    watch: Callable[[SampleBlock], None] | None = None,
) -> Replay:
    """Find the strides of a recording. The samples go by; only the strides are kept.

    Args:
        source: the recording.
        side: the foot that carried the pod.
        watch: is shown each block once the detector has seen it.

    Raises:
        SourceError: the recording cannot be read to its end.
    """
    detector = StepDetector(source.sensor, side=side)
    found = [np.empty(0, dtype=STRIDE)]
    for block in source.blocks():
        found.append(detector.feed(block))
        if watch is not None:
            watch(block)
    strides = np.concatenate(found)
    counters = detector.counters
    summary = summarise(strides, duration_s=counters.duration_s, stationary_s=counters.stationary_s)
    return Replay(strides, counters, summary)
