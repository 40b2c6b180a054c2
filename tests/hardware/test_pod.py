"""The simulated pod does what its firmware does, and its samples are those of the simulated run."""

from __future__ import annotations

import asyncio
import struct
from itertools import pairwise

import numpy as np
import pytest

from cadence.detector import StepDetector
from cadence.stride import Activity, Side
from firmware_bridge.commands import (
    Command,
    CommandType,
    Info,
    SetRate,
    SetTarget,
    SetTime,
    Start,
    Stop,
    Tick,
    encode_command,
)
from firmware_bridge.frames import (
    Ack,
    BatteryFrame,
    Hello,
    Mode,
    Samples,
    Status,
    StrideFrame,
    encode,
    seal,
)
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, WRITE_CHANNEL
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL
from hardware import pod_services
from hardware.frame_buffer import CAPACITY_BYTES
from hardware.imu import Imu
from hardware.memory import PAYLOAD_BYTES
from hardware.pod import RATES_HZ, UNASKED_S, SimulatedPod
from hardware.pod_services import RscCadence
from hardware.runner import Runner, simulate
from hardware.scenarios import scenario

from .pod_host import Host, listens, met

WRAP_US = 1 << 32


def taken_alone(seed: int, samples: int, rate_hz: float = 208.0) -> tuple[np.ndarray, np.ndarray]:
    """Stamps and counts of a steady run without any pod."""
    imu = Imu(rate_hz=rate_hz, seed=seed)
    runner = Runner(seed=seed, mounting=imu.mounting)
    while runner.t_s < samples / rate_hz + 2.0:
        runner.stride(runner.pace)
    t_us, raw = imu.measure(runner.motion, runner.t_s)
    return t_us[:samples], raw[:samples]


