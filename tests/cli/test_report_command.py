"""`coach report` and `coach export`, called as a user calls them."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import fitdecode
import pytest

from coach.journal.store import Journal
from coach.kept_run import KeptRun

from ..report.kept_runs import STARTED, coached_run, long_run, sensor_run, short_run
from .conftest import Coach

MOST_S = 2.0
"""For a run of two hours, all in all: Python's start, the journal, the page."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of four runs, the last from a sensor without strides."""
    folder = tmp_path_factory.mktemp("home")
    runs = [coached_run(), long_run(), short_run(), sensor_run()]
    fill(folder, [replace(run, started=STARTED + timedelta(days=day)) for day, run in enumerate(runs)])
    return folder


def fill(folder: Path, runs: list[KeptRun]) -> None:
    with Journal(folder / "journal.db") as journal:
        assert journal.take_in(runs).runs == len(runs)


@pytest.fixture
def kept(coach: Coach, home: Path) -> Iterator[Coach]:
    """Calls `coach` with that journal."""

    def call(*arguments: object, **environment: str):  # type: ignore[no-untyped-def]
        return coach(*arguments, COACH_HOME=str(home), **environment)

    return call  # type: ignore[return-value]


def test_the_path_of_the_page_is_printed_and_only_the_owner_can_read_it(kept: Coach, home: Path) -> None:
    done = kept("report", 1)
    assert (done.returncode, done.stderr) == (0, "")
    path = Path(done.stdout.strip())
    assert path == home / "reports" / "2026-11-22-1805-run-1.html"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert "Your cadence went up from 164" in path.read_text(encoding="utf-8")


def test_the_latest_run_is_the_default(kept: Coach, tmp_path: Path) -> None:
    assert kept("report", "--out", "page.html").returncode == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "Wednesday, 25 November 2026" in text
    assert "Cadence of 4 runs by date" in text


def test_the_trend_ends_with_the_run_of_the_page(kept: Coach, tmp_path: Path) -> None:
    assert kept("report", 2, "--out", "page.html").returncode == 0
    assert "Cadence of 2 runs by date" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_the_page_opens_in_the_browser_that_is_set(kept: Coach, tmp_path: Path) -> None:
    done = kept("report", 3, "--out", "page.html", "--open", BROWSER="echo opened %s")
    assert f"opened {(tmp_path / 'page.html').as_uri()}" in done.stdout


def test_two_hours_open_as_a_page_within_two_seconds(kept: Coach, tmp_path: Path) -> None:
    took = []
    for _ in range(3):
        begin = time.perf_counter()
        assert kept("report", 2, "--out", "page.html").returncode == 0
        took.append(time.perf_counter() - begin)
    assert min(took) <= MOST_S


def test_an_empty_journal_is_an_answer_and_leaves_no_file(coach: Coach, tmp_path: Path) -> None:
    for command in (("report",), ("export", "--fit", "run.fit")):
        done = coach(*command, COACH_HOME=str(tmp_path / "home"))
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "there is no run in the journal yet; 'coach run' or 'coach demo' makes one\n"
    fill_nothing = tmp_path / "made"
    fill_nothing.mkdir()
    fill(fill_nothing, [])
    assert coach("report", COACH_HOME=str(fill_nothing)).stdout.startswith("there is no run")
    assert not (tmp_path / "home").exists()
    assert not (tmp_path / "run.fit").exists()


def test_a_runner_without_own_runs_gets_the_page_of_the_last_demo(coach: Coach, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    fill(home, [replace(coached_run(), runner="demo-1")])
    done = coach("report", COACH_HOME=str(home))
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("report", 99), 1, "there is no run 99 in the journal"),
        (("export", 99, "--fit", "run.fit"), 1, "there is no run 99 in the journal"),
        (("report", "abc"), 2, "'abc' is neither a number nor 'latest'"),
        (("export", 1), 2, "at least one is needed"),
        (("report", 1, "--out", "no/page.html"), 1, "cannot be written"),
        (("export", 1, "--fit", "no/run.fit"), 1, "cannot be written"),
        (("export", 4, "--csv", "run.csv"), 1, "run 4 has no strides"),
        (("export", 4, "--parquet", "run.parquet"), 1, "run 4 has no strides"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    kept: Coach, arguments: tuple[object, ...], code: int, words: str
) -> None:
    done = kept(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    if code == 1:
        assert done.stderr.count("\n") == 1


def test_a_folder_of_reports_that_cannot_be_written_is_named(coach: Coach, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    fill(home, [short_run()])
    (home / "reports").write_text("in the way")
    done = coach("report", COACH_HOME=str(home))
    assert done.returncode == 1
    assert "reports" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_run_is_exported_to_all_the_files_asked_for(kept: Coach, tmp_path: Path) -> None:
    done = kept("export", 1, "--fit", "run.fit", "--csv", "run.csv", "--parquet", "run.parquet")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "written: run.fit\nwritten: run.csv\nwritten: run.parquet\n"
    for name in ("run.fit", "run.csv", "run.parquet"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(coached_run().strides)
    with fitdecode.FitReader(str(tmp_path / "run.fit"), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        assert sum(frame.frame_type == fitdecode.FIT_FRAME_DATA for frame in reader) > 600
    assert sorted(os.listdir(tmp_path)) == ["run.csv", "run.fit", "run.parquet"]
