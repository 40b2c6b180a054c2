"""What the on-device core does with a stretch of samples, every word of it, however it was compiled.

One driver for all: Numba's code, plain Python, and libraries built by `cadence.aot`. Each sample goes
through the detector, its time through the policy, and a stride that closes goes through the policy too.
After each sample all words of state and output are drawn together into a digest of 32 bits, so that two
traces tell at which sample they part. The driver in C and the one in JavaScript do the same.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cadence.core import layout as detector
from coach import policy_layout as policy

CANONICAL_NAN = 0x7FC00000
"""Which bits a NaN has differs between processors (an overflow's on x86 and on ARM)."""
SAID_IN_TIME = 0x100
SAID_AT_STRIDE = 0x200
"""Added to a sample's events where the policy gave a cue."""

_FLOATS = {
    "state": detector.STATE_FLOATS,
    "out": detector.OUTPUT_FLOATS,
    "policy": policy.STATE_FLOATS,
    "cue": policy.CUE_FLOATS,
}
_INTS = {
    "state_ints": detector.STATE_INTS,
    "out_ints": detector.OUTPUT_INTS,
    "policy_ints": policy.STATE_INTS,
    "cue_ints": policy.CUE_INTS,
}
_MULTIPLIER = 2654435761  # odd, so that no change of a single word is lost


class Core(Protocol):
    """The core, compiled in some way."""

    def bind(self, symbol: str, blocks: Mapping[str, NDArray[Any]]) -> Callable[..., int]:
        """An entry of `core_program.PROGRAM` with its blocks in place."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples as the core gets them.

    Attributes:
        settings: float32 (SETTINGS_WORDS,), of the detector.
        policy_settings: float32 (SETTINGS_WORDS,), of the policy.
        steps_us: int32 (n,), time since the sample before, from 0.
        motion: float32 (n, 6), m/s² and rad/s.
    """

    settings: NDArray[np.float32]
    policy_settings: NDArray[np.float32]
    steps_us: NDArray[np.int32]
    motion: NDArray[np.float32]

    def to_bytes(self) -> bytes:
        """For drivers in other languages, little endian: the count as int32, both settings, the samples.

        A sample is its step as int32 and six float32.
        """
        record = np.zeros(len(self.steps_us), [("step_us", "<i4"), ("motion", "<f4", 6)])
        record["step_us"], record["motion"] = self.steps_us, self.motion
        settings = np.concatenate([self.settings, self.policy_settings]).astype("<f4")
        return struct.pack("<i", len(record)) + settings.tobytes() + record.tobytes()


@dataclass(frozen=True, slots=True)
class Trace:
    """What came of a stretch.

    Attributes:
        events: int32 (n,), what `step` returned, SAID_IN_TIME and SAID_AT_STRIDE added.
        digests: uint32 (n,), of all words after each sample.
    """

    events: NDArray[np.int32]
    digests: NDArray[np.uint32]

    @staticmethod
    def from_bytes(data: bytes) -> Trace:
        """From a driver in another language: for each sample its events and its digest, little endian."""
        words = np.frombuffer(data, "<u4").reshape(-1, 2)
        return Trace(words[:, 0].astype(np.int32), words[:, 1].astype(np.uint32))


def trace(core: Core, stretch: Stretch) -> Trace:
    """Run a stretch of samples through the core, from its start."""
    words = np.zeros(sum(_FLOATS.values()) + sum(_INTS.values()), np.uint32)
    blocks = _blocks(words)
    motion = np.zeros(6, np.float32)
    blocks |= {"settings": stretch.settings, "policy_settings": stretch.policy_settings, "motion": motion}
    core.bind("detector_init", blocks)()
    core.bind("policy_init", blocks)()
    step, advance, stride = (
        core.bind(symbol, blocks) for symbol in ("detector_step", "policy_advance", "policy_stride")
    )
    events = np.zeros(len(stretch.steps_us), np.int32)
    digests = np.zeros(len(events), np.uint32)
    digest = _Digest(words)
    for index, step_us in enumerate(stretch.steps_us):
        motion[:] = stretch.motion[index]
        event = step(step_us)
        event |= SAID_IN_TIME * advance(step_us)
        if event & detector.EVENT_STRIDE:
            event |= SAID_AT_STRIDE * stride()
        events[index] = event
        digests[index] = digest()
    return Trace(events, digests)


def first_difference(one: Trace, other: Trace) -> int | None:
    """The first sample at which two traces part; None where they are the same."""
    if len(one.events) != len(other.events):
        return min(len(one.events), len(other.events))
    parts = np.flatnonzero((one.events != other.events) | (one.digests != other.digests))
    return int(parts[0]) if len(parts) else None


def _blocks(words: NDArray[np.uint32]) -> dict[str, NDArray[Any]]:
    """All words of state and output as the arrays of the entries: the float32 first."""
    blocks: dict[str, NDArray[Any]] = {}
    at = 0
    for sizes, kind in ((_FLOATS, np.float32), (_INTS, np.int32)):
        for name, size in sizes.items():
            blocks[name] = words[at : at + size].view(kind)
            at += size
    return blocks


class _Digest:
    """The sum of all words, each times an odd number of its own, modulo 2³²; a NaN counts as one NaN."""

    def __init__(self, words: NDArray[np.uint32]) -> None:
        self._words = words
        self._floats = words[: sum(_FLOATS.values())]
        places = np.arange(len(words), dtype=np.uint64)
        self._weights = ((2 * places + 1) * _MULTIPLIER).astype(np.uint32)

    def __call__(self) -> int:
        nan = (self._floats & 0x7FFFFFFF) > 0x7F800000
        if not nan.any():
            return int(np.dot(self._words, self._weights))
        words = self._words.copy()
        words[: len(nan)][nan] = CANONICAL_NAN
        return int(np.dot(words, self._weights))
