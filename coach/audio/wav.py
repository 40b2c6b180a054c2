"""A WAV file of what the runner would have heard, placed by the pod's time.

Second 0 of the file is the first sample. Nothing here reads a clock, so the same run gives the same file,
live or replayed: sounds begin exactly at their cues, as if links and sound devices took no time.
"""

from __future__ import annotations

import heapq
import os
import wave
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cadence.stride import Side
from coach.audio.conductor import ENDING_S, Conductor, spoken_words
from coach.audio.sink import SoundError
from coach.audio.speech import Speech, SpeechError
from coach.audio.tones import RATE_HZ, Sound, frame_at

HOLD_S = 3.0
"""The file stays so far behind the run: a stride is told some time after it closed, a pod's own cue some
more. What comes later still is heard late. Our choice: a link's hiccup."""
BLOCK_FRAMES = RATE_HZ
LONGEST_S = 6.0 * 3600.0
"""A WAV file ends at 4 GiB, which is 6 h 12 min."""

Tell = Callable[[str], None]


@dataclass(order=True, slots=True)
class _Event:
    """What is to happen at a time; of one time, strides first."""

    t_s: float
    rank: int
    number: int
    act: Callable[[float], None] = field(compare=False)
    words: Future[Sound] | None = field(compare=False, default=None)


class WavSink:
    """The `Sink` that writes a file: 48 kHz, stereo, 16 bit, for its owner alone. A file that is there is
    replaced. The header is right after each second written, whatever becomes of the program.

    Args:
        path: of the file.
        locked: whether the ticks follow the runner's steps.
        speech: None for tones without words. It is closed with the sink.
        tell: is called with one line when the file cannot be written any more; the run goes on.

    Raises:
        SoundError: it cannot be made.
    """

    def __init__(self, path: Path, *, locked: bool = False, speech: Speech | None, tell: Tell) -> None:
        self._path = path
        self._tell = tell
        self._speech = speech
        self._conductor = Conductor(locked=locked)
        self._waiting: list[_Event] = []
        self._events = 0
        self._now_s = 0.0
        self._position = 0
        self._block = np.zeros((BLOCK_FRAMES, 2), np.float32)
        try:
            # Readable for its owner alone from the first moment: it is health data.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._raw = os.fdopen(descriptor, "wb")
            os.chmod(path, 0o600)
            self._file: wave.Wave_write | None = wave.open(self._raw, "wb")  # noqa: SIM115  # as long as the run
        except OSError as error:
            raise SoundError(f"{path} cannot be written: {error.strerror or error}") from error
        self._file.setnchannels(2)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE_HZ)

    def stride(self, stride: np.void) -> None:
        """Known when it is closed, at its mid-stance."""
        if stride["good"]:
            contact_s, foot = float(stride["t_contact_s"]), Side(int(stride["side"]))
            closed_s = float(stride["t_mid_stance_s"])
            self._expect(closed_s, 0, lambda t_s: self._conductor.contact(contact_s, foot))

    def cue(self, cue: np.void) -> None:
        spoken = self._spoken(spoken_words(cue))
        self._expect(float(cue["t_s"]), 1, lambda t_s: self._conductor.cue(cue, t_s), spoken)

    def say(self, words: str, t_s: float) -> None:
        self._expect(t_s, 1, self._conductor.announce, self._spoken(words))

    def tick(self, t_s: float) -> None:
        self._expect(t_s, 1, self._conductor.tick)

    def now(self, t_s: float) -> None:
        self._now_s = max(self._now_s, t_s)
        self._write_until(self._now_s - HOLD_S)

    def close(self) -> None:
        """Write the rest, to the end of the run."""
        self._write_until(self._now_s)
        self._conductor.hush()
        self._render_until(self._position + round(ENDING_S * RATE_HZ))
        if self._file is not None:
            try:
                self._file.close()
                self._raw.close()
            except OSError as error:
                self._fail(error)
            self._file = None
        if self._speech is not None:
            self._speech.close()

    def _spoken(self, words: str) -> Future[Sound] | None:
        return self._speech.request(words) if self._speech is not None and words else None

    def _expect(
        self, t_s: float, rank: int, act: Callable[[float], None], words: Future[Sound] | None = None
    ) -> None:
        self._events += 1
        self._now_s = max(self._now_s, t_s)
        heapq.heappush(self._waiting, _Event(t_s, rank, self._events, act, words))

    def _write_until(self, t_s: float) -> None:
        while self._waiting and self._waiting[0].t_s <= t_s:
            event = heapq.heappop(self._waiting)
            self._render_until(frame_at(event.t_s))
            self._do(event)
        self._render_until(frame_at(t_s))

    def _do(self, event: _Event) -> None:
        t_s = max(event.t_s, self._conductor.t_s)
        event.act(t_s)
        if event.words is not None:
            try:
                self._conductor.say(event.words.result(), t_s)
            except SpeechError as error:
                self._speech = None
                self._tell(f"{error}: the coach goes on without words")

    def _render_until(self, position: int) -> None:
        while self._position < position and self._file is not None:
            block = self._block[: min(BLOCK_FRAMES, position - self._position)]
            self._conductor.render(block)
            self._position += len(block)
            self._write(block)

    def _write(self, block: Sound) -> None:
        assert self._file is not None
        if self._position > LONGEST_S * RATE_HZ:
            self._fail(f"a WAV file holds {LONGEST_S / 3600.0:.0f} hours")
            return
        try:
            self._file.writeframes(np.rint(block * 32767.0).astype("<i2").tobytes())
            self._raw.flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, why: OSError | str) -> None:
        reason = why if isinstance(why, str) else why.strerror or str(why)
        for file in (self._file, self._raw):
            with suppress(OSError):  # what it could not take before it cannot take now
                if file is not None:
                    file.close()
        self._file = None
        self._tell(f"{self._path} ends here, the run goes on: {reason}")
