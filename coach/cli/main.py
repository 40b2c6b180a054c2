"""The command `coach`: what its commands are called, what they take, and how they fail.

Only light modules are imported here, so that `coach --help` answers at once; a command imports what it
needs when it runs.
"""

from __future__ import annotations

import math
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli.errors import CommandError, say
from coach.cli.journal_app import journal_app

app = typer.Typer(
    help="Strides from a foot pod: cadence, contact time and stride length.",
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


def _positive(value: float | None) -> float | None:
    if value is not None and not 0 < value < math.inf:
        raise typer.BadParameter(f"{value:g} is not above zero")
    return value


def _picture_path(value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter(f"'{value}' ends neither in .png nor in .svg")
    return value


_Target = Annotated[
    float | None,
    typer.Option(
        metavar="SPM",
        min=100,
        max=240,
        help="The cadence to come to, steps of both feet a minute; else the coach chooses.",
        show_default=False,
    ),
]


@app.command()
def replay(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="Recordings of runs (.mcap), or CSV files with the samples of an IMU on the foot, plain or "
            "gzip; or a folder of them.",
            show_default=False,
        ),
    ],
    sensor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which sensor, where a file holds several.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="MAP", help="Which column is what: t=TIME,ax=..,ay=..,az=.., and gx=..,gy=..,gz=.."
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            metavar="HZ", callback=_positive, help="Count samples at this rate; time stamps are not used."
        ),
    ] = None,
    acc_unit: Annotated[
        Literal["g", "m/s2"] | None, typer.Option(help="Unit of the accelerations.", show_default=False)
    ] = None,
    gyro_unit: Annotated[
        Literal["dps", "rad/s"] | None, typer.Option(help="Unit of the rotations.", show_default=False)
    ] = None,
    side: Annotated[
        Literal["left", "right"] | None,
        typer.Option(help="The foot that carried the pod. It is never guessed.", show_default=False),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print JSON and nothing else: one document; of several files, a list."),
    ] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="OUT.csv", help="Also write the strides here. One file only.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.png|svg",
            callback=_picture_path,
            help="Also draw the signal, the events found, cadence and stride length. One file only.",
        ),
    ] = None,
    cues: Annotated[
        bool, typer.Option("--cues", help="Also tell what the coach would have said, and when.")
    ] = False,
    target: _Target = None,
    wav: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.wav",
            help="Also write what the runner would have heard. One file only.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find the strides in a recording.

    Units, rate and columns are told from the file where it names them,
    else inferred from the signal, and said.

    Several files, or a folder, give one line each.
    """
    from coach.cli.replay_command import Options, Outputs, replay_many, replay_one
    from firmware_bridge.importers import CsvOptions, parse_columns

    try:
        mapping = None if columns is None else parse_columns(columns)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--columns") from None
    options = Options(
        csv_options=CsvOptions(sensor, mapping, rate, acc_unit, gyro_unit),
        side=side,
        as_json=as_json,
        cues=cues or wav is not None or target is not None,
        target_spm=target,
    )
    if len(files) > 1 or files[0].is_dir():
        for name, path in (("--csv", csv), ("--plot", plot), ("--wav", wav)):
            if path is not None:
                raise typer.BadParameter("takes one recording, not several", param_hint=name)
        replay_many(files, options)
    else:
        replay_one(files[0], options, Outputs(csv=csv, plot=plot, wav=wav))


_Pod = Annotated[
    str,
    typer.Option(
        metavar="POD",
        help="sim, sim+serial or sim+ble (simulated, with :SCENARIO and ,key=value), serial:PATH, "
        "ble:NAME-OR-ADDRESS, rsc:NAME-OR-ADDRESS, or file:PATH for a recording at its own pace.",
        show_default=False,
    ),
]
_Seconds = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        callback=_positive,
        help="Stop after so many seconds; else Ctrl-C stops.",
        show_default=False,
    ),
]
_Side = Annotated[
    Literal["left", "right"] | None,
    typer.Option(help="The foot that carries the pod. It is never guessed.", show_default=False),
]
_Counts = Annotated[
    Literal["steps", "strides"] | None,
    typer.Option(
        help="What a running speed and cadence sensor counts a minute, where it is not found out.",
        show_default=False,
    ),
]
_Faults = Annotated[
    str,
    typer.Option(
        metavar="SPEC",
        help="What shall befall a simulated pod: name[=amount][@start+length], comma separated, as in "
        "drop=0.02,link-loss@10+3.",
        show_default=False,
    ),
]


@app.command()
def run(
    pod: _Pod,
    seconds: _Seconds = None,
    record: Annotated[
        Path | None, typer.Option(metavar="OUT.mcap", help="Keep the run here.", show_default=False)
    ] = None,
    target: _Target = None,
    side: _Side = None,
    counts: _Counts = None,
    faults: _Faults = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line a stride, and a last one with the summary.")
    ] = False,
) -> None:
    """Follow a pod live: cadence, stride length, contact time, impact.

    A pod that drops out is looked for until it is back. What was lost is counted and shown.
    'coach pods' finds the pods around; a simulated one needs no hardware: coach run --pod sim
    """
    from coach.cli.run_command import run_pod

    run_pod(pod, seconds, record, side, counts, faults, target_spm=target, as_json=as_json)


@app.command()
def record(
    out: Annotated[Path, typer.Argument(metavar="OUT.mcap", help="Where to keep it.", show_default=False)],
    pod: _Pod,
    seconds: _Seconds = None,
    side: _Side = None,
    counts: _Counts = None,
    faults: _Faults = "",
) -> None:
    """Record a pod without watching it. 'coach replay OUT.mcap' shows what is in it."""
    from coach.cli.run_command import run_pod

    run_pod(pod, seconds, out, side, counts, faults, watch=False)


@app.command()
def demo(
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another run.")] = 1,
    minutes: Annotated[float, typer.Option(min=1, max=120, help="How long the run is.")] = 6.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Simulate a run and show what is found in it beside the truth. No hardware is needed."""
    from coach.cli.demo_command import run_demo

    run_demo(seed, minutes, as_json)


@app.command()
def pods(
    seconds: Annotated[
        float, typer.Option(metavar="N", callback=_positive, help="How long to listen for Bluetooth pods.")
    ] = 5.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Find pods, over Bluetooth and on the serial ports, and say what each can tell."""
    from coach.cli.pods_command import show_pods

    show_pods(seconds, as_json)


@app.command()
def doctor(
    sound: Annotated[
        bool,
        typer.Option("--sound", help="Play a tone left and right, and find out how late your earbuds are."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document and nothing else.")
    ] = False,
) -> None:
    """Check this machine: Bluetooth, serial ports, folders, sound; and say what to do about each."""
    if sound:
        from coach.cli.doctor_sound import find_latency

        find_latency()
        return
    from coach.cli.doctor_command import run_doctor

    run_doctor(as_json)


app.add_typer(journal_app, name="journal")
