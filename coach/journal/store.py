"""The journal: what is kept of every run, written while it goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from coach.care.records import Pain, RoutineDone, Surface
from coach.coach_settings import CoachSettings
from coach.home import journal_path, runs_folder
from coach.journal.care_store import CareStore
from coach.journal.database import Database
from coach.journal.errors import JournalError, words
from coach.journal.file_lock import is_being_written, run_lock
from coach.journal.moments import columns_of_moment
from coach.journal.opening import PATIENCE_S
from coach.journal.pending import PendingRun, write_rows
from coach.journal.rows import COLUMNS_OF, record_rows, selection, update_rows
from coach.journal.run_head import BEGUN, COLUMNS, RunHead, begun_row, head_of, loads_of, worked_out
from coach.journal.stage_store import StageStore
from coach.kept_run import ME, KeptRun
from coach.run_facts import RunFacts
from coach.stages import Stage
from firmware_bridge.readings import CadenceUpdate

FLUSH_S = 2.0
"""How often `flush` is to be called in a run: what a crash may cost. Our choice."""
LIVE_PATIENCE_S = 0.02
"""How long a run waits for another process before it tries again at the next flush. Our choice."""
USUAL = timedelta(days=28)
"""The runs of so long before a run tell the runner's usual easy speed. Our choice."""

_NO_RUN = "there is no run {} in the journal; 'coach journal' lists them"
_GOES_ON = "run {} goes on in another window; end it first"


@dataclass(frozen=True, slots=True)
class CutOff:
    """A run that was begun and not finished, and that no process writes.

    Attributes:
        head: with what was told last of its duration.
        last_s: when its last stride closed, or its last ready-made cadence came, in seconds since its first
            sample; None where there was none.
    """

    head: RunHead
    last_s: float | None


class Taken(NamedTuple):
    """How much of another journal was taken in.

    Attributes:
        runs: that were not here.
        here: runs that were, and were passed over.
        entries: of the pain log and of routines, that were not here.
    """

    runs: int
    here: int
    entries: int


