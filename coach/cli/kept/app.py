"""`coach report` and `coach export`: what they take.

Only light modules are imported here; the commands import what they need when they run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_KeptRun = Annotated[
    str,
    typer.Argument(metavar="RUN", help="Its number in 'coach journal', or 'latest'.", show_default=False),
]


def report(
    run: _KeptRun = "latest",
    out: Annotated[
        Path | None,
        typer.Option(metavar="OUT.html", help="Write it here, not among the reports.", show_default=False),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Make the page of a run: charts, what each burst did, your runs so far.

    One file that works offline and asks nothing of any network. The latest run by default.
    """
    from coach.cli.kept.report import report_run

    report_run(run, out, show=show)


def export(
    run: _KeptRun = "latest",
    fit: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.fit", help="A FIT activity, for watches and training sites.", show_default=False
        ),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(metavar="OUT.csv", help="One row a stride.", show_default=False)
    ] = None,
    parquet: Annotated[
        Path | None,
        typer.Option(metavar="OUT.parquet", help="The same as a Parquet table.", show_default=False),
    ] = None,
) -> None:
    """Write a run as files for other programs. The latest run by default."""
    if fit is None and csv is None and parquet is None:
        raise typer.BadParameter("at least one is needed", param_hint="--fit, --csv, --parquet")
    from coach.cli.kept.export import Exports, export_run

    export_run(run, Exports(fit, csv, parquet))
