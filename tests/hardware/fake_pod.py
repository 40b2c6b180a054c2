"""A pod that does as it is told, and the ways from bleak to it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.device import BLEDevice

from hardware.ble.private_bus import is_available
from hardware.ble.simulated_ble import SimulatedBle
from hardware.lapse import run_lapsed
from hardware.peripheral import CharacteristicSpec, Send, ServiceSpec

UART = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
INDICATE = "6e400004-b5a3-f393-e0a9-e50e24dcca9e"
BATTERY_SERVICE = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"

BUS_LAPSE = 5.0
"""A D-Bus is another process, so its time cannot jump; it runs faster instead."""

needs_bus = pytest.mark.skipif(
    not is_available() and not (os.environ.get("CI") and sys.platform == "linux"),
    reason="a private D-Bus needs Linux, dbus-daemon (Debian: apt install dbus) and dbus-fast",
)
both_ways = pytest.mark.parametrize(
    "way", [pytest.param("in-process"), pytest.param("bluez-dbus", marks=needs_bus)]
)

Result = TypeVar("Result")


class FakePod:
    """Sends numbered packets, as fast as it is let, and keeps them while there is no room."""

    serial_notify_channel: str | None = None
    serial_write_channel: str | None = None

    def __init__(self, name: str = "FakePod") -> None:
        self.name = name
        self.services = (
            ServiceSpec(
                UART,
                (
                    CharacteristicSpec(WRITE, write=True),
                    CharacteristicSpec(NOTIFY, notify=True),
                    CharacteristicSpec(INDICATE, indicate=True),
                ),
                advertised=True,
            ),
            ServiceSpec(BATTERY_SERVICE, (CharacteristicSpec(BATTERY_LEVEL, read=True),)),
        )
        self.commands: list[tuple[str, bytes]] = []
        self.visits = 0
        self.refusals = 0
        self._send: Send | None = None
        self._kept: deque[bytes] = deque()
        self._sent = 0

    def attached(self, send: Send) -> None:
        self._send = send
        self.visits += 1

    def detached(self) -> None:
        self._send = None
        self._kept.clear()

    @property
    def is_attached(self) -> bool:
        return self._send is not None

    def written(self, channel: str, data: bytes) -> None:
        self.commands.append((channel, data))

    def read(self, channel: str) -> bytes:
        assert channel == BATTERY_LEVEL
        return b"\x57"

    def send(self, data: bytes, channel: str = NOTIFY) -> bool:
        """Try once."""
        return self._send is not None and self._send(channel, data)

    async def stream(self, packets: int, *, every_s: float = 0.0, size: int = 244) -> None:
        """Send numbered packets; what finds no room is sent later, in order."""
        for _ in range(packets):
            self._kept.append(self._sent.to_bytes(4, "little").ljust(size, b"\xaa"))
            self._sent += 1
            self._flush()
            await asyncio.sleep(every_s)
        while self._kept:
            self._flush()
            await asyncio.sleep(0.001)

    def _flush(self) -> None:
        while self._kept:
            if not self.send(self._kept[0]):
                self.refusals += 1
                return
            self._kept.popleft()


class Listener:
    """A host's notifications, with the time on the loop's clock at which each came."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.times_s: list[float] = []

    def __call__(self, _: Any, data: bytearray) -> None:
        self.packets.append(bytes(data))
        self.times_s.append(asyncio.get_running_loop().time())

    @property
    def numbers(self) -> list[int]:
        return [int.from_bytes(packet[:4], "little") for packet in self.packets]

    async def until(self, packets: int) -> None:
        async with asyncio.timeout(60.0):
            while len(self.packets) < packets:
                await asyncio.sleep(0.001)


async def find(air: SimulatedBle, service: str = UART) -> BLEDevice:
    """The pod that advertises a service."""
    found = await BleakScanner.find_device_by_filter(
        lambda _, heard: service in heard.service_uuids, timeout=10.0, **air.scanner_options()
    )
    assert found is not None
    return found


def client(
    air: SimulatedBle, device: BLEDevice, lost: Callable[[BleakClient], None] | None = None
) -> BleakClient:
    """A client of bleak's on the way that the air has."""
    return BleakClient(device, disconnected_callback=lost, timeout=20.0, **air.client_options())


def run(way: str, scene: Coroutine[Any, Any, Result]) -> Result:
    """Run a scene faster than real time, and without waiting at all where nothing outside takes part."""
    return run_lapsed(scene, BUS_LAPSE if way == "bluez-dbus" else float("inf"))
