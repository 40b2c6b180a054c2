"""Frames on a serial line: cut at the zeros, however the bytes arrive."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.frames import BadFrame, BadReason
from firmware_bridge.serial_framing import LONGEST_PACKET_BYTES, Splitter, pack, unpack


def test_a_frame_on_the_line_has_no_zero_but_its_last_byte() -> None:
    assert pack(b"\x11\0\0\x22") == b"\x02\x11\x01\x02\x22\0"
    assert unpack(b"\x02\x11\x01\x02\x22") == b"\x11\0\0\x22"


def test_broken_cobs_is_told() -> None:
    assert unpack(b"\x09\x11") == BadFrame(BadReason.COBS)


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=8), st.data())
def test_how_the_line_is_cut_into_chunks_never_matters(frames: list[bytes], data: st.DataObject) -> None:
    line = b"".join(map(pack, frames))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=20)))
    splitter = Splitter()
    packets = []
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        packets += splitter.feed(line[start:end])
    assert [unpack(packet) for packet in packets] == frames


@given(st.binary(max_size=400).filter(lambda noise: not noise.endswith(b"\0")), st.binary(min_size=1))
def test_after_noise_the_line_is_right_again_at_the_next_zero(noise: bytes, frame: bytes) -> None:
    packets = Splitter().feed(noise + b"\0" + pack(frame))
    assert unpack(packets[-1]) == frame


def test_zeros_between_packets_mean_nothing() -> None:
    assert Splitter().feed(b"\0\0" + pack(b"a") + b"\0" + pack(b"b")) == [b"\x02a", b"\x02b"]


def test_a_line_without_zeros_takes_no_more_memory_than_a_packet() -> None:
    pieces = Splitter().feed(b"\x55" * (3 * LONGEST_PACKET_BYTES + 5))
    assert [len(piece) for piece in pieces] == [LONGEST_PACKET_BYTES] * 3


@given(st.binary(max_size=200))
def test_any_packet_is_unpacked_or_refused(packet: bytes) -> None:
    assert isinstance(unpack(packet), bytes | BadFrame)
