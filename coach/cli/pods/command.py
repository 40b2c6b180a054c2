"""`coach pods`: which pods are around, how well they are heard and what they can tell."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import typer

from coach.cli.errors import say
from coach.cli.view import UNKNOWN, console, table
from firmware_bridge.links.link import LinkError
from firmware_bridge.links.scan import BlePod, scan_ble
from firmware_bridge.links.serial_names import SerialPort, scan_serial
from firmware_bridge.pods.catalogue import profiles

SCHEMA = "cadence-coach/pods/1"


def show_pods(seconds: float, as_json: bool) -> None:
    """Scan for so many seconds and print what was found. Nothing found is an answer, not a failure."""
    ports = scan_serial()
    heard: list[BlePod] = []
    reason = None
    try:
        heard = asyncio.run(scan_ble(profiles(), seconds))
    except LinkError as error:
        reason = str(error)
    if as_json:
        typer.echo(json.dumps(_document(heard, ports, reason), indent=1))
        return
    if reason is not None:
        say(f"Bluetooth is not searched: {reason}")
    _print(heard, ports, searched=reason is None)


def _document(heard: list[BlePod], ports: list[SerialPort], reason: str | None) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ble": [
            {
                "pod": _ble_argument(pod),
                "name": pod.name or None,
                "address": pod.address,
                "rssi_dbm": pod.rssi_dbm,
                "battery_percent": pod.battery_percent,
                "kinds": [
                    {"name": kind.name, "title": kind.title, "gives": kind.gives} for kind in pod.kinds
                ],
            }
            for pod in heard
        ],
        "ble_not_searched": reason,
        "serial": [
            {
                "pod": _serial_argument(port),
                "address": port.address,
                "usb_id": port.usb_id or None,
                "description": port.description or None,
            }
            for port in ports
        ],
    }


def _ble_argument(pod: BlePod) -> str | None:
    """How to name it as `--pod`; None for a device that is no known pod."""
    if not pod.kinds:
        return None
    prefix = "rsc" if pod.kinds[0].name == "rsc" else "ble"
    return f"{prefix}:{pod.name or pod.address}"


def _serial_argument(port: SerialPort) -> str:
    return f"serial:{port.usb_id or port.address}"


def _print(heard: list[BlePod], ports: list[SerialPort], *, searched: bool) -> None:
    out = console()
    pods = [pod for pod in heard if pod.kinds]
    if pods or ports:
        rows = table()
        for head in ("--pod", "what it is", "tells"):
            rows.add_column(head, overflow="fold")
        for head in ("signal dBm", "battery %"):
            rows.add_column(head, justify="right", no_wrap=True)
        for pod in pods:
            battery = UNKNOWN if pod.battery_percent is None else str(pod.battery_percent)
            kinds = ", ".join(kind.title for kind in pod.kinds)
            gives = "; ".join(kind.gives for kind in pod.kinds)
            rows.add_row(_ble_argument(pod), kinds, gives, str(pod.rssi_dbm), battery)
        for port in ports:
            what = port.description or "serial port"
            rows.add_row(_serial_argument(port), what, "told once it is connected", UNKNOWN, UNKNOWN)
        out.print(rows)
    if searched and not pods:
        out.print("No Bluetooth pod is heard: wake it up, bring it nearer, and search longer with --seconds.")
    if not ports:
        out.print("There is no serial port: plug the pod in with a cable that carries data.")
    others = [pod.name or pod.address for pod in heard if not pod.kinds]
    if others:
        out.print(f"Also heard, but no pods that are known here: {', '.join(others)}", style="dim")
