"""A built program called from Python: the machine code that others link, on this machine."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.aot.errors import AotError
from cadence.aot.program import Entry, Kind, Program

Blocks = Mapping[str, NDArray[Any]]
"""Arrays by the name of the argument that they are handed to."""


class NativeLibrary:
    """A shared library that holds a program's entries."""

    def __init__(self, path: Path, program: Program) -> None:
        try:
            self._library = ctypes.CDLL(str(path))
        except OSError as error:
            raise AotError(f"{path.name} cannot be loaded: {error}") from None
        self._entries = {entry.symbol: entry for entry in program.entries}

    def bind(self, symbol: str, blocks: Blocks) -> Callable[..., int]:
        """An entry with its blocks in place; what is left to be given are its int32, in their order.

        Args:
            symbol: of the entry.
            blocks: float32 and int32 arrays, contiguous, by argument; more than it has arguments are no harm.

        Returns:
            A function that returns what the entry returns, or 0.
        """
        entry = self._entries[symbol]
        function = self._library[symbol]
        function.restype = ctypes.c_int32 if entry.returns else None
        function.argtypes = [
            ctypes.c_int32 if argument.kind is Kind.INT else ctypes.c_void_p for argument in entry.arguments
        ]
        places = [index for index, argument in enumerate(entry.arguments) if argument.kind is Kind.INT]
        values: list[int | None] = [_address(entry, index, blocks) for index in range(len(entry.arguments))]
        held = dict(blocks)  # the arrays live as long as what is bound to them

        def call(*integers: int) -> int:
            assert held
            for place, value in zip(places, integers, strict=True):
                values[place] = int(value)
            return function(*values) or 0

        return call


def _address(entry: Entry, index: int, blocks: Blocks) -> int | None:
    argument = entry.arguments[index]
    if argument.kind is Kind.INT:
        return None
    block = blocks[argument.name]
    wanted = np.int32 if argument.kind is Kind.INTS else np.float32
    if block.dtype != wanted or not block.flags.c_contiguous:
        raise ValueError(f"{argument.name} must be a contiguous array of {wanted.__name__}")
    return block.ctypes.data
