"""Simulated BLE pods and the host that talks to them: one radio, and one of two ways from bleak to it.

"bluez-dbus": bleak's own Linux back end against `org.bluez` on a private D-Bus. "in-process": a back end of
bleak's in this process. On both, GATT, ATT, L2CAP and HCI are real (Bumble's); BlueZ itself and the air are
not tested.
"""

from __future__ import annotations

import importlib.util
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Literal, Self

from hardware.ble import private_bus

if TYPE_CHECKING:
    from hardware.ble.gatt import BleMedium

Path = Literal["bluez-dbus", "in-process"]
Way = Literal["best", "bluez-dbus", "in-process"]

CONNECTION_INTERVAL_S = 0.03
"""What hosts give to a device that asks for nothing (Android and BlueZ: 30 to 50 ms)."""

NEEDS_EXTRA = "simulated BLE pods need: pip install 'cadence-coach[sim]'"


class SimulationUnavailableError(Exception):
    """Pods cannot be simulated here in the way asked for; the message says what to do."""


class SimulatedBle:
    """The air around a host: `async with SimulatedBle() as air`, then `air.medium()` for each pod.

    Args:
        way: which way bleak goes; "best" is "bluez-dbus" where it can be, else "in-process". A process has
            one private bus at a time, so of several airs the first alone has it; pods that share an air
            share its bus.
        interval_s, packet_error_rate, supervision_timeout_s, seed: as of `hardware.ble.radio.Radio`.

    Attributes:
        path: the way taken; known once entered.
    """

    path: Path

    def __init__(
        self,
        way: Way = "best",
        *,
        interval_s: float = CONNECTION_INTERVAL_S,
        packet_error_rate: float = 0.0,
        supervision_timeout_s: float = 1.5,
        seed: int = 1,
    ) -> None:
        self._way = way
        self._interval_s = interval_s
        self._packet_error_rate = packet_error_rate
        self._supervision_timeout_s = supervision_timeout_s
        self._seed = seed
        self._pods = 0

    async def __aenter__(self) -> Self:
        """Switch the host on.

        Raises SimulationUnavailableError.
        """
        if importlib.util.find_spec("bumble") is None:
            raise SimulationUnavailableError(NEEDS_EXTRA)
        if self._way == "bluez-dbus" and not private_bus.is_available():
            raise SimulationUnavailableError(
                "bleak's Linux back end can be simulated on Linux with dbus-daemon alone: "
                "install it (Debian: apt install dbus) or leave the way to the program"
            )
        if self._way == "bluez-dbus" and private_bus.is_taken():
            raise SimulationUnavailableError(
                "a process has one simulated BlueZ at a time: add the pod to the air that is there"
            )
        from hardware.ble.central import Central
        from hardware.ble.radio import Radio

        async with AsyncExitStack() as stack:
            self._radio = Radio(
                interval_s=self._interval_s,
                packet_error_rate=self._packet_error_rate,
                supervision_timeout_s=self._supervision_timeout_s,
                seed=self._seed,
            )
            stack.callback(self._radio.close)
            self._central = Central(self._radio)
            await self._central.start()
            stack.push_async_callback(self._central.stop)
            if self._way == "in-process" or not private_bus.is_available() or private_bus.is_taken():
                self.path = "in-process"
            else:
                from hardware.ble.bluez import SimulatedBluez

                self.path = "bluez-dbus"
                address = await stack.enter_async_context(private_bus.private_system_bus())
                bluez = SimulatedBluez(self._central, address)
                await bluez.start()
                stack.push_async_callback(bluez.stop)
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End all connections, the bus and its daemon."""
        await self._open.aclose()

    def medium(self, *, mtu: int | None = None) -> BleMedium:
        """The way over this radio for one more pod.

        Args:
            mtu: the longest that the pod agrees to; by default `hardware.ble.gatt.DEFAULT_MTU`.
        """
        from hardware.ble.gatt import DEFAULT_MTU, BleMedium

        self._pods += 1
        address = f"F0:00:00:00:{self._pods >> 8:02X}:{self._pods & 255:02X}"
        return BleMedium(self._radio, address, mtu=DEFAULT_MTU if mtu is None else mtu)

    def scanner_options(self) -> dict[str, Any]:
        """Keyword arguments with which `bleak.BleakScanner` scans this radio."""
        if self.path == "bluez-dbus":
            return {}
        from hardware.ble.bumble_backend import BumbleScanner

        return {"backend": BumbleScanner, "hci": self._central}

    def client_options(self) -> dict[str, Any]:
        """Keyword arguments with which `bleak.BleakClient` connects over this radio."""
        if self.path == "bluez-dbus":
            return {}
        from hardware.ble.bumble_backend import BumbleClient

        return {"backend": BumbleClient, "hci": self._central}
