"""A small open pod for tests: frames as a pod would send them, and packets of them."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from cadence.sample import SampleBlock
from cadence.stride import Side
from firmware_bridge.frames import Ack, Frame, Hello, Mode, Samples, Status, encode
from firmware_bridge.message import Message, Packet
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, OpenPodDecoder
from firmware_bridge.readings import Reading

START_NS = 1_700_000_000_000_000_000
PERIOD_NS = 2_403_846
"""416 samples a second."""
COUNT = 13
"""Samples a frame, as they fit at MTU 185."""
FRAME_US = COUNT * PERIOD_NS // 1000
TURN = 1 << 32

HELLO = Hello(
    boot=0xA1B2C3D4,
    sequence=0,
    tick_us=1_000_000,
    rate_hz=416.0,
    acc_scale=float(np.float32(0.0047884)),
    gyro_scale=float(np.float32(0.0012217)),
    acc_range_g=16,
    gyro_range_dps=2000,
    has_gyroscope=True,
    streaming=True,
    mode=Mode.RAW,
    battery_percent=87,
    side=Side.LEFT,
    firmware=(1, 2, 3),
    core=0xC0FFEE,
    model="open pod",
)


def crc_bit_by_bit(data: bytes) -> int:
    """CRC-16/IBM-3740 as the textbooks write it."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def literal(text: str) -> bytes:
    """Hexadecimal; `@` at the end stands for the CRC of all before it."""
    body = bytes.fromhex(text.removesuffix("@"))
    return body + struct.pack("<H", crc_bit_by_bit(body)) if text.endswith("@") else body


def hello(boot: int = HELLO.boot, sequence: int = 0, **changes: object) -> Hello:
    """The usual hello with some fields changed."""
    return dataclasses.replace(HELLO, boot=boot, sequence=sequence, **changes)  # type: ignore[arg-type]


def ack(boot: int, sequence: int) -> Ack:
    """The answer to START."""
    return Ack(boot, sequence, 1, 0x81, Status.DONE)


def raw_of(number: int, count: int = COUNT) -> NDArray[np.int16]:
    """Samples that carry their own number in the first component, so that each is known again."""
    raw = np.zeros((count, 6), np.int16)
    raw[:, 0] = np.arange(number, number + count)
    return raw


def stream(
    frames: int, boot: int = HELLO.boot, *, first_tick_us: int = 1_000_000, first_sequence: int = 1
) -> list[Samples]:
    """Consecutive frames of samples, each carrying its place in `raw`."""
    return [
        Samples(
            boot,
            (first_sequence + index) % TURN,
            (first_tick_us + index * FRAME_US) % TURN,
            PERIOD_NS,
            raw_of(index * COUNT),
        )
        for index in range(frames)
    ]


def packets(frames: Iterable[Frame], *, first_ns: int = START_NS, step_us: int = FRAME_US) -> list[Message]:
    """One notification a frame, evenly spaced."""
    return [
        Packet(first_ns + index * step_us * 1000, NOTIFY_CHANNEL, encode(frame))
        for index, frame in enumerate(frames)
    ]


def decode_all(messages: Iterable[Message], decoder: OpenPodDecoder) -> list[Reading]:
    """All readings of a run."""
    readings = [reading for message in messages for reading in decoder.take(message)]
    return readings + list(decoder.finish())


def joined(readings: Iterable[Reading]) -> SampleBlock:
    """All samples of a run in one block."""
    blocks = [reading for reading in readings if isinstance(reading, SampleBlock)]
    if not blocks:
        return SampleBlock(np.zeros(0, np.int64), np.zeros((0, 6), np.float32))
    return SampleBlock(
        np.concatenate([block.t_us for block in blocks]), np.concatenate([block.motion for block in blocks])
    )
