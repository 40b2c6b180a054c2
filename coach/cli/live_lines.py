"""A live run as JSON lines: one a stride as it closes, and a last one with the summary."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any

from cadence.cue import cue_to_dict
from cadence.stride import to_dict
from coach.run import Found
from coach.stride_files import number, update_dict


class Lines:
    """Lines on standard output, written by a thread of their own: a reader who does not read holds up
    neither the pod nor the recording. What waits is bounded by the run: some 3 MB an hour."""

    def __init__(self, reader_left: Callable[[], object]) -> None:
        """`reader_left` is called, in the thread, when nobody reads any more."""
        self._reader_left = reader_left
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._error: OSError | None = None
        self._thread = Thread(target=self._write, name="lines", daemon=True)
        self._thread.start()

    def put(self, document: dict[str, Any]) -> None:
        """Add a line."""
        self._waiting.put(json.dumps(document, allow_nan=False) + "\n")

    def show(self, found: Found) -> None:
        """Add what came of a message."""
        for stride in found.strides:
            self.put(to_dict(stride))
        for update in found.updates:
            self.put({"update": update_dict(update)})
        for cue in found.cues:
            self.put({"cue": cue_to_dict(cue)})
        for press in found.presses:
            self.put({"button": {"t_s": number(press.t_s)}})

    def close(self) -> None:
        """Wait until all is written. Raises OSError when it cannot be, BrokenPipeError when nobody reads."""
        self._waiting.put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def _write(self) -> None:
        try:
            while (line := self._waiting.get()) is not None:
                sys.stdout.write(line)
                sys.stdout.flush()
        except OSError as error:
            self._error = error
            self._reader_left()
