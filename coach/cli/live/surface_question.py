"""After a run: on what was it run?"""

from __future__ import annotations

import sys
from typing import get_args

import typer

from coach.care.records import Surface
from coach.journal.store import Journal

SURFACES: tuple[Surface, ...] = get_args(Surface)
TRIES = 3
"""Our choice: who answered so often in vain wants to go home."""


def note_surface(journal: Journal, run_id: int, told: Surface | None, *, ask: bool) -> None:
    """Put into the journal on what a run was run, as told, or as the runner answers where somebody sits at a
    terminal.

    Args:
        journal: which has the run `run_id`.
        told: None where it was not.
        ask: whether there is a person who ran, and who may be asked.

    Raises:
        JournalError: it cannot be written.
    """
    if told is None and ask and sys.stdin.isatty() and sys.stdout.isatty():
        told = ask_surface()
    if told is not None:
        journal.set_surface(run_id, told)


def ask_surface() -> Surface | None:
    """Ask on the terminal; None where the runner skips it."""
    choices = "  ".join(f"{number} {name}" for number, name in enumerate(SURFACES, 1))
    typer.echo(f"On what did you run?  {choices}")
    try:
        for _ in range(TRIES):
            answer = input("A number or a name; Enter skips: ").strip()
            if not answer:
                return None
            surface = read_surface(answer)
            if surface is not None:
                return surface
            typer.echo(f"There is no surface {answer!r}.")
    except (EOFError, KeyboardInterrupt):
        typer.echo("")
    return None


def read_surface(answer: str) -> Surface | None:
    """The surface that is meant by its number in the list, its name, or the beginning of one name alone; None
    where none is, or more than one."""
    if answer.isdecimal() and 1 <= int(answer) <= len(SURFACES):
        return SURFACES[int(answer) - 1]
    begun = [name for name in SURFACES if name.startswith(answer.strip().lower())]
    return begun[0] if len(begun) == 1 else None
