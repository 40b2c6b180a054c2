"""Kernel-subset expressions to C: the same operations in the same order."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from cadence.aot.c_names import Names, float_in_c, number_in_c
from cadence.aot.c_types import BOOL, ELEMENT, FLOAT, INT, POINTERS, Piece, Place, together

_ARITHMETIC: dict[type[ast.operator], tuple[str, int]] = {
    ast.Mult: ("*", 13),
    ast.Div: ("/", 13),
    ast.Add: ("+", 12),
    ast.Sub: ("-", 12),
    ast.BitAnd: ("&", 8),
    ast.BitOr: ("|", 6),
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.Gt: ">",
    ast.LtE: "<=",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_UNARY, _RELATION, _AND, _OR, _CONDITIONAL = 15, 10, 5, 4, 3


@dataclass(frozen=True, slots=True)
class Called:
    """A kernel function as its callers see it.

    Attributes:
        c_name: in C.
        returns: its type.
        reads, writes: whether it reads and writes memory.
    """

    c_name: str
    returns: str
    reads: bool
    writes: bool


Caller = Callable[[str, str, list[str], ast.Call], Called]
"""Finds a function by module, name and argument types, and writes it if it is not yet written."""


@dataclass(slots=True)
class Expressions:
    """Writes the expressions of one function.

    Attributes:
        names: of the program.
        module: that the function stands in.
        place: of the function, for errors.
        locals: the types of its arguments and variables, by name.
        call: finds other functions.
        helpers: gets the names of the C helpers that were needed.
    """

    names: Names
    module: str
    place: Place
    locals: dict[str, str]
    call: Caller
    helpers: set[str]

    def piece(self, node: ast.expr) -> Piece:
        """An expression in C.

        Raises KernelError for what is not in the kernel subset.
        """
        match node:
            case ast.Constant():
                return self._literal(node)
            case ast.Name():
                return self._name(node)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                return self.element(node, name, index)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BoolOp():
                return self._logic(node)
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp():
                return self._choice(node)
            case ast.Call():
                return self._call(node)
        raise self.place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)

    def condition(self, node: ast.expr) -> Piece:
        """An expression as yes or no, as `if` reads it."""
        piece = self.piece(node)
        if piece.type == BOOL:
            return piece
        if piece.type == INT:
            return Piece(f"{piece.within(_RELATION)} != 0", BOOL, _RELATION, piece.reads, piece.writes)
        raise self.place.refusal(f"a {piece.type} as a condition", node)

    def element(self, node: ast.AST, name: str, index: ast.expr) -> Piece:
        """One element of a block."""
        kind = self.locals.get(name)
        if kind not in POINTERS:
            raise self.place.refusal(f"{name} is no block of words", node)
        at = self.piece(index)
        if at.type != INT:
            raise self.place.refusal(f"a {at.type} as an index", node)
        return Piece(f"{name}[{at.text}]", ELEMENT[kind], reads=True, writes=at.writes)

    def _literal(self, node: ast.Constant) -> Piece:
        if isinstance(node.value, float):
            raise self.place.refusal("a float64 value", node)
        number = number_in_c(node.value)
        if number is None:
            raise self.place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)
        return Piece(number[1], number[0])

    def _float_literal(self, node: ast.Constant) -> Piece:
        """A number that is made a float32 as it is written."""
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise self.place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)
        return Piece(float_in_c(np.float32(node.value)), FLOAT)

    def _name(self, node: ast.Name) -> Piece:
        if node.id in self.locals:
            return Piece(node.id, self.locals[node.id])
        try:
            constant = self.names.constant(self.module, node.id)
        except KeyError:
            constant = None
        if constant is None:
            raise self.place.refusal(f"{node.id} is neither a variable nor a constant number", node)
        return Piece(constant.c_name, constant.type)

    def _binary(self, node: ast.BinOp) -> Piece:
        if type(node.op) not in _ARITHMETIC:
            raise self.place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)
        sign, level = _ARITHMETIC[type(node.op)]
        left, right = self.piece(node.left), self.piece(node.right)
        if {left.type, right.type} == {INT, FLOAT} or (left.type, right.type, sign) == (INT, INT, "/"):
            raise self.place.refusal(f"a float64 value, from {ast.unparse(node)}", node)
        if left.type != right.type or left.type not in (INT, FLOAT) or (left.type == FLOAT and level < 12):
            raise self.place.refusal(f"{sign} of {left.type} and {right.type}", node)
        reads, writes = together([left, right], self.place, node)
        around = 12 if level < 12 else level  # & and | get all the parentheses a reader wants
        text = f"{left.within(around)} {sign} {right.within(around + 1)}"
        return Piece(text, left.type, level, reads, writes)

    def _unary(self, node: ast.UnaryOp) -> Piece:
        if isinstance(node.op, ast.Not):
            piece = self.condition(node.operand)
            return Piece(f"!{piece.within(_UNARY)}", BOOL, _UNARY, piece.reads, piece.writes)
        piece = self.piece(node.operand)
        if isinstance(node.op, ast.USub) and piece.type in (FLOAT, INT):
            return Piece(f"-{piece.within(_UNARY + 1)}", piece.type, _UNARY, piece.reads, piece.writes)
        raise self.place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)

    def _logic(self, node: ast.BoolOp) -> Piece:
        sign, level = ("&&", _AND) if isinstance(node.op, ast.And) else ("||", _OR)
        pieces = [self.piece(value) for value in node.values]
        for piece, value in zip(pieces, node.values, strict=True):
            if piece.type != BOOL:
                raise self.place.refusal(f"a {piece.type} as a condition", value)
        text = f" {sign} ".join(piece.within(6) for piece in pieces)  # in both languages left before right
        return Piece(
            text, BOOL, level, any(piece.reads for piece in pieces), any(piece.writes for piece in pieces)
        )

    def _comparison(self, node: ast.Compare) -> Piece:
        pieces = [self.piece(value) for value in (node.left, *node.comparators)]
        if any(not isinstance(value, (ast.Name, ast.Constant)) for value in node.comparators[:-1]):
            raise self.place.refusal("a value that would be computed twice, between two comparisons", node)
        for left, right in pairwise(pieces):
            if left.type != right.type or left.type not in (INT, FLOAT):
                raise self.place.refusal(f"a comparison of {left.type} and {right.type}", node)
        reads, writes = together(pieces, self.place, node)
        parts = [
            f"{left.within(_RELATION + 1)} {_COMPARE[type(op)]} {right.within(_RELATION + 1)}"
            for (left, right), op in zip(pairwise(pieces), node.ops, strict=True)
        ]
        return Piece(" && ".join(parts), BOOL, _RELATION if len(parts) == 1 else _AND, reads, writes)

    def _choice(self, node: ast.IfExp) -> Piece:
        chosen, yes, no = self.condition(node.test), self.piece(node.body), self.piece(node.orelse)
        if yes.type != no.type:
            raise self.place.refusal(f"{yes.type} or {no.type}", node)
        text = f"{chosen.within(4)} ? {yes.within(4)} : {no.within(_CONDITIONAL)}"
        pieces = (chosen, yes, no)
        return Piece(
            text,
            yes.type,
            _CONDITIONAL,
            any(piece.reads for piece in pieces),
            any(piece.writes for piece in pieces),
        )

    def _call(self, node: ast.Call) -> Piece:
        meant = self._meant(node.func)
        if node.keywords:
            raise self.place.refusal("an argument by name", node)
        if meant is np.float32 and len(node.args) == 1 and isinstance(node.args[0], ast.Constant):
            return self._float_literal(node.args[0])
        pieces = [self.piece(argument) for argument in node.args]
        kinds = [piece.type for piece in pieces]
        reads, writes = together(pieces, self.place, node)
        if meant is np.float32 or meant is np.int32:
            return self._cast(FLOAT if meant is np.float32 else INT, pieces[0], node)
        if meant is math.sqrt and kinds == [FLOAT]:
            return Piece(f"sqrtf({pieces[0].text})", FLOAT, reads=reads, writes=writes)
        if meant is abs and kinds == [FLOAT]:
            return Piece(f"fabsf({pieces[0].text})", FLOAT, reads=reads, writes=writes)
        if meant in (min, max) and kinds in ([FLOAT, FLOAT], [INT, INT]):
            helper = f"{'smaller' if meant is min else 'larger'}{'_int' if kinds[0] == INT else ''}"
            self.helpers.add(helper)
            text = f"{helper}({pieces[0].text}, {pieces[1].text})"
            return Piece(text, kinds[0], reads=reads, writes=writes)
        if not isinstance(node.func, ast.Name):
            raise self.place.refusal(f"a call to {ast.unparse(node.func)}", node)
        called = self.call(self.module, node.func.id, kinds, node)
        text = f"{called.c_name}({', '.join(piece.text for piece in pieces)})"
        return Piece(text, called.returns, reads=reads or called.reads, writes=writes or called.writes)

    def _cast(self, kind: str, piece: Piece, node: ast.Call) -> Piece:
        if len(node.args) != 1 or piece.type not in (FLOAT, INT, BOOL):
            raise self.place.refusal(f"not in the kernel subset: {ast.unparse(node)}", node)
        if piece.type == kind:
            return piece  # int32 from int32: the wider sum of two int32 is one in Numba alone
        return Piece(f"({kind}){piece.within(_UNARY)}", kind, _UNARY, piece.reads, piece.writes)

    def _meant(self, function: ast.expr) -> Any:
        """What is called: a type, a built-in function or one of math's; None for kernel functions."""
        match function:
            case ast.Name(id=name):
                if name in ("min", "max", "abs") and name not in self.names.module(self.module).space:
                    return {"min": min, "max": max, "abs": abs}[name]
                value = self.names.module(self.module).space.get(name)
                return value if value in (np.float32, np.int32) else None
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                return getattr(self.names.module(self.module).space.get(name), attribute, None)
        return None
