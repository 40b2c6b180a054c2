"""A pod on the radio: what it advertises, when there is no room, what it learns of its host."""

from __future__ import annotations

import asyncio

import pytest
from bleak import BleakScanner
from bumble.core import AdvertisingData

from hardware.ble.gatt import QUEUED_PACKETS, RADIO_BUFFERS, BleMedium, advertising_data
from hardware.ble.radio import Radio
from hardware.ble.simulated_ble import SimulatedBle
from hardware.peripheral import ServiceSpec

from .fake_pod import NOTIFY, UART, FakePod, Listener, client, find, run

WAY = "in-process"


def test_services_stand_in_the_advertisement_and_the_name_in_the_scan_response() -> None:
    services = (
        ServiceSpec(UART, (), advertised=True),
        ServiceSpec("00001814-0000-1000-8000-00805f9b34fb", (), advertised=True),
        ServiceSpec("0000180f-0000-1000-8000-00805f9b34fb", ()),
    )
    name = "a name of 29 bytes, no more.."
    advertisement, response = advertising_data(name, services)
    assert len(advertisement) <= 31
    assert len(response) == 31
    told = AdvertisingData.from_bytes(advertisement)
    assert [
        str(uuid) for uuid in told.get(AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS) or []
    ] == [UART.upper()]
    assert len(told.get(AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS) or []) == 1
    assert AdvertisingData.from_bytes(response).get(AdvertisingData.COMPLETE_LOCAL_NAME) == name


def test_what_does_not_fit_into_an_advertisement_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer services"):
        advertising_data("Pod", (ServiceSpec(UART, (), advertised=True),) * 2)
    with pytest.raises(ValueError, match="too long"):
        advertising_data("a name that is longer than it may be", ())
    with pytest.raises(ValueError, match="at least 23"):
        BleMedium(Radio(), "F0:00:00:00:00:01", mtu=22)


def test_a_full_radio_says_that_there_is_no_room_and_again_when_there_is() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY, interval_s=0.03) as air:
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)
            async with client(air, await find(air)) as host:
                await host.start_notify(NOTIFY, listener)
                medium.hold(True)
                taken = 0
                for _ in range(100):
                    taken += pod.send(taken.to_bytes(4, "little"))
                    await asyncio.sleep(0.001)
                assert taken == RADIO_BUFFERS + QUEUED_PACKETS
                medium.hold(False)
                await listener.until(taken)
                assert listener.numbers == list(range(taken))
                assert pod.send(b"more")
                await listener.until(taken + 1)
            await medium.stop()

    run(WAY, scene())


def test_nothing_is_taken_that_nobody_subscribed_to() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY, interval_s=0.0) as air:
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)
            async with client(air, await find(air)) as host:
                assert not pod.send(b"unheard")
                await host.start_notify(NOTIFY, listener)
                assert pod.send(b"heard")
                await listener.until(1)
            assert listener.packets == [b"heard"]
            await medium.stop()

    run(WAY, scene())


def test_the_pod_learns_of_each_host_and_advertises_again_when_it_is_gone() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY, interval_s=0.0) as air:
            pod, medium = FakePod(), air.medium()
            await medium.start(pod)
            for visit in range(1, 4):
                async with client(air, await find(air)):
                    assert pod.is_attached
                    assert pod.visits == visit
                    heard = await BleakScanner.discover(timeout=0.5, **air.scanner_options())
                    assert heard == []
                await asyncio.sleep(0.01)
                assert not pod.is_attached
            await medium.stop()

    run(WAY, scene())


def test_a_pod_can_be_switched_off_and_on_and_off_twice() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY, interval_s=0.0, supervision_timeout_s=0.5) as air:
            pod, medium, lost = FakePod(), air.medium(), asyncio.Event()
            await medium.start(pod)
            host = client(air, await find(air), lambda _: lost.set())
            await host.connect()
            await medium.stop()
            await medium.stop()
            await lost.wait()
            assert not pod.is_attached
            assert await BleakScanner.discover(timeout=0.5, **air.scanner_options()) == []
            await medium.start(pod)
            async with client(air, await find(air)):
                assert pod.is_attached
            await medium.stop()

    run(WAY, scene())


def test_a_pod_that_is_switched_on_out_of_range_appears_when_it_comes_into_it() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY, interval_s=0.0) as air:
            medium = air.medium()
            medium.cut(True)
            await medium.start(FakePod())
            assert await BleakScanner.discover(timeout=0.5, **air.scanner_options()) == []
            medium.cut(False)
            assert (await find(air)).name == "FakePod"
            await medium.stop()

    run(WAY, scene())
