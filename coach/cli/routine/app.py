"""`coach routine`: what it takes.

Only light modules are imported here; the command imports what it needs when it runs.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from coach.cli.options import AsJson, Faults, Seconds, positive

_POD_HELP = (
    "Of the shoe of the leg that works, as for 'coach run'. To try it: sim:heel-drops or sim:calf-raises, "
    "with ,lapse=20 to have it done faster."
)


def routine(
    name: Annotated[
        Literal["warm-up", "cool-down", "trunk-and-hips", "calf-raises", "heel-drops"],
        typer.Argument(
            metavar="ROUTINE", help="warm-up, cool-down, trunk-and-hips, calf-raises or heel-drops."
        ),
    ],
    leg: Annotated[
        Literal["left", "right"] | None,
        typer.Option(help="Which leg works: of calf-raises and heel-drops.", show_default=False),
    ] = None,
    pod: Annotated[str | None, typer.Option(metavar="POD", help=_POD_HELP, show_default=False)] = None,
    reps: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,N",
            help="Done without a pod: the repetitions of each set, for the journal.",
            show_default=False,
        ),
    ] = None,
    load_kg: Annotated[
        float | None,
        typer.Option(
            "--load-kg",
            metavar="KG",
            min=0,
            max=100,
            show_default=False,
            help="What you carry in addition: a dumbbell, a vest or a backpack. Else as proposed last time.",
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show what is in it, and do nothing.")] = False,
    sound: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Where it is heard: speakers, none or OUT.wav. By default the speakers where there are any; "
            "none where output is piped, with --json, and where time runs faster.",
            show_default=False,
        ),
    ] = None,
    lapse: Annotated[
        float,
        typer.Option(metavar="N", callback=positive, help="Guided N times faster, to see what is in it."),
    ] = 1.0,
    seconds: Seconds = None,
    faults: Faults = "",
    runner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose journal.", show_default=False)
    ] = None,
    no_journal: Annotated[bool, typer.Option("--no-journal", help="Do not tick it in the journal.")] = False,
    as_json: AsJson = False,
) -> None:
    """Be guided through a routine: stretches by time, calf raises and heel drops counted by the pod.

    Ctrl-C ends it; what was done so far is kept.
    """
    from coach.cli.routine.command import Asked, do_routine

    do_routine(
        Asked(
            name=name,
            leg=leg,
            pod=pod,
            reps=reps,
            load_kg=load_kg,
            show=show,
            sound=sound,
            lapse=lapse,
            seconds=seconds,
            faults=faults,
            runner=runner,
            journal=not no_journal,
            as_json=as_json,
        )
    )
