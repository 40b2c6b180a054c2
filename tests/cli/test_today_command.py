"""`coach today` and `coach why`: one screen that makes sense for any journal."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from cadence.stride import STRIDE, Activity
from coach import clock
from coach.care.records import Pain, RoutineDone
from coach.cli.live.journal import today_of
from coach.cli.main import app
from coach.coach_settings import CoachSettings
from coach.journal.store import Journal
from coach.kept_run import ME

from .conftest import Coach

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=9, minutes=30)))


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def ran(days_ago: float, strides: int = 1000, **more: Any) -> None:
    """Keep a run of so many strides of 2.5 m."""
    records = np.zeros(strides, STRIDE)
    records["t_mid_stance_s"] = 0.7 * np.arange(1, strides + 1)
    records["t_toe_off_s"] = records["t_mid_stance_s"] - 0.5
    records["t_contact_s"] = records["t_mid_stance_s"] - 0.1
    records["stride_time_s"], records["cadence_spm"] = 0.7, 120 / 0.7
    records["stride_length_m"], records["speed_m_s"] = 2.5, 3.6
    records["activity"], records["good"] = Activity.RUNNING, True
    told = {"runner": ME, "pod": "ble:CadPod", "settings": CoachSettings(), **more}
    with Journal() as journal:
        run_id = journal.begin_run(started=NOON - timedelta(days=days_ago), **told)
        journal.add(run_id, records)
        journal.finish_run(run_id)


def today(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["today", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def document(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(today("--json", *arguments))
    return found


def test_an_empty_journal_is_no_error_and_makes_no_file(home: Path) -> None:
    said = today()
    assert "Monday 2026-06-01" in said
    assert "No run is kept yet" in said
    assert "coach run --pod POD --plan 1:2x8" in said
    assert not home.exists()


def test_a_day_of_a_runner() -> None:
    ran(2, 2000)
    with Journal() as journal:
        journal.add_routine(RoutineDone(NOON, "warm-up", None, (), 0.0, 300.0, True, False))
    found = document()
    assert list(found) == ["schema", "date", "items", "progression_allowed", "reasons"]
    assert [item["done"] for item in found["items"]] == [True, False, False, False, False, False]
    assert found["items"][1]["what"] == "run, at most 5.5 km"
    said = today()
    assert "[x] warm-up" in said
    assert "    coach run --pod ble:CadPod" in said


def test_a_run_that_was_kept_to_its_plan_brings_the_next_step() -> None:
    from cadence.cue import CUE, CueKind, CueReason

    # 8 times 1 minute of running and 2 of walking, kept to the second.
    records = np.zeros(1440, STRIDE)
    records["t_mid_stance_s"] = 1.0 * np.arange(1, 1441)
    records["t_toe_off_s"], records["t_contact_s"] = (
        records["t_mid_stance_s"] - 0.7, records["t_mid_stance_s"] - 0.2,
    )  # fmt: skip
    records["stride_time_s"], records["stride_length_m"], records["good"] = 1.0, 1.5, True
    runs = (np.arange(1440) % 180) < 60
    records["activity"] = np.where(runs, Activity.RUNNING, Activity.WALKING)
    begin = np.array([(0.0, CueKind.RUN, CueReason.PLAN, np.nan)], CUE)
    for days_ago in (7, 5, 2):
        with Journal() as journal:
            run_id = journal.begin_run(
                started=NOON - timedelta(days=days_ago), pod="ble:CadPod", plan="1:2x8",
                settings=CoachSettings(),
            )  # fmt: skip
            journal.add(run_id, records, begin)
            journal.finish_run(run_id)
            sums = journal.head(run_id).sums
            assert sums is not None
            assert sums.plan_kept_share > 0.9
    assert "coach run --pod ble:CadPod --plan 2:2x6" in today()


def test_pain_makes_it_a_day_of_rest_and_both_runners_have_days_of_their_own() -> None:
    ran(2)
    with Journal() as journal:
        journal.add_pain(Pain(NOON - timedelta(hours=1), 6, "during", "left"))
    assert not document()["progression_allowed"]
    assert "rest, and ice" in document()["items"][0]["what"]
    assert document("--runner", "simulated")["progression_allowed"]


def test_while_pain_stops_progression_no_stage_begins_and_cues_pause() -> None:
    ran(2)
    with Journal() as journal:
        begins = today_of(journal, None)
        assert begins.begun is not None
        assert not begins.cues_paused
        journal.add_pain(Pain(NOON - timedelta(hours=1), 6, "during", "left"))
        stopped = today_of(journal, None)
    assert stopped.begun is None
    assert stopped.cues_paused


def test_a_day_fits_a_screen() -> None:
    ran(2)
    assert len(today().splitlines()) <= 24


def test_why_is_a_page_with_its_sources() -> None:
    result = CliRunner().invoke(app, ["why"])
    assert result.exit_code == 0
    for words in ("10.1136/bjsports-2024-109380", "10.1177/0363546506298279", "10.1123/jab.2015-0183",
                  "heel-drops", "calf-raises", "coach pain", "What is not known"):  # fmt: skip
        assert words in result.stdout
    assert result.stdout.count("not a medical device") == 1


def test_as_a_user_calls_them(coach: Coach) -> None:
    for command in ("today", "why"):
        called = coach(command)
        assert (called.returncode, called.stderr) == (0, "")
