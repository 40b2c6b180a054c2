"""The open pod: what to write to it, and what its frames mean. `docs/protocol.md` has the format."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.sample import SampleBlock, from_raw
from cadence.stride import STRIDE
from firmware_bridge.clock import MICROSECONDS_32, REORDERING_US, PodClock
from firmware_bridge.commands import Command, CommandType, Info, Start, Stop, encode_command
from firmware_bridge.frames import (
    Ack,
    BadFrame,
    BatteryFrame,
    ButtonFrame,
    CueFrame,
    Frame,
    Hello,
    Mode,
    Samples,
    Status,
    StrideFrame,
    decode,
)
from firmware_bridge.message import SERIAL_CHANNEL, LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import Battery, Button, Losses, PodCue, PodInfo, PodStride, Reading, Write
from firmware_bridge.reassembly import NewLife, Reassembly
from firmware_bridge.serial_framing import unpack

SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
WRITE_CHANNEL = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
NOTIFY_CHANNEL = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
"""Nordic's UART service: its characteristics are named from the pod's side, RX and TX."""

SILENCE_S = 1.0
"""With samples: they come many times a second, and a radio at its worst delays them by less. Our choice."""
STRIDES_SILENCE_S = 25.0
"""Without: a pod whose runner stands tells its battery every 10 s, and one of those may be lost."""
OVERLAP_US = 20_000
"""Sample frames are in their order here, so a step back is jitter of the stamps, or beyond this a clock
that was set back. Our choice: half a usual frame."""
CLOCK_FAULT_US = 30_000_000
"""Between two frames that follow each other the pod's clock cannot gain so much on the host's: nothing that
delays a frame delays it longer. As much again for each that is missing between them, since 255 slow samples
take 20 s. Our choice, ten times the pod's buffer."""
WAITING_FRAMES = 128
"""Kept while the pod has not said how to read them. Our choice: four seconds."""
ASK_EVERY_PACKETS = 32
"""The same is not asked again sooner. Our choice: a second of samples."""
UNKNOWN_CHANNEL = "unknown channel"

_GREETING_TOKEN, _FAREWELL_TOKEN, _REQUEST_TOKEN = 1, 2, 3

_NAMES = {Mode.RAW: "open", Mode.STRIDES: "open-strides", Mode.BOTH: "open-both"}

Timed = Samples | StrideFrame | CueFrame | ButtonFrame


def request(command: Command, token: int) -> Write:
    """A command as it is written to the pod."""
    return Write(WRITE_CHANNEL, encode_command(command, token))


class OpenPod:
    """The `PodProfile` of the open pod.

    Args:
        mode: what it is asked to send.

    Attributes:
        name: as of a `PodProfile`; of each mode another.
    """

    title = "Open pod"
    service = SERVICE
    notify = (NOTIFY_CHANNEL,)
    gives = "samples (accelerometer, gyroscope), battery, button"

    def __init__(self, mode: Mode = Mode.RAW) -> None:
        self._mode = mode
        # In a recording the name says how to read it: without samples it is another's clock that leads.
        self.name = _NAMES[mode]
        self.silence_s = STRIDES_SILENCE_S if mode is Mode.STRIDES else SILENCE_S

    def greeting(self) -> tuple[Write, ...]:
        """START: the pod answers with a hello and streams."""
        return (request(Start(self._mode), _GREETING_TOKEN),)

    def farewell(self) -> tuple[Write, ...]:
        """STOP: the pod falls silent."""
        return (request(Stop(), _FAREWELL_TOKEN),)

    def decoder(self) -> OpenPodDecoder:
        """A new decoder for one run."""
        return OpenPodDecoder(self._mode)


