"""Cues and strides for the tests, and onsets as found in a sound."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Side

RATE_HZ = 48_000


def cue(t_s: float, kind: CueKind, tempo_spm: float = np.nan, reason: CueReason = CueReason.NONE) -> np.void:
    return np.array([(t_s, kind, reason, tempo_spm)], CUE)[0]


def stride(contact_s: float, side: Side, *, closed_s: float | None = None, good: bool = True) -> np.void:
    record = np.zeros(1, STRIDE)[0]
    record["t_contact_s"], record["side"], record["good"] = contact_s, side, good
    record["t_mid_stance_s"] = contact_s + 0.1 if closed_s is None else closed_s
    return record


def blocks(path: Path) -> Iterator[NDArray[np.int16]]:
    """What a WAV file holds, ten seconds at a time."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 2, 2)
        while data := file.readframes(10 * RATE_HZ):
            yield np.frombuffer(data, "<i2").reshape(-1, 2)


def wav(path: Path) -> NDArray[np.float64]:
    return np.concatenate(list(blocks(path))) / 32767.0


def onsets_s(parts: Iterator[NDArray[np.int16]], channel: int, level: float = 0.04) -> NDArray[np.float64]:
    """Where a channel grows loud after 0.1 s below the level, in seconds."""
    found, last, position = [], -RATE_HZ, 0
    for part in parts:
        loud = np.flatnonzero(np.abs(part[:, channel]) > level * 32767) + position
        if len(loud):
            found.append(loud[np.diff(loud, prepend=last) > RATE_HZ // 10])
            last = int(loud[-1])
        position += len(part)
    return np.concatenate(found or [np.zeros(0)]) / RATE_HZ
