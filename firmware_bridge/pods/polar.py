"""Polar sensors with the measurement data service: H10 (chest, accelerometer alone), Verity Sense (shoe).

`polar_frames` has the bytes. What is asked of the device follows from its answers: end what runs, switch
to SDK mode where there is one (it opens the gyroscope's and accelerometer's higher rates), ask what can be
chosen, start the gyroscope where there is one, and the accelerometer last, so that its first sample has a
rotation. No device was at hand.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from cadence.sample import GRAVITY_M_S2, SampleBlock, Sensor
from firmware_bridge.clock import NANOSECONDS_64, PodClock
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.joining import Joiner
from firmware_bridge.pods.pacing import Pace
from firmware_bridge.pods.polar_frames import (
    CONTROL_CHANNEL,
    DATA_CHANNEL,
    SERVICE,
    BadPmd,
    ControlResponse,
    DataFrame,
    Measurement,
    Operation,
    Setting,
    ask_settings,
    parse_data,
    parse_response,
    start,
    stop,
)
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL, UNKNOWN_CHANNEL, count_event, parse_battery
from firmware_bridge.readings import Losses, PodInfo, Reading, Write

DEFAULT_RATE_HZ = 208
"""The highest offered that is not above this is taken. Our choice: both streams fit the radio with room."""
SILENCE_S = 2.0
"""A compressed frame may hold more than a second at low rates. Our choice."""
OVERLAP_US = 5_000_000
"""The two streams' frames overlap in time, one waiting for the other. Our choice: some frames of each."""
LEAP_US = 60_000_000
"""A clock that is this much further on, or back, than the host's between two frames was set. Our choice."""
RESOLUTION_US = 1000.0
"""How far a stamp may jitter. Our choice; the device gives ns."""

_INT16_MAX = np.iinfo(np.int16).max
_RECENT = 8
_STREAMS = (Measurement.ACCELERATION, Measurement.ROTATION)


def control(command: bytes) -> Write:
    """A command as it is written to the device."""
    return Write(CONTROL_CHANNEL, command)


class Polar:
    """The `PodProfile` of Polar sensors.

    Args:
        rate_hz: samples a second; the device's next lower rate is taken.
    """

    name = "polar"
    title = "Polar sensor"
    service = SERVICE
    notify = (CONTROL_CHANNEL, DATA_CHANNEL, BATTERY_LEVEL)
    silence_s = SILENCE_S
    gives = "samples (accelerometer; gyroscope where it has one)"

    def __init__(self, rate_hz: int = DEFAULT_RATE_HZ) -> None:
        self._rate_hz = rate_hz

    def greeting(self) -> tuple[Write, ...]:
        """End what runs. The answer leads to all the rest."""
        return (control(stop(Measurement.ACCELERATION)),)

    def farewell(self) -> tuple[Write, ...]:
        """End both streams."""
        return tuple(control(stop(stream)) for stream in _STREAMS)

    def decoder(self) -> PolarDecoder:
        """A new decoder for one run."""
        return PolarDecoder(self._rate_hz)


