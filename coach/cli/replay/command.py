"""`coach replay`: open, find the strides, write what was asked for, show the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import typer

from cadence.sample import SampleBlock
from cadence.stride import Side
from coach.audio.sink import SoundError
from coach.audio.sounds import SoundSettings, open_sink
from coach.cli.errors import CommandError, say
from coach.cli.live.sound import hear
from coach.cli.progress import progress_bar, tell_if_compiling
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.counted import counted
from coach.cuers import Cuers, cuers_of
from coach.replay import Replay, describe, replay, replay_messages
from coach.run import Found, Run
from coach.run_settings import RunSettings, read_settings
from coach.signal_view import Outline, Window, window_s
from coach.stride_files import json_lines, write_csv
from firmware_bridge.importers import CsvOptions, open_csv
from firmware_bridge.recording_format import is_recording
from firmware_bridge.source import Described, SourceError

ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".mcap")
"""Of a folder, the files with these endings are taken for recordings."""


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for every file of a call."""

    csv_options: CsvOptions
    side: Literal["left", "right"] | None
    as_json: bool
    cues: bool = False
    target_spm: float | None = None

    def cuers(self, recorded: RunSettings) -> Cuers | None:
        """Who cues, told what the recording says unless the user said otherwise."""
        if not self.cues:
            return None
        if self.target_spm is None:
            return cuers_of(recorded)
        return cuers_of(replace(recorded, coach=replace(recorded.coach, target_spm=self.target_spm)))


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is written beside what is printed, where a path is given.

    Attributes:
        csv, parquet: one row a stride.
        plot: a picture.
        wav: what the runner would have heard.
    """

    csv: Path | None = None
    parquet: Path | None = None
    plot: Path | None = None
    wav: Path | None = None


def replay_one(path: Path, options: Options, outputs: Outputs) -> None:
    """Replay one recording. Files are written before anything is printed.

    Raises:
        CommandError: the recording cannot be read.
        OSError: a file cannot be written.
    """
    outline = Outline()

    def watch(block: SampleBlock) -> None:
        show(block)
        if outputs.plot is not None:
            outline.add(block)

    try:
        with progress_bar(1) as (begin, show):
            begin(path.name)
            source, result = _replayed(path, options, watch)
    except SourceError as error:
        raise CommandError(str(error)) from None
    _write(outputs, path, options, result, outline)
    if options.as_json:
        _tell_notes(source)
        sys.stdout.writelines(json_lines(source, result))
        return
    from coach.cli.live.run_view import print_replay

    print_replay(source, result)
    for written in (outputs.csv, outputs.parquet, outputs.plot, outputs.wav):
        if written is not None:
            typer.echo(f"written: {written}")


def _write(outputs: Outputs, path: Path, options: Options, result: Replay, outline: Outline) -> None:
    if outputs.csv is not None:
        write_csv(outputs.csv, result.strides)
    if outputs.parquet is not None:
        from coach.export.parquet_file import ParquetMissingError, write_parquet

        try:
            write_parquet(outputs.parquet, result.strides)
        except ParquetMissingError as error:
            raise CommandError(str(error)) from None
    if outputs.wav is not None:
        _play(outputs.wav, result)
    if outputs.plot is not None:
        _draw(outputs.plot, path, options, result, outline)


def _play(wav: Path, result: Replay) -> None:
    """Write what the runner would have heard."""
    troubles: list[str] = []
    try:
        sink = open_sink(SoundSettings(str(wav)), tell=troubles.append)
    except SoundError as error:
        raise CommandError(str(error)) from None
    found = Found(strides=counted(result.strides), cues=list(result.cues))
    hear(sink, found, result.counters.duration_s)
    sink.close()
    for trouble in troubles:
        say(trouble)


def replay_many(arguments: Sequence[Path], options: Options) -> None:
    """Replay several recordings, or all of a folder: one line each, or a list of documents.

    A recording that cannot be read is told in one line and the rest go on.

    Raises:
        typer.Exit: with code 1 when any could not be read.
        CommandError: there is nothing to read.
    """
    from coach.cli.live.run_view import overview_row, print_overview

    paths = _recordings(arguments)
    rows, failed, documents = [], 0, 0
    with progress_bar(len(paths)) as (begin, show):
        for path in paths:
            begin(path.name)
            try:
                source, result = _replayed(path, options, show)
            except SourceError as error:
                say(str(error))
                failed += 1
                continue
            if options.as_json:
                _tell_notes(source)
                sys.stdout.write(",\n" if documents else "[\n")
                sys.stdout.writelines(json_lines(source, result))
                documents += 1
            else:
                rows.append(overview_row(source, result))
    if options.as_json:
        sys.stdout.write("]\n" if documents else "[]\n")
    elif rows:
        print_overview(rows)
    if failed:
        say(f"{failed} of {len(paths)} files could not be read")
        raise typer.Exit(1)


def _replayed(
    path: Path, options: Options, watch: Callable[[SampleBlock], object]
) -> tuple[Described, Replay]:
    side = None if options.side is None else Side[options.side.upper()]
    if is_recording(path):
        return _replayed_run(path, side, options, watch)
    source = open_csv(path, options.csv_options)
    tell_if_compiling()
    foot = Side.UNKNOWN if side is None else side
    coach = Coach(CoachSettings(target_spm=options.target_spm)) if options.cues else None
    return source, replay(source, side=foot, coach=coach, watch=watch)


def _replayed_run(
    path: Path, side: Side | None, options: Options, watch: Callable[[SampleBlock], object]
) -> tuple[Described, Replay]:
    from firmware_bridge.pods.catalogue import UnknownPodError, decoders
    from firmware_bridge.recording_reader import Recording

    recording = Recording(path)
    settings = read_settings(recording.settings)
    if side is not None and len(settings.sides) > 1:
        raise CommandError(f"{path}: both feet carried a pod, and it says which: leave out --side")
    tell_if_compiling()
    cuers = options.cuers(settings)
    run = Run(
        decoders(convention=settings.convention),
        sides=settings.sides if side is None else (side,),
        coach=None if cuers is None else cuers.coach,
        cuer=cuers,
    )
    plan = settings.plan if options.cues else ""
    try:
        result = replay_messages(recording.messages(), run, plan=plan, watch=watch)
    except UnknownPodError as error:
        raise SourceError(f"{path}: {error}; a newer version of this program may know it") from None
    return describe(run, recording.path, recording.format, recording.notes), result


def _recordings(arguments: Sequence[Path]) -> list[Path]:
    """The files themselves, and of each folder what lies in it and below, by name."""
    paths: list[Path] = []
    for argument in arguments:
        if not argument.is_dir():
            paths.append(argument)
            continue
        inside = sorted(
            path for path in argument.rglob("*") if path.name.lower().endswith(ENDINGS) and path.is_file()
        )
        if not inside:
            raise CommandError(
                f"{argument}: no recording lies in this folder; looked for {', '.join(ENDINGS)}"
            )
        paths += inside
    return paths


def _tell_notes(source: Described) -> None:
    """What was inferred, on stderr: the document holds strides and counts only."""
    for note in source.notes:
        say(f"{source.path}: {note}")


def _draw(plot: Path, path: Path, options: Options, result: Replay, outline: Outline) -> None:
    """Read the recording once more, up to the end of the seconds shown in full: which they are is known
    only when all strides are."""
    from coach.picture import Picture, draw

    duration_s = result.counters.duration_s
    strides = result.strides
    if result.asymmetry is not None:  # the signal is that of the first pod, and so are the strides
        strides = strides[strides["side"] == result.first_side]
    window = Window(*window_s(strides, duration_s))
    if is_recording(path):
        _replayed_run(path, None, options, window.add)
    else:
        for block in open_csv(path, options.csv_options).blocks():
            if not window.add(block):
                break
    draw(Picture(_title(path, result), duration_s, strides, outline, window), plot)


def _title(path: Path, result: Replay) -> str:
    from coach.cli.live.run_view import cadence_words, distance_words

    summary = result.summary
    parts = [path.name, f"{summary.strides} strides", cadence_words(summary), distance_words(summary)]
    return "  ·  ".join(part for part in parts if part)
