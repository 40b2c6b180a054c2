"""Python functions to LLVM's intermediate representation, in a process of its own, once.

Numba reads its optimisation level and the processor when it is first imported: the representation for
other targets needs it without optimisation and for no processor in particular, while the process that
asks may run Numba for the host. It takes seconds, so what came of it is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from cadence.aot.errors import AotError, KernelError, PythonLine
from cadence.aot.program import Program
from cadence.aot.sources import compiler_hash, source_files, source_hash
from cadence.kept import kept

SETTINGS = {
    "NUMBA_OPT": "0",
    "NUMBA_LOOP_VECTORIZE": "0",
    "NUMBA_SLP_VECTORIZE": "0",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "NUMBA_DISABLE_JIT": "0",
    "NUMBA_DEBUGINFO": "1",
    "PYTHONHASHSEED": "0",
}


def lower(program: Program) -> dict[str, str]:
    """The unoptimised representation of each entry, with all that it calls, by symbol.

    Every instruction knows its Python line.

    Raises:
        KernelError: Numba does not understand a function.
        AotError: the process has failed.
    """
    order = [
        {
            "symbol": entry.symbol,
            "function": entry.function,
            "arguments": [(argument.kind.name, _count(argument.words)) for argument in entry.arguments],
            "returns": entry.returns,
        }
        for entry in program.entries
    ]

    def make(folder: Path) -> None:
        for symbol, text in _lowered(json.dumps(order)).items():
            (folder / f"{symbol}.ll").write_text(text, encoding="utf-8")

    folder = kept(f"lowered-{_digest(program)}", make)
    return {
        entry.symbol: (folder / f"{entry.symbol}.ll").read_text(encoding="utf-8") for entry in program.entries
    }


def _digest(program: Program) -> str:
    """Of all that goes in. Where the sources lie does too: the representation tells it."""
    digest = hashlib.sha256(f"{source_hash(program)} {compiler_hash()}".encode())
    for path in source_files(program).values():
        digest.update(f" {path}".encode())
    return digest.hexdigest()[:16]


def _lowered(order: str) -> dict[str, str]:
    environment = {
        **os.environ,
        **SETTINGS,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    worker = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "cadence.aot.lowering_worker"],
        input=order,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if worker.returncode != 0:
        last = (worker.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise AotError(f"lowering failed: {last}")
    answer = json.loads(worker.stdout)
    if "error" in answer:
        where = answer["where"]
        raise KernelError(
            answer["error"],
            None if where is None else PythonLine(Path(where["path"]), where["line"], where["function"]),
        )
    modules: dict[str, str] = answer["modules"]
    return modules


def _count(words: str) -> int:
    """How many values stand behind a SCALARS argument; other counts are names, for the header alone."""
    return int(words) if words.isdecimal() else 0
