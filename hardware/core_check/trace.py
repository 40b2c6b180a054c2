"""What the on-device core does with a stretch of samples, every word of it, however it was compiled.

One driver for all, in Python (core_loop.py), in C and in JavaScript (drivers/). Each sample goes through the
detector, its time through the policy, and a stride that closes goes through the policy too. After each
sample all words of state and output are drawn together into a digest of 32 bits, so that two traces tell at
which sample they part.

The digest is the sum of all words, each mixed with a number of its own, modulo 2³². A NaN in the state counts
as CANONICAL_NAN there: processors differ in the bits of one that they make (inf - inf is 0xffc00000 on x86
and 0x7fc00000 on ARM; WebAssembly leaves it open). What is told to others must agree to the bit, NaN or not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cadence.core import layout as detector
from coach import policy_layout as policy

CANONICAL_NAN = 0x7FC00000
SAID_IN_TIME = 0x100
SAID_AT_STRIDE = 0x200
"""Added to a sample's events where the policy gave a cue."""

_SAMPLE = np.dtype([("step_us", "<i4"), ("motion", "<f4", 6)])
_SETTINGS_WORDS = detector.SETTINGS_WORDS + policy.SETTINGS_WORDS


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples as the core gets them.

    Attributes:
        name: what they are.
        settings: float32 (SETTINGS_WORDS,), of the detector.
        policy_settings: float32 (SETTINGS_WORDS,), of the policy.
        steps_us: int32 (n,), time since the sample before, from 0.
        motion: float32 (n, 6), m/s² and rad/s.
    """

    name: str
    settings: NDArray[np.float32]
    policy_settings: NDArray[np.float32]
    steps_us: NDArray[np.int32]
    motion: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.steps_us)

    def beginning(self, samples: int | None) -> Stretch:
        """No more than its first samples; None for all."""
        return replace(self, steps_us=self.steps_us[:samples], motion=self.motion[:samples])

    def samples(self) -> NDArray[np.void]:
        """Structured (n,), as drivers in C read them: the step as int32 and six float32, little endian."""
        samples = np.zeros(len(self), _SAMPLE)
        samples["step_us"], samples["motion"] = self.steps_us, self.motion
        return samples

    def both_settings(self) -> NDArray[np.float32]:
        """The detector's, then the policy's."""
        return np.concatenate([self.settings, self.policy_settings]).astype("<f4")


@dataclass(frozen=True, slots=True)
class Trace:
    """What came of a stretch.

    Attributes:
        events: int32 (n,), what `step` returned, SAID_IN_TIME and SAID_AT_STRIDE added.
        digests: uint32 (n,), of all words after each sample.
    """

    events: NDArray[np.int32]
    digests: NDArray[np.uint32]

    def beginning(self, samples: int | None) -> Trace:
        """Of the first samples; of all where it is None."""
        return self if samples is None else Trace(self.events[:samples], self.digests[:samples])


def first_difference(one: Trace, other: Trace) -> int | None:
    """The first sample at which two traces part; None where they are the same.

    Where one is longer they part at the end of the other.
    """
    both = min(len(one.events), len(other.events))
    parts = np.flatnonzero(
        (one.events[:both] != other.events[:both]) | (one.digests[:both] != other.digests[:both])
    )
    if len(parts):
        return int(parts[0])
    return None if len(one.events) == len(other.events) else both


def to_bytes(stretches: Iterable[Stretch]) -> bytes:
    """For drivers in other processes, little endian: the number of stretches as int32 and, of each, the
    number of samples as int32, both settings, the samples."""
    parts = [
        struct.pack("<i", len(stretch)) + stretch.both_settings().tobytes() + stretch.samples().tobytes()
        for stretch in stretches
    ]
    return struct.pack("<i", len(parts)) + b"".join(parts)


def stretches_from_bytes(data: bytes) -> Iterator[Stretch]:
    """What `to_bytes` made, without names."""
    (count,) = struct.unpack_from("<i", data)
    at = 4
    for _ in range(count):
        (samples,) = struct.unpack_from("<i", data, at)
        settings = np.frombuffer(data, "<f4", _SETTINGS_WORDS, at + 4)
        at += 4 + settings.nbytes
        taken = np.frombuffer(data, _SAMPLE, samples, at)
        at += taken.nbytes
        yield Stretch(
            "",
            settings[: detector.SETTINGS_WORDS],
            settings[detector.SETTINGS_WORDS :],
            np.ascontiguousarray(taken["step_us"]),
            np.ascontiguousarray(taken["motion"]),
        )


def traces_from_bytes(data: bytes, stretches: Iterable[Stretch]) -> Iterator[Trace]:
    """From drivers in other processes, little endian: for each sample its events and its digest.

    What is lacking is lacking in the last traces.
    """
    told = np.frombuffer(data[: len(data) // 8 * 8], "<u4").reshape(-1, 2)
    for stretch in stretches:
        own, told = told[: len(stretch)], told[len(stretch) :]
        yield Trace(own[:, 0].astype(np.int32), own[:, 1].copy())
