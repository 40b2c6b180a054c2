"""What is left to do by tools: a WebAssembly module and a shared library from an object."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cadence.aot.errors import ToolError

WASM_FLAGS = (
    "--no-entry",
    "--export=__heap_base",
    "--strip-all",
    "--initial-memory=65536",
    "-z",
    "stack-size=4096",
)
"""One page of memory: the stack below `__heap_base`, the caller's blocks above it."""


def link_wasm(object_file: Path, module: Path, symbols: Sequence[str], source_hash: str) -> None:
    """A module without imports, that exports `symbols`, its memory and `__heap_base`.

    The hash of its source stands in a custom section `source_hash`, so that whoever loads it can tell whether
    a table of layouts goes with it.

    Raises ToolError where there is no wasm-ld, or where it fails.
    """
    exports = [f"--export={symbol}" for symbol in symbols]
    _run(*wasm_linker(), *WASM_FLAGS, *exports, str(object_file), "-o", str(module))
    with module.open("ab") as file:
        file.write(_custom_section("source_hash", source_hash))


def _custom_section(name: str, text: str) -> bytes:
    """As WebAssembly has it (core specification, 5.5.3); lengths below 128 are one byte."""
    inside = bytes([len(name)]) + name.encode() + text.encode()
    return bytes([0, len(inside)]) + inside


def link_shared(object_file: Path, library: Path) -> None:
    """A shared library for this machine.

    Raises ToolError where there is no C compiler, or where it fails.
    """
    _run(*host_compiler(), "-shared", "-nostdlib", str(object_file), "-o", str(library))


def wasm_linker() -> tuple[str, ...]:
    """The command of a linker for WebAssembly."""
    if path := shutil.which("wasm-ld"):
        return (path,)
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "wasm-ld")
    raise ToolError("no linker for WebAssembly: pip install 'cadence-coach[firmware]', or install wasm-ld")


def host_compiler() -> tuple[str, ...]:
    """The command of a C compiler for this machine."""
    for name in ("gcc", "cc", "clang"):
        if path := shutil.which(name):
            return (path,)
    if importlib.util.find_spec("ziglang"):
        return (sys.executable, "-m", "ziglang", "cc")
    raise ToolError("no C compiler for this machine: install gcc, or pip install 'cadence-coach[firmware]'")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise ToolError(f"{Path(command[0]).name} failed: {said[0] if said else done.returncode}")
