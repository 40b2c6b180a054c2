"""The sink that is felt: the pod's own motor beats under the foot that carries it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

import numpy as np

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.alignment import Alignment
from coach.audio.metronome import Metronome
from coach.cue_files import BURSTS
from firmware_bridge.commands import Tick
from firmware_bridge.links.link import LinkError
from firmware_bridge.pods.open_pod import request
from firmware_bridge.readings import Write

TICK_MS = 40
"""Long enough for a small motor to be felt through a shoe, short against a step. Our choice."""
TICK_TOKEN = 4
"""Of the commands; the decoder uses 1 to 3 for its own."""
POD_WINDOW_S = 30.0
"""As with speakers."""
LATE_S = 0.08
"""A beat that could not be sent sooner is left out, since it would no longer be that beat. Our choice: the
tenth part of a stride."""


class HapticPod:
    """The `Sink` of a pod with a motor. Only beats of its own foot are sent; a free-running metronome on a
    pod whose side is not known beats at every second step.

    A write that is under way is not waited for by the run, and no second one is begun beside it.

    Made in a running event loop.

    Args:
        write: sends to the pod. Its LinkError loses a tick, no more.
        side: of the foot that carries the pod.
        locked: whether the ticks follow the runner's steps.
        latency_s: from the writing of a command to the motor; locked ticks are sent so much earlier.

    Attributes:
        lost_ticks: beats that were due but could not be sent in time.
    """

    def __init__(
        self,
        write: Callable[[Write], Awaitable[None]],
        side: Side,
        *,
        locked: bool = False,
        latency_s: float = 0.0,
    ) -> None:
        self._write = write
        self._side = side
        self._foot = Side.LEFT if side is Side.UNKNOWN else side
        self._latency_s = latency_s
        self._loop = asyncio.get_running_loop()
        self._metronome = Metronome(locked=locked)
        self._pod = Alignment(POD_WINDOW_S)
        self._changed = asyncio.Event()
        self._beating = self._loop.create_task(self._beat())
        self.lost_ticks = 0

    def stride(self, stride: np.void) -> None:
        offset_s = self._pod.offset_s
        if offset_s is not None and stride["good"]:
            felt_s = float(stride["t_contact_s"]) + offset_s - self._latency_s
            self._metronome.contact(felt_s, self._foot, self._loop.time())
            self._changed.set()

    def cue(self, cue: np.void) -> None:
        tempo_spm = float(cue["tempo_spm"])
        if cue["kind"] == CueKind.SILENCE:
            self._metronome.stop()
        elif cue["kind"] in BURSTS and 0.0 < tempo_spm < math.inf:
            self._metronome.start(self._loop.time(), tempo_spm)
        self._changed.set()

    def now(self, t_s: float) -> None:
        self._pod.note(t_s, self._loop.time())

    def close(self) -> None:
        self._metronome.stop()
        self._beating.cancel()

    async def _beat(self) -> None:
        while True:
            self._changed.clear()
            beat = self._metronome.due()
            wait_s = None if beat is None else beat.t_s - self._loop.time()
            if wait_s is None or wait_s > 0.0:
                # Whatever moves the beats wakes this up, to wait anew for what is due then.
                await _until(self._changed, wait_s)
                continue
            assert beat is not None
            self._metronome.passed()
            if beat.foot is self._foot:
                if wait_s < -LATE_S:
                    self.lost_ticks += 1
                else:
                    await self._tick()

    async def _tick(self) -> None:
        try:
            await self._write(request(Tick(self._side, TICK_MS), TICK_TOKEN))
        except LinkError:
            self.lost_ticks += 1


async def _until(event: asyncio.Event, seconds: float | None) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
