"""What can be wrong with a journal, in words for people."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_WORDS = {
    "FULL": "the disk is full",
    "BUSY": "another program is writing to it",
    "LOCKED": "another program is writing to it",
    "READONLY": "it may not be written to",
    "CANTOPEN": "it cannot be opened",
    "PERM": "it may not be opened",
    "IOERR": "the disk does not read or write",
    "CORRUPT": "it is damaged",
    "NOTADB": "it is damaged",
}
"""By the primary result codes of SQLite."""


class JournalError(Exception):
    """The journal cannot do what was asked. The message is one plain line that says what to do."""


def words(error: sqlite3.Error | OSError) -> str:
    """What went wrong, in a few words."""
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return _WORDS.get(_code(error), str(error))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file does not hold what a journal holds."""
    return _code(error) in ("CORRUPT", "NOTADB")


def failure(path: Path, error: sqlite3.Error | OSError) -> JournalError:
    """The error to raise when the file at `path` fails."""
    return JournalError(f"{path}: {words(error)}")


def _code(error: sqlite3.Error) -> str:
    """The primary code: SQLITE_IOERR_WRITE is an IOERR. Errors of the Python module itself have none."""
    name: str | None = getattr(error, "sqlite_errorname", None)
    return name.split("_")[1] if name else ""
