"""Someone else's program, with no knowledge of this project, meets a simulated pod."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import struct
import subprocess
import sys
import threading
import time
from binascii import crc_hqx
from collections.abc import Callable

import numpy as np
import pytest
import serial
from bleak import BleakClient, BleakScanner

from hardware import RunningPod, simulated_pod
from hardware.faults.plan import Injected

pytest_plugins = ["hardware.pytest_fixtures"]

NO_BUS = (
    sys.platform != "linux"
    or shutil.which("dbus-daemon") is None
    or any(importlib.util.find_spec(name) is None for name in ("bumble", "dbus_fast"))
)
needs_pty = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")

NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"


def start_command() -> bytes:
    body = struct.pack("<BBIIB", 1, 0x81, 0, 1, 1)
    return body + struct.pack("<H", crc_hqx(body, 0xFFFF))


def cobs(data: bytes) -> bytes:
    return b"".join(bytes([len(part) + 1]) + part for part in data.split(b"\0")) + b"\0"


def packets_on(port: str, seconds: float) -> int:
    """What a program of two lines does with a serial pod: counts its packets."""
    with serial.Serial(port, timeout=0.05) as line:
        line.write(cobs(start_command()))
        end_s, got = time.monotonic() + seconds, bytearray()
        while time.monotonic() < end_s:
            got += line.read(4096)
    return got.count(0)


@needs_pty
def test_a_program_reads_the_pod_s_serial_port_and_compares_with_the_truth() -> None:
    with simulated_pod("steady", link="serial", lapse=20.0, seed=3) as pod:
        assert packets_on(pod.port, 0.7) > 150
        strides = pod.truth.strides
    assert len(strides) >= 10
    assert np.nanmedian(strides["cadence_spm"]) == pytest.approx(165.0, abs=2.0)
    assert pod.injected == Injected()
    assert (pod.address, pod.environment) == ("", {})


@needs_pty
def test_faults_are_counted_and_can_be_seen_while_the_pod_runs(
    simulated_pod: Callable[..., RunningPod],
) -> None:
    pod = simulated_pod("hill", faults="drop=0.5", lapse=20.0)
    packets = packets_on(pod.port, 0.5)
    assert pod.injected.dropped == pytest.approx(packets, rel=0.3)
    other = simulated_pod("walk", lapse=20.0)
    assert other.port != pod.port


@needs_pty
def test_when_the_context_ends_the_pod_is_gone() -> None:
    threads = threading.active_count()
    with simulated_pod() as pod, serial.Serial(pod.port):
        assert threading.active_count() == threads + 1
    assert threading.active_count() == threads
    with pytest.raises(serial.SerialException):
        serial.Serial(pod.port)


@needs_pty
def test_what_fails_in_the_test_fails_the_test_and_ends_the_pod() -> None:
    threads = threading.active_count()
    with pytest.raises(ZeroDivisionError), simulated_pod():
        raise ZeroDivisionError
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("options", "said"),
    [({"scenario_name": "jog"}, "no scenario 'jog'"), ({"faults": "rain"}, "no fault 'rain'"),
     ({"rate_hz": 1.0}, "choose one of 52"), ({"lapse": 0.0}, "above 0"),
     ({"link": "usb"}, "no link 'usb' to a simulated pod: choose serial or ble"),
     ({"kind": "polar"}, "no simulated pod 'polar' here: choose open or rsc"),
     ({"kind": "rsc"}, "has the link ble alone"),
     ({"kind": "rsc", "link": "ble", "faults": "drop"}, "and no faults")],
)  # fmt: skip
def test_what_is_not_known_is_told(options: dict[str, object], said: str) -> None:
    threads = threading.active_count()
    with pytest.raises(ValueError, match=said), simulated_pod(**options):  # type: ignore[arg-type]
        pass
    assert threading.active_count() == threads


def test_the_package_itself_stays_light() -> None:
    code = "import sys, hardware; assert 'numpy' not in sys.modules; hardware.simulated_pod"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(NO_BUS, reason="a private D-Bus needs Linux, dbus-daemon and dbus-fast")
def test_a_program_finds_the_pod_with_bleak_and_listens() -> None:
    async def listen(pod: RunningPod) -> list[bytes]:
        got: list[bytes] = []
        device = await BleakScanner.find_device_by_name("CadPod", timeout=5.0)
        assert device is not None
        assert device.address == pod.address
        async with BleakClient(device) as client:
            await client.start_notify(NOTIFY, lambda _, data: got.append(bytes(data)))
            await client.write_gatt_char(WRITE, start_command())
            await asyncio.sleep(1.0)
        return got

    with simulated_pod("steady", link="ble") as pod:
        got = asyncio.run(listen(pod))
        assert pod.environment["DBUS_SYSTEM_BUS_ADDRESS"].startswith("unix:path=")
    assert len(got) > 12
    assert {data[0] for data in got} == {1}
