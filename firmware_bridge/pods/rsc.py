"""Any Running Speed and Cadence sensor: ready-made cadence, about once a second.

The Bluetooth SIG's characteristic gives the instantaneous cadence in "1/min" and does not say of what
(RSC Measurement 0x2A53, as quoted in the assigned numbers). Some sensors count the steps of both feet,
others (a Zwift RunPod: cagnulein/qdomyos-zwift, issue 1099) one foot's strides; likewise what is told as
stride length is a step's on some. So the convention is detected, shown and can be set; see `evidence`.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from enum import StrEnum

from cadence.sample import Sensor
from cadence.stride import Activity
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.standard_gatt import (
    BATTERY_LEVEL,
    UNKNOWN_CHANNEL,
    count_event,
    parse_battery,
    uuid_of,
)
from firmware_bridge.readings import CadenceUpdate, Losses, PodInfo, Reading, Write

SERVICE = uuid_of(0x1814)
MEASUREMENT = uuid_of(0x2A53)
FEATURE = uuid_of(0x2A54)

SILENCE_S = 5.0
"""Sensors send about once a second, and some nothing in the first seconds of a stop. Our choice."""
TWICE_WITHIN_NS = 50_000_000
"""The same bytes within this time are one measurement delivered twice. Our choice: far below 1 s."""

RUNS_FROM_M_S = 2.2
"""Faster than this is running, whatever a sensor tells that does not tell walking from running: people
change to a run at about 2 m/s (Hreljac 1993)."""
STANDS_BELOW_M_S = 0.5
"""A cadence of 0 at this speed or more is not known to the sensor. Our choice: no walk is slower."""
STRIDES_BELOW_PER_MIN = 110
"""Nobody runs with fewer steps a minute. Our choice, with a margin: runners make 140 and more."""
STEPS_ABOVE_PER_MIN = 130
"""Nobody but a sprinter makes twice as many steps a minute. Our choice, likewise."""
RATIO_BAND = 2.0**0.25
"""How far speed / (length x cadence) may lie from 1/2 or 2. Our choice: a quarter of the way to 1 and on."""
KNOWN_AT = 3
"""So many readings of one kind more than of the other settle the convention. Our choice: some seconds."""
SURE_AT = 10
"""More than that are not counted, so that a wrong start can be mended."""

_HEAD = struct.Struct("<BHB")
_LENGTH_PRESENT, _DISTANCE_PRESENT, _RUNNING = 1, 2, 4


class Convention(StrEnum):
    """What a sensor's cadence counts."""

    STEPS = "steps"
    STRIDES = "strides"


class BadRsc(StrEnum):
    """Why bytes are no measurement."""

    SHORT = "too short"
    LENGTH = "wrong length"


@dataclass(frozen=True, slots=True)
class RscMeasurement:
    """A measurement in the sensor's own words.

    Attributes:
        speed_m_s: to 1/256 m/s.
        cadence_per_min: steps or strides.
        length_m: to 1 cm, of a stride or a step; None when not told.
        distance_m: since the sensor's start, to 0.1 m; None when not told.
        running: False when walking, or not told.
    """

    speed_m_s: float
    cadence_per_min: int
    length_m: float | None
    distance_m: float | None
    running: bool


def parse(data: bytes) -> RscMeasurement | BadRsc:
    """Read a value of 0x2A53 (RSC Service 1.0, 3.1). Never raises. Reserved flags are ignored."""
    if len(data) < _HEAD.size:
        return BadRsc.SHORT
    flags, speed, cadence = _HEAD.unpack_from(data)
    has_length, has_distance = bool(flags & _LENGTH_PRESENT), bool(flags & _DISTANCE_PRESENT)
    if len(data) != _HEAD.size + 2 * has_length + 4 * has_distance:
        return BadRsc.LENGTH
    rest = data[_HEAD.size :]
    length_m = int.from_bytes(rest[:2], "little") / 100 if has_length else None
    distance_m = int.from_bytes(rest[-4:], "little") / 10 if has_distance else None
    return RscMeasurement(speed / 256, cadence, length_m, distance_m, bool(flags & _RUNNING))


def evidence(measurement: RscMeasurement) -> Convention | None:
    """What one measurement says of the cadence.

    Where a length is told, speed / (length x cadence) is 1/2 when the cadence counts steps and the length
    is a stride's, 2 when the cadence counts strides and the length is a step's, and 1 when both are of one
    kind, which tells nothing. Then, and without a length, what people can do decides: a runner below
    `STRIDES_BELOW_PER_MIN` can only be counted in strides, one above `STEPS_ABOVE_PER_MIN` only in steps.
    """
    cadence, speed_m_s = measurement.cadence_per_min, measurement.speed_m_s
    if cadence == 0:
        return None
    if measurement.length_m and speed_m_s > 0.0:
        ratio = speed_m_s * 60.0 / (measurement.length_m * cadence)
        if 0.5 / RATIO_BAND < ratio < 0.5 * RATIO_BAND:
            return Convention.STEPS
        if 2.0 / RATIO_BAND < ratio < 2.0 * RATIO_BAND:
            return Convention.STRIDES
    if _runs(measurement):
        if cadence < STRIDES_BELOW_PER_MIN:
            return Convention.STRIDES
        if cadence > STEPS_ABOVE_PER_MIN:
            return Convention.STEPS
    return None


