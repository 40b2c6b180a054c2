"""`coach demo`: one run, or a season, of a simulated runner who hears the coach."""

from __future__ import annotations

import json
import math
import sys
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import asdict
from typing import Any

import typer

from cadence.detector import warm_up
from cadence.stride import Side
from coach.cli.demo.document import document, outcome
from coach.cli.demo.outing import DemoOuting, demo_outing
from coach.cli.demo.runner import DemoRunner
from coach.cli.demo.season import FIRST_DAY, SeasonRun, measured, season
from coach.cli.demo.view import print_outcome, print_season
from coach.cli.errors import CommandError, say
from coach.cli.kept.report import make_report
from coach.cli.live.journal import LiveJournal, journalled
from coach.cli.live.recording import kept, new_recording
from coach.cli.live.run import Stopper, Taker, follow_run
from coach.cli.progress import tell_if_compiling
from coach.coach import warm_up as warm_up_coach
from coach.journal.errors import JournalError
from coach.journal.store import Journal
from coach.run_settings import RunSettings
from coach.stride_files import number
from firmware_bridge.recording_writer import RecordingError, RecordingWriter
from hardware.lapse import run_lapsed

SEASON_SCHEMA = "cadence-coach/season/1"
WATCHED_PACE = 20.0
"""Seconds of the run for each real one while somebody watches: six minutes in 18 s. Our choice."""


def run_demo(runner: DemoRunner, minutes: float, *, as_json: bool) -> None:
    """One run: show it while it goes on, keep it, tell what it came to.

    Raises:
        CommandError: it cannot be kept.
        OSError: the report cannot be written.
    """
    tell_if_compiling()
    warm_up()
    warm_up_coach()
    watched = not as_json and sys.stdout.isatty()
    settings = RunSettings(f"demo {runner.seed}", Side.RIGHT, coach=measured(runner).settings(FIRST_DAY))
    try:
        with Journal() as journal, kept(new_recording(), settings, quiet=True) as recorder:
            if journal.note:
                say(journal.note)
            following = _follow(runner, settings, 60.0 * minutes, recorder, journal, watched, as_json)
            run_lapsed(following, math.inf, WATCHED_PACE if watched else math.inf)
    except (JournalError, RecordingError) as error:
        raise CommandError(str(error)) from None


async def _follow(
    runner: DemoRunner,
    settings: RunSettings,
    duration_s: float,
    recorder: RecordingWriter | None,
    journal: Journal,
    watched: bool,
    as_json: bool,
) -> None:
    async with demo_outing(runner, settings, duration_s, recorder) as outing:
        live = outing.live
        stopper = Stopper(live.pod)
        entry = LiveJournal(journal, live, runner=settings.pod)
        with ExitStack() as parts:
            takers = [
                outing.hear,
                parts.enter_context(journalled(entry)),
                parts.enter_context(_shown(outing, watched)),
            ]
            await follow_run(live, duration_s, stopper, takers)
        _tell(runner, outing, entry, journal, as_json)


def _shown(outing: DemoOuting, watched: bool) -> AbstractContextManager[Taker]:
    if not watched:
        return nullcontext(lambda found: None)
    from coach.cli.live.screen import live_screen

    live = outing.live
    return live_screen(live.settings, live.run, live.tally, live.pod.link, live.recorder)


def _tell(
    runner: DemoRunner, outing: DemoOuting, entry: LiveJournal, journal: Journal, as_json: bool
) -> None:
    found = outing.live.tally.replay()
    truth = outing.truth
    result = outcome(runner, truth.strides, found.cues, found.baseline_spm, found.target_spm)
    if as_json:
        _print(document(runner, result, found.cues, truth, outing.missing))
        return
    print_outcome(runner, result, found)
    if entry.run_id is not None:
        page = make_report(journal, journal.head(entry.run_id))
        typer.echo(f"\nkept as run {entry.run_id} of the journal; its report: {page}")


def run_season(runner: DemoRunner, weeks: int, *, as_json: bool) -> None:
    """A season: the way toward 180."""
    tell_if_compiling()
    warm_up_coach()
    runs = list(season(runner, weeks))
    if as_json:
        _print({"schema": SEASON_SCHEMA, "seed": runner.seed, "runs": [_season_row(run) for run in runs]})
        return
    print_season(runner, runs)


def _season_row(run: SeasonRun) -> dict[str, Any]:
    return {name: number(value) if isinstance(value, float) else value for name, value in asdict(run).items()}


def _print(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told, allow_nan=False) + "\n")
