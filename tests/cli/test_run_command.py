"""`coach run` and `coach record`: what they print, what they keep, and how they end."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
import tty
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import simulated_pod
from hardware.ble import private_bus

from .conftest import START, Coach

PODS = {"sim": "direct", "sim+serial": "serial", "sim+ble": "bluez-dbus"}
FAST = ":steady,lapse=6"


def lines(stdout: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The strides, and the summary that ends them."""
    *told, last = [json.loads(line) for line in stdout.splitlines()]
    return [line for line in told if "cue" not in line], last["summary"]


def one_line(run: subprocess.CompletedProcess[str]) -> str:
    """What a failed command says: one line, and before it now and then that it still looks for the pod."""
    assert run.returncode == 1
    assert [line for line in run.stdout.splitlines() if "link looking for the pod" not in line] == []
    said = [line for line in run.stderr.splitlines() if "compiling" not in line]
    assert len(said) == 1, said
    assert said[0].startswith("coach: ")
    return said[0]


class Started:
    """`coach` as a process of its own that is not waited for."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, *map(str, arguments)],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8",
        )  # fmt: skip

    def ended(self) -> subprocess.CompletedProcess[str]:
        stdout, stderr = self.process.communicate(timeout=100)
        return subprocess.CompletedProcess([], self.process.returncode, stdout, stderr)


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[subprocess.CompletedProcess[str], Path]]:
    """Thirty seconds with each simulated pod, all at once, and where they are kept."""
    folder = tmp_path_factory.mktemp("runs")
    started = {
        pod: Started(folder, "run", "--pod", pod + FAST, "--seconds", 30, "--record", f"{pod}.mcap", "--json")
        for pod in PODS
    }
    return {pod: (run.ended(), folder / f"{pod}.mcap") for pod, run in started.items()}


Runs = dict[str, tuple[subprocess.CompletedProcess[str], Path]]


@pytest.mark.parametrize("kind", ["movesense", "polar", "rsc"])
def test_sensors_of_other_makers_are_followed_recorded_and_replayed(coach: Coach, kind: str) -> None:
    pod = f"sim+ble:steady,lapse=10,pod={kind}"
    told, summary = lines(
        coach("run", "--pod", pod, "--seconds", 20, "--record", "run.mcap", "--json").stdout
    )
    replayed = json.loads(coach("replay", "run.mcap", "--json").stdout)
    assert summary["cadence_spm"] == pytest.approx(165.0, abs=1.5)
    assert summary["device"] == replayed["source"]["device"] != ""
    if kind == "rsc":
        assert [line["update"] for line in told] == replayed["updates"]
        assert "steps" in summary["device"]
    else:
        assert told == replayed["strides"]
    assert len(told) > 18


@pytest.mark.parametrize("pod", PODS)
class TestOverEachLink:
    def test_a_replay_gives_exactly_the_strides_of_the_run(self, coach: Coach, runs: Runs, pod: str) -> None:
        run, kept = runs[pod]
        strides, _ = lines(run.stdout)
        replayed = json.loads(coach("replay", kept, "--json").stdout)
        assert replayed["strides"] == strides
        assert len(strides) > 35

    def test_the_summary_tells_the_way_the_losses_and_the_recording(self, runs: Runs, pod: str) -> None:
        run, kept = runs[pod]
        strides, summary = lines(run.stdout)
        assert run.returncode == 0
        assert summary["strides"] == len(strides)
        assert summary["path"] == PODS[pod] if private_bus.is_available() else "in-process"
        assert summary["link"]["packets"] > 300
        assert {name for name, count in summary["link"].items() if count} == {"packets"}
        assert not any(summary["injected"].values())
        assert summary["recording"] == kept.name
        assert summary["cadence_spm"] == pytest.approx(165.0, abs=1.5)
        assert summary["duration_s"] == pytest.approx(30.0, abs=1.0)
        assert kept.name in run.stderr

    def test_the_recording_is_for_its_owner_alone(self, runs: Runs, pod: str) -> None:
        assert runs[pod][1].stat().st_mode & 0o777 == 0o600


def test_the_same_seed_gives_the_same_strides_over_every_link(runs: Runs) -> None:
    strides = [lines(run.stdout)[0] for run, _ in runs.values()]
    fewest = min(map(len, strides))
    # Whether the last stride still comes within the seconds is up to how busy the machine is.
    assert max(map(len, strides)) <= fewest + 1
    assert strides[0][:fewest] == strides[1][:fewest] == strides[2][:fewest]


def test_a_recording_can_be_run_again_as_if_it_were_a_pod(coach: Coach, runs: Runs, tmp_path: Path) -> None:
    # At its own pace, so a short one.
    coach("record", "--pod", "sim:steady,lapse=20", "--seconds", 3, "--side", "left", "short.mcap")
    strides, summary = lines(coach("run", "--pod", "file:short.mcap", "--json").stdout)
    assert {stride["side"] for stride in strides} == {"left"}
    assert strides == json.loads(coach("replay", "short.mcap", "--json").stdout)["strides"]
    assert summary["path"] == "file"


def test_the_side_is_kept_with_the_recording(coach: Coach) -> None:
    coach("record", "--pod", "sim" + FAST, "--seconds", 5, "--side", "left", "left.mcap")
    sides = {
        stride["side"] for stride in json.loads(coach("replay", "left.mcap", "--json").stdout)["strides"]
    }
    assert sides == {"left"}
    told = json.loads(coach("replay", "left.mcap", "--side", "right", "--json").stdout)["strides"]
    assert {stride["side"] for stride in told} == {"right"}


def test_faults_befall_and_are_counted(coach: Coach) -> None:
    run = coach(
        "run", "--pod", "sim" + FAST, "--seconds", 15, "--json", "--faults", "drop=0.1@2+5,link-loss@9+1"
    )
    _, summary = lines(run.stdout)
    assert summary["injected"]["dropped"] > 3
    assert summary["link"]["lost_frames"] == summary["injected"]["dropped"] + summary["injected"]["given_up"]
    assert summary["link"]["disconnects"] == 1


def test_for_people_it_ends_with_the_summary_and_the_losses(coach: Coach) -> None:
    run = coach("run", "--pod", "sim" + FAST, "--seconds", 10, "--faults", "corrupt=0.1@2+5")
    assert run.returncode == 0
    assert "running" in run.stdout
    assert "damaged" in run.stdout
    assert "Traceback" not in run.stdout + run.stderr


def test_strides_are_printed_as_they_come_and_ctrl_c_ends_the_run_in_good_order(tmp_path: Path) -> None:
    run = Started(tmp_path, "run", "--pod", "sim:steady,lapse=4", "--json", "--record", "kept.mcap")
    assert run.process.stdout is not None
    first = json.loads(run.process.stdout.readline())  # while the run goes on
    run.process.send_signal(signal.SIGINT)
    ended = run.ended()
    *_, last = ended.stdout.splitlines()
    assert first["activity"] == "running"
    assert json.loads(last)["summary"]["strides"] >= 1
    assert ended.returncode == 0
    assert "kept.mcap" in ended.stderr


def test_a_run_that_is_killed_leaves_a_recording_that_replays(coach: Coach, tmp_path: Path) -> None:
    run = Started(tmp_path, "run", "--pod", "sim:steady,lapse=4", "--json", "--record", "killed.mcap")
    assert run.process.stdout is not None
    printed = [json.loads(run.process.stdout.readline()) for _ in range(6)]
    run.process.kill()
    run.ended()
    replayed = coach("replay", tmp_path / "killed.mcap", "--json")
    strides = json.loads(replayed.stdout)["strides"]
    # A second at four times real time holds five strides and a half.
    assert strides == printed[: len(strides)] or strides[: len(printed)] == printed
    assert "cut off" in replayed.stderr


def test_a_port_that_is_not_there_is_told_with_what_to_do(coach: Coach) -> None:
    assert "plug the pod in" in one_line(coach("run", "--pod", "serial:/dev/nothing"))


def test_a_live_run_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    heavy = ("scipy.signal", "matplotlib", "bleak", "bumble", "pandas", "hardware.runner")
    with simulated_pod("steady", link="serial", lapse=5) as pod:
        arguments = ["run", "--pod", f"serial:{pod.port}", "--seconds", "2", "--json"]
        program = (
            "import sys\nfrom coach.cli.main import app\n"
            f"try:\n    app({arguments!r})\nexcept SystemExit as end:\n"
            f"    sys.exit(end.code or [name for name in {heavy!r} if name in sys.modules] or None)"
        )
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1])["summary"]["samples"] > 1000


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """The far end of a serial line, and the port on this end."""
    far, near = pty.openpty()
    tty.setraw(near)
    yield far, os.ttyname(near)
    os.close(far)
    os.close(near)


def test_a_port_that_never_answers_is_told(coach: Coach, line: tuple[int, str]) -> None:
    assert "never answers" in one_line(coach("run", "--pod", f"serial:{line[1]}"))


def test_a_port_that_says_nothing_is_a_failure_however_short_the_run(
    coach: Coach, line: tuple[int, str]
) -> None:
    said = one_line(coach("run", "--pod", f"serial:{line[1]}", "--seconds", 1, "--record", "run.mcap"))
    assert "nothing came from the pod" in said


def test_a_run_that_never_began_leaves_no_recording(coach: Coach, tmp_path: Path) -> None:
    for arguments in (("--pod", "file:nothing.mcap"), ("--pod", "sim", "--faults", "gremlins")):
        one_line(coach("run", *arguments, "--record", "run.mcap"))
        assert not (tmp_path / "run.mcap").exists()


def test_a_reader_who_does_not_read_holds_up_neither_pod_nor_recording(tmp_path: Path) -> None:
    run = Started(
        tmp_path, "run", "--pod", "sim:steady,lapse=20", "--seconds", 240, "--json", "--record", "run.mcap"
    )  # some 150 kB of lines: more than a pipe holds
    kept = tmp_path / "run.mcap"
    deadline_s = time.monotonic() + 40
    while time.monotonic() < deadline_s and not (kept.exists() and kept.stat().st_size > 1_000_000):
        time.sleep(0.1)
    assert kept.stat().st_size > 1_000_000  # nearly all of it, and nothing was read yet
    strides, summary = lines(run.ended().stdout)
    assert len(strides) == summary["strides"] > 300


def test_a_reader_who_leaves_ends_the_run(tmp_path: Path) -> None:
    run = Started(tmp_path, "run", "--pod", "sim:steady,lapse=10", "--json")
    assert run.process.stdout is not None
    run.process.stdout.readline()
    run.process.stdout.close()
    assert run.process.wait(timeout=100) == 1
    assert run.process.stderr is not None
    with run.process.stderr as stderr:
        assert [line for line in stderr.read().splitlines() if "compiling" not in line] == []


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_standard_stream_is_no_mistake_of_the_program(tmp_path: Path, closed: str) -> None:
    number = {"stdout": 1, "stderr": 2}[closed]
    command = [sys.executable, "-c", START, "--version"]
    program = f"import os; os.close({number}); os.execvp({command[0]!r}, {command!r})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "Traceback" not in run.stderr


def test_a_device_that_is_no_pod_is_told(tmp_path: Path, line: tuple[int, str]) -> None:
    run = Started(tmp_path, "run", "--pod", f"serial:{line[1]}", "--json")
    sentence = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n\0"
    os.read(line[0], 1)  # the greeting: the port is open
    for _ in range(80):
        os.write(line[0], sentence)
    assert "not of a pod this program knows" in one_line(run.ended())


def test_a_port_in_use_is_told(coach: Coach, tmp_path: Path, line: tuple[int, str]) -> None:
    first = Started(tmp_path, "run", "--pod", f"serial:{line[1]}")
    os.read(line[0], 1)
    assert "use" in one_line(coach("run", "--pod", f"serial:{line[1]}"))
    first.process.kill()
    first.ended()


@pytest.mark.parametrize("pod", ["ble:CadPod", "rsc:Stryd"])
def test_a_machine_without_bluetooth_says_what_to_do(coach: Coach, pod: str, tmp_path: Path) -> None:
    nowhere = f"unix:path={tmp_path}/no-bus"
    assert "Bluetooth" in one_line(coach("run", "--pod", pod, DBUS_SYSTEM_BUS_ADDRESS=nowhere))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--pod", "treadmill"), "there is no pod 'treadmill'"),
        (("--pod", "usb:1"), "there is no kind of pod 'usb'"),
        (("--pod", "sim:flying"), "choose one of steady"),
        (("--pod", "sim,colour=red"), "no setting 'colour'"),
        (("--pod", "sim", "--faults", "gremlins"), "there is no fault 'gremlins'"),
        (("--pod", "serial:/dev/nothing", "--faults", "drop"), "simulated pods alone"),
        (("--pod", "file:nothing.mcap"), "nothing.mcap"),
        (("--pod", "sim", "--record", "no/where.mcap"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(coach: Coach, arguments: tuple[str, ...], told: str) -> None:
    assert told in one_line(coach("run", *arguments))


def test_an_existing_file_is_never_written_over(coach: Coach, tmp_path: Path) -> None:
    (tmp_path / "run.mcap").write_text("precious")
    assert "there is a file of that name" in one_line(coach("run", "--pod", "sim", "--record", "run.mcap"))
    assert (tmp_path / "run.mcap").read_text() == "precious"
