"""The firmware speaks docs/protocol.md: every answer, seen right at its serial line."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
import pytest

from cadence.stride import Side
from firmware_bridge.commands import (
    Command,
    Info,
    SetRate,
    SetTarget,
    SetTime,
    Start,
    Stop,
    Tick,
    encode_command,
)
from firmware_bridge.frames import Ack, BadFrame, BatteryFrame, Hello, Mode, Samples, Status, seal
from firmware_bridge.serial_framing import pack, unpack
from hardware.firmware import bench_line
from hardware.firmware.build import Firmware
from hardware.imu import Imu

from .board_host import BoardHost

RNG = np.random.default_rng(1)


def talk(
    firmware: Firmware, do: Callable[[BoardHost], Coroutine[Any, Any, None]], seed: int = 1
) -> BoardHost:
    """A board after `do`."""

    async def run() -> BoardHost:
        async with BoardHost(firmware, seed) as host:
            await do(host)
        return host

    return asyncio.run(run())


def ticks_us(count: int, begin_us: int = 1000) -> Any:
    return begin_us + np.arange(count) * 4808


def some_raw(count: int) -> Any:
    return RNG.integers(-32768, 32768, (count, 6))


def test_it_says_hello_at_its_start(firmware: Firmware) -> None:
    async def listen(host: BoardHost) -> None:
        await host.until(Hello)

    host = talk(firmware, listen)
    hello = host.of(Hello)[0]
    sensor = Imu()
    assert host.frames == [hello]
    assert (hello.sequence, hello.rate_hz, hello.streaming, hello.mode) == (0, 208.0, False, Mode.RAW)
    assert hello.acc_scale == sensor.acc_scale_m_s2_per_count
    assert hello.gyro_scale == sensor.gyro_scale_rad_s_per_count
    assert (hello.acc_range_g, hello.gyro_range_dps, hello.has_gyroscope) == (16, 2000, True)
    assert (hello.side, hello.firmware, hello.model) == (Side.UNKNOWN, (1, 0, 0), "CadPod fw")
    assert hello.core == firmware.core_hash != 0
    assert hello.tick_us < 1_000_000


def test_its_battery_gauge_is_a_stub_and_says_so(firmware: Firmware) -> None:
    async def listen(host: BoardHost) -> None:
        await host.until(Hello)
        host.board.bench.write(bench_line.battery(37))
        await host.report()  # which came behind it
        host.send(Info())
        await host.until(Hello, 2)

    before, after = talk(firmware, listen).of(Hello)
    assert before.battery_percent is None
    assert after.battery_percent == 37


def test_a_boot_id_is_drawn_at_each_start(firmware: Firmware) -> None:
    async def listen(host: BoardHost) -> None:
        await host.until(Hello)

    boots = {talk(firmware, listen, seed).of(Hello)[0].boot for seed in (1, 2, 3)}
    assert len(boots) == 3


@pytest.mark.parametrize(
    "command",
    [Start(Mode.RAW), Start(Mode.STRIDES), Start(Mode.BOTH), Stop(), SetRate(100.0), SetTarget(170.0),
     SetTarget(0.0), Tick(Side.LEFT, 20), SetTime(1_700_000_000_000), Info()],
    ids=str,
)  # fmt: skip
def test_each_command_is_acknowledged(firmware: Firmware, command: Command) -> None:
    async def ask(host: BoardHost) -> None:
        await host.until(Hello)
        host.send(command, token=0xA1B2C3D4)
        await host.until(Ack)
        host.send(Info(), token=2)
        await host.until(Ack, 2)

    host = talk(firmware, ask)
    first, *_ = host.of(Ack)
    assert (first.token, first.status) == (0xA1B2C3D4, Status.DONE)
    assert first.command == encode_command(command, 1)[1]
    hello_follows = isinstance(host.frames[2], Hello)
    assert hello_follows is isinstance(command, Start | Info)
    assert [frame.sequence for frame in host.frames if not isinstance(frame, BadFrame)] == list(
        range(len(host.frames))
    )


@pytest.mark.parametrize(
    ("kind", "payload", "status"),
    [
        (0x81, b"\x00", Status.BAD_VALUE),
        (0x81, b"\x04", Status.BAD_VALUE),
        (0x83, struct.pack("<f", float("nan")), Status.BAD_VALUE),
        (0x83, struct.pack("<f", -1.0), Status.BAD_VALUE),
        (0x84, struct.pack("<f", float("inf")), Status.BAD_VALUE),
        (0x85, b"\x03\x10", Status.BAD_VALUE),
        (0x88, b"", Status.UNKNOWN_COMMAND),
        (0x01, b"abc", Status.UNKNOWN_COMMAND),
    ],
)
def test_what_cannot_be_done_is_answered_so(
    firmware: Firmware, kind: int, payload: bytes, status: Status
) -> None:
    async def ask(host: BoardHost) -> None:
        host.board.line.write(pack(seal(kind, 0, 9, payload)))
        await host.until(Ack)

    (answer,) = talk(firmware, ask).of(Ack)
    assert (answer.token, answer.command, answer.status) == (9, kind, status)


def test_garbage_on_the_line_is_ignored(firmware: Firmware) -> None:
    async def ask(host: BoardHost) -> None:
        line = host.board.line
        line.write(b"\x05noise\0\0\xff\0" + RNG.integers(0, 256, 3000, np.uint8).tobytes() + b"\0")
        damaged = bytearray(encode_command(Start(Mode.RAW), 5))
        damaged[7] ^= 4
        line.write(pack(bytes(damaged)))  # a wrong CRC
        line.write(pack(seal(0x81, 0, 6, b"\x01\x01")))  # a wrong length
        line.write(pack(encode_command(Info(), 7))[1:])  # its first byte is lost
        line.write(b"\x01" * 500 + b"\0")  # longer than any command
        host.send(Info(), token=8)
        await host.until(Ack)
        await asyncio.sleep(0.1)

    assert [ack.token for ack in talk(firmware, ask).of(Ack)] == [8]


def test_samples_go_through_unchanged_in_order_and_on_time(firmware: Firmware) -> None:
    raw = some_raw(18 * 20)
    raw[:6] = [[32767] * 6, [-32768] * 6, [0] * 6, [257] * 6, [-1] * 6, [1, 2, 3, 4, 5, 6]]
    ticks = ticks_us(len(raw), (1 << 32) - 500_000)  # the clock wraps on the way

    async def stream(host: BoardHost) -> None:
        host.send(SetRate(416.0))
        host.send(Start(Mode.RAW))
        setting = await host.until_set()
        assert (setting.rate_hz, setting.watermark) == (416.0, 18)
        for first in range(0, len(raw), 18):
            host.give(ticks[first : first + 18] % (1 << 32), raw[first : first + 18])
        await host.until(Samples, 20)

    host = talk(firmware, stream)
    assert np.array_equal(host.raw, raw)
    frames = host.of(Samples)
    assert [frame.tick_us for frame in frames] == [int(tick) % (1 << 32) for tick in ticks[::18]]
    assert {frame.period_ns for frame in frames} == {4_808_000}
    assert host.of(Hello)[-1].streaming
    assert all(packet == pack(unpack(packet))[:-1] for packet in host.packets)  # type: ignore[arg-type]


def test_a_batch_of_one_and_times_that_stand_still_have_a_period(firmware: Firmware) -> None:
    async def stream(host: BoardHost) -> None:
        host.send(Start(Mode.RAW))
        await host.until_set()
        host.give([5000], some_raw(1))
        host.give([7000, 7000, 7000], some_raw(3))
        await host.until(Samples, 2)

    assert {frame.period_ns for frame in talk(firmware, stream).of(Samples)} == {4_807_692}


def test_samples_from_before_the_sensor_was_set_are_not_taken(firmware: Firmware) -> None:
    async def stream(host: BoardHost) -> None:
        host.answers = False
        host.send(Start(Mode.RAW))
        setting = await host.until_set()
        host.give(ticks_us(10), some_raw(10))
        host.board.bench.write(bench_line.is_set((setting.token - 1) % 256))
        host.give(ticks_us(10), some_raw(10))
        host.board.bench.write(bench_line.is_set(setting.token))
        host.give(ticks_us(4), [[7] * 6] * 4)
        await host.until(Samples)
        host.send(Stop())
        await host.until(Ack, 2)
        assert (await host.until_set(2)).rate_hz == 0.0

    assert talk(firmware, stream).raw.tolist() == [[7] * 6] * 4


def test_start_again_while_it_streams_harms_nothing(firmware: Firmware) -> None:
    async def stream(host: BoardHost) -> None:
        host.send(Start(Mode.RAW))
        await host.until_set()
        host.give(ticks_us(10), some_raw(10))
        host.send(Start(Mode.RAW), token=2)
        await host.until(Ack, 2)
        host.give(ticks_us(10, 60_000), some_raw(10))
        await host.until(Samples, 2)

    host = talk(firmware, stream)
    assert len(host.settings) == 1


def test_every_ten_seconds_of_its_clock_it_gives_a_sign_of_life(firmware: Firmware) -> None:
    """HELLO without a gauge, since BATTERY cannot say that nothing is known."""

    async def stream(host: BoardHost) -> None:
        host.send(Start(Mode.STRIDES))
        await host.until_set()
        for second in range(11):
            host.give([second * 1_000_000], some_raw(1))
        await host.until(Hello, 3)
        host.board.bench.write(bench_line.battery(64))
        for second in range(11, 31):
            host.give([second * 1_000_000], some_raw(1))
        await host.until(BatteryFrame)

    host = talk(firmware, stream)
    assert [hello.streaming for hello in host.of(Hello)] == [False, True, True]
    assert {frame.percent for frame in host.of(BatteryFrame)} == {64}


def test_a_line_that_takes_nothing_costs_the_oldest_frames_and_they_are_counted(firmware: Firmware) -> None:
    async def stream(host: BoardHost) -> None:
        await host.until(Hello)
        host.send(Start(Mode.RAW))
        await host.until_set()
        await host.until(Ack)
        host.board.line.listen(False)
        for batch in range(120):
            host.give(ticks_us(18, batch * 86_544), some_raw(18))
        while (await host.report()).samples < 120 * 18:
            await asyncio.sleep(0.05)
        host.board.line.listen(True)
        host.send(Info(), token=2)
        await host.until(Ack, 2)

    host = talk(firmware, stream)
    numbers = [frame.sequence for frame in host.frames if not isinstance(frame, BadFrame)]
    assert len(numbers) == len(host.frames)
    assert numbers == sorted(set(numbers))
    given_up = host.reports[-1].given_up
    assert numbers[-1] + 1 - len(numbers) == pytest.approx(
        given_up, abs=2
    )  # two frames came after the report
    assert given_up > 60
