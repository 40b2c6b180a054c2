"""Damaged and random bytes for every parser, at a hundred thousand a second.

A fuzz target is a parser, some good inputs to damage, and what it promises of any input. The strings
follow from a seed alone. By hand:

    python -m tests.firmware_bridge.fuzzing --count 10000000
"""

from __future__ import annotations

import argparse
import struct
import time
import warnings
from binascii import crc_hqx
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from cadence.cue import CueKind, CueReason
from cadence.sample import SampleBlock
from cadence.stride import Activity, Side
from firmware_bridge.commands import Info, SetRate, SetTime, Start, Tick, decode_command, encode_command
from firmware_bridge.frames import (
    BadFrame,
    BatteryFrame,
    ButtonFrame,
    CueFrame,
    Mode,
    StrideFrame,
    decode,
    encode,
)
from firmware_bridge.message import SERIAL_CHANNEL, LinkEvent, LinkState, Packet
from firmware_bridge.pods.movesense import Movesense
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.pods.polar import Polar
from firmware_bridge.pods.polar_frames import CONTROL_CHANNEL
from firmware_bridge.pods.rsc import Rsc
from firmware_bridge.readings import PodProfile
from firmware_bridge.serial_framing import Splitter, pack, unpack

from .open_pod_frames import START_NS, ack, hello, stream

LIFE = 1000
"""So many strings go to one decoder before a new one takes its place."""
LONGEST = 300

Parse = Callable[[bytes], bool]
"""Takes one string; tells whether it was accepted as good. Raises when a promise is broken."""


@dataclass(frozen=True)
class Target:
    """A parser to be tried.

    Attributes:
        name: for people.
        make: a new parser, with whatever it remembers.
        seeds: good inputs.
        mend: puts a checksum right after damage, so that what lies behind it is tried too.
    """

    name: str
    make: Callable[[], Parse]
    seeds: tuple[bytes, ...]
    mend: Callable[[bytes], bytes] | None = None


@dataclass(frozen=True)
class Outcome:
    """How many strings were tried, and how many of them were accepted."""

    strings: int
    accepted: int


class BrokenPromiseError(Exception):
    """A parser raised, or accepted what it must not; the string that did it is told."""


def strings(target: Target, count: int, seed: int) -> Iterator[bytes]:
    """As many strings: some random, most of them good ones with some damage."""
    random = Random(f"{target.name} {seed}")
    below = random.random
    seeds, mend = target.seeds, target.mend
    for _ in range(count):
        kind = below()
        if kind < 0.1:
            yield random.randbytes(int(below() * LONGEST))
            continue
        data = bytearray(seeds[int(below() * len(seeds))])
        for _ in range(1 + int(below() * below() * 6)):
            _damage(data, below, random)
        yield mend(bytes(data)) if mend is not None and kind > 0.7 else bytes(data)


def _damage(data: bytearray, below: Callable[[], float], random: Random) -> None:
    kind = below()
    at = int(below() * len(data))
    if not data or kind < 0.1:
        data[at:at] = random.randbytes(1 + int(below() * 8))
    elif kind < 0.4:
        data[at] ^= 1 << int(below() * 8)
    elif kind < 0.65:
        data[at] = int(below() * 256)
    elif kind < 0.8:
        data[at : at + 4] = _EXTREMES[int(below() * len(_EXTREMES))]
    elif kind < 0.9:
        del data[at:]
    else:
        del data[at : at + 1 + int(below() * 8)]


_EXTREMES = (
    bytes(4),
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\x80",
    b"\0\0\x80\x7f",  # infinity as a float32
    b"\0\0\xc0\x7f",  # not a number
    b"\x01\0\0\0",
)


def run(target: Target, count: int, seed: int = 0) -> Outcome:
    """Try a parser.

    Raises:
        BrokenPromiseError: with the string that did it.
    """
    parse = target.make()
    accepted = 0
    for number, data in enumerate(strings(target, count, seed)):
        if number % LIFE == 0:
            parse = target.make()
        try:
            accepted += parse(data)
        except Exception as error:
            raise BrokenPromiseError(f"{target.name}: {error!r} at string {number}: {data.hex()}") from error
    return Outcome(count, accepted)


