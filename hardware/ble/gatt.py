"""A simulated pod on the simulated radio: any `Peripheral` behind a real GATT server."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial

from bumble import hci
from bumble.att import ATT_Error, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service

from hardware.ble.host import SimulatedHost
from hardware.ble.radio import Radio, SimulatedController
from hardware.peripheral import CharacteristicSpec, Peripheral, ServiceSpec

DEFAULT_MTU = 247
"""Fills one link layer packet of 251 bytes; what phones and BlueZ agree to."""

MINIMAL_MTU = 23
"""What every connection has before, or without, an agreement (Bluetooth Core 5.4, Vol 3 Part G, 5.2.1)."""

RADIO_BUFFERS = 6
"""Packets that the pod's radio takes before the first is acknowledged; our choice, as small chips have it."""

QUEUED_PACKETS = 8
"""Packets that wait for a buffer of the radio before the pod is told that there is no room (our choice)."""

ADVERTISING_INTERVAL_MS = 100
"""Our choice, as pods have it that were just woken: found at once, for a moderate price in current."""

_NOTIFICATION_HEADER_BYTES = 3
_ADVERTISEMENT_BYTES = 31
_GENERALLY_DISCOVERABLE_NO_CLASSIC = b"\x06"
_SHORT_UUID_TAIL = "-0000-1000-8000-00805f9b34fb"


class BleMedium:
    """The way over the simulated radio: a `Medium`.

    Args:
        radio: shared by all pods and the host.
        address: of the pod, like "F0:00:00:00:00:01"; each pod has its own.
        mtu: the longest that the pod's server agrees to; longer notifications are cut, silently, as real
            servers do.

    Raises ValueError for an MTU below 23.
    """

    def __init__(self, radio: Radio, address: str, *, mtu: int = DEFAULT_MTU) -> None:
        if mtu < MINIMAL_MTU:
            raise ValueError(f"an MTU is at least {MINIMAL_MTU} bytes")
        self.address = address
        self._radio = radio
        self._mtu = mtu
        self._controller: SimulatedController | None = None
        self._server: Device | None = None
        self._session: _Session | None = None
        self._restart: asyncio.Task[None] | None = None
        self._held = self._absent = False

    @property
    def payload_bytes(self) -> int:
        """The longest notification."""
        return self._mtu - _NOTIFICATION_HEADER_BYTES

    async def start(self, device: Peripheral) -> None:
        """Switch the device on: it advertises and can be connected to.

        Raises ValueError when its name or its services do not fit into an advertisement.
        """
        advertisement, scan_response = advertising_data(device.name, device.services)
        controller = SimulatedController(device.name, self._radio, buffers=RADIO_BUFFERS)
        server = Device(
            config=DeviceConfiguration(name=device.name, address=hci.Address(self.address)),
            host=SimulatedHost(controller),
        )
        self._controller, self._server = controller, server
        self._radio.hold(controller, self._held)
        if self._absent:
            self._radio.vanish(controller)
        server.gatt_server.max_mtu = self._mtu
        characteristics = {
            spec.uuid: _characteristic(spec, device)
            for service in device.services
            for spec in service.characteristics
        }
        server.add_services(
            [
                Service(_uuid(service.uuid), [characteristics[spec.uuid] for spec in service.characteristics])
                for service in device.services
            ]
        )
        server.on(Device.EVENT_CONNECTION, partial(self._connected, device, characteristics))
        server.advertising_data, server.scan_response_data = advertisement, scan_response
        await server.power_on()
        await self._advertise(server)

    async def stop(self) -> None:
        """Switch the device off, without a farewell."""
        controller, self._controller = self._controller, None
        server, self._server = self._server, None
        if controller is None or server is None:
            return
        self._radio.remove_controller(controller)
        if self._session is not None:
            await self._session.ended.wait()
        if self._restart is not None:
            await self._restart
        await server.stop_advertising()
        await server.power_off()

    async def _advertise(self, server: Device) -> None:
        await server.start_advertising(
            advertising_interval_min=ADVERTISING_INTERVAL_MS, advertising_interval_max=ADVERTISING_INTERVAL_MS
        )

    def hold(self, held: bool) -> None:
        """A disturbance that ends before the connection does: silence, then all that waited."""
        self._held = held
        if self._controller is not None:
            self._radio.hold(self._controller, held)

    def cut(self, absent: bool) -> None:
        """The pod is gone: its end at once, the host's when the supervision timeout has passed."""
        self._absent = absent
        if self._controller is None:
            return
        if absent:
            self._radio.vanish(self._controller)
        else:
            self._radio.appear(self._controller)

    def _connected(
        self, device: Peripheral, characteristics: dict[str, Characteristic[bytes]], connection: Connection
    ) -> None:
        server = self._server
        if server is None:
            return
        session = self._session = _Session(server, connection, characteristics)

        def disconnected(_reason: int) -> None:
            self._session = None
            session.end()
            device.detached()
            if self._server is server:
                self._restart = asyncio.get_running_loop().create_task(self._advertise(server))

        connection.on(Connection.EVENT_DISCONNECTION, disconnected)
        device.attached(session.send)


