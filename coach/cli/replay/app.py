"""`coach replay`: what it takes.

Only light modules are imported here; the commands import what they need when they run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli.options import Target, positive


def _sound_path(value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() != ".wav":
        raise typer.BadParameter(f"'{value}' does not end in .wav")
    return value


def _picture_path(value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() not in (".png", ".svg"):
        raise typer.BadParameter(f"'{value}' ends neither in .png nor in .svg")
    return value


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
    from coach.cli.replay.command import Options, Outputs, replay_many, replay_one
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
