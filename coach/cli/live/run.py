"""A run that goes on: followed until its time is over, the user stops it or its pod is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coach.cli.live.recording import flushed
from coach.cli.pods.links import OpenPod
from coach.cli.stopping import stopped_by_signal
from coach.live import follow
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.recording_writer import RecordingWriter

Taker = Callable[[Found], None]


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run and all that belongs to it.

    Attributes:
        settings: what a replay must know as well.
        run: turns messages into strides and cues.
        tally: collects them.
        pod: where the messages come from.
        recorder: keeps them; None for a run that is not recorded.
    """

    settings: RunSettings
    run: Run
    tally: Tally
    pod: OpenPod
    recorder: RecordingWriter | None


class Stopper:
    """Ends a run in good order, once or more often, from any thread."""

    def __init__(self, pod: OpenPod) -> None:
        self._loop = asyncio.get_running_loop()
        self._pod = pod
        self._closing: set[asyncio.Future[None]] = set()

    def stop(self) -> None:
        """Close the link, which ends what follows it."""
        self._loop.call_soon_threadsafe(self._close)

    async def closed(self) -> None:
        """Wait until the link is."""
        await asyncio.gather(*self._closing)

    def _close(self) -> None:
        self._closing.add(asyncio.ensure_future(self._pod.link.close()))


async def follow_run(live: LiveRun, seconds: float | None, stopper: Stopper, takers: Sequence[Taker]) -> None:
    """Follow a run to its end.

    Args:
        live: the run.
        seconds: after the first connection it is over; None to go on until stopped.
        stopper: of the run.
        takers: each is given what came of each message, in turn.

    Raises:
        LinkError: there is no pod, or it does not answer, or is none that this program knows.
    """
    loop = asyncio.get_running_loop()
    counting_down = seconds is None

    def take(found: Found) -> None:
        nonlocal counting_down
        live.tally.add(found)
        if live.run.connected and not counting_down and seconds is not None:
            counting_down = True
            loop.call_later(seconds, stopper.stop)
        for taker in takers:
            taker(found)

    with flushed(live.recorder), stopped_by_signal(stopper.stop):
        await follow(live.pod.link, live.run, recorder=live.recorder, show=take)
    await stopper.closed()
