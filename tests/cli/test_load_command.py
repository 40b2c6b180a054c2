"""`coach load`: what it says of a runner's runs, and that an empty journal is no error."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from cadence.stride import STRIDE, Activity
from coach import clock
from coach.care.records import Pain
from coach.cli.load.app import load
from coach.cli.load.chart import bar
from coach.coach_settings import CoachSettings
from coach.journal.store import Journal
from coach.kept_run import ME, SIMULATED
from coach.load.words import PAIN_FIRST

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=1)))
LENGTH_M = 2.25


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def call(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(load)
    return CliRunner().invoke(app, [*map(str, arguments)])


def document(*arguments: object) -> dict[str, Any]:
    result = call("--json", *arguments)
    assert result.exit_code == 0
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def keep(
    days_before: float, strides: int, *, runner: str = ME, surface: str = "", finished: bool = True,
    length_m: float = LENGTH_M,
) -> int:  # fmt: skip
    """Even running on the level."""
    records = np.zeros(strides, STRIDE)
    records["t_mid_stance_s"] = 0.75 * np.arange(1, strides + 1)
    records["t_contact_s"], records["t_toe_off_s"] = (records["t_mid_stance_s"] - back for back in (0.1, 0.5))
    records["stride_time_s"], records["cadence_spm"] = 0.75, 160.0
    records["contact_time_s"], records["flight_time_s"] = 0.26, 0.115
    records["stride_length_m"], records["speed_m_s"] = length_m, length_m / 0.75
    records["activity"], records["good"] = Activity.RUNNING, True
    with Journal() as journal:
        run_id = journal.begin_run(
            runner=runner, started=NOW - timedelta(days=days_before), pod="sim", settings=CoachSettings(),
            surface=surface,
        )  # fmt: skip
        journal.add(run_id, records)
        if finished:
            journal.finish_run(run_id)
    return run_id


def test_a_journal_without_runs_says_what_it_needs_and_makes_no_file(home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "load.png"
    shown = call("--plot", picture)
    assert shown.exit_code == 0
    assert "'coach run' makes one" in shown.output
    assert "is not written" in shown.output
    told = document()
    assert (told["runs"], told["weeks"]) == ([], [])
    assert told["longest_30_days_m"] is told["spike_percent"] is told["warning"] is None
    assert not home.exists()
    assert not picture.exists()


def test_the_runs_of_others_are_named_where_the_runner_has_none() -> None:
    keep(1, 100, runner=SIMULATED)
    assert "--runner" in call().output
    assert SIMULATED in call().output
    assert len(document("--runner", SIMULATED)["runs"]) == 1


def test_a_run_of_110_per_cent_is_none_and_one_of_more_is_a_spike() -> None:
    keep(9, 1000)
    keep(5, 1100)
    told = document()
    assert told["spike_percent"] == pytest.approx(110.0)
    assert told["warning"] is None
    keep(1, 1211)
    told = document()
    assert told["longest_30_days_m"] == pytest.approx(1100 * LENGTH_M)
    assert told["spike_percent"] == pytest.approx(100.0 * 1211 / 1100)
    assert "1.64 times the hazard" in told["warning"]
    assert told["next_run"]["most_m"] == pytest.approx(1.1 * 1211 * LENGTH_M)
    assert [run["warning"] is None for run in told["runs"]] == [False, True, True]
    assert [week["runs"] for week in told["weeks"]] == [1, 2, 0]


def test_the_screen_tells_the_spike_the_next_run_the_weeks_and_what_is_a_model() -> None:
    keep(9, 1000, surface="road")
    keep(1, 1500)
    shown = call().stdout
    assert "Next run" not in shown
    for words in ("150", "spike", "Keep the next runs at what you are used to", "2026-W46", "road 100 %",
                  "unknown for 1 of 2", "is a model", "for information"):  # fmt: skip
        assert words in shown, words


def test_the_screen_tells_a_tenth_from_just_over_it_and_rounds_a_limit_down() -> None:
    keep(9, 1000)
    keep(5, 1100)
    keep(3, 1212)
    keep(1, 1000)
    shown = call().stdout
    over = [" >110 " in line for line in shown.splitlines() if "2026-11-" in line]
    assert over == [False, True, False, False]
    assert "Next run: up to 2.9 km" in shown  # 2.9997 km


@pytest.mark.parametrize(
    ("mornings", "pain_first"), [((4,), True), ((4, 0, 0), True), ((2,), False)], ids=str
)
def test_after_pain_it_is_today_that_tells_how_far_the_next_run_may_go(
    mornings: tuple[int, ...], pain_first: bool
) -> None:
    keep(9, 1000)
    with Journal() as journal:
        for back, score in enumerate(reversed(mornings)):
            journal.add_pain(Pain(NOW - timedelta(days=back), score, "morning", "left"))
    shown = call().stdout
    assert ("Your pain log comes first" in shown) == pain_first
    assert ("Next run" in shown) != pain_first
    assert (PAIN_FIRST in document()["notes"]) == pain_first


def test_a_first_run_is_told_to_stay_short_and_not_warned() -> None:
    keep(1, 300)
    told = document()
    assert told["warning"] is told["spike_percent"] is told["longest_30_days_m"] is None
    assert "no run of 500 m or more in the 30 days before" in told["notes"][0]


def test_a_clock_that_jumped_and_a_run_that_was_cut_off_are_told_and_judge_nobody() -> None:
    keep(3, 1000)
    ahead = keep(-400, 9000)
    keep(1, 1000)
    keep(0.5, 50, finished=False)
    told = document()
    assert told["spike_percent"] == pytest.approx(100.0)
    assert [run["dated_ahead"] for run in told["runs"]] == [True, False, False]
    assert any(f"run {ahead}" in note for note in told["notes"])
    assert any("cut off" in note for note in told["notes"])
    assert call().exit_code == 0


def test_a_run_without_a_distance_is_told_and_not_compared() -> None:
    keep(3, 1000)
    keep(1, 1000, length_m=np.nan)
    assert document()["spike_percent"] is None
    assert "its distance is not known" in call().output


@pytest.mark.parametrize(("name", "begins"), [("load.png", b"\x89PNG"), ("load.SVG", b"<?xml")])
def test_it_draws(name: str, begins: bytes, tmp_path: Path) -> None:
    keep(60, 400)
    keep(3, 1000)
    keep(1, 1500, length_m=np.nan)
    path = tmp_path / name
    result = call("--plot", path)
    assert result.exit_code == 0
    assert str(path) in result.stdout.replace("\n", "")
    assert path.read_bytes().startswith(begins)
    assert path.stat().st_mode & 0o077 == 0


def test_a_picture_of_another_kind_is_wrong_usage(tmp_path: Path) -> None:
    assert call("--plot", tmp_path / "load.pdf").exit_code == 2


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0.0, "     |    "),
        (0.5, "#####|    "),
        (0.7, "#####|#   "),
        (7.0, "#####|###>"),
        (np.nan, "     |    "),
    ],
)
def test_a_bar_keeps_its_mark_and_its_width(share: float, drawn: str) -> None:
    assert bar(share, 10, mark=0.5, ascii_only=True).plain == drawn
