"""Bad input: one clear line on stderr and exit code 1; wrong usage: exit code 2; never a traceback."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coach.cli.errors import CommandError
from coach.cli.main import app

from .conftest import Coach
from .recordings import HEAD, standing, write

ROWS = standing().removeprefix(HEAD).splitlines(keepends=True)


def backwards() -> str:
    return HEAD + "".join(ROWS[:300] + ROWS[100:200])


def text_where_numbers_are() -> str:
    return HEAD + "".join(ROWS[:300]) + "3.0,fast,0,9.8,0,0,0\n" + "".join(ROWS[301:])


def nothing_but_nan() -> str:
    return HEAD + "".join(f"{row / 100:.2f},nan,nan,nan,nan,nan,nan\n" for row in range(300))


BAD_FILES: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "empty": (lambda: "", "the file is empty"),
    "header only": (lambda: HEAD, "no row of samples"),
    "ten samples": (lambda: HEAD + "".join(ROWS[:10]), "too short"),
    "nothing but NaN": (nothing_but_nan, "no accelerations"),
    "time going backwards": (backwards, "time goes backwards"),
    "text where numbers are": (text_where_numbers_are, "'fast' is not a number"),
    "binary": (lambda: bytes(range(256)) * 40, "not a table"),
    "prose": (lambda: "Dear runner,\nplease run.\n" * 20, ""),
    "cut gzip": (lambda: gzip.compress(standing().encode())[:2000], "gzip"),
}


def assert_one_line(stderr: str, *words: str) -> None:
    lines = [line for line in stderr.splitlines() if "compiling" not in line]
    assert len(lines) == 1, stderr
    assert lines[0].startswith("coach: ")
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_told_in_one_line(coach: Coach, tmp_path: Path, kind: str) -> None:
    content, words = BAD_FILES[kind]
    path = tmp_path / "bad.csv"
    made = content()
    path.write_bytes(made if isinstance(made, bytes) else made.encode())
    run = coach("replay", path, "--json")
    assert (run.returncode, run.stdout) == (1, "")
    assert_one_line(run.stderr, "bad.csv", words)


def test_a_missing_file_is_told_in_one_line(coach: Coach) -> None:
    run = coach("replay", "nowhere.csv")
    assert (run.returncode, run.stdout) == (1, "")
    assert_one_line(run.stderr, "nowhere.csv", "no such file")


def test_a_column_that_is_not_there_is_told_in_one_line(coach: Coach, standing_csv: Path) -> None:
    run = coach("replay", standing_csv, "--columns", "t=t_s,ax=left,ay=acc_y_m_s2,az=acc_z_m_s2")
    assert run.returncode == 1
    assert_one_line(run.stderr, "'left'")


def test_a_folder_without_recordings_is_told_in_one_line(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing here")
    run = coach("replay", tmp_path)
    assert run.returncode == 1
    assert_one_line(run.stderr, "no recording lies in this folder")


@pytest.mark.parametrize("option", ["--csv", "--plot"])
def test_a_file_that_cannot_be_written_is_told_in_one_line(
    coach: Coach, standing_csv: Path, option: str
) -> None:
    run = coach("replay", standing_csv, option, "no/such/folder/out.png")
    assert (run.returncode, run.stdout) == (1, "")
    assert_one_line(run.stderr, "no/such/folder/out.png", "cannot be written")


def test_one_bad_file_among_several_does_not_stop_the_others(
    coach: Coach, standing_csv: Path, tmp_path: Path
) -> None:
    bad = write(tmp_path / "bad.csv", "")
    run = coach("replay", bad, standing_csv, "nowhere.csv")
    assert run.returncode == 1
    assert "standing.csv" in run.stdout
    told = [line for line in run.stderr.splitlines() if "compiling" not in line]
    assert [line.split(":")[1].strip() for line in told[:2]] == [str(bad), "nowhere.csv"]
    assert told[2] == "coach: 2 of 3 files could not be read"


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--rate", "0"), "--rate"),
        (("--rate", "nan"), "--rate"),
        (("--rate", "fast"), "--rate"),
        (("--acc-unit", "feet"), "--acc-unit"),
        (("--gyro-unit", "rpm"), "--gyro-unit"),
        (("--side", "both"), "--side"),
        (("--columns", "t=time"), "--columns"),
        (("--plot", "out.jpg"), "--plot"),
        (("--sped", "3"), "--sped"),
        (("second.csv", "--csv", "out.csv"), "--csv"),
        (("second.csv", "--plot", "out.svg"), "--plot"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(
    standing_csv: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = call("replay", standing_csv, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_wrong_usage_is_told_before_any_work(tmp_path: Path) -> None:
    assert call("replay", tmp_path / "nowhere.csv", "--plot", "out.jpg").exit_code == 2


def test_a_command_fails_with_one_line_and_leaves_the_reason_in_the_exception(tmp_path: Path) -> None:
    result = call("replay", tmp_path / "nowhere.csv")
    assert isinstance(result.exception, CommandError)


def test_no_command_at_all_shows_the_help(coach: Coach) -> None:
    run = coach()
    assert run.returncode == 2
    assert "replay" in run.stdout + run.stderr
