"""What a pod's packets mean, in the words of the project, whatever pod sent them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from cadence.sample import SampleBlock, Sensor
from cadence.stride import Activity
from firmware_bridge.message import Message


@dataclass(frozen=True, slots=True)
class PodInfo:
    """What a pod says of itself.

    Attributes:
        model: its name.
        firmware: version of its program; empty when not told.
        sensor: what is known of its sensor.
        rate_hz: samples a second as told or asked for; NaN for a pod that sends none.
    """

    model: str
    firmware: str
    sensor: Sensor
    rate_hz: float


@dataclass(frozen=True, slots=True)
class CadenceUpdate:
    """Ready-made cadence from a pod that sends no samples.

    Attributes:
        t_s: seconds on the recording's clock from its first reading.
        cadence_spm: steps of both feet a minute.
        speed_m_s: NaN when not told.
        stride_length_m: contact to next contact of the same foot; NaN when not told.
        activity: STATIONARY at cadence 0, else WALKING or RUNNING as told.
    """

    t_s: float
    cadence_spm: float
    speed_m_s: float
    stride_length_m: float
    activity: Activity


@dataclass(frozen=True, slots=True)
class Battery:
    """Charge of the pod's battery, 0 to 100 %."""

    percent: int


@dataclass(frozen=True, slots=True)
class PodStride:
    """A stride found by the pod itself: one record of dtype STRIDE, on the recording's clock."""

    stride: np.void


@dataclass(frozen=True, slots=True)
class PodCue:
    """A cue given by the pod itself: one record of dtype CUE, on the recording's clock."""

    cue: np.void


@dataclass(frozen=True, slots=True)
class Button:
    """The pod's button was pressed, at `t_s` on the recording's clock."""

    t_s: float


Reading = PodInfo | SampleBlock | CadenceUpdate | Battery | PodStride | PodCue | Button


@dataclass(slots=True)
class Losses:
    """What was received and what was not, since the link was first opened.

    Attributes:
        packets: as received, good or bad.
        bad_packets: those that could not be read, by reason.
        duplicates: good ones that had been seen before; not used again.
        late: good ones that came after the wait for them was over; not used.
        lost_frames: sequence numbers that never came in time; a damaged frame is lost too. 0 for pods
            that do not number their packets.
        lost_samples: samples missing by the pod's clock and rate, while the pod was on.
        unplaced: good ones not used because the pod never said how to read them.
        restarts: how often the pod began anew.
        clock_faults: how often its clock leapt, though nothing was lost.
        disconnects, stalls: of the link.
        overflow_packets: dropped because this program did not keep up.
    """

    packets: int = 0
    bad_packets: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    late: int = 0
    lost_frames: int = 0
    lost_samples: int = 0
    unplaced: int = 0
    restarts: int = 0
    clock_faults: int = 0
    disconnects: int = 0
    stalls: int = 0
    overflow_packets: int = 0


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes to write to a pod: over BLE to the characteristic `channel`, else to the serial port. `number`:
    to which pod of the run, from 0."""

    channel: str
    data: bytes
    number: int = 0


class Decoder(Protocol):
    """Turns the messages of one pod's link into readings. Pure: no clock, no I/O.

    Attributes:
        losses: counted so far.
    """

    @property
    def losses(self) -> Losses: ...

    def take(self, message: Message) -> Iterable[Reading]:
        """The readings that a message completes, in order. Never raises, whatever the bytes."""
        ...

    def finish(self) -> Iterable[Reading]:
        """What was still held back, once no more messages come."""
        ...

    def requests(self) -> Iterable[Write]:
        """What must be written to the pod now, as it follows from the messages; each is given once."""
        ...


class PodProfile(Protocol):
    """All that a link must know of a kind of pod.

    Attributes:
        name: short, such as "open", "movesense", "polar", "rsc"; it stands in recordings.
        title: for people.
        service: UUID, lower case, by which a BLE pod of the kind is known.
        notify: channels to listen to.
        silence_s: a connected pod of the kind that was started is never silent for longer.
        gives: what it can tell, a few plain words.
    """

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def service(self) -> str: ...
    @property
    def notify(self) -> tuple[str, ...]: ...
    @property
    def silence_s(self) -> float: ...
    @property
    def gives(self) -> str: ...

    def greeting(self) -> tuple[Write, ...]:
        """What to write on each new connection, once the channels are listened to. Harmless if repeated."""
        ...

    def farewell(self) -> tuple[Write, ...]:
        """What to write before the link is closed on purpose."""
        ...

    def decoder(self) -> Decoder:
        """A new decoder for one run with such a pod."""
        ...
