"""How the coach coaches: simulated runners of many seeds, by the command that a user types.

The rules are those that the coach promises: no cue while standing, walking, on a hill or on a bad signal, few
bursts, no flip between faster and slower. Shares on target are of runners who close at least three
quarters of the gap to a beat.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

from benchmarks.table import Row, Table, at_least, at_most

COMPLIANT = 0.75
HILL_PERCENT = 4.0
WINDOW_S = 1800.0
FLIP_S = 20.0
WEEKS = 12
AT_ONCE = 2

START = "from coach.cli.main import main; main()"

Document = dict[str, Any]


def measure(seeds: Sequence[int] = range(1, 21), minutes: Sequence[float] = (6.0, 30.0)) -> dict[str, float]:
    """The figures, over a run of each length and a season for each seed."""
    asked = [("--seed", str(seed), "--minutes", f"{long:g}") for long in minutes for seed in seeds]
    seasons = [("--seed", str(seed), "--weeks", str(WEEKS)) for seed in seeds]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = list(pool.map(_demo, asked))
        years = list(pool.map(_demo, seasons))
    shares = [run["on_target_share"] for run in runs if run["runner"]["compliance"] >= COMPLIANT]
    ends = [sum(run["cadence_spm"] for run in year["runs"][-4:]) / 4.0 for year in years]
    return {
        "runs": len(runs),
        "cues": sum(len(run["cues"]) for run in runs),
        "forbidden_cues": sum(_forbidden(run) for run in runs),
        "flips": sum(_flips(run) for run in runs),
        "most_bursts_in_half_an_hour": max(_most_bursts(run) for run in runs),
        "compliant_runs": len(shares),
        "least_share_on_target": min(shares),
        "mean_share_on_target": sum(shares) / len(shares),
        "largest_change_of_speed_percent": max(_speed_percent(run) for run in runs),
        "farthest_season_end_spm": max(abs(end - 180.0) for end in ends),
        "broken_stage_rules": sum(_broken_stages(year) for year in years),
    }


def to_table(figures: dict[str, float]) -> Table:
    rows = (
        Row("runs", "", figures["runs"]),
        Row("cues", "", figures["cues"]),
        Row("cues where there may be none", "", figures["forbidden_cues"], at_most(0)),
        Row("flips between faster and slower within 20 s", "", figures["flips"], at_most(0)),
        Row("most bursts in 30 minutes", "", figures["most_bursts_in_half_an_hour"], at_most(6)),
        Row("on target, compliant runners, least", "%", 100 * figures["least_share_on_target"], at_least(70)),
        Row("on target, compliant runners, mean", "%", 100 * figures["mean_share_on_target"]),
        Row("change of speed, largest", "%", figures["largest_change_of_speed_percent"], at_most(3)),
        Row("season's end from 180, farthest", "spm", figures["farthest_season_end_spm"], at_most(3)),
        Row("stages that rise more than the rules allow", "", figures["broken_stage_rules"], at_most(0)),
    )
    return Table("The coach and simulated runners", rows)


def _demo(arguments: Sequence[str]) -> Document:
    with tempfile.TemporaryDirectory() as home:
        command = [
            sys.executable,
            "-c",
            "from coach.cli.main import main; main()",
            "demo",
            "--json",
            *arguments,
        ]
        done = subprocess.run(
            command, env={**os.environ, "COACH_HOME": home}, stdout=subprocess.PIPE, check=True
        )
    document: Document = json.loads(done.stdout)
    return document


def _forbidden(run: Document) -> int:
    return sum(
        segment["t_start_s"] <= cue["t_s"] < segment["t_end_s"]
        and (
            segment["activity"] != "running"
            or abs(segment["grade_percent"]) > HILL_PERCENT
            or segment["signal"] == "bad"
        )
        for cue in run["cues"]
        for segment in run["truth"]["segments"]
    )


def _bursts(run: Document) -> list[Document]:
    return [cue for cue in run["cues"] if cue["kind"] in ("burst_up", "burst_down")]


def _flips(run: Document) -> int:
    return sum(
        first["kind"] != then["kind"] and then["t_s"] - first["t_s"] < FLIP_S
        for first, then in pairwise(_bursts(run))
    )


def _most_bursts(run: Document) -> int:
    starts_s = [cue["t_s"] for cue in _bursts(run)]
    return max((sum(t_s <= other < t_s + WINDOW_S for other in starts_s) for t_s in starts_s), default=0)


def _speed_percent(run: Document) -> float:
    change: float = run["speed_after_m_s"] / run["speed_before_m_s"] - 1.0
    return abs(100.0 * change)


def _broken_stages(year: Document) -> int:
    runs = year["runs"]
    broken = 0
    for run in runs:
        earlier = [before for before in runs if before["day"] <= run["day"] - 28] or runs[:1]
        most_spm = min(180.0, 1.05 * run["baseline_spm"], 1.10 * earlier[-1]["baseline_spm"])
        broken += run["target_spm"] > most_spm + 1e-3
    return broken
