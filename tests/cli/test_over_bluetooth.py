"""`coach` over Bluetooth as a user calls it: bleak's own Linux back end, in a process that knows nothing of
the simulated pod but the D-Bus on which it is."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from hardware import RunningPod, simulated_pod
from hardware.ble import private_bus

from .conftest import Coach

pytestmark = pytest.mark.skipif(not private_bus.is_available(), reason="dbus-daemon is not installed")


@pytest.fixture(scope="module")
def pod() -> Iterator[RunningPod]:
    with simulated_pod("steady", link="ble") as running:
        yield running


def test_the_pod_is_found_with_its_signal_its_battery_and_what_it_can_tell(
    coach: Coach, pod: RunningPod
) -> None:
    (found,) = json.loads(coach("pods", "--json", **pod.environment).stdout)["ble"]
    assert (found["pod"], found["address"]) == ("ble:CadPod", pod.address)
    assert [kind["name"] for kind in found["kinds"]] == ["open", "rsc"]
    assert found["battery_percent"] == 90
    assert -100 < found["rssi_dbm"] < 0


def test_the_machine_is_found_to_be_in_order(coach: Coach, pod: RunningPod) -> None:
    run = coach("doctor", **pod.environment)
    assert run.returncode == 0
    assert "1 device heard" in run.stdout


@pytest.mark.parametrize("by", ["name", "address"])
def test_it_is_followed_by_its_name_or_address(coach: Coach, pod: RunningPod, by: str) -> None:
    wanted = "cadpod" if by == "name" else pod.address
    run = coach("run", "--pod", f"ble:{wanted}", "--seconds", 4, "--json", **pod.environment)
    summary = json.loads(run.stdout.splitlines()[-1])["summary"]
    assert (run.returncode, summary["path"]) == (0, "ble")
    assert summary["samples"] > 600
    assert summary["link"]["lost_frames"] == 0


def test_its_ready_made_cadence_is_followed_if_asked_for(coach: Coach, pod: RunningPod) -> None:
    run = coach("run", "--pod", "rsc:CadPod", "--seconds", 6, "--json", **pod.environment)
    *updates, last = [json.loads(line) for line in run.stdout.splitlines()]
    assert last["summary"]["device"].endswith("(counts steps a minute, as detected)")
    assert [line["update"]["activity"] for line in updates] == ["running"] * len(updates)
    assert last["summary"]["cadence_spm"] == pytest.approx(165.0, abs=2.5)


def test_a_pod_that_is_not_there_is_told_with_those_that_are(coach: Coach, pod: RunningPod) -> None:
    run = coach("run", "--pod", "ble:Nobody", "--json", **pod.environment)
    assert (run.returncode, run.stdout) == (1, "")
    assert "heard are CadPod" in run.stderr
