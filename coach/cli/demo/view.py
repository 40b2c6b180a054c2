"""What a demo came to, as people read it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from coach.cli.demo.document import Outcome
from coach.cli.demo.runner import DemoRunner
from coach.cli.demo.season import DAYS_OF_RUNS, SeasonRun
from coach.cli.live.run_view import cue_table
from coach.cli.view import console, shown, table
from coach.replay import Replay


def print_outcome(runner: DemoRunner, result: Outcome, found: Replay) -> None:
    """The run before and after the first cue, and the cues."""
    out = console()
    out.print(
        f"A simulated runner of {runner.preferred_spm:.0f} spm at {runner.speed_m_s:.1f} m/s, who goes "
        f"{100 * runner.compliance:.0f} % of the way to the beat. "
        f"The coach asked for {result.target_spm:.0f} spm.\n"
    )
    rows = table()
    rows.add_column("easy level running")
    rows.add_column("cadence\nspm", justify="right")
    rows.add_column("step length\nm", justify="right")
    rows.add_column("speed\nm/s", justify="right")
    before = (result.cadence_before_spm, result.step_length_before_m, result.speed_before_m_s)
    after = (result.cadence_after_spm, result.step_length_after_m, result.speed_after_m_s)
    for name, (cadence, step, speed) in (("before the first cue", before), ("after it", after)):
        rows.add_row(name, shown(cadence, 1), shown(step, 3), shown(speed, 2))
    out.print(rows)
    out.print(f"\nOn target for {100 * result.on_target_share:.0f} % of the level running after it.\n")
    out.print(cue_table(found))


def print_season(runner: DemoRunner, runs: Sequence[SeasonRun]) -> None:
    """A line a week."""
    out = console()
    out.print(
        f"A season of a simulated runner of {runner.preferred_spm:.0f} spm at {runner.speed_m_s:.1f} m/s; "
        f"{len(DAYS_OF_RUNS)} runs a week, made stride by stride without the sensor.\n"
    )
    rows = table()
    for head in (
        "week",
        "baseline\nspm",
        "target\nspm",
        "cadence\nspm",
        "step length\nm",
        "speed\nm/s",
        "bursts",
    ):
        rows.add_column(head, justify="right")
    for start in range(0, len(runs), len(DAYS_OF_RUNS)):
        week = runs[start : start + len(DAYS_OF_RUNS)]
        last = week[-1]
        rows.add_row(
            str(start // len(DAYS_OF_RUNS) + 1),
            shown(last.baseline_spm, 0),
            Text(shown(last.target_spm, 0), style="bold"),
            shown(sum(run.cadence_spm for run in week) / len(week), 1),
            shown(sum(run.step_length_m for run in week) / len(week), 3),
            shown(sum(run.speed_m_s for run in week) / len(week), 2),
            str(sum(run.bursts for run in week)),
        )
    out.print(rows)
