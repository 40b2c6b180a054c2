"""The open pod's frames: each one's bytes, and what is refused as no frame."""

from __future__ import annotations

import dataclasses
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.cue import CueKind, CueReason
from cadence.stride import Activity, Side
from firmware_bridge.frames import (
    Ack,
    BadFrame,
    BadReason,
    BatteryFrame,
    ButtonFrame,
    CueFrame,
    Frame,
    Mode,
    Samples,
    Status,
    StrideFrame,
    decode,
    encode,
    samples_that_fit,
    seal,
)

from .open_pod_frames import HELLO, crc_bit_by_bit, hello, literal, stream

BOOT = 0xA1B2C3D4
STRIDE = StrideFrame(
    BOOT,
    7,
    1_000_000,
    1_200_000,
    1_350_000,
    (0.75, 0.25, 2.5, 3.5, 0.0, 0.5, 0.125, -8.0, 6.0),
    Activity.RUNNING,
    clipped=True,
    good=False,
    side=Side.RIGHT,
)
LITERALS: list[tuple[Frame, str]] = [
    (
        HELLO,
        "01 01 d4c3b2a1 00000000"
        "40420f00 0000d043 03e89c3b 7321a03a 1000 d007 03 01 57 01 010203 eeffc000"
        "6f70656e20706f6400000000 5983",
    ),
    (
        Samples(BOOT, 1, 1_032_050, 2_403_846, np.array([[1, -2, 2048, -32768, 32767, 0]], np.int16)),
        "01 02 d4c3b2a1 01000000 72bf0f00 06ae2400 01 0100 feff 0008 0080 ff7f 0000 @",
    ),
    (
        STRIDE,
        "01 03 d4c3b2a1 07000000 40420f00 804f1200 70991400"
        "0000403f 0000803e 00002040 00006040 00000000 0000003f 0000003e 000000c1 0000c040 03 01 02 @",
    ),
    (
        CueFrame(BOOT, 8, 5, CueKind.BURST_UP, CueReason.BELOW_TARGET, 180.0),
        "01 04 d4c3b2a1 08000000 05000000 01 01 00003443 @",
    ),
    (ButtonFrame(BOOT, 9, 6, 2), "01 05 d4c3b2a1 09000000 06000000 02 @"),
    (BatteryFrame(BOOT, 10, 7, 55), "01 06 d4c3b2a1 0a000000 07000000 37 @"),
    (Ack(BOOT, 11, 0x12345678, 0x81, Status.BAD_VALUE), "01 07 d4c3b2a1 0b000000 78563412 81 02 @"),
]


def assert_same(left: Frame | BadFrame, right: Frame) -> None:
    assert type(left) is type(right)
    for field in dataclasses.fields(right):
        np.testing.assert_array_equal(getattr(left, field.name), getattr(right, field.name), field.name)


def test_the_crc_is_the_one_of_the_catalogue() -> None:
    assert crc_bit_by_bit(b"123456789") == 0x29B1


@pytest.mark.parametrize(("frame", "text"), LITERALS, ids=lambda value: type(value).__name__)
def test_every_frame_has_its_bytes(frame: Frame, text: str) -> None:
    assert encode(frame).hex(" ") == literal(text).hex(" ")
    assert_same(decode(literal(text)), frame)


@pytest.mark.parametrize(
    "changes",
    [
        {"battery_percent": None},
        {"has_gyroscope": False, "gyro_scale": 0.0},
        {"streaming": False},
        {"mode": Mode.BOTH, "side": Side.UNKNOWN},
        {"model": "", "core": 0},
    ],
)
def test_a_hello_comes_back_as_it_was_said(changes: dict[str, object]) -> None:
    assert decode(encode(hello(**changes))) == hello(**changes)


def test_an_unknown_value_of_a_stride_stays_unknown() -> None:
    unknown = dataclasses.replace(STRIDE, values=(math.nan,) * 9)
    assert_same(decode(encode(unknown)), unknown)


def test_a_frame_of_samples_at_mtu_185_carries_13_of_them() -> None:
    assert samples_that_fit(185 - 3) == 13
    assert len(encode(stream(1)[0])) == 177


