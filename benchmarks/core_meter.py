"""What the on-device core takes of a Cortex-M4F, sample by sample, counted by QEMU."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.core_check import trace
from hardware.core_check.trace import Stretch, to_bytes, traces_from_bytes
from hardware.firmware.build import CROSS_COMPILERS, FirmwareError, build_core, find_compiler
from hardware.firmware.qemu import check_qemu

_DRIVER = Path(__file__).parent / "drivers" / "core_meter.c"
_HARNESS = Path(trace.__file__).parent / "drivers"
_ICOUNT_SHIFT = 8
"""An instruction takes 256 ns, more than six ticks of the board's timer: none is rounded away. Our choice."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a part of the core took at each sample.

    Attributes:
        instructions: int32 (n,).
        stack_bytes: int32 (n,), the most that one call took, with what its caller pushes.
    """

    instructions: NDArray[np.int32]
    stack_bytes: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Metered:
    """What the samples of a stretch took.

    Attributes:
        events: int32 (n,), what the detector returned, and SAID_IN_TIME and SAID_AT_STRIDE of the policy.
        detector: the detector alone.
        core: with the policy, whose time goes on at a stride and after each batch, as in the firmware.
    """

    events: NDArray[np.int32]
    detector: Taken
    core: Taken


def meter(stretches: Sequence[Stretch]) -> list[Metered]:
    """Pass stretches of samples through the core, each from its start.

    Raises FirmwareError where a tool is missing or fails.
    """
    check_qemu()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = _build(folder)
        (folder / "stretches.bin").write_bytes(to_bytes(stretches))
        _run(
            "qemu-system-arm", "-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none",
            "-icount", f"shift={_ICOUNT_SHIFT}", "-semihosting-config", "enable=on,target=native",
            "-kernel", str(program), folder=folder,
        )  # fmt: skip
        told = traces_from_bytes((folder / "traces.bin").read_bytes(), stretches)
        return [_metered(one.events.view(np.uint32), one.digests) for one in told]


def _metered(events: NDArray[np.uint32], counts: NDArray[np.uint32]) -> Metered:
    said, coach_words, detector_words = events & 0xFFFF, events >> 16 & 0xFF, events >> 24
    detector, both = counts & 0xFFFF, (counts & 0xFFFF) + (counts >> 16)
    return Metered(
        said.astype(np.int32),
        Taken(detector.astype(np.int32), 4 * detector_words.astype(np.int32)),
        Taken(both.astype(np.int32), 4 * np.maximum(detector_words, coach_words).astype(np.int32)),
    )


def _build(folder: Path) -> Path:
    core, program = build_core(), folder / "core_meter.elf"
    _run(
        *CROSS_COMPILERS[find_compiler()], f"-DICOUNT_SHIFT={_ICOUNT_SHIFT}",
        "-std=c99", "-O2", "-ffreestanding", "-nostdlib",
        f"-I{core}", f"-I{_HARNESS}", str(_DRIVER), str(_HARNESS / "cortex_m4f.c"),
        str(core / "libcadence_core.a"), "-T", str(_HARNESS / "cortex_m4f.ld"), "-o", str(program),
        folder=folder,
    )  # fmt: skip
    return program


def _run(*command: str, folder: Path) -> None:
    done = subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise FirmwareError(f"{Path(command[0]).name} failed: {said[-1] if said else done.returncode}")
