"""Simulated sensors of other makers, driven by the decoders for the real ones, in memory."""

from __future__ import annotations

import asyncio
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.detector import StepDetector
from cadence.sample import GRAVITY_M_S2, SampleBlock
from cadence.stride import Activity
from firmware_bridge.message import LinkEvent, LinkState, Packet
from firmware_bridge.pods.movesense import NOTIFY_CHANNEL, WRITE_CHANNEL, Movesense
from firmware_bridge.pods.polar import Polar
from firmware_bridge.pods.polar_frames import CONTROL_CHANNEL, Measurement
from firmware_bridge.pods.rsc import Convention, Rsc, RscDecoder
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL
from firmware_bridge.readings import Battery, CadenceUpdate, Decoder, PodInfo, PodProfile, Reading
from hardware.gait import Pace
from hardware.imu import BMI270, Imu
from hardware.lapse import run_lapsed
from hardware.memory import MemoryMedium
from hardware.movesense_pod import MovesensePod
from hardware.outing import Outing
from hardware.pod_services import RscCadence
from hardware.polar_pod import H10, VERITY_SENSE, PolarPod
from hardware.rsc_pod import RscPod
from hardware.runner import Segment
from hardware.sensor_pod import SensorPod

SECONDS = 25.0
RUN = [Segment(1000.0, Pace(cadence_spm=172.0))]


async def drive(
    pod: SensorPod, medium: MemoryMedium, profile: PodProfile, seconds: float
) -> tuple[Decoder, list[Reading]]:
    """Connect, greet, answer what is asked, say farewell."""
    decoder = profile.decoder()
    loop = asyncio.get_running_loop()
    readings: list[Reading] = []
    packets: list[Packet] = []
    async with pod:
        medium.connect(lambda c, d: packets.append(Packet(int(loop.time() * 1e9), c, d)), lambda reason: None)
        readings += decoder.take(LinkEvent(int(loop.time() * 1e9), LinkState.CONNECTED, pod=profile.name))
        for write in profile.greeting():
            medium.write(write.channel, write.data)
        end_s = loop.time() + seconds
        while loop.time() < end_s:
            await asyncio.sleep(0.01)
            arrived = packets.copy()
            packets.clear()
            for packet in arrived:
                readings += decoder.take(packet)
                for write in decoder.requests():
                    medium.write(write.channel, write.data)
        for write in profile.farewell():
            medium.write(write.channel, write.data)
        await asyncio.sleep(0.5)
        packets.clear()
        await asyncio.sleep(2.0)
        assert not packets or profile.name == "rsc"
        medium.disconnect()
    readings += decoder.finish()
    return decoder, readings


def whole(readings: list[Reading]) -> SampleBlock:
    blocks = [reading for reading in readings if isinstance(reading, SampleBlock)]
    return SampleBlock(
        np.concatenate([block.t_us for block in blocks]), np.concatenate([block.motion for block in blocks])
    )


