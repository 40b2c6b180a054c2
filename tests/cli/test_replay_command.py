"""`coach replay`: what it prints, what it writes, and where."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cadence.stride import STRIDE

from .conftest import START, Coach
from .recordings import HEAD, standing, write

RECORD = [*("signal" if name == "good" else name for name in STRIDE.names or ())]


def notes_apart(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if "compiling" not in line]


def test_json_is_the_documented_document_and_nothing_else(coach: Coach, run_csv: Path) -> None:
    run = coach("replay", run_csv, "--json", "--side", "left")
    assert run.returncode == 0
    document = json.loads(run.stdout)
    assert list(document) == ["schema", "source", "summary", "strides"]
    assert document["schema"] == "cadence-coach/replay/1"
    assert list(document["source"]) == [
        "path", "format", "sensors", "samples", "duration_s", "rate_hz", "clipped_samples", "gaps",
    ]  # fmt: skip
    assert list(document["summary"]) == [
        "strides", "running_strides", "cadence_spm", "distance_m",
        "stationary_s", "walking_s", "running_s", "unknown_s",
    ]  # fmt: skip
    assert document["source"]["path"] == str(run_csv)
    assert document["source"]["sensors"] == "accelerometer+gyroscope"
    assert len(document["strides"]) == document["summary"]["strides"] > 30
    assert all(list(stride) == RECORD for stride in document["strides"])
    assert {stride["side"] for stride in document["strides"]} == {"left"}


def test_the_summary_agrees_with_the_strides(coach: Coach, run_csv: Path) -> None:
    document = json.loads(coach("replay", run_csv, "--json").stdout)
    strides, summary = document["strides"], document["summary"]
    cadence = [
        stride["cadence_spm"]
        for stride in strides
        if stride["activity"] == "running" and stride["cadence_spm"]
    ]
    assert summary["cadence_spm"] == pytest.approx(np.median(cadence), abs=1e-3)
    lengths = [stride["stride_length_m"] for stride in strides if stride["stride_length_m"] is not None]
    assert summary["distance_m"] == pytest.approx(sum(lengths), abs=1e-3)
    times = [summary[f"{name}_s"] for name in ("stationary", "walking", "running", "unknown")]
    assert sum(times) == pytest.approx(document["source"]["duration_s"], abs=1e-5)
    assert summary["running_s"] > 20


def test_standing_still_has_no_stride_and_is_no_failure(coach: Coach, standing_csv: Path) -> None:
    run = coach("replay", standing_csv, "--json")
    assert run.returncode == 0
    document = json.loads(run.stdout)
    assert document["strides"] == []
    assert document["summary"]["cadence_spm"] is None
    assert document["source"]["samples"] == 600
    assert document["source"]["duration_s"] == pytest.approx(5.99)


def test_what_was_inferred_is_told_on_stderr_beside_the_document(coach: Coach, tmp_path: Path) -> None:
    bare = write(tmp_path / "bare.csv", standing().replace(HEAD, "time,ax,ay,az,gx,gy,gz\n"))
    run = coach("replay", bare, "--json")
    json.loads(run.stdout)
    notes = notes_apart(run.stderr)
    assert notes
    assert all(note.startswith(f"coach: {bare}: ") for note in notes)
    assert any("accelerations are taken as m/s²" in note for note in notes)


def test_missing_samples_are_counted_as_gaps(coach: Coach, tmp_path: Path) -> None:
    rows = standing().splitlines(keepends=True)
    holed = write(tmp_path / "holed.csv", "".join(rows[:200] + rows[320:]))
    document = json.loads(coach("replay", holed, "--json").stdout)
    assert document["source"]["gaps"] == 1
    assert "1 gap" in coach("replay", holed).stdout


def test_single_rows_of_nan_are_gaps_not_a_failure(coach: Coach, tmp_path: Path) -> None:
    rows = standing().splitlines(keepends=True)
    rows[301] = "3.00,nan,nan,nan,nan,nan,nan\n"
    run = coach("replay", write(tmp_path / "nan.csv", "".join(rows)), "--json")
    assert run.returncode == 0
    assert json.loads(run.stdout)["source"]["gaps"] == 1


def test_the_table_has_units_and_the_summary_says_what_was_lost(coach: Coach, run_csv: Path) -> None:
    run = coach("replay", run_csv)
    assert run.returncode == 0
    for words in ("strides", "spm", "contact", "ms", "m/s", "losses", "running", "more"):
        assert words in run.stdout
    assert "nan" not in run.stdout
    assert "\x1b" not in run.stdout


def test_the_table_fits_a_terminal_of_80_columns(coach: Coach, run_csv: Path) -> None:
    lines = coach("replay", run_csv).stdout.splitlines()
    table = lines[next(i for i, line in enumerate(lines) if "cadence" in line and "contact" in line) :]
    assert max(len(line) for line in table if "written" not in line) <= 80


def test_what_is_not_known_is_a_dash(coach: Coach, run_csv: Path, tmp_path: Path) -> None:
    header, *rows = run_csv.read_text().splitlines()
    alone = "\n".join(",".join(row.split(",")[:4]) for row in (header, *rows)) + "\n"
    run = coach("replay", write(tmp_path / "alone.csv", alone))
    assert "–" in run.stdout
    assert "csv, accelerometer," in run.stdout


def test_csv_holds_the_strides_of_the_document(coach: Coach, run_csv: Path, tmp_path: Path) -> None:
    run = coach("replay", run_csv, "--csv", "out.csv", "--json")
    strides = json.loads(run.stdout)["strides"]
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == RECORD
    assert len(rows) == len(strides)
    for row, stride in zip(rows, strides, strict=True):
        assert row == {name: "" if value is None else str(value) for name, value in stride.items()}


@pytest.mark.parametrize(("name", "start"), [("out.png", b"\x89PNG"), ("out.SVG", b"<?xml")])
@pytest.mark.parametrize("recording", ["run_csv", "standing_csv"])
def test_plot_is_a_picture(
    coach: Coach, request: pytest.FixtureRequest, tmp_path: Path, recording: str, name: str, start: bytes
) -> None:
    run = coach("replay", request.getfixturevalue(recording), "--plot", name)
    assert (run.returncode, notes_apart(run.stderr)) == (0, [])
    assert (tmp_path / name).read_bytes().startswith(start)
    assert f"written: {name}" in run.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_several_files_give_one_line_each(coach: Coach, run_csv: Path, standing_csv: Path) -> None:
    run = coach("replay", run_csv, standing_csv)
    assert run.returncode == 0
    for path in (run_csv, standing_csv):
        assert sum(str(path) in line for line in run.stdout.splitlines()) == 1


def test_a_folder_gives_all_recordings_in_it_by_name(coach: Coach, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    (folder / "may").mkdir(parents=True)
    write(folder / "b.csv", standing())
    (folder / "may" / "c.csv.gz").write_bytes(gzip.compress(standing().encode()))
    write(folder / "a.txt", standing())
    write(folder / "readme.md", "not a recording")
    documents = json.loads(coach("replay", folder, "--json").stdout)
    assert [Path(document["source"]["path"]).name for document in documents] == ["a.txt", "b.csv", "c.csv.gz"]


def test_json_of_several_files_is_a_list_even_when_none_can_be_read(coach: Coach) -> None:
    run = coach("replay", "a.csv", "b.csv", "--json")
    assert run.returncode == 1
    assert json.loads(run.stdout) == []


def test_a_reader_that_goes_away_is_no_trouble(run_csv: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START, "replay", str(run_csv), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read().decode()
        process.wait()
    assert notes_apart(errors) == []


def test_a_terminal_without_the_signs_gets_question_marks(coach: Coach, standing_csv: Path) -> None:
    run = coach("replay", standing_csv, PYTHONIOENCODING="ascii")
    assert run.returncode == 0
    assert "?" in run.stdout


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_a_bar_is_shown_on_a_terminal(run_csv: Path) -> None:
    ours, theirs = os.openpty()
    run = subprocess.run(
        [sys.executable, "-c", START, "replay", str(run_csv), str(run_csv)],
        stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}, check=True,
    )  # fmt: skip
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)
    assert "0/2" in shown
    assert b"\x1b" not in run.stdout
