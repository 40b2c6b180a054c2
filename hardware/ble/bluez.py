"""`org.bluez` on a private D-Bus, over the simulated radio: bleak's own Linux back end runs unchanged on it.

What bleak calls is here: discovery with its filters, connecting, the table of services, reading, writing and
StartNotify. Objects, properties and their order follow BlueZ's documentation (doc/org.bluez.*.rst). BlueZ
itself and the air are not tested by it.
"""

from __future__ import annotations

from bumble.device import Advertisement
from dbus_fast import Message, Variant

from hardware.ble.bluez_device import CHARACTERISTIC, DESCRIPTOR, DEVICE, BluezDevice
from hardware.ble.central import ADDRESS, Central, advertised_name, advertised_services
from hardware.ble.dbus_objects import NOTHING, DBusError, ObjectTree, Properties, Reply

NAME = "org.bluez"
ADAPTER = "org.bluez.Adapter1"
ADAPTER_PATH = "/org/bluez/hci0"


class SimulatedBluez:
    """One adapter, `hci0`, on a bus.

    Args:
        central: the host on the simulated radio.
        bus_address: of the bus.
    """

    def __init__(self, central: Central, bus_address: str) -> None:
        self._central = central
        self._tree = ObjectTree(
            bus_address,
            {
                (ADAPTER, "SetDiscoveryFilter"): self._set_discovery_filter,
                (ADAPTER, "StartDiscovery"): self._start_discovery,
                (ADAPTER, "StopDiscovery"): self._stop_discovery,
                (ADAPTER, "RemoveDevice"): self._remove_device,
                (DEVICE, "Connect"): self._connect,
                (DEVICE, "Disconnect"): self._disconnect,
                (CHARACTERISTIC, "ReadValue"): self._read_value,
                (CHARACTERISTIC, "WriteValue"): self._write_value,
                (CHARACTERISTIC, "StartNotify"): self._start_notify,
                (CHARACTERISTIC, "StopNotify"): self._stop_notify,
                (DESCRIPTOR, "ReadValue"): self._read_value,
                (DESCRIPTOR, "WriteValue"): self._write_value,
            },
        )
        self._wanted_services: dict[str, frozenset[str]] = {}  # by who scans; empty: all are wanted
        self._scanning: set[str] = set()
        self._devices: dict[str, BluezDevice] = {}

    async def start(self) -> None:
        """Appear on the bus. Raises OSError when there is a BlueZ on it already."""
        await self._tree.open()
        self._tree.add(
            ADAPTER_PATH,
            ADAPTER,
            {
                "Address": Variant("s", ADDRESS),
                "Name": Variant("s", "simulated"),
                "Alias": Variant("s", "simulated"),
                "Powered": Variant("b", True),
                "Discovering": Variant("b", False),
                "UUIDs": Variant("as", []),
                "Roles": Variant("as", ["central"]),
            },
        )
        await self._tree.take_name(NAME)

    async def stop(self) -> None:
        """End all connections and leave the bus."""
        await self._central.ignore(self._on_advertisement)
        for device in list(self._devices.values()):
            await device.close()
        await self._tree.close()

    # org.bluez.Adapter1

    async def _set_discovery_filter(self, call: Message) -> Reply:
        (wanted,) = call.body
        services = wanted["UUIDs"].value if "UUIDs" in wanted else []
        self._wanted_services[call.sender or ""] = frozenset(uuid.lower() for uuid in services)
        return NOTHING

    async def _start_discovery(self, call: Message) -> Reply:
        if call.sender in self._scanning:
            raise DBusError("org.bluez.Error.InProgress", "Operation already in progress")
        if not self._scanning:
            await self._central.listen(self._on_advertisement)
            self._tree.set(ADAPTER_PATH, ADAPTER, {"Discovering": Variant("b", True)})
        self._scanning.add(call.sender or "")
        return NOTHING

    async def _stop_discovery(self, call: Message) -> Reply:
        if call.sender not in self._scanning:
            raise DBusError("org.bluez.Error.Failed", "No discovery started")
        self._scanning.discard(call.sender or "")
        if not self._scanning:
            await self._central.ignore(self._on_advertisement)
            self._tree.set(ADAPTER_PATH, ADAPTER, {"Discovering": Variant("b", False)})
            for path in self._devices:
                self._tree.forget(path, DEVICE, "RSSI")
        return NOTHING

    async def _remove_device(self, call: Message) -> Reply:
        device = self._device(call.body[0])
        await device.close()
        self._forget(device)
        return NOTHING

    def _on_advertisement(self, heard: Advertisement) -> None:
        services = advertised_services(heard)
        wanted = [self._wanted_services.get(sender, frozenset()) for sender in self._scanning]
        if not any(not uuids or uuids & set(services) for uuids in wanted):
            return
        address = heard.address.to_string(with_type_qualifier=False)
        path = f"{ADAPTER_PATH}/dev_{address.replace(':', '_')}"
        rssi = Variant("n", heard.rssi)
        if path not in self._devices:
            self._devices[path] = BluezDevice(path, heard.address, self._central, self._tree, self._forget)
            name = advertised_name(heard)
            known: Properties = {"Name": Variant("s", name)} if name else {}
            self._tree.add(
                path,
                DEVICE,
                known
                | {
                    "Address": Variant("s", address),
                    "AddressType": Variant("s", "random"),
                    "Alias": Variant("s", name or address.replace(":", "-")),
                    "Adapter": Variant("o", ADAPTER_PATH),
                    "Paired": Variant("b", False),
                    "Trusted": Variant("b", False),
                    "Blocked": Variant("b", False),
                    "Connected": Variant("b", False),
                    "ServicesResolved": Variant("b", False),
                    "UUIDs": Variant("as", services),
                    "RSSI": rssi,
                },
            )
        else:
            self._tree.set(path, DEVICE, {"RSSI": rssi})
        self._devices[path].heard()

    def _forget(self, device: BluezDevice) -> None:
        del self._devices[device.path]
        self._tree.remove(device.path)

    # org.bluez.Device1

    async def _connect(self, call: Message) -> Reply:
        await self._device(call.path).connect()
        return NOTHING

    async def _disconnect(self, call: Message) -> Reply:
        await self._device(call.path).disconnect()
        return NOTHING

    def _device(self, path: str | None) -> BluezDevice:
        """The device at a path, or the one that an attribute's path leads through."""
        head = "/".join((path or "").split("/")[:5])
        if head not in self._devices:
            raise DBusError("org.bluez.Error.DoesNotExist", "Does Not Exist")
        return self._devices[head]

    # org.bluez.GattCharacteristic1 and GattDescriptor1

    async def _read_value(self, call: Message) -> Reply:
        return "ay", [await self._device(call.path).read(call.path or "")]

    async def _write_value(self, call: Message) -> Reply:
        value, options = call.body
        is_command = "type" in options and options["type"].value == "command"
        # A descriptor has no write without an answer, whatever is asked for.
        with_response = not is_command or call.interface == DESCRIPTOR
        await self._device(call.path).write(call.path or "", bytes(value), with_response)
        return NOTHING

    async def _start_notify(self, call: Message) -> Reply:
        await self._device(call.path).start_notify(call.path or "")
        return NOTHING

    async def _stop_notify(self, call: Message) -> Reply:
        await self._device(call.path).stop_notify(call.path or "")
        return NOTHING
