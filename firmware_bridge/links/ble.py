"""A pod over Bluetooth LE, by bleak: on Linux, macOS and Windows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from firmware_bridge.links.ble_errors import explain
from firmware_bridge.links.ble_scan import listen, name_of
from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.link import LinkError, Receive, UnavailableError
from firmware_bridge.readings import PodProfile, Write

SCAN_WAIT_S = 1.5
"""One try to hear the pod. Pods advertise several times a second, sleepy ones once; whoever is missed is
looked for again. Short, because two links that both miss their pod scan in turn. Our choice."""
CONNECT_WAIT_S = 5.0
"""One try to connect, to learn the services and to listen. BlueZ takes one to three seconds on a first
connection. Our choice."""
DISCONNECT_WAIT_S = 2.0
"""After this long the system is left to end the connection by itself. Our choice."""
GENERIC_SERVICES = ("00001800-0000-1000-8000-00805f9b34fb", "00001801-0000-1000-8000-00805f9b34fb")
"""Every device has them (Bluetooth Assigned Numbers, 3.4): they tell nothing of it."""
NAMED_AT_MOST = 6
"""So many of the devices nearby are named in a message."""


class BleCarrier:
    """A `Carrier` over Bluetooth LE.

    Attributes:
        path: which way the bytes go; "ble" but for a simulation.
    """

    def __init__(
        self,
        wanted: str,
        profiles: Sequence[PodProfile],
        *,
        path: str = "ble",
        scanner_options: Mapping[str, Any] | None = None,
        client_options: Mapping[str, Any] | None = None,
    ) -> None:
        """
        Args:
            wanted: name or address of the pod, in upper or lower case; empty for the first one that
                advertises a service of the profiles.
            profiles: the kinds of pods it may be; of several that fit the first is taken.
            path: what summaries call the way.
            scanner_options, client_options: further arguments of `BleakScanner` and `BleakClient`, such as
                `backend`, `bluez`, or what another back end asks for.
        """
        self.path = path
        self._wanted = wanted
        self._profiles = tuple(profiles)
        self._scanner_options = dict(scanner_options or {})
        self._client_options = dict(client_options or {})
        self._nearby: dict[str, int] = {}
        self._session: _Session | None = None

    @property
    def address(self) -> str:
        """The pod as it was named."""
        return self._wanted or " or ".join(profile.title for profile in self._profiles)

    async def open(self, receive: Receive, lost: Callable[[str], None]) -> PodProfile:
        """See `Carrier.open`."""
        try:
            device = await self._find()
            session = self._session = _Session(device, receive, lost, self._client_options)
            async with asyncio.timeout(CONNECT_WAIT_S):
                await session.client.connect()
                profile = self._profile(session.client)
                await session.listen(profile)
        except Exception as error:
            await self.close()
            known = explain(error, self.address)
            if known is None:
                raise
            raise known from error
        except asyncio.CancelledError:
            await self.close()
            raise
        return profile

    async def write(self, write: Write) -> None:
        """See `Carrier.write`. With a response where the characteristic has one, so it has arrived."""
        if self._session is None or not self._session.client.is_connected:
            raise UnavailableError(f"{self.address} is not connected")
        try:
            characteristic = self._session.client.services.get_characteristic(write.channel)
            if characteristic is None:
                raise LinkError(f"{self.address} cannot be written to: is it the right pod?")
            with_response = "write" in characteristic.properties
            await self._session.client.write_gatt_char(characteristic, write.data, response=with_response)
        except (BleakError, OSError, EOFError) as error:
            known = explain(error, self.address)
            raise known if known is not None else error from error

    async def close(self) -> None:
        """See `Carrier.close`."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _find(self) -> BLEDevice:
        found: list[BLEDevice] = []
        heard = asyncio.Event()

        def detected(device: BLEDevice, advertisement: AdvertisementData) -> None:
            self._nearby[name_of(device, advertisement) or device.address] = advertisement.rssi
            if not found and self._is_wanted(device, advertisement):
                found.append(device)
                heard.set()

        await listen(detected, SCAN_WAIT_S, heard, self._scanner_options)
        if not found:
            raise UnavailableError(self._not_found())
        return found[0]

    def _is_wanted(self, device: BLEDevice, advertisement: AdvertisementData) -> bool:
        if not self._wanted:
            return any(profile.service in advertisement.service_uuids for profile in self._profiles)
        names = (device.address, device.name, advertisement.local_name)
        return self._wanted.casefold() in (name.casefold() for name in names if name)

    def _not_found(self) -> str:
        strongest = sorted(self._nearby, key=lambda name: -self._nearby[name])
        shown = ", ".join(strongest[:NAMED_AT_MOST])
        more = len(strongest) - NAMED_AT_MOST
        seen = f"heard are {shown}" if shown else "nothing at all is heard"
        if more > 0:
            seen += f" and {more} more"
        return (
            f"{self.address} is not found ({seen}): wake it up, bring it nearer, and disconnect it from "
            "other programs and phones"
        )

    def _profile(self, client: BleakClient) -> PodProfile:
        services = {service.uuid.lower(): service.description for service in client.services}
        for profile in self._profiles:
            if profile.service in services:
                return profile
        offered = ", ".join(text for uuid, text in services.items() if uuid not in GENERIC_SERVICES)
        wanted = " or ".join(profile.title for profile in self._profiles)
        raise LinkError(
            f"{self.address} is no {wanted}: it offers {offered or 'nothing'}; "
            "`coach pods` lists the pods nearby"
        )


class _Session:
    """One connection's client. Once closed it tells nothing: a back end may hold on to its callbacks and
    call them after a reconnect (hbldh/bleak #2002)."""

    def __init__(
        self, device: BLEDevice, receive: Receive, lost: Callable[[str], None], options: Mapping[str, Any]
    ) -> None:
        self._clock = HostClock(asyncio.get_running_loop())
        self._receive = receive
        self._lost = lost
        self._open = True
        self.client = BleakClient(
            device, disconnected_callback=self._disconnected, timeout=CONNECT_WAIT_S, **options
        )

    async def listen(self, profile: PodProfile) -> None:
        """Subscribe to those of the profile's channels that the device has."""
        subscribed = 0
        for channel in profile.notify:
            characteristic = self.client.services.get_characteristic(channel)
            if characteristic is not None:
                await self.client.start_notify(characteristic, self._taker(channel))
                subscribed += 1
        if not subscribed:
            raise LinkError(f"{self.client.name} looks like {profile.title} but has nothing to listen to")

    async def close(self) -> None:
        self._open = False
        with suppress(Exception):  # what cannot be ended in order is left to the system
            async with asyncio.timeout(DISCONNECT_WAIT_S):
                await self.client.disconnect()

    def _taker(self, channel: str) -> Callable[[BleakGATTCharacteristic, bytearray], None]:
        def take(_: BleakGATTCharacteristic, data: bytearray) -> None:
            if self._open:
                self._receive(channel, bytes(data), self._clock.now_ns())

        return take

    def _disconnected(self, _: BleakClient) -> None:
        if self._open:
            self._lost("the Bluetooth connection is gone")
