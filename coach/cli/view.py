"""Numbers, times and tables as people read them, the same in every command."""

from __future__ import annotations

import math
import sys

from rich import box
from rich.console import Console
from rich.table import Table

UNKNOWN = "–"
_PIPE_WIDTH = 1000


def console() -> Console:
    """Where readable output goes. A pipe has no width, so nothing is cut or folded there."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def table() -> Table:
    """An empty table in the one style."""
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)


def shown(value: float | None, decimals: int) -> str:
    """A number as people read it; a dash when it is not known."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = f"{value:.{decimals}f}"
    return text.lstrip("-") if float(text) == 0 else text


def clock(seconds: float) -> str:
    """A time span as 1:42, or 2:05:13 from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(seconds: float) -> str:
    """A time span with its unit: 1:42 min, or 2:05:13 h from an hour on."""
    return f"{clock(seconds)} {'h' if round(seconds) >= 3600 else 'min'}"
