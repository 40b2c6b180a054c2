"""Movesense: accelerometer and gyroscope over its "GATT SensorData Protocol", version 1.

Needs firmware with that protocol in the sensor (the sample application `gatt_sensordata_app`, or Movesense
Medical). Sources: [P] the protocol's page, movesense.com/docs/esw/gatt_sensordata_protocol; [F] that
application's GATTSensorDataClient.cpp in movesense-device-lib; [C] public clients, such as the Python
example beside it. No sensor was at hand.
"""

from __future__ import annotations

import math
import struct
from collections import deque
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, SampleBlock, Sensor
from firmware_bridge.clock import MILLISECONDS_32, PodClock
from firmware_bridge.message import LinkEvent, LinkState, Message
from firmware_bridge.pods.pacing import Pace
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL, UNKNOWN_CHANNEL, count_event, parse_battery
from firmware_bridge.readings import Losses, PodInfo, Reading, Write

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"  # [P]
WRITE_CHANNEL = "34800001-7185-4d5d-b431-630e7050e8f0"  # [P]
NOTIFY_CHANNEL = "34800002-7185-4d5d-b431-630e7050e8f0"  # [P]

RATES_HZ = (13, 26, 52, 104, 208, 416, 833)
"""What the sensor offers (unverified beyond 104 [C]); it answers 404 and the like to others."""
DEFAULT_RATE_HZ = 104
"""Our choice: the highest at which public clients are seen to stream over this protocol."""
ACC_RANGE_G = 8
GYRO_RANGE_DPS = 2000
"""As the sensor starts (unverified); the protocol has no command to set or ask them."""
REFERENCE = 99
"""Names our subscription in answers. Any but 0, which marks a free place in the sensor [F]; 99 as in [C]."""
SILENCE_S = 1.0
"""Packets come many times a second. Our choice."""

AXES_BYTES = 12  # three float32 [C]
SAMPLE_BYTES = 2 * AXES_BYTES
FIRST_PART_BYTES = 152
"""A packet this long is followed by a second part [C]: the sensor's notifications hold 155 to 158."""
_HEAD_BYTES = 2
_STAMP = struct.Struct("<I")
_RECENT = 8


class Request(IntEnum):
    """First byte of a command; the reference follows [P][F]."""

    HELLO = 0
    SUBSCRIBE = 1  # then the path, without a zero at its end
    UNSUBSCRIBE = 2


class Response(IntEnum):
    """First byte of a notification; the reference follows [F][C]."""

    COMMAND_RESULT = 1  # then an HTTP status
    DATA = 2  # then u32 ms of the first sample, accelerations, rotations
    DATA_PART2 = 3  # the rest of a DATA that was too long


