"""A simulated pod in the same process, connected by nothing but function calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.link import Receive, UnavailableError
from firmware_bridge.readings import PodProfile, Write
from hardware.peripheral import Peripheral

PAYLOAD_BYTES = 244
"""As of a BLE notification at the usual MTU of 247."""


class MemoryMedium:
    """Hands bytes over at once; a `Medium` for one host. While held it takes nothing from the device, and
    keeps what the host writes.

    Attributes:
        payload_bytes: as of a `Medium`.
    """

    payload_bytes = PAYLOAD_BYTES

    def __init__(self) -> None:
        self._device: Peripheral | None = None
        self._receive: Callable[[str, bytes], None] | None = None
        self._lost: Callable[[str], None] | None = None
        self._held = self._absent = False
        self._written: deque[tuple[str, bytes]] = deque()

    async def start(self, device: Peripheral) -> None:
        """Switch the device on."""
        self._device = device

    async def stop(self) -> None:
        """Switch it off."""
        self._lose("the pod was switched off")
        self._device = None

    def hold(self, held: bool) -> None:
        """While held nothing passes."""
        self._held = held
        while self._written and not self._held:
            self._hand_over(*self._written.popleft())

    def cut(self, absent: bool) -> None:
        """While cut there is no connection and none can be made."""
        self._absent = absent
        if absent:
            self._lose("the link was lost")

    def connect(self, receive: Callable[[str, bytes], None], lost: Callable[[str], None]) -> None:
        """Connect a host: bytes go to `receive`, and `lost` is called when the connection ends by itself.

        Raises:
            UnavailableError: the device is off or cut.
        """
        if self._device is None or self._absent:
            raise UnavailableError("the simulated pod is not there")
        self.disconnect()
        self._receive, self._lost = receive, lost
        self._device.attached(self._send)

    def write(self, channel: str, data: bytes) -> None:
        """The host writes.

        Raises:
            UnavailableError: there is no connection.
        """
        if self._receive is None:
            raise UnavailableError("the simulated pod is not connected")
        if self._held:
            self._written.append((channel, data))
        else:
            self._hand_over(channel, data)

    def disconnect(self) -> None:
        """The host ends the connection, if there is one."""
        if self._receive is not None:
            self._receive = self._lost = None
            self._written.clear()
            if self._device is not None:
                self._device.detached()

    def _send(self, channel: str, data: bytes) -> bool:
        if self._held or self._receive is None:
            return False
        self._receive(channel, data)
        return True

    def _hand_over(self, channel: str, data: bytes) -> None:
        if self._device is not None:
            self._device.written(channel, data)

    def _lose(self, reason: str) -> None:
        lost = self._lost
        self.disconnect()
        if lost is not None:
            lost(reason)


class MemoryCarrier:
    """A `Carrier` to the pod on a `MemoryMedium`.

    Attributes:
        path, address: as of a `Carrier`.
    """

    path = "direct"
    address = "the simulated pod"

    def __init__(self, medium: MemoryMedium, profile: PodProfile) -> None:
        """`profile` of the pod that the medium carries."""
        self._medium, self._profile = medium, profile

    async def open(self, receive: Receive, lost: Callable[[str], None]) -> PodProfile:
        """Connect, as of a `Carrier`. Raises UnavailableError while the pod is off or cut."""
        clock = HostClock(asyncio.get_running_loop())
        listened = self._profile.notify

        def take(channel: str, data: bytes) -> None:
            if channel in listened:
                receive(channel, data, clock.now_ns())

        self._medium.connect(take, lost)
        return self._profile

    async def write(self, write: Write) -> None:
        """Write to the pod. Raises UnavailableError when there is no connection."""
        self._medium.write(write.channel, write.data)

    async def close(self) -> None:
        """End the connection, if there is one."""
        self._medium.disconnect()
