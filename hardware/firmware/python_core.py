"""The on-device core as Python runs it: by Numba, or as plain Python where NUMBA_DISABLE_JIT is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.aot.program import Kind
from cadence.compiled import Kernel
from coach.coach import KERNEL as POLICY_KERNEL
from hardware.firmware.core_program import PROGRAM

_KERNEL = Kernel(
    "hardware.firmware.core_loop", (*POLICY_KERNEL.sources, Path(__file__).with_name("core_loop.py"))
)


class PythonCore:
    """The entries of the on-device core, with their blocks as arrays."""

    def __init__(self) -> None:
        self._functions = _KERNEL.load()

    def bind(self, symbol: str, blocks: Mapping[str, NDArray[Any]]) -> Callable[..., int]:
        """An entry with its blocks in place; what is left to be given are its int32, in their order."""
        entry = next(entry for entry in PROGRAM.entries if entry.symbol == symbol)
        function = getattr(self._functions, symbol)

        def call(*integers: int) -> int:
            left = iter(integers)
            given = [
                np.int32(next(left)) if argument.kind is Kind.INT else blocks[argument.name]
                for argument in entry.arguments
            ]
            return int(function(*given) or 0)

        return call
