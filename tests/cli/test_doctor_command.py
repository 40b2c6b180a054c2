"""`coach doctor` checks the machine and says what to do."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from coach.cli.doctor import command as doctor_command
from firmware_bridge.links.serial_names import SerialPort

from .conftest import Coach

NO_BUS = {"DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere/bus"}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Bluetooth goes over D-Bus on Linux alone")


@linux_only
def test_each_check_has_a_verdict_and_a_problem_says_what_to_do(coach: Coach, tmp_path: Path) -> None:
    home = tmp_path / "data"
    run = coach("doctor", "--json", COACH_HOME=str(home), COACH_CACHE=str(tmp_path / "cache"), **NO_BUS)
    assert (run.returncode, run.stderr) == (0, "")
    document = json.loads(run.stdout)
    assert document["schema"] == "cadence-coach/doctor/1"
    checks = {check["check"]: check for check in document["checks"]}
    assert {"python", "detector", "data folder", "bluetooth", "serial port", "sound"} <= checks.keys()
    assert checks["bluetooth"]["verdict"] == "problem"
    assert "systemctl start" in checks["bluetooth"]["words"]
    assert checks["detector"]["verdict"] == checks["data folder"]["verdict"] == "ok"
    assert checks["data folder"]["words"] == str(home)
    assert not home.exists()
    assert not any("\n" in check["words"] for check in document["checks"])


@linux_only
def test_people_read_one_line_a_check(coach: Coach) -> None:
    run = coach("doctor", **NO_BUS)
    assert (run.returncode, run.stderr) == (0, "")
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("bluetooth")]
    assert "problem" in line
    assert "systemctl start" in line


def test_a_folder_that_cannot_be_written_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    async def silence(*_: object) -> list[object]:
        return []

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    monkeypatch.setattr(doctor_command, "scan_ble", silence)
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    doctor_command.run_doctor(as_json=True)
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)["checks"]}
    for check, remedy in (("detector", "set COACH_CACHE"), ("data folder", "set COACH_HOME")):
        assert checks[check]["verdict"] == "problem"
        assert "No space left on device" in checks[check]["words"]
        assert remedy in checks[check]["words"]
    assert checks["bluetooth"]["words"] == "works; 0 devices heard in 1 s"


@linux_only
def test_a_port_without_permission_names_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(doctor_command, "scan_serial", lambda: [SerialPort("/dev/null", "", "")])
    (finding,) = doctor_command._serial_ports()
    assert finding.verdict == "problem"
    assert "sudo usermod -aG" in finding.words
