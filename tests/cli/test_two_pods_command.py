"""`coach run` with a pod on each foot: how they are named, what is told and kept of both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cadence.stride import Side
from coach.cli.errors import CommandError
from coach.cli.pods.of_run import pod_text, run_pods
from coach.cli.pods.simulated import check_worn, faults_on

from .conftest import START
from .test_run_command import lines, one_line

FAST = "sim:session,lapse=20"


class TestTheirNames:
    @pytest.mark.parametrize(
        ("pods", "sides"),
        [
            (["left=ble:A", "right=ble:B"], []),
            (["ble:A", "ble:B"], ["left", "right"]),
            (["left=ble:A", "ble:B"], []),
            (["ble:A", "ble:B"], ["left"]),
            (["ble:A", "right=ble:B"], []),
        ],
    )
    def test_of_two_feet_one_tells_the_other(self, pods: list[str], sides: list[str]) -> None:
        asked = run_pods(pods, sides)
        assert [(pod.text, pod.side) for pod in asked] == [("ble:A", Side.LEFT), ("ble:B", Side.RIGHT)]
        assert pod_text(asked) == "left=ble:A + right=ble:B"

    def test_simulated_ones_may_say_it_in_their_settings(self) -> None:
        asked = run_pods(["sim:hill,side=right,seed=2", "sim:hill,seed=2,side=left"], [])
        assert [pod.side for pod in asked] == [Side.RIGHT, Side.LEFT]

    def test_one_pod_is_named_as_ever(self) -> None:
        (pod,) = run_pods(["ble:A=B"], [])
        assert (pod.text, pod.side, pod_text([pod])) == ("ble:A=B", Side.UNKNOWN, "ble:A=B")
        (pod,) = run_pods(["left=ble:A"], [])
        assert (pod.text, pod.side) == ("ble:A", Side.LEFT)

    @pytest.mark.parametrize(
        ("pods", "sides", "told"),
        [
            (["ble:A", "ble:B"], [], "which pod is on which foot"),
            (["left=ble:A", "left=ble:B"], [], "two pods on the left foot"),
            (["sim,side=right", "sim,side=right"], [], "two pods on the right foot"),
            (["left=ble:A", "right=ble:a"], [], "named twice"),
            (["left=ble:A", "right=ble:B", "ble:C"], [], "two pods at most"),
            (["left=ble:A"], ["right"], "both feet"),
            (["ble:A"], ["left", "right"], "more --side than --pod"),
            (["left=file:a.mcap", "right=file:b.mcap"], [], "name it alone"),
            (["left=rsc:A", "right=ble:B"], [], "no strides to compare"),
            (["left=sim", "right=ble:B"], [], "simulated runner"),
            (["left=treadmill", "right=ble:B"], [], "there is no pod 'treadmill'"),
        ],
    )
    def test_what_cannot_be_is_told_in_one_line(self, pods: list[str], sides: list[str], told: str) -> None:
        with pytest.raises(CommandError, match=told) as error:
            run_pods(pods, sides)
        assert "\n" not in str(error.value)

    def test_two_simulated_pods_are_of_one_runner(self) -> None:
        with pytest.raises(CommandError, match="worn by one runner"):
            check_worn(run_pods(["left=sim:hill", "right=sim:walk"], []), "")
        check_worn(run_pods(["left=sim:hill,contact=5", "right=sim+ble:hill"], []), "right:drop=0.1")

    def test_faults_befall_both_or_one(self) -> None:
        assert [faults_on(side, "left:drop=0.1@3+4") for side in (Side.LEFT, Side.RIGHT)] == [
            "drop=0.1@3+4",
            "",
        ]
        assert faults_on(Side.RIGHT, "drop=0.1") == "drop=0.1"


def called(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """`coach` as its own process, with its data in the folder: the tests here look at one run."""
    return subprocess.run(
        [sys.executable, "-c", START, *map(str, arguments)],
        cwd=folder, env={**os.environ, "COACH_HOME": str(folder / "home")}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, encoding="utf-8", timeout=100, check=False,
    )  # fmt: skip


def output(folder: Path, *arguments: object) -> str:
    run = called(folder, *arguments)
    assert run.returncode == 0, run.stderr
    return run.stdout


Ran = tuple[str, Path]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run of two minutes; the left foot is longer on the ground, and its pod is away for a while."""
    folder = tmp_path_factory.mktemp("two")
    told = output(
        folder, "run", "--pod", f"left={FAST},contact=6", "--pod", f"right={FAST}", "--seconds", 120,
        "--faults", "left:link-loss@60+15", "--record", "two.mcap", "--json",
    )  # fmt: skip
    return told, folder


