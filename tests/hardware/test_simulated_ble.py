"""bleak meets a simulated pod, by either way: what a host's program may rely on."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from bleak import BleakClient, BleakScanner
from bleak.exc import BleakError, BleakGATTProtocolError

from hardware.ble import private_bus
from hardware.ble.simulated_ble import NEEDS_EXTRA, SimulatedBle, SimulationUnavailableError, Way

from .fake_pod import (
    BATTERY_LEVEL,
    INDICATE,
    NOTIFY,
    UART,
    WRITE,
    FakePod,
    Listener,
    both_ways,
    client,
    find,
    needs_bus,
    run,
)


@both_ways
def test_a_pod_is_found_by_its_service_and_read_written_and_heard(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0) as air:
            assert air.path == way
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)
            device = await find(air)
            assert device.name == "FakePod"
            assert device.address == medium.address
            async with client(air, device) as host:
                assert [service.uuid for service in host.services if service.uuid == UART] == [UART]
                assert await host.read_gatt_char(BATTERY_LEVEL) == b"\x57"
                await host.write_gatt_char(WRITE, b"with", response=True)
                await host.write_gatt_char(WRITE, b"without", response=False)
                await host.start_notify(NOTIFY, listener)
                await pod.stream(200)
                await listener.until(200)
                characteristic = host.services.get_characteristic(WRITE)
                assert characteristic is not None
                assert characteristic.max_write_without_response_size == medium.payload_bytes == 244
            assert listener.numbers == list(range(200))
            assert {len(packet) for packet in listener.packets} == {244}
            assert pod.commands == [(WRITE, b"with"), (WRITE, b"without")]
            await medium.stop()

    run(way, scene())


@both_ways
def test_after_a_hold_all_that_waited_comes_in_a_burst_and_the_connection_stands(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, supervision_timeout_s=1.0) as air:
            pod, medium, listener, losses = FakePod(), air.medium(), Listener(), []
            await medium.start(pod)
            host = client(air, await find(air), losses.append)
            await host.connect()
            await host.start_notify(NOTIFY, listener)
            streaming = asyncio.ensure_future(pod.stream(100, every_s=0.04))
            await listener.until(20)
            medium.hold(True)
            await asyncio.sleep(2.0)
            medium.hold(False)
            await streaming
            await listener.until(100)
            assert listener.numbers == list(range(100))
            assert 1.9 < max(b - a for a, b in pairwise(listener.times_s)) < 4.0
            assert not losses
            await host.disconnect()
            await medium.stop()

    run(way, scene())


@both_ways
def test_a_pod_that_is_gone_is_missed_after_the_supervision_timeout_and_found_again(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0, supervision_timeout_s=1.0) as air:
            loop = asyncio.get_running_loop()
            pod, medium, listener, lost = FakePod(), air.medium(), Listener(), asyncio.Event()
            await medium.start(pod)
            host = client(air, await find(air), lambda _: lost.set())
            await host.connect()
            medium.cut(True)
            went_s = loop.time()
            await lost.wait()
            assert 1.0 <= loop.time() - went_s < 3.0  # a busy machine is no failure
            assert not host.is_connected
            assert not pod.is_attached
            await host.disconnect()
            absent = await BleakScanner.find_device_by_name("FakePod", timeout=1.0, **air.scanner_options())
            assert absent is None
            medium.cut(False)
            async with client(air, await find(air)) as again:
                await again.start_notify(NOTIFY, listener)
                await pod.stream(50)
                await listener.until(50)
            assert pod.visits == 2
            assert listener.numbers == list(range(50))
            await medium.stop()

    run(way, scene())


@both_ways
def test_a_link_that_is_lost_inside_a_request_is_an_error_and_not_a_cancellation(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, supervision_timeout_s=1.0) as air:
            medium = air.medium()
            await medium.start(FakePod())
            host = client(air, await find(air))
            await host.connect()
            requests = [asyncio.ensure_future(host.read_gatt_char(BATTERY_LEVEL)) for _ in range(3)]
            await asyncio.sleep(0)
            medium.cut(True)
            for outcome in await asyncio.gather(*requests, return_exceptions=True):
                assert isinstance(outcome, BleakError)
            await host.disconnect()
            await medium.stop()

    run(way, scene())


@both_ways
def test_a_request_can_be_cancelled_and_the_next_one_is_answered(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way) as air:
            medium = air.medium()
            await medium.start(FakePod())
            async with client(air, await find(air)) as host:
                medium.hold(True)
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(host.read_gatt_char(BATTERY_LEVEL), 0.5)
                medium.hold(False)
                assert await host.read_gatt_char(BATTERY_LEVEL) == b"\x57"
            await medium.stop()

    run(way, scene())


@both_ways
def test_a_cancelled_connect_does_not_stand_in_the_way_of_the_next(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0) as air:
            medium = air.medium()
            await medium.start(FakePod())
            device = await find(air)
            medium.cut(True)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(client(air, device).connect(), 1.0)
            medium.cut(False)
            async with client(air, await find(air)) as host:
                assert host.is_connected
            await medium.stop()

    run(way, scene())


@both_ways
def test_with_an_mtu_of_23_long_notifications_arrive_cut_to_20_bytes(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0) as air:
            pod, medium, listener = FakePod(), air.medium(mtu=23), Listener()
            assert medium.payload_bytes == 20
            await medium.start(pod)
            async with client(air, await find(air)) as host:
                await host.start_notify(NOTIFY, listener)
                await pod.stream(10)
                await listener.until(10)
            assert {len(packet) for packet in listener.packets} == {20}
            await medium.stop()

    run(way, scene())


@both_ways
def test_two_pods_share_a_radio_and_the_loss_of_one_is_nothing_to_the_other(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way) as air:
            pods = [FakePod("Left"), FakePod("Right")]
            media = [air.medium(), air.medium()]
            listeners = [Listener(), Listener()]
            for pod, medium in zip(pods, media, strict=True):
                await medium.start(pod)
            hosts: list[BleakClient] = []
            for pod, listener in zip(pods, listeners, strict=True):
                device = await BleakScanner.find_device_by_name(pod.name, **air.scanner_options())
                assert device is not None
                hosts.append(client(air, device))
                await hosts[-1].connect()
                await hosts[-1].start_notify(NOTIFY, listener)
            await asyncio.gather(*(pod.stream(50, every_s=0.04) for pod in pods))
            media[0].cut(True)
            await pods[1].stream(50, every_s=0.04)
            await listeners[1].until(100)
            assert listeners[0].numbers == list(range(len(listeners[0].packets)))
            assert listeners[1].numbers == list(range(100))
            assert [host.is_connected for host in hosts] == [False, True]
            for host in hosts:
                await host.disconnect()
            for medium in media:
                await medium.stop()

    run(way, scene())


@both_ways
def test_a_host_that_does_not_keep_up_gets_all_of_it_later_in_order(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0) as air:
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)

            def slow(characteristic: object, data: bytearray) -> None:
                if len(listener.packets) % 20 == 0:
                    time.sleep(0.01)  # the program is busy: the loop stands still
                listener(characteristic, data)

            async with client(air, await find(air)) as host:
                await host.start_notify(NOTIFY, slow)
                await pod.stream(200)
                await listener.until(200)
            assert listener.numbers == list(range(200))
            await medium.stop()

    run(way, scene())


@both_ways
def test_indications_arrive_and_a_stopped_subscription_brings_no_more(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0) as air:
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)
            async with client(air, await find(air)) as host:
                await host.start_notify(INDICATE, listener)
                assert pod.send(b"one", INDICATE)
                assert pod.send(b"two", INDICATE)
                await listener.until(2)
                await host.stop_notify(INDICATE)
                assert not pod.send(b"three", INDICATE)
                assert await host.read_gatt_char(BATTERY_LEVEL) == b"\x57"
            assert listener.packets == [b"one", b"two"]
            await medium.stop()

    run(way, scene())


@both_ways
def test_what_the_pod_refuses_is_told_as_its_refusal(way: Way) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, interval_s=0.0) as air:
            medium = air.medium()
            await medium.start(FakePod())
            async with client(air, await find(air)) as host:
                with pytest.raises(BleakGATTProtocolError):
                    await host.read_gatt_char(WRITE)
            await medium.stop()

    run(way, scene())


@both_ways
def test_losing_a_pod_is_no_error_in_the_log(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        async with SimulatedBle(way, supervision_timeout_s=0.5) as air:
            pod, medium, lost = FakePod(), air.medium(), asyncio.Event()
            await medium.start(pod)
            host = client(air, await find(air), lambda _: lost.set())
            await host.connect()
            await host.start_notify(NOTIFY, Listener())
            streaming = asyncio.ensure_future(pod.stream(50, every_s=0.01))
            await asyncio.sleep(0.2)
            medium.cut(True)
            with pytest.raises(BleakError):
                await host.write_gatt_char(WRITE, b"anybody there?", response=True)
            await lost.wait()
            await host.disconnect()
            streaming.cancel()
            await medium.stop()

    with caplog.at_level(logging.WARNING):
        run(way, scene())
    assert [record.getMessage() for record in caplog.records] == []


def test_the_best_way_is_bleaks_own_back_end_where_there_is_a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    async def path() -> str:
        async with SimulatedBle() as air:
            return air.path

    assert asyncio.run(path()) == ("bluez-dbus" if private_bus.is_available() else "in-process")
    monkeypatch.setattr(private_bus, "is_available", lambda: False)
    assert asyncio.run(path()) == "in-process"


@needs_bus
def test_of_two_airs_at_once_one_has_the_bus_and_both_work() -> None:
    async def scene() -> None:
        async with SimulatedBle() as first, SimulatedBle() as second:
            assert (first.path, second.path) == ("bluez-dbus", "in-process")
            with pytest.raises(SimulationUnavailableError, match="one simulated BlueZ at a time"):
                async with SimulatedBle("bluez-dbus"):
                    pass
            for air in (second, first):
                medium = air.medium()
                await medium.start(FakePod())
                async with client(air, await find(air)) as host:
                    assert await host.read_gatt_char(BATTERY_LEVEL) == b"\x57"
                await medium.stop()

    run("bluez-dbus", scene())


def test_what_is_missing_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def enter(way: Way) -> None:
        async with SimulatedBle(way):
            pass

    monkeypatch.setattr(private_bus, "is_available", lambda: False)
    with pytest.raises(SimulationUnavailableError, match="dbus-daemon"):
        asyncio.run(enter("bluez-dbus"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SimulationUnavailableError) as missing:
        asyncio.run(enter("best"))
    assert str(missing.value) == NEEDS_EXTRA


def test_nothing_heavy_is_imported_before_a_pod_is_opened() -> None:
    heavy = "{'bumble', 'bleak', 'dbus_fast'}"
    program = f"import sys, hardware.ble.simulated_ble; print({heavy} & set(sys.modules) or 'none')"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "none"
