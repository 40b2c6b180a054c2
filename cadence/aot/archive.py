"""A static library: the `ar` format with the symbol index that linkers ask for.

Written here because it is the same on every machine, with no tool, no time and no owner in it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_MAGIC = b"!<arch>\n"


def archive(member: str, data: bytes, symbols: Sequence[str]) -> bytes:
    """A library of one object.

    Args:
        member: its file name, up to 15 characters.
        data: the object.
        symbols: that it defines.
    """
    if len(member) > 15:
        raise ValueError(f"{member} is too long a name for a member of a library")
    names = b"".join(symbol.encode() + b"\0" for symbol in symbols)
    index_length = 4 + 4 * len(symbols) + len(names)
    index_length += index_length % 2
    member_at = len(_MAGIC) + 60 + index_length
    index = struct.pack(f">{1 + len(symbols)}I", len(symbols), *[member_at] * len(symbols)) + names
    index += b"\0" * (len(index) % 2)
    return _MAGIC + _member("/", index, "0") + _member(f"{member}/", data, "644")


def _member(name: str, data: bytes, mode: str) -> bytes:
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{mode:<8}{len(data):<10}`\n".encode()
    return head + data + b"\n" * (len(data) % 2)
