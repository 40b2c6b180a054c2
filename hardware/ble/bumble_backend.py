"""bleak in this process over the simulated radio: `BleakScanner(backend=...)`, `BleakClient(backend=...)`.

The central to use is handed in as `hci`. Real GATT, ATT, L2CAP and HCI on both ends; no operating system.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic, GattCharacteristicsFlags
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakError, BleakGATTProtocolError
from bumble import hci as bumble_hci
from bumble.att import ATT_Error
from bumble.device import Advertisement, Connection, Peer

from hardware.ble.central import (
    Central,
    LinkLostError,
    advertised_name,
    advertised_services,
    ask,
    discover,
    uuid_text,
)
from hardware.ble.gatt import MINIMAL_MTU

Answer = TypeVar("Answer")


class BumbleScanner(BaseBleakScanner):
    """bleak's scanner on a simulated central, `hci`."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        _scanning_mode: str,
        *,
        hci: Central,
        **_options: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._central = hci

    async def start(self) -> None:
        """Begin to scan, with nothing seen yet."""
        self.seen_devices = {}
        await self._central.listen(self._on_advertisement)

    async def stop(self) -> None:
        """End the scan; may be called twice."""
        await self._central.ignore(self._on_advertisement)

    def _on_advertisement(self, heard: Advertisement) -> None:
        services = advertised_services(heard)
        if not self.is_allowed_uuid(services):
            return
        name = advertised_name(heard)
        address = heard.address.to_string(with_type_qualifier=False)
        data = AdvertisementData(
            local_name=name,
            manufacturer_data={},
            service_data={},
            service_uuids=services,
            tx_power=None,
            rssi=heard.rssi,
            platform_data=(heard,),
        )
        device = self.create_or_update_device(address, address, name, heard.address, data)
        self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    """bleak's client on a simulated central, `hci`."""

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        hci: Central,
        **options: Any,
    ) -> None:
        super().__init__(
            address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout, **options
        )
        self._central = hci
        found = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._name = (found.name if found else None) or self.address
        self._peer: Peer | None = None
        self._callbacks: dict[int, NotifyCallback] = {}

    @property
    def name(self) -> str:
        """As advertised, or the address."""
        return self._name

    @property
    def mtu_size(self) -> int:
        """As agreed with the pod."""
        return self._peer.connection.att_mtu if self._peer else MINIMAL_MTU

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands and its services are known."""
        return self._peer is not None

    async def connect(self, pair: bool, **_options: Any) -> None:
        """Connect and discover the pod's services.

        Raises TimeoutError when it takes too long, BleakError when the connection fails or is lost.
        """
        if self._peer is not None:
            raise BleakError("Client is already connected")
        async with asyncio.timeout(self._timeout):
            try:
                connection = await self._central.connect(bumble_hci.Address(self.address))
            except LinkLostError as lost:
                raise BleakError(str(lost)) from lost
            try:
                peer = await discover(connection)
            except BaseException as failure:
                await self._central.disconnect(connection)
                if isinstance(failure, LinkLostError):
                    raise BleakError(f"{failure} while connecting") from failure
                raise
        self._peer = peer
        self.services = _services(peer)
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self._peer = None
        self.services = None
        self._callbacks.clear()
        if self._disconnected_callback:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        """End the connection, if there is one."""
        if self._peer is not None:
            await self._central.disconnect(self._peer.connection)

    async def pair(self, *_args: Any, **_options: Any) -> None:
        """Simulated pods are not paired with."""
        raise NotImplementedError("simulated pods do not pair")

    async def unpair(self) -> None:
        """Simulated pods are not paired with."""
        raise NotImplementedError("simulated pods do not pair")

    async def _ask(self, request: Callable[[Peer], Awaitable[Answer]]) -> Answer:
        if self._peer is None:
            raise BleakError("Not connected")
        try:
            return await ask(self._peer.connection, request(self._peer))
        except LinkLostError as lost:
            raise BleakError(str(lost)) from lost
        except ATT_Error as refusal:
            raise BleakGATTProtocolError(refusal.error_code) from refusal

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_options: Any
    ) -> bytearray:
        """The value, always from the pod."""
        return bytearray(await self._ask(lambda peer: peer.read_value(characteristic.obj)))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_options: Any
    ) -> bytearray:
        """The value, always from the pod."""
        return bytearray(await self._ask(lambda peer: peer.read_value(descriptor.obj)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        """Write, and with `response` wait until the pod has taken it."""
        await self._ask(lambda peer: peer.write_value(characteristic.obj, bytes(data), response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        """Write and wait until the pod has taken it."""
        await self._ask(lambda peer: peer.write_value(descriptor.obj, bytes(data), True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_options: Any
    ) -> None:
        """Subscribe; a second subscription replaces the callback, so that nothing comes twice."""
        handle = characteristic.handle
        known = handle in self._callbacks
        self._callbacks[handle] = callback

        def deliver(value: bytes) -> None:
            if handle in self._callbacks:
                self._callbacks[handle](bytearray(value))

        if not known:
            await self._ask(lambda peer: peer.subscribe(characteristic.obj, deliver))

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """End the subscription."""
        self._callbacks.pop(characteristic.handle, None)
        await self._ask(lambda peer: peer.unsubscribe(characteristic.obj))


def _services(peer: Peer) -> BleakGATTServiceCollection:
    services = BleakGATTServiceCollection()
    longest_write = peer.connection.att_mtu - 3
    for found in peer.services:
        service = BleakGATTService(found, found.handle, uuid_text(found.uuid))
        services.add_service(service)
        for held in found.characteristics:
            flags = [flag for flag in GattCharacteristicsFlags if held.properties & flag.value]
            characteristic = BleakGATTCharacteristic(
                held,
                held.handle,
                uuid_text(held.uuid),
                [cast(CharacteristicPropertyName, flag.name.replace("_", "-")) for flag in flags],
                lambda: longest_write,
                service,
            )
            services.add_characteristic(characteristic)
            for entry in held.descriptors:
                descriptor = BleakGATTDescriptor(entry, entry.handle, uuid_text(entry.type), characteristic)
                services.add_descriptor(descriptor)
    return services
