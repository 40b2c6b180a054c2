"""`coach core`: what its commands are called and what they take. Only light modules are imported here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli.options import AsJson

core_app = typer.Typer(
    help="The part that runs in the pod itself: build it for other machines, check it.", no_args_is_help=True
)


@core_app.command()
def build(
    target: Annotated[
        Literal["cortex-m4f", "wasm32", "c99", "host"],
        typer.Option(
            help="cortex-m4f: a library for a pod's processor. wasm32: a module for web pages. "
            "c99: readable C for any compiler. host: a library for this machine.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            file_okay=False,
            help="The folder for the files; it is made where there is none.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Build the stride detector and the cue policy for another machine, from the Python they are written in.

    With them come a header or a table of the memory layouts, and a manifest: what was built from what, and
    the hash of every file. The same source gives the same files.
    """
    from coach.cli.core.command import build_core

    build_core(target, out, as_json=as_json)


@core_app.command()
def check(
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="All there is: recordings of people, every simulated runner, hours on end.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that the stride detector and the cue policy do the same wherever they run, to the last bit.

    Samples are passed through them as compiled here, as plain Python, as a library, as C, in a web engine and
    in an emulated pod, and every word is compared after every sample. What is not installed is left out and
    named. The exit code is 1 when anything differs.
    """
    from coach.cli.core.command import check_core

    check_core(full=full, as_json=as_json)
