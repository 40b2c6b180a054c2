"""The policy's entry points for hosts, compiled together. They take arrays."""

from __future__ import annotations

from typing import Any

from numba import njit

from cadence.pointer import pointer_to
from coach import policy


@njit(error_model="numpy", nogil=True)
def init(floats: Any, ints: Any) -> None:
    policy.init(pointer_to(floats), pointer_to(ints))


@njit(error_model="numpy", nogil=True)
def advance(floats: Any, ints: Any, cue: Any, cue_ints: Any, step_us: Any) -> Any:
    return policy.advance(
        pointer_to(floats), pointer_to(ints), pointer_to(cue), pointer_to(cue_ints), step_us
    )


@njit(error_model="numpy", nogil=True)
def stride(settings: Any, floats: Any, ints: Any, out: Any, out_ints: Any, cue: Any, cue_ints: Any) -> Any:
    return policy.stride(
        pointer_to(settings),
        pointer_to(floats),
        pointer_to(ints),
        pointer_to(out),
        pointer_to(out_ints),
        pointer_to(cue),
        pointer_to(cue_ints),
    )


ENTRY_POINTS = (init, advance, stride)
