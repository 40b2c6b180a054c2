"""`coach demo`: the whole product without hardware."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coach.journal.store import Journal

from .conftest import Coach

SEEDS = (1, 5, 6, 10, 16)
"""Runners who follow little, well and fully, from 164 to 177 spm."""


def document(coach: Coach, *arguments: object) -> dict[str, Any]:
    """What `coach demo --json` printed."""
    run = coach("demo", "--json", *arguments)
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], dict[str, Any]]:
    """The document of a seed, made once."""
    import os
    import subprocess
    import sys

    made: dict[int, dict[str, Any]] = {}

    def demo(seed: int) -> dict[str, Any]:
        if seed not in made:
            home = tmp_path_factory.mktemp("home")
            run = subprocess.run(
                [sys.executable, "-c", "from coach.cli.main import main; main()",
                 "demo", "--json", "--seed", str(seed)],
                env={**os.environ, "COACH_HOME": str(home)}, capture_output=True, text=True, check=True,
            )  # fmt: skip
            made[seed] = json.loads(run.stdout)
        return made[seed]

    return demo


def at(told: dict[str, Any], t_s: float) -> dict[str, Any]:
    """What the runner really did at an instant."""
    return next(
        segment for segment in told["truth"]["segments"] if segment["t_start_s"] <= t_s < segment["t_end_s"]
    )


@pytest.mark.parametrize("seed", SEEDS)
class TestEachRunner:
    def test_is_cued_only_while_running_on_level_ground_with_a_good_signal(
        self, demos: Callable[[int], dict[str, Any]], seed: int
    ) -> None:
        told = demos(seed)
        assert told["cues"]
        for cue in told["cues"]:
            there = at(told, cue["t_s"])
            assert there["activity"] == "running"
            assert abs(there["grade_percent"]) <= 4.0
            assert there["signal"] == "good"

    def test_comes_to_the_target_at_the_same_speed_with_shorter_steps(
        self, demos: Callable[[int], dict[str, Any]], seed: int
    ) -> None:
        told = demos(seed)
        if told["runner"]["compliance"] >= 0.75:
            assert told["on_target_share"] >= 0.8
            assert told["on_target_share_by_stride"] >= 0.7
        assert told["speed_after_m_s"] == pytest.approx(told["speed_before_m_s"], rel=0.03)
        assert told["cadence_after_spm"] > told["cadence_before_spm"] + 2.0
        assert told["step_length_after_m"] < told["step_length_before_m"]

    def test_is_asked_for_no_more_than_a_stage(
        self, demos: Callable[[int], dict[str, Any]], seed: int
    ) -> None:
        told = demos(seed)
        assert told["baseline_spm"] == pytest.approx(told["runner"]["preferred_spm"], abs=1.0)
        assert told["target_spm"] == pytest.approx(min(180.0, 1.05 * told["baseline_spm"]), abs=1e-3)

    def test_has_a_share_on_target_that_the_truth_bears_out(
        self, demos: Callable[[int], dict[str, Any]], seed: int
    ) -> None:
        told = demos(seed)
        first_s = next(cue["t_s"] for cue in told["cues"] if cue["kind"] == "burst_up")
        level = [
            (120.0 / spm, abs(spm - told["target_spm"]) <= 3.0)
            for t_s, spm in told["truth"]["cadence_spm"]
            if t_s > first_s
            and (there := at(told, t_s - 0.05))["activity"] == "running"
            and abs(there["grade_percent"]) <= 4.0
        ]
        weights, hits = zip(*level, strict=True)
        share = np.average(hits, weights=weights)
        assert told["on_target_share_by_stride"] == pytest.approx(share, abs=0.03)
        assert told["on_target_share"] > share


def test_the_document_says_who_ran_and_what_happened(demos: Callable[[int], dict[str, Any]]) -> None:
    told = demos(1)
    assert told["schema"] == "cadence-coach/demo/1"
    assert told["seed"] == 1
    assert list(told["runner"]) == ["preferred_spm", "speed_m_s", "compliance"]
    activities = {segment["activity"] for segment in told["truth"]["segments"]}
    assert activities == {"running", "walking", "stationary"}
    assert {segment["signal"] for segment in told["truth"]["segments"]} == {"good", "bad"}
    assert max(abs(segment["grade_percent"]) for segment in told["truth"]["segments"]) == 6.0
    burst = told["cues"][0]
    assert burst["kind"] == "burst_up"
    assert burst["reason"] == "below_target"
    assert 29.9 < burst["t_end_s"] - burst["t_s"] < 30.1


def test_the_same_seed_is_the_same_run_whatever_was_run_before(coach: Coach) -> None:
    first = document(coach, "--seed", 3, "--minutes", 2)
    document(coach, "--seed", 4, "--minutes", 1)
    assert document(coach, "--seed", 3, "--minutes", 2) == first


def test_the_runner_can_be_chosen(coach: Coach) -> None:
    told = document(coach, "--preferred", 160, "--speed", 3.5, "--compliance", 0, "--minutes", 8)
    assert told["runner"] == {"preferred_spm": 160.0, "speed_m_s": 3.5, "compliance": 0.0}
    assert told["cadence_after_spm"] == pytest.approx(told["cadence_before_spm"], abs=1.0)
    assert told["truth"]["segments"][-1]["t_end_s"] == pytest.approx(480.0, abs=3.0)


def test_a_demo_enters_the_journal_under_its_own_name_and_gives_a_report(coach: Coach, home: Path) -> None:
    run = coach("demo", "--seed", 2)
    assert run.returncode == 0, run.stderr
    with Journal(home / "journal.db") as journal:
        assert journal.runs() == []
        (head,) = journal.runs(None)
    assert head.runner == "demo 2"
    assert head.finished
    page = Path(run.stdout.split("its report:")[1].split("\n")[0].strip())
    assert "<svg" in page.read_text(encoding="utf-8")
    assert "before the first cue" in run.stdout


def test_a_season_leads_from_164_to_180_within_the_rules(coach: Coach) -> None:
    told = document(coach, "--weeks", 12, "--preferred", 164, "--compliance", 0.9)
    assert told["schema"] == "cadence-coach/season/1"
    runs = told["runs"]
    assert runs[0]["target_spm"] == pytest.approx(1.05 * 164.0, abs=2.0)
    assert np.mean([run["cadence_spm"] for run in runs[-4:]]) == pytest.approx(180.0, abs=3.0)
    for run in runs:
        earlier = [before for before in runs if before["day"] <= run["day"] - 28] or runs[:1]
        assert run["target_spm"] <= min(180.0, 1.05 * run["baseline_spm"]) + 1e-3
        assert run["target_spm"] <= 1.10 * earlier[-1]["baseline_spm"] + 1e-3
        assert run["speed_m_s"] == pytest.approx(runs[0]["speed_m_s"], rel=0.05)
        assert math.isfinite(run["step_length_m"])
    assert runs[-1]["step_length_m"] < 0.98 * runs[0]["step_length_m"]  # the first run is coached already
