"""The open pod's wire format, pod to host: samples, strides, cues, and what the pod says of itself.

`docs/protocol.md` describes it byte by byte. Every frame is

    version u8 | type u8 | boot id u32 | sequence u32 | payload | CRC-16 of all before it

little endian. The CRC is CRC-16/IBM-3740 ("CCITT-FALSE": polynomial 0x1021, start 0xFFFF). `decode` is
pure and never raises: what is no frame comes back as a `BadFrame` with its reason.
"""

from __future__ import annotations

import math
import struct
from binascii import crc_hqx
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind, CueReason
from cadence.sample import Sensor
from cadence.stride import Activity, Side

VERSION = 1
HEADER = struct.Struct("<BBII")
CRC = struct.Struct("<H")
OVERHEAD_BYTES = HEADER.size + CRC.size

_HELLO = struct.Struct("<IfffHHBBBBBBBI12s")
_SAMPLES = struct.Struct("<IIB")
_STRIDE = struct.Struct("<III9fBBB")
_CUE = struct.Struct("<IBBf")
_TICK_AND_COUNT = struct.Struct("<IB")
_ACK = struct.Struct("<IBB")
SAMPLE_BYTES = 12

LARGEST_SCALE = 1.0
"""m/s² or rad/s a count; beyond any sensor, and its full counts are finite float32. Our choice."""
MODEL_BYTES = 12
NO_BATTERY_GAUGE = 255
_CLIPPED, _GOOD = 1, 2
_HAS_GYROSCOPE, _STREAMING = 1, 2


class FrameType(IntEnum):
    """What a frame of the pod holds."""

    HELLO = 1
    SAMPLES = 2
    STRIDE = 3
    CUE = 4
    BUTTON = 5
    BATTERY = 6
    ACK = 7


class BadReason(StrEnum):
    """Why bytes are no frame."""

    SHORT = "too short"
    VERSION = "unknown version"
    TYPE = "unknown type"
    LENGTH = "wrong length"
    CRC = "wrong CRC"
    VALUE = "impossible value"
    COBS = "broken COBS"


class Mode(IntEnum):
    """What a pod sends when started: samples, the strides and cues it finds, or both."""

    RAW = 1
    STRIDES = 2
    BOTH = 3


class Status(IntEnum):
    """The pod's answer to a command."""

    DONE = 0
    UNKNOWN_COMMAND = 1
    BAD_VALUE = 2


@dataclass(frozen=True, slots=True)
class BadFrame:
    """Bytes that are no frame."""

    reason: BadReason


