"""Reads what can still be read of a damaged journal."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from coach.journal.private_file import BESIDE
from coach.journal.rows import COLUMNS_OF, Row
from coach.journal.schema import migrate

_WHOLE = """
SELECT count(*) FROM runs
WHERE strides = (SELECT count(*) FROM strides WHERE strides.run_id = runs.run_id) OR strides IS NULL
"""
"""How many strides an unfinished run had is not known; its recording has them all."""


def salvage(damaged: Path, into: sqlite3.Connection) -> tuple[int, int]:
    """Put what can be read of a damaged file into a new journal. Gives how many runs, and of how many of them
    all strides.

    The damaged file is not opened but a copy of it: SQLite would write to it. Of a damaged table the rows are
    read from both ends up to the damage.

    Raises:
        sqlite3.Error: the new journal cannot be written.
        OSError: there is no room for the copy.
    """
    with tempfile.TemporaryDirectory(dir=damaged.parent) as folder:
        copy = Path(folder) / "copy.db"
        for name in ("", *BESIDE[:1]):  # the log; its index is made anew
            part = damaged.with_name(damaged.name + name)
            if part.exists():
                shutil.copyfile(part, copy.with_name(copy.name + name))
        with closing(sqlite3.connect(copy, isolation_level=None)) as source:
            # With this SQLite takes a file that is shorter than its header says.
            source.execute("PRAGMA writable_schema = ON")
            try:
                migrate(source)
            except (sqlite3.DatabaseError, UnicodeDecodeError):
                return 0, 0
            into.execute("BEGIN IMMEDIATE")
            _copied(source, into, "runs", "run_id")
            runs = [run_id for (run_id,) in into.execute("SELECT run_id FROM runs ORDER BY run_id")]
            for table, key in (("stages", "stage_id"), ("pains", "pain_id"), ("routines", "routine_id")):
                _copied(source, into, table, key)
            for table in COLUMNS_OF:
                for run_id in runs:
                    _copied(source, into, table, "n", run_id)
            (whole,) = into.execute(_WHOLE).fetchone()
            into.execute("COMMIT")
            return len(runs), int(whole)


def _copied(
    source: sqlite3.Connection, into: sqlite3.Connection, table: str, key: str, of_run: int | None = None
) -> None:
    """Copy the rows that can be read, all of them or those of a run."""
    where = "" if of_run is None else f"WHERE run_id = {of_run:d}"
    columns = [name for _, name, *_ in into.execute(f"PRAGMA table_info({table})")]
    at = columns.index(key)
    rows: dict[int, Row] = {}
    for direction in ("ASC", "DESC"):
        query = f"SELECT {', '.join(columns)} FROM {table} {where} ORDER BY {key} {direction}"
        try:
            for row in source.execute(query):
                if row[at] in rows:
                    break
                if of_run is None or row[0] == of_run:  # damage can take a row to another run, or to none
                    rows[row[at]] = row
            else:
                break
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            continue
    # A row that was hit itself may break the rules of the table.
    insertion = f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(columns))})"
    into.executemany(insertion, (rows[n] for n in sorted(rows)))
