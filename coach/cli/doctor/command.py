"""`coach doctor`: what on this machine works for a run, and what to do about the rest."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import typer

from cadence.detector import KERNEL, is_compiled
from coach.cli.doctor.sound import sound_checks
from coach.cli.view import console, table
from firmware_bridge.links.link import LinkError
from firmware_bridge.links.scan import scan_ble
from firmware_bridge.links.serial_errors import explain
from firmware_bridge.links.serial_names import SerialPort, scan_serial

SCHEMA = "cadence-coach/doctor/1"
SCAN_S = 1.0
"""Long enough to see whether a scan can be started at all. Our choice."""

Verdict = Literal["ok", "note", "problem"]
_STYLES = {"ok": "green", "note": "", "problem": "bold red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at.
        verdict: "note" for what is no fault but good to know.
        words: the finding; of a problem also what to do.
    """

    check: str
    verdict: Verdict
    words: str


def run_doctor(as_json: bool) -> None:
    """Make all checks and print them. A problem found is an answer, not a failure."""
    findings = list(_findings())
    if as_json:
        document = {"schema": SCHEMA, "checks": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(document, indent=1))
        return
    rows = table()
    for head in ("check", ""):
        rows.add_column(head, no_wrap=True)
    rows.add_column("finding", overflow="fold")
    for finding in findings:
        rows.add_row(finding.check, finding.verdict, finding.words, style=_STYLES[finding.verdict])
    console().print(rows)


def _findings() -> Iterator[Finding]:
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _core()
    yield _data_folder()
    yield _bluetooth()
    yield from _serial_ports()
    for verdict, words in sound_checks():
        yield Finding("sound", verdict, words)


def _core() -> Finding:
    folder = KERNEL.cache_folder()
    trouble = _why_not_writable(folder)
    if trouble is not None:
        return Finding(
            "detector",
            "problem",
            f"{folder}: {trouble}: the detector is compiled anew at every start, which takes some seconds; "
            "set COACH_CACHE to a folder that can be written",
        )
    state = "compiled" if is_compiled() else "compiled at the next run, once, in some seconds"
    return Finding("detector", "ok", f"{state}; kept in {folder}")


def _data_folder() -> Finding:
    import platformdirs

    asked = os.environ.get("COACH_HOME")
    folder = Path(asked or platformdirs.user_data_dir("cadence-coach", appauthor=False))
    trouble = _why_not_writable(folder)
    if trouble is not None:
        words = f"{folder}: {trouble}: set COACH_HOME to a folder that can be written"
        return Finding("data folder", "problem", words)
    return Finding("data folder", "ok", str(folder))


def _why_not_writable(folder: Path) -> str | None:
    """Nothing is left behind: a folder that is not there yet is tried in the one it would lie in."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return None
    except OSError as error:
        return f"cannot be written ({error.strerror or error})"


def _bluetooth() -> Finding:
    try:
        heard = asyncio.run(scan_ble((), SCAN_S))
    except LinkError as error:
        return Finding("bluetooth", "problem", str(error))
    devices = "1 device" if len(heard) == 1 else f"{len(heard)} devices"
    return Finding("bluetooth", "ok", f"works; {devices} heard in {SCAN_S:.0f} s")


def _serial_ports() -> Iterator[Finding]:
    ports = scan_serial()
    if not ports:
        words = "there is none; a pod with a USB cable that carries data brings one"
        yield Finding("serial port", "note", words)
    for port in ports:
        yield _serial_port(port)


def _serial_port(port: SerialPort) -> Finding:
    """Ask the system for permission only: to open the port could restart what hangs on it."""
    if os.access(port.address, os.R_OK | os.W_OK) or platform.system() == "Windows":
        return Finding(
            "serial port", "ok", " ".join(filter(None, [port.address, port.usb_id, port.description]))
        )
    denied = explain(port.address, PermissionError(13, "denied"))
    return Finding("serial port", "problem", str(denied))
