"""The loop over a block's samples, beside the core and compiled with it. Host only: it uses int64.

The core gets its blocks as bare pointers, as it does in the pod.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from cadence.core import step as core
from cadence.core.kernel import I
from cadence.core.layout import (
    CURRENT_ACTIVITY,
    EVENT_CLIPPED,
    EVENT_GAP,
    EVENT_STRIDE,
    EVENT_UNUSABLE,
    OUT_CONTACT_AGE_US,
    OUT_MID_STANCE_AGE_US,
    OUT_TOE_OFF_AGE_US,
    OUTPUT_FLOATS,
    OUTPUT_INTS,
    STATIONARY,
)
from cadence.pointer import pointer_to
from cadence.tally import (
    CLIPPED,
    GAPS,
    LAST_US,
    LONGEST_STEP_US,
    MISSING,
    MISSING_RUN,
    SAMPLES,
    STILL_US,
)


@njit(error_model="numpy", nogil=True)
def init(floats: Any, ints: Any) -> None:
    core.init(pointer_to(floats), pointer_to(ints))


@njit(error_model="numpy", nogil=True)
def feed_block(
    settings: Any,
    floats: Any,
    ints: Any,
    out: Any,
    out_int: Any,
    tally: Any,
    t_us: Any,
    motion: Any,
    times_us: Any,
    values: Any,
    codes: Any,
) -> int:
    """Feed every sample to the core and gather its records. Returns how many there are."""
    settings_at = pointer_to(settings)
    floats_at = pointer_to(floats)
    ints_at = pointer_to(ints)
    out_at = pointer_to(out)
    out_int_at = pointer_to(out_int)
    found = 0
    for k in range(len(t_us)):
        step_us = t_us[k] - tally[LAST_US]
        tally[LAST_US] = t_us[k]
        events = core.step(
            settings_at,
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
        if ints[CURRENT_ACTIVITY] == STATIONARY:
            tally[STILL_US] += step_us
        if events == 0:
            tally[MISSING_RUN] = 0
            continue
        if events & EVENT_UNUSABLE:
            tally[MISSING] += 1
            tally[GAPS] += 1 - tally[MISSING_RUN]
            tally[MISSING_RUN] = 1
            continue
        if events & EVENT_GAP:
            tally[GAPS] += 1 - tally[MISSING_RUN]
        tally[MISSING_RUN] = 0
        if events & EVENT_CLIPPED:
            tally[CLIPPED] += 1
        if events & EVENT_STRIDE:
            times_us[found, 0] = t_us[k] - out_int[OUT_TOE_OFF_AGE_US]
            times_us[found, 1] = t_us[k] - out_int[OUT_CONTACT_AGE_US]
            times_us[found, 2] = t_us[k] - out_int[OUT_MID_STANCE_AGE_US]
            times_us[found, 3] = t_us[k]
            for word in range(OUTPUT_FLOATS):
                values[found, word] = out[word]
            for word in range(OUTPUT_INTS):
                codes[found, word] = out_int[word]
            found += 1
    return found


ENTRY_POINTS = (init, feed_block)
