"""`coach journal`: what its commands are called and what they take. Only light modules are imported here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

journal_app = typer.Typer(help="What is kept of your runs: list, show, delete, export, import.")

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
_Demos = Annotated[
    bool, typer.Option("--demos", help="The runs of demos and simulated pods instead of your own.")
]
_Run = Annotated[
    str, typer.Argument(metavar="RUN", help="Its number in the list, or 'latest'.", show_default=False)
]


@journal_app.callback(invoke_without_command=True)
def journal(context: typer.Context, as_json: _Json = False, demos: _Demos = False) -> None:
    """What is kept of your runs: list, show, delete, export, import.

    Alone it lists them. The data is yours: it lies in one file on this machine that only you can read.
    """
    if context.invoked_subcommand is None:
        list_(as_json, demos)
    elif as_json or demos:
        option = "--json" if as_json else "--demos"
        raise typer.BadParameter(f"goes behind '{context.invoked_subcommand}'", param_hint=option)


@journal_app.command("list")
def list_(as_json: _Json = False, demos: _Demos = False) -> None:
    """List the runs, the newest first."""
    from coach.cli.journal.command import list_runs

    list_runs(as_json=as_json, demos=demos)


@journal_app.command()
def show(run: _Run = "latest", as_json: _Json = False) -> None:
    """Show one run: its numbers, its cues; with --json every stride."""
    from coach.cli.journal.command import show_run

    show_run(run, as_json=as_json)


@journal_app.command()
def delete(
    run: _Run,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove a run for good, with its recording where that lies among the coach's own."""
    from coach.cli.journal.command import delete_run

    delete_run(run, yes=yes)


@journal_app.command()
def export(
    as_json: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="FILE",
            help="Everything in one document, for 'coach journal import'; - for standard output.",
            show_default=False,
        ),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="One CSV file a table, for spreadsheets.", show_default=False),
    ] = None,
) -> None:
    """Write out everything that is kept, of demos too."""
    from coach.cli.journal.command import export_all

    if as_json is None and csv is None:
        raise typer.BadParameter("say where to: --json FILE, --csv FOLDER, or both")
    export_all(as_json, csv)


@journal_app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Made by 'coach journal export --json'; or a recording (.mcap), of the phone page or of "
            "'coach run'.",
            show_default=False,
        ),
    ],
) -> None:
    """Take in the runs of another machine, or one of a phone. Those that are here are passed over."""
    from coach.cli.journal.command import import_all

    import_all(file)