@dataclass(frozen=True, slots=True)
class Hello:
    """What the pod is and how its samples are read. Sent at its start, on INFO and on START.

    Attributes:
        boot: drawn anew at each start of the pod.
        sequence: counts all frames of a boot from 0, modulo 2³².
        tick_us: the pod's clock, µs since its start, modulo 2³².
        rate_hz: samples a second.
        acc_scale, gyro_scale: m/s² and rad/s a count, float32 values.
        acc_range_g, gyro_range_dps: as the sensor is set.
        has_gyroscope: False: the three rotation counts mean nothing.
        streaming: whether it sends what `mode` says.
        battery_percent: None when the pod has no gauge.
        side: of the foot, when it has been told.
        firmware: version, three numbers.
        core: first 32 bits of the hash of the on-device core's source; 0 for a pod without it.
        model: at most 12 bytes of ASCII.
    """

    boot: int
    sequence: int
    tick_us: int
    rate_hz: float
    acc_scale: float
    gyro_scale: float
    acc_range_g: int
    gyro_range_dps: int
    has_gyroscope: bool
    streaming: bool
    mode: Mode
    battery_percent: int | None
    side: Side
    firmware: tuple[int, int, int]
    core: int
    model: str

    @property
    def sensor(self) -> Sensor:
        """What the detector must know of it: a sample at the end of the counts is clipped."""
        largest = np.float32(np.iinfo(np.int16).max)
        return Sensor(
            has_gyroscope=self.has_gyroscope,
            acc_limit_m_s2=float(largest * np.float32(self.acc_scale)),
            gyro_limit_rad_s=float(largest * np.float32(self.gyro_scale)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Some consecutive samples.

    Attributes:
        tick_us: the pod's clock at the first of them.
        period_ns: from one to the next. Sample i was taken at tick_us + i * period_ns // 1000.
        raw: int16, shape (n, 6), n >= 1: acceleration then rotation, in counts; read-only.
    """

    boot: int
    sequence: int
    tick_us: int
    period_ns: int
    raw: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class StrideFrame:
    """A stride the pod found.

    Attributes:
        toe_off_us, contact_us, mid_stance_us: on the pod's clock, modulo 2³².
        values: stride time s, contact time s, length m, speed m/s, climb m, grade %, flight time s,
            strike angle degrees, impact g: the core's output words in their order; NaN where not known.
    """

    boot: int
    sequence: int
    toe_off_us: int
    contact_us: int
    mid_stance_us: int
    values: tuple[float, float, float, float, float, float, float, float, float]
    activity: Activity
    clipped: bool
    good: bool
    side: Side


@dataclass(frozen=True, slots=True)
class CueFrame:
    """A cue the pod gave, at `tick_us` on its clock; `tempo_spm` NaN where the cue has none."""

    boot: int
    sequence: int
    tick_us: int
    kind: CueKind
    reason: CueReason
    tempo_spm: float


@dataclass(frozen=True, slots=True)
class ButtonFrame:
    """The button was pressed (`presses` times in short order)."""

    boot: int
    sequence: int
    tick_us: int
    presses: int


@dataclass(frozen=True, slots=True)
class BatteryFrame:
    """Charge of the battery."""

    boot: int
    sequence: int
    tick_us: int
    percent: int


@dataclass(frozen=True, slots=True)
class Ack:
    """The answer to a command: its token and type, and what became of it."""

    boot: int
    sequence: int
    token: int
    command: int
    status: Status


Frame = Hello | Samples | StrideFrame | CueFrame | ButtonFrame | BatteryFrame | Ack


def seal(kind: int, boot: int, sequence: int, payload: bytes) -> bytes:
    """A whole frame or command around a payload."""
    body = HEADER.pack(VERSION, kind, boot, sequence) + payload
    return body + CRC.pack(crc_hqx(body, 0xFFFF))


def samples_that_fit(payload_bytes: int) -> int:
    """How many samples a frame may hold when the link carries this many bytes at once; 0 if not one."""
    return max(0, min(255, (payload_bytes - OVERHEAD_BYTES - _SAMPLES.size) // SAMPLE_BYTES))


def encode(frame: Frame) -> bytes:
    """The bytes of a frame, without the framing of a serial line.

    Raises:
        struct.error, ValueError: a value does not fit its field.
    """
    match frame:
        case Hello():
            kind, payload = FrameType.HELLO, _encode_hello(frame)
        case Samples():
            kind = FrameType.SAMPLES
            payload = _SAMPLES.pack(frame.tick_us, frame.period_ns, len(frame.raw))
            payload += np.ascontiguousarray(frame.raw, "<i2").tobytes()
        case StrideFrame():
            kind = FrameType.STRIDE
            times = (frame.toe_off_us, frame.contact_us, frame.mid_stance_us)
            bits = frame.clipped * _CLIPPED | frame.good * _GOOD
            payload = _STRIDE.pack(*times, *frame.values, frame.activity, bits, frame.side)
        case CueFrame():
            kind, payload = FrameType.CUE, _CUE.pack(frame.tick_us, frame.kind, frame.reason, frame.tempo_spm)
        case ButtonFrame():
            kind, payload = FrameType.BUTTON, _TICK_AND_COUNT.pack(frame.tick_us, frame.presses)
        case BatteryFrame():
            kind, payload = FrameType.BATTERY, _TICK_AND_COUNT.pack(frame.tick_us, frame.percent)
        case Ack():
            kind, payload = FrameType.ACK, _ACK.pack(frame.token, frame.command, frame.status)
    return seal(kind, frame.boot, frame.sequence, payload)


def _encode_hello(hello: Hello) -> bytes:
    model = hello.model.encode("ascii")
    if len(model) > MODEL_BYTES:
        raise ValueError(f"the model name '{hello.model}' is longer than {MODEL_BYTES} bytes")
    battery = NO_BATTERY_GAUGE if hello.battery_percent is None else hello.battery_percent
    return _HELLO.pack(
        hello.tick_us,
        hello.rate_hz,
        hello.acc_scale,
        hello.gyro_scale,
        hello.acc_range_g,
        hello.gyro_range_dps,
        hello.has_gyroscope * _HAS_GYROSCOPE | hello.streaming * _STREAMING,
        hello.mode,
        battery,
        hello.side,
        *hello.firmware,
        hello.core,
        model,
    )


def decode(data: bytes) -> Frame | BadFrame:
    """Read one frame. Never raises; a frame is given only if its CRC is right."""
    if len(data) < OVERHEAD_BYTES:
        return BadFrame(BadReason.SHORT)
    version, kind, boot, sequence = HEADER.unpack_from(data)
    if version != VERSION:
        return BadFrame(BadReason.VERSION)
    if kind not in _READERS:
        return BadFrame(BadReason.TYPE)
    if len(data) != _length_told(kind, data):
        return BadFrame(BadReason.LENGTH)
    if not is_sealed(data):
        return BadFrame(BadReason.CRC)
    try:
        return _READERS[kind](boot, sequence, data)
    except ValueError:
        return BadFrame(BadReason.VALUE)


def is_sealed(data: bytes) -> bool:
    """Whether the CRC at the end is that of what stands before it."""
    end = len(data) - CRC.size
    (told,) = CRC.unpack_from(data, end)
    return bool(crc_hqx(memoryview(data)[:end], 0xFFFF) == told)


def _length_told(kind: int, data: bytes) -> int:
    length = OVERHEAD_BYTES + _PAYLOADS[kind].size
    if kind == FrameType.SAMPLES and len(data) >= length:
        count = data[HEADER.size + _SAMPLES.size - 1]
        length += count * SAMPLE_BYTES
    return length


def _read_hello(boot: int, sequence: int, data: bytes) -> Hello:
    tick_us, rate_hz, acc_scale, gyro_scale, acc_range, gyro_range, flags, mode, battery, side, *rest = (
        _HELLO.unpack_from(data, HEADER.size)
    )
    *firmware, core, model_bytes = rest
    model = model_bytes.rstrip(b"\0").decode("ascii")
    if not model.isprintable():
        raise ValueError("control characters, which a terminal would obey")
    acc_can_be = 0.0 < acc_scale <= LARGEST_SCALE
    gyro_can_be = 0.0 <= gyro_scale <= LARGEST_SCALE
    if not (_positive(rate_hz) and acc_can_be and gyro_can_be):
        raise ValueError("a scale or rate that cannot be")
    if battery > 100 and battery != NO_BATTERY_GAUGE:
        raise ValueError("a charge above 100 %")
    return Hello(
        boot,
        sequence,
        tick_us,
        rate_hz,
        acc_scale,
        gyro_scale,
        acc_range,
        gyro_range,
        bool(flags & _HAS_GYROSCOPE),
        bool(flags & _STREAMING),
        Mode(mode),
        None if battery == NO_BATTERY_GAUGE else battery,
        Side(side),
        (firmware[0], firmware[1], firmware[2]),
        core,
        model,
    )


def _read_samples(boot: int, sequence: int, data: bytes) -> Samples:
    tick_us, period_ns, count = _SAMPLES.unpack_from(data, HEADER.size)
    if count == 0 or period_ns == 0:
        raise ValueError("no samples, or no time between them")
    raw = np.frombuffer(data, "<i2", count * 6, HEADER.size + _SAMPLES.size).reshape(count, 6)
    return Samples(boot, sequence, tick_us, period_ns, raw)


def _read_stride(boot: int, sequence: int, data: bytes) -> StrideFrame:
    toe_off_us, contact_us, mid_stance_us, *values, activity, bits, side = _STRIDE.unpack_from(
        data, HEADER.size
    )
    if activity not in (Activity.WALKING, Activity.RUNNING):
        raise ValueError("a stride is walked or run")
    return StrideFrame(
        boot,
        sequence,
        toe_off_us,
        contact_us,
        mid_stance_us,
        tuple(values),
        Activity(activity),
        bool(bits & _CLIPPED),
        bool(bits & _GOOD),
        Side(side),
    )


def _read_cue(boot: int, sequence: int, data: bytes) -> CueFrame:
    tick_us, kind, reason, tempo_spm = _CUE.unpack_from(data, HEADER.size)
    return CueFrame(boot, sequence, tick_us, CueKind(kind), CueReason(reason), tempo_spm)


def _read_button(boot: int, sequence: int, data: bytes) -> ButtonFrame:
    return ButtonFrame(boot, sequence, *_TICK_AND_COUNT.unpack_from(data, HEADER.size))


def _read_battery(boot: int, sequence: int, data: bytes) -> BatteryFrame:
    tick_us, percent = _TICK_AND_COUNT.unpack_from(data, HEADER.size)
    if percent > 100:
        raise ValueError("a charge above 100 %")
    return BatteryFrame(boot, sequence, tick_us, percent)


def _read_ack(boot: int, sequence: int, data: bytes) -> Ack:
    token, command, status = _ACK.unpack_from(data, HEADER.size)
    return Ack(boot, sequence, token, command, Status(status))


def _positive(value: float) -> bool:
    return 0.0 < value < math.inf


_PAYLOADS: dict[int, struct.Struct] = {
    FrameType.HELLO: _HELLO,
    FrameType.SAMPLES: _SAMPLES,
    FrameType.STRIDE: _STRIDE,
    FrameType.CUE: _CUE,
    FrameType.BUTTON: _TICK_AND_COUNT,
    FrameType.BATTERY: _TICK_AND_COUNT,
    FrameType.ACK: _ACK,
}

_READERS: dict[int, Callable[[int, int, bytes], Frame]] = {
    FrameType.HELLO: _read_hello,
    FrameType.SAMPLES: _read_samples,
    FrameType.STRIDE: _read_stride,
    FrameType.CUE: _read_cue,
    FrameType.BUTTON: _read_button,
    FrameType.BATTERY: _read_battery,
    FrameType.ACK: _read_ack,
}
