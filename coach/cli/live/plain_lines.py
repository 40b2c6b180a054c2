"""A live run as plain lines, where standard output is no terminal: one now and then, and one for each cue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from coach.cli.live.line_writer import LineWriter
from coach.cli.live.state import LiveState, LiveWatch
from coach.cli.live.status_words import status_words
from coach.cli.live.view import (
    ACTIVITY_WORDS,
    link_words,
    losses_words,
    runner_words,
    said_words,
    target_words,
    with_unit,
)
from coach.cli.view import UNKNOWN, span
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.links.link import Link
from firmware_bridge.recording_writer import RecordingWriter

LINE_EVERY_S = 10.0
"""Our choice: a log of an hour is still read."""


def plain_line(state: LiveState) -> str:
    """A moment in one line; what is not known is left out."""
    activity = ACTIVITY_WORDS[state.activity]
    known = [f"{name} {value}" for name, value in runner_words(state) if value != UNKNOWN]
    losses = losses_words(state.losses)
    parts = (
        span(state.elapsed_s),
        *([] if activity == UNKNOWN else [activity]),
        *([] if (cadence := with_unit(state.cadence_spm, 0, "spm")) == UNKNOWN else [cadence]),
        *target_words(state),
        *known,
        with_unit(state.distance_m, 0, "m"),
        status_words(state.status, state.tempo_spm),
        *([] if (link := link_words(state)) == "connected" else [f"link {link}"]),
        *([f"losses {losses}"] if losses else []),
        *([] if state.recording_failed is None else [state.recording_failed]),
    )
    return ", ".join(part for part in parts if part != UNKNOWN)


@contextmanager
def plain_lines(
    settings: RunSettings,
    run: Run,
    tally: Tally,
    link: Link,
    recorder: RecordingWriter | None,
    reader_left: Callable[[], object],
) -> Iterator[Callable[[Found], None]]:
    """Print lines; gives the function to call with what came of each message.

    They are written by a thread, so that a reader who does not read holds up neither pod nor recording. What
    waits for them is some 100 kB an hour.

    Args:
        settings, run, tally, link, recorder: of the run.
        reader_left: is called, in the thread, when nobody reads any more.

    Raises:
        BrokenPipeError: in the end, when nobody reads.
        OSError: in the end, when the lines could not be written.
    """
    loop = asyncio.get_running_loop()
    start_s = loop.time()
    watch = LiveWatch(settings, run, tally, link, recorder)
    writer = LineWriter(reader_left)
    due: asyncio.TimerHandle | None = None

    def tell() -> None:
        nonlocal due
        writer.put(plain_line(watch.state(loop.time() - start_s)))
        due = loop.call_later(LINE_EVERY_S, tell)

    def take(found: Found) -> None:
        now_s = loop.time() - start_s
        for said in watch.take(found, now_s):
            writer.put(f"{span(now_s)}, coach: {said_words(said.words, said.reason)}")

    due = loop.call_later(LINE_EVERY_S, tell)
    try:
        yield take
    finally:
        due.cancel()
        writer.close()
