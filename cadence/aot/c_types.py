"""The types of the kernel subset, and a piece of C with its type."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from cadence.aot.errors import KernelError, PythonLine

FLOAT = "float"
INT = "int32_t"
BOOL = "bool"
VOID = "void"
FLOATS = "float *"
INTS = "int32_t *"

POINTERS = (FLOATS, INTS)
ELEMENT = {FLOATS: FLOAT, INTS: INT}


@dataclass(frozen=True, slots=True)
class Piece:
    """An expression in C.

    Attributes:
        text: of it.
        type: one of the above, or the name of a struct for several values.
        level: how tightly its outermost operator binds; more is tighter.
        reads: whether its value depends on memory.
        writes: whether it calls what writes memory.
    """

    text: str
    type: str
    level: int = 20
    reads: bool = False
    writes: bool = False

    def within(self, level: int) -> str:
        """The text, in parentheses where an operator of this level stands around it."""
        return self.text if self.level >= level else f"({self.text})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the Python source the writer is.

    Attributes:
        path: of the file.
        function: being written.
    """

    path: Path
    function: str

    def refusal(self, rule: str, node: ast.AST) -> KernelError:
        """The error for a node that breaks a rule."""
        return KernelError(rule, PythonLine(self.path, getattr(node, "lineno", 0), self.function))


def together(pieces: list[Piece], place: Place, node: ast.AST) -> tuple[bool, bool]:
    """Whether operands read and write, as one expression.

    Python evaluates operands from left to right, C in any order: where one writes and another reads, the
    two may differ.
    """
    if any(
        piece.writes and any(other.reads or other.writes for other in pieces if other is not piece)
        for piece in pieces
    ):
        raise place.refusal("a call that writes memory beside an operand that reads it", node)
    return any(piece.reads for piece in pieces), any(piece.writes for piece in pieces)
