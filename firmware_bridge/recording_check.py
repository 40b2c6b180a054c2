"""Whether a recording is whole to the last byte, as far as its checksums tell. See `recording_format`.

`recording_reader` reads what it can of any file; this is for those who take a whole one or none.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from mcap.opcode import Opcode

from firmware_bridge.recording_format import MAGIC
from firmware_bridge.source import SourceError

_FOOTER = struct.Struct("<BQQQI")  # opcode, length, start of the summary, of its offsets, checksum
_DATA_END = struct.Struct("<BQI")  # opcode, length, checksum
_END_BYTES = _FOOTER.size + len(MAGIC)
_CHECKSUM_BYTES = 4
_PIECE_BYTES = 1 << 20


def check_whole(path: Path | str) -> None:
    """Check the frame of a recording: beginning, end, and the checksums over its data and over its summary.
    Where it has none of these, its chunks have their own, which reading checks.

    Raises:
        SourceError: it cannot be read, was cut off, or is damaged.
    """
    try:
        with open(path, "rb") as file:
            _check(file)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from None


def _check(file: BinaryIO) -> None:
    if file.read(len(MAGIC)) != MAGIC:
        raise SourceError("no recording: it does not begin as an MCAP file")
    size = file.seek(0, 2)
    footer_at = size - _END_BYTES
    file.seek(max(0, footer_at))
    end = file.read()
    if footer_at < len(MAGIC) + _DATA_END.size or not end.endswith(MAGIC):
        raise SourceError("the recording has no end: it was cut off, or its end is damaged")
    opcode, length, summary_at, _, summary_checksum = _FOOTER.unpack_from(end)
    if opcode != Opcode.FOOTER or length != _FOOTER.size - 9:
        raise SourceError("the recording is damaged at its end")
    data_end_at = (summary_at or footer_at) - _DATA_END.size
    if not len(MAGIC) <= data_end_at <= footer_at - _DATA_END.size:
        raise SourceError("the recording is damaged at its end")
    file.seek(data_end_at)
    opcode, length, data_checksum = _DATA_END.unpack(file.read(_DATA_END.size))
    if opcode != Opcode.DATA_END or length != _CHECKSUM_BYTES:
        raise SourceError("the recording is damaged where its data end")
    summary_bytes = footer_at - file.tell() + _FOOTER.size - _CHECKSUM_BYTES
    if summary_checksum and _checksum(file, summary_bytes) != summary_checksum:
        raise SourceError("the recording is damaged in its summary")
    file.seek(0)
    if data_checksum and _checksum(file, data_end_at) != data_checksum:
        raise SourceError("the recording is damaged")


def _checksum(file: BinaryIO, count: int) -> int:
    """CRC-32 of so many bytes from here on."""
    checksum = 0
    while count and (piece := file.read(min(count, _PIECE_BYTES))):
        checksum = zlib.crc32(piece, checksum)
        count -= len(piece)
    return checksum
