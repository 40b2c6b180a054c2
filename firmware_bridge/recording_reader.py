"""Reads a recording back, whole or cut off, as the messages that the run saw. See `recording_format`.

The mcap package parses the records. Going from record to record is done here, because its own reader ends
with an error, or with a message cut short, where a file was cut off.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import SEEK_CUR, BytesIO
from pathlib import Path
from typing import BinaryIO, TypeVar

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, Header, Metadata
from mcap.stream_reader import get_chunk_data_stream

from firmware_bridge.message import Message, Packet
from firmware_bridge.recording_format import (
    LINK,
    MAGIC,
    PACKETS,
    PROFILE,
    SETTINGS,
    VERSION,
    event_of,
    pod_and_rest,
)
from firmware_bridge.source import SourceError

LARGEST_RECORD_BYTES = 1 << 26
"""A longer record is damage; ours are under 2 MB. Keeps a damaged length from asking for all memory."""

_RECORD = struct.Struct("<BQ")  # opcode, length of what follows
_MESSAGE = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time; then the bytes
_CHUNK = struct.Struct("<BQQQQIIQ")
"""Opcode, length, first and last time, size, checksum, length of the compression's name (0 in ours), length
of the records that follow."""
_INDEX = struct.Struct("<HI")  # channel, length of what follows, once more
_DATA_END_BYTES = 4
_SUMMARY = frozenset(
    (
        Opcode.SCHEMA,
        Opcode.CHANNEL,
        Opcode.STATISTICS,
        Opcode.CHUNK_INDEX,
        Opcode.METADATA_INDEX,
        Opcode.SUMMARY_OFFSET,
        Opcode.FOOTER,
    )
)
_PIECE_BYTES = 1 << 16
_IN_DATA = frozenset((Opcode.HEADER, Opcode.METADATA, Opcode.CHUNK, Opcode.MESSAGE_INDEX, Opcode.DATA_END))
"""What the writer makes up to the end of the data."""
_MALFORMED = (McapError, struct.error, UnicodeError, OverflowError)

_Parsed = TypeVar("_Parsed")


@dataclass(slots=True)
class _Found:
    """What was found wrong while reading, and whether the end was seen."""

    ended: bool = False
    damaged_at: int | None = None
    damaged_chunks: int = 0
    unreadable_messages: int = 0


class Recording:
    """A recording opened for reading. Memory stays at one chunk, however long it is.

    Attributes:
        path: as the user named it.
        format: "mcap".
        settings: of the run, as the writer was given them.
    """

    format = "mcap"

    def __init__(self, path: Path | str) -> None:
        """Open it and read its settings.

        Raises:
            SourceError: it cannot be read, or is no recording of ours.
        """
        self.path = str(path)
        try:
            with open(path, "rb") as file:
                self.settings: Mapping[str, str] = _settings(file)
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
        except SourceError as error:
            raise SourceError(f"{path}: {error}") from None
        self._found: _Found | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What `messages` found missing or damaged, one plain line each; complete once it has run."""
        found, notes = self._found, []
        if found is None:
            return ()
        if found.damaged_chunks:
            parts = (
                "1 damaged part is"
                if found.damaged_chunks == 1
                else f"{found.damaged_chunks} damaged parts are"
            )
            notes.append(f"{parts} left out")
        if found.unreadable_messages:
            count = found.unreadable_messages
            notes.append(f"{count} message{' is' if count == 1 else 's are'} left out: not readable")
        if found.damaged_at is not None:
            notes.append(f"what follows byte {found.damaged_at} is left out: the file is damaged there")
        elif not found.ended:
            notes.append("the recording has no end: it was cut off; what came before is used")
        return tuple(notes)

    def messages(self) -> Iterator[Message]:
        """The packets and link events of all pods, in the order of the run. May be called again.

        Raises:
            SourceError: the file can no longer be read.
        """
        found = self._found = _Found()
        channels: dict[int, tuple[int, str]] = {}
        try:
            with open(self.path, "rb") as file:
                for opcode, body in _content(file, found):
                    if opcode == Opcode.CHANNEL:
                        channel = _parsed(Channel.read, body)
                        if channel is not None:
                            channels[channel.id] = pod_and_rest(channel.topic)
                        continue
                    place = _place(body, channels)
                    if place is None:
                        found.unreadable_messages += 1
                        continue
                    pod, topic = place
                    if topic.startswith(PACKETS):
                        _, _, t_host_ns, _ = _MESSAGE.unpack_from(body)
                        yield Packet(t_host_ns, topic.removeprefix(PACKETS), body[_MESSAGE.size :], pod)
                    elif topic == LINK.name:
                        _, _, t_host_ns, _ = _MESSAGE.unpack_from(body)
                        try:
                            event = event_of(body[_MESSAGE.size :], t_host_ns, pod)
                        except (ValueError, KeyError, TypeError):
                            found.unreadable_messages += 1
                        else:
                            yield event
        except OSError as error:
            raise SourceError(
                f"{self.path}: cannot be read: {(error.strerror or str(error)).lower()}"
            ) from None


def _settings(file: BinaryIO) -> dict[str, str]:
    """The settings of the run, from the first two records."""
    if file.read(len(MAGIC)) != MAGIC:
        raise SourceError("no recording: it does not begin as an MCAP file")
    records = _records(file, _Found())
    header = _first(records, Opcode.HEADER, Header.read)
    if not header.profile.startswith(PROFILE):
        raise SourceError("an MCAP file of another program; it holds nothing of a pod")
    if header.profile != f"{PROFILE}{VERSION}":
        raise SourceError("a recording of a newer version of this program; update this one")
    metadata = _first(records, Opcode.METADATA, Metadata.read)
    if metadata.name != SETTINGS:
        raise SourceError("a recording without its settings; another program has changed it")
    return dict(metadata.metadata)


