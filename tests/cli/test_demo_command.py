"""`coach demo`: a simulated run, and what is found in it beside the truth."""

from __future__ import annotations

import json

import pytest

from .conftest import Coach


def test_the_demo_stands_walks_runs_climbs_and_stops_and_shows_truth_and_finding(coach: Coach) -> None:
    run = coach("demo")
    assert run.returncode == 0
    for words in (
        "6:00 min",
        "standing",
        "walking",
        "running",
        "uphill",
        "downhill",
        "truth",
        "found",
        "spm",
    ):
        assert words in run.stdout
    assert max(len(line) for line in run.stdout.splitlines() if "truth" in line) <= 80


def test_what_is_found_is_close_to_the_truth(coach: Coach) -> None:
    document = json.loads(coach("demo", "--json").stdout)
    assert document["schema"] == "cadence-coach/demo/1"
    assert document["duration_s"] == pytest.approx(360, abs=2)
    runs = [part for part in document["parts"] if part["name"] == "running"]
    assert runs
    for part in runs:
        truth, found = part["truth"], part["found"]
        assert truth["cadence_spm"] == pytest.approx(165, abs=1)
        assert found["cadence_spm"] == pytest.approx(truth["cadence_spm"], abs=1)
        assert found["strides"] == pytest.approx(truth["strides"], abs=2)
        assert found["stride_length_m"] == pytest.approx(truth["stride_length_m"], rel=0.05)
    assert [part["found"]["strides"] for part in document["parts"] if part["name"] == "standing"] == [0, 0, 0]


def test_the_same_seed_is_the_same_run_and_another_is_another(coach: Coach) -> None:
    first, same, other = (
        coach("demo", "--minutes", 1, "--json", "--seed", seed).stdout for seed in (3, 3, 4)
    )
    assert first == same
    assert json.loads(first)["total"]["truth"] != json.loads(other)["total"]["truth"]


def test_minutes_set_the_length(coach: Coach) -> None:
    assert json.loads(coach("demo", "--minutes", 2, "--json").stdout)["duration_s"] == pytest.approx(
        120, abs=2
    )


@pytest.mark.parametrize("arguments", [("--minutes", "0"), ("--minutes", "a"), ("--seed", "-1")])
def test_wrong_usage_ends_with_2(coach: Coach, arguments: tuple[str, str]) -> None:
    run = coach("demo", *arguments)
    assert (run.returncode, run.stdout) == (2, "")
