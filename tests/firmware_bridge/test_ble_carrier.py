"""A pod over Bluetooth LE: bleak as in production, on a real GATT stack over a simulated radio."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from firmware_bridge.links.ble import BleCarrier
from firmware_bridge.links.link import LinkError
from firmware_bridge.links.live import LiveLink
from firmware_bridge.links.scan import scan_ble
from firmware_bridge.message import LinkEvent, Packet
from firmware_bridge.readings import Write
from hardware.ble.private_bus import is_available
from hardware.ble.simulated_ble import SimulatedBle, Way
from hardware.lapse import run_lapsed
from hardware.peripheral import CharacteristicSpec, Send, ServiceSpec

from .scripted_carrier import Profile

UART = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
BATTERY = "0000180f-0000-1000-8000-00805f9b34fb"
BATTERY_LEVEL = "00002a19-0000-1000-8000-00805f9b34fb"

pytest.importorskip("bumble", reason="the simulated radio needs the extra 'sim'")
needs_bus = pytest.mark.skipif(
    not is_available(), reason="a private D-Bus needs Linux, dbus-daemon and dbus-fast"
)
both_ways = pytest.mark.parametrize(
    "way", [pytest.param("in-process"), pytest.param("bluez-dbus", marks=needs_bus)]
)


class UartProfile(Profile):
    def __init__(self, service: str = UART) -> None:
        super().__init__(service=service, notify=(NOTIFY, "0000ffff-0000-1000-8000-00805f9b34fb"))

    def greeting(self) -> tuple[Write, ...]:
        return (Write(WRITE, b"hello"),)

    def farewell(self) -> tuple[Write, ...]:
        return (Write(WRITE, b"goodbye"),)


class Echo:
    """Sends back what is written to it."""

    name = "Echo Pod"
    services = (
        ServiceSpec(
            UART,
            (CharacteristicSpec(WRITE, write=True), CharacteristicSpec(NOTIFY, notify=True)),
            advertised=True,
        ),
        ServiceSpec(BATTERY, (CharacteristicSpec(BATTERY_LEVEL, read=True),)),
    )
    serial_notify_channel = serial_write_channel = None

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.send: Send | None = None

    def attached(self, send: Send) -> None:
        self.send = send

    def detached(self) -> None:
        self.send = None

    def written(self, channel: str, data: bytes) -> None:
        self.taken.append(data)
        if self.send is not None:
            self.send(NOTIFY, data)

    def read(self, channel: str) -> bytes:
        return bytes([87])


def run(story: Coroutine[Any, Any, None], way: str = "in-process") -> None:
    """Without waiting at all, or faster than real time where a D-Bus, another process, takes part."""

    async def limited() -> None:
        async with asyncio.timeout(60):
            await story

    run_lapsed(limited(), 5.0 if way == "bluez-dbus" else float("inf"))


def carrier_of(ble: SimulatedBle, wanted: str = Echo.name, profile: Profile | None = None) -> BleCarrier:
    return BleCarrier(
        wanted,
        [profile or UartProfile()],
        path=ble.path,
        scanner_options=ble.scanner_options(),
        client_options=ble.client_options(),
    )


@both_ways
@pytest.mark.parametrize("wanted", [Echo.name, ""])
def test_a_pod_is_found_greeted_heard_and_parted_from(way: Way, wanted: str) -> None:
    async def story() -> None:
        pod = Echo()
        async with SimulatedBle(way) as ble:
            medium = ble.medium()
            await medium.start(pod)
            told: list[str] = []
            async with LiveLink(carrier_of(ble, wanted)) as link:
                assert link.path == way
                async for message in link:
                    if isinstance(message, Packet):
                        assert message.channel == NOTIFY
                        told.append(message.data.decode())
                        break
                    told.append(message.state.value)
            told += [m.state.value if isinstance(m, LinkEvent) else m.data.decode() async for m in link]
            await medium.stop()
        assert told == ["connected", "hello", "goodbye", "closed"]
        assert pod.taken == [b"hello", b"goodbye"]

    run(story(), way)


@both_ways
def test_after_a_loss_it_is_back_within_three_seconds_and_nothing_comes_twice(way: Way) -> None:
    async def story() -> None:
        pod = Echo()
        told: list[str] = []
        returned_s = back_s = 0.0
        loop = asyncio.get_running_loop()
        async with SimulatedBle(way, supervision_timeout_s=0.3) as ble:
            medium = ble.medium()
            await medium.start(pod)

            def come_back() -> None:
                nonlocal returned_s
                returned_s = loop.time()
                medium.cut(False)

            async with LiveLink(carrier_of(ble)) as link:
                async for message in link:
                    told.append(
                        message.state.value if isinstance(message, LinkEvent) else message.data.decode()
                    )
                    if told == ["connected", "hello"]:
                        medium.cut(True)
                    if told[-1] == "lost":
                        loop.call_later(0.7, come_back)
                    if told[-1] == "hello" and "lost" in told:
                        back_s = loop.time()
                        await link.write(Write(WRITE, b"once"))
                    if told[-1] == "once":
                        break
            await medium.stop()
        assert told == ["connected", "hello", "lost", "connected", "hello", "once"]
        assert 0 < back_s - returned_s < 3

    run(story(), way)


def test_a_wrong_device_is_told_with_what_it_offers() -> None:
    async def story() -> None:
        async with SimulatedBle("in-process") as ble:
            medium = ble.medium()
            await medium.start(Echo())
            link = LiveLink(carrier_of(ble, profile=UartProfile("00001814-0000-1000-8000-00805f9b34fb")))
            with pytest.raises(LinkError, match=r"Echo Pod is no Scripted pod: it offers .*Battery Service"):
                await anext(aiter(link))
            await link.close()
            await medium.stop()

    run(story())


def test_a_scan_tells_name_kind_and_battery() -> None:
    async def story() -> None:
        async with SimulatedBle("in-process") as ble:
            medium = ble.medium()
            await medium.start(Echo())
            profile = UartProfile()
            (pod,) = await scan_ble(
                [profile], 0.3, scanner_options=ble.scanner_options(), client_options=ble.client_options()
            )
            await medium.stop()
        assert (pod.name, pod.kinds, pod.battery_percent) == (Echo.name, (profile,), 87)

    run(story())