def has_right_crc(frame: bytes) -> bool:
    """Whether the last two bytes are CRC-16/IBM-3740 of all before."""
    return crc_hqx(frame[:-2], 0xFFFF).to_bytes(2, "little") == frame[-2:]


def with_right_crc(frame: bytes) -> bytes:
    """The frame with its last two bytes put right."""
    return frame[:-2] + crc_hqx(frame[:-2], 0xFFFF).to_bytes(2, "little")


def _decode() -> Parse:
    def parse(data: bytes) -> bool:
        good = not isinstance(decode(data), BadFrame)
        assert not good or has_right_crc(data), "a frame with a wrong CRC was accepted"
        return good

    return parse


def _decode_command() -> Parse:
    def parse(data: bytes) -> bool:
        good = not isinstance(decode_command(data), BadFrame)
        assert not good or has_right_crc(data), "a command with a wrong CRC was accepted"
        return good

    return parse


def _serial() -> Parse:
    splitter = Splitter()

    def parse(data: bytes) -> bool:
        return any(not isinstance(unpack(packet), BadFrame) for packet in splitter.feed(data))

    return parse


def decoder_of(
    profile: PodProfile,
    is_sealed: Callable[[bytes], bool] | None = None,
    number: Callable[[bytes, int], bytes] | None = None,
    channel: str | None = None,
    prelude: tuple[tuple[str, bytes], ...] = (),
) -> Callable[[], Parse]:
    """A parser of a pod's packets, over its whole decoder.

    Args:
        profile: of the pod.
        is_sealed: whether a packet's checksum is right; None for a pod that has none.
        number: gives a packet with a right checksum a sequence number, so that it is taken for a new one.
        channel: what packets come on; the profile's own channels in turn when None.
        prelude: good packets, with their channels, that must come before any samples are read.
    """
    channels = profile.notify if channel is None else (channel,)

    def make() -> Parse:
        decoder = profile.decoder()
        decoder.take(LinkEvent(START_NS, LinkState.CONNECTED, profile.name))
        for told_on, told in prelude:
            decoder.take(Packet(START_NS, told_on, told))
        taken = numbered = 0
        last_us: int | None = None

        def parse(data: bytes) -> bool:
            nonlocal taken, numbered, last_us
            taken += 1
            t_host_ns = START_NS + taken * 30_000_000
            if taken % 100 == 0:
                decoder.take(LinkEvent(t_host_ns, LinkState.LOST))
            is_good = is_sealed is None or is_sealed(data)
            if is_good and number is not None:
                data = number(data, numbered)
                numbered += 1
            readings = list(decoder.take(Packet(t_host_ns, channels[taken % len(channels)], data)))
            decoder.requests()
            assert is_good or not readings, "read despite a wrong CRC"
            for reading in readings:
                if isinstance(reading, SampleBlock):
                    assert reading.motion.shape == (len(reading.t_us), 6)
                    times_us = reading.t_us.tolist()
                    assert times_us == sorted(times_us), "time runs backwards within a block"
                    assert last_us is None or times_us[0] >= last_us, "time runs backwards"
                    last_us = times_us[-1]
            return bool(readings)

        return parse

    return make


def _with_number(frame: bytes, number: int) -> bytes:
    return with_right_crc(frame[:6] + number.to_bytes(4, "little") + frame[10:])


def _packed_has_right_crc(packet: bytes) -> bool:
    frame = unpack(packet)
    return not isinstance(frame, BadFrame) and has_right_crc(frame)


def _packed_with_right_crc(packet: bytes) -> bytes:
    frame = unpack(packet)
    return packet if isinstance(frame, BadFrame) else pack(with_right_crc(frame))[:-1]


def _packed_with_number(packet: bytes, number: int) -> bytes:
    frame = unpack(packet)
    assert not isinstance(frame, BadFrame)
    return pack(_with_number(frame, number))[:-1]


