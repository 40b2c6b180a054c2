"""The command `coach`: what its commands are called, what they take, and how they fail.

Only light modules are imported here, so that `coach --help` answers at once; a command imports what it
needs when it runs.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli.errors import CommandError, say
from coach.cli.journal_app import journal_app
from coach.cli.options import AsJson, Counts, Faults, Pod, Seconds, Side, Target, positive

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


def _sound_path(value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() != ".wav":
        raise typer.BadParameter(f"'{value}' does not end in .wav")
    return value


def _picture_path(value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter(f"'{value}' ends neither in .png nor in .svg")
    return value


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
            metavar="HZ", callback=positive, help="Count samples at this rate; time stamps are not used."
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
    parquet: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.parquet",
            help="The same as Parquet, by the extra 'parquet'. One file only.",
            show_default=False,
        ),
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
    target: Target = None,
    wav: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.wav",
            callback=_sound_path,
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
        for name, path in (("--csv", csv), ("--parquet", parquet), ("--plot", plot), ("--wav", wav)):
            if path is not None:
                raise typer.BadParameter("takes one recording, not several", param_hint=name)
        replay_many(files, options)
    else:
        replay_one(files[0], options, Outputs(csv, parquet, plot, wav))


@app.command()
def run(
    pod: Pod,
    seconds: Seconds = None,
    target: Target = None,
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
    side: Side = None,
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
    'coach pods' finds the pods around; a simulated one needs no hardware: coach run --pod sim
    """
    from coach.cli.run_command import Asked, live_show, run_pod, sound_asked

    show = live_show(as_json=as_json)
    run_pod(
        Asked(
            pod=pod,
            seconds=seconds,
            record=record,
            side=side,
            counts=counts,
            faults=faults,
            target_spm=target,
            sound=sound_asked(sound, pod, show, locked, latency_ms, buffer_ms),
            journal=not no_journal,
            show=show,
        )
    )


@app.command()
def record(
    out: Annotated[Path, typer.Argument(metavar="OUT.mcap", help="Where to keep it.", show_default=False)],
    pod: Pod,
    seconds: Seconds = None,
    side: Side = None,
    counts: Counts = None,
    faults: Faults = "",
) -> None:
    """Record a pod without watching it. 'coach replay OUT.mcap' shows what is in it."""
    from coach.cli.run_command import Asked, run_pod

    run_pod(
        Asked(
            pod=pod,
            seconds=seconds,
            record=out,
            side=side,
            counts=counts,
            faults=faults,
            coached=False,
            journal=False,
        )
    )


@app.command()
def demo(
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another runner and another run.")] = 1,
    minutes: Annotated[float, typer.Option(min=1, max=120, help="How long the run is.")] = 6.0,
    preferred: Annotated[
        float | None,
        typer.Option(
            metavar="SPM", min=140, max=190, help="The runner's own cadence.", show_default="by the seed"
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            metavar="M_S", min=2.0, max=5.0, help="The runner's easy speed.", show_default="by the seed"
        ),
    ] = None,
    compliance: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0.0,
            max=1.3,
            help="How much of the way to the beat the runner goes; in people 0.7 to 1.15.",
            show_default="by the seed",
        ),
    ] = None,
    weeks: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=52,
            help="A season of so many weeks, each run simulated stride by stride without the sensor.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See and try it all without hardware: a simulated runner who hears the coach and answers.

    A run goes through the same links, recorder, detector and coach as a live one, and enters the journal
    under the name of a demo.
    """
    from coach.cli.demo.command import run_demo, run_season
    from coach.cli.demo.runner import drawn

    runner = drawn(seed, preferred_spm=preferred, speed_m_s=speed, compliance=compliance)
    if weeks is None:
        run_demo(runner, minutes, as_json=as_json)
    else:
        run_season(runner, weeks, as_json=as_json)


@app.command()
def pods(
    seconds: Annotated[
        float, typer.Option(metavar="N", callback=positive, help="How long to listen for Bluetooth pods.")
    ] = 5.0,
    as_json: AsJson = False,
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
    as_json: AsJson = False,
) -> None:
    """Check this machine: Bluetooth, serial ports, folders, sound; and say what to do about each."""
    if sound:
        from coach.cli.doctor_sound import find_latency

        find_latency()
        return
    from coach.cli.doctor_command import run_doctor

    run_doctor(as_json)


_KeptRun = Annotated[
    str,
    typer.Argument(metavar="RUN", help="Its number in 'coach journal', or 'latest'.", show_default=False),
]


@app.command()
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
    from coach.cli.report_command import report_run

    report_run(run, out, show=show)


@app.command()
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
    from coach.cli.export_command import Exports, export_run

    export_run(run, Exports(fit, csv, parquet))


app.add_typer(journal_app, name="journal")
