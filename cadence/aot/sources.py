"""The Python files that a program is made of."""

from __future__ import annotations

import ast
import hashlib
import sysconfig
from pathlib import Path

from cadence.aot.program import Entry, Program, source_of


def source_files(program: Program) -> dict[str, Path]:
    """The modules of the entries and layouts and all that they import, but for installed ones.

    Returns the files by module name, in the order of the names.
    """
    found: dict[str, Path] = {}
    ahead = [entry.module for entry in program.entries] + [layout.module for layout in program.layouts]
    while ahead:
        module = ahead.pop()
        if module in found:
            continue
        found[module] = source_of(module)
        ahead += [name for name in imported_modules(found[module]) if _is_ours(name)]
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


def summary(entry: Entry) -> str:
    """The first line of the docstring of an entry's function; empty where it has none."""
    for node in parsed(source_of(entry.module)).body:
        if isinstance(node, ast.FunctionDef) and node.name == entry.name:
            return (ast.get_docstring(node) or "").partition("\n")[0]
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


def _is_ours(module: str) -> bool:
    """Whether a module's source stands neither in the standard library nor among installed packages."""
    try:
        path = source_of(module)
    except (ModuleNotFoundError, ValueError):
        return False
    outside = (sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    return path.suffix == ".py" and not any(path.is_relative_to(folder) for folder in outside)
