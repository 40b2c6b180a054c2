"""Pictures on a terminal, from a thread of its own: a terminal that does not read holds up nobody.

Only the newest picture is kept for a terminal that is behind. Of each line only what changed is written, and
nothing is erased first: nothing flickers, and a slow line has little to carry.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import groupby
from threading import Condition, Thread
from typing import Generic, Protocol, TypeVar

from rich.cells import cell_len

Picture = TypeVar("Picture")
Size = tuple[int, int]
Cell = tuple[str, str]
"""A sign, and the parameters of its style as terminals know them ("1" for bold); empty for none."""
Line = Sequence[Cell]

_ENTER = "\x1b[?1049h\x1b[?25l"
"""To the alternate screen, and no cursor: what stood on the terminal before comes back in the end."""
_LEAVE = "\x1b[?25h\x1b[?1049l"
_CLEAR = "\x1b[2J"
_ALL_EVERY_S = 10.0
"""Our choice: keys that were pressed and other programs leave their traces on a screen no longer."""
_AGAIN_S = 0.02
"""Our choice, for a terminal that some other program has told not to block."""


class Unbuffered(Protocol):
    """Where bytes go, as a raw file's `write`: how many were taken, None for none just now."""

    def write(self, data: bytes, /) -> int | None: ...


class Painter(Generic[Picture]):
    """Takes over a terminal until it is closed."""

    def __init__(
        self, out: Unbuffered, encoding: str, render: Callable[[Picture], tuple[Size, list[Line]]]
    ) -> None:
        """`render` gives the terminal's size and the picture's lines; it is called in the thread.

        Args:
            out: the terminal, unbuffered: a lock on a buffer would outlive a thread that waits in it.
            encoding: of the terminal; what it lacks becomes a question mark.
            render: as above.
        """
        self._out = out
        self._encoding = encoding
        self._render = render
        self._changed = Condition()
        self._next: Picture | None = None
        self._closing = False
        self._error: Exception | None = None
        self._size: Size | None = None
        self._lines: list[Line] = []
        self._all_s = 0.0
        self._thread = Thread(target=self._work, name="painter", daemon=True)
        self._thread.start()

    def show(self, picture: Picture) -> None:
        """Have a picture drawn, in place of those that still wait. Returns at once."""
        with self._changed:
            self._next = picture
            self._changed.notify()

    def close(self, wait_s: float) -> bool:
        """Give the terminal back.

        Returns:
            Whether that was done within `wait_s`; if not, the terminal does not read.

        Raises:
            Exception: what went wrong in `render`. A terminal that has gone is no error.
        """
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(wait_s)
        if self._error is not None and not isinstance(self._error, OSError):
            raise self._error
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            self._write(_ENTER)
            try:
                while (picture := self._wait()) is not None:
                    self._write(self._strokes(*self._render(picture)))
            finally:
                self._write(_LEAVE)
        except Exception as error:
            self._error = error

    def _wait(self) -> Picture | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._next is not None)
            picture, self._next = self._next, None
            return None if self._closing else picture

    def _strokes(self, size: Size, lines: list[Line]) -> str:
        """What to write so that the terminal shows `lines`."""
        strokes = ""
        now_s = time.monotonic()
        everything = now_s >= self._all_s + _ALL_EVERY_S
        if size != self._size or len(lines) != len(self._lines):
            self._size, self._lines, strokes = size, [()] * len(lines), _CLEAR
            everything = True
        if everything:
            self._all_s = now_s
        for row, (line, before) in enumerate(zip(lines, self._lines, strict=True), start=1):
            strokes += f"\x1b[{row};1H{styled(line)}\x1b[K" if everything else changed(row, line, before)
        self._lines = lines
        return strokes

    def _write(self, strokes: str) -> None:
        data = strokes.encode(self._encoding, "replace")
        while data:
            taken = self._out.write(data)
            if taken is None:
                time.sleep(_AGAIN_S)
            else:
                data = data[taken:]


def changed(row: int, line: Line, before: Line) -> str:
    """What to write so that a row, the first is 1, shows `line` in place of `before`."""
    if line == before:
        return ""
    if any(cell_len(sign) != 1 for sign, _ in (*line, *before)):
        return f"\x1b[{row};1H{styled(line)}\x1b[K"  # columns are not counted by signs
    columns = max(len(line), len(before))
    new, old = ([*cells, *[(" ", "")] * (columns - len(cells))] for cells in (line, before))
    different = [column for column in range(columns) if new[column] != old[column]]
    first, last = different[0], different[-1]
    return f"\x1b[{row};{first + 1}H{styled(new[first : last + 1])}"


def styled(line: Line) -> str:
    """Signs with their styles. The style is none before and after."""
    text = ""
    for style, run in groupby(line, key=lambda cell: cell[1]):
        signs = "".join(sign for sign, _ in run)
        text += f"\x1b[{style}m{signs}\x1b[m" if style else signs
    return text