class OpenPodDecoder:
    """The `Decoder` of the open pod.

    Samples come out in the order of their times over the whole run, whatever the pod's clock does.

    Attributes:
        losses: counted so far.
        clock: the pod's.
    """

    def __init__(self, mode: Mode = Mode.RAW) -> None:
        self.losses = Losses()
        # A stride is told some time after it closed: without samples, events overtake one another.
        overlap_us = REORDERING_US if mode is Mode.STRIDES else OVERLAP_US
        self.clock = PodClock(MICROSECONDS_32, reordering_us=overlap_us)
        self._mode = mode
        self._order: Reassembly[tuple[Frame, int]] = Reassembly(self.losses)
        self._placed_sequence = 0
        self._hello: Hello | None = None
        self._acc_scale = self._gyro_scale = np.float32(np.nan)
        self._info: PodInfo | None = None
        self._waiting: deque[tuple[Timed, int]] = deque()
        self._last_us: int | None = None
        # When the next sample is due and in which life of the clock; None when none is awaited.
        self._due: tuple[int, int] | None = None
        self._requests: list[Write] = []
        self._asked_at: dict[Command, int] = {}

    def take(self, message: Message) -> list[Reading]:
        """The readings that a message completes, in order. Never raises, whatever the bytes."""
        if isinstance(message, LinkEvent):
            return self._take_event(message)
        self.losses.packets += 1
        frame = _frame_of(message)
        if isinstance(frame, str):
            self.losses.bad_packets[frame] += 1
            return []
        numbered = (frame, message.t_host_ns)
        mark, is_hello = crc32(message.data), isinstance(frame, Hello)
        return self._read_all(
            self._order.take(frame.boot, frame.sequence, numbered, mark=mark, is_hello=is_hello)
        )

    def finish(self) -> list[Reading]:
        """What was held back. What the pod never said how to read is counted as unplaced."""
        readings = self._read_all(self._order.release())
        self._forget_waiting()
        return readings

    def requests(self) -> list[Write]:
        """INFO while samples cannot be read for want of a hello, START when the pod does not stream."""
        requests, self._requests = self._requests, []
        return requests

    def _take_event(self, event: LinkEvent) -> list[Reading]:
        match event.state:
            case LinkState.LOST:
                self.losses.disconnects += 1
                return self._read_all(self._order.release())
            case LinkState.CLOSED:
                return self._read_all(self._order.release())
            case LinkState.STALLED:
                self.losses.stalls += 1
            case LinkState.OVERFLOW:
                self.losses.overflow_packets += event.count
        return []

    def _read_all(self, frames: Sequence[tuple[Frame, int] | NewLife]) -> list[Reading]:
        readings: list[Reading] = []
        for numbered in frames:
            if isinstance(numbered, NewLife):
                self._begin_life()
                continue
            frame, t_host_ns = numbered
            readings += self._read(frame, t_host_ns)
        return readings

    def _begin_life(self) -> None:
        self.losses.restarts += 1
        self.clock.restart()
        self._hello = None
        self._due = None
        self._asked_at.clear()
        self._forget_waiting()

    def _read(self, frame: Frame, t_host_ns: int) -> Sequence[Reading]:
        match frame:
            case Hello():
                return self._greet(frame)
            case BatteryFrame():
                return (Battery(frame.percent),)
            case Ack():
                if frame.command == CommandType.STOP and frame.status is Status.DONE:
                    self._due = None
                return ()
            case _ if self._can_place(frame):
                return self._place(frame, t_host_ns)
            case _:
                self._keep(frame, t_host_ns)
                return ()

    def _greet(self, hello: Hello) -> list[Reading]:
        self._hello = hello
        self._acc_scale = np.float32(hello.acc_scale)
        # Without a gyroscope its three counts mean nothing: times NaN they are missing values.
        self._gyro_scale = np.float32(hello.gyro_scale if hello.has_gyroscope else np.nan)
        readings: list[Reading] = []
        info = PodInfo(hello.model, ".".join(map(str, hello.firmware)), hello.sensor, hello.rate_hz)
        if info != self._info:
            self._info = info
            readings.append(info)
        if hello.battery_percent is not None:
            readings.append(Battery(hello.battery_percent))
        if not hello.streaming:
            self._due = None
        if not hello.streaming or hello.mode is not self._mode:
            self._ask(Start(self._mode))
        return readings + self._place_waiting()

    def _can_place(self, frame: Timed) -> bool:
        """A hello is needed, and since time 0 is a sample's, a sample must come first where any will."""
        if self._hello is None:
            return False
        return isinstance(frame, Samples) or self.clock.running or self._mode is Mode.STRIDES

    def _keep(self, frame: Timed, t_host_ns: int) -> None:
        if len(self._waiting) == WAITING_FRAMES:
            self._waiting.popleft()
            self.losses.unplaced += 1
        self._waiting.append((frame, t_host_ns))
        if self._hello is None:
            self._ask(Info())

    def _place_waiting(self) -> list[Reading]:
        waiting, self._waiting = self._waiting, deque()
        readings: list[Reading] = []
        for frame, t_host_ns in waiting:
            readings += self._read(frame, t_host_ns)
        return readings

    def _forget_waiting(self) -> None:
        self.losses.unplaced += len(self._waiting)
        self._waiting.clear()

    def _ask(self, command: Command) -> None:
        asked_at = self._asked_at.get(command)
        if asked_at is None or self.losses.packets - asked_at >= ASK_EVERY_PACKETS:
            self._asked_at[command] = self.losses.packets
            self._requests.append(request(command, _REQUEST_TOKEN))

    def _place(self, frame: Timed, t_host_ns: int) -> Sequence[Reading]:
        match frame:
            case Samples():
                block = self._place_samples(frame, t_host_ns)
                return (block, *self._place_waiting()) if self._waiting else (block,)
            case StrideFrame():
                return (self._place_stride(frame, t_host_ns),)
            case CueFrame():
                t_s = self._event_us(frame, frame.tick_us, t_host_ns) / 1e6
                return (PodCue(np.array([(t_s, frame.kind, frame.reason, frame.tempo_spm)], CUE)[0]),)
            case ButtonFrame():
                return (Button(self._event_us(frame, frame.tick_us, t_host_ns) / 1e6),)

    def _place_samples(self, frame: Samples, t_host_ns: int) -> SampleBlock:
        offsets_us = _offsets_us(len(frame.raw), frame.period_ns)
        span_us = int(offsets_us[-1])
        first_us = self._lead_clock(frame, frame.tick_us, t_host_ns, span_us)
        if self._due is not None and self._due[1] == self.clock.restarts:
            missing_ns = (first_us - self._due[0]) * 1000
            self.losses.lost_samples += max(0, (missing_ns + frame.period_ns // 2) // frame.period_ns)
        self._due = (first_us + len(frame.raw) * frame.period_ns // 1000, self.clock.restarts)
        t_us = offsets_us + first_us
        if self._last_us is not None and first_us < self._last_us:
            np.maximum(t_us, self._last_us, out=t_us)
        self._last_us = int(t_us[-1])
        return from_raw(t_us, frame.raw, self._acc_scale, self._gyro_scale)

    def _place_stride(self, frame: StrideFrame, t_host_ns: int) -> PodStride:
        stride = np.zeros(1, STRIDE)[0]
        stride["t_mid_stance_s"] = self._event_us(frame, frame.mid_stance_us, t_host_ns) / 1e6
        stride["t_contact_s"] = self.clock.time_of(frame.contact_us) / 1e6
        stride["t_toe_off_s"] = self.clock.time_of(frame.toe_off_us) / 1e6
        values = np.array(frame.values, np.float32)
        with np.errstate(all="ignore"):  # whatever the pod says of its stride time
            stride["cadence_spm"] = np.float32(120.0) / values[0]
        for name, value in zip(_STRIDE_VALUES, values, strict=True):
            stride[name] = value
        stride["clipped"], stride["good"] = frame.clipped, frame.good
        stride["activity"], stride["side"] = frame.activity, frame.side
        return PodStride(stride)

    def _event_us(self, event: Timed, tick_us: int, t_host_ns: int) -> int:
        """Samples lead the clock; where there are none, the events do."""
        if self._mode is Mode.STRIDES:
            self._lead_clock(event, tick_us, t_host_ns)
        return self.clock.time_of(tick_us)

    def _lead_clock(self, frame: Timed, tick_us: int, t_host_ns: int, span_us: int = 0) -> int:
        """Place a frame, and count it if the clock leapt before it, forwards or backwards."""
        was_running, lives = self.clock.running, self.clock.restarts
        missing = (frame.sequence - self._placed_sequence - 1) & 0xFFFFFFFF
        if self.clock.gains_us(tick_us, t_host_ns) > CLOCK_FAULT_US * (1 + missing):
            self.clock.restart()
        first_us = self.clock.place(tick_us, t_host_ns, span_us)
        self.losses.clock_faults += was_running and self.clock.restarts > lives
        self._placed_sequence = frame.sequence
        return first_us


_STRIDE_VALUES = (
    "stride_time_s",
    "contact_time_s",
    "stride_length_m",
    "speed_m_s",
    "climb_m",
    "grade_percent",
    "flight_time_s",
    "strike_angle_deg",
    "impact_g",
)


def _frame_of(packet: Packet) -> Frame | str:
    """The frame in a packet, or why there is none."""
    data: bytes | BadFrame = packet.data
    if packet.channel == SERIAL_CHANNEL:
        data = unpack(packet.data)
    elif packet.channel != NOTIFY_CHANNEL:
        return UNKNOWN_CHANNEL
    frame = data if isinstance(data, BadFrame) else decode(data)
    return frame.reason.value if isinstance(frame, BadFrame) else frame


@lru_cache(maxsize=64)
def _offsets_us(count: int, period_ns: int) -> NDArray[np.int64]:
    """From a frame's first sample to each of them, as `Samples` says."""
    offsets_us = np.arange(count, dtype=np.int64) * period_ns // 1000
    offsets_us.flags.writeable = False
    return offsets_us
