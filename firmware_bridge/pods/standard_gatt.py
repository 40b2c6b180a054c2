"""What many BLE pods share: the Bluetooth SIG's numbers and its battery service; how link events count."""

from __future__ import annotations

from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.readings import Battery, Losses

UNKNOWN_CHANNEL = "unknown channel"


def uuid_of(number: int) -> str:
    """The full UUID of a 16-bit number of the Bluetooth SIG (Core Specification 5.4, Vol 3 Part B, 2.5.1)."""
    return f"{number:08x}-0000-1000-8000-00805f9b34fb"


BATTERY_SERVICE = uuid_of(0x180F)
BATTERY_LEVEL = uuid_of(0x2A19)


def parse_battery(data: bytes) -> Battery | None:
    """A battery level (Battery Service 1.0: u8, %); None when it is none. Never raises."""
    return Battery(data[0]) if len(data) == 1 and data[0] <= 100 else None


def count_event(losses: Losses, event: LinkEvent) -> None:
    """Count what happened to the link."""
    match event.state:
        case LinkState.LOST:
            losses.disconnects += 1
        case LinkState.STALLED:
            losses.stalls += 1
        case LinkState.OVERFLOW:
            losses.overflow_packets += event.count
