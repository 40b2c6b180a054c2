"""`coach load`: what it takes.

Only light modules are imported here; the command imports what it needs when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.options import AsJson

_ENDINGS = (".png", ".svg")


def _picture(path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in _ENDINGS:
        raise typer.BadParameter(f"{path} ends neither in {' nor in '.join(_ENDINGS)}")
    return path


def load(
    runner: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Whose runs, if not your own; 'simulated' for those of simulated pods.",
            show_default=False,
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="OUT.png|svg", callback=_picture, help="Draw it.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show your load: each run against the longest of the 30 days before it, and your weeks.

    A run that is more than a tenth longer than that is a spike. It also tells how long the next run may be
    without being one.
    """  # fmt: skip
    from coach.cli.load.command import show_load

    show_load(runner, plot, as_json=as_json)
