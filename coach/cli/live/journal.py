"""The journal of a live run: begun with its first stride, written while it goes on, finished in the end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from coach import clock
from coach.care.pain import verdict
from coach.cli.errors import say
from coach.cli.live.run import LiveRun, Taker
from coach.cli.load.runs import done_runs
from coach.coach_settings import CoachSettings
from coach.journal.errors import JournalError
from coach.journal.opening import PATIENCE_S
from coach.journal.store import FLUSH_S, LIVE_PATIENCE_S, Journal
from coach.kept_run import ME
from coach.load.longest import Longest
from coach.load.spike import longest_for_guard
from coach.run import Found
from coach.stages import Stage, coach_settings, next_stage


@dataclass(frozen=True, slots=True)
class Today:
    """What holds for a run today.

    Attributes:
        settings: what the coach is told.
        begun: the stage that begins with the run; None where none does.
        cues_paused: the pain log says that the cadence is not cued today.
        exercise_allowed: False after a sudden snap: then nothing but a doctor.
        longest: what the load guard measures a run against; None where there is no run within 30 days.
    """

    settings: CoachSettings
    begun: Stage | None = None
    cues_paused: bool = False
    exercise_allowed: bool = True
    longest: Longest | None = None


def today_of(journal: Journal, target_spm: float | None, *, runner: str = ME) -> Today:
    """What holds for a run today.

    Raises:
        JournalError: the journal cannot be read.
    """
    now = clock.now()
    day = now.date()
    heads = journal.runs(runner)
    runs = [head.facts for head in heads if head.facts is not None]
    stages = journal.stages(runner)
    found = verdict(journal.pains(runner))
    begun = next_stage(stages, runs, day) if found.progression_allowed else None
    if begun is not None:
        stages = [*stages, begun]
    return Today(
        coach_settings(stages, runs, day, target_spm=target_spm),
        begun,
        cues_paused=not found.cues_allowed,
        exercise_allowed=found.exercise_allowed,
        longest=longest_for_guard(done_runs(heads), now),
    )


class LiveJournal:
    """One run in a journal. What cannot be written is kept in memory and tried again at each flush.

    Attributes:
        run_id: its number; None until there is something to keep, and where that failed.
        failed: why the run is not in the journal, in one line; None while all is well.
    """

    def __init__(
        self,
        journal: Journal,
        live: LiveRun,
        *,
        runner: str = ME,
        begun: Stage | None = None,
        run_id: int | None = None,
        surface: str = "",
    ) -> None:
        """
        Args:
            journal: where it is kept.
            live: the run.
            runner: whose it is.
            begun: the stage that begins with it.
            run_id: of a run that is taken up again.
            surface: on what it is run; empty where it was not told.
        """
        self._journal = journal
        self._live = live
        self._runner = runner
        self._begun = begun
        self._surface = surface
        self._waiting: list[Found] = []
        self.run_id = run_id
        self.failed: str | None = None

    def take(self, found: Found) -> None:
        """Keep what came of a message."""
        if not (len(found.strides) or found.updates or found.cues):
            return
        self._waiting.append(replace(found, blocks=[]))
        # The first is tried at once; after a failure the next flush is early enough.
        if self.run_id is not None or self.failed is None:
            self._add(LIVE_PATIENCE_S)

    def flush(self) -> None:
        """Write what there is."""
        self._add(LIVE_PATIENCE_S)
        if self.run_id is not None:
            self._note_progress(self.run_id)
            self._journal.flush()

    def finish(self) -> None:
        """The run is over."""
        self._add(PATIENCE_S)
        if self.run_id is None:
            return
        self._note_progress(self.run_id)
        try:
            self._journal.finish_run(self.run_id)
        except JournalError as error:
            self.failed = str(error)

    def _add(self, patience_s: float) -> None:
        if not self._waiting:
            return
        if self.run_id is None:
            try:
                self.run_id = self._begin(patience_s)
                self.failed = None
            except JournalError as error:
                self.failed = str(error)
                return
        for found in self._waiting:
            self._journal.add(self.run_id, found.strides, found.cues, found.updates)
        self._waiting.clear()

    def _begin(self, patience_s: float) -> int:
        live = self._live
        began = clock.now() - timedelta(seconds=live.run.counters.duration_s)
        run_id = self._journal.begin_run(
            started=began,
            pod=live.settings.pod,
            settings=live.settings.coach,
            runner=self._runner,
            recording="" if live.recorder is None else live.recorder.path,
            surface=self._surface,
            plan=live.settings.plan,
            patience_s=patience_s,
        )
        if self._begun is not None:
            self._journal.add_stage(self._begun, self._runner)
        return run_id

    @property
    def recording(self) -> str:
        """Where what the pod sent is kept; empty where it is not."""
        recorder = self._live.recorder
        return "" if recorder is None or recorder.failed is not None else recorder.path

    def _note_progress(self, run_id: int) -> None:
        run = self._live.run
        counters, coach = run.counters, run.coach
        self._journal.progress(
            run_id,
            duration_s=counters.duration_s,
            stationary_s=counters.stationary_s,
            device=run.device,
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

    def flush() -> None:
        nonlocal due
        entry.flush()
        due = loop.call_later(FLUSH_S, flush)

    flush()
    try:
        yield entry.take
    finally:
        if due is not None:
            due.cancel()
        entry.finish()
        if entry.failed is not None:
            recorder = entry.recording
            kept = f"; what the pod sent is kept in {recorder}" if recorder else ""
            say(f"the run is not kept in the journal: {entry.failed}{kept}")
