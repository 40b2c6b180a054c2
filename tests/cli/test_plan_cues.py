"""`coach run --plan`: plan and load guard are cues of the run, and a replay of it gives them again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coach.journal.store import Journal
from coach.kept_run import SIMULATED

from .conftest import START

Lines = list[dict[str, Any]]


def called(home: Path, *arguments: object) -> Lines:
    """What `coach` prints with --json: documents, one after the other."""
    run = subprocess.run(
        [sys.executable, "-c", START, *map(str, arguments), "--json"],
        env={**os.environ, "COACH_HOME": str(home)},
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    if arguments[0] == "run":
        return [json.loads(line) for line in run.stdout.splitlines()]
    return [json.loads(run.stdout)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planned")


@pytest.fixture(scope="module")
def planned(home: Path) -> Lines:
    """A run by a plan with a loss of the link in it, longer than the one before it."""
    called(home, "run", "--pod", "sim:steady,lapse=50", "--seconds", "180")
    return called(
        home, "run", "--pod", "sim:run-walk,plan=50s:30sx3,lapse=50,spm=160,speed=3.4",
        "--plan", "50s:30s x 3", "--seconds", "280", "--surface", "trail", "--faults", "link-loss@100+3",
        "--record", home / "run.mcap",
    )  # fmt: skip


def cues_of(lines: Lines) -> Lines:
    return [line["cue"] for line in lines if "cue" in line]


def test_each_change_is_cued_once_and_the_guard_speaks_once(planned: Lines) -> None:
    said = [(cue["kind"], cue["reason"]) for cue in cues_of(planned)]
    assert [kind for kind, reason in said if reason == "plan"] == [
        "run", "walk", "run", "walk", "run", "walk", "on_target",
    ]  # fmt: skip
    assert said.count(("warning", "load")) == 1


def test_the_summary_tells_what_was_kept(planned: Lines) -> None:
    plan = planned[-1]["summary"]["plan"]
    assert plan["plan"] == "50s:30sx3"
    assert [each["part"] for each in plan["intervals"]] == ["run", "walk"] * 3
    assert plan["kept_share"] > 0.9


def test_a_replay_gives_the_same_cues_bit_for_bit(home: Path, planned: Lines) -> None:
    (again,) = called(home, "replay", home / "run.mcap", "--cues")
    heard = [cue for cue in cues_of(planned) if cue["kind"] != "silence"]
    assert [{name: cue[name] for name in heard[0]} for cue in again["cues"]] == heard
    assert again["summary"]["plan"] == planned[-1]["summary"]["plan"]


def test_the_journal_keeps_plan_and_surface(
    home: Path, planned: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_HOME", str(home))
    with Journal() as journal:
        head = journal.head(planned[-1]["summary"]["run"])
    assert (head.runner, head.plan, head.surface) == (SIMULATED, "50s:30sx3", "trail")


def test_what_is_no_plan_is_told_with_an_example(home: Path) -> None:
    command = [sys.executable, "-c", START, "run", "--pod", "sim", "--plan", "often"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert run.returncode == 2
    assert "'often' is no plan" in run.stderr
    assert "4:1x6" in run.stderr