def _first(
    records: Iterator[tuple[int, bytes, bool]], wanted: Opcode, read: Callable[[ReadDataStream], _Parsed]
) -> _Parsed:
    opcode, body, whole = next(records, (wanted, b"", False))
    if not whole:
        raise SourceError("the recording broke off as it began; there is nothing in it")
    record = _parsed(read, body) if opcode == wanted else None
    if record is None:
        raise SourceError("the recording is damaged where it begins, and cannot be read")
    return record


def _content(file: BinaryIO, found: _Found) -> Iterator[tuple[int, bytes]]:
    """Opcode and body of the channels and messages, in order. Ours all stand in chunks, under a checksum."""
    file.seek(len(MAGIC))
    for opcode, body, whole in _records(file, found):
        if opcode == Opcode.CHUNK:
            yield from _in_chunk(body, whole, found)
        elif opcode == Opcode.DATA_END and whole:
            found.ended = True
            return


def _records(file: BinaryIO, found: _Found) -> Iterator[tuple[int, bytes, bool]]:
    """Opcode and body of each record from here on, and whether the body is whole: the last may be cut.

    Damage can make any record look like another, or longer than it is. Where one cannot be as it says it
    goes on at the next chunk, wherever that begins.
    """
    while True:
        place = file.tell()
        head = file.read(_RECORD.size)
        if len(head) < _RECORD.size:
            return
        opcode, length = _RECORD.unpack(head)
        can_be = opcode in _IN_DATA and length <= LARGEST_RECORD_BYTES
        body = file.read(length) if can_be else b""
        whole = can_be and len(body) == length
        if whole and _is_sound(opcode, head, body, file):
            yield opcode, body, True
            continue
        chunk_at = _next_chunk(file, place + 1)
        if chunk_at is not None:
            found.damaged_chunks += 1
            file.seek(chunk_at)
        elif can_be and not whole:
            yield opcode, body, False
            return
        else:
            found.damaged_at = place
            return


def _is_sound(opcode: int, head: bytes, body: bytes, file: BinaryIO) -> bool:
    """Whether a record, just read from the file, is of the length that it must have where that is known."""
    match opcode:
        case Opcode.CHUNK:
            return len(head + body) >= _CHUNK.size and _is_chunk(head + body, 0)
        case Opcode.MESSAGE_INDEX:
            return len(body) >= _INDEX.size and len(body) == _INDEX.size + _INDEX.unpack_from(body)[1]
        case Opcode.DATA_END:
            return len(body) == _DATA_END_BYTES and _at_summary(file)
    return True


def _is_chunk(data: bytes, at: int) -> bool:
    """Whether a chunk as the writer makes them may begin there: its two lengths agree."""
    opcode, length, _, _, _, _, compression, records = _CHUNK.unpack_from(data, at)
    fits = records == length - (_CHUNK.size - _RECORD.size)
    return bool(opcode == Opcode.CHUNK and compression == 0 and fits and length <= LARGEST_RECORD_BYTES)


def _next_chunk(file: BinaryIO, place: int) -> int | None:
    """Where the first chunk as the writer makes them begins, at this place or behind; None without one."""
    file.seek(place)
    data = b""
    while piece := file.read(_PIECE_BYTES):
        data += piece
        at = data.find(Opcode.CHUNK)
        while 0 <= at <= len(data) - _CHUNK.size:
            if _is_chunk(data, at):
                return place + at
            at = data.find(Opcode.CHUNK, at + 1)
        passed = max(0, len(data) - _CHUNK.size + 1)
        place, data = place + passed, data[passed:]
    return None


def _at_summary(file: BinaryIO) -> bool:
    """Whether what comes next is of the summary, or was cut off."""
    head = file.read(1)
    file.seek(-len(head), SEEK_CUR)
    return not head or head[0] in _SUMMARY


def _in_chunk(body: bytes, whole: bool, found: _Found) -> Iterator[tuple[int, bytes]]:
    """What stands in a chunk.

    A cut one has no checksum to hold it to, but its whole messages are as they were written. A damaged
    one gives its channels alone: they are named once in the file, and later chunks need them.
    """
    chunk = _parsed(Chunk.read, body)
    if chunk is None:
        found.damaged_chunks += whole
        return
    if not whole:
        if not chunk.compression:
            yield from _split(chunk.data)
        return
    try:
        stream, length = get_chunk_data_stream(chunk, validate_crc=True)
    except Exception:  # zstandard and lz4 have errors of their own
        found.damaged_chunks += 1
        yield from (record for record in _split(chunk.data) if record[0] == Opcode.CHANNEL)
    else:
        yield from _split(stream.read(length))


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Opcode and body of each whole channel and message in the bytes of a chunk."""
    start = 0
    while start + _RECORD.size <= len(data):
        opcode, length = _RECORD.unpack_from(data, start)
        start += _RECORD.size
        if start + length > len(data):
            return
        if opcode in (Opcode.CHANNEL, Opcode.MESSAGE):
            yield opcode, data[start : start + length]
        start += length


def _place(message: bytes, channels: Mapping[int, tuple[int, str]]) -> tuple[int, str] | None:
    """Pod and rest of the topic under which a message stands; None where that cannot be told."""
    if len(message) < _MESSAGE.size:
        return None
    channel, _, _, _ = _MESSAGE.unpack_from(message)
    return channels.get(channel)


def _parsed(read: Callable[[ReadDataStream], _Parsed], body: bytes) -> _Parsed | None:
    """A record from its body; None where that is malformed."""
    try:
        return read(ReadDataStream(BytesIO(body)))
    except _MALFORMED:
        return None
