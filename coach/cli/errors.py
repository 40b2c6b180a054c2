"""How a command says that it cannot do what was asked."""

from __future__ import annotations

import sys


class CommandError(Exception):
    """What the user must know, in one plain line. It ends the command with exit code 1."""


def say(message: str) -> None:
    """One line on stderr, in the name of the program."""
    print("coach:", " ".join(message.splitlines()), file=sys.stderr, flush=True)
