"""Which serial port is meant: by its name, or by the USB id, which stays when the pod is plugged in again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from firmware_bridge.links.link import LinkError, UnavailableError

_USB_ID = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port of this computer.

    Attributes:
        address: what to open, such as /dev/ttyACM0 or COM5.
        description: what the system calls it.
        usb_id: VID:PID or VID:PID:SERIAL, in lower-case hexadecimal; empty when it is not on USB.
    """

    address: str
    description: str
    usb_id: str


def scan_serial() -> list[SerialPort]:
    """The serial ports there are; those on USB, which a pod may be, first."""
    from serial.tools import list_ports

    ports = []
    for port in list_ports.comports():
        usb_id = "" if port.vid is None else f"{port.vid:04x}:{port.pid:04x}"
        if usb_id and port.serial_number:
            usb_id += f":{port.serial_number}"
        description = port.description if port.description not in (None, "n/a") else ""
        ports.append(SerialPort(port.device, description, usb_id))
    return sorted(ports, key=lambda port: (not port.usb_id, port.address))


def find_port(name: str) -> str:
    """What to open: `name` itself, or the port of the USB id VID:PID[:SERIAL].

    Raises:
        UnavailableError: no port has this id.
        LinkError: several ports have it.
    """
    match = _USB_ID.fullmatch(name)
    if match is None:
        return name
    wanted = f"{match[1]}:{match[2]}".lower()
    ports = [
        port
        for port in scan_serial()
        if port.usb_id[: len(wanted)] == wanted and match[3] in (None, port.usb_id[len(wanted) + 1 :])
    ]
    if not ports:
        raise UnavailableError(
            f"no serial port has the USB id {name}: plug the pod in; `coach pods` lists what is there"
        )
    if len(ports) > 1:
        several = " or ".join(f"serial:{port.usb_id} ({port.address})" for port in ports)
        raise LinkError(f"{len(ports)} serial ports have the USB id {name}: say which, {several}")
    return ports[0].address
