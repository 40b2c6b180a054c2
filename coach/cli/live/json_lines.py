"""A live run as JSON lines: one a stride as it closes, and a last one with the summary."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cadence.cue import cue_to_dict
from cadence.stride import to_dict
from coach.cli.live.line_writer import LineWriter
from coach.run import Found
from coach.stride_files import number, update_dict


class Lines:
    """JSON lines on standard output. What waits for a slow reader is some 3 MB an hour."""

    def __init__(self, reader_left: Callable[[], object]) -> None:
        """`reader_left` is called, from another thread, when nobody reads any more."""
        self._writer = LineWriter(reader_left)

    def put(self, document: dict[str, Any]) -> None:
        """Add a line."""
        self._writer.put(json.dumps(document, allow_nan=False))

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
        self._writer.close()
