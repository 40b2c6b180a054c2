"""`org.bluez` on a private bus: what BlueZ does around a connection, and that the bus leaves no trace."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from bleak import BleakScanner
from bleak.exc import BleakError

from hardware.ble.private_bus import private_system_bus
from hardware.ble.simulated_ble import SimulatedBle

from .fake_pod import BATTERY_SERVICE, NOTIFY, UART, FakePod, Listener, client, find, needs_bus, run

if sys.platform != "linux":
    pytest.skip("bleak speaks D-Bus on Linux alone", allow_module_level=True)

pytestmark = needs_bus
WAY = "bluez-dbus"
VARIABLE = "DBUS_SYSTEM_BUS_ADDRESS"


def socket_of(address: str) -> Path:
    return Path(address.split("path=")[1].split(",")[0])


def test_the_bus_is_private_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "unix:path=/nowhere")

    async def scene() -> Path:
        async with private_system_bus() as address:
            assert os.environ[VARIABLE] == address
            folder = socket_of(address).parent
            assert socket_of(address).exists()
            assert folder.stat().st_mode & 0o077 == 0
            return folder

    assert not asyncio.run(scene()).exists()
    assert os.environ[VARIABLE] == "unix:path=/nowhere"


def test_the_bus_ends_with_a_process_that_is_killed() -> None:
    program = (
        "import asyncio\n"
        "from hardware.ble.private_bus import private_system_bus\n"
        "async def main():\n"
        "    async with private_system_bus() as address:\n"
        "        print(address, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        socket = socket_of(process.stdout.readline().strip())
        assert socket.exists()
        process.send_signal(signal.SIGKILL)
    patience_s = time.monotonic() + 10.0
    while socket.parent.exists() and time.monotonic() < patience_s:
        time.sleep(0.01)
    assert not socket.parent.exists()


def test_a_service_filter_hides_other_pods() -> None:
    async def scene() -> None:
        async with SimulatedBle(WAY) as air:
            medium = air.medium()
            await medium.start(FakePod())
            nobody = await BleakScanner.discover(timeout=1.0, service_uuids=[BATTERY_SERVICE])
            somebody = await BleakScanner.discover(timeout=1.0, service_uuids=[UART])
            assert nobody == []
            assert [device.name for device in somebody] == ["FakePod"]
            await medium.stop()

    run(WAY, scene())


def test_a_pod_that_is_not_heard_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from bleak.backends.bluezdbus.manager import get_global_bluez_manager

    monkeypatch.setattr("hardware.ble.bluez_device.FORGET_AFTER_S", 1.0)

    async def scene() -> None:
        async with SimulatedBle(WAY) as air:
            medium = air.medium()
            await medium.start(FakePod())
            device = await find(air)
            manager = await get_global_bluez_manager()
            medium.cut(True)
            await asyncio.sleep(2.0)
            with pytest.raises(BleakError, match="not found"):
                manager.get_device_name(device.details["path"])
            with pytest.raises(BleakError, match="not found"):
                await client(air, device).connect()
            await medium.stop()

    run(WAY, scene())


def test_a_connect_to_a_pod_that_went_away_fails_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.ble.bluez_device.CONNECT_TIMEOUT_S", 1.0)

    async def scene() -> None:
        async with SimulatedBle(WAY) as air:
            medium = air.medium()
            await medium.start(FakePod())
            device = await find(air)
            medium.cut(True)
            with pytest.raises(BleakError, match="abort"):
                await client(air, device).connect()
            medium.cut(False)
            async with client(air, await find(air)) as host:
                assert host.is_connected
            await medium.stop()

    run(WAY, scene())


def test_one_after_the_other_on_the_same_loop_each_has_a_bus_of_its_own() -> None:
    async def scene() -> None:
        for name in ("One", "Two"):
            async with SimulatedBle(WAY) as air:
                medium = air.medium()
                await medium.start(FakePod(name))
                heard = await BleakScanner.discover(timeout=0.5)
                assert [device.name for device in heard] == [name]
                await medium.stop()

    run(WAY, scene())


def test_closing_the_air_ends_connections_that_were_left_open() -> None:
    async def scene() -> None:
        lost = asyncio.Event()
        async with SimulatedBle(WAY) as air:
            pod, medium, listener = FakePod(), air.medium(), Listener()
            await medium.start(pod)
            host = client(air, await find(air), lambda _: lost.set())
            await host.connect()
            await host.start_notify(NOTIFY, listener)
            await asyncio.wait_for(air.__aexit__(None, None, None), 30.0)
            await host.disconnect()
        assert lost.is_set()

    run(WAY, scene())
