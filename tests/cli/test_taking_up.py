"""A run that was cut off is taken up again: nothing of it is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from coach.journal.store import Journal
from hardware.harness import RunningPod, simulated_pod

from .conftest import START, Coach

LAPSE = 8.0


def cut_off(pod: RunningPod, *, after_strides: int) -> list[dict[str, Any]]:
    """Run with a pod until so many strides were told, then kill the program; gives the strides."""
    run = subprocess.Popen(
        [sys.executable, "-c", START, "run", "--pod", f"serial:{pod.port}", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert run.stdout is not None
    told = []
    for line in run.stdout:
        told.append(json.loads(line))
        if len(told) == after_strides:
            # The journal is written every few seconds.
            time.sleep(3.0)
            run.send_signal(signal.SIGKILL)
            break
    run.stdout.close()
    run.wait()
    return [line for line in told if "t_contact_s" in line]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_run_that_was_killed_goes_on_as_one_run(coach: Coach, home: Path) -> None:
    with simulated_pod("steady", lapse=LAPSE) as pod:
        first = cut_off(pod, after_strides=20)
        with Journal(home / "journal.db") as journal:
            cut = journal.unfinished()
        assert cut is not None
        assert cut.last_s is not None
        again = coach("run", "--pod", f"serial:{pod.port}", "--seconds", 6, "--json")
    assert again.returncode == 0, again.stderr
    assert "taking up run 1" in again.stderr
    *told, last = [json.loads(line) for line in again.stdout.splitlines()]
    later = [line for line in told if "t_contact_s" in line]
    with Journal(home / "journal.db") as journal:
        (head,) = journal.runs()
        kept = journal.load(head.run_id)
    assert head.finished
    times_s = [float(stride["t_contact_s"]) for stride in kept.strides]
    assert times_s == sorted(set(times_s))
    # What was told before the end of the first and what is told since stand in one run.
    assert times_s[: len(first)] == [stride["t_contact_s"] for stride in first]
    assert times_s[-len(later) :] == [stride["t_contact_s"] for stride in later]
    assert last["summary"]["strides"] == len(times_s) >= len(first) + len(later)
    # One recording holds all of it, and gives the same strides and cues.
    (recording,) = (home / "runs").glob("*.mcap")
    assert str(recording) == kept.recording
    replayed = json.loads(coach("replay", recording, "--cues", "--json").stdout)
    assert [stride["t_contact_s"] for stride in replayed["strides"]] == times_s


def test_a_simulated_runner_begins_anew(coach: Coach, home: Path) -> None:
    """A run with another pod, or with a runner who is made for each run, is another run."""
    run = subprocess.Popen(
        [sys.executable, "-c", START, "run", "--pod", "sim:steady,lapse=10", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert run.stdout is not None
    for _ in range(30):
        run.stdout.readline()
    time.sleep(3.0)
    run.kill()
    run.stdout.close()
    run.wait()
    again = coach("run", "--pod", "sim:steady,lapse=10", "--seconds", 10, "--json")
    assert "run 1" in again.stderr
    assert "kept as far as it goes" in again.stderr
    with Journal(home / "journal.db") as journal:
        first, second = journal.runs("simulated")
    assert first.finished
    assert second.finished
    assert first.sums is not None
    assert first.sums.strides >= 25
