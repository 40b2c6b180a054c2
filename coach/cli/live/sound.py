"""The sound of a live run: which it is, and how it follows what the run finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from coach.audio.sink import Silent, Sink, SoundError
from coach.audio.sounds import SoundSettings, open_sink
from coach.cli.errors import CommandError, say
from coach.cli.live.run import LiveRun, Taker
from coach.run import Found
from firmware_bridge.readings import Write

SPEAKERS = SoundSettings("speakers")
NO_SOUND = SoundSettings("none")


@contextmanager
def sounding(live: LiveRun, asked: SoundSettings | None) -> Iterator[Taker]:
    """The sound of a run; gives the function to call with what came of each message.

    Args:
        live: the run. Begun in its event loop.
        asked: None for the speakers where there are any; without them the run goes on in silence.

    Raises:
        CommandError: what was asked for cannot be had.
    """
    sink = _sink(live, asked)
    try:
        yield lambda found: hear(sink, found, live.run.counters.duration_s)
    finally:
        sink.close()


def hear(sink: Sink, found: Found, now_s: float) -> None:
    """Give a sink what came of a message, in the order that it asks for."""
    if found.leads:  # of two feet one is heard, as by the coach
        for stride in found.strides:
            sink.stride(stride)
    for cue in found.cues:
        sink.cue(cue)
    sink.now(now_s)


def _sink(live: LiveRun, asked: SoundSettings | None) -> Sink:
    async def write(command: Write) -> None:
        # Other pods have no such command, and what they made of it is not known.
        if live.run.lead.pod.startswith("open"):
            await live.pod.link.write(replace(command, number=live.run.feet.index(live.run.lead)))

    settings = SPEAKERS if asked is None else asked
    try:
        return open_sink(settings, tell=say, side=live.settings.side, write=write)
    except SoundError as error:
        if asked is not None:
            raise CommandError(str(error)) from None
        say(f"{error}. The run goes on without sound")
        return Silent()
