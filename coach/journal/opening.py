"""Opens the journal's file: for its owner alone, of this version, and sound.

A file that is damaged is moved aside and a new one is begun with what can still be read of it. A file of a
newer version, or of another program, is not touched.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from coach.home import made_private
from coach.journal.errors import JournalError, failure, is_damage, words
from coach.journal.file_lock import opening_lock
from coach.journal.private_file import made_for_the_owner, set_aside
from coach.journal.salvage import salvage
from coach.journal.schema import APPLICATION_ID, MIGRATIONS, is_foreign, migrate, version_of

PATIENCE_S = 5.0
"""How long another process may hold the journal before this one gives up. Our choice."""
CHECKED_BYTES = 2_000_000
"""Up to this size the whole file is checked whenever it is opened, in some 5 ms. Our choice."""

_SMALL_TABLES = ("runs", "stages", "pains", "routines")
"""Checked whenever the file is opened."""
_HEADER = b"SQLite format 3\0"
_VERSION_AT = 60  # in the database header, https://www.sqlite.org/fileformat.html
_APPLICATION_AT = 68


def open_journal(path: Path) -> tuple[sqlite3.Connection, str]:
    """A connection to the journal at `path`, which is made where it is not there, and what the runner must
    be told of it; mostly nothing.

    Raises:
        JournalError: it cannot be opened, or must not be by this program.
    """
    try:
        made_private(path.parent)
        made_for_the_owner(path)
        _refuse_newer(path, _header_version(path))
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be kept here: {words(error)}") from None
    try:
        with opening_lock(path, PATIENCE_S):
            try:
                return _sound_connection(path), ""
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
            except UnicodeDecodeError:  # in the words of the tables, or of the error about them
                pass
            return _begun_anew(path)
    except BlockingIOError:
        raise JournalError(f"{path}: another program is opening it; try again") from None
    except (sqlite3.Error, OSError) as error:
        raise failure(path, error) from None


def suspect(path: Path) -> Path:
    """A file beside the journal, there when damage was met while it was read: the next opening checks all."""
    return path.with_name(path.name + ".suspect")


def _sound_connection(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError for a damaged file."""
    log = path.with_name(path.name + "-wal")
    # A log that is still there was left by a crash, or another process has the journal open.
    thorough = suspect(path).exists() or (log.exists() and log.stat().st_size > 0)
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what the runner deletes is gone
        if is_foreign(connection):
            raise JournalError(f"{path}: this is the database of another program; move it elsewhere")
        _refuse_newer(path, version_of(connection))
        older = version_of(connection) < len(MIGRATIONS)  # what is to be changed must be sound
        _check(connection, whole=thorough or older or path.stat().st_size <= CHECKED_BYTES)
        suspect(path).unlink(missing_ok=True)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, *, whole: bool) -> None:
    """Raises sqlite3.DatabaseError where the tables do not hang together."""
    tables = [""] if whole else [f"({name})" for name in _SMALL_TABLES]
    for table in tables:
        for (found,) in connection.execute(f"PRAGMA quick_check{table}"):
            if found != "ok":
                damage = sqlite3.DatabaseError(found)
                damage.sqlite_errorname = "SQLITE_CORRUPT"
                raise damage


def _begun_anew(path: Path) -> tuple[sqlite3.Connection, str]:
    aside = set_aside(path)
    suspect(path).unlink(missing_ok=True)
    made_for_the_owner(path)
    connection = _sound_connection(path)
    runs, whole = salvage(aside, connection)
    read = (
        f"{runs} run{'' if runs == 1 else 's'} could be read, {whole} of them whole"
        if runs
        else "nothing could be read"
    )
    return connection, f"the journal was damaged: {read}; the old file is {aside}"


def _header_version(path: Path) -> int:
    """The version without SQLite, which would make files beside it; 0 where the file tells none."""
    with path.open("rb") as file:
        header = file.read(100)
    application_id = int.from_bytes(header[_APPLICATION_AT : _APPLICATION_AT + 4], "big")
    if not header.startswith(_HEADER) or application_id != APPLICATION_ID:
        return 0
    return int.from_bytes(header[_VERSION_AT : _VERSION_AT + 4], "big")


def _refuse_newer(path: Path, version: int) -> None:
    if version > len(MIGRATIONS):
        raise JournalError(
            f"{path}: the journal is of version {version} and this program knows {len(MIGRATIONS)}: "
            "update the program"
        )
