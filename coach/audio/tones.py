"""The waveforms: ticks of the metronome and earcons.

All are float32, shape (n, 2) for left and right, at RATE_HZ. They begin and end at zero, with shaped edges,
so that none clicks, and they are read-only, so that all who play them share one copy.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind
from cadence.stride import Side

RATE_HZ = 48_000
"""Of everything that is played or written: what sound devices run at anyway."""

Sound = NDArray[np.float32]


def frame_at(t_s: float) -> int:
    """The frame nearest to a time, at most 10 µs off."""
    return math.floor(t_s * RATE_HZ + 0.5)


TICK_PEAK = 0.4
VOICE_PEAK = 0.38
"""Of earcons and speech. One tick and one voice together stay below the mixer's knee. Our choice."""

TICK_HZ = {Side.LEFT: 1800.0, Side.RIGHT: 2400.0, Side.UNKNOWN: 2100.0}
"""Where the ear is keen and music is thin; the two feet differ by a fourth, so that they can be told apart
with one earbud as well. Our choice."""
OVERTONE, OVERTONE_SHARE = 2.4, 0.35
"""Not a harmonic: it sounds of wood, which music seldom does. Our choice."""
TICK_S, TICK_ATTACK_S, TICK_DECAY_S, TICK_RELEASE_S = 0.060, 0.00025, 0.010, 0.010
"""Far shorter than a step (0.27 s at 220 spm). The attack is as short as keeps the tick below 10 kHz, so that
its onset is plain: a tenth of its peak is reached within 0.07 ms."""

NOTE_ATTACK_S, NOTE_RELEASE_S = 0.008, 0.040
C5, E5, G5, A4, B4, C6 = 523.25, 659.26, 783.99, 440.00, 493.88, 1046.50
"""Hz, equal temperament. Low enough to leave the ticks' band to the ticks."""

Note = tuple[float, float]
MELODIES: dict[CueKind, tuple[Note, ...]] = {
    CueKind.BURST_UP: ((C5, 0.11), (E5, 0.11), (G5, 0.20)),
    CueKind.BURST_DOWN: ((G5, 0.11), (E5, 0.11), (C5, 0.20)),
    CueKind.ON_TARGET: ((G5, 0.12), (C6, 0.30)),
    CueKind.WARNING: ((B4, 0.16), (A4, 0.16), (B4, 0.16), (A4, 0.16)),
    CueKind.WALK: ((E5, 0.32), (A4, 0.40)),
    CueKind.RUN: ((A4, 0.09), (A4, 0.09), (A4, 0.09), (E5, 0.25)),
}
"""Hz and seconds of each note. They differ in direction, length and rhythm, so that one who does not hear
pitch well knows them too. Our choice."""


@lru_cache
def tick(foot: Side) -> Sound:
    """A tick: in the left ear for the left foot, in the right for the right, in both where the foot is not
    known."""
    t_s = np.arange(round(TICK_S * RATE_HZ)) / RATE_HZ
    hz = TICK_HZ[foot]
    wave = np.sin(2 * np.pi * hz * t_s) + OVERTONE_SHARE * np.sin(2 * np.pi * OVERTONE * hz * t_s)
    wave *= np.exp(-t_s / TICK_DECAY_S) * _edges(len(t_s), TICK_ATTACK_S, TICK_RELEASE_S)
    mono = TICK_PEAK * wave / np.abs(wave).max()
    silent = np.zeros_like(mono)
    left = silent if foot is Side.RIGHT else mono
    right = silent if foot is Side.LEFT else mono
    return _shared(np.stack([left, right], axis=1))


@lru_cache
def earcon(kind: CueKind) -> Sound:
    """The short melody of a cue; of no length for cues that have none."""
    notes = [_note(hz, length_s) for hz, length_s in MELODIES.get(kind, ())]
    if not notes:
        return _shared(np.zeros((0, 2)))
    # Each note rings out under the next, so that no gap chops the melody.
    release = round(NOTE_RELEASE_S * RATE_HZ)
    starts = np.cumsum([0, *(len(note) - release for note in notes)])
    mono = np.zeros(starts[-1] + release)
    for (start, _), note in zip(pairwise(starts), notes, strict=True):
        mono[start : start + len(note)] += note
    mono *= VOICE_PEAK / np.abs(mono).max()
    return _shared(np.stack([mono, mono], axis=1))


def _note(hz: float, length_s: float) -> NDArray[np.float64]:
    t_s = np.arange(round((length_s + NOTE_RELEASE_S) * RATE_HZ)) / RATE_HZ
    wave = sum(np.sin(2 * np.pi * hz * partial * t_s) / partial**2 for partial in (1, 2, 3))
    return np.asarray(wave * _edges(len(t_s), NOTE_ATTACK_S, NOTE_RELEASE_S))


def _edges(frames: int, attack_s: float, release_s: float) -> NDArray[np.float64]:
    """1, but for a raised cosine at each end; 0 at the first frame and the last."""
    envelope = np.ones(frames)
    attack, release = round(attack_s * RATE_HZ), round(release_s * RATE_HZ)
    envelope[:attack] = np.sin(0.5 * np.pi * np.arange(attack) / attack) ** 2
    envelope[frames - release :] = np.sin(0.5 * np.pi * np.arange(release)[::-1] / release) ** 2
    return envelope


def _shared(sound: NDArray[np.float64]) -> Sound:
    played = sound.astype(np.float32)
    played.flags.writeable = False
    return played
