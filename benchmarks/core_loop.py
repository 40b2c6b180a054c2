"""Samples through the core and nothing else, compiled by Numba: what a host takes for them."""

from __future__ import annotations

from typing import Any

import numba

from cadence.core import step as detector
from cadence.core.layout import EVENT_STRIDE
from cadence.pointer import pointer_to
from coach import policy

_compiled = numba.njit(error_model="numpy", nogil=True)


@_compiled
def pass_samples(
    settings: Any,
    policy_settings: Any,
    steps_us: Any,
    motion: Any,
    state: Any,
    state_ints: Any,
    out: Any,
    out_ints: Any,
    policy_state: Any,
    policy_ints: Any,
    cue: Any,
    cue_ints: Any,
) -> Any:
    """From the start of a stretch to its end. Returns how many strides there were."""
    detector.init(pointer_to(state), pointer_to(state_ints))
    policy.init(pointer_to(policy_state), pointer_to(policy_ints))
    strides = 0
    for index in range(len(steps_us)):
        events = detector.step(
            pointer_to(settings),
            pointer_to(state),
            pointer_to(state_ints),
            pointer_to(out),
            pointer_to(out_ints),
            steps_us[index],
            motion[index, 0],
            motion[index, 1],
            motion[index, 2],
            motion[index, 3],
            motion[index, 4],
            motion[index, 5],
        )
        policy.advance(
            pointer_to(policy_state),
            pointer_to(policy_ints),
            pointer_to(cue),
            pointer_to(cue_ints),
            steps_us[index],
        )
        if events & EVENT_STRIDE:
            strides += 1
            policy.stride(
                pointer_to(policy_settings),
                pointer_to(policy_state),
                pointer_to(policy_ints),
                pointer_to(out),
                pointer_to(out_ints),
                pointer_to(cue),
                pointer_to(cue_ints),
            )
    return strides


ENTRY_POINTS = (pass_samples,)
