"""`coach replay --cues`: what the coach would have said, and that it is what it said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.detector import StepDetector
from cadence.sample import SampleBlock
from cadence.stride import to_dict
from coach.coach import Coach as Policy
from coach.cue_files import heard_cues
from coach.replay import replay
from firmware_bridge.importers import open_csv

from .conftest import START, Coach

STANDS_S = (409.0, 484.0)


@pytest.fixture(scope="module")
def adept(data_dir: Path) -> Path:
    """Twelve minutes outdoors at 157 steps a minute, with walks and stops, by an accelerometer alone."""
    return data_dir / "adept" / "acc_running_left_ankle_first720s.csv.gz"


def called(*arguments: object, **environment: str) -> dict[str, Any]:
    """The document that `coach` prints."""
    run = subprocess.run(
        [sys.executable, "-c", START, *map(str, arguments)],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    document: dict[str, Any] = json.loads(run.stdout)
    return document


@pytest.fixture(scope="module")
def document(adept: Path) -> dict[str, Any]:
    return called("replay", adept, "--cues", "--json")


class Cut:
    """A recording's samples in blocks of another size; a `SampleSource`."""

    def __init__(self, path: Path, size: int) -> None:
        recording = open_csv(path)
        self.path, self.format, self.notes = recording.path, recording.format, recording.notes
        self.sensor, self.rate_hz = recording.sensor, recording.rate_hz
        whole = list(recording.blocks())
        self.t_us = np.concatenate([block.t_us for block in whole])
        self.motion = np.concatenate([block.motion for block in whole])
        self.size = size

    def blocks(self) -> Iterator[SampleBlock]:
        for at in range(0, len(self.t_us), self.size):
            part = slice(at, at + self.size)
            yield SampleBlock(self.t_us[part], self.motion[part])


@pytest.fixture(scope="module")
def cues(adept: Path) -> NDArray[np.void]:
    """CUE records, silences included."""
    return replay(open_csv(adept), coach=Policy()).cues


class TestARealRun:
    def test_has_two_to_six_bursts_of_half_a_minute_at_most(self, document: dict[str, Any]) -> None:
        bursts = [cue for cue in document["cues"] if cue["kind"].startswith("burst")]
        assert 2 <= len(bursts) <= 6
        for burst in bursts:
            assert 157 * 1.03 < burst["tempo_spm"] < 157 * 1.08
            assert 0.0 < burst["t_end_s"] - burst["t_s"] <= 30.0 + 1e-9

    def test_is_silent_while_the_runner_stands(self, document: dict[str, Any]) -> None:
        begin_s, end_s = STANDS_S
        for cue in document["cues"]:
            assert not begin_s <= cue["t_s"] <= end_s
            assert not (cue["t_s"] < begin_s and cue.get("t_end_s", 0.0) > begin_s + 2.0)

    def test_is_silent_while_the_runner_walks(self, document: dict[str, Any]) -> None:
        times_s = np.array([stride["t_mid_stance_s"] for stride in document["strides"]])
        walking = np.array([stride["activity"] == "walking" for stride in document["strides"]])
        assert walking.sum() > 10
        for cue in document["cues"]:
            assert not walking[np.searchsorted(times_s, cue["t_s"]) - 1]
            inside = (times_s > cue["t_s"]) & (times_s < cue.get("t_end_s", cue["t_s"]) - 0.5)
            assert not walking[inside].any()

    def test_strides_are_the_same_without_the_coach(self, adept: Path, document: dict[str, Any]) -> None:
        plain = replay(open_csv(adept))
        assert [to_dict(stride) for stride in plain.strides] == document["strides"]
        assert not len(plain.cues)

    @pytest.mark.parametrize("size", [7, 64, 999])
    def test_gives_the_same_cues_in_other_blocks(
        self, adept: Path, cues: NDArray[np.void], size: int
    ) -> None:
        again = replay(Cut(adept, size), coach=Policy()).cues
        assert len(again) > 4
        assert again.tobytes() == cues.tobytes()

    def test_has_the_same_cues_on_the_command_line(
        self, cues: NDArray[np.void], document: dict[str, Any]
    ) -> None:
        duration_s = document["source"]["duration_s"]
        assert document["cues"] == heard_cues(cues, duration_s)

    def test_gives_the_same_cues_as_plain_python(
        self, adept: Path, cues: NDArray[np.void], tmp_path: Path
    ) -> None:
        """The policy alone: the detector in plain Python would take minutes."""
        program = """
import sys
import numpy as np
from coach.coach import Coach
strides, closed_us = np.load(sys.argv[1]), np.load(sys.argv[2])
coach = Coach()
cues = [cue for stride, us in zip(strides, closed_us) for cue in coach.take_stride(stride, int(us))]
sys.stdout.buffer.write(b"".join(cue.tobytes() for cue in cues))
"""
        cut = Cut(adept, 10_000)
        detector = StepDetector(cut.sensor)
        found, closed = [], []
        for block in cut.blocks():
            found.append(detector.feed(block))
            closed.append(detector.closed_us)
        files = [tmp_path / "strides.npy", tmp_path / "closed.npy"]
        for path, array in zip(files, (np.concatenate(found), np.concatenate(closed)), strict=True):
            np.save(path, array)
        plain = subprocess.run(
            [sys.executable, "-c", program, *map(str, files)],
            env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, timeout=100, check=True,
        )  # fmt: skip
        assert plain.stdout == cues.tobytes()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, Any]], Path]:
    """The cues of a run of three minutes with a simulated pod whose link is lost in a burst, as they were
    printed, and the recording."""
    folder = tmp_path_factory.mktemp("live")
    recording = folder / "run.mcap"
    run = subprocess.run(
        [
            *(sys.executable, "-c", START, "run", "--pod", "sim:steady,lapse=40,spm=160"),
            *("--seconds", "150", "--faults", "link-loss@110+3", "--record", str(recording), "--json"),
            *("--sound", "none"),
        ],
        env={**os.environ, "COACH_HOME": str(folder / "home")},
        capture_output=True, text=True, timeout=100, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [line["cue"] for line in lines if "cue" in line], recording


def test_a_live_run_said_what_its_recording_says(live: tuple[list[dict[str, Any]], Path]) -> None:
    said, recording = live
    assert [cue["kind"] for cue in said] == ["burst_up", "silence"]
    assert said[1]["reason"] in ("signal", "stopped")
    (again,) = called("replay", recording, "--cues", "--json")["cues"]
    assert {name: again[name] for name in said[0]} == said[0]
    assert (again["t_end_s"], again["ended"]) == (said[1]["t_s"], said[1]["reason"])


def test_a_target_asked_for_at_the_replay_comes_before_the_recorded_one(
    live: tuple[list[dict[str, Any]], Path],
) -> None:
    said, recording = live
    (cue,) = called("replay", recording, "--cues", "--target", "171", "--json")["cues"]
    assert cue["tempo_spm"] > 171.0 > said[0]["tempo_spm"]


def test_a_run_too_short_for_a_cue_has_none_and_that_is_no_failure(coach: Coach, run_csv: Path) -> None:
    run = coach("replay", run_csv, "--cues", "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["cues"] == []
