"""The command `coach`: its commands, and how they fail.

Only light modules are imported here, so that `coach --help` answers at once: what commands take stands in the
module `app` of their folder, what they do beside it.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from coach.cli.care.app import PAIN_SETTINGS, pain, today, why
from coach.cli.core.app import core_app
from coach.cli.demo.app import demo
from coach.cli.errors import CommandError, say
from coach.cli.journal.app import journal_app
from coach.cli.kept.app import export, report
from coach.cli.live.app import doctor, pods, record, run
from coach.cli.load.app import load
from coach.cli.phone.app import phone_app
from coach.cli.replay.app import replay
from coach.cli.routine.app import routine

app = typer.Typer(
    help="A running coach for your cadence: a pod on the shoe, cues by ear, your data on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line. Whatever goes wrong ends in one line on stderr, never in a traceback."""
    try:
        _run()
    except (BrokenPipeError, KeyboardInterrupt) as stop:
        # The reader has gone, as in `coach ... | head`, or the user has had enough: nothing to say.
        # What is still in the buffer must not be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(130 if isinstance(stop, KeyboardInterrupt) else 1)


def _run() -> None:
    # A closed standard stream is None.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  # as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # A console that lacks a sign such as ² gets a question mark.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except CommandError as error:
        say(str(error))
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        say(f"{error.filename}: {reason}" if error.filename else reason)
    except MemoryError:
        say("there is not enough memory for this")
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        say(f"this is a mistake in the program, please report it: {type(error).__name__}: {error} ({where})")
    sys.exit(1)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"coach {version('cadence-coach')}")
        raise typer.Exit


@app.callback()
def _coach(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    pass


COMMANDS: tuple[Callable[..., None], ...] = (
    run, today, routine, load, why, demo, report, export, replay, record, pods, doctor,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
app.command(context_settings=PAIN_SETTINGS)(pain)
app.add_typer(journal_app, name="journal")
app.add_typer(core_app, name="core")
app.add_typer(phone_app, name="phone")
