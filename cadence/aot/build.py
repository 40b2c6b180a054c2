"""A program to the files of one target, with a manifest that says what they were made of."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, get_args

from cadence.aot import lint, module
from cadence.aot.archive import archive
from cadence.aot.errors import AotError, KernelError
from cadence.aot.header import block_bytes, header, layout_table, state_bytes
from cadence.aot.linking import WASM_FLAGS, link_shared, link_wasm
from cadence.aot.lowering import lower
from cadence.aot.object_file import Contents, contents
from cadence.aot.program import Program
from cadence.aot.sources import docstring, source_files, source_hash
from cadence.aot.targets import CORTEX_M4F, WASM32, Target, host

TargetName = Literal["cortex-m4f", "wasm32", "c99", "host"]
TARGETS: tuple[TargetName, ...] = get_args(TargetName)

_FILES: dict[TargetName, tuple[str, ...]] = {
    "cortex-m4f": ("{}.o", "lib{}.a", "{}.h", "{}.json"),
    "wasm32": ("{}.wasm", "{}.json"),
    "c99": ("{}.c", "{}.h", "{}.json"),
    "host": ("{}.o", "lib{}.a", "lib{}.so", "{}.h", "{}.json"),
}

_MANIFEST = "manifest.json"
_SCHEMA = "cadence-coach/core/1"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program's object file for one target.

    Attributes:
        target: for which.
        object_code: the file's bytes.
        contents: what stands in it.
    """

    target: Target
    object_code: bytes
    contents: Contents


def build(program: Program, target: TargetName, folder: Path, beside: Sequence[Path] = ()) -> dict[str, Any]:
    """Write a program's files for a target into a folder, which is made where there is none.

    Args:
        program: what to build.
        target: for which, one of TARGETS.
        folder: gets the files that `cadence.aot` tells of, once all of them are made.
        beside: files for the users of these, copied as they are.

    Returns:
        The manifest, as it stands in manifest.json.

    Raises:
        KernelError: a function breaks a rule of the kernel subset.
        ToolError: a tool that the target needs is missing or has failed.
        AotError: the folder holds a file of somebody else that one of these would replace.
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _spare_others(folder, beside)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".half-") as half:
        manifest = _fill(program, target, Path(half), beside)
        for path in Path(half).iterdir():
            path.replace(folder / path.name)
    return manifest


def _spare_others(folder: Path, beside: Sequence[Path]) -> None:
    """Raises AotError where a file of somebody else, as the package.json of a web site, would be lost."""
    manifest: Any = None
    with suppress(OSError, ValueError):
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    is_ours = isinstance(manifest, dict) and manifest.get("schema") == _SCHEMA
    own = {_MANIFEST, *manifest.get("files", ())} if is_ours else set()
    own |= {path.name for path in beside if _bytes_of(folder / path.name) == path.read_bytes()}
    for name in (_MANIFEST, *(path.name for path in beside)):
        if name not in own and (folder / name).exists():
            raise AotError(f"{folder} holds a {name} that is not of a build: name another folder")


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _fill(program: Program, target: TargetName, folder: Path, beside: Sequence[Path]) -> dict[str, Any]:
    """Write the files into an empty folder. Returns the manifest."""
    name = program.name
    made: dict[str, Any]
    if target == "c99":
        made = _build_c99(program, folder)
    else:
        compiled = compile_program(program, target)
        made = _write_object(program, compiled, folder)
    if target != "wasm32":
        docstrings = {entry.symbol: docstring(entry) for entry in program.entries}
        (folder / f"{name}.h").write_text(header(program, docstrings), encoding="utf-8")
    table = {"source_hash": source_hash(program), **layout_table(program)}
    (folder / f"{name}.json").write_text(_json(table), encoding="utf-8")
    for path in beside:
        shutil.copyfile(path, folder / path.name)
    manifest = {
        "schema": _SCHEMA,
        "name": name,
        "target": target,
        "source_hash": source_hash(program),
        "sources": list(source_files(program)),
        "entries": [entry.symbol for entry in program.entries],
        "state_bytes": state_bytes(program),
        "block_bytes": block_bytes(program),
        "python": platform.python_version(),
        **made,
    }
    manifest["files"] = {
        file: hashlib.sha256((folder / file).read_bytes()).hexdigest()
        for file in sorted([*_names(name, target), *(path.name for path in beside)])
    }
    (folder / _MANIFEST).write_text(_json(manifest), encoding="utf-8")
    return manifest


def broken_rules(program: Program, target: TargetName) -> list[KernelError]:
    """Every place at which a program breaks a rule of the kernel subset, as its code for a target tells.

    `build` refuses with the first of them. What is not even lowered has but one.
    """
    try:
        if target == "c99":
            from cadence.aot.c99 import c_source

            c_source(program)
            return []
        return list(lint.findings(str(module.linked(lower(program), _machine(target)))))
    except KernelError as broken:
        return [broken]


def compile_program(program: Program, target: TargetName, modules: dict[str, str] | None = None) -> Compiled:
    """A program's object file for a target, looked over.

    Args:
        program: what to compile.
        target: one of TARGETS but c99.
        modules: as `lowering.lower` gives them, where they are at hand.

    Raises KernelError where a function breaks a rule of the kernel subset.
    """
    machine = _machine(target)
    whole = module.linked(lower(program) if modules is None else modules, machine)
    for broken in lint.findings(str(whole)):
        raise broken
    data = module.emitted(whole, machine)
    inside = contents(data)
    if inside.undefined:
        raise KernelError(f"a call to {inside.undefined[0]}, which the compiler put in", None)
    if inside.writable_bytes:
        raise KernelError(f"{inside.writable_bytes} bytes of writable data", None)
    return Compiled(machine, data, inside)


def _machine(target: TargetName) -> Target:
    if target == "cortex-m4f":
        return CORTEX_M4F
    if target == "wasm32":
        return WASM32
    found = host()
    if found is None:
        raise AotError(f"no host target for {sys.platform} on {platform.machine()}")
    return found


def _write_object(program: Program, compiled: Compiled, folder: Path) -> dict[str, Any]:
    """Write the object and what is linked from it. Returns what the manifest says of them."""
    name = program.name
    symbols = [entry.symbol for entry in program.entries]
    inside = compiled.contents
    object_file = folder / f"{name}.o"
    object_file.write_bytes(compiled.object_code)
    told: dict[str, Any] = {
        "numba": version("numba"),
        "llvmlite": version("llvmlite"),
        "triple": compiled.target.triple,
        "cpu": compiled.target.cpu,
        "features": compiled.target.features,
        "optimisation": module.OPTIMISATION,
        "code_bytes": inside.code_bytes + inside.constant_bytes,
    }
    if compiled.target is WASM32:
        wasm = folder / f"{name}.wasm"
        link_wasm(object_file, wasm, symbols, source_hash(program))
        object_file.unlink()
        told["link"] = list(WASM_FLAGS)
        told["wasm_bytes"] = wasm.stat().st_size
    else:
        (folder / f"lib{name}.a").write_bytes(archive("core.o", compiled.object_code, symbols))
        if compiled.target is not CORTEX_M4F:
            link_shared(object_file, folder / f"lib{name}.so")
    return told


def _build_c99(program: Program, folder: Path) -> dict[str, Any]:
    from cadence.aot.c99 import c_source

    text = c_source(program)
    (folder / f"{program.name}.c").write_text(text, encoding="utf-8")
    return {"c_lines": text.count("\n")}


def _names(name: str, target: TargetName) -> list[str]:
    """The files of a target, but for the manifest."""
    return [pattern.format(name) for pattern in _FILES[target]]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