class PolarDecoder:
    """The `Decoder` of Polar sensors.

    What the device refuses is counted among the bad packets in words that say so.

    Attributes:
        losses: counted so far; `lost_samples` are those of the accelerometer.
        clock: the device's.
    """

    def __init__(self, rate_hz: int = DEFAULT_RATE_HZ) -> None:
        self.losses = Losses()
        self.clock = PodClock(NANOSECONDS_64, reordering_us=OVERLAP_US)
        self._rate_hz = rate_hz
        self._chosen: dict[Measurement, dict[Setting, int]] = {}
        self._factors: dict[Measurement, float] = {}
        self._paces: dict[Measurement, Pace] = {}
        self._joiner = Joiner()
        self._asking = True
        self._info: PodInfo | None = None
        self._requests: list[Write] = []
        self._recent: deque[bytes] = deque(maxlen=_RECENT)
        # Rotations that came before any acceleration: time 0 is that of the first acceleration.
        self._early: deque[tuple[DataFrame, int]] = deque(maxlen=_RECENT)
        # Of all frames placed: the last sample, the arrival.
        self._newest_us = self._newest_host_ns = 0

    def take(self, message: Message) -> list[Reading]:
        """The readings that a message completes, in order. Never raises, whatever the bytes."""
        if isinstance(message, LinkEvent):
            return self._take_event(message)
        self.losses.packets += 1
        match message.channel:
            case channel if channel == DATA_CHANNEL:
                return self._take_data(message)
            case channel if channel == CONTROL_CHANNEL:
                response = parse_response(message.data)
                if isinstance(response, ControlResponse):
                    return self._take_response(response)
                self._bad(response)
            case channel if channel == BATTERY_LEVEL and (battery := parse_battery(message.data)):
                return [battery]
            case _:
                self._bad(UNKNOWN_CHANNEL)
        return []

    def finish(self) -> list[Reading]:
        """Accelerations that still waited for their rotation."""
        return list(self._joiner.flush())

    def requests(self) -> list[Write]:
        """The next command, as it follows from the answers."""
        requests, self._requests = self._requests, []
        return requests

    def _take_event(self, event: LinkEvent) -> list[Reading]:
        count_event(self.losses, event)
        match event.state:
            case LinkState.CONNECTED | LinkState.STALLED:
                # The greeting follows, and its answer begins the conversation anew.
                self._asking = True
                self._requests.clear()
            case LinkState.LOST | LinkState.CLOSED:
                return self.finish()
        return []

    def _take_response(self, response: ControlResponse) -> list[Reading]:
        if not self._asking:
            return []
        step = response.operation, response.measurement
        refused = response.code != 0
        match step:
            case Operation.STOP, Measurement.ACCELERATION:
                self._ask(stop(Measurement.ROTATION))
            case Operation.STOP, Measurement.ROTATION:
                self._ask(start(Measurement.SDK_MODE))
            case Operation.START, Measurement.SDK_MODE:
                self._chosen.clear()
                self._factors.clear()
                self._ask(ask_settings(Measurement.ACCELERATION))
            case Operation.SETTINGS, Measurement.ACCELERATION:
                if refused:
                    self._refused("the accelerometer", response)
                else:
                    self._choose(response)
                    self._ask(ask_settings(Measurement.ROTATION))
            case Operation.SETTINGS, Measurement.ROTATION:
                if not refused:
                    self._choose(response)
                rotates = Measurement.ROTATION in self._chosen
                self._start(Measurement.ROTATION if rotates else Measurement.ACCELERATION)
            case Operation.START, Measurement.ROTATION:
                if refused:
                    self._refused("the gyroscope", response)
                else:
                    self._note_started(response)
                self._start(Measurement.ACCELERATION)
            case Operation.START, Measurement.ACCELERATION:
                if not refused:
                    self._note_started(response)
                    return self._tell_sensor()
                self._refused("the accelerometer", response)
                # A gyroscope alone is of no use; in the silence the link greets anew.
                self._asking = False
                if Measurement.ROTATION in self._factors:
                    self._ask(stop(Measurement.ROTATION))
        return []

    def _choose(self, response: ControlResponse) -> None:
        """The rate as asked for, the widest range, and whatever else has to be said."""
        chosen = {setting: max(values) for setting, values in response.settings.items() if values}
        chosen.pop(Setting.FACTOR, None)
        chosen.pop(Setting.SECURITY, None)
        rates = response.settings.get(Setting.RATE_HZ, ())
        if rates:
            chosen[Setting.RATE_HZ] = max((r for r in rates if r <= self._rate_hz), default=min(rates))
        self._chosen[response.measurement] = chosen

    def _start(self, measurement: Measurement) -> None:
        # Without settings there is nothing to choose from, and the device says what it makes of that.
        self._ask(start(measurement, self._chosen.get(measurement)))

    def _note_started(self, response: ControlResponse) -> None:
        stream = response.measurement
        self._factors[stream] = response.factor
        rate_hz = self._chosen.get(stream, {}).get(Setting.RATE_HZ) or self._rate_hz
        pace = self._paces.get(stream)
        if pace is None or pace.rate_hz != rate_hz:
            self._paces[stream] = Pace(rate_hz, RESOLUTION_US)

    def _tell_sensor(self) -> list[Reading]:
        self._asking = False
        has_gyroscope = Measurement.ROTATION in self._factors
        sensor = Sensor(
            has_gyroscope=has_gyroscope,
            acc_limit_m_s2=self._limit(Measurement.ACCELERATION) * GRAVITY_M_S2,
            gyro_limit_rad_s=math.radians(self._limit(Measurement.ROTATION)),
        )
        info = PodInfo(Polar.title, "", sensor, float(self._paces[Measurement.ACCELERATION].rate_hz))
        if info == self._info:
            return []
        self._info = info
        return [info]

    def _limit(self, measurement: Measurement) -> float:
        """The largest value of a stream in g or deg/s: the range less a count of it."""
        full = self._chosen.get(measurement, {}).get(Setting.RANGE)
        return math.inf if full is None else full * _INT16_MAX / (_INT16_MAX + 1) * (1.0 - 1e-3)

    def _take_data(self, packet: Packet) -> list[Reading]:
        if packet.data in self._recent:
            self.losses.duplicates += 1
            return []
        frame = parse_data(packet.data)
        if isinstance(frame, BadPmd):
            self._bad(frame)
            return []
        self._recent.append(packet.data)
        if frame.measurement not in self._factors:
            self.losses.unplaced += 1
            return []
        if frame.measurement is Measurement.ROTATION and not self.clock.running:
            self._early.append((frame, packet.t_host_ns))
            return []
        blocks = self._place(frame, packet.t_host_ns)
        while self._early:
            blocks += self._place(*self._early.popleft())
        return list(blocks)

    def _place(self, frame: DataFrame, t_host_ns: int) -> list[SampleBlock]:
        pace = self._paces[frame.measurement]
        count = len(frame.values)
        span_ns = round((count - 1) * pace.period_us * 1000.0)
        first_ns = frame.stamp_ns - span_ns
        if self._has_leapt(first_ns, t_host_ns):
            self.clock.restart()
        first_us = self.clock.place(first_ns, t_host_ns, span_ns // 1000)
        self._newest_us = max(self._newest_us, first_us + span_ns // 1000)
        self._newest_host_ns = max(self._newest_host_ns, t_host_ns)
        blocks = []
        if self.clock.restarts != self.losses.restarts:
            self.losses.restarts = self.clock.restarts
            blocks = self._joiner.flush()
            for each in self._paces.values():
                each.restart()
        t_us = pace.place(first_us, count)
        if t_us is None:
            self.losses.late += 1
            return blocks
        scale = frame.unit * (self._factors[frame.measurement] if frame.has_factor else 1.0)
        if frame.measurement is Measurement.ROTATION:
            rotation = (frame.values * (scale * math.radians(1.0))).astype(np.float32)
            self._joiner.add_rotation(t_us, rotation, pace.period_us)
            return blocks + self._joiner.take()
        self.losses.lost_samples += pace.take_lost_samples()
        acceleration = (frame.values * (scale * GRAVITY_M_S2)).astype(np.float32)
        self._joiner.add_acceleration(t_us, acceleration)
        if Measurement.ROTATION in self._factors:
            return blocks + self._joiner.take()
        return blocks + self._joiner.flush()

    def _has_leapt(self, first_ns: int, t_host_ns: int) -> bool:
        if not self.clock.running:
            return False
        elapsed_us = max(0, t_host_ns - self._newest_host_ns) // 1000
        return abs(self.clock.time_of(first_ns) - self._newest_us) > elapsed_us + LEAP_US

    def _ask(self, command: bytes) -> None:
        self._requests.append(control(command))

    def _refused(self, what: str, response: ControlResponse) -> None:
        self._bad(f"the device refuses to start {what}: {response.refusal}")

    def _bad(self, reason: str) -> None:
        self.losses.bad_packets[str(reason)] += 1
