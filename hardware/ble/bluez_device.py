"""A pod as BlueZ shows it: one `org.bluez.Device1` with the table of its services below it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bleak.backends.characteristic import GattCharacteristicsFlags
from bumble import hci
from bumble.att import ATT_Error
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy, DescriptorProxy
from dbus_fast import Variant

from hardware.ble.central import Central, LinkLostError, ask, discover, uuid_text
from hardware.ble.dbus_objects import DBusError, ObjectTree, Properties

DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
DESCRIPTOR = "org.bluez.GattDescriptor1"

CONNECT_TIMEOUT_S = 20.0
"""How long Linux waits for a pod to be heard (HCI_LE_CONN_TIMEOUT in its Bluetooth subsystem)."""

FORGET_AFTER_S = 30.0
"""A pod that nobody ever asked to connect to is forgotten when it is not heard for so long (BlueZ:
TemporaryTimeout; its Connect makes a device a lasting one)."""

_FAILED = "org.bluez.Error.Failed"

Attribute = CharacteristicProxy[bytes] | DescriptorProxy
Answer = TypeVar("Answer")


class BluezDevice:
    """One pod.

    Args:
        path: of its object.
        address: on the radio.
        central: the host.
        tree: where the object stands.
        forget: called when the pod has not been heard for long.
    """

    def __init__(
        self,
        path: str,
        address: hci.Address,
        central: Central,
        tree: ObjectTree,
        forget: Callable[[BluezDevice], None],
    ) -> None:
        self.path = path
        self._address = address
        self._central = central
        self._tree = tree
        self._forget = forget
        self._forgetting: asyncio.TimerHandle | None = None
        self._temporary = True
        self._attempt: asyncio.Task[Connection] | None = None
        self._resolving: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._peer: Peer | None = None
        self._attributes: dict[str, Attribute] = {}

    def heard(self) -> None:
        """It advertised: it is not forgotten before FORGET_AFTER_S."""
        self._cancel_forgetting()
        if self._temporary:
            loop = asyncio.get_running_loop()
            self._forgetting = loop.call_later(FORGET_AFTER_S, self._forget, self)

    def _cancel_forgetting(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()

    async def close(self) -> None:
        """End the connection and all that waits for it."""
        await self.disconnect()
        self._cancel_forgetting()

    async def connect(self) -> None:
        """Connect, and begin to resolve the services; as with BlueZ the answer does not wait for them."""
        self._temporary = False
        self._cancel_forgetting()
        if self._connection is not None:
            return
        if self._attempt is not None:
            raise DBusError("org.bluez.Error.InProgress", "Operation already in progress")
        loop = asyncio.get_running_loop()
        self._attempt = loop.create_task(self._central.connect(self._address))
        try:
            done, _ = await asyncio.wait({self._attempt}, timeout=CONNECT_TIMEOUT_S)
            if not done:
                self._attempt.cancel()
                await asyncio.wait({self._attempt})
            connection = await self._attempt
        except (LinkLostError, asyncio.CancelledError):
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                self._attempt.cancel()
                raise
            raise DBusError(_FAILED, "Software caused connection abort") from None
        finally:
            self._attempt = None
        self._connection = connection
        connection.on(Connection.EVENT_DISCONNECTION, self._on_disconnection)
        self._tree.set(self.path, DEVICE, {"Connected": Variant("b", True)})
        self._resolving = loop.create_task(self._resolve(connection))

    async def disconnect(self) -> None:
        """End the connection, or the attempt at one."""
        if self._attempt is not None:
            self._attempt.cancel()
            await asyncio.wait({self._attempt})
        if self._connection is not None:
            await self._central.disconnect(self._connection)

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = self._peer = None
        if self._resolving is not None:
            self._resolving.cancel()
        self._attributes.clear()
        self._tree.set(
            self.path, DEVICE, {"ServicesResolved": Variant("b", False), "Connected": Variant("b", False)}
        )
        self._tree.remove_below(self.path)

    async def _resolve(self, connection: Connection) -> None:
        try:
            self._peer = await discover(connection)
        except (LinkLostError, ATT_Error):
            await self._central.disconnect(connection)
            return
        for service in self._peer.services:
            service_path = f"{self.path}/service{service.handle:04x}"
            self._tree.add(
                service_path,
                SERVICE,
                {
                    "UUID": Variant("s", uuid_text(service.uuid)),
                    "Primary": Variant("b", True),
                    "Device": Variant("o", self.path),
                },
            )
            for characteristic in service.characteristics:
                self._add_characteristic(service_path, characteristic, connection.att_mtu)
        self._tree.set(self.path, DEVICE, {"ServicesResolved": Variant("b", True)})

    def _add_characteristic(
        self, service_path: str, characteristic: CharacteristicProxy[bytes], mtu: int
    ) -> None:
        path = f"{service_path}/char{characteristic.handle:04x}"
        flags = [
            flag.name.replace("_", "-")
            for flag in GattCharacteristicsFlags
            if characteristic.properties & flag.value
        ]
        properties: Properties = {
            "UUID": Variant("s", uuid_text(characteristic.uuid)),
            "Service": Variant("o", service_path),
            "Value": Variant("ay", b""),
            "Flags": Variant("as", flags),
            "MTU": Variant("q", mtu),
        }
        if "notify" in flags or "indicate" in flags:
            properties["Notifying"] = Variant("b", False)
        self._attributes[path] = characteristic
        self._tree.add(path, CHARACTERISTIC, properties)
        for descriptor in characteristic.descriptors:
            descriptor_path = f"{path}/desc{descriptor.handle:04x}"
            self._attributes[descriptor_path] = descriptor
            self._tree.add(
                descriptor_path,
                DESCRIPTOR,
                {
                    "UUID": Variant("s", uuid_text(descriptor.type)),
                    "Characteristic": Variant("o", path),
                    "Value": Variant("ay", b""),
                },
            )

    async def read(self, path: str) -> bytes:
        """The value of an attribute, from the pod."""
        return await self._ask(path, lambda peer, attribute: peer.read_value(attribute))

    async def write(self, path: str, value: bytes, with_response: bool) -> None:
        """Write an attribute."""
        await self._ask(path, lambda peer, attribute: peer.write_value(attribute, value, with_response))

    async def start_notify(self, path: str) -> None:
        """Subscribe once, however often it is asked for; values appear as changes of the property `Value`."""
        if path in self._tree and self._tree.get(path, CHARACTERISTIC, "Notifying"):
            return

        def changed(value: bytes) -> None:
            if path in self._tree:
                self._tree.set(path, CHARACTERISTIC, {"Value": Variant("ay", bytes(value))})

        async def subscribe(peer: Peer, attribute: Attribute) -> None:
            assert isinstance(attribute, CharacteristicProxy)
            await peer.subscribe(attribute, changed)

        await self._ask(path, subscribe)
        self._tree.set(path, CHARACTERISTIC, {"Notifying": Variant("b", True)})

    async def stop_notify(self, path: str) -> None:
        """End the subscription."""

        async def unsubscribe(peer: Peer, attribute: Attribute) -> None:
            assert isinstance(attribute, CharacteristicProxy)
            await peer.unsubscribe(attribute)

        await self._ask(path, unsubscribe)
        self._tree.set(path, CHARACTERISTIC, {"Notifying": Variant("b", False)})

    async def _ask(self, path: str, request: Callable[[Peer, Attribute], Awaitable[Answer]]) -> Answer:
        if self._peer is None or path not in self._attributes:
            raise DBusError("org.bluez.Error.NotConnected", "Not Connected")
        try:
            return await ask(self._peer.connection, request(self._peer, self._attributes[path]))
        except LinkLostError as lost:
            raise DBusError(_FAILED, str(lost)) from lost
        except ATT_Error as refusal:
            text = f"Operation failed with ATT error: 0x{refusal.error_code:02x}"
            raise DBusError(_FAILED, text) from refusal
