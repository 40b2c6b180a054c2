"""`coach core`: builds the on-device core for other machines and checks that it is the same on all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from cadence.aot.build import TargetName
from cadence.aot.errors import AotError
from coach.cli.core.view import print_build, print_check
from coach.cli.errors import CommandError, say
from hardware.core_check.people import recordings_folder
from hardware.core_check.report import check
from hardware.core_check.routes import other_routes
from hardware.core_check.stretches import full as full_stretches
from hardware.core_check.stretches import representative
from hardware.firmware.core_build import write_core

PLAIN_SAMPLES = 1000
PLAIN_SAMPLES_FULL = 100_000
"""Of each stretch, as plain Python, which takes about 50 µs a sample. Our choice: a second, or a minute."""
NO_RECORDINGS = "recordings of people: set CADENCE_DATA to their folder"


def build_core(target: TargetName, folder: Path, *, as_json: bool) -> None:
    """Write the core's files, and say what they are.

    Raises CommandError where that cannot be done.
    """
    try:
        manifest = write_core(target, folder)
    except AotError as error:
        raise CommandError(f"the core cannot be built for {target}: {error}") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise CommandError(f"{folder} cannot be written ({reason}): name another folder by --out") from None
    if as_json:
        typer.echo(json.dumps(manifest, indent=1))
    else:
        print_build(folder, manifest)


def check_core(*, full: bool, as_json: bool) -> None:
    """Make the check and print what came of it; where something is amiss the exit code is 1.

    Raises CommandError where a tool fails.
    """
    left_out = None
    if full:
        recordings = recordings_folder()
        left_out = NO_RECORDINGS if recordings is None else None
        stretches, routes = full_stretches(recordings), other_routes(PLAIN_SAMPLES_FULL)
    else:
        stretches, routes = representative(), other_routes(PLAIN_SAMPLES)
    try:
        with _progress(lines=full) as tell:
            report = check(stretches, routes, tell, left_out)
    except AotError as error:
        raise CommandError(str(error)) from None
    if as_json:
        typer.echo(json.dumps(report.document(), indent=1))
    else:
        print_check(report)
    for route, what in report.missing.items():
        say(f"{route} was left out: {what}")
    if left_out:
        say(f"this was not the whole set, it lacks {left_out}")
    # In CI what is not looked at is not checked.
    if not report.is_same or (report.missing and os.environ.get("CI")):
        raise typer.Exit(1)


@contextmanager
def _progress(*, lines: bool) -> Iterator[Callable[[str], None]]:
    """Shows what is under way, on stderr: on a terminal in one place, elsewhere in lines where asked for."""
    if not sys.stderr.isatty():
        yield say if lines else lambda what: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield status.update
