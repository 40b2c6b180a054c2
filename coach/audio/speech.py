"""Spoken lines by espeak-ng, made off the audio thread and kept in memory."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from coach.audio.tones import RATE_HZ, VOICE_PEAK, Sound

WORDS_PER_MINUTE = 165
"""A little slower than espeak-ng speaks of itself (175), for one who runs and listens. Our choice."""
LONGEST_S = 10.0
"""espeak-ng needs some 40 ms for a line; one that hangs is given up. Our choice."""
SILENT = 0.004
"""Of full scale: what espeak-ng leaves before and after the words is cut at it. Our choice."""
EDGE_FRAMES = RATE_HZ // 100
ABSENT = (
    "espeak-ng is not installed: the coach plays its tones and says nothing; "
    "install espeak-ng to hear the words as well"
)


class SpeechError(Exception):
    """A line could not be spoken, and why."""


class Speech:
    """Turns lines into sound. A line is made once and kept."""

    def __init__(self, program: Path) -> None:
        self._program = program
        self._made: dict[str, Future[Sound]] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="speech")

    def request(self, words: str) -> Future[Sound]:
        """The sound of a line, shape (n, 2) at RATE_HZ, now or soon; its error is a SpeechError."""
        if words not in self._made:
            self._made[words] = self._worker.submit(speak, self._program, words)
        return self._made[words]

    def close(self) -> None:
        """Give up what is not made yet."""
        self._worker.shutdown(wait=False, cancel_futures=True)


def find_speech() -> Speech | None:
    """The voice of this machine; None where espeak-ng is not installed."""
    program = shutil.which("espeak-ng")
    return None if program is None else Speech(Path(program))


def speak(program: Path, words: str) -> Sound:
    """The sound of a line, shape (n, 2) at RATE_HZ. Takes its time: not for the audio thread.

    Raises:
        SpeechError: the program cannot be run, or what it gave is no sound.
    """
    # Loaded where it is used: it takes 30 ms.
    import miniaudio

    command = [str(program), "--stdout", "-v", "en", "-s", str(WORDS_PER_MINUTE), "--", words]
    try:
        wav = subprocess.run(command, capture_output=True, check=True, timeout=LONGEST_S).stdout
        decoded = miniaudio.decode(wav, miniaudio.SampleFormat.FLOAT32, nchannels=2, sample_rate=RATE_HZ)
    except (OSError, subprocess.SubprocessError, miniaudio.MiniaudioError) as error:
        raise SpeechError(f"espeak-ng did not speak: {error}") from error
    return _prepared(np.array(decoded.samples, np.float32).reshape(-1, 2))


def _prepared(sound: Sound) -> Sound:
    """Without silence at the ends, at the loudness of the earcons, with edges that do not click."""
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > SILENT)
    if not len(loud):
        raise SpeechError("espeak-ng gave silence")
    words = sound[loud[0] : loud[-1] + 1]
    words *= np.float32(VOICE_PEAK) / np.abs(words).max()
    edge = min(EDGE_FRAMES, len(words) // 2)
    rise = (np.sin(0.5 * np.pi * np.arange(edge) / edge) ** 2).astype(np.float32)[:, None]
    words[:edge] *= rise
    words[len(words) - edge :] *= rise[::-1]
    words.flags.writeable = False
    return words
