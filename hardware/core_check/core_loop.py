"""The driver in Python: compiled by Numba, or as plain Python where NUMBA_DISABLE_JIT is set."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from cadence.core import step as detector
from cadence.core.layout import EVENT_STRIDE
from cadence.pointer import pointer_to
from coach import policy
from hardware.core_check.trace import CANONICAL_NAN, SAID_AT_STRIDE, SAID_IN_TIME

_compiled = numba.njit(error_model="numpy", nogil=True)


def _digest_word_by_word(words: Any, weights: Any, any_nan: Any) -> Any:
    total = np.uint64(0)
    for index in range(len(words)):
        word = words[index]
        if index < any_nan and (word & np.uint32(0x7FFFFFFF)) > np.uint32(0x7F800000):
            word = np.uint32(CANONICAL_NAN)
        total += np.uint64(_mixed(word ^ weights[index]))
    return np.uint32(total)


@_compiled
def _mixed(word: Any) -> Any:
    """The finaliser of MurmurHash3 (Appleby, public domain), of uint32: each bit of a word reaches all of its
    digest, so that two flipped signs do not cancel."""
    word = np.uint32((word ^ (word >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    word = np.uint32((word ^ (word >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(word ^ (word >> np.uint32(16)))


def _digest_at_once(words: Any, weights: Any, any_nan: Any) -> Any:
    """The same for plain Python, to which a word costs as much as all of them."""
    is_nan = (words[:any_nan] & 0x7FFFFFFF) > 0x7F800000
    if is_nan.any():
        words = words.copy()
        words[:any_nan][is_nan] = CANONICAL_NAN
    return _mixed(words ^ weights).sum(dtype=np.uint32)


_config: Any = numba.config
digest = _digest_at_once if _config.DISABLE_JIT else _compiled(_digest_word_by_word)


@_compiled
def trace_samples(
    settings: Any,
    policy_settings: Any,
    steps_us: Any,
    motion: Any,
    state: Any,
    policy_state: Any,
    out: Any,
    cue: Any,
    state_ints: Any,
    policy_ints: Any,
    out_ints: Any,
    cue_ints: Any,
    words: Any,
    weights: Any,
    any_nan: Any,
    events: Any,
    digests: Any,
) -> None:
    """Fill `events` and `digests`, one of each a sample. The blocks of state and output lie in `words`."""
    detector.init(pointer_to(state), pointer_to(state_ints))
    policy.init(pointer_to(policy_state), pointer_to(policy_ints))
    for index in range(len(steps_us)):
        event = detector.step(
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
        told = event
        if policy.advance(
            pointer_to(policy_state),
            pointer_to(policy_ints),
            pointer_to(cue),
            pointer_to(cue_ints),
            steps_us[index],
        ):
            told |= SAID_IN_TIME
        if event & EVENT_STRIDE and policy.stride(
            pointer_to(policy_settings),
            pointer_to(policy_state),
            pointer_to(policy_ints),
            pointer_to(out),
            pointer_to(out_ints),
            pointer_to(cue),
            pointer_to(cue_ints),
        ):
            told |= SAID_AT_STRIDE
        events[index] = told
        digests[index] = digest(words, weights, any_nan)


ENTRY_POINTS = (trace_samples,)
