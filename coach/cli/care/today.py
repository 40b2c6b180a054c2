"""`coach today`: what there is to do today, on one screen."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from rich.text import Text

from coach import clock
from coach.care.day import Day, Log
from coach.care.pain import was_tolerated
from coach.care.records import Pain, RoutineDone, RunDone
from coach.care.today import today
from coach.cli.journal.command import opened_journal
from coach.cli.load.runs import done_runs
from coach.cli.view import console
from coach.home import journal_path
from coach.journal.run_head import RunHead
from coach.load.spike import Done, longest_for_guard, spike_of
from coach.load.surfaces import RunOn, surfaces_of
from coach.plan.buildup import PlannedRun, next_plan

SCHEMA = "cadence-coach/today/1"


def show_today(*, runner: str, as_json: bool) -> None:
    """Print what there is to do today.

    Raises:
        CommandError: the journal cannot be read.
    """
    heads: list[RunHead] = []
    pains: list[Pain] = []
    routines: list[RoutineDone] = []
    if journal_path().exists():  # a look at nothing makes no file
        with opened_journal() as journal:
            heads, pains, routines = journal.runs(runner), journal.pains(runner), journal.routines(runner)
    now = clock.now()
    done = done_runs(heads)
    longest = longest_for_guard(done, now)
    known = [head for head in heads if head.finished and head.sums is not None]
    on = [
        RunOn(head.started, head.surface, run.sums.distance_m) for head, run in zip(known, done, strict=True)
    ]
    log = Log(
        runs=[_run(head, one, done) for head, one in zip(known, done, strict=True)],
        pains=pains,
        routines=routines,
        longest_m=None if longest is None else longest.distance_m,
        plan=next_plan([_planned(head, pains) for head in known], now),
        surface_hint=surfaces_of(on, now).hint or "",
    )
    day = today(log, now)
    if as_json:
        document = {"schema": SCHEMA, "date": now.date().isoformat(), **day.to_dict()}
        print(json.dumps(document, indent=1, allow_nan=False))
        return
    _print(day, f"{now:%A %Y-%m-%d}")


def _run(head: RunHead, run: Done, every: Sequence[Done]) -> RunDone:
    percent = spike_of(run.sums, longest_for_guard(every, run.started)).distance_percent
    return RunDone(head.started, run.sums.distance_m, percent, head.plan, head.pod)


def _planned(head: RunHead, pains: Sequence[Pain]) -> PlannedRun:
    kept = math.nan if head.sums is None else head.sums.plan_kept_share
    return PlannedRun(head.started, head.plan, kept, was_tolerated(pains, head.started))


def _print(day: Day, title: str) -> None:
    out = console()
    out.print(Text(title, style="bold"))
    for line in day.reasons:
        out.print(Text(line, style="" if day.progression_allowed else "yellow"))
    out.print()
    for item in day.items:
        mark, style = ("[x]", "dim") if item.done else ("[ ]", "bold")
        out.print(Text(f"{mark} {item.what}", style=style))
        if not item.done:
            out.print(Text(f"    {item.why}"))
            if item.command:
                out.print(Text(f"    {item.command}", style="cyan"))
