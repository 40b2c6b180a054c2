"""Where the variables of a function are declared in C: in the innermost block that holds all their uses."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field


@dataclass(slots=True)
class Declarations:
    """Which variables are declared at which statement, both by `id()` of the statement.

    Attributes:
        within: those that the statement, an assignment, declares itself.
        before: those to be declared before it.
    """

    within: dict[int, set[str]] = field(default_factory=dict)
    before: dict[int, list[str]] = field(default_factory=dict)


def declarations(body: list[ast.stmt], arguments: set[str]) -> Declarations:
    """Of all variables of a function; a loop's counter is declared by its loop."""
    inner = [node for statement in body for node in ast.walk(statement)]
    counters = {
        node.target.id for node in inner if isinstance(node, ast.For) and isinstance(node.target, ast.Name)
    }
    names = [node for node in inner if isinstance(node, ast.Name)]
    assigned = dict.fromkeys(name.id for name in names if isinstance(name.ctx, ast.Store))
    found = Declarations()
    for name in assigned:
        if name in arguments | counters or name == "_":
            continue
        statement, is_within = _declared_at(body, name)
        if is_within:
            found.within.setdefault(id(statement), set()).add(name)
        else:
            found.before.setdefault(id(statement), []).append(name)
    return found


def _declared_at(block: list[ast.stmt], name: str) -> tuple[ast.stmt, bool]:
    """The statement that declares a variable, or before which it is to be declared."""
    using = [statement for statement in block if _mentions(statement, name)]
    first = using[0]
    if len(using) == 1:
        inner = [part for part in _blocks(first) if any(_mentions(statement, name) for statement in part)]
        if len(inner) == 1 and not any(_mentions(part, name) for part in _heads(first)):
            statement, is_within = _declared_at(inner[0], name)
            # declared in a loop without a value, it would lose the value of the round before
            if is_within or not isinstance(first, (ast.While, ast.For)):
                return statement, is_within
    return first, isinstance(first, ast.Assign) and not _mentions(first.value, name)


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    return [getattr(statement, part, []) for part in ("body", "orelse")]


def _heads(statement: ast.stmt) -> list[ast.expr]:
    return [getattr(statement, part) for part in ("test", "iter", "target") if hasattr(statement, part)]


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
