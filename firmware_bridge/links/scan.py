"""Which pods are around, over Bluetooth LE."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from firmware_bridge.links.ble_errors import explain
from firmware_bridge.links.ble_scan import listen, name_of
from firmware_bridge.readings import PodProfile

BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"
"""Battery level, one byte, % (Bluetooth Assigned Numbers, 3.8)."""
BATTERY_WAIT_S = 4.0
"""A pod that does not tell its battery in this time is listed without. Our choice."""


@dataclass(frozen=True, slots=True)
class BlePod:
    """A device that advertises.

    Attributes:
        name: empty when it tells none.
        address: of the device; on macOS an id that holds on this computer alone.
        rssi_dbm: strength of its signal.
        kinds: the profiles it advertises the service of; none for a device that is no known pod.
        battery_percent: None when it was not read.
    """

    name: str
    address: str
    rssi_dbm: int
    kinds: tuple[PodProfile, ...]
    battery_percent: int | None = None


async def scan_ble(
    profiles: Sequence[PodProfile],
    seconds: float,
    *,
    scanner_options: Mapping[str, Any] | None = None,
    client_options: Mapping[str, Any] | None = None,
) -> list[BlePod]:
    """Listen for so many seconds, then ask the known pods for their battery.

    Args:
        profiles: the kinds of pods that are known.
        seconds: how long to listen.
        scanner_options, client_options: as of `BleCarrier`.

    Returns:
        Known pods first, then the strongest signal first.

    Raises:
        LinkError: Bluetooth cannot be used here.
    """
    heard: dict[str, tuple[BLEDevice, BlePod]] = {}

    def detected(device: BLEDevice, advertisement: AdvertisementData) -> None:
        kinds = tuple(profile for profile in profiles if profile.service in advertisement.service_uuids)
        before = heard.get(device.address)
        name = name_of(device, advertisement)
        if before is not None:
            # One advertisement may hold the name and the next one the services.
            name = name or before[1].name
            kinds = kinds or before[1].kinds
        heard[device.address] = (device, BlePod(name, device.address, advertisement.rssi, kinds))

    try:
        await listen(detected, seconds, asyncio.Event(), dict(scanner_options or {}))
    except Exception as error:
        known = explain(error, "Bluetooth")
        if known is None:
            raise
        raise known from error
    pods = []
    for device, pod in heard.values():
        percent = await _battery(device, dict(client_options or {})) if pod.kinds else None
        pods.append(replace(pod, battery_percent=percent))
    return sorted(pods, key=lambda pod: (not pod.kinds, -pod.rssi_dbm, pod.name, pod.address))


async def _battery(device: BLEDevice, client_options: dict[str, Any]) -> int | None:
    with suppress(Exception):  # it is extra: a pod that is busy or gone is listed all the same
        async with (
            asyncio.timeout(BATTERY_WAIT_S),
            BleakClient(device, timeout=BATTERY_WAIT_S, **client_options) as client,
        ):
            value = await client.read_gatt_char(BATTERY_LEVEL)
            return value[0] if len(value) == 1 and value[0] <= 100 else None
    return None
