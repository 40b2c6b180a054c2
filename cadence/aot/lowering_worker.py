"""The process in which `lowering.lower` has its functions lowered: an order on stdin, modules on stdout."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import numba
from numba.core.errors import NumbaError

cfunc: Any = numba.cfunc
types: Any = numba.types
TYPES = {
    "FLOATS": types.CPointer(types.float32),
    "INTS": types.CPointer(types.int32),
    "INT": types.int32,
    "SCALARS": types.CPointer(types.float32),
}

_PLACE = re.compile(r'File "([^"<]+)", line (\d+)')


def lowered(entry: dict[str, Any]) -> str:
    """The representation of one entry, its function in C renamed to its symbol."""
    module, _, name = entry["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    names = [f"a{index}" for index in range(len(entry["arguments"]))]
    passed = [
        ", ".join(f"{name}[{index}]" for index in range(count)) if kind == "SCALARS" else name
        for name, (kind, count) in zip(names, entry["arguments"], strict=True)
    ]
    begin = "return " if entry["returns"] else ""
    text = f"def {entry['symbol']}({', '.join(names)}):\n    {begin}function({', '.join(passed)})\n"
    space = {"function": function}
    exec(compile(text, "<entry>", "exec"), space)
    signature = (types.int32 if entry["returns"] else types.void)(*(TYPES[k] for k, _ in entry["arguments"]))
    compiled = cfunc(signature, error_model="numpy", boundscheck=False)(space[entry["symbol"]])
    representation: str = compiled.inspect_llvm()
    return representation.replace(compiled.native_name, entry["symbol"])


def told(error: NumbaError) -> dict[str, Any]:
    """Numba's refusal in one line, with the innermost place it names."""
    text = str(error.args[0] if error.args else error)
    lines = [line.strip() for line in text.splitlines()]
    said = [line for line in lines if line and not line.startswith(("Failed in", "During:", ">>>"))]
    places = _PLACE.findall(text)
    where = None
    if places:
        path, line = places[-1]
        where = {"path": str(Path(path).resolve()), "line": int(line), "function": ""}
    return {"error": said[0] if said else type(error).__name__, "where": where}


def main() -> None:
    answer: dict[str, Any]
    try:
        answer = {"modules": {entry["symbol"]: lowered(entry) for entry in json.load(sys.stdin)}}
    except NumbaError as error:
        answer = told(error)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