class _Session:
    """One connection: packets of the pod on their way to the radio's buffers."""

    def __init__(
        self, server: Device, connection: Connection, characteristics: dict[str, Characteristic[bytes]]
    ) -> None:
        self._server = server
        self._connection = connection
        self._characteristics = characteristics
        self._waiting: deque[tuple[Characteristic[bytes], bytes]] = deque()
        self._wake = asyncio.Event()
        self.ended = asyncio.Event()
        self._pump = asyncio.get_running_loop().create_task(self._run())

    def send(self, channel: str, data: bytes) -> bool:
        """Queue a notification or indication. False: there is no room, or the host does not listen yet."""
        characteristic = self._characteristics[channel]
        listens = self._server.gatt_server.subscribers.get(self._connection, {}).get(characteristic.handle)
        if not any(listens or ()) or len(self._waiting) >= QUEUED_PACKETS or self._pump.done():
            return False
        self._waiting.append((characteristic, data))
        self._wake.set()
        return True

    def end(self) -> None:
        self._waiting.clear()
        self._pump.cancel()
        self.ended.set()

    async def _run(self) -> None:
        buffers = self._server.host.get_data_packet_queue(self._connection.handle)
        if buffers is None:
            return
        buffers.on("flow", self._wake.set)
        try:
            while True:
                self._wake.clear()
                while self._waiting and buffers.pending < RADIO_BUFFERS:
                    characteristic, data = self._waiting.popleft()
                    if characteristic.properties & Characteristic.Properties.NOTIFY:
                        await self._server.notify_subscriber(self._connection, characteristic, data)
                    else:
                        await self._server.indicate_subscriber(self._connection, characteristic, data)
                await self._wake.wait()
        finally:
            buffers.remove_listener("flow", self._wake.set)


def advertising_data(name: str, services: tuple[ServiceSpec, ...]) -> tuple[bytes, bytes]:
    """What a pod broadcasts: an advertisement with its services, a scan response with its name.

    Raises ValueError when either is longer than the 31 bytes that there are.
    """
    uuids = [_uuid(service.uuid) for service in services if service.advertised]
    short = b"".join(bytes(uuid) for uuid in uuids if len(bytes(uuid)) == 2)
    long = b"".join(bytes(uuid) for uuid in uuids if len(bytes(uuid)) == 16)
    structures = [(AdvertisingData.FLAGS, _GENERALLY_DISCOVERABLE_NO_CLASSIC)]
    if short:
        structures.append((AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, short))
    if long:
        structures.append((AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, long))
    advertisement = bytes(AdvertisingData(structures))
    scan_response = bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, name.encode())]))
    if len(advertisement) > _ADVERTISEMENT_BYTES:
        raise ValueError(f"an advertisement holds {_ADVERTISEMENT_BYTES} bytes: advertise fewer services")
    if len(scan_response) > _ADVERTISEMENT_BYTES:
        raise ValueError(f"the name {name!r} is too long for an advertisement")
    return advertisement, scan_response


def _uuid(text: str) -> UUID:
    if text.startswith("0000") and text.endswith(_SHORT_UUID_TAIL):
        return UUID.from_16_bits(int(text[4:8], 16))
    return UUID(text)


def _characteristic(spec: CharacteristicSpec, device: Peripheral) -> Characteristic[bytes]:
    kind = Characteristic.Properties
    properties = kind(0)
    permissions = Characteristic.Permissions(0)
    if spec.read:
        properties |= kind.READ
        permissions |= Characteristic.READABLE
    if spec.write:
        properties |= kind.WRITE | kind.WRITE_WITHOUT_RESPONSE
        permissions |= Characteristic.WRITEABLE
    if spec.notify:
        properties |= kind.NOTIFY
    if spec.indicate:
        properties |= kind.INDICATE

    # Bumble's server does not look at permissions, so the refusals are here.
    def read(_connection: Connection) -> bytes:
        if not spec.read:
            raise ATT_Error(ErrorCode.READ_NOT_PERMITTED)
        return device.read(spec.uuid)

    def write(_connection: Connection, value: bytes) -> None:
        if not spec.write:
            raise ATT_Error(ErrorCode.WRITE_NOT_PERMITTED)
        device.written(spec.uuid, bytes(value))

    value: CharacteristicValue[bytes] = CharacteristicValue(read=read, write=write)
    return Characteristic(_uuid(spec.uuid), properties, permissions, value)