_BOOT = hello().boot
_FRAMES = tuple(
    encode(frame)
    for frame in (
        hello(),
        *stream(6),
        StrideFrame(_BOOT, 7, 1, 2, 3, (0.7,) * 9, Activity.RUNNING, False, True, Side.LEFT),
        CueFrame(_BOOT, 8, 4, CueKind.WALK, CueReason.PLAN, 180.0),
        ButtonFrame(_BOOT, 9, 5, 1),
        BatteryFrame(_BOOT, 10, 6, 50),
        ack(_BOOT, 11),
    )
)
_COMMANDS = tuple(
    encode_command(command, 1)
    for command in (Start(Mode.RAW), SetRate(416.0), Tick(Side.LEFT, 40), SetTime(1), Info())
)
_MOVESENSE = (
    *(b"\x02\x63" + struct.pack("<I48f", 1000 + 80 * n, *(9.81,) * 48) for n in range(6)),
    b"\x02\x63" + struct.pack("<I6f", 1000, *(9.81,) * 6),
    b"\x03\x63" + struct.pack("<48f", *(9.81,) * 48)[148:],
    b"\x01\x63\xc8\x00",
)
_POLAR_PRELUDE = tuple(
    (CONTROL_CHANNEL, bytes.fromhex(text))
    for text in (
        "f0 01 02 00 00 00 01 34 00 02 01 08 00",  # acceleration can be had: 52 Hz, 8 g
        "f0 01 05 03 00",  # rotation cannot
        "f0 02 02 00 00 05 01 00 00 80 3f",  # acceleration is started
    )
)
_POLAR = (
    *(b"\x02" + struct.pack("<QB9h", 10**18 + n * 57_692_308, 1, *(0, 0, 1000) * 3) for n in range(6)),
    *(
        b"\x02" + struct.pack("<QB3h2B12b", 10**18 + n * 96_153_846, 0x81, 0, 0, 1000, 8, 4, *(1, -1, 2) * 4)
        for n in range(6)
    ),
    *(told for _, told in _POLAR_PRELUDE),
)
_RSC = (
    bytes.fromhex("00 0003 a5"),
    bytes.fromhex("01 0003 a5 e600"),
    bytes.fromhex("07 0003 52 e600 e8030000"),
)
_PACKED = tuple(pack(frame) for frame in _FRAMES)

TARGETS = (
    Target("frames", _decode, _FRAMES, with_right_crc),
    Target("commands", _decode_command, _COMMANDS, with_right_crc),
    Target("serial line", _serial, _PACKED),
    Target(
        "open pod over BLE",
        decoder_of(OpenPod(Mode.BOTH), has_right_crc, _with_number),
        _FRAMES,
        with_right_crc,
    ),
    Target(
        "open pod over a serial line",
        decoder_of(OpenPod(Mode.STRIDES), _packed_has_right_crc, _packed_with_number, SERIAL_CHANNEL),
        tuple(packet[:-1] for packet in _PACKED),
        _packed_with_right_crc,
    ),
    Target("Movesense", decoder_of(Movesense()), _MOVESENSE),
    Target("Polar", decoder_of(Polar(), prelude=_POLAR_PRELUDE), _POLAR),
    Target("running speed and cadence", decoder_of(Rsc()), _RSC),
)


def main() -> None:
    """Try every target with its share of the strings, and tell how fast it went."""
    parser = argparse.ArgumentParser(description="Try damaged and random bytes on every parser.")
    parser.add_argument("--count", type=int, default=1_000_000, help="strings in all")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    began_s = time.perf_counter()
    for target in TARGETS:
        target_began_s = time.perf_counter()
        outcome = run(target, arguments.count // len(TARGETS), arguments.seed)
        rate = outcome.strings / (time.perf_counter() - target_began_s)
        print(
            f"{target.name}: {outcome.strings} strings, {outcome.accepted} accepted, {rate:,.0f} a second",
            flush=True,
        )
    print(f"no promise broken in {time.perf_counter() - began_s:.0f} s")


if __name__ == "__main__":
    main()
