"""The loop over a block's samples, beside the counter and compiled with it. Host only: it uses int64.

The counter gets its blocks as bare pointers, as it does in the pod.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from cadence.core.kernel import I
from cadence.pointer import pointer_to
from cadence.reps import step as counter
from cadence.reps.layout import (
    EVENT_GAP,
    EVENT_REP,
    EVENT_UNUSABLE,
    OUT_AMPLITUDE_RAD,
    OUTPUT_INTS,
)
from cadence.tally import GAPS, LAST_US, LONGEST_STEP_US, MISSING, MISSING_RUN, SAMPLES


@njit(error_model="numpy", nogil=True)
def init(floats: Any, ints: Any) -> None:
    counter.init(pointer_to(floats), pointer_to(ints))


@njit(error_model="numpy", nogil=True)
def feed_block(
    floats: Any,
    ints: Any,
    out: Any,
    out_int: Any,
    tally: Any,
    t_us: Any,
    motion: Any,
    closed_us: Any,
    amplitudes_rad: Any,
    codes: Any,
) -> int:
    """Feed every sample to the counter and gather its records. Returns how many there are."""
    floats_at = pointer_to(floats)
    ints_at = pointer_to(ints)
    out_at = pointer_to(out)
    out_int_at = pointer_to(out_int)
    found = 0
    for k in range(len(t_us)):
        step_us = t_us[k] - tally[LAST_US]
        tally[LAST_US] = t_us[k]
        events = counter.step(
            floats_at,
            ints_at,
            out_at,
            out_int_at,
            I(min(step_us, LONGEST_STEP_US)),
            motion[k, 0],
            motion[k, 1],
            motion[k, 2],
            motion[k, 3],
            motion[k, 4],
            motion[k, 5],
        )
        tally[SAMPLES] += 1
        if events & EVENT_UNUSABLE:
            tally[MISSING] += 1
            tally[GAPS] += 1 - tally[MISSING_RUN]
            tally[MISSING_RUN] = 1
            continue
        if events & EVENT_GAP:
            tally[GAPS] += 1 - tally[MISSING_RUN]
        tally[MISSING_RUN] = 0
        if events & EVENT_REP:
            closed_us[found] = t_us[k]
            amplitudes_rad[found] = out[OUT_AMPLITUDE_RAD]
            for word in range(OUTPUT_INTS):
                codes[found, word] = out_int[word]
            found += 1
    return found


ENTRY_POINTS = (init, feed_block)
