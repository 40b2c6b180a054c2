"""The host's end of the simulated radio: a Bumble central that finds pods and connects to them.

Both ways from bleak to the radio, in process and by D-Bus, use one of these.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bleak.uuids import normalize_uuid_str
from bumble import hci
from bumble.core import UUID, AdvertisingData, InvalidStateError, ProtocolError
from bumble.core import ConnectionError as BumbleConnectionError
from bumble.core import TimeoutError as BumbleTimeoutError
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration, Peer

from hardware.ble.host import SimulatedHost
from hardware.ble.radio import Radio, SimulatedController

ADDRESS = "C0:FF:EE:00:00:01"
"""Of the host; a static random address, as its two highest bits are set."""

PREFERRED_MTU = 517
"""What BlueZ asks for: the longest attribute value, 512 bytes, with room to spare."""

_BUFFERS = 64
_SERVICE_LISTS = (
    AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)

Answer = TypeVar("Answer")


class LinkLostError(Exception):
    """The connection ended before the peer answered."""


class Central:
    """A host with one adapter: scans for any number of listeners, connects to one pod at a time."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self._controller = SimulatedController("host", radio, buffers=_BUFFERS)
        self._device = Device(
            config=DeviceConfiguration(name="host", address=hci.Address(ADDRESS)),
            host=SimulatedHost(self._controller),
        )
        self._listeners: list[Callable[[Advertisement], None]] = []
        self._connecting = asyncio.Lock()
        self._device.on(Device.EVENT_ADVERTISEMENT, self._on_advertisement)

    async def start(self) -> None:
        """Switch the adapter on."""
        await self._device.power_on()

    async def stop(self) -> None:
        """End all connections and switch the adapter off."""
        for connection in list(self._device.connections.values()):
            await self.disconnect(connection)
        await self._device.power_off()
        self._radio.remove_controller(self._controller)

    async def listen(self, listener: Callable[[Advertisement], None]) -> None:
        """Call `listener` with each advertisement heard, merged with its scan response."""
        self._listeners.append(listener)
        if len(self._listeners) == 1:
            await self._device.start_scanning(filter_duplicates=False)

    async def ignore(self, listener: Callable[[Advertisement], None]) -> None:
        """End `listen`; nothing happens when it was not listening."""
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        if not self._listeners:
            await self._device.stop_scanning()

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        for listener in list(self._listeners):
            listener(advertisement)

    async def connect(self, address: hci.Address) -> Connection:
        """Connect as soon as the pod is heard; waits for it without end, and can be cancelled.

        Raises LinkLostError when the attempt fails.
        """
        async with self._connecting:
            attempt = asyncio.ensure_future(self._device.connect(address, timeout=None))
            try:
                return await asyncio.shield(attempt)
            except BumbleConnectionError as error:
                raise LinkLostError(f"the connection failed: {error}") from error
            except asyncio.CancelledError:
                # The controller goes on until it is told to stop, and would refuse the next attempt.
                await self._device.send_sync_command(hci.HCI_LE_Create_Connection_Cancel_Command())
                try:
                    connection = await attempt
                except BumbleConnectionError:
                    raise asyncio.CancelledError from None
                await self.disconnect(connection)
                raise

    async def disconnect(self, connection: Connection) -> None:
        """End a connection; nothing happens when it has ended."""
        if self._device.lookup_connection(connection.handle) is not connection:
            return
        try:
            await connection.disconnect(hci.HCI_REMOTE_USER_TERMINATED_CONNECTION_ERROR)
        except (ProtocolError, InvalidStateError):
            return  # it ended by itself meanwhile


async def discover(connection: Connection) -> Peer:
    """Agree on an MTU and read the pod's table of services, characteristics and descriptors.

    Raises LinkLostError.
    """
    peer = Peer(connection)
    await ask(connection, peer.request_mtu(PREFERRED_MTU))
    await ask(connection, peer.discover_all())  # type: ignore[no-untyped-call]
    return peer


async def ask(connection: Connection, answer: Awaitable[Answer]) -> Answer:
    """Wait for a pod's answer, no longer than the connection lasts.

    A request that loses its connection ends in Bumble as if it had been cancelled. Here it is an error, and a
    cancellation stays what it is.

    Raises:
        LinkLostError: the connection ended, or the pod did not answer in time.
        bumble.att.ATT_Error: the pod refused.
    """
    try:
        return await connection.cancel_on_disconnection(answer)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise LinkLostError("the connection was lost") from None
    except BumbleTimeoutError as error:
        raise LinkLostError("the pod did not answer") from error


def uuid_text(uuid: UUID) -> str:
    """A UUID in full length and lower case."""
    return normalize_uuid_str(uuid.to_hex_str("-"))


def advertised_services(advertisement: Advertisement) -> list[str]:
    """UUIDs of the services that an advertisement names."""
    return [
        uuid_text(uuid)
        for kind in _SERVICE_LISTS
        for uuids in advertisement.data.get_all(kind)
        if isinstance(uuids, list)
        for uuid in uuids
    ]


def advertised_name(advertisement: Advertisement) -> str | None:
    """The name in an advertisement or its scan response, None when there is none."""
    name = advertisement.data.get(AdvertisingData.COMPLETE_LOCAL_NAME)
    return name if isinstance(name, str) else None
