"""Whatever goes wrong with Bluetooth ends in one line that says what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

import pytest
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
    BleakGATTProtocolErrorCode,
)

from firmware_bridge.links.ble import BleCarrier
from firmware_bridge.links.ble_errors import explain
from firmware_bridge.links.link import LinkError, UnavailableError
from firmware_bridge.links.scan import scan_ble

from .scripted_carrier import Profile

POD = "My Pod"
Reason = BleakBluetoothNotAvailableReason
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="what Linux needs")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_bleak_has_a_line(reason: Reason) -> None:
    told = explain(BleakBluetoothNotAvailableError("some words", reason), POD)
    assert type(told) is LinkError
    assert "\n" not in str(told)
    assert ": " in str(told)


@linux_only
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BleakBluetoothNotAvailableError("", Reason.NO_BLUETOOTH), "no Bluetooth adapter: plug one in"),
        (BleakBluetoothNotAvailableError("", Reason.POWERED_OFF), "Bluetooth is off: switch it on with"),
        (BleakBluetoothNotAvailableError("", Reason.DENIED_BY_SYSTEM), "usermod -aG bluetooth"),
        (FileNotFoundError(2, "No such file or directory"), "systemctl start dbus"),
        (ConnectionRefusedError(111, "refused"), "systemctl start dbus"),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", [""]), "systemctl start dbus"),
        (BleakDBusError("org.freedesktop.DBus.Error.AccessDenied", ["no"]), "usermod -aG bluetooth"),
        (BleakDBusError("org.bluez.Error.NotReady", ["off"]), "Bluetooth is off"),
        (PermissionError(13, "denied"), "no permission to use Bluetooth"),
    ],
)  # fmt: skip
def test_what_waiting_does_not_mend(error: Exception, words: str) -> None:
    told = explain(error, POD)
    assert type(told) is LinkError
    assert words in str(told)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "My Pod does not take the connection: bring it nearer"),
        (BleakDeviceNotFoundError("AA", "gone"), "My Pod is out of reach: wake it up"),
        (BleakError("Not connected"), "the connection to My Pod failed, Not connected:"),
        (BleakDBusError("org.bluez.Error.InProgress", ["busy"]), "the connection to My Pod failed"),
        (EOFError(), "the connection to My Pod failed, EOFError:"),
    ],
)
def test_what_may_pass(error: Exception, words: str) -> None:
    told = explain(error, POD)
    assert isinstance(told, UnavailableError)
    assert words in str(told)


def test_a_pod_that_wants_pairing_and_one_that_refuses() -> None:
    pairing = explain(BleakGATTProtocolError(BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION), POD)
    assert str(pairing) == "My Pod wants to be paired first: do so in the system's Bluetooth settings"
    refusal = explain(BleakGATTProtocolError(BleakGATTProtocolErrorCode.WRITE_NOT_PERMITTED), POD)
    assert "Write Not Permitted" in str(refusal)


def test_a_mistake_in_the_program_is_not_taken_for_bluetooth() -> None:
    assert explain(KeyError("x"), POD) is None


class Air(BaseBleakScanner):
    """A scanner that hears two devices at once."""

    def __init__(self, detected: Any, uuids: Any, mode: Any, *, failure: Exception | None = None, **_: Any):
        super().__init__(detected, uuids)
        self._failure = failure

    async def start(self) -> None:
        if self._failure is not None:
            raise self._failure
        self.seen_devices = {}
        for address, name, rssi, services in (
            ("AA:00", "\x1b[2JHead\x07set\n", -40, []),
            ("BB:00", None, -50, []),
            ("CC:00", "My Pod", -70, [Profile.service]),
        ):
            heard = AdvertisementData(name, {}, {}, services, None, rssi, ())
            device = self.create_or_update_device(address, address, name, None, heard)
            asyncio.get_running_loop().call_soon(self.call_detection_callbacks, device, heard)

    async def stop(self) -> None:
        pass


class Unwilling(BaseBleakClient):
    """A client whose connect fails."""

    def __init__(self, device: Any, *, failure: Exception, **options: Any) -> None:
        super().__init__(device, timeout=options["timeout"], disconnected_callback=None)
        self._failure = failure

    is_connected = False  # type: ignore[assignment]
    name = mtu_size = property(lambda self: self.address)  # type: ignore[assignment]

    async def connect(self, pair: bool, **_: Any) -> None:
        raise self._failure

    async def disconnect(self) -> None:
        raise BleakError("nor does this")

    pair = unpair = read_gatt_char = read_gatt_descriptor = None  # type: ignore[assignment]
    write_gatt_char = write_gatt_descriptor = start_notify = stop_notify = None  # type: ignore[assignment]


def opening(wanted: str, scanner: Mapping[str, Any], client: Mapping[str, Any]) -> LinkError:
    async def play() -> None:
        carrier = BleCarrier(
            wanted,
            [Profile()],
            scanner_options={"backend": Air, **scanner},
            client_options={"backend": Unwilling, **client},
        )
        await carrier.open(lambda *_: None, lambda _: None)

    with pytest.raises(LinkError) as told:
        asyncio.run(play())
    return told.value


def test_no_adapter() -> None:
    off = BleakBluetoothNotAvailableError("none", Reason.NO_BLUETOOTH)
    assert "there is no Bluetooth adapter: plug one in" in str(opening(POD, {"failure": off}, {}))


def test_a_pod_that_is_not_there_is_told_with_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware_bridge.links.ble.SCAN_WAIT_S", 0.05)
    told = opening("Your Pod", {}, {})
    assert isinstance(told, UnavailableError)
    assert "Your Pod is not found (heard are [2JHeadset, BB:00, My Pod): wake it up" in str(told)


@pytest.mark.parametrize("wanted", ["My Pod", "my pod", "cc:00", ""])
def test_a_pod_is_found_by_name_address_or_service(wanted: str) -> None:
    told = opening(wanted, {}, {"failure": TimeoutError()})
    assert "does not take the connection" in str(told)


def test_a_scan_lists_known_pods_first_then_the_strongest_and_no_control_characters() -> None:
    options = {"failure": TimeoutError(), "backend": Unwilling}
    pods = asyncio.run(scan_ble([Profile()], 0.05, scanner_options={"backend": Air}, client_options=options))
    assert [(pod.name, pod.rssi_dbm) for pod in pods] == [("My Pod", -70), ("[2JHeadset", -40), ("", -50)]
    assert [len(pod.kinds) for pod in pods] == [1, 0, 0]
    assert pods[0].battery_percent is None


@linux_only
def test_without_a_d_bus_a_scan_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    with pytest.raises(LinkError, match="its system service does not run here"):
        asyncio.run(scan_ble([Profile()], 0.05))
