"""`coach journal`: what it prints, and that it never takes what the runner did not give up."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity
from coach.cli.errors import CommandError
from coach.cli.main import app
from coach.coach_settings import CoachSettings
from coach.journal.store import Journal
from coach.kept_run import ME

from .conftest import Coach

# Neither this machine's offset nor the daylight saving of any place.
STARTED = datetime(2026, 3, 29, 7, 15, 1, tzinfo=timezone(timedelta(hours=9, minutes=30)))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("COACH_HOME", str(folder))
    return folder


def call(*arguments: object, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, ["journal", *map(str, arguments)], input=answer)


def keep(*, day: int = 0, runner: str = ME, recording: str = "", finished: bool = True) -> int:
    records = np.zeros(100, STRIDE)
    records["t_mid_stance_s"] = 0.7 * np.arange(1, 101)
    records["t_toe_off_s"] = records["t_mid_stance_s"] - 0.5
    records["t_contact_s"] = records["t_mid_stance_s"] - 0.1
    records["stride_time_s"], records["cadence_spm"] = 0.7, 120 / 0.7
    records["stride_length_m"], records["speed_m_s"] = 2.1, 3.0
    records["activity"], records["good"] = Activity.RUNNING, True
    cues = np.array([(20.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 172.0)], CUE)
    with Journal() as journal:
        run_id = journal.begin_run(
            runner=runner, started=STARTED + timedelta(days=day), pod="ble:Pod 7", recording=recording,
            settings=CoachSettings(target_spm=172.0),
        )  # fmt: skip
        journal.add(run_id, records, cues)
        if finished:
            journal.finish_run(run_id)
    return run_id


def test_an_empty_journal_is_an_answer_and_makes_no_file(home: Path) -> None:
    for arguments in ((), ("list",), ("--demos",)):
        shown = call(*arguments)
        assert shown.exit_code == 0
        assert " is kept yet" in shown.output
        assert str(home / "journal.db") in shown.output
    assert json.loads(call("--json").stdout) == {
        "schema": "cadence-coach/journal-list/1", "path": str(home / "journal.db"), "runs": [],
    }  # fmt: skip
    assert not home.exists()


@pytest.mark.usefixtures("home")
def test_the_list_has_a_line_a_run_the_newest_first_in_its_own_local_time() -> None:
    keep()
    keep(day=1, finished=False)
    lines = call().stdout.splitlines()
    assert [line.split()[:3] for line in lines[3:5]] == [
        ["2", "2026-03-30", "07:15"],
        ["1", "2026-03-29", "07:15"],
    ]
    assert "cut off" in lines[3]
    assert lines[4].split()[3:] == ["1:10", "1:10", "0.21", "171.4", "172", "100", "3.00"]
    assert "nan" not in "".join(lines)
    assert call("list").stdout.splitlines() == lines


@pytest.mark.usefixtures("home")
def test_the_list_fits_a_terminal_of_80_columns() -> None:
    keep()
    table = call().stdout.splitlines()[:-1]
    assert max(len(line.rstrip()) for line in table) <= 80


@pytest.mark.usefixtures("home")
def test_demos_are_listed_apart() -> None:
    own, demo = keep(), keep(runner="demo 3")
    assert [run["run_id"] for run in json.loads(call("--json").stdout)["runs"]] == [own]
    assert [run["run_id"] for run in json.loads(call("list", "--demos", "--json").stdout)["runs"]] == [demo]
    assert "demo 3" in call("--demos").stdout


@pytest.mark.usefixtures("home")
def test_a_run_is_shown_by_its_number_or_as_the_latest() -> None:
    keep()
    keep(day=1)
    keep(day=2, runner="demo 3")
    shown = call("show", 1).stdout
    for words in (
        "Sunday 2026-03-29 07:15",
        "ble:Pod 7",
        "100 of them running",
        "171.4 spm",
        "burst up",
        "172",
    ):
        assert words in shown
    assert call("show").stdout == call("show", "latest").stdout == call("show", "2").stdout
    assert "demo 3" in call("show", 3).stdout


@pytest.mark.usefixtures("home")
def test_show_json_is_one_document_with_every_record() -> None:
    keep()
    document = json.loads(call("show", 1, "--json").stdout)
    assert list(document) == ["schema", "run", "strides", "cues", "updates"]
    assert document["schema"] == "cadence-coach/run/1"
    assert document["run"]["started"] == STARTED.isoformat()
    assert document["run"]["distance_m"] == pytest.approx(210.0)
    assert len(document["strides"]) == 100
    assert document["cues"] == [
        {"t_s": 20.0, "kind": "burst_up", "tempo_spm": 172.0, "reason": "below_target"}
    ]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("command", ["show", "delete"])
def test_a_run_that_is_not_there_is_one_line(command: str) -> None:
    for run, words in (("latest", "no run in the journal yet"), ("7", "no run 7"), ("9" * 18, "no run")):
        failed = call(command, run)
        assert isinstance(failed.exception, CommandError)
        assert words in str(failed.exception)
    for run in ("first", "1.5", "²", "9" * 30):
        assert call(command, run).exit_code == 2


def test_delete_asks_unless_told_not_to(home: Path, coach: Coach) -> None:
    recording = home / "runs" / "a.mcap"
    recording.parent.mkdir(parents=True)
    recording.write_bytes(b"x")
    keep(recording=str(recording))
    asked = coach("journal", "delete", 1)  # nobody is there to be asked
    assert asked.returncode == 1
    assert "--yes" in asked.stderr
    assert recording.exists()
    done = coach("journal", "delete", "latest", "--yes")
    assert (done.returncode, done.stdout) == (0, "deleted: run 1 of 2026-03-29 07:15\n")
    assert not recording.exists()
    assert json.loads(call("--json").stdout)["runs"] == []


@pytest.mark.usefixtures("home")
def test_a_recording_that_lies_elsewhere_is_left_and_said(tmp_path: Path) -> None:
    elsewhere = tmp_path / "mine.mcap"
    elsewhere.write_bytes(b"x")
    keep(recording=str(elsewhere))
    assert f"its recording is still in {elsewhere}" in call("delete", 1, "--yes").stdout
    assert elsewhere.exists()


def test_everything_goes_out_and_comes_in_on_another_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep()
    keep(day=1, runner="demo 3")
    out = call("export", "--json", tmp_path / "all.json", "--csv", tmp_path / "tables")
    assert (out.exit_code, out.stdout) == (0, "")
    assert f"written: {tmp_path / 'all.json'}, with 2 runs" in out.stderr
    assert len(list((tmp_path / "tables").iterdir())) == 7
    piped = call("export", "--json", "-").stdout
    assert piped == (tmp_path / "all.json").read_text(encoding="utf-8")

    monkeypatch.setenv("COACH_HOME", str(tmp_path / "other"))
    assert call("import", tmp_path / "all.json").stdout == "2 runs taken in\n"
    assert call("import", tmp_path / "all.json").stdout == "0 runs taken in, 2 already here\n"
    assert call("export", "--json", "-").stdout == piped


@pytest.mark.usefixtures("home")
def test_wrong_usage_is_told() -> None:
    for arguments in (("export",), ("import",), ("delete",), ("--json", "list"), ("nonsense",)):
        assert call(*arguments).exit_code == 2


@pytest.mark.usefixtures("home")
def test_a_damaged_journal_is_kept_aside_and_said(home: Path, coach: Coach) -> None:
    home.mkdir()
    (home / "journal.db").write_bytes(b"nonsense")
    shown = coach("journal")
    assert shown.returncode == 0
    assert shown.stderr == (
        "coach: the journal was damaged: nothing could be read; "
        f"the old file is {home / 'journal.db.damaged-1'}\n"
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is forbidden here")
def test_a_folder_that_cannot_be_written_is_one_line(home: Path, coach: Coach) -> None:
    keep()
    home.chmod(0o500)
    failed = coach("journal", "show")
    home.chmod(0o700)
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1