class BadMovesense(StrEnum):
    """Why bytes are none that the protocol has, or cannot be used."""

    SHORT = "too short"
    TYPE = "unknown type"
    LENGTH = "wrong length"
    STATUS = "no HTTP status"
    REFERENCE = "answer to another"
    NO_FIRST = "second part without the first"
    NO_SECOND = "first part without the second"


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a command: an HTTP status."""

    reference: int
    status: int


@dataclass(frozen=True, slots=True)
class Part:
    """Data of a subscription, or a part of it: what follows the head."""

    reference: int
    is_second: bool
    payload: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Imu6:
    """Samples in the sensor's units.

    Attributes:
        stamp_ms: the sensor's clock at the first sample, modulo 2³².
        acceleration_m_s2: float32, shape (n, 3), n >= 1.
        rotation_dps: float32, shape (n, 3).
    """

    stamp_ms: int
    acceleration_m_s2: NDArray[np.float32]
    rotation_dps: NDArray[np.float32]


def subscribe(rate_hz: int) -> Write:
    """The command for accelerometer and gyroscope at a rate."""
    return Write(WRITE_CHANNEL, bytes([Request.SUBSCRIBE, REFERENCE]) + f"/Meas/IMU6/{rate_hz}".encode())


def unsubscribe() -> Write:
    """The command that ends them; harmless when there are none [F]."""
    return Write(WRITE_CHANNEL, bytes([Request.UNSUBSCRIBE, REFERENCE]))


def parse(data: bytes) -> Result | Part | BadMovesense:
    """Read a notification. Never raises."""
    if len(data) <= _HEAD_BYTES:
        return BadMovesense.SHORT
    kind, reference, payload = data[0], data[1], data[_HEAD_BYTES:]
    match kind:
        case Response.DATA | Response.DATA_PART2:
            return Part(reference, kind == Response.DATA_PART2, payload)
        case Response.COMMAND_RESULT:
            status = _status(payload)
            return BadMovesense.STATUS if status is None else Result(reference, status)
        case _:
            return BadMovesense.TYPE


def parse_imu6(payload: bytes) -> Imu6 | BadMovesense:
    """Read whole IMU6 data: all accelerations stand before all rotations [C]. Never raises."""
    values, rest = divmod(len(payload) - _STAMP.size, SAMPLE_BYTES)
    if values < 1 or rest:
        return BadMovesense.LENGTH
    (stamp_ms,) = _STAMP.unpack_from(payload)
    acceleration, rotation = np.frombuffer(payload, "<f4", offset=_STAMP.size).reshape(2, values, 3)
    return Imu6(stamp_ms, acceleration, rotation)


def _status(payload: bytes) -> int | None:
    """An HTTP status: little endian in newer firmware [C], big endian (507 as 01 FB) or u8 in older [F]."""
    statuses = (int.from_bytes(payload, "little"), int.from_bytes(payload, "big"))
    return next((status for status in statuses if 100 <= status < 600), None)


class Movesense:
    """The `PodProfile` of Movesense sensors.

    Args:
        rate_hz: samples a second.

    Raises:
        ValueError: a rate that the sensor has not.
    """

    name = "movesense"
    title = "Movesense"
    service = SERVICE
    notify = (NOTIFY_CHANNEL, BATTERY_LEVEL)
    silence_s = SILENCE_S
    gives = "samples (accelerometer, gyroscope)"

    def __init__(self, rate_hz: int = DEFAULT_RATE_HZ) -> None:
        if rate_hz not in RATES_HZ:
            choice = ", ".join(map(str, RATES_HZ))
            raise ValueError(f"a Movesense takes no {rate_hz} samples a second: choose one of {choice}")
        self._rate_hz = rate_hz

    def greeting(self) -> tuple[Write, ...]:
        """Subscribe, once: a second subscription would send every sample twice."""
        return (unsubscribe(), subscribe(self._rate_hz))

    def farewell(self) -> tuple[Write, ...]:
        """Unsubscribe: the sensor may sleep."""
        return (unsubscribe(),)

    def decoder(self) -> MovesenseDecoder:
        """A new decoder for one run."""
        return MovesenseDecoder(self._rate_hz)


class MovesenseDecoder:
    """The `Decoder` of Movesense sensors.

    Packets have no numbers: what is missing is told by the time stamps. A refused subscription is counted
    among the bad packets in words that say so.

    Attributes:
        losses: counted so far.
        clock: the sensor's.
    """

    def __init__(self, rate_hz: int = DEFAULT_RATE_HZ) -> None:
        self.losses = Losses()
        self.clock = PodClock(MILLISECONDS_32)
        self._pace = Pace(rate_hz, resolution_us=1000.0)
        sensor = Sensor(
            acc_limit_m_s2=ACC_RANGE_G * GRAVITY_M_S2 * 0.999,
            gyro_limit_rad_s=math.radians(GYRO_RANGE_DPS) * 0.999,
        )
        self._info: PodInfo | None = PodInfo(Movesense.title, "", sensor, float(rate_hz))
        self._first_part: bytes | None = None
        self._second_part = b""  # the newest one
        self._recent: deque[bytes] = deque(maxlen=_RECENT)

    def take(self, message: Message) -> list[Reading]:
        """The readings that a message completes, in order. Never raises, whatever the bytes."""
        if isinstance(message, LinkEvent):
            count_event(self.losses, message)
            if message.state is LinkState.CONNECTED:
                self._first_part = None
                info, self._info = self._info, None
                return [info] if info else []
            return []
        self.losses.packets += 1
        if message.channel == BATTERY_LEVEL and (battery := parse_battery(message.data)):
            return [battery]
        parsed = parse(message.data) if message.channel == NOTIFY_CHANNEL else UNKNOWN_CHANNEL
        match parsed:
            case Result(_, status):
                if status >= 400:
                    self._bad(f"the sensor refuses to send samples (status {status})")
            case Part(reference, is_second, payload) if reference == REFERENCE:
                whole = self._whole(payload, is_second)
                if whole is not None:
                    return self._read(whole, message.t_host_ns)
            case Part():
                self._bad(BadMovesense.REFERENCE)
            case str():
                self._bad(parsed)
        return []

    def finish(self) -> list[Reading]:
        """Nothing: a first part alone cannot be read."""
        return []

    def requests(self) -> list[Write]:
        """Nothing beyond the greeting is asked."""
        return []

    def _whole(self, payload: bytes, is_second: bool) -> bytes | None:
        """The data once they are complete."""
        if is_second:
            first, self._first_part = self._first_part, None
            if first is not None:
                self._second_part = payload
                return first + payload
            if payload == self._second_part:
                self.losses.duplicates += 1
            else:
                self._bad(BadMovesense.NO_FIRST)
            return None
        if payload in self._recent:
            self.losses.duplicates += 1
            return None
        self._recent.append(payload)
        if self._first_part is not None:
            self._bad(BadMovesense.NO_SECOND)
            self._first_part = None
        if _HEAD_BYTES + len(payload) >= FIRST_PART_BYTES and (len(payload) - _STAMP.size) % SAMPLE_BYTES:
            self._first_part = payload
            return None
        return payload

    def _read(self, payload: bytes, t_host_ns: int) -> list[Reading]:
        data = parse_imu6(payload)
        if isinstance(data, BadMovesense):
            self._bad(data)
            return []
        count = len(data.acceleration_m_s2)
        span_us = round((count - 1) * self._pace.period_us)
        first_us = self.clock.place(data.stamp_ms, t_host_ns, span_us)
        if self.clock.restarts != self.losses.restarts:
            self.losses.restarts = self.clock.restarts
            self._pace.restart()
        t_us = self._pace.place(first_us, count)
        if t_us is None:
            self.losses.late += 1
            return []
        self.losses.lost_samples += self._pace.take_lost_samples()
        with np.errstate(all="ignore"):  # any bits may come
            rotation = data.rotation_dps * np.float32(math.radians(1.0))
        return [SampleBlock(t_us, np.hstack([data.acceleration_m_s2, rotation]))]

    def _bad(self, reason: str) -> None:
        self.losses.bad_packets[str(reason)] += 1
