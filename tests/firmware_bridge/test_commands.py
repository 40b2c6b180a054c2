"""The open pod's commands: each one's bytes, and what a pod refuses."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    decode_command,
    encode_command,
)
from firmware_bridge.frames import BadFrame, BadReason, Mode, decode, seal

from .open_pod_frames import literal

LITERALS: list[tuple[Command, str]] = [
    (Start(Mode.RAW), "01 81 00000000 78563412 01 @"),
    (Stop(), "01 82 00000000 78563412 @"),
    (SetRate(416.0), "01 83 00000000 78563412 0000d043 @"),
    (SetTarget(172.0), "01 84 00000000 78563412 00002c43 @"),
    (Tick(Side.LEFT, 40), "01 85 00000000 78563412 01 28 @"),
    (SetTime(1_700_000_000_000), "01 86 00000000 78563412 0068e5cf8b010000 @"),
    (Info(), "01 87 00000000 78563412 @"),
]
COMMANDS = [command for command, _ in LITERALS]


@pytest.mark.parametrize(("command", "text"), LITERALS, ids=lambda value: type(value).__name__)
def test_every_command_has_its_bytes(command: Command, text: str) -> None:
    assert encode_command(command, 0x12345678).hex(" ") == literal(text).hex(" ")
    assert decode_command(literal(text)) == (command, 0x12345678)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", BadReason.SHORT),
        (b"\x02" + encode_command(Stop(), 1)[1:], BadReason.VERSION),
        (seal(0x99, 0, 1, b""), BadReason.TYPE),
        (seal(1, 0, 1, b""), BadReason.TYPE),
        (encode_command(Stop(), 1) + b"\0", BadReason.LENGTH),
        (encode_command(Start(Mode.RAW), 1)[:-1], BadReason.LENGTH),
        (encode_command(Stop(), 1)[:-1] + b"\xff", BadReason.CRC),
        (seal(0x81, 0, 1, b"\x09"), BadReason.VALUE),
        (seal(0x83, 0, 1, struct.pack("<f", math.nan)), BadReason.VALUE),
        (seal(0x83, 0, 1, struct.pack("<f", math.inf)), BadReason.VALUE),
        (seal(0x84, 0, 1, struct.pack("<f", -1.0)), BadReason.VALUE),
        (seal(0x85, 0, 1, b"\x07\x28"), BadReason.VALUE),
    ],
)
def test_what_is_no_command_is_refused_with_its_reason(data: bytes, reason: BadReason) -> None:
    assert decode_command(data) == BadFrame(reason)


@given(st.sampled_from(COMMANDS), st.integers(0, 0xFFFFFFFF), st.integers(0, 1000), st.integers(1, 255))
def test_a_changed_byte_is_refused(command: Command, token: int, at: int, change: int) -> None:
    damaged = bytearray(encode_command(command, token))
    damaged[at % len(damaged)] ^= change
    assert isinstance(decode_command(bytes(damaged)), BadFrame)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_a_command_is_never_taken_for_a_frame_of_the_pod(command: Command) -> None:
    assert decode(encode_command(command, 1)) == BadFrame(BadReason.TYPE)


def test_a_value_that_does_not_fit_is_not_sent() -> None:
    with pytest.raises(struct.error):
        encode_command(Tick(Side.LEFT, 300), 1)
