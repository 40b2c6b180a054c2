"""Lines on standard output, written by a thread of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread


class LineWriter:
    """A reader who does not read holds up neither the pod nor the recording: what waits is kept in memory.

    Args:
        reader_left: is called, in the thread, when nobody reads any more.
    """

    def __init__(self, reader_left: Callable[[], object]) -> None:
        self._reader_left = reader_left
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._error: OSError | None = None
        self._thread = Thread(target=self._write, name="lines", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """Add a line, without its end."""
        self._waiting.put(line)

    def close(self) -> None:
        """Wait until all is written. Raises OSError when it cannot be, BrokenPipeError when nobody reads."""
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _write(self) -> None:
        try:
            while (line := self._waiting.get()) is not None:
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        except OSError as error:
            self._error = error
            self._reader_left()
