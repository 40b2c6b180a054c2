"""The journal of a live run: begun with its first stride, written while it goes on, finished in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from coach.cli.errors import say
from coach.cli.live_run import LiveRun, Taker
from coach.coach_settings import CoachSettings
from coach.journal.errors import JournalError
from coach.journal.store import FLUSH_S, Journal
from coach.kept_run import ME
from coach.run import Found
from coach.stages import coach_settings, next_stage


def settings_of_today(journal: Journal, target_spm: float | None, *, runner: str = ME) -> CoachSettings:
    """What the coach is told before a run today. A stage that begins with it is entered.

    Raises:
        JournalError: the journal cannot be read or written.
    """
    today = datetime.now().astimezone().date()
    runs = [head.facts for head in journal.runs(runner) if head.facts is not None]
    stages = journal.stages(runner)
    begun = next_stage(stages, runs, today)
    if begun is not None:
        journal.add_stage(begun, runner)
        stages = [*stages, begun]
    return coach_settings(stages, runs, today, target_spm=target_spm)


class LiveJournal:
    """One run in a journal.

    Attributes:
        run_id: its number; None until there is something to keep, and where that failed.
    """

    def __init__(
        self, journal: Journal, live: LiveRun, *, runner: str = ME, run_id: int | None = None
    ) -> None:
        """`run_id` is that of a run that is taken up again."""
        self._journal = journal
        self._live = live
        self._runner = runner
        self._failed = False
        self.run_id = run_id

    def take(self, found: Found) -> None:
        """Keep what came of a message.

        Raises:
            JournalError: the run cannot be begun in the journal; that is tried once.
        """
        if not (len(found.strides) or found.updates or found.cues):
            return
        if self.run_id is None and not self._failed:
            # Tried once: each try waits for whoever holds the file, and the pod does not.
            self._failed = True
            self.run_id = self._begin()
        if self.run_id is None:
            return
        self._journal.add(self.run_id, found.strides, found.cues, found.updates)

    def flush(self) -> None:
        """Write what there is."""
        if self.run_id is not None:
            self._note_progress(self.run_id)
            self._journal.flush()

    def finish(self) -> None:
        """The run is over.

        Raises:
            JournalError: it cannot be written.
        """
        if self.run_id is not None:
            self._note_progress(self.run_id)
            self._journal.finish_run(self.run_id)

    def _begin(self) -> int:
        live = self._live
        began = datetime.now().astimezone() - timedelta(seconds=live.run.counters.duration_s)
        return self._journal.begin_run(
            started=began,
            pod=live.settings.pod,
            settings=live.settings.coach,
            runner=self._runner,
            recording="" if live.recorder is None else live.recorder.path,
        )

    def _note_progress(self, run_id: int) -> None:
        run = self._live.run
        counters, info, coach = run.counters, run.info, run.coach
        self._journal.progress(
            run_id,
            duration_s=counters.duration_s,
            stationary_s=counters.stationary_s,
            device="" if info is None else f"{info.model} {info.firmware}".strip(),
            baseline_spm=None if coach is None else coach.baseline_spm,
            target_spm=None if coach is None else coach.target_spm,
        )


@contextmanager
def journalled(entry: LiveJournal | None) -> Iterator[Taker]:
    """Keep a run in the journal while it goes on; gives the function to call with what came of each message.
    A run without a stride leaves no trace. Where the journal fails the run goes on, and that is said."""
    if entry is None:
        yield lambda found: None
        return
    loop = asyncio.get_running_loop()
    due: asyncio.TimerHandle | None = None
    trouble: str | None = None

    def take(found: Found) -> None:
        nonlocal trouble
        try:
            entry.take(found)
        except JournalError as error:
            trouble = trouble or str(error)

    def flush() -> None:
        nonlocal due
        entry.flush()
        due = loop.call_later(FLUSH_S, flush)

    flush()
    try:
        yield take
    finally:
        if due is not None:
            due.cancel()
        try:
            entry.finish()
        except JournalError as error:
            trouble = trouble or str(error)
        if trouble is not None:
            say(f"the run is not kept in the journal: {trouble}")
