"""bleak's back end in this process, where it differs from a system's."""

from __future__ import annotations

import asyncio
import time

import pytest
from bleak import BleakClient
from bleak.exc import BleakError

from hardware.ble.simulated_ble import SimulatedBle

from .fake_pod import BATTERY_LEVEL, NOTIFY, FakePod, Listener, client, find, run

WAY = "in-process"


def test_the_mtu_is_the_one_agreed_on() -> None:
    async def scene() -> list[int]:
        sizes = []
        async with SimulatedBle(WAY) as air:
            for mtu in (23, 185, 247):
                medium = air.medium(mtu=mtu)
                await medium.start(FakePod())
                async with client(air, await find(air)) as host:
                    sizes.append(host.mtu_size)
                await medium.stop()
        return sizes

    assert run(WAY, scene()) == [23, 185, 247]


def test_a_connect_to_a_pod_that_is_not_there_ends_with_its_timeout() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY) as air:
            host = BleakClient("F0:00:00:00:00:99", timeout=3.0, **air.client_options())
            loop = asyncio.get_running_loop()
            began_s = loop.time()
            with pytest.raises(TimeoutError):
                await host.connect()
            assert loop.time() - began_s == pytest.approx(3.0, abs=0.1)

    run(WAY, scene())


def test_a_second_subscription_brings_nothing_twice() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY, interval_s=0.0) as air:
            pod, medium, first, second = FakePod(), air.medium(), Listener(), Listener()
            await medium.start(pod)
            async with client(air, await find(air)) as host:
                await host.start_notify(NOTIFY, first)
                await host._backend.start_notify(
                    host.services.get_characteristic(NOTIFY), lambda data: second(None, data)
                )
                await pod.stream(20)
                await second.until(20)
            assert (first.numbers, second.numbers) == ([], list(range(20)))
            await medium.stop()

    run(WAY, scene())


def test_a_request_without_a_connection_is_an_error() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY) as air:
            medium = air.medium()
            await medium.start(FakePod())
            host = client(air, await find(air))
            with pytest.raises(BleakError):
                await host.read_gatt_char(BATTERY_LEVEL)
            await host.connect()
            with pytest.raises(BleakError, match="already connected"):
                await host.connect()
            await host.disconnect()
            await host.disconnect()
            await medium.stop()

    run(WAY, scene())


def test_an_hour_of_a_pod_takes_no_longer_than_it_computes() -> None:
    async def scene() -> int:
        async with SimulatedBle(WAY) as air:
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)
            async with client(air, await find(air)) as host:
                await host.start_notify(NOTIFY, listener)
                await pod.stream(360, every_s=10.0)
                await listener.until(360)
            await medium.stop()
            return len(listener.packets)

    began_s = time.perf_counter()
    assert run(WAY, scene()) == 360
    assert time.perf_counter() - began_s < 30.0
