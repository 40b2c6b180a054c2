"""Polar's measurement data service (PMD): its bytes, both ways. Pure.

Source: the tests and documents of Polar's own BLE SDK (github.com/polarofficial/polar-ble-sdk). The
decoder is our own since that of polar-python 1.1.1 takes cut frames for whole ones, rounds to 1 mg and
imports bleak with its parsers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL_CHANNEL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"  # read, write, indicate
DATA_CHANNEL = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"  # notify

AXES = 3
CONTROL_RESPONSE = 0xF0
COMPRESSED = 0x80
_DATA_HEAD = struct.Struct("<BQB")
_RESPONSE_BYTES = 4
_MOST_DELTA_BITS = 32
_INTEGER_DTYPES = {1: "<i1", 2: "<i2", 4: "<i4"}


class Measurement(IntEnum):
    """What is measured, or a mode that is switched like a measurement."""

    ACCELERATION = 2
    ROTATION = 5
    SDK_MODE = 9  # more rates and ranges, on devices that have it


class Operation(IntEnum):
    """What the host asks."""

    SETTINGS = 1
    START = 2
    STOP = 3


class Setting(IntEnum):
    """A setting of a measurement; what it can be, what it shall be, or what the device made of it."""

    RATE_HZ = 0
    RESOLUTION_BITS = 1
    RANGE = 2  # g or deg/s
    RANGE_MILLI = 3
    CHANNELS = 4
    FACTOR = 5  # float32, unit a count
    SECURITY = 6


_SETTING_BYTES = {
    Setting.RATE_HZ: 2,
    Setting.RESOLUTION_BITS: 2,
    Setting.RANGE: 2,
    Setting.RANGE_MILLI: 4,
    Setting.CHANNELS: 1,
    Setting.FACTOR: 4,
    Setting.SECURITY: 16,
}

REFUSALS = (
    "success",
    "invalid operation",
    "invalid measurement",
    "not supported",
    "invalid length",
    "invalid parameter",
    "already in that state",
    "invalid resolution",
    "invalid rate",
    "invalid range",
    "invalid MTU",
    "invalid number of channels",
    "invalid state",
    "the device is charging",
)
"""What a response code says."""


class BadPmd(StrEnum):
    """Why bytes are no frame or response, or one that is not read here."""

    SHORT = "too short"
    TYPE = "unknown type"
    LENGTH = "wrong length"
    VALUE = "impossible value"


@dataclass(frozen=True, slots=True)
class ControlResponse:
    """The device's answer to a command.

    Attributes:
        operation, measurement: those of the command.
        code: 0 for success, else see `refusal`.
        settings: what can be chosen, or what the device chose.
    """

    operation: Operation
    measurement: Measurement
    code: int
    settings: dict[Setting, tuple[int, ...]]

    @property
    def refusal(self) -> str:
        """The code in words."""
        return REFUSALS[self.code] if self.code < len(REFUSALS) else f"error {self.code}"

    @property
    def factor(self) -> float:
        """Unit a count, where the device tells one; else 1."""
        words = self.settings.get(Setting.FACTOR)
        if not words:
            return 1.0
        return float(np.array([words[0]], np.uint32).view(np.float32)[0])


@dataclass(frozen=True, slots=True, eq=False)
class DataFrame:
    """Some consecutive samples.

    Attributes:
        measurement: ACCELERATION or ROTATION.
        stamp_ns: the device's clock at the LAST sample, ns (from 2000 on once it was set).
        values: float64, shape (n, 3), n >= 1.
        unit: g or deg/s a value; to be multiplied by the factor of the start response if `has_factor`.
    """

    measurement: Measurement
    stamp_ns: int
    values: NDArray[np.float64]
    unit: float
    has_factor: bool


def stop(measurement: Measurement) -> bytes:
    """The command that ends a measurement or mode."""
    return bytes([Operation.STOP, measurement])


def ask_settings(measurement: Measurement) -> bytes:
    """The command that asks what can be chosen."""
    return bytes([Operation.SETTINGS, measurement])


def start(measurement: Measurement, settings: dict[Setting, int] | None = None) -> bytes:
    """The command that starts a measurement or mode. Raises OverflowError for a value beyond its field."""
    command = bytes([Operation.START, measurement])
    for setting, value in (settings or {}).items():
        command += bytes([setting, 1]) + value.to_bytes(_SETTING_BYTES[setting], "little")
    return command


def parse_settings(data: bytes) -> dict[Setting, tuple[int, ...]]:
    """Settings: type, count, values, again and again. Ends at what is unknown or cut: devices send such."""
    settings = {}
    place = 0
    while place + 2 <= len(data) and data[place] in _SETTING_BYTES:
        setting, count = Setting(data[place]), data[place + 1]
        size = _SETTING_BYTES[setting]
        place += 2
        if place + count * size > len(data):
            break
        ends = range(place + size, place + count * size + 1, size)
        settings[setting] = tuple(int.from_bytes(data[end - size : end], "little") for end in ends)
        place += count * size
    return settings


def parse_response(data: bytes) -> ControlResponse | BadPmd:
    """Read an indication of the control point. Never raises."""
    if len(data) < _RESPONSE_BYTES:
        return BadPmd.SHORT
    kind, operation, measurement, code = data[:_RESPONSE_BYTES]
    if kind != CONTROL_RESPONSE:
        return BadPmd.TYPE
    try:
        # A byte between tells of more to come; no device is known to need it for these measurements.
        settings = parse_settings(data[_RESPONSE_BYTES + 1 :])
        return ControlResponse(Operation(operation), Measurement(measurement), code, settings)
    except ValueError:
        return BadPmd.TYPE


def parse_data(data: bytes) -> DataFrame | BadPmd:
    """Read a notification of the data characteristic. Never raises."""
    if len(data) <= _DATA_HEAD.size:
        return BadPmd.SHORT
    kind, stamp_ns, frame_type = _DATA_HEAD.unpack_from(data)
    layout = _LAYOUTS.get((kind, frame_type))
    if layout is None:
        return BadPmd.TYPE
    size, unit, is_float = layout
    body = data[_DATA_HEAD.size :]
    values = _decompress(body, size) if frame_type & COMPRESSED else _integers(body, size)
    if isinstance(values, BadPmd):
        return values
    if is_float:
        with np.errstate(invalid="ignore"):  # any bits may come
            numbers = (values & 0xFFFFFFFF).astype(np.uint32).view(np.float32).astype(np.float64)
        if not np.isfinite(numbers).all():
            return BadPmd.VALUE
    else:
        limit = 1 << (8 * size - 1)
        if values.min() < -limit or values.max() >= limit:
            return BadPmd.VALUE
        numbers = values.astype(np.float64)
    return DataFrame(Measurement(kind), stamp_ns, numbers, unit, bool(frame_type & COMPRESSED))


_LAYOUTS: dict[tuple[int, int], tuple[int, float, bool]] = {
    (Measurement.ACCELERATION, 0): (1, 1e-3, False),
    (Measurement.ACCELERATION, 1): (2, 1e-3, False),
    (Measurement.ACCELERATION, 2): (3, 1e-3, False),
    (Measurement.ACCELERATION, COMPRESSED | 0): (2, 1.0, False),
    (Measurement.ACCELERATION, COMPRESSED | 1): (2, 1e-3, False),
    (Measurement.ROTATION, COMPRESSED | 0): (2, 1.0, False),
    (Measurement.ROTATION, COMPRESSED | 1): (4, 1.0, True),
}
"""Measurement and frame type to: bytes a value, g or deg/s a value, whether the bits are a float32's."""