def sample_times_us(frames: list[Samples]) -> np.ndarray:
    return np.concatenate(
        [frame.tick_us + np.arange(len(frame.raw)) * frame.period_ns // 1000 for frame in frames]
    )


@pytest.mark.parametrize("rate_hz", [52.0, 208.0, 416.0, 833.0])
def test_the_samples_are_those_of_the_simulated_run_bit_for_bit(rate_hz: float) -> None:
    host, _ = met(f"sim,seed=5,rate={rate_hz:g}", listens(20.0))
    frames = host.of(Samples)
    t_us, raw = taken_alone(5, len(host.raw), rate_hz)
    assert len(raw) > 19.8 * rate_hz * 0.98
    assert host.raw.tobytes() == raw.tobytes()
    firsts = np.cumsum([0, *(len(frame.raw) for frame in frames)])[:-1]
    ticks = np.array([frame.tick_us for frame in frames])
    assert (ticks - ticks[0] == t_us[firsts]).all()
    # Within a frame the pod tells the mean period, so its jitter is lost, and nothing else.
    assert np.abs(sample_times_us(frames) - ticks[0] - t_us).max() < 130


def test_what_simulate_gives_is_what_the_pod_sends() -> None:
    host, pod = met("sim:hill,seed=9", listens(30.0))
    run = simulate(scenario("hill", 120.0), seed=9)
    imu = Imu(seed=9)
    sent = host.raw[:, :3].astype(np.float32) * imu.acc_scale_m_s2_per_count
    assert sent.tobytes() == run.whole().motion[: len(sent), :3].tobytes()
    strides = pod.truth.strides
    assert len(strides) > 30
    assert strides.tobytes() == run.truth_strides[: len(strides)].tobytes()


def test_every_frame_is_numbered_and_of_one_boot() -> None:
    host, pod = met("sim", listens(30.0))
    assert [frame.sequence for frame in host.good] == list(range(len(host.good)))
    assert {frame.boot for frame in host.good} == set(pod.boots)
    assert len(host.good) == len(host.frames)


def test_a_frame_leaves_when_its_last_sample_was_taken() -> None:
    host, _ = met("sim", listens(10.0))
    samples = [(t_s, frame) for t_s, frame in host.frames if isinstance(frame, Samples)]
    boot_s = samples[0][0] - sample_times_us([samples[0][1]])[-1] * 1e-6
    for t_s, frame in samples:
        late_s = t_s - boot_s - sample_times_us([frame])[-1] * 1e-6
        assert abs(late_s) < 1e-3
        assert len(frame.raw) * frame.period_ns < 0.051e9


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_frame_fits_the_link(rate_hz: float) -> None:
    host, _ = met(f"sim,rate={rate_hz:g}", listens(1.0))
    assert max(len(encode(frame)) for frame in host.good) <= PAYLOAD_BYTES


def test_it_says_hello_at_its_start_on_info_and_on_start() -> None:
    async def ask(host: Host, pod: SimulatedPod) -> None:
        await asyncio.sleep(1.0)
        host.connect()
        host.send(Info())
        host.send(Start(Mode.RAW))

    host, _ = met("sim,side=left,seed=2", ask)
    at_boot, on_info, on_start = host.of(Hello)
    assert (at_boot.sequence, at_boot.tick_us, at_boot.streaming) == (0, 0, False)
    assert on_info.tick_us == pytest.approx(1e6, abs=200)
    assert not on_info.streaming
    assert on_start.streaming
    imu = Imu(seed=2)
    assert on_start.sensor == imu.sensor
    assert (on_start.acc_scale, on_start.gyro_scale) == (
        float(imu.acc_scale_m_s2_per_count),
        float(imu.gyro_scale_rad_s_per_count),
    )
    assert (on_start.rate_hz, on_start.side, on_start.battery_percent) == (208.0, Side.LEFT, 90)


COMMANDS: list[tuple[Command, CommandType]] = [
    (Info(), CommandType.INFO),
    (SetRate(100.0), CommandType.RATE),
    (SetTarget(172.0), CommandType.TARGET),
    (Tick(Side.LEFT, 40), CommandType.TICK),
    (SetTime(1_750_000_000_000), CommandType.TIME),
    (Start(Mode.BOTH), CommandType.START),
    (Stop(), CommandType.STOP),
]


def test_each_command_is_acknowledged_with_its_token() -> None:
    async def command(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        for command, _ in COMMANDS * 2:
            host.send(command)

    host, pod = met("sim", command)
    assert [(ack.token, ack.command, ack.status) for ack in host.of(Ack)] == [
        (token, kind, Status.DONE) for token, (_, kind) in enumerate(COMMANDS * 2, start=1)
    ]
    assert pod.commands == [command for command, _ in COMMANDS * 2]


def test_what_is_no_command_is_refused_or_passed_over() -> None:
    damaged = bytearray(encode_command(Info(), 7))
    damaged[-1] ^= 1
    bad_mode = seal(CommandType.START, 0, 8, b"\x09")
    unknown = seal(0x99, 0, 9, b"")

    async def write(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        for data in (b"", b"hello", bytes(damaged), bad_mode, unknown):
            pod.written(WRITE_CHANNEL, data)
        pod.written(NOTIFY_CHANNEL, encode_command(Info(), 10))

    host, _ = met("sim", write)
    assert [(ack.token, ack.command, ack.status) for ack in host.of(Ack)] == [
        (8, CommandType.START, Status.BAD_VALUE),
        (9, 0x99, Status.UNKNOWN_COMMAND),
    ]


@pytest.mark.parametrize(
    ("asked_hz", "taken_hz"), [(1.0, 52.0), (208.0, 208.0), (300.0, 416.0), (1e9, 833.0)]
)
def test_the_next_rate_it_has_is_taken_before_the_run(asked_hz: float, taken_hz: float) -> None:
    async def set_rate(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        await asyncio.sleep(0.5)
        host.send(SetRate(asked_hz))
        host.send(Start(Mode.RAW))
        await asyncio.sleep(1.0)
        host.send(SetRate(104.0))

    host, _ = met("sim", set_rate)
    hello = host.of(Hello)[-1]
    assert hello.rate_hz == taken_hz
    assert hello.tick_us == pytest.approx(0.5e6, abs=100)
    assert len(host.raw) == pytest.approx(taken_hz, rel=0.08)
    assert host.of(Ack)[-1].status is Status.BAD_VALUE


def test_stop_ends_the_samples_and_start_takes_them_up() -> None:
    async def pause(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        for _ in range(2):
            host.send(Start(Mode.RAW))
            await asyncio.sleep(2.0)
            host.send(Stop())
            await asyncio.sleep(12.0)

    host, _ = met("sim", pause)
    ticks = [frame.tick_us for frame in host.of(Samples)]
    (pause_us,) = [after - before for before, after in pairwise(ticks) if after - before > 100_000]
    assert pause_us == pytest.approx(12e6, abs=0.15e6)
    assert not host.of(BatteryFrame)


def test_start_may_be_sent_again_and_again() -> None:
    async def nag(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        for _ in range(100):
            host.send(Start(Mode.RAW))
            await asyncio.sleep(0.033)

    host, _ = met("sim", nag)
    _, raw = taken_alone(1, len(host.raw))
    assert len(raw) > 600
    assert host.raw.tobytes() == raw.tobytes()


def test_the_clock_wraps_after_32_bits() -> None:
    host, _ = met("sim", listens(5.0), first_tick_us=WRAP_US - 2_000_000)
    ticks = np.array([frame.tick_us for frame in host.of(Samples)])
    assert (np.diff(ticks) < 0).sum() == 1
    assert (np.diff(ticks) % WRAP_US < 60_000).all()
    assert ticks[-1] == pytest.approx(3e6, abs=0.1e6)


@pytest.mark.parametrize("mode", [Mode.STRIDES, Mode.BOTH])
def test_strides_are_those_that_the_detector_finds_in_the_samples(mode: Mode) -> None:
    host, _ = met("sim,seed=4", listens(20.0, mode), first_tick_us=WRAP_US - 10_000_000)
    assert bool(host.of(Samples)) == (mode is Mode.BOTH)
    run = simulate(scenario("steady", 30.0), seed=4)
    expected = StepDetector(run.sensor, side=Side.RIGHT).feed(run.whole())
    frames = host.of(StrideFrame)
    assert len(frames) > 20
    zero_us = WRAP_US - 10_000_000
    for frame, stride in zip(frames, expected, strict=False):
        t_us = (frame.mid_stance_us - zero_us) % WRAP_US
        assert t_us == pytest.approx(float(stride["t_mid_stance_s"]) * 1e6, abs=1)
        np.testing.assert_equal(np.float32(frame.values[2]), stride["stride_length_m"])
        assert (frame.activity, frame.side, frame.good) == (Activity.RUNNING, Side.RIGHT, stride["good"])


def test_the_battery_is_told_every_ten_seconds() -> None:
    host, _ = met("sim", listens(35.0), battery_percent=55)
    assert [frame.percent for frame in host.of(BatteryFrame)] == [55] * 3
    told = [data for channel, data in host.others if channel == BATTERY_LEVEL]
    assert told == [b"\x37"] * 3


@pytest.mark.parametrize(("cadence", "share"), [(RscCadence.STEPS, 1.0), (RscCadence.STRIDES, 0.5)])
def test_ready_made_cadence_follows_the_truth_once_a_second(cadence: RscCadence, share: float) -> None:
    async def only_listen(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        await asyncio.sleep(60.0)

    host, pod = met("sim:stops,seed=3", only_listen, rsc_cadence=cadence)
    told = [data for channel, data in host.others if channel == pod_services.RSC_MEASUREMENT]
    assert len(told) == pytest.approx(60 - UNASKED_S, abs=1)
    assert told[0] == struct.pack("<BHB", 0, 0, 0)
    moving = [struct.unpack("<BHBH", data) for data in told if len(data) == 6]
    running = [(speed / 256, count, length / 100) for flags, speed, count, length in moving if flags == 5]
    walking = [count for flags, _, count, _ in moving if flags == 1]
    assert np.median(walking) == pytest.approx(114 * share, abs=2)
    speed_m_s, cadence_1_min, length_m = np.median(running, axis=0)
    assert cadence_1_min == pytest.approx(165 * share, abs=2)
    assert speed_m_s == pytest.approx(3.0, abs=0.1)
    assert length_m == pytest.approx(3.0 * 120 / 165, abs=0.1)
    assert pod.mode is None


def test_standard_services_can_be_read() -> None:
    async def look(host: Host, pod: SimulatedPod) -> None:
        readable = {spec.uuid for service in pod.services for spec in service.characteristics if spec.read}
        values = {uuid: pod.read(uuid) for uuid in readable}
        assert values == {
            pod_services.RSC_FEATURE: b"\x05\x00",
            BATTERY_LEVEL: b"\x5a",
            pod_services.MANUFACTURER_NAME: b"Cadence Coach",
            pod_services.MODEL_NUMBER: b"CadPod sim",
            pod_services.FIRMWARE_REVISION: b"1.0.0",
        }

    met("sim", look)


def test_a_host_that_is_away_for_a_second_misses_nothing() -> None:
    async def leave(host: Host, pod: SimulatedPod) -> None:
        await listens(5.0)(host, pod)
        pod.detached()
        await asyncio.sleep(1.5)
        host.connect()
        await asyncio.sleep(3.0)

    host, pod = met("sim", leave)
    assert [frame.sequence for frame in host.good] == list(range(len(host.good)))
    assert pod.injected.given_up == 0


def test_a_host_that_wants_strides_alone_may_be_away_for_a_hundred_seconds() -> None:
    async def leave(host: Host, pod: SimulatedPod) -> None:
        await listens(10.0, Mode.STRIDES)(host, pod)
        pod.detached()
        await asyncio.sleep(100.0)
        host.connect()
        await asyncio.sleep(1.0)

    host, pod = met("sim", leave)
    assert [frame.sequence for frame in host.good] == list(range(len(host.good)))
    assert len(host.of(StrideFrame)) > 140
    assert pod.injected.given_up == 0


def test_a_full_buffer_gives_up_its_oldest_frames_and_counts_them() -> None:
    async def leave(host: Host, pod: SimulatedPod) -> None:
        await listens(5.0)(host, pod)
        before = len(host.frames)
        pod.detached()
        await asyncio.sleep(10.0)
        host.connect()
        kept_bytes = [len(encode(frame)) for frame in host.good[before:]]
        assert CAPACITY_BYTES - max(kept_bytes) < sum(kept_bytes) <= CAPACITY_BYTES
        await asyncio.sleep(1.0)

    host, pod = met("sim", leave)
    missing = [b - a - 1 for a, b in pairwise(frame.sequence for frame in host.good) if b != a + 1]
    assert missing == [pod.injected.given_up]
    assert missing[0] > 100


def test_a_rate_that_it_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of 52, 104, 208, 416, 833"):
        met("sim", listens(1.0), rate_hz=100.0)
