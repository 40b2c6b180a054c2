"""A runner's diary: commands as they are typed, on the days on which they are, and all that is answered."""

from __future__ import annotations

import json
import math
import os
import shlex
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from typer.testing import CliRunner

from coach import clock
from coach.cli import view
from coach.cli.errors import CommandError
from coach.cli.live import terms as run_terms
from coach.cli.main import app
from coach.cli.routine import command as routine_command
from coach.kept_run import ME
from hardware import lapse

from .runs_kept import keep_run, keep_run_walk

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=timezone(timedelta(hours=1)))
"""The first day of the first week."""
COLUMNS = 100
"""Of the runner's terminal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One command.

    Attributes:
        at: when it was given.
        command: as typed.
        answer: all that was printed.
        document: of it, what went to standard output.
    """

    at: datetime
    command: str
    answer: str
    document: str


@dataclass(slots=True)
class Diary:
    """What the runner types and reads.

    Attributes:
        home: the folder of the runner's data.
        now: the wall clock of the story.
        entries: every command so far.
    """

    home: str
    now: datetime = MONDAY
    entries: list[Entry] = field(default_factory=list)

    def on(self, week: int, day: int, hour: float = 8.0) -> Diary:
        """Go on to a day: weeks from 1, Monday is 0."""
        then = MONDAY + timedelta(weeks=week - 1, days=day, hours=hour - 8.0)
        assert then >= self.now, "a diary goes forward"
        self.now = then
        return self

    def types(self, command: str, *, fails: bool = False) -> str:
        """Give a command, without its first word `coach`. Returns all that it prints."""
        return self._given(command, fails=fails).answer

    def asks(self, command: str) -> dict[str, Any]:
        """The same with --json: what it answers to a program."""
        document: dict[str, Any] = json.loads(self._given(f"{command} --json", fails=False).document)
        return document

    def runs(self, distance_m: float) -> None:
        """Run through, on the road. The clock goes on to its end."""
        self.now += timedelta(seconds=keep_run(self.now, distance_m))

    def run_walks(self, run_min: int, walk_min: int, rounds: int) -> None:
        """Run to a plan, to the second, on the road. The clock goes on to its end."""
        self.now += timedelta(seconds=keep_run_walk(self.now, run_min, walk_min, rounds))

    def _given(self, command: str, *, fails: bool) -> Entry:
        result = CliRunner().invoke(app, shlex.split(command), prog_name="coach")
        answer = result.output
        if isinstance(result.exception, CommandError):
            answer += f"coach: {result.exception}\n"  # as the program prints it
        entry = Entry(self.now, f"coach {command}", answer, result.stdout)
        self.entries.append(entry)
        is_told = result.exception is None or isinstance(result.exception, SystemExit | CommandError)
        assert is_told, (command, answer, result.exception)
        assert (result.exit_code != 0) == fails, (command, answer)
        return entry


def open_diary(patch: pytest.MonkeyPatch) -> Diary:
    """A diary that sets the clock, read on a terminal of COLUMNS.

    The simulated pod is the runner's own: what it counts is theirs. Its time passes as fast as it is
    computed, so that a busy machine makes no difference.
    """
    diary = Diary(os.environ["COACH_HOME"])
    at_lapse = lapse.run_lapsed

    def at_once(coroutine: Coroutine[Any, Any, Any], _lapse: float) -> Any:
        return at_lapse(coroutine, math.inf)

    patch.setattr(clock, "now", lambda: diary.now)
    patch.setattr(lapse, "run_lapsed", at_once)
    patch.setattr(view, "_PIPE_WIDTH", COLUMNS)
    for module in (run_terms, routine_command):
        patch.setattr(module, "SIMULATED", ME)
    return diary
