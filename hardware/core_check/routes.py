"""The ways that the one source goes to run: each takes samples through the core and gives the trace.

Numba's code is the reference. Every route runs many stretches at once, since starting one costs more than
thousands of samples do.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from cadence.aot.build import TargetName
from cadence.aot.errors import ToolError
from cadence.aot.linking import host_compiler, wasm_linker
from cadence.aot.targets import host
from hardware.core_check.trace import Stretch, Trace, to_bytes, traces_from_bytes

_DRIVERS = Path(__file__).parent / "drivers"
_STRETCHES, _TRACES = "stretches.bin", "traces.bin"


class Route(Protocol):
    """A way for the core to run.

    Attributes:
        name: as tables call it.
        most_samples: how many of a stretch it takes, its first; None for all.
    """

    @property
    def name(self) -> str: ...

    @property
    def most_samples(self) -> int | None: ...

    def missing(self) -> str | None:
        """What must be installed before it can run here, in a few words; None where nothing is missing."""

    def traces(self, stretches: Sequence[Stretch]) -> Iterable[Trace]:
        """A trace of each stretch.

        Raises:
            ToolError: a tool fails.
            KernelError: the core cannot be built.
        """


class Numba:
    """Machine code that Numba makes when it is first called: what `coach` runs."""

    name = "Numba"
    most_samples = None

    def missing(self) -> None:
        return None

    def traces(self, stretches: Sequence[Stretch]) -> Iterable[Trace]:
        from hardware.core_check.python_core import trace_by_python

        return [trace_by_python(stretch) for stretch in stretches]


class PlainPython:
    """The source as Python reads it, which needs a process where Numba keeps out."""

    name = "plain Python"

    def __init__(self, most_samples: int) -> None:
        """It is much slower than the others, so it takes the first `most_samples` of a stretch."""
        self.most_samples = most_samples

    def missing(self) -> None:
        return None

    def traces(self, stretches: Sequence[Stretch]) -> Iterable[Trace]:
        paths = os.pathsep.join(filter(None, sys.path))
        environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": paths}
        command = (sys.executable, "-m", "hardware.core_check.plain_python", _STRETCHES, _TRACES)
        return by_process(command, stretches, environment)


class CLibrary:
    """The core as a library for C on this machine: as `cadence.aot` builds it, or GCC from its C99."""

    most_samples = None

    def __init__(self, target: TargetName) -> None:
        """`target` is "host" or "c99"."""
        self.name = "host library" if target == "host" else "C99 by gcc"
        self._target = target

    def missing(self) -> str | None:
        try:
            self._compiler()
        except ToolError as error:
            return str(error)
        return None

    def traces(self, stretches: Sequence[Stretch]) -> Iterable[Trace]:
        import ctypes

        import numpy as np

        with tempfile.TemporaryDirectory() as folder:
            library = ctypes.CDLL(str(self._build(Path(folder))))
            for stretch in stretches:
                told = np.zeros((len(stretch), 2), np.uint32)
                settings, samples = stretch.both_settings(), stretch.samples()
                library.core_begin()
                library.core_trace(
                    settings.ctypes.data_as(ctypes.c_void_p),
                    samples.ctypes.data_as(ctypes.c_void_p),
                    ctypes.c_int32(len(stretch)),
                    told.ctypes.data_as(ctypes.c_void_p),
                )
                yield Trace(told[:, 0].astype(np.int32), told[:, 1].copy())

    def _compiler(self) -> tuple[str, ...]:
        if self._target == "host":
            if host() is None:
                raise ToolError("it is for Linux on x86-64 and ARM64")
            return host_compiler()
        if path := shutil.which("gcc"):  # of another family than the compiler of the other routes
            return (path,)
        raise ToolError("gcc is not installed")

    def _build(self, folder: Path) -> Path:
        core = _kept_core(self._target)
        inside = core / ("libcadence_core.a" if self._target == "host" else "cadence_core.c")
        library = folder / "core_trace.so"
        _run(
            *self._compiler(), "-std=c99", "-O2", "-ffp-contract=off", "-shared", "-fPIC", f"-I{core}",
            str(_DRIVERS / "core_trace.c"), str(inside), "-lm", "-o", str(library),
        )  # fmt: skip
        return library


class WebAssembly:
    """The WebAssembly module in node, whose engine is that of a browser."""

    name = "WebAssembly"
    most_samples = None

    def missing(self) -> str | None:
        if shutil.which("node") is None:
            return "node is not installed"
        try:
            wasm_linker()
        except ToolError as error:
            return str(error)
        return None

    def traces(self, stretches: Sequence[Stretch]) -> Iterable[Trace]:
        core = _kept_core("wasm32")
        files = (core / "cadence_core.wasm", core / "cadence_core.json", _STRETCHES, _TRACES)
        return by_process(("node", str(_DRIVERS / "webassembly.mjs"), *map(str, files)), stretches)


class CortexM4F:
    """The library of the pod, in QEMU."""

    name = "Cortex-M4F"
    most_samples = None

    def missing(self) -> str | None:
        from hardware.firmware.build import FirmwareError, find_compiler
        from hardware.firmware.qemu import check_qemu

        try:
            find_compiler()
            check_qemu()
        except FirmwareError as error:
            return str(error)
        return None

    def traces(self, stretches: Sequence[Stretch]) -> Iterable[Trace]:
        with tempfile.TemporaryDirectory() as folder:
            program = self._build(Path(folder))
            command = (
                "qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
                "-semihosting-config", "enable=on,target=native", "-kernel", str(program),
            )  # fmt: skip
            return by_process(command, stretches)

    def _build(self, folder: Path) -> Path:
        from hardware.firmware.build import CROSS_COMPILERS, find_compiler

        core = _kept_core("cortex-m4f")
        program = folder / "core_trace.elf"
        _run(
            *CROSS_COMPILERS[find_compiler()],
            "-std=c99", "-O2", "-ffreestanding", "-nostdlib",
            f"-I{core}", str(_DRIVERS / "core_trace.c"), str(_DRIVERS / "cortex_m4f.c"),
            str(core / "libcadence_core.a"), "-T", str(_DRIVERS / "cortex_m4f.ld"), "-o", str(program),
        )  # fmt: skip
        return program


REFERENCE = Numba()


def other_routes(plain_samples: int) -> tuple[Route, ...]:
    """All but the reference; plain Python takes so many samples of a stretch."""
    return (PlainPython(plain_samples), CLibrary("host"), CLibrary("c99"), WebAssembly(), CortexM4F())


def _kept_core(target: TargetName) -> Path:
    from hardware.firmware.core_build import kept_core

    return kept_core(target)


def by_process(
    command: Sequence[str], stretches: Sequence[Stretch], environment: dict[str, str] | None = None
) -> list[Trace]:
    """By a driver that reads _STRETCHES in the folder where it is started, and writes _TRACES there."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / _STRETCHES).write_bytes(to_bytes(stretches))
        _run(*command, folder=folder, environment=environment)
        try:
            told = (Path(folder) / _TRACES).read_bytes()
        except FileNotFoundError:
            raise ToolError(f"{Path(command[0]).name} has ended and left no traces") from None
        return list(traces_from_bytes(told, stretches))


def _run(*command: str, folder: str | None = None, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ToolError(f"{Path(command[0]).name} failed: {said[-1] if said else done.returncode}")
