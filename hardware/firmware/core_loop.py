"""The entries of the on-device core for Numba, compiled together. They take arrays."""

from __future__ import annotations

from typing import Any

import numba

from cadence.core import step as detector
from cadence.pointer import pointer_to
from coach import policy


def _detector_init(state: Any, state_ints: Any) -> None:
    detector.init(pointer_to(state), pointer_to(state_ints))


def _detector_step(
    settings: Any, state: Any, state_ints: Any, out: Any, out_ints: Any, dt_us: Any, motion: Any
) -> Any:
    return detector.step(
        pointer_to(settings),
        pointer_to(state),
        pointer_to(state_ints),
        pointer_to(out),
        pointer_to(out_ints),
        dt_us,
        motion[0],
        motion[1],
        motion[2],
        motion[3],
        motion[4],
        motion[5],
    )


def _policy_init(state: Any, state_ints: Any) -> None:
    policy.init(pointer_to(state), pointer_to(state_ints))


def _policy_advance(state: Any, state_ints: Any, cue: Any, cue_ints: Any, step_us: Any) -> Any:
    return policy.advance(
        pointer_to(state), pointer_to(state_ints), pointer_to(cue), pointer_to(cue_ints), step_us
    )


def _policy_stride(
    settings: Any, state: Any, state_ints: Any, out: Any, out_ints: Any, cue: Any, cue_ints: Any
) -> Any:
    return policy.stride(
        pointer_to(settings),
        pointer_to(state),
        pointer_to(state_ints),
        pointer_to(out),
        pointer_to(out_ints),
        pointer_to(cue),
        pointer_to(cue_ints),
    )


_compiled = numba.njit(error_model="numpy", nogil=True)
detector_init = _compiled(_detector_init)
detector_step = _compiled(_detector_step)
policy_init = _compiled(_policy_init)
policy_advance = _compiled(_policy_advance)
policy_stride = _compiled(_policy_stride)

ENTRY_POINTS = (detector_init, detector_step, policy_init, policy_advance, policy_stride)
