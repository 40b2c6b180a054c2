"""Sounds at exact frames, summed block by block. The size of a block never changes a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.audio.tones import RATE_HZ, Sound

KNEE = 0.8
"""Up to here a sum is left as it is; above, it bends and never goes beyond 1. Our choice: two sounds at once
stay below."""
FADE_S = 0.010
"""How fast a sound that is cut falls silent: short, and yet no click. Our choice."""
_FADE_FRAMES = round(FADE_S * RATE_HZ)
_FADE = (np.cos(0.5 * np.pi * np.arange(_FADE_FRAMES) / _FADE_FRAMES) ** 2).astype(np.float32)[:, None]


@dataclass(slots=True)
class Voice:
    """One sound on its way.

    Attributes:
        start: the frame of its first sample.
        sound: what is heard.
        end: the frame after its last sample.
    """

    start: int
    sound: Sound
    end: int


class Mixer:
    """Renders the voices, from frame 0 on.

    Attributes:
        position: the next frame.
    """

    def __init__(self) -> None:
        self.position = 0
        self._voices: list[Voice] = []

    def add(self, start: int, sound: Sound) -> Voice:
        """Play a sound from frame `start` on; of one that should have begun, what is left."""
        voice = Voice(start, sound, start + len(sound))
        self._voices.append(voice)
        return voice

    def cut(self, voice: Voice) -> None:
        """End a voice from the next frame on, faded out; one that has not begun is not heard at all."""
        if voice.start >= self.position:
            voice.end = voice.start
        elif self.position < voice.end:
            at = self.position - voice.start
            tail = voice.sound[at : at + _FADE_FRAMES]
            voice.start, voice.sound = self.position, tail * _FADE[: len(tail)]
            voice.end = self.position + len(tail)

    def skip(self, frames: int) -> None:
        """Go on without rendering."""
        self.position += frames
        self._forget()

    def render(self, out: NDArray[np.float32]) -> None:
        """Fill `out`, float32 of shape (n, 2), with the next n frames; each sample lies within -1 and 1."""
        out.fill(0.0)
        begin, end = self.position, self.position + len(out)
        heard = False
        for voice in self._voices:
            first, last = max(begin, voice.start), min(end, voice.end)
            if first < last:
                heard = True
                out[first - begin : last - begin] += voice.sound[first - voice.start : last - voice.start]
        if heard:
            _bend(out)
        self.position = end
        self._forget()

    def _forget(self) -> None:
        if self._voices:
            self._voices = [voice for voice in self._voices if voice.end > self.position]


def _bend(out: NDArray[np.float32]) -> None:
    """Without memory, so a sample depends on itself alone; smooth, so it makes no click."""
    size = np.abs(out)
    if size.max() > KNEE:
        over = np.float32(1.0 - KNEE)
        bent = KNEE + over * np.tanh((size - np.float32(KNEE)) / over)
        np.copyto(out, np.copysign(bent, out), where=size > KNEE)
