"""The live view on a terminal, drawn anew a few times a second while a run goes on."""

from __future__ import annotations

import asyncio
import io
import math
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coach.cli.live.state import LiveState, LiveWatch
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.links.link import Link
from firmware_bridge.recording_writer import RecordingWriter

if TYPE_CHECKING:
    from rich.segment import Segment

    from coach.cli.live.painter import Cell, Line, Unbuffered

DRAW_EVERY_S = 0.25
"""Our choice: a stride takes longer."""
CLOSE_WITHIN_S = 1.0
"""Our choice: a terminal that has not taken the last picture by then is not waited for."""


@contextmanager
def live_screen(
    settings: RunSettings,
    run: Run,
    tally: Tally,
    link: Link,
    recorder: RecordingWriter | None,
    page: str = "",
) -> Iterator[Callable[[Found], None]]:
    """Take over the terminal; gives the function to call with what came of each message.

    The screen is drawn by the clock of the loop, so that a silent pod is seen to be silent, but not more
    often than people see where that clock runs faster. A terminal that does not read delays nothing. What
    is said on stderr in the meantime follows in the end.

    Args:
        settings, run, tally, link, recorder: of the run.
        page: where it is watched in a browser; empty where it is not.
    """
    from coach.cli.live.painter import Painter
    from coach.cli.live.view import live_view
    from coach.cli.view import console

    screen = console()

    def lines(state: LiveState) -> tuple[tuple[int, int], list[Line]]:
        size = screen.size
        options = screen.options.update(width=size.width, height=size.height)
        drawn = screen.render_lines(live_view(state, page), options, pad=False)
        return (size.width, size.height), [_cells(line) for line in drawn[: size.height]]

    loop = asyncio.get_running_loop()
    start_s = loop.time()
    watch = LiveWatch(settings, run, tally, link, recorder)
    drawn_s = -math.inf
    due: asyncio.TimerHandle | None = None
    out: Unbuffered = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer)  # `python -u` has no buffer
    painter = Painter(out, sys.stdout.encoding, lines)

    def draw() -> None:
        nonlocal due, drawn_s
        state = watch.state(loop.time() - start_s)
        if time.monotonic() >= drawn_s + DRAW_EVERY_S:
            drawn_s = time.monotonic()
            painter.show(state)
        due = loop.call_later(DRAW_EVERY_S, draw)

    def take(found: Found) -> None:
        watch.take(found, loop.time() - start_s)

    with _said_afterwards():
        try:
            draw()
            yield take
        finally:
            if due is not None:
                due.cancel()
            if not painter.close(CLOSE_WITHIN_S):
                _go_on()
                painter.close(CLOSE_WITHIN_S)


def can_draw() -> bool:
    """Whether standard output is a terminal on which pictures can be drawn."""
    from coach.cli.view import console

    screen = console()
    return screen.is_terminal and not screen.is_dumb_terminal and not screen.legacy_windows


def takes_output(wait_s: float) -> bool:
    """Whether standard output takes more within `wait_s`: a terminal may be stopped, or its line dead."""
    if sys.platform == "win32":
        return True  # a console there is never stopped for good
    _, ready, _ = select.select([], [sys.stdout], [], wait_s)
    return bool(ready)


def _cells(line: list[Segment]) -> list[Cell]:
    """A blank looks the same in bold and dim, the view's only styles."""
    cells = []
    for text, style, _ in line:
        code = "" if style is None else "1" if style.bold else "2" if style.dim else ""
        cells += [(sign, "" if sign == " " else code) for sign in text]
    return cells


def _go_on() -> None:
    """Let a terminal go on that was stopped with Ctrl-S, so that it can be given back."""
    if sys.platform == "win32":
        return
    import termios

    attributes = termios.tcgetattr(sys.stdout)
    # What was stopped goes on when stopping is no longer possible.
    termios.tcsetattr(sys.stdout, termios.TCSANOW, [attributes[0] & ~termios.IXON, *attributes[1:]])
    termios.tcsetattr(sys.stdout, termios.TCSANOW, attributes)


@contextmanager
def _said_afterwards() -> Iterator[None]:
    """Hold back what is said on a terminal's stderr: it would stand in the midst of the picture."""
    stderr = sys.stderr
    if not stderr.isatty():
        yield
        return
    held = sys.stderr = io.StringIO()
    try:
        yield
    finally:
        sys.stderr = stderr
        if text := held.getvalue():
            stderr.write(text)
            stderr.flush()
