"""The part of the journal beside running: the pain log, and the routines that were done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from coach.care.records import Pain, RoutineDone
from coach.journal.care_rows import (
    PAIN_COLUMNS,
    ROUTINE_COLUMNS,
    pain_of_row,
    pain_row,
    routine_of_row,
    routine_row,
)
from coach.journal.database import Database
from coach.journal.errors import JournalError
from coach.kept_run import ME


class CareStore:
    """The pain log and the routines of each runner, in a journal that is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_pain(self, pain: Pain, runner: str = ME) -> int:
        """Append to the pain log; gives the entry's number.

        Raises:
            JournalError: it cannot be written.
            ValueError: its time has no offset.
        """
        with self._database.told():
            return self._insert("pains", PAIN_COLUMNS, pain_row(pain, runner))

    def pain_log(self, runner: str = ME) -> list[tuple[int, Pain]]:
        """The pain log with the number of each entry, the oldest first.

        Raises:
            JournalError: it cannot be read.
        """
        log = []
        for number, *row in self._rows("pains", "pain_id", PAIN_COLUMNS, runner):
            with _read(f"entry {number} of the pain log", f"'coach pain --remove {number}' removes it"):
                log.append((number, pain_of_row(row)))
        return log

    def pains(self, runner: str = ME) -> list[Pain]:
        """The pain log, the oldest first. Raises as `pain_log` does."""
        return [pain for _, pain in self.pain_log(runner)]

    def latest_pain(self, runner: str = ME) -> int | None:
        """The number of the entry that was told last, whatever its date; None where there is none."""
        with self._database.told():
            query = "SELECT max(pain_id) FROM pains WHERE runner = ?"
            (number,) = self._database.execute(query, (runner,)).fetchone()
        return None if number is None else int(number)

    def remove_pain(self, number: int, runner: str = ME) -> None:
        """Take an entry out of the pain log for good.

        Raises:
            JournalError: there is none of this number, or the journal cannot be written.
        """
        with self._database.told():
            query = "DELETE FROM pains WHERE pain_id = ? AND runner = ?"
            if not self._database.execute(query, (number, runner)).rowcount:
                raise JournalError(f"there is no entry {number} in the pain log; 'coach pain' shows it")
            self._database.checkpoint(emptied=True)

    def add_routine(self, routine: RoutineDone, runner: str = ME) -> int:
        """Keep a routine that was done; gives its number.

        Raises:
            JournalError: it cannot be written.
            ValueError: its time has no offset, or a time in it is not finite.
        """
        with self._database.told():
            return self._insert("routines", ROUTINE_COLUMNS, routine_row(routine, runner))

    def routines(self, runner: str = ME) -> list[RoutineDone]:
        """The routines that were done, the oldest first.

        Raises:
            JournalError: they cannot be read.
        """
        done = []
        for number, *row in self._rows("routines", "routine_id", ROUTINE_COLUMNS, runner):
            with _read(f"routine {number}", f"move {self._database.path} elsewhere to begin a new one"):
                done.append(routine_of_row(row))
        return done

    def care_runners(self) -> list[str]:
        """Who has a pain log or routines."""
        with self._database.told():
            query = "SELECT runner FROM pains UNION SELECT runner FROM routines ORDER BY 1"
            return [name for (name,) in self._database.execute(query)]

    def take_in_entries(
        self, pains: Sequence[tuple[str, Pain]], routines: Sequence[tuple[str, RoutineDone]]
    ) -> int:
        """Take in, within the caller's transaction, what is not here yet; gives how many entries that was."""
        runners = {runner for runner, _ in (*pains, *routines)}
        told = {(runner, pain) for runner in runners for pain in self.pains(runner)}
        done = {(runner, routine) for runner in runners for routine in self.routines(runner)}
        new_pains = [entry for entry in dict.fromkeys(pains) if entry not in told]
        new_routines = [entry for entry in dict.fromkeys(routines) if entry not in done]
        for runner, pain in new_pains:
            self._insert("pains", PAIN_COLUMNS, pain_row(pain, runner))
        for runner, routine in new_routines:
            self._insert("routines", ROUTINE_COLUMNS, routine_row(routine, runner))
        return len(new_pains) + len(new_routines)

    def _rows(self, table: str, key: str, columns: Sequence[str], runner: str) -> list[tuple[Any, ...]]:
        query = f"SELECT {key}, {', '.join(columns[1:])} FROM {table} WHERE runner = ? ORDER BY at_us, {key}"
        with self._database.told():
            return self._database.execute(query, (runner,)).fetchall()

    def _insert(self, table: str, columns: Sequence[str], row: Sequence[Any]) -> int:
        query = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        number = self._database.execute(query, row).lastrowid
        assert number is not None  # it follows an INSERT
        return number


@contextmanager
def _read(what: str, remedy: str) -> Iterator[None]:
    """Bytes that were hit by damage may still be a table, but of nonsense."""
    try:
        yield
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise JournalError(f"{what} in the journal is damaged; {remedy}") from None
