"""`coach why`: the page on what harms the tendon, and what the programme does about it."""

from __future__ import annotations

import sys
from pathlib import Path

from coach import care

MOST_COLUMNS = 88
"""Longer lines are hard to read. Our choice."""


def show_why() -> None:
    """Print the page: set for a terminal, as it is into a pipe."""
    text = Path(care.__file__).with_name("why.md").read_text(encoding="utf-8")
    if not sys.stdout.isatty():
        print(text, end="")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    out = Console(highlight=False)
    out.print(Markdown(text), width=min(out.width, MOST_COLUMNS))
