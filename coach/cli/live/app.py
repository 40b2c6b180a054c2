"""`coach run`, `record`, `pods` and `doctor`: what they take.

Only light modules are imported here; the commands import what they need when they run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coach.cli.options import AsJson, Counts, Faults, Plan, Pods, Seconds, Sides, Surface, Target, positive


def run(
    pods: Pods,
    seconds: Seconds = None,
    target: Target = None,
    plan: Plan = None,
    surface: Surface = None,
    sound: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Where cues are heard: speakers, none, pod (its motor), or OUT.wav. By default the speakers "
            "where there are any; none where output is piped, with --json, and where time runs faster.",
            show_default=False,
        ),
    ] = None,
    locked: Annotated[
        bool, typer.Option("--locked", help="Ticks follow your steps instead of a steady beat of their own.")
    ] = False,
    latency_ms: Annotated[
        float,
        typer.Option(
            "--audio-latency-ms",
            metavar="MS",
            min=0,
            max=1000,
            help="How late your earbuds are, for --locked. 'coach doctor --sound' finds it.",
        ),
    ] = 0.0,
    buffer_ms: Annotated[
        int,
        typer.Option(
            "--audio-buffer-ms", metavar="MS", min=5, max=1000, help="More of it where the sound breaks up."
        ),
    ] = 20,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.mcap",
            help="Keep what the pod sends here, instead of in the folder of all runs.",
            show_default=False,
        ),
    ] = None,
    no_journal: Annotated[
        bool,
        typer.Option("--no-journal", help="Keep the run neither in the journal nor in the folder of runs."),
    ] = False,
    page: Annotated[
        bool,
        typer.Option(
            "--page",
            help="Show the run as a web page besides, to browsers of this machine; its address is printed.",
        ),
    ] = False,
    page_lan: Annotated[
        bool,
        typer.Option(
            "--page-lan",
            help="Show it in the browsers of this network that are given its address, on an iPhone too. It "
            "goes over plain HTTP: who listens in on that network can read it.",
        ),
    ] = False,
    page_port: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=65535,
            help="For --page: 8621 where it is not told, 0 for any that is free.",
            show_default=False,
        ),
    ] = None,
    sides: Sides = None,
    counts: Counts = None,
    faults: Faults = "",
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="Print a JSON line for each stride and cue, and a last one with the summary."
        ),
    ] = False,
) -> None:
    """Run with a pod: the coach watches your cadence, and you hear it when it helps.

    Without --target it starts from your own cadence and asks for 5 % more, in stages toward 180.
    A pod that drops out is looked for until it is back. What was lost is counted and shown.
    With a pod on each foot it also tells how left and right differ: --pod left=NAME --pod right=NAME.
    'coach pods' finds the pods around; a simulated one needs no hardware: coach run --pod sim
    """
    from coach.cli.live.asked import Asked, live_show, page_asked, sound_asked
    from coach.cli.live.command import run_pod

    show = live_show(as_json=as_json)
    run_pod(
        Asked(
            pods=pods,
            seconds=seconds,
            record=record,
            sides=sides or (),
            counts=counts,
            faults=faults,
            target_spm=target,
            plan=plan or "",
            surface=surface,
            sound=sound_asked(sound, pods, sides or (), show, locked, latency_ms, buffer_ms),
            journal=not no_journal,
            show=show,
            page=page_asked(page=page, lan=page_lan, port=page_port),
        )
    )


def record(
    out: Annotated[Path, typer.Argument(metavar="OUT.mcap", help="Where to keep it.", show_default=False)],
    pods: Pods,
    seconds: Seconds = None,
    sides: Sides = None,
    counts: Counts = None,
    faults: Faults = "",
) -> None:
    """Record a pod without watching it. 'coach replay OUT.mcap' shows what is in it."""
    from coach.cli.live.asked import Asked
    from coach.cli.live.command import run_pod

    run_pod(
        Asked(
            pods=pods,
            seconds=seconds,
            record=out,
            sides=sides or (),
            counts=counts,
            faults=faults,
            coached=False,
            journal=False,
        )
    )


def pods(
    seconds: Annotated[
        float, typer.Option(metavar="N", callback=positive, help="How long to listen for Bluetooth pods.")
    ] = 5.0,
    as_json: AsJson = False,
) -> None:
    """Find pods, over Bluetooth and on the serial ports, and say what each can tell."""
    from coach.cli.pods.command import show_pods

    show_pods(seconds, as_json)


def doctor(
    sound: Annotated[
        bool,
        typer.Option("--sound", help="Play a tone left and right, and find out how late your earbuds are."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check this machine: Bluetooth, serial ports, folders, sound; and say what to do about each."""
    if sound:
        from coach.cli.doctor.sound import find_latency

        find_latency()
        return
    from coach.cli.doctor.command import run_doctor

    run_doctor(as_json)


_KeptRun = Annotated[
    str,
    typer.Argument(metavar="RUN", help="Its number in 'coach journal', or 'latest'.", show_default=False),
]
