"""The journal's file while it is open: transactions, and errors in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from coach.journal.errors import failure, is_damage
from coach.journal.opening import PATIENCE_S, open_journal, suspect


class Database:
    """One connection to the journal at `path`.

    Attributes:
        path: of the file.
        note: what the runner must be told of the opening, in one line; mostly empty.
        execute: of the connection.
    """

    def __init__(self, path: Path) -> None:
        """Raises JournalError where it cannot be opened, or is of a newer version."""
        self.path = path
        self.connection, self.note = open_journal(path)
        self.execute = self.connection.execute

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Errors of the file as JournalError."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self.note_damage(error)
            raise failure(self.path, error) from None

    @contextmanager
    def transaction(self, patience_s: float = PATIENCE_S) -> Iterator[None]:
        """All or nothing.

        Args:
            patience_s: how long to wait for another process that writes.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        self.execute(f"PRAGMA busy_timeout = {patience_s * 1000:.0f}")
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    def note_damage(self, error: sqlite3.Error | OSError) -> None:
        """Have all of the file checked when it is opened next, if the error is one of damage."""
        if isinstance(error, sqlite3.Error) and is_damage(error):
            with suppress(OSError):
                suspect(self.path).touch(mode=0o600)

    def hold_checkpoints(self) -> None:
        """In a run the log grows, some kilobytes a flush, rather than that the run waits for the disk."""
        self.execute("PRAGMA wal_autocheckpoint = 0")

    def checkpoint(self, *, emptied: bool = False) -> None:
        """Bring the log into the file as far as nobody reads it, and let SQLite do so again by itself.

        Args:
            emptied: leave nothing in the log, not even what was deleted.
        """
        self.execute("PRAGMA wal_autocheckpoint = 1000")  # SQLite's own default
        with suppress(sqlite3.OperationalError):  # else the log stays, which is as good
            self.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if emptied else 'PASSIVE'})").fetchall()
