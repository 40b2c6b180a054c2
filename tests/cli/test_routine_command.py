"""`coach routine`: guided by time or counted by the pod, kept in the journal, and what comes next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from coach.care.records import Set
from coach.cli.main import app
from coach.journal.store import Journal
from coach.routines.catalogue import COUNTED, GUIDED

from .conftest import START, Coach


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["routine", *map(str, arguments)])


def told(*arguments: object) -> dict[str, Any]:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.mark.parametrize("name", [*GUIDED, *COUNTED])
def test_what_is_in_a_routine_is_shown_without_doing_it(name: str, home: Path) -> None:
    text = call(name, "--list").stdout
    routine = GUIDED.get(name) or COUNTED[name]  # type: ignore[call-overload]
    assert routine.title in text
    assert told(name, "--list")["routine"] == name
    assert not home.exists()


def test_a_guided_routine_is_told_line_by_line_and_ticked_in_the_journal() -> None:
    lines = call("warm-up", "--lapse", 300).stdout.splitlines()
    assert lines[0] == "0:00  Brisk walk"
    assert any(line.endswith("The other side") for line in lines)
    assert lines[-1].endswith("done after 5:54 min.")
    with Journal() as journal:
        (done,) = journal.routines()
    assert (done.routine, done.finished, done.sets, done.leg) == ("warm-up", True, (), None)
    assert done.duration_s == 354.0


def test_a_guided_routine_as_one_document() -> None:
    document = told("cool-down", "--lapse", 500)
    assert (document["routine"], document["leg"], document["sets"]) == ("cool-down", None, [])
    assert document["finished"] is True
    assert document["proposal"] is None


def test_it_can_be_heard_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "guide.wav"
    told("warm-up", "--lapse", 300, "--sound", path)
    with wave.open(str(path)) as file:
        assert 350.0 < file.getnframes() / file.getframerate() < 365.0


def test_ctrl_c_ends_it_and_keeps_what_was_done(home: Path, tmp_path: Path) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", START, "routine", "trunk-and-hips", "--lapse", "20"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=os.environ,
    )  # fmt: skip
    assert run.stdout is not None
    assert run.stdout.readline() == "0:00  Plank\n"
    run.send_signal(signal.SIGINT)
    rest, errors = run.communicate(timeout=20)
    assert (run.returncode, errors) == (0, "")
    assert "ended early" in rest
    with Journal(home / "journal.db") as journal:
        (done,) = journal.routines()
    assert not done.finished


class TestWithoutAPod:
    def test_what_the_runner_tells_is_kept_and_leads_on(self) -> None:
        document = told("heel-drops", "--leg", "right", "--reps", "8,8,8")
        assert document["sets"] == [{"reps": 8, "lowering_s": [], "completed": True}] * 3
        assert document["proposal"]["load_kg"] > 0.0
        with Journal() as journal:
            (done,) = journal.routines()
        assert (done.leg, done.counted, done.finished) == ("right", False, True)
        # Next time the proposed load is taken as carried, unless something else is told.
        assert (
            told("heel-drops", "--leg", "right", "--reps", "8,7,5")["load_kg"]
            == (document["proposal"]["load_kg"])
        )
        assert told("heel-drops", "--leg", "right", "--reps", "8", "--load-kg", 7)["load_kg"] == 7.0

    def test_people_read_it_as_a_table(self) -> None:
        text = call("calf-raises", "--leg", "left", "--reps", "23").stdout
        assert "Single-leg calf raises, left leg" in text
        assert "23" in text
        assert "Next time: up to 25\n    2 more than your best" in text

    def test_nothing_enters_the_journal_if_it_is_not_wanted(self, home: Path) -> None:
        told("heel-drops", "--leg", "left", "--reps", "8,8", "--no-journal")
        assert not home.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("heel-drops",), "--leg left or --leg right"),
        (("heel-drops", "--leg", "left"), "--pod"),
        (("heel-drops", "--leg", "left", "--reps", "8,eight"), "--reps 8,8,7"),
        (("heel-drops", "--leg", "left", "--reps", "8,-1"), "--reps 8,8,7"),
        (("heel-drops", "--leg", "left", "--reps", "8,9999"), "--reps 8,8,7"),
        (("heel-drops", "--leg", "left", "--reps", "8", "--pod", "sim"), "not both"),
        (("warm-up", "--leg", "left"), "takes no --leg"),
        (("calf-raises", "--leg", "left", "--pod", "sim:nothing"), "nothing"),
        (("calf-raises", "--leg", "left", "--pod", "ufo:1"), "no kind of pod"),
        (("warm-up", "--sound", "trumpet"), "no sound"),
    ],
)
def test_what_is_missing_or_cannot_be_is_one_line(
    arguments: tuple[str, ...], words: str, coach: Coach
) -> None:
    result = coach("routine", *arguments)
    assert result.returncode == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [("heel-drops", "--leg", "middle"), ("stretching",)])
def test_a_leg_or_routine_that_is_none_is_told_with_those_that_are(arguments: tuple[str, ...]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert ("left" if "--leg" in arguments else "warm-up") in result.output


def test_after_a_snap_no_exercise_is_begun(coach: Coach) -> None:
    CliRunner().invoke(app, ["pain", "8", "--when", "during", "--side", "right", "--snap"])
    for what in ("heel-drops --leg right --reps 8,8,8", "heel-drops --leg left --reps 8", "warm-up"):
        result = coach("routine", *what.split())
        assert result.returncode == 1
        assert "see a doctor today" in result.stderr.lower()


class TestCountedByThePod:
    @pytest.mark.parametrize("name", ["heel-drops", "calf-raises"])
    def test_the_simulated_athlete_is_counted(self, name: str) -> None:
        document = told(name, "--leg", "right", "--pod", f"sim:{name},lapse=40")
        assert [one["reps"] for one in document["sets"]] == [8, 8, 8]
        assert all(len(one["lowering_s"]) == one["reps"] for one in document["sets"])
        with Journal() as journal:
            (done,) = journal.routines("simulated")
        assert done.counted
        assert done.sets[0] == Set(
            8, tuple(document["sets"][0]["lowering_s"]), document["sets"][0]["completed"]
        )

    def test_sets_of_six_are_not_yet_what_was_asked(self) -> None:
        document = told("heel-drops", "--leg", "left", "--pod", "sim:heel-drops,reps=6,sets=3,lapse=40")
        assert [(one["reps"], one["completed"]) for one in document["sets"]] == [(6, False)] * 3
        assert document["proposal"]["load_kg"] == 0.0

    def test_what_did_not_come_from_the_pod_is_told(self, coach: Coach) -> None:
        pod = "sim:heel-drops,sets=1,lapse=40"
        result = coach(
            "routine",
            "heel-drops",
            "--leg",
            "left",
            "--pod",
            pod,
            "--faults",
            "link-loss@50+3",
            "--seconds",
            75,
        )
        assert "not all came from the pod" in result.stderr
        assert "1 reconnect" in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_someone_who_runs_does_no_repetition(self) -> None:
        result = call("heel-drops", "--leg", "left", "--pod", "sim:steady,lapse=40", "--seconds", "20")
        assert "No repetition was counted" in result.stdout
