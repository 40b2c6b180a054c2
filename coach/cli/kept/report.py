"""`coach report`: the page of a run."""

from __future__ import annotations

import math
import webbrowser
from pathlib import Path

import typer

from coach.cli.errors import say
from coach.cli.journal.command import opened_journal
from coach.cli.kept.runs import NOTHING_YET, is_nothing_kept, named_run
from coach.journal.run_head import RunHead
from coach.journal.store import Journal
from coach.report.report_file import write_report
from coach.report.trend import TrendPoint


def report_run(run: str, out: Path | None, *, show: bool) -> None:
    """Write the page of a run and print its path.

    Raises:
        CommandError: there is no such run, or the journal cannot be read.
        OSError: the page cannot be written.
    """
    if is_nothing_kept(run):
        typer.echo(NOTHING_YET)
        return
    with opened_journal() as journal:
        head = named_run(journal, run)
        if head is None:
            typer.echo(NOTHING_YET)
            return
        path = make_report(journal, head, out)
    typer.echo(path)
    if show and not webbrowser.open(path.as_uri()):
        say("no browser was found; open the page yourself")


def make_report(journal: Journal, head: RunHead, out: Path | None = None) -> Path:
    """Write the page of a run of the journal; gives its path.

    Raises:
        JournalError: the run cannot be read.
        OSError: the page cannot be written.
    """
    before = [other for other in journal.runs(head.runner) if other.started <= head.started]
    return write_report(journal.load(head.run_id), [_point(other) for other in before], out)


def _point(head: RunHead) -> TrendPoint:
    return TrendPoint(
        started=head.started,
        cadence_spm=None if head.sums is None else _known(head.sums.cadence_spm),
        baseline_spm=head.baseline_spm,
        target_spm=head.target_spm,
        on_target_share=_known(head.on_target_share),
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
