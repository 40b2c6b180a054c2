"""What a name in a kernel module means: a constant, a function, a type; and what it is called in C."""

from __future__ import annotations

import ast
import importlib
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cadence.aot.c_comments import Comments
from cadence.aot.c_types import BOOL, FLOAT, INT
from cadence.aot.program import Program, source_of
from cadence.aot.sources import parsed

_C_WORDS = re.compile(
    "auto|bool|break|case|char|const|continue|default|do|double|else|enum|extern|false|float|for|goto|if|"
    "inline|int|long|main|register|restrict|return|short|signed|sizeof|static|struct|switch|true|typedef|"
    "union|unsigned|void|volatile|while"
)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that stands at the top of a module.

    Attributes:
        c_name: in C.
        type: FLOAT, INT or BOOL.
        text: its value in C.
        module: where it is defined.
        line: there.
        docstring: the string under it; empty where there is none.
        in_header: whether the program's header defines it already.
    """

    c_name: str
    type: str
    text: str
    module: str
    line: int
    docstring: str
    in_header: bool


@dataclass(slots=True)
class KernelModule:
    """A module of kernel code, imported and parsed."""

    name: str
    path: Path
    tree: ast.Module
    comments: Comments
    space: dict[str, Any]
    functions: dict[str, ast.FunctionDef]
    assigned: dict[str, int]
    docstrings: dict[str, str]
    imported: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Names:
    """The names of a program, across its modules, each with one name in C."""

    program: Program
    modules: dict[str, KernelModule] = field(default_factory=dict)
    constants: dict[tuple[str, str], Constant] = field(default_factory=dict)
    _taken: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.program.entries:
            self._taken[entry.symbol] = (entry.module, entry.name)

    def module(self, name: str) -> KernelModule:
        """A module, imported if it was not yet."""
        if name not in self.modules:
            self.modules[name] = _read(importlib.import_module(name))
        return self.modules[name]

    def home(self, module: str, name: str) -> tuple[str, str]:
        """The module that defines a name, and the name there."""
        seen = self.module(module)
        while name in seen.imported:
            module, name = seen.imported[name]
            seen = self.module(module)
        return module, name

    def value(self, module: str, name: str) -> Any:
        """What a name of a module stands for; KeyError where it stands for nothing."""
        return self.module(module).space[name]

    def function(self, module: str, name: str) -> ast.FunctionDef | None:
        """The definition of a kernel function; None where the name is of something else."""
        module, name = self.home(module, name)
        return self.module(module).functions.get(name)

    def constant(self, module: str, name: str) -> Constant | None:
        """A number by its name; None where the name is of something else."""
        key = self.home(module, name)
        if key not in self.constants:
            number = number_in_c(self.value(*key))
            if number is None:
                return None
            prefix = next((f"{x.prefix}_" for x in self.program.layouts if x.module == key[0]), "")
            home = self.module(key[0])
            line = home.assigned.get(key[1], 0)
            c_name = f"{prefix}{key[1]}" if prefix else self.c_name(*key)
            self.constants[key] = Constant(
                c_name, *number, key[0], line, home.docstrings.get(key[1], ""), bool(prefix)
            )
        return self.constants[key]

    def c_name(self, module: str, name: str) -> str:
        """The name in C of a constant or function: the same, with its module's where two would be alike."""
        bare = name.lstrip("_")
        if _C_WORDS.fullmatch(bare):
            bare += "_"
        owner = module.rpartition(".")[2]
        owner = owner.upper() if bare.isupper() else owner
        for candidate in (bare, f"{owner}_{bare}", f"{owner}_{bare}_"):
            if self._taken.setdefault(candidate, (module, name)) == (module, name):
                return candidate
        raise ValueError(f"three things called {bare}")


def number_in_c(value: Any) -> tuple[str, str] | None:
    """The type and text of a number; None for anything else."""
    if isinstance(value, (bool, np.bool_)):
        return BOOL, "true" if value else "false"
    if isinstance(value, (int, np.int32)):
        return INT, str(int(value))
    if isinstance(value, np.float32):
        return FLOAT, float_in_c(value)
    return None


def float_in_c(value: np.float32) -> str:
    """The shortest decimal that is this float32 and no other."""
    if np.isnan(value):
        return "NAN"
    if np.isinf(value):
        return "INFINITY" if value > 0 else "-INFINITY"
    text = str(value)
    return (text if "." in text or "e" in text else f"{text}.0") + "f"


def _read(module: ModuleType) -> KernelModule:
    path = source_of(module.__name__)
    tree = parsed(path)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assigned = {
        target.id: node.lineno
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    docstrings = {
        statement.targets[0].id: below.value.value
        for statement, below in pairwise(tree.body)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(below.value.value, str)
    }
    imported = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__"
        for alias in node.names
    }
    return KernelModule(
        module.__name__, path, tree, Comments(path), vars(module), functions, assigned, docstrings, imported
    )
