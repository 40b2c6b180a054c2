"""What is heard when: cues, contacts and words in, blocks of sound out. Pure: it reads no clock and waits
for nothing.

Its timeline begins at 0 with the first frame. Whoever has events at exact times renders up to each of them
first; then what is heard does not depend on the size of the blocks.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.lines import cue_words
from coach.audio.metronome import Metronome
from coach.audio.mixer import Mixer, Voice
from coach.audio.tones import RATE_HZ, Sound, earcon, frame_at, tick
from coach.cue_files import BURSTS

ENDING_S = 0.1
"""After `hush`: long enough for the last sound to end by itself or be faded out."""
PAUSE_S = 0.15
"""Between an earcon and its words. Our choice."""
WORDS_WITHIN_S = 2.0
"""After the cue; words that are made later would be about something past. Our choice."""


def spoken_words(cue: np.void) -> str:
    """What is to be said aloud of a CUE: nothing of a SILENCE."""
    return "" if cue["kind"] == CueKind.SILENCE else cue_words(cue)


class Conductor:
    """Metronome, earcons and words of one runner, mixed.

    Args:
        locked: whether the ticks follow the runner's steps.
    """

    def __init__(self, *, locked: bool = False) -> None:
        self._mixer = Mixer()
        self._metronome = Metronome(locked=locked)
        self._announcement: Voice | None = None
        self._announced_s = -math.inf

    @property
    def t_s(self) -> float:
        """The time of the next frame."""
        return self._mixer.position / RATE_HZ

    def cue(self, cue: np.void, t_s: float) -> None:
        """Do what a CUE asks, at `t_s`. What was being said is cut: the newest cue is the one that counts."""
        kind = CueKind(int(cue["kind"]))
        self.announce(t_s)
        tempo_spm = float(cue["tempo_spm"])
        if kind is CueKind.SILENCE:
            self._metronome.stop()
        elif kind in BURSTS and 0.0 < tempo_spm < math.inf:
            self._metronome.start(t_s, tempo_spm)
        melody = earcon(kind)
        if len(melody):
            self._announcement = self._mixer.add(frame_at(t_s), melody)

    def announce(self, t_s: float) -> None:
        """Make way for words without a cue, which `say` gives with this time."""
        if self._announcement is not None:
            self._mixer.cut(self._announcement)
            self._announcement = None
        self._announced_s = t_s

    def tick(self, t_s: float) -> None:
        """One tick, of no foot."""
        self._mixer.add(frame_at(t_s), tick(Side.UNKNOWN))

    def say(self, words: Sound, cue_t_s: float) -> None:
        """The words of the cue given at `cue_t_s`, after its earcon; left out if they come too late or the
        next cue has been given."""
        if cue_t_s != self._announced_s or self.t_s > cue_t_s + WORDS_WITHIN_S:
            return
        pause = round(PAUSE_S * RATE_HZ)
        start = self._mixer.position
        if self._announcement is not None:
            start = max(start, self._announcement.end + pause)
        self._announcement = self._mixer.add(start, words)

    def contact(self, contact_s: float, foot: Side) -> None:
        """A foot met the ground, some time ago: locked ticks follow it from now on."""
        self._metronome.contact(contact_s, foot, self.t_s)

    def hush(self) -> None:
        """Fall silent, faded out."""
        self._metronome.stop()
        if self._announcement is not None:
            self._mixer.cut(self._announcement)

    def render(self, out: NDArray[np.float32]) -> None:
        """Fill `out`, float32 of shape (n, 2), with the next n frames."""
        end = self._mixer.position + len(out)
        while (beat := self._metronome.due()) is not None and frame_at(beat.t_s) < end:
            self._mixer.add(frame_at(beat.t_s), tick(beat.foot))
            self._metronome.passed()
        self._mixer.render(out)

    def skip_to(self, t_s: float) -> None:
        """Go on at `t_s`, as if everything until then had been played."""
        frames = frame_at(t_s) - self._mixer.position
        if frames > 0:
            self._mixer.skip(frames)
            self._metronome.skip_to(self.t_s)
