"""Latency of a cue: from `cue()` to its first frame in the hands of the sound device.

In real time, through the speakers' sink as a run has it, into the device that plays nothing. What the device
itself holds is not in it: that is the buffer, and is added in a row of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks.table import Row, Table, at_most
from cadence.cue import CUE, CueKind, CueReason
from coach.audio.device import BUFFER_MS, Fill, Output, open_output
from coach.audio.speakers import Speakers
from coach.audio.tones import Sound

CUES = 100
APART_S = 0.1
"""With a share of chance, so that cues fall anywhere between two blocks."""
MUST_MS = 30.0
WAIT_MS = 40.0
"""A cue that is not heard by then counts as so long, and is told of."""


class TimedOutput:
    """Opens a device and notes when the first sound after a silence was handed to it."""

    def __init__(self, buffer_ms: int) -> None:
        self._open = partial(open_output, buffer_ms=buffer_ms, null=True)
        self._heard_s: float | None = None

    def __call__(self, fill: Fill, stopped: Callable[[], None]) -> Output:
        def timed(frames: int) -> Sound:
            block = fill(frames)
            if self._heard_s is None and block.any():
                self._heard_s = time.monotonic()
            return block

        return self._open(timed, stopped)

    def listen(self) -> None:
        """Forget what was heard."""
        self._heard_s = None

    def heard_s(self) -> float | None:
        """When the first sound since `listen` was handed over; None if there was none."""
        return self._heard_s


def measure(*, cues: int = CUES, buffer_ms: int = BUFFER_MS) -> dict[str, float]:
    """The figures: cue_p50_ms, cue_p99_ms, cue_max_ms, buffer_ms, and how many cues were never heard.

    Args:
        cues: how many; ten of them take a second or so.
        buffer_ms: of the device.
    """
    output = TimedOutput(buffer_ms)
    chance = np.random.default_rng(1)
    speakers = Speakers(output, tell=lambda line: None)
    silence = np.array([(0.0, CueKind.SILENCE, CueReason.OVER, np.nan)], CUE)[0]
    burst = np.array([(0.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 172.0)], CUE)[0]
    took_ms, unheard = [], 0
    try:
        time.sleep(0.3)
        for _ in range(cues):
            output.listen()
            given_s = time.monotonic()
            speakers.cue(burst)
            time.sleep(WAIT_MS / 1000.0)
            heard_s = output.heard_s()
            unheard += heard_s is None
            took_ms.append(WAIT_MS if heard_s is None else 1000.0 * (heard_s - given_s))
            speakers.cue(silence)
            # The last tick rings out: long enough for silence before the next.
            time.sleep(APART_S + 0.02 * float(chance.random()))
    finally:
        speakers.close()
    return {
        "cue_p50_ms": float(np.percentile(took_ms, 50, method="higher")),
        "cue_p99_ms": float(np.percentile(took_ms, 99, method="higher")),
        "cue_max_ms": max(took_ms),
        "cue_buffer_ms": float(buffer_ms),
        "cues_unheard": float(unheard),
    }


def to_table(figures: dict[str, float]) -> Table:
    rows = (
        Row("cue to its first frame at the device, median", "ms", figures["cue_p50_ms"]),
        Row("cue to its first frame at the device, 99th percentile", "ms", figures["cue_p99_ms"]),
        Row("cue to its first frame at the device, longest", "ms", figures["cue_max_ms"], at_most(MUST_MS)),
        Row("the device's buffer", "ms", figures["cue_buffer_ms"]),
        Row(f"cues not heard within {WAIT_MS:.0f} ms", "", figures["cues_unheard"], at_most(0)),
    )
    return Table("Cues through the null sound device", rows)