def the_same(imu: Imu, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The samples that a pod with such a sensor took, made once more."""
    t_us, raw = Outing(RUN, imu=imu).take(count)
    scale = np.repeat([imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count], 3)
    return t_us, (raw * scale).astype(np.float32)


def cadence_spm(strides: NDArray[np.void]) -> float:
    return float(np.nanmedian(strides["cadence_spm"][strides["t_contact_s"] > 5.0]))


def check_strides(pod: SensorPod, readings: list[Reading]) -> None:
    (info,) = [reading for reading in readings if isinstance(reading, PodInfo)]
    samples = whole(readings)
    strides = StepDetector(info.sensor).feed(samples)
    assert len(strides) > 0.85 * SECONDS * 172 / 120
    assert (strides["activity"] == Activity.RUNNING).all()
    assert cadence_spm(strides) == pytest.approx(cadence_spm(pod.truth.strides), abs=1.0)


@pytest.mark.parametrize("rate_hz", [104, 208])
def test_a_movesense_streams_what_its_sensor_measures(rate_hz: int) -> None:
    medium = MemoryMedium()
    pod = MovesensePod(medium, RUN, rate_hz=rate_hz)
    decoder, readings = run_lapsed(drive(pod, medium, Movesense(rate_hz), SECONDS), math.inf)
    samples = whole(readings)
    t_us, motion = the_same(Imu(rate_hz=float(rate_hz), acc_range_g=8), len(samples.t_us))
    np.testing.assert_allclose(samples.motion, motion, rtol=1e-5, atol=1e-6)
    # Stamps are cut to whole ms, and a period is estimated in the first second.
    np.testing.assert_allclose(samples.t_us, t_us, atol=2500)
    assert decoder.losses.lost_samples == 0
    assert not decoder.losses.bad_packets
    assert Battery(90) in readings
    check_strides(pod, readings)


def test_a_verity_sense_streams_both_sensors() -> None:
    medium = MemoryMedium()
    pod = PolarPod(medium, RUN, model=VERITY_SENSE)
    decoder, readings = run_lapsed(drive(pod, medium, Polar(), SECONDS), math.inf)
    samples = whole(readings)
    known = np.isfinite(samples.motion[:, 3])
    assert known[:-80].mean() > 0.99
    t_us, expected = the_same(Imu(), len(samples.t_us))
    np.testing.assert_allclose(samples.motion[:, :3], expected[:, :3], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(samples.t_us, t_us, atol=1500)
    error = np.abs(samples.motion[known, 3:] - expected[known, 3:])[400:]
    assert np.median(error) < 0.05
    assert decoder.losses.lost_samples == 0
    assert not decoder.losses.bad_packets
    check_strides(pod, readings)


def test_an_h10_streams_its_accelerometer() -> None:
    medium = MemoryMedium()
    pod = PolarPod(medium, RUN, model=H10)
    decoder, readings = run_lapsed(drive(pod, medium, Polar(), SECONDS), math.inf)
    samples = whole(readings)
    _, motion = the_same(Imu(BMI270, rate_hz=200.0, acc_range_g=8), len(samples.t_us))
    np.testing.assert_allclose(samples.motion[:, :3], motion[:, :3], atol=0.51e-3 * GRAVITY_M_S2)
    assert np.isnan(samples.motion[:, 3:]).all()
    assert not decoder.losses.bad_packets
    check_strides(pod, readings)


@pytest.mark.parametrize("cadence", list(RscCadence))
def test_an_rsc_sensors_cadence_is_that_of_both_feet_whatever_it_counts(cadence: RscCadence) -> None:
    medium = MemoryMedium()
    pod = RscPod(medium, RUN, cadence=cadence)
    decoder, readings = run_lapsed(drive(pod, medium, Rsc(), SECONDS), math.inf)
    assert isinstance(decoder, RscDecoder)
    assert decoder.convention is Convention[cadence.name]
    updates = [reading for reading in readings if isinstance(reading, CadenceUpdate)]
    assert len(updates) == pytest.approx(SECONDS, abs=2)
    told = np.array([update.cadence_spm for update in updates[8:]])
    assert np.median(told) == pytest.approx(cadence_spm(pod.truth.strides), abs=1.0)
    length = np.array([update.stride_length_m for update in updates[8:]])
    assert np.median(length) == pytest.approx(np.median(pod.truth.strides["stride_length_m"]), abs=0.05)


async def answers(pod: SensorPod, medium: MemoryMedium, channel: str, *commands: str) -> list[str]:
    heard: list[tuple[str, bytes]] = []
    async with pod:
        medium.connect(lambda c, d: heard.append((c, d)), lambda reason: None)
        for command in commands:
            medium.write(channel, bytes.fromhex(command))
        medium.disconnect()
    listened = NOTIFY_CHANNEL if channel == WRITE_CHANNEL else channel
    return [data.hex() for c, data in heard if c == listened]


def test_a_movesense_answers_as_the_protocol_says() -> None:
    medium = MemoryMedium()
    commands = [
        "00 05",
        "01 07" + b"/Meas/IMU6/100".hex(),
        "01 63" + b"/Meas/IMU6/104".hex(),
        "02 63",
        "2a 01",
    ]
    assert asyncio.run(answers(MovesensePod(medium, RUN), medium, WRITE_CHANNEL, *commands)) == [
        "0105" + b"Hello".hex(),
        "01079401",
        "0163c800",
        "01019001",
    ]


def test_a_verity_sense_answers_as_the_service_says() -> None:
    medium = MemoryMedium()
    pod = PolarPod(medium, RUN)
    start_acc = "0202 0001d000 01011000 02011000 040103"
    commands = ["0302", start_acc, "0209", start_acc, start_acc, "0309", "0302", "0309", "0100", "0902", "02"]
    factor = np.float32(pod.factor(Measurement.ACCELERATION)).tobytes().hex()
    assert asyncio.run(answers(pod, medium, CONTROL_CHANNEL, *commands)) == [
        "f003020600",  # not running
        "f002020800",  # 208 Hz is for SDK mode
        "f002090000",
        "f0020200000501" + factor,
        "f002020600",  # runs already
        "f003090c00",  # no change of mode while a stream runs
        "f003020000",
        "f003090000",
        "f001000200",  # no such measurement
        "f009020100",  # no such operation
        "f002000400",  # too short
    ]


def test_an_h10_has_neither_gyroscope_nor_sdk_mode() -> None:
    medium = MemoryMedium()
    pod = PolarPod(medium, RUN, model=H10)
    assert asyncio.run(answers(pod, medium, CONTROL_CHANNEL, "0105", "0209", "0102")) == [
        "f001050200",
        "f002090200",
        "f001020000" + "0004190032006400c800" + "01011000" + "0203020004000800",
    ]
    assert pod.read(CONTROL_CHANNEL)[:2] == b"\x0f\x04"
    assert pod.read(BATTERY_LEVEL) == b"\x5a"