class Rsc:
    """The `PodProfile` of Running Speed and Cadence sensors.

    Args:
        convention: "steps" or "strides"; None to have it detected.

    Raises:
        ValueError: another convention.
    """

    name = "rsc"
    title = "Running Speed and Cadence sensor"
    service = SERVICE
    notify = (MEASUREMENT, BATTERY_LEVEL)
    silence_s = SILENCE_S
    gives = "cadence and speed, about once a second"

    def __init__(self, convention: str | None = None) -> None:
        self._convention = None if convention is None else Convention(convention)

    def greeting(self) -> tuple[Write, ...]:
        """None: a sensor sends once it is listened to."""
        return ()

    def farewell(self) -> tuple[Write, ...]:
        """None."""
        return ()

    def decoder(self) -> RscDecoder:
        """A new decoder for one run."""
        return RscDecoder(self._convention)


class RscDecoder:
    """The `Decoder` of Running Speed and Cadence sensors.

    The sensor has no clock: its readings are placed by their arrival. A cadence of 0 means standing at rest
    alone; in motion it is not known. Until the convention is known,
    cadence and stride length are NaN and speed alone is told; a new `PodInfo` says when it is known, or
    was found to be the other one. It is kept over reconnects.

    Attributes:
        losses: counted so far.
        convention: what the cadence counts; None while not known.
    """

    def __init__(self, convention: Convention | None = None) -> None:
        self.losses = Losses()
        self.convention = convention
        self._is_set = convention is not None
        self._score = 0
        self._first_ns: int | None = None
        self._last: tuple[bytes, int] | None = None
        self._info: PodInfo | None = None

    def take(self, message: Message) -> list[Reading]:
        """The readings that a message completes, in order. Never raises, whatever the bytes."""
        if isinstance(message, LinkEvent):
            count_event(self.losses, message)
            return self._tell_info() if message.state is LinkState.CONNECTED else []
        self.losses.packets += 1
        if message.channel == BATTERY_LEVEL and (battery := parse_battery(message.data)):
            return [battery]
        measurement = parse(message.data) if message.channel == MEASUREMENT else UNKNOWN_CHANNEL
        if isinstance(measurement, str):
            self.losses.bad_packets[str(measurement)] += 1
            return []
        if self._is_twice(message):
            self.losses.duplicates += 1
            return []
        self._weigh(measurement)
        return [*self._tell_info(), self._update(measurement, message.t_host_ns)]

    def finish(self) -> list[Reading]:
        """Nothing: no reading is held back."""
        return []

    def requests(self) -> list[Write]:
        """Nothing is asked of such a sensor."""
        return []

    def _is_twice(self, packet: Packet) -> bool:
        last, self._last = self._last, (packet.data, packet.t_host_ns)
        return last is not None and last[0] == packet.data and packet.t_host_ns - last[1] < TWICE_WITHIN_NS

    def _weigh(self, measurement: RscMeasurement) -> None:
        found = evidence(measurement)
        if self._is_set or found is None:
            return
        step = 1 if found is Convention.STEPS else -1
        self._score = min(max(self._score + step, -SURE_AT), SURE_AT)
        if abs(self._score) >= KNOWN_AT:
            self.convention = Convention.STEPS if self._score > 0 else Convention.STRIDES

    def _update(self, measurement: RscMeasurement, t_host_ns: int) -> CadenceUpdate:
        if self._first_ns is None:
            self._first_ns = t_host_ns
        strides_per_min = math.nan
        if _stands(measurement):
            strides_per_min = 0.0
        elif self.convention is not None and measurement.cadence_per_min:
            strides_per_min = measurement.cadence_per_min / (2 if self.convention is Convention.STEPS else 1)
        return CadenceUpdate(
            t_s=(t_host_ns - self._first_ns) / 1e9,
            cadence_spm=2.0 * strides_per_min,
            speed_m_s=measurement.speed_m_s,
            stride_length_m=_stride_length_m(measurement, strides_per_min),
            activity=_activity(measurement),
        )

    def _tell_info(self) -> list[Reading]:
        if self.convention is None:
            words = "whether it counts steps or strides is not known yet"
        else:
            words = f"counts {self.convention} a minute, {'as set' if self._is_set else 'as detected'}"
        info = PodInfo(f"{Rsc.title} ({words})", "", Sensor(has_gyroscope=False), math.nan)
        if info == self._info:
            return []
        self._info = info
        return [info]


def _runs(measurement: RscMeasurement) -> bool:
    return measurement.running or measurement.speed_m_s >= RUNS_FROM_M_S


def _stands(measurement: RscMeasurement) -> bool:
    return measurement.cadence_per_min == 0 and measurement.speed_m_s < STANDS_BELOW_M_S


def _activity(measurement: RscMeasurement) -> Activity:
    if _stands(measurement):
        return Activity.STATIONARY
    return Activity.RUNNING if _runs(measurement) else Activity.WALKING


def _stride_length_m(measurement: RscMeasurement, strides_per_min: float) -> float:
    """What is told as length, doubled where that agrees better with speed and cadence: it is a step's."""
    length_m = measurement.length_m
    if not length_m or not strides_per_min > 0.0 or measurement.speed_m_s == 0.0:
        return math.nan
    covered_m = measurement.speed_m_s * 60.0 / strides_per_min
    return 2.0 * length_m if covered_m > math.sqrt(2.0) * length_m else length_m
