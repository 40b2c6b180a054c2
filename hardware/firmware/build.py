"""Builds the firmware: the on-device core by `cadence.aot`, the C around it by a cross compiler.

`arm-none-eabi-gcc` is taken where it is installed, else Zig's clang from the extra `firmware`. What was built
is kept, by a hash of all that goes in.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from cadence.aot.errors import AotError
from cadence.kept import kept
from hardware.firmware.core_build import kept_core

Board = Literal["mps2_an386", "nrf52840"]
Compiler = Literal["arm-none-eabi-gcc", "ziglang"]

C_FOLDER = Path(__file__).parent / "c"
_ELF = "pod.elf"

WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wdouble-promotion")
"""The last: a float64 on a processor that has none is a slip."""

_FLAGS = (
    "-std=c99",
    "-Os",
    "-ffp-contract=off",  # the bits of the host, which does not contract either
    "-ffreestanding",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
    *WARNINGS,
)
_LINK_FLAGS = ("-nostdlib", "-Wl,--gc-sections", "-Wl,-e,reset")
CROSS_COMPILERS: dict[Compiler, tuple[str, ...]] = {
    "arm-none-eabi-gcc": (
        "arm-none-eabi-gcc",
        "-mcpu=cortex-m4",
        "-mthumb",
        "-mfloat-abi=hard",
        "-mfpu=fpv4-sp-d16",
    ),
    "ziglang": (
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        "-target",
        "thumb-freestanding-eabihf",
        "-mcpu=cortex_m4+vfp4d16sp",
        "-fno-sanitize=undefined",  # zig's own default, which traps
    ),
}


class FirmwareError(Exception):
    """The firmware cannot be built or run here. The message says why in one plain line."""


@dataclass(frozen=True, slots=True)
class Firmware:
    """A built firmware.

    Attributes:
        elf: the program, with its symbols.
        board: for which.
        compiler: of the C in it.
        core_hash: first 32 bits of the hash of the on-device core's source, as in HELLO.
    """

    elf: Path
    board: Board
    compiler: Compiler
    core_hash: int


def find_compiler() -> Compiler:
    """The compiler that is taken here.

    Raises FirmwareError where there is none.
    """
    if shutil.which("arm-none-eabi-gcc"):
        return "arm-none-eabi-gcc"
    if find_spec("ziglang"):
        return "ziglang"
    raise FirmwareError(
        "no compiler for the pod's firmware: install arm-none-eabi-gcc (Debian: gcc-arm-none-eabi) or "
        "pip install 'cadence-coach[firmware]'"
    )


def build_core() -> Path:
    """The folder of the on-device core for the pod: `libcadence_core.a`, `cadence_core.h` and
    `manifest.json`, built anew if anything has changed.

    Raises FirmwareError where it cannot be built.
    """
    try:
        return kept_core("cortex-m4f")
    except AotError as error:
        raise FirmwareError(f"the on-device core cannot be built: {error}") from None


def build_firmware(board: Board = "mps2_an386", compiler: Compiler | None = None) -> Firmware:
    """The firmware for a board, built anew if anything has changed.

    Args:
        board: for which.
        compiler: None for the one that is found.

    Raises FirmwareError where it cannot be built.
    """
    compiler = find_compiler() if compiler is None else compiler
    core = build_core()
    core_hash = int(json.loads((core / "manifest.json").read_text(encoding="utf-8"))["source_hash"][:8], 16)
    sources = sorted([*C_FOLDER.glob("*.[ch]"), *(C_FOLDER / board).glob("*.[ch]")])
    scripts = [C_FOLDER / "sections.ld", C_FOLDER / board / "link.ld"]
    command = [
        *CROSS_COMPILERS[compiler],
        *_FLAGS,
        f"-DCORE_HASH=0x{core_hash:08x}u",
        f"-I{C_FOLDER}",
        f"-I{core}",
        *(str(path) for path in sources if path.suffix == ".c"),
        str(core / "libcadence_core.a"),
        *_LINK_FLAGS,
        f"-L{C_FOLDER}",  # and GNU ld here
        "-T",
        str(scripts[1]),
        "-o",
    ]
    digest = _digest(_version(compiler) + " ".join(command), [*sources, *scripts])
    folder = kept(f"pod-firmware-{digest}", lambda folder: _run(*command, str(folder / _ELF)))
    return Firmware(folder / _ELF, board, compiler, core_hash)


def _run(*command: str) -> None:
    try:
        # There, since lld looks for a script that a script includes where it is started.
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=C_FOLDER)
    except FileNotFoundError:
        raise FirmwareError(f"{command[0]} is not installed") from None
    except subprocess.CalledProcessError as error:
        first = next((line for line in error.stderr.splitlines() if "error:" in line), error.stderr.strip())
        raise FirmwareError(f"the firmware cannot be compiled: {first}") from None


@cache
def _version(compiler: Compiler) -> str:
    command = [*CROSS_COMPILERS[compiler][:1], "-dumpfullversion"]
    if compiler == "ziglang":
        command = [sys.executable, "-m", "ziglang", "version"]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        raise FirmwareError(f"{compiler} is not installed") from None


def _digest(text: str, files: Sequence[Path]) -> str:
    digest = hashlib.sha256(text.encode())
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
