"""`coach load`: a runner's load from the journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from coach import clock
from coach.care.pain import is_returning, progression_allowed
from coach.care.records import Pain
from coach.cli.journal.command import opened_journal
from coach.cli.load.runs import done_runs
from coach.home import journal_path
from coach.journal.run_head import RunHead, finite
from coach.kept_run import ME
from coach.load.longest import Longest
from coach.load.overview import Judged, Overview, overview_of
from coach.load.sums import LoadSums
from coach.load.surfaces import RunOn, Surfaces, surfaces_of
from coach.load.weeks import Week
from coach.load.words import PAIN_FIRST, no_runs

SCHEMA = "cadence-coach/load/1"


def show_load(runner: str | None, plot: Path | None, *, as_json: bool) -> None:
    """Print a runner's load. The picture is written before anything is printed.

    Args:
        runner: None for the user.
        plot: where to draw it; None for nowhere.
        as_json: one JSON document and nothing else.

    Raises:
        CommandError: the journal cannot be read.
        OSError: the picture cannot be written.
    """
    name = ME if runner is None else runner
    heads: list[RunHead] = []
    pains: list[Pain] = []
    others: set[str] = set()
    if journal_path().exists():  # a look at nothing makes no file
        with opened_journal() as journal:
            heads, pains = journal.runs(name), journal.pains(name)
            others = {head.runner for head in journal.runs(None)} - {name}
    now = clock.now()
    finished = [head for head in heads if head.finished and head.sums is not None]
    overview = overview_of(done_runs(heads), now)
    surfaces = surfaces_of([_run_on(head) for head in finished], now)
    notes = _notes(overview, unfinished=len(heads) - len(finished))
    pain_first = not progression_allowed(pains) or is_returning(pains, now.date())
    if pain_first:
        notes = [PAIN_FIRST, *notes]
    if not finished:
        notes = [no_runs(None if runner is None else name, sorted(others)), *notes]
    drawn = plot if overview.weeks else None
    if drawn is not None:
        from coach.load.drawing import draw_load

        draw_load(overview, "Load" if name == ME else f"Load of {name}", now, drawn)
    if as_json:
        print(json.dumps(_document(name, overview, surfaces, notes), indent=1, allow_nan=False))
        return
    if finished:
        from coach.cli.load.view import print_load

        print_load(overview, surfaces, notes, show_next=not pain_first)
    else:
        typer.echo("\n".join(notes))
    if plot is not None:
        typer.echo(f"written: {plot}" if drawn is not None else f"nothing to draw yet: {plot} is not written")


def _notes(overview: Overview, *, unfinished: int) -> list[str]:
    notes = []
    if unfinished == 1:
        notes.append("A run that was cut off or goes on is not counted.")
    elif unfinished:
        notes.append(f"{unfinished} runs that were cut off or go on are not counted.")
    ahead = [str(judged.run.run_id) for judged in overview.runs if judged.is_ahead]
    if ahead:
        notes.append(
            f"Dated later than now, for a clock was wrong: run {', '.join(ahead)}. It is kept, but no run up "
            "to now is measured against it."
        )
    return notes


def _run_on(head: RunHead) -> RunOn:
    assert head.sums is not None  # it is finished
    return RunOn(head.started, head.surface, head.sums.distance_m)


def _document(runner: str, overview: Overview, surfaces: Surfaces, notes: list[str]) -> dict[str, Any]:
    latest = overview.latest
    longest = None if latest is None else latest.longest
    told = {
        "longest_30_days_m": None if longest is None else longest.distance_m,
        "spike_percent": None if latest is None else latest.spike.distance_percent,
    }
    return {
        "schema": SCHEMA,
        "runner": runner,
        "runs": [_run(judged) for judged in overview.runs],
        **finite(told),
        "warning": None if latest is None else latest.warning,
        "notes": [*([overview.note] if overview.note else []), *notes],
        "next_run": _next(overview),
        "weeks": [_week(week) for week in overview.weeks],
        "surfaces": {
            "runs": surfaces.runs, "untold": surfaces.untold, "share": surfaces.share, "hint": surfaces.hint,
        },
    }  # fmt: skip


def _run(judged: Judged) -> dict[str, Any]:
    spike, longest = judged.spike, judged.longest
    return finite(
        {
            "run_id": judged.run.run_id,
            "started": judged.run.started.isoformat(),
            **_sums(judged.run.sums),
            "longest_30_days_m": None if longest is None else longest.distance_m,
            "spike_percent": spike.distance_percent,
            "climb_spike_percent": spike.climb_percent,
            "fast_spike_percent": spike.fast_percent,
            "dose_spike_percent": spike.dose_percent,
            "step_load_change_percent": judged.step_load_change_percent,
            "warning": judged.warning,
            "dated_ahead": judged.is_ahead,
        }
    )


def _next(overview: Overview) -> dict[str, Any]:
    longest: Longest | None = overview.next_longest
    return finite(
        {
            "longest_30_days_m": None if longest is None else longest.distance_m,
            "most_m": overview.next_most_m,
        }
    )


def _week(week: Week) -> dict[str, Any]:
    return finite(
        {"week": week.name, "monday": week.monday.isoformat(), "runs": week.runs, **_sums(week.sums)}
    )


def _sums(sums: LoadSums) -> dict[str, Any]:
    return {
        "distance_m": sums.distance_m,
        "climb_m": sums.climb_m,
        "fast_m": sums.fast_m,
        "achilles_dose": sums.achilles_dose,
    }
