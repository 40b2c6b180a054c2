"""The sink that is heard at once: a sound device, fed from its own thread.

The run's thread never touches the sound: it leaves what is to happen in a queue, and the device's thread
takes it from there before each block. A device that disappears is noticed, told of and opened again when it
is back; meanwhile the metronome goes on unheard, and so comes back in phase.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np

from cadence.stride import Side
from coach.audio.alignment import Alignment
from coach.audio.conductor import ENDING_S, Conductor, spoken_words
from coach.audio.device import OpenOutput, Output
from coach.audio.sink import SoundError
from coach.audio.speech import Speech, SpeechError
from coach.audio.tones import RATE_HZ, Sound

LOOK_EVERY_S = 0.25
STALLED_LOOKS = 8
"""A device that asked for nothing between so many looks has stalled: 2 s, more than Bluetooth takes to wake.
Looks are counted, not seconds, so that a pause of the whole program is no stall. Our choice."""
REOPEN_LOOKS = 8
"""Between two tries. Our choice: 2 s."""
POD_WINDOW_S = 30.0
"""Crystals that differ by 20 ppm drift apart by 0.6 ms in it. Our choice."""
DEVICE_WINDOW_S = 2.0
"""Soon after a stutter of the device its clock is known again. Our choice."""
HUSH_S = 0.15
"""So long a device that still plays has to take the next block. Our choice."""
CLOSE_S = 1.0
"""A device that takes longer to close is left behind. Our choice."""
LOST = "the sound device is gone: the run goes on, and so does the sound when the device is back"
BACK = "the sound is back"

Tell = Callable[[str], None]
Clock = Callable[[], float]


class Speakers:
    """The `Sink` of a sound device.

    Args:
        open_output: opens the device, now and whenever it was lost.
        locked: whether the ticks follow the runner's steps.
        latency_s: from a frame's being handed to the device to its being heard; locked ticks are played so
            much earlier.
        speech: None for tones without words. It is closed with the sink.
        tell: is called with one line when the device is lost and when it is back, from another thread.
        clock: the host's, in s.

    Raises:
        SoundError: there is no device.
    """

    def __init__(
        self,
        open_output: OpenOutput,
        *,
        locked: bool = False,
        latency_s: float = 0.0,
        speech: Speech | None = None,
        tell: Tell,
        clock: Clock = time.monotonic,
    ) -> None:
        self._open_output = open_output
        self._latency_s = latency_s
        self._speech = speech
        self._tell = tell
        self._clock = clock
        self._conductor = Conductor(locked=locked)
        self._queue: deque[Callable[[], None]] = deque()
        self._pod = Alignment(POD_WINDOW_S)
        self._device = Alignment(DEVICE_WINDOW_S)
        # Held for microseconds, by the device's thread or, while there is none, by the watching one.
        self._turn = threading.Lock()
        self._life = 0
        self._resuming = False
        self._blocks = 0
        self._stopped = threading.Event()
        self._closing = threading.Event()
        self._buffer = np.zeros((RATE_HZ // 10, 2), np.float32)
        self._output: Output | None = self._open()
        self._watching = threading.Thread(target=self._watch, name="sound watch", daemon=True)
        self._watching.start()

    def stride(self, stride: np.void) -> None:
        """Its contact leads locked ticks, once `now` has told how the pod's clock stands."""
        offset_s = self._pod.offset_s
        if offset_s is None or not stride["good"]:
            return
        heard_s = float(stride["t_contact_s"]) + offset_s - self._latency_s
        foot = Side(int(stride["side"]))
        self._queue.append(lambda: self._contact(heard_s, foot))

    def cue(self, cue: np.void) -> None:
        """Heard from the next block on."""
        self._announce(lambda t_s: self._conductor.cue(cue, t_s), spoken_words(cue))

    def say(self, words: str, t_s: float) -> None:
        """Heard as soon as they are made, whatever `t_s` is."""
        self._announce(self._conductor.announce, words)

    def tick(self, t_s: float) -> None:
        """Heard from the next block on."""
        self._queue.append(lambda: self._conductor.tick(self._conductor.t_s))

    def now(self, t_s: float) -> None:
        """How the pod's clock stands to the host's."""
        self._pod.note(t_s, self._clock())

    def close(self) -> None:
        """Fall silent and let the device go."""
        self._closing.set()
        self._watching.join(timeout=1.0)
        if self._output is not None:
            self._fade_out()
        self._life += 1
        output, self._output = self._output, None
        if output is not None:
            _close(output)
        if self._speech is not None:
            self._speech.close()

    def _announce(self, begin: Callable[[float], None], words: str) -> None:
        given: list[float] = []

        def start() -> None:
            given.append(self._conductor.t_s)
            begin(given[0])

        def say(made: Future[Sound]) -> None:
            if made.cancelled():
                return
            try:
                words = made.result()
            except SpeechError as error:
                self._speech = None
                self._tell(f"{error}: the coach goes on without words")
                return
            self._queue.append(lambda: self._conductor.say(words, given[0]))

        self._queue.append(start)
        if self._speech is not None and words:
            self._speech.request(words).add_done_callback(say)

    def _fade_out(self) -> None:
        """No further tick, and time for the one under way to end."""
        hushed = threading.Event()

        def hush() -> None:
            self._conductor.hush()
            hushed.set()

        self._queue.append(hush)
        if hushed.wait(HUSH_S):
            time.sleep(ENDING_S)

    def _open(self) -> Output:
        self._life += 1
        self._stopped.clear()
        self._resuming = True
        life = self._life

        def fill(frames: int) -> Sound:
            return self._fill(frames, life)

        def stopped() -> None:
            if life == self._life:
                self._stopped.set()

        return self._open_output(fill, stopped)

    def _fill(self, frames: int, life: int) -> Sound:
        """The next block. It waits for nothing: who has the turn has it for microseconds, and then a block
        of silence is better than a late one."""
        host_s = self._clock()
        if len(self._buffer) < frames:
            self._buffer = np.zeros((frames, 2), np.float32)
        block = self._buffer[:frames]
        if life != self._life or not self._turn.acquire(blocking=False):
            block.fill(0.0)
            return block
        try:
            self._blocks += 1
            if self._resuming:
                self._resuming = False
                self._catch_up(host_s)
                self._device.reset()
            self._device.note(self._conductor.t_s, host_s)
            self._take_queue()
            self._conductor.render(block)
        finally:
            self._turn.release()
        return block

    def _take_queue(self) -> None:
        while self._queue:
            self._queue.popleft()()

    def _contact(self, heard_s: float, foot: Side) -> None:
        offset_s = self._device.offset_s
        if offset_s is not None:
            self._conductor.contact(heard_s - offset_s, foot)

    def _catch_up(self, host_s: float) -> None:
        offset_s = self._device.offset_s
        if offset_s is not None:
            self._conductor.skip_to(host_s - offset_s)

    def _watch(self) -> None:
        blocks, still = -1, 0
        while not self._closing.wait(LOOK_EVERY_S):
            if self._output is None:
                still += 1
                if still % REOPEN_LOOKS == 0 and self._reopened():
                    blocks, still = -1, 0
                continue
            blocks, still = self._blocks, still + 1 if blocks == self._blocks else 0
            if self._stopped.is_set() or still >= STALLED_LOOKS:
                still = 0
                self._lose()

    def _lose(self) -> None:
        output, self._output = self._output, None
        self._life += 1
        self._tell(LOST)
        if output is not None:
            _close(output)

    def _reopened(self) -> bool:
        with self._turn:
            self._catch_up(self._clock())
            self._take_queue()
        try:
            self._output = self._open()
        except SoundError:
            return False
        self._tell(BACK)
        return True


def _close(output: Output) -> None:
    """Let a device go. One that is broken may never answer, so nobody waits for it for long."""
    closing = threading.Thread(target=output.close, name="sound close", daemon=True)
    closing.start()
    closing.join(timeout=CLOSE_S)
