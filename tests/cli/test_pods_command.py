"""`coach pods` lists what is around, and says in one line why Bluetooth is not searched."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest

from coach.cli.pods import command as pods_command
from firmware_bridge.links.scan import BlePod
from firmware_bridge.links.serial_names import SerialPort
from firmware_bridge.pods.open_pod import OpenPod

from .conftest import Coach

NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Bluetooth goes over D-Bus on Linux alone")

PODS = [
    BlePod("My Pod", "C0:FF:EE:00:00:01", -52, (OpenPod(),), 81),
    BlePod("", "C0:FF:EE:00:00:02", -71, (OpenPod(),)),
    BlePod("Headset", "C0:FF:EE:00:00:03", -40, ()),
]
PORTS = [SerialPort("/dev/ttyACM0", "XIAO Sense", "2886:8045:A1"), SerialPort("/dev/ttyS0", "", "")]


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scan(*_: Any) -> list[BlePod]:
        await asyncio.sleep(0)
        return PODS

    monkeypatch.setattr(pods_command, "scan_ble", scan)
    monkeypatch.setattr(pods_command, "scan_serial", lambda: PORTS)


@linux_only
def test_without_bluetooth_one_line_says_why_and_what_to_do(coach: Coach) -> None:
    run = coach("pods", "--seconds", 0.1, **NO_BUS)
    assert run.returncode == 0
    (line,) = run.stderr.splitlines()
    assert line.startswith("coach: Bluetooth is not searched: ")
    assert "systemctl start" in line
    assert "serial port" in run.stdout


@linux_only
def test_without_bluetooth_the_document_says_so_and_nothing_else_is_printed(coach: Coach) -> None:
    run = coach("pods", "--seconds", 0.1, "--json", **NO_BUS)
    assert (run.returncode, run.stderr) == (0, "")
    document = json.loads(run.stdout)
    assert document["schema"] == "cadence-coach/pods/1"
    assert document["ble"] == []
    assert "systemctl start" in document["ble_not_searched"]
    assert isinstance(document["serial"], list)


@pytest.mark.usefixtures("around")
def test_a_pod_is_listed_as_it_is_named_for_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    pods_command.show_pods(1, as_json=False)
    shown = capsys.readouterr().out
    for words in ("ble:My Pod", "ble:C0:FF:EE:00:00:02", "serial:2886:8045:A1", "serial:/dev/ttyS0"):
        assert words in shown
    assert " 81" in shown
    assert "no pods that are known here: Headset" in shown


@pytest.mark.usefixtures("around")
def test_the_document_holds_all_that_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    pods_command.show_pods(1, as_json=True)
    document = json.loads(capsys.readouterr().out)
    first, second, headset = document["ble"]
    assert first == {
        "pod": "ble:My Pod",
        "name": "My Pod",
        "address": "C0:FF:EE:00:00:01",
        "rssi_dbm": -52,
        "battery_percent": 81,
        "kinds": [{"name": "open", "title": OpenPod.title, "gives": OpenPod.gives}],
    }
    assert (second["name"], second["battery_percent"]) == (None, None)
    assert (headset["pod"], headset["kinds"]) == (None, [])
    assert document["serial"][0]["usb_id"] == "2886:8045:A1"
    assert document["ble_not_searched"] is None
