"""The Python files that a program is made of."""

from __future__ import annotations

import ast
import hashlib
import sys
from importlib.metadata import version
from pathlib import Path

from cadence.aot.program import Entry, Program, source_of


def source_files(program: Program) -> dict[str, Path]:
    """The modules of the entries, layouts and codes, and what they import from the packages of these and from
    this one: wherever they lie, so that an installed program has the sources of one in its folder.

    Returns the files by module name, in the order of the names.
    """
    found: dict[str, Path] = {}
    ahead = [entry.module for entry in program.entries]
    ahead += [layout.module for layout in program.layouts] + [codes.module for codes in program.codes]
    own = {_package(module) for module in (*ahead, __name__)}
    while ahead:
        module = ahead.pop()
        if module in found:
            continue
        found[module] = source_of(module)
        ahead += [name for name in imported_modules(found[module]) if _package(name) in own]
    return dict(sorted(found.items()))


def source_hash(program: Program) -> str:
    """SHA-256 of all source files of a program and of its entries: what the code computes."""
    digest = hashlib.sha256()
    for module, path in source_files(program).items():
        digest.update(f"{module}\n".encode())
        digest.update(path.read_bytes())
    for entry in program.entries:
        digest.update(f"{entry!r}\n".encode())
    return digest.hexdigest()


def compiler_hash() -> str:
    """SHA-256 of what makes code of the sources: this package, Numba, LLVM and Python."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("numba", "llvmlite", "numpy"):
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(f"{path.name}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def docstring(entry: Entry) -> str:
    """Of an entry's function; empty where it has none."""
    for node in parsed(source_of(entry.module)).body:
        if isinstance(node, ast.FunctionDef) and node.name == entry.name:
            return ast.get_docstring(node) or ""
    return ""


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported_modules(path: Path) -> list[str]:
    """The modules that a file imports from, at its top."""
    names: list[str] = []
    for node in parsed(path).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
    return names


def _package(module: str) -> str:
    """The outermost package that a module is in."""
    return module.partition(".")[0]
