"""A run that goes on: what the file does not hold yet."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from coach.journal.file_lock import FileLock
from coach.journal.rows import COLUMNS_OF, Row, insertion


@dataclass(slots=True)
class PendingRun:
    """What waits to be written of one run.

    Attributes:
        lock: held as long as the run goes on.
        anew: whether what the file holds of it goes when the first rows are written.
        written: how many rows of each table the file holds.
        rows: of each table, to be written.
        progress: columns of the run, to be written.
    """

    lock: FileLock
    anew: bool = False
    written: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS_OF, 0))
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS_OF})
    progress: dict[str, float | str | None] = field(default_factory=dict)

    def waits(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.progress) or any(self.rows.values())

    def write(self, connection: sqlite3.Connection, run_id: int) -> None:
        """Write it; the caller commits, and then says so by `is_written`."""
        if self.anew and any(self.rows.values()):
            for table in COLUMNS_OF:
                connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (run_id,))
        for table, rows in self.rows.items():
            write_rows(connection, run_id, table, rows, first=self.written[table])
        if self.progress:
            columns = ", ".join(f"{name} = ?" for name in self.progress)
            values = (*self.progress.values(), run_id)
            connection.execute(f"UPDATE runs SET {columns} WHERE run_id = ?", values)

    def is_written(self) -> None:
        """The file holds it now."""
        for table, rows in self.rows.items():
            self.written[table] += len(rows)
            rows.clear()
        self.progress = {}
        self.anew = self.anew and not any(self.written.values())


def write_rows(
    connection: sqlite3.Connection, run_id: int, table: str, rows: list[Row], *, first: int = 0
) -> None:
    """Write records of a run; `first` is the number of the first of them."""
    connection.executemany(insertion(table), ((run_id, n, *row) for n, row in enumerate(rows, first)))
