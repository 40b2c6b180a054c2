"""What may come of a pod in a run, drawn at random: for tests that read the same messages in two ways."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cadence.cue import CueKind, CueReason
from cadence.stride import Activity, Side
from firmware_bridge.frames import (
    Ack,
    BatteryFrame,
    ButtonFrame,
    CueFrame,
    Frame,
    Hello,
    Mode,
    Samples,
    Status,
    StrideFrame,
    encode,
)
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL
from firmware_bridge.pods.rsc import MEASUREMENT
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL

START_US = 1_700_000_000_123_457
TURN = 1 << 32
LEAPS_US = (-40_000_000, -300_000, -15_000, 15_000, 400_000, 29_000_000, 61_000_000, 5_000_000_000)
"""Small jitter, a packet overtaken, clocks set forward and back, and a silence of more than a turn."""
STATES = tuple(state for state in LinkState if state is not LinkState.CONNECTED)

Fate = tuple[str, int]


@dataclass
class _OpenPod:
    """A pod whose frames meet with whatever is drawn. Its samples may be any counts."""

    draw: Random
    name: str
    boot: int
    sequence: int
    tick_us: int
    t_us: int = START_US
    messages: list[Message] = field(default_factory=list)
    late: list[tuple[int, bytes]] = field(default_factory=list)
    period_ns: int = 2_403_846

    def send(self, frame: Frame, fate: str) -> None:
        self.sequence = (self.sequence + 1) % TURN
        data = bytearray(encode(frame))
        if fate == "damage":
            data[self.draw.randrange(len(data))] ^= 1 << self.draw.randrange(8)
        if fate == "cut":
            del data[self.draw.randrange(len(data)) :]
        if fate == "delay":
            self.late.append((len(self.messages) + self.draw.choice([1, 2, 3, 5, 9]), bytes(data)))
        elif fate != "drop":
            for _ in range(2 if fate == "twice" else 1):
                self.deliver(bytes(data))
        for due in [due for due in self.late if due[0] <= len(self.messages)]:
            self.late.remove(due)
            self.deliver(due[1])

    def deliver(self, data: bytes, channel: str = NOTIFY_CHANNEL) -> None:
        self.messages.append(Packet(self.t_us * 1000, channel, data))

    def event(self, state: LinkState) -> None:
        pod = self.name if state is LinkState.CONNECTED else ""
        self.messages.append(LinkEvent(self.t_us * 1000, state, pod, "", self.draw.randrange(5)))

    def pass_us(self, elapsed_us: int) -> None:
        self.t_us += max(0, elapsed_us)
        self.tick_us = (self.tick_us + elapsed_us) % TURN

    def samples(self, fate: str) -> None:
        count = self.draw.choice([1, 2, 13, 19])
        raw = np.frombuffer(self.draw.randbytes(12 * count), np.int16)
        frame = Samples(self.boot, self.sequence, self.tick_us, self.period_ns, raw.reshape(count, 6))
        self.pass_us(count * self.period_ns // 1000)
        self.send(frame, fate)

    def hello(self, fate: str, **changes: object) -> None:
        told = Hello(
            boot=self.boot,
            sequence=self.sequence,
            tick_us=self.tick_us,
            rate_hz=416.0,
            acc_scale=float(np.float32(self.draw.choice([0.0047884, 1.0, 1e-40]))),
            gyro_scale=float(np.float32(self.draw.choice([0.0012217, 0.0]))),
            acc_range_g=16,
            gyro_range_dps=2000,
            has_gyroscope=self.draw.random() < 0.8,
            streaming=self.draw.random() < 0.8,
            mode=self.draw.choice(list(Mode)),
            battery_percent=self.draw.choice([None, 0, 100]),
            side=self.draw.choice(list(Side)),
            firmware=(1, 2, self.draw.choice([3, 255])),
            core=0,
            model=self.draw.choice(["open pod", " pod", ""]),
        )
        self.send(replace(told, **changes), fate)  # type: ignore[arg-type]

    def event_frame(self, kind: str, fate: str) -> None:
        """A frame that is no sample."""
        draw, head = self.draw, (self.boot, self.sequence)
        tick_us = (self.tick_us - draw.choice([0, 0, 100_000, 3_000_000])) % TURN
        match kind:
            case "stride":
                ages = (draw.randrange(600_000), draw.randrange(300_000))
                values = tuple(any_float(draw) for _ in range(9))
                activity = draw.choice([Activity.WALKING, Activity.RUNNING])
                bits = draw.random() < 0.5, draw.random() < 0.5
                times = *((tick_us - age_us) % TURN for age_us in ages), tick_us
                self.send(StrideFrame(*head, *times, values, activity, *bits, draw.choice(list(Side))), fate)  # type: ignore[arg-type]
            case "cue":
                what = draw.choice(list(CueKind)), draw.choice(list(CueReason))
                self.send(CueFrame(*head, tick_us, *what, any_float(draw)), fate)
            case "button":
                self.send(ButtonFrame(*head, tick_us, 1), fate)
            case "battery":
                self.send(BatteryFrame(*head, tick_us, draw.randrange(101)), fate)
            case _:
                command = draw.choice([0x81, 0x82])
                self.send(Ack(*head, 1, command, draw.choice(list(Status))), fate)


def any_float(draw: Random) -> float:
    """A float32 as a pod may send it: mostly of a usual size, but any bits, and not a number."""
    kind = draw.random()
    if kind < 0.7:
        return float(np.float32(draw.uniform(-2.0, 20.0)))
    if kind < 0.8:
        return math.nan
    (value,) = struct.unpack("<f", draw.randbytes(4))
    return float(value)


FATES = ("well", "well", "well", "well", "drop", "twice", "delay", "damage", "cut")
EVENTS = ("stride", "stride", "cue", "button", "battery", "ack")


@st.composite
def open_pod_lives(draw: st.DrawFn, name: str) -> list[Message]:
    """The messages of an open pod to which anything may happen, from its first connection on."""
    pod = _OpenPod(
        draw=draw(st.randoms(use_true_random=False)),
        name=name,
        boot=draw(st.sampled_from([0, 7, TURN - 1])),
        sequence=draw(st.sampled_from([0, 0, 1 << 25, TURN - 9])),
        tick_us=draw(st.sampled_from([0, 1_000_000, TURN - 100_000])),
    )
    fates = st.sampled_from(FATES)
    steps: SearchStrategy[tuple[str, object]] = st.one_of(
        st.tuples(st.just("samples"), st.lists(fates, min_size=1, max_size=12)),
        st.tuples(st.just("spotless"), st.integers(1, 14)),
        st.tuples(
            st.just("events"), st.lists(st.tuples(st.sampled_from(EVENTS), fates), min_size=1, max_size=6)
        ),
        st.tuples(st.just("hello"), fates),
        st.tuples(st.just("good hello"), st.just("well")),
        st.tuples(st.just("boot"), st.sampled_from(["same", "new", "former"])),
        st.tuples(st.just("clock"), st.sampled_from(LEAPS_US)),
        st.tuples(st.just("silence"), st.sampled_from([40_000, 2_000_000, 9_000_000_000])),
        st.tuples(st.just("skip"), st.sampled_from([3, 40, 1 << 23, 1 << 25, TURN - 3])),
        st.tuples(st.just("link"), st.sampled_from(STATES)),
        st.tuples(st.just("again"), st.integers(1, 30)),
    )
    pod.event(LinkState.CONNECTED)
    if draw(st.sampled_from([True, True, True, False])):
        pod.hello("well", streaming=True)
    formers = [pod.boot]
    for what, how in draw(st.lists(steps, min_size=12, max_size=40)):
        match what, how:
            case "samples", list():
                for fate in how:
                    pod.samples(fate)
            case "spotless", int():
                for _ in range(how):
                    pod.samples("well")
            case "hello", str():
                pod.hello(how)
            case "good hello", _:
                pod.hello("well", streaming=True, has_gyroscope=True)
            case "boot", _:
                if how != "same":
                    pod.boot = formers[0] if how == "former" else pod.draw.randrange(TURN)
                    formers.append(pod.boot)
                pod.sequence, pod.tick_us = 0, pod.draw.choice([0, 900_000])
                if pod.draw.random() < 0.7:
                    pod.hello("well")
            case "clock", int():
                pod.tick_us = (pod.tick_us + how) % TURN
            case "silence", int():
                pod.pass_us(how)
            case "skip", int():
                pod.sequence = (pod.sequence + how) % TURN
            case "link", LinkState():
                pod.event(how)
                if how in (LinkState.LOST, LinkState.CLOSED):
                    pod.pass_us(1_500_000)
                    pod.event(LinkState.CONNECTED)
            case "again", int():  # as a buffer that is sent once more
                for message in [each for each in pod.messages if isinstance(each, Packet)][-how:]:
                    pod.deliver(message.data, message.channel)
            case "events", list():
                for kind, fate in how:
                    pod.pass_us(pod.draw.choice([0, 0, 700_000]))
                    pod.event_frame(kind, fate)
    return pod.messages


@st.composite
def rsc_lives(draw: st.DrawFn) -> list[Message]:
    """The messages of a Running Speed and Cadence sensor that counts either way, or tells nonsense."""
    t_us = START_US
    messages: list[Message] = [LinkEvent(t_us * 1000, LinkState.CONNECTED, "rsc")]
    elapsed = st.sampled_from([0, 30_000, 49_999, 50_000, 1_000_000, 1_000_000, 1_023_438, 70_000_000])
    for _ in range(draw(st.integers(2, 8))):
        run = draw(_stretches)
        for k in range(run.count):
            t_us += draw(elapsed) if run.ragged else 1_000_000
            messages.append(Packet(t_us * 1000, run.channel, run.data(k)))
        state = draw(st.sampled_from([None, None, *LinkState]))
        if state is not None:
            messages.append(
                LinkEvent(t_us * 1000, state, "rsc" if state is LinkState.CONNECTED else "", "", 3)
            )
    return messages


@dataclass(frozen=True)
class _Stretch:
    """Some measurements alike but for a wobble of the cadence."""

    count: int
    ragged: bool
    channel: str
    told: bytes
    per_min: int

    def data(self, k: int) -> bytes:
        return (
            bytes([*self.told[:3], (self.per_min + k % 3) % 256, *self.told[4:]])
            if self.per_min
            else self.told
        )


@st.composite
def _told(draw: st.DrawFn) -> tuple[bytes, int]:
    flags = draw(st.integers(0, 7) | st.integers(0, 255))
    speed = draw(st.sampled_from([0, 1, 127, 128, 384, 563, 564, 768, 1000, 65535]))
    per_min = draw(st.sampled_from([0, 52, 82, 109, 110, 130, 131, 165, 255]))
    length_cm = draw(st.sampled_from([0, 1, 73, 109, 110, 218, 219, 300, 65535]))
    body = struct.pack("<BHB", flags, speed, per_min)
    body += struct.pack("<H", length_cm) if flags & 1 else b""
    return body + (bytes(4) if flags & 2 else b""), per_min


@st.composite
def _stretch(draw: st.DrawFn) -> _Stretch:
    told, per_min = draw(_told())
    return _Stretch(draw(st.integers(1, 15)), draw(st.booleans()), MEASUREMENT, told, per_min)


_stretches = st.one_of(
    _stretch(),
    _stretch(),
    _stretch(),
    st.builds(
        _Stretch,
        st.just(1),
        st.just(True),
        st.sampled_from([MEASUREMENT, BATTERY_LEVEL, "elsewhere"]),
        st.binary(max_size=12) | st.sampled_from([b"\0", b"\x64", b"\x65"]),
        st.just(0),
    ),
)


def whole_us(messages: Sequence[Message]) -> list[Message]:
    """Messages with times in whole µs, as the page has them."""
    return [replace(message, t_host_ns=message.t_host_ns // 1000 * 1000) for message in messages]
