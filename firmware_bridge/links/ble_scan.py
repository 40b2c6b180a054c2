"""Who advertises nearby, and the scanner that only one may use at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

Detected = Callable[[BLEDevice, AdvertisementData], None]

_one_at_a_time: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def listen(
    detected: Detected, seconds: float, until: asyncio.Event, options: Mapping[str, Any]
) -> None:
    """Scan for so many seconds, or `until` is set; then the scanner is stopped.

    BlueZ refuses a second scan of the same program, so one waits for the other.

    Args:
        detected: called with every advertisement, on the loop's thread.
        options: further arguments of `BleakScanner`.
    """
    lock = _one_at_a_time.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with lock, BleakScanner(detected, **options):
        try:
            async with asyncio.timeout(seconds):
                await until.wait()
        except TimeoutError:
            return


def name_of(device: BLEDevice, advertisement: AdvertisementData) -> str:
    """The name it goes by; empty when it tells none."""
    name = advertisement.local_name or device.name or ""
    return "".join(sign for sign in name if sign.isprintable())  # a terminal would obey the others
