"""The recording of a live run: made before it, flushed while it goes on, closed however it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from coach.cli.errors import say
from coach.home import made_private, runs_folder
from coach.run_settings import RunSettings
from firmware_bridge.recording_writer import CHUNK_S, RecordingError, RecordingWriter


def new_recording() -> Path:
    """Where the recording of a run that begins now is to lie, in the folder of all runs.

    Raises:
        RecordingError: there can be no such folder.
    """
    try:
        folder = made_private(runs_folder())
    except OSError as error:
        raise RecordingError(f"{runs_folder()} cannot be made: {error.strerror or error}") from None
    name = datetime.now().strftime("%Y-%m-%d-%H-%M-%S")
    # Two runs may begin in one second: two pods, two processes.
    names = (folder / f"{name}{'' if n == 0 else f'-{n + 1}'}.mcap" for n in count())
    return next(path for path in names if not path.exists())


@contextmanager
def kept(
    path: Path | None, settings: RunSettings, *, quiet: bool = False
) -> Iterator[RecordingWriter | None]:
    """A recording, or None where there is to be none. Its path goes to stderr, where it disturbs no JSON.

    `quiet` leaves out to say where. A recording in which nothing of a pod has come to stand is removed again.

    Raises:
        RecordingError: there can be none, or it stopped before its end.
    """
    if path is None:
        yield None
        return
    recorder = RecordingWriter(path, settings=settings.to_mapping())
    try:
        yield recorder
    finally:
        recorder.close()
        if not recorder.holds_packets and recorder.failed is None:
            path.unlink(missing_ok=True)
        elif recorder.failed is None and not quiet:
            say(f"the run is kept in {recorder.path}")
    if recorder.failed is not None:
        raise RecordingError(recorder.failed)


@contextmanager
def flushed(recorder: RecordingWriter | None) -> Iterator[None]:
    """What came before a silence must not wait for its end to reach the disk."""
    if recorder is None:
        yield
        return
    loop = asyncio.get_running_loop()
    due: asyncio.TimerHandle

    def flush() -> None:
        nonlocal due
        recorder.flush()
        due = loop.call_later(CHUNK_S, flush)

    flush()
    try:
        yield
    finally:
        due.cancel()