class Journal(StageStore, CareStore):
    """The journal in one file. It belongs to the thread that opened it; other processes may have the same
    file open.

    In a run `add`, `progress` and `flush` never raise: a run goes on when its journal cannot. What could not
    be written stays in memory and is tried again at the next flush.

    Attributes:
        path: of the file.
        note: what the runner must be told of the opening, in one line; mostly empty.
        failed: why what is in memory is not in the file, in one line; None while all is well.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open it, or make it.

        Args:
            path: None for the one in the folder of all data.

        Raises:
            JournalError: it cannot be opened, or is of a newer version.
        """
        self.path = journal_path() if path is None else path
        super().__init__(Database(self.path))
        self._connection = self._database.connection
        self.note = self._database.note
        self._pending: dict[int, PendingRun] = {}
        self.failed: str | None = None
        self._work_out_loads()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is in memory, as far as it can be. A run that was not finished can be taken up again."""
        self._flush(PATIENCE_S)
        for run in self._pending.values():
            run.lock.release()
        self._pending.clear()
        self._database.close()

    # A run that goes on.

    def begin_run(
        self,
        *,
        started: datetime,
        pod: str,
        settings: CoachSettings,
        runner: str = ME,
        device: str = "",
        recording: str = "",
        surface: str = "",
        plan: str = "",
        patience_s: float = PATIENCE_S,
    ) -> int:
        """Begin a run; the arguments are those of a KeptRun. Gives its number. Another process that writes is
        waited for no longer than `patience_s`.

        Raises:
            JournalError: it cannot be written.
            ValueError: `started` has no offset.
        """
        place = str(Path(recording).absolute()) if recording else ""
        target_spm, baseline_spm = settings.target_spm, settings.baseline_spm
        run = KeptRun(
            0, runner, started, 0.0, 0.0, False, pod, device, place, settings, baseline_spm, target_spm,
            surface, plan,
        )  # fmt: skip
        with self._database.told(), ExitStack() as undone:
            with self._database.transaction(patience_s):
                run_id = self._insert_run(run)
                # Before others can see it: a run without a lock is taken for one that was cut off.
                lock = run_lock(self.path, run_id)
                undone.callback(lock.release)
            undone.pop_all()
        self._pending[run_id] = PendingRun(lock)
        self._database.hold_checkpoints()
        return run_id

    def resume_run(self, run_id: int, recording: str) -> None:
        """Take up a run that was cut off. What is stored of its strides, cues and updates goes when what the
        replay of its recording gives is flushed, in one transaction with it.

        Args:
            run_id: of the run.
            recording: where it is recorded from now on, with all that was recorded of it before.

        Raises:
            JournalError: another process writes it, or there is no such run.
        """
        self.head(run_id)
        if run_id in self._pending or is_being_written(self.path, run_id):
            raise JournalError(_GOES_ON.format(run_id))
        with self._database.told():
            self._pending[run_id] = PendingRun(run_lock(self.path, run_id), anew=True)
            place = str(Path(recording).absolute())
            statement = "UPDATE runs SET finished = 0, recording = ? WHERE run_id = ?"
            self._connection.execute(statement, (place, run_id))
        self._database.hold_checkpoints()

    def add(
        self,
        run_id: int,
        strides: NDArray[np.void] | Sequence[np.void] = (),
        cues: NDArray[np.void] | Sequence[np.void] = (),
        updates: Sequence[CadenceUpdate] = (),
    ) -> None:
        """Take what came of a message, into memory.

        Args:
            run_id: of a run begun or taken up here.
            strides: STRIDE records.
            cues: CUE records.
            updates: ready-made cadence.
        """
        rows = self._pending[run_id].rows
        rows["strides"] += record_rows(strides)
        rows["cues"] += record_rows(cues)
        rows["updates"] += update_rows(updates)

    def progress(
        self,
        run_id: int,
        *,
        duration_s: float,
        stationary_s: float,
        device: str,
        baseline_spm: float | None,
        target_spm: float | None,
    ) -> None:
        """Take how far a run is, into memory; the arguments are those of a KeptRun."""
        self._pending[run_id].progress = {
            "duration_s": float(duration_s),
            "stationary_s": float(stationary_s),
            "device": device,
            "baseline_spm": None if baseline_spm is None else float(baseline_spm),
            "target_spm": None if target_spm is None else float(target_spm),
        }

    def flush(self) -> None:
        """Write what is in memory. To be called every FLUSH_S; it waits for no other process."""
        self._flush(LIVE_PATIENCE_S)

    def finish_run(self, run_id: int) -> None:
        """Write what is left of a run and work out its numbers, with what `progress` told last. A run that
        was cut off and cannot be taken up is finished in the same way.

        Raises:
            JournalError: it cannot be written; the run can be taken up again from its recording.
        """
        with self._database.told():
            with self._database.transaction():
                if run_id in self._pending:
                    self._pending[run_id].write(self._connection, run_id)
                self._work_out(run_id)
            if run_id in self._pending:
                self._pending.pop(run_id).lock.release()
            if not self._pending:
                self._database.checkpoint()
                self.failed = None

    def set_surface(self, run_id: int, surface: Surface) -> None:
        """Say on what a run was run, while it goes on or later.

        Raises:
            JournalError: there is no such run, or it cannot be written.
        """
        with self._database.told():
            statement = "UPDATE runs SET surface = ? WHERE run_id = ?"
            if not self._connection.execute(statement, (surface, run_id)).rowcount:
                raise JournalError(_NO_RUN.format(run_id))

    # What is kept.

    def head(self, run_id: int) -> RunHead:
        """The head of one run.

        Raises:
            JournalError: there is no such run, or it cannot be read.
        """
        heads = self._heads("WHERE run_id = ?", run_id)
        if not heads:
            raise JournalError(_NO_RUN.format(run_id))
        return heads[0]

    def runs(self, runner: str | None = ME) -> list[RunHead]:
        """The runs of a runner, or of all for None, the oldest first."""
        return self._heads(*_of(runner), order="started_us, run_id")

    def latest(self, runner: str | None = ME) -> RunHead | None:
        """The newest run of a runner, or of all for None; None where there is none."""
        heads = self._heads(*_of(runner), order="started_us DESC, run_id DESC LIMIT 1")
        return heads[0] if heads else None

    def unfinished(self, runner: str = ME) -> CutOff | None:
        """The newest run that was cut off; None where there is none."""
        heads = self._heads("WHERE runner = ? AND NOT finished", runner, order="started_us DESC, run_id DESC")
        for head in heads:
            if head.run_id not in self._pending and not is_being_written(self.path, head.run_id):
                return CutOff(head, self._last_s(head.run_id))
        return None

    def load(self, run_id: int) -> KeptRun:
        """A whole run.

        Raises:
            JournalError: there is no such run, or it cannot be read.
        """
        head = self.head(run_id)
        with self._database.told(), _read(run_id):
            strides, cues, updates = (
                self._connection.execute(selection(table), (run_id,)).fetchall() for table in COLUMNS_OF
            )
            return head.kept_run(strides, cues, updates)

    def delete(self, run_id: int) -> str:
        """Remove a run, and its recording where that lies in the folder of runs. With a runner's last run
        their stages go. Gives the path of a recording that was left where it is; empty where none is left.

        Raises:
            JournalError: there is no such run, it goes on, or the journal cannot be written.
        """
        if run_id not in self._pending and is_being_written(self.path, run_id):
            raise JournalError(_GOES_ON.format(run_id))
        with self._database.told():
            with self._database.transaction():
                which = (run_id,)
                row = self._connection.execute(
                    "SELECT recording FROM runs WHERE run_id = ?", which
                ).fetchone()
                self._connection.execute("DELETE FROM runs WHERE run_id = ?", which)
                self._connection.execute("DELETE FROM stages WHERE runner NOT IN (SELECT runner FROM runs)")
            if row is None:
                raise JournalError(_NO_RUN.format(run_id))
            if run_id in self._pending:
                self._pending.pop(run_id).lock.release()
            self._database.checkpoint(emptied=True)
        return _left(row[0])

    def take_in(
        self,
        runs: Sequence[KeptRun],
        stages: Sequence[tuple[str, Stage]] = (),
        pains: Sequence[tuple[str, Pain]] = (),
        routines: Sequence[tuple[str, RoutineDone]] = (),
    ) -> Taken:
        """Take in what another journal holds, all or nothing; what is here already is passed over: runs by
        runner and start.

        Args:
            runs: of any runners.
            stages, pains, routines: each with its runner.

        Raises:
            JournalError: they cannot be written.
        """
        taken = 0
        with self._database.told(), self._database.transaction():
            here = {(head.runner, head.started) for head in self.runs(None)}
            for run in runs:
                if (run.runner, run.started) in here:
                    continue
                here.add((run.runner, run.started))
                taken += 1
                run_id = self._insert_run(run)
                rows = (record_rows(run.strides), record_rows(run.cues), update_rows(run.updates))
                for table, of_table in zip(COLUMNS_OF, rows, strict=True):
                    write_rows(self._connection, run_id, table, of_table)
                if run.finished:
                    self._work_out(run_id)
            self.take_in_stages(stages)
            entries = self.take_in_entries(pains, routines)
        return Taken(taken, len(runs) - taken, entries)

    # How it is done.

    def _flush(self, patience_s: float) -> None:
        waiting = {run_id: run for run_id, run in self._pending.items() if run.waits()}
        if not waiting:
            return
        try:
            with self._database.transaction(patience_s):
                for run_id, run in waiting.items():
                    run.write(self._connection, run_id)
        except (sqlite3.Error, OSError) as error:
            self._database.note_damage(error)
            self.failed = f"the journal is not written: {self.path}: {words(error)}; it is tried again"
            return
        for run in waiting.values():
            run.is_written()
        self.failed = None

    def _insert_run(self, run: KeptRun) -> int:
        query = f"INSERT INTO runs ({', '.join(BEGUN)}) VALUES ({', '.join('?' * len(BEGUN))})"
        run_id = self._connection.execute(query, begun_row(run)).lastrowid
        assert run_id is not None  # it follows an INSERT
        return run_id

    def _work_out(self, run_id: int) -> None:
        run = self.load(run_id)
        last_s = self._last_s(run_id)
        run = replace(run, duration_s=run.duration_s if last_s is None else max(run.duration_s, last_s))
        finished = {"finished": True, "load_known": True, "duration_s": run.duration_s}
        self._update_run(run_id, {**finished, **worked_out(run, self._earlier(run))})

    def _work_out_loads(self) -> None:
        """Of the runs that an older version finished, once. A run that cannot be read stays without."""
        query = "SELECT run_id FROM runs WHERE strides IS NOT NULL AND NOT load_known"
        with self._database.told():
            for (run_id,) in self._connection.execute(query).fetchall():
                loads: dict[str, float] = {}
                with suppress(JournalError):
                    run = self.load(run_id)
                    loads = loads_of(run, self._earlier(run))
                self._update_run(run_id, {**loads, "load_known": True})

    def _earlier(self, run: KeptRun) -> list[RunFacts]:
        """What the runner's runs of the USUAL time before this one tell."""
        (before_us, _), (since_us, _) = (
            columns_of_moment(moment) for moment in (run.started, run.started - USUAL)
        )
        where = "WHERE runner = ? AND started_us >= ? AND started_us < ?"
        heads = self._heads(where, run.runner, since_us, before_us)
        return [head.facts for head in heads if head.facts is not None]

    def _update_run(self, run_id: int, values: dict[str, Any]) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        self._connection.execute(f"UPDATE runs SET {columns} WHERE run_id = ?", (*values.values(), run_id))

    def _last_s(self, run_id: int) -> float | None:
        query = (
            "SELECT max(t) FROM (SELECT max(t_mid_stance_s) AS t FROM strides WHERE run_id = ?1 "
            "UNION ALL SELECT max(t_s) FROM updates WHERE run_id = ?1)"
        )
        with self._database.told():
            (last_s,) = self._connection.execute(query, (run_id,)).fetchone()
        return None if last_s is None else float(last_s)

    def _heads(self, where: str, *values: object, order: str = "run_id") -> list[RunHead]:
        query = f"SELECT {', '.join(COLUMNS)} FROM runs {where} ORDER BY {order}"
        heads = []
        with self._database.told():
            rows = self._connection.execute(query, values).fetchall()
        for row in rows:
            with _read(row[0]):
                heads.append(head_of(row))
        return heads


@contextmanager
def _read(run_id: int) -> Iterator[None]:
    """Bytes that were hit by damage may still be a table, but of nonsense."""
    try:
        yield
    except (TypeError, ValueError, ArithmeticError):
        raise JournalError(
            f"run {run_id} is damaged in the journal; 'coach journal delete {run_id}' removes it"
        ) from None


def _of(runner: str | None) -> tuple[str, ...]:
    return ("",) if runner is None else ("WHERE runner = ?", runner)


def _left(recording: str) -> str:
    """Remove a recording of ours; gives the path of one that is left."""
    if not recording or not Path(recording).exists():
        return ""
    path = Path(recording).resolve()
    if not path.is_relative_to(runs_folder().resolve()):
        return recording
    try:
        path.unlink()
    except OSError:
        return recording
    return ""
