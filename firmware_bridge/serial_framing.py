"""Frames on a serial line: COBS, a zero after each (Cheshire and Baker 1999).

A reader that joins in the middle, or meets damage, is right again at the next zero.
"""

from __future__ import annotations

from cobs import cobs

from firmware_bridge.frames import BadFrame, BadReason

LONGEST_PACKET_BYTES = 4096
"""Far above any frame. What runs on for longer without a zero is no pod; it is handed on in pieces."""


def pack(frame: bytes) -> bytes:
    """A frame as it goes over the line."""
    return bytes(cobs.encode(frame)) + b"\0"


def unpack(packet: bytes) -> bytes | BadFrame:
    """The frame in what stood between two zeros. Never raises."""
    try:
        return bytes(cobs.decode(packet))
    except cobs.DecodeError:
        return BadFrame(BadReason.COBS)


class Splitter:
    """Cuts the bytes of a line at its zeros, however they arrive."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The packets that end in this chunk, still in COBS and without their zeros; empty ones left out."""
        *ended, rest = chunk.split(b"\0")
        packets = []
        for part in ended:
            self._rest += part
            if self._rest:
                packets.append(bytes(self._rest))
                self._rest.clear()
        self._rest += rest
        while len(self._rest) >= LONGEST_PACKET_BYTES:
            packets.append(bytes(self._rest[:LONGEST_PACKET_BYTES]))
            del self._rest[:LONGEST_PACKET_BYTES]
        return packets
