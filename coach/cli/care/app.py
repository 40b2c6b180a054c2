"""`coach pain`, `coach today` and `coach why`: what they take.

Only light modules are imported here; the commands import what they need when they run.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from coach.cli.options import AsJson

PAIN_SETTINGS = {"ignore_unknown_options": True}
"""Of the command `pain`: a score of -1 is a score that cannot be, not an option."""

_Runner = Annotated[
    str, typer.Option(metavar="NAME", help="Whose journal: your own, or 'simulated'.", show_default=True)
]


def pain(
    score: Annotated[
        str | None,
        typer.Argument(
            metavar="SCORE", help="From 0, no pain, to 10, the worst you can think of.", show_default=False
        ),
    ] = None,
    when: Annotated[
        Literal["during", "after", "morning"] | None,
        typer.Option(
            help="During running or exercise, after it, or in the morning after.", show_default=False
        ),
    ] = None,
    side: Annotated[
        Literal["left", "right", "both"] | None,
        typer.Option(help="Which leg. May be left out with a score of 0.", show_default=False),
    ] = None,
    snap: Annotated[
        bool, typer.Option("--snap", help="There was a sudden snap, or the leg cannot push off.")
    ] = False,
    cleared: Annotated[
        bool,
        typer.Option("--cleared", help="A doctor or physical therapist says that training may go on."),
    ] = False,
    note: Annotated[str, typer.Option(metavar="TEXT", help="In your own words.", show_default=False)] = "",
    remove: Annotated[
        str | None,
        typer.Option(metavar="N", help="Take an entry out: its number, or 'latest'.", show_default=False),
    ] = None,
    runner: _Runner = "me",
    as_json: AsJson = False,
) -> None:
    """Keep the pain log, and hear what follows from it. Alone it shows the log.

    As in: coach pain 4 --when after --side left
    """
    from coach.cli.care.pain import Told, remove_pain, show_log, tell_pain

    told = Told(score, when, side, snap, cleared, note)
    if remove is not None:
        if told != Told():
            raise typer.BadParameter("stands alone: it takes an entry out", param_hint="--remove")
        remove_pain(remove, runner=runner, as_json=as_json)
    elif told == Told():
        show_log(runner=runner, as_json=as_json)
    else:
        tell_pain(told, runner=runner, as_json=as_json)


def today(runner: _Runner = "me", as_json: AsJson = False) -> None:
    """What to do today: from your runs, the pain log and what was done."""
    from coach.cli.care.today import show_today

    show_today(runner=runner, as_json=as_json)


def why() -> None:
    """What harms the Achilles tendon, and what each part of the programme does about it."""
    from coach.cli.care.why import show_why

    show_why()