@pytest.mark.parametrize(
    ("payload_bytes", "samples"), [(0, 0), (20, 0), (32, 0), (33, 1), (244, 18), (10_000, 255)]
)
def test_as_many_samples_fit_as_are_told(payload_bytes: int, samples: int) -> None:
    assert samples_that_fit(payload_bytes) == samples


def sealed(kind: int, payload: bytes) -> bytes:
    return seal(kind, BOOT, 0, payload)


def hello_with(**changes: object) -> bytes:
    return encode(hello(**changes))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", BadReason.SHORT),
        (bytes(11), BadReason.SHORT),
        (b"\x02" + encode(HELLO)[1:], BadReason.VERSION),
        (sealed(99, b""), BadReason.TYPE),
        (sealed(0x81, b"\x01"), BadReason.TYPE),
        (encode(HELLO)[:-1], BadReason.LENGTH),
        (encode(HELLO) + b"\0", BadReason.LENGTH),
        (encode(stream(1)[0])[:20], BadReason.LENGTH),  # as a link of MTU 23 cuts it
        (encode(stream(1)[0])[:-12], BadReason.LENGTH),
        (encode(HELLO)[:-1] + b"\0", BadReason.CRC),
        (sealed(2, struct.pack("<IIB", 0, 2_403_846, 0)), BadReason.VALUE),
        (sealed(2, struct.pack("<IIB", 0, 0, 1) + bytes(12)), BadReason.VALUE),
        (sealed(4, struct.pack("<IBBf", 0, 200, 0, 180.0)), BadReason.VALUE),
        (sealed(4, struct.pack("<IBBf", 0, 1, 200, 180.0)), BadReason.VALUE),
        (sealed(6, struct.pack("<IB", 0, 101)), BadReason.VALUE),
        (sealed(7, struct.pack("<IBB", 0, 0x81, 9)), BadReason.VALUE),
        (encode(dataclasses.replace(STRIDE, activity=Activity.STATIONARY)), BadReason.VALUE),
        (hello_with(rate_hz=0.0), BadReason.VALUE),
        (hello_with(model="\x1b[2J"), BadReason.VALUE),
        (hello_with(rate_hz=math.nan), BadReason.VALUE),
        (hello_with(acc_scale=-1.0), BadReason.VALUE),
        (hello_with(acc_scale=3e38), BadReason.VALUE),
        (hello_with(gyro_scale=math.inf), BadReason.VALUE),
        (hello_with(battery_percent=101), BadReason.VALUE),
    ],
)
def test_what_is_no_frame_is_refused_with_its_reason(data: bytes, reason: BadReason) -> None:
    assert decode(data) == BadFrame(reason)


def test_a_model_name_that_does_not_fit_is_not_sent() -> None:
    with pytest.raises(ValueError, match="longer than 12 bytes"):
        encode(hello(model="a very long name"))


@given(st.sampled_from(LITERALS), st.data())
def test_any_damage_within_16_bits_is_refused(frame_and_text: tuple[Frame, str], data: st.DataObject) -> None:
    good = encode(frame_and_text[0])
    at = data.draw(st.integers(0, len(good) * 8 - 16), label="first damaged bit")
    damage = data.draw(st.integers(1, 0xFFFF), label="damage")
    # Bits in the order in which the CRC takes them: the highest of a byte first, the CRC's own bytes swapped.
    taken = good[:-2] + good[:-3:-1]
    bits = int.from_bytes(taken, "big") ^ damage << at
    damaged = bits.to_bytes(len(taken), "big")
    assert isinstance(decode(damaged[:-2] + damaged[:-3:-1]), BadFrame)


@given(st.sampled_from(LITERALS), st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_byte_is_refused(frame_and_text: tuple[Frame, str], at: int, change: int) -> None:
    damaged = bytearray(encode(frame_and_text[0]))
    damaged[at % len(damaged)] ^= change
    assert isinstance(decode(bytes(damaged)), BadFrame)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_frame_or_are_not(data: bytes) -> None:
    frame = decode(data)
    assert isinstance(frame, BadFrame) or encode(frame) == data


def test_a_clipped_sample_stands_at_the_limit_that_the_hello_tells() -> None:
    limit = HELLO.sensor.acc_limit_m_s2
    assert np.float32(32767) * np.float32(HELLO.acc_scale) >= np.float32(limit)
    assert np.float32(32766) * np.float32(HELLO.acc_scale) < np.float32(limit)
