"""The part of the journal that holds the stages of each runner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from datetime import date

from coach.journal.database import Database
from coach.journal.rows import known
from coach.kept_run import ME
from coach.stages import Stage


class StageStore:
    """The stages of each runner, in a journal that is open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stages(self, runner: str = ME) -> list[Stage]:
        """The stages of a runner, the oldest first."""
        query = (
            "SELECT started_on, baseline_spm, baseline_speed_m_s, target_spm, why FROM stages "
            "WHERE runner = ? ORDER BY started_on, stage_id"
        )
        with self._database.told():
            rows = self._database.execute(query, (runner,)).fetchall()
        return [
            Stage(date.fromisoformat(day), spm, known(speed), target, why)
            for day, spm, speed, target, why in rows
        ]

    def stage_runners(self) -> list[str]:
        """Who has stages."""
        with self._database.told():
            query = "SELECT DISTINCT runner FROM stages ORDER BY 1"
            return [name for (name,) in self._database.execute(query)]

    def add_stage(self, stage: Stage, runner: str = ME) -> None:
        """Append a stage.

        Raises:
            JournalError: it cannot be written.
        """
        with self._database.told():
            day, *numbers, why = astuple(stage)
            query = (
                "INSERT INTO stages (runner, started_on, baseline_spm, baseline_speed_m_s, target_spm, why) "
                "VALUES (?, ?, ?, ?, ?, ?)"
            )
            self._database.execute(query, (runner, day.isoformat(), *numbers, why))

    def take_in_stages(self, stages: Sequence[tuple[str, Stage]]) -> None:
        """Take in, within the caller's transaction, what is not here yet."""
        for runner, stage in stages:
            if (stage.started, stage.target_spm) not in {
                (own.started, own.target_spm) for own in self.stages(runner)
            }:
                self.add_stage(stage, runner)
