"""The bench's line to the firmware: it plays the sensor and the battery, and asks what only a bench may ask.

Packets in COBS, a zero after each, on the second UART of the board; `c/mps2_an386/bench.h` is the other
end. The first byte is the type; numbers are little endian.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.serial_framing import pack

MOST_SAMPLES = 18
"""In one packet: what fits into a frame of 244 bytes."""

_SAMPLE = np.dtype([("tick_us", "<u4"), ("raw", "<i2", 6)])
_SENSOR = struct.Struct("<BfBB")
_REPORT = struct.Struct("<B12I")


class BenchPacket(IntEnum):
    """What a packet holds."""

    SAMPLES = 1
    SENSOR = 2
    HANG = 3
    BATTERY = 4
    REPORT = 5
    STARTED = 6


@dataclass(frozen=True, slots=True)
class SensorSetting:
    """How the firmware sets its sensor.

    Attributes:
        rate_hz: samples a second; 0 for off.
        watermark: samples in a batch.
        token: to be given back as soon as it is set so.
    """

    rate_hz: float
    watermark: int
    token: int


@dataclass(frozen=True, slots=True)
class Started:
    """The firmware has begun anew, with its sensor off."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What samples cost, in ticks of 40 ns of the board's time.

    Attributes:
        ticks: summed over the samples.
        most_ticks: of the dearest sample.
        stack_bytes: the most that one call took.
    """

    ticks: int
    most_ticks: int
    stack_bytes: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the firmware counted since its start.

    Attributes:
        tick_us: its clock, modulo 2³².
        samples: taken.
        given_up: frames that made room for newer ones.
        stack_peak_bytes: the most of its stack that was in use.
        awake_ticks: in which the processor was not asleep, in ticks of 40 ns of the board's time; wraps.
        core_samples: that went through the on-device core.
        detector, core: what it cost, the detector alone and with the policy.
    """

    tick_us: int
    samples: int
    given_up: int
    stack_peak_bytes: int
    awake_ticks: int
    core_samples: int
    detector: Cost
    core: Cost


def samples(ticks_us: NDArray[np.uint32], raw: NDArray[np.int16]) -> bytes:
    """A batch out of the sensor's FIFO.

    Args:
        ticks_us: uint32 (n,), the pod's clock at each, n at most `MOST_SAMPLES`.
        raw: int16 (n, 6), acceleration then rotation, in counts.
    """
    records = np.zeros(len(ticks_us), _SAMPLE)
    records["tick_us"], records["raw"] = ticks_us, raw
    return pack(bytes([BenchPacket.SAMPLES, len(records)]) + records.tobytes())


def is_set(token: int) -> bytes:
    """The sensor is set as told; what follows is so."""
    return pack(bytes([BenchPacket.SENSOR, token]))


def hang() -> bytes:
    """Stand still, until the watchdog bites."""
    return pack(bytes([BenchPacket.HANG]))


def battery(percent: int) -> bytes:
    """The battery has this charge."""
    return pack(bytes([BenchPacket.BATTERY, percent]))


def ask_report() -> bytes:
    """Say what was counted."""
    return pack(bytes([BenchPacket.REPORT]))


def read(packet: bytes) -> Started | SensorSetting | Report | None:
    """What the firmware says in a packet of at least a byte; None for what a reset cut off."""
    kind, length = packet[0], len(packet)
    if kind == BenchPacket.SENSOR and length == _SENSOR.size:
        _, rate_hz, watermark, token = _SENSOR.unpack(packet)
        return SensorSetting(rate_hz, watermark, token)
    if kind == BenchPacket.REPORT and length == _REPORT.size:
        _, *words = _REPORT.unpack(packet)
        tick_us, samples_taken, given_up, stack_peak_bytes, awake_ticks, core_samples, *costs = words
        return Report(
            tick_us,
            samples_taken,
            given_up,
            stack_peak_bytes,
            awake_ticks,
            core_samples,
            detector=Cost(*costs[:3]),
            core=Cost(*costs[3:]),
        )
    if kind == BenchPacket.STARTED and length == 1:
        return Started()
    return None
