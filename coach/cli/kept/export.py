"""`coach export`: a run as files for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from coach.cli.errors import CommandError
from coach.cli.journal.command import opened_journal
from coach.cli.kept.runs import NOTHING_YET, is_nothing_kept, named_run
from coach.export.fit_file import FitError, write_fit
from coach.export.parquet_file import ParquetMissingError, write_parquet
from coach.kept_run import KeptRun
from coach.stride_files import write_csv


@dataclass(frozen=True, slots=True)
class Exports:
    """Where to write what; None for a kind that is not asked for."""

    fit: Path | None
    csv: Path | None
    parquet: Path | None


def export_run(run: str, exports: Exports) -> None:
    """Write a run to files and print their paths.

    Raises:
        CommandError: there is no such run, or it cannot be told in such a file.
        OSError: a file cannot be written.
    """
    if is_nothing_kept(run):
        typer.echo(NOTHING_YET)
        return
    with opened_journal() as journal:
        head = named_run(journal, run)
        kept = None if head is None else journal.load(head.run_id)
    if kept is None:
        typer.echo(NOTHING_YET)
        return
    try:
        _write(kept, exports)
    except (FitError, ParquetMissingError) as error:
        raise CommandError(str(error)) from None


def _write(run: KeptRun, exports: Exports) -> None:
    if (exports.csv or exports.parquet) and run.updates and not len(run.strides):
        raise CommandError(
            f"run {run.run_id} has no strides: its pod tells cadence and speed alone; use --fit, "
            f"or 'coach journal show {run.run_id} --json'"
        )
    if exports.fit is not None:
        write_fit(exports.fit, run)
        typer.echo(f"written: {exports.fit}")
    if exports.csv is not None:
        write_csv(exports.csv, run.strides)
        typer.echo(f"written: {exports.csv}")
    if exports.parquet is not None:
        write_parquet(exports.parquet, run.strides)
        typer.echo(f"written: {exports.parquet}")