def test_each_stride_says_of_which_foot_it_is_and_each_counts_once(ran: Ran) -> None:
    strides, summary = lines(ran[0])
    found = {side: sum(stride["side"] == side for stride in strides) for side in ("left", "right")}
    assert [(pod["side"], pod["strides"]) for pod in summary["pods"]] == list(found.items())
    assert found["left"] < found["right"] <= summary["strides"] < 1.1 * found["right"]
    length_m = sum(stride["stride_length_m"] or 0.0 for stride in strides if stride["side"] == "right")
    assert summary["distance_m"] == pytest.approx(length_m, rel=0.05)
    assert [pod["link"]["disconnects"] for pod in summary["pods"]] == [1, 0]
    assert summary["link"]["disconnects"] == 1


def test_the_summary_compares_left_and_right(ran: Ran) -> None:
    _, summary = lines(ran[0])
    found = summary["asymmetry"]
    assert found["pairs"] >= 30
    assert found["contact_time_s"]["seen"]
    assert found["contact_time_s"]["difference_percent"] == pytest.approx(6.0, abs=2.5)
    assert not found["stride_time_s"]["seen"]


def test_the_recording_gives_the_same_of_both(ran: Ran) -> None:
    strides, summary = lines(ran[0])
    replayed = json.loads(output(ran[1], "replay", "two.mcap", "--json"))
    assert replayed["strides"] == strides
    assert replayed["summary"]["asymmetry"] == summary["asymmetry"]
    assert replayed["summary"]["distance_m"] == summary["distance_m"]


def test_for_people_it_is_a_line_or_two(ran: Ran) -> None:
    printed = output(ran[1], "replay", "two.mcap")
    assert "contact time" in printed
    assert "left longer" in " ".join(printed.split())
    assert "one foot at a time" in " ".join(printed.split())


def test_the_journal_has_the_numbers_of_one_foot_and_the_report_a_table(ran: Ran) -> None:
    _, summary = lines(ran[0])
    (head,) = json.loads(output(ran[1], "journal", "list", "--demos", "--json"))["runs"]
    assert head["strides"] == summary["strides"]
    assert head["distance_m"] == pytest.approx(summary["distance_m"], abs=1e-3)
    assert head["pod"] == f"left={FAST},contact=6 + right={FAST}"
    page = Path(output(ran[1], "report").strip()).read_text(encoding="utf-8")
    assert "Left and right" in page
    assert "contact time, ms" in page


def test_a_side_cannot_be_given_to_a_recording_of_both_feet(ran: Ran) -> None:
    assert "leave out --side" in one_line(called(ran[1], "replay", "two.mcap", "--side", "left"))


def test_an_exercise_is_not_counted_from_two_feet(ran: Ran) -> None:
    run = called(ran[1], "routine", "heel-drops", "--leg", "left", "--pod", "file:two.mcap")
    assert "a recording of two feet" in one_line(run)


def test_a_recording_of_both_can_be_run_again(ran: Ran) -> None:
    folder = ran[1]
    output(
        folder,
        "record",
        "short.mcap",
        "--pod",
        "left=sim,lapse=20",
        "--pod",
        "right=sim,lapse=20",
        "--seconds",
        3,
    )
    strides, summary = lines(output(folder, "run", "--pod", "file:short.mcap", "--json"))
    assert {stride["side"] for stride in strides} == {"left", "right"}
    assert strides == json.loads(output(folder, "replay", "short.mcap", "--json"))["strides"]
    assert summary["path"] == "file"
