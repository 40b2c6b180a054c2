"""What stands in an object file: its sections' sizes and the symbols that it lacks.

ELF as in the System V ABI, WebAssembly as in its core specification 1.0 and the tool conventions of its
object files, where what is lacking is imported.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cadence.aot.errors import AotError

_SYMTAB, _NOBITS = 2, 8
_WRITE, _ALLOC, _EXEC = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Contents:
    """What an object holds.

    Attributes:
        code_bytes: instructions.
        constant_bytes: read-only data.
        writable_bytes: data that can be written, zero or not.
        undefined: symbols that must come from elsewhere.
        defined: symbols that others can call.
    """

    code_bytes: int
    constant_bytes: int
    writable_bytes: int
    undefined: tuple[str, ...]
    defined: tuple[str, ...]


def contents(data: bytes) -> Contents:
    """Read an ELF or WebAssembly object, or a linked WebAssembly module.

    Raises AotError for anything else.
    """
    if data.startswith(b"\x7fELF"):
        return _elf(data)
    if data.startswith(b"\0asm\1\0\0\0"):
        return _wasm(data)
    raise AotError("neither an ELF nor a WebAssembly object")


def _elf(data: bytes) -> Contents:
    wide = data[4] == 2
    at = struct.unpack_from("<Q", data, 40)[0] if wide else struct.unpack_from("<I", data, 32)[0]
    size, count = struct.unpack_from("<HH", data, 58 if wide else 46)
    form = struct.Struct("<IIQQQQIIQQ" if wide else "<10I")
    sections = [form.unpack_from(data, at + index * size) for index in range(count)]
    sums = {"code": 0, "constant": 0, "writable": 0}
    undefined: list[str] = []
    defined: list[str] = []
    for _, kind, flags, _, offset, length, link, *_ in sections:
        if flags & _ALLOC:
            is_writable = flags & _WRITE or kind == _NOBITS
            sums["writable" if is_writable else "code" if flags & _EXEC else "constant"] += length
        if kind == _SYMTAB:
            for name, section, is_global in _elf_symbols(data[offset : offset + length], wide):
                if name and is_global:
                    start = sections[link][4] + name
                    text = data[start : data.index(b"\0", start)].decode()
                    (defined if section else undefined).append(text)
    return Contents(sums["code"], sums["constant"], sums["writable"], tuple(undefined), tuple(defined))


def _elf_symbols(table: bytes, wide: bool) -> Iterator[tuple[int, int, bool]]:
    """Of each symbol: where its name stands, its section (0 where undefined), whether it is global."""
    for entry in struct.iter_unpack("<IBBHQQ" if wide else "<IIIBBH", table):
        name, info, section = (entry[0], entry[1], entry[3]) if wide else (entry[0], entry[3], entry[5])
        yield name, section, info >> 4 != 0


def _wasm(data: bytes) -> Contents:
    code = constants = 0
    undefined: list[str] = []
    defined: list[str] = []
    at = 8
    while at < len(data):
        kind = data[at]
        length, at = _leb(data, at + 1)
        body = data[at : at + length]
        at += length
        if kind == 2:
            undefined += [name for name, what in _wasm_imports(body) if what == 0]
        elif kind == 7:
            defined += list(_wasm_exports(body))
        elif kind == 10:
            code += length
        elif kind == 11:
            constants += length
    return Contents(code, constants, 0, tuple(undefined), tuple(defined))


def _wasm_imports(body: bytes) -> Iterator[tuple[str, int]]:
    """Of each import: its name, and 0 for a function, 1 a table, 2 a memory, 3 a global."""
    count, at = _leb(body, 0)
    for _ in range(count):
        _, at = _name(body, at)
        name, at = _name(body, at)
        kind = body[at]
        yield name, kind
        at += 1
        if kind == 0:
            _, at = _leb(body, at)
        elif kind == 3:
            at += 2
        else:
            at += kind == 1  # the type of a table's elements
            flags, at = _leb(body, at)
            for _ in range(2 if flags & 1 else 1):
                _, at = _leb(body, at)


def _wasm_exports(body: bytes) -> Iterator[str]:
    count, at = _leb(body, 0)
    for _ in range(count):
        name, at = _name(body, at)
        yield name
        _, at = _leb(body, at + 1)


def _name(body: bytes, at: int) -> tuple[str, int]:
    length, at = _leb(body, at)
    return body[at : at + length].decode(), at + length


def _leb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
