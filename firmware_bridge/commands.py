"""The open pod's wire format, host to pod: commands.

A command is built like a frame of the pod (see `frames`), with boot id 0 and, in place of the sequence
number, a token that the pod's acknowledgement returns. Every command may be sent again: the pod does it
once more and nothing breaks.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from enum import IntEnum

from cadence.stride import Side
from firmware_bridge.frames import HEADER, OVERHEAD_BYTES, VERSION, BadFrame, BadReason, Mode, is_sealed, seal


class CommandType(IntEnum):
    """What a command asks."""

    START = 0x81  # u8 mode
    STOP = 0x82
    RATE = 0x83  # f32 samples a second; the pod takes the next rate it has
    TARGET = 0x84  # f32 spm for the pod's own cue policy; 0 switches its cues off
    TICK = 0x85  # u8 side, u8 how long in ms: one haptic tick
    TIME = 0x86  # u64 ms since 1970, for the pod's own recordings
    INFO = 0x87  # answered by a hello


_PAYLOADS = {
    CommandType.START: struct.Struct("<B"),
    CommandType.STOP: struct.Struct("<"),
    CommandType.RATE: struct.Struct("<f"),
    CommandType.TARGET: struct.Struct("<f"),
    CommandType.TICK: struct.Struct("<BB"),
    CommandType.TIME: struct.Struct("<Q"),
    CommandType.INFO: struct.Struct("<"),
}


@dataclass(frozen=True, slots=True)
class Start:
    """Send what `mode` says from now on."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Stop:
    """Send nothing but answers."""


@dataclass(frozen=True, slots=True)
class SetRate:
    """Take this many samples a second."""

    rate_hz: float


@dataclass(frozen=True, slots=True)
class SetTarget:
    """Cue toward this cadence; 0 for no cues."""

    target_spm: float


@dataclass(frozen=True, slots=True)
class Tick:
    """One haptic tick of `length_ms`."""

    side: Side
    length_ms: int


@dataclass(frozen=True, slots=True)
class SetTime:
    """The time of day."""

    unix_ms: int


@dataclass(frozen=True, slots=True)
class Info:
    """Say who you are."""


Command = Start | Stop | SetRate | SetTarget | Tick | SetTime | Info


def encode_command(command: Command, token: int) -> bytes:
    """The bytes of a command, without the framing of a serial line.

    Raises:
        struct.error: a value does not fit its field.
    """
    match command:
        case Start(mode):
            return _sealed(CommandType.START, token, mode)
        case Stop():
            return _sealed(CommandType.STOP, token)
        case SetRate(rate_hz):
            return _sealed(CommandType.RATE, token, rate_hz)
        case SetTarget(target_spm):
            return _sealed(CommandType.TARGET, token, target_spm)
        case Tick(side, length_ms):
            return _sealed(CommandType.TICK, token, side, length_ms)
        case SetTime(unix_ms):
            return _sealed(CommandType.TIME, token, unix_ms)
        case Info():
            return _sealed(CommandType.INFO, token)


def decode_command(data: bytes) -> tuple[Command, int] | BadFrame:
    """A command and its token. Never raises; given only if the CRC is right."""
    if len(data) < OVERHEAD_BYTES:
        return BadFrame(BadReason.SHORT)
    version, kind, _, token = HEADER.unpack_from(data)
    if version != VERSION:
        return BadFrame(BadReason.VERSION)
    if kind not in _PAYLOADS:
        return BadFrame(BadReason.TYPE)
    payload = _PAYLOADS[kind]
    if len(data) != OVERHEAD_BYTES + payload.size:
        return BadFrame(BadReason.LENGTH)
    if not is_sealed(data):
        return BadFrame(BadReason.CRC)
    try:
        return _command(kind, payload.unpack_from(data, HEADER.size)), token
    except ValueError:
        return BadFrame(BadReason.VALUE)


def _command(kind: int, values: tuple[float, ...]) -> Command:
    match kind:
        case CommandType.START:
            return Start(Mode(int(values[0])))
        case CommandType.STOP:
            return Stop()
        case CommandType.RATE:
            return SetRate(_in_reason(values[0]))
        case CommandType.TARGET:
            return SetTarget(_in_reason(values[0]))
        case CommandType.TICK:
            return Tick(Side(int(values[0])), int(values[1]))
        case CommandType.TIME:
            return SetTime(int(values[0]))
        case _:
            return Info()


def _in_reason(value: float) -> float:
    if not 0.0 <= value < math.inf:
        raise ValueError("not a number from 0 up")
    return value


def _sealed(kind: CommandType, token: int, *values: float) -> bytes:
    return seal(kind, 0, token, _PAYLOADS[kind].pack(*values))