def _integers(body: bytes, size: int) -> NDArray[np.int64] | BadPmd:
    """Signed little-endian integers of some bytes each, three a sample."""
    count, rest = divmod(len(body), AXES * size)
    if rest or not count:
        return BadPmd.LENGTH
    if size == 3:
        wide = np.zeros((count * AXES, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(body, np.uint8).reshape(-1, 3)
        return (wide.view("<i4") >> 8).astype(np.int64).reshape(count, AXES)
    return np.frombuffer(body, _INTEGER_DTYPES[size]).astype(np.int64).reshape(count, AXES)


def _decompress(body: bytes, size: int) -> NDArray[np.int64] | BadPmd:
    """A first sample, then blocks of differences from sample to sample.

    A block: u8 bits a difference, u8 samples, then the differences, lowest bit first, two's complement,
    filled up to a whole byte.
    """
    place = AXES * size
    first = _integers(body[:place], size)
    if isinstance(first, BadPmd):
        return BadPmd.LENGTH
    steps = [first]
    while place < len(body):
        if place + 2 > len(body):
            return BadPmd.LENGTH
        width, count = body[place], body[place + 1]
        if not 1 <= width <= _MOST_DELTA_BITS:
            return BadPmd.VALUE
        numbers = count * AXES
        length = (numbers * width + 7) // 8
        place += 2
        if place + length > len(body):
            return BadPmd.LENGTH
        packed = np.frombuffer(body, np.uint8, length, place)
        bits = np.unpackbits(packed, count=numbers * width, bitorder="little").reshape(numbers, width)
        weights = 1 << np.arange(width, dtype=np.int64)
        weights[-1] = -weights[-1]
        steps.append((bits @ weights).reshape(count, AXES))
        place += length
    return np.cumsum(np.concatenate(steps), axis=0)
