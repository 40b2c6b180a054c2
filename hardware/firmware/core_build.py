"""The on-device core as files for those who build with it, on every target."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from cadence.aot.build import TargetName, build
from cadence.aot.sources import compiler_hash, source_hash
from cadence.kept import kept
from hardware.firmware.core_program import PROGRAM

_BESIDE_CORE = Path(__file__).parent / "beside_core"
"""By target: an example, a wrapper. They are copied as they are."""


def write_core(target: TargetName, folder: Path) -> dict[str, Any]:
    """Write the core for a target, with what its users find handy, into a folder.

    Args:
        target: one of `cadence.aot.build.TARGETS`.
        folder: is made where there is none. Files of these names are replaced, others left alone.

    Returns:
        The manifest, as it stands in manifest.json: the same input gives the same bytes.

    Raises:
        AotError: the core breaks a rule, or a tool is missing.
        OSError: the folder cannot be written.
    """
    return build(PROGRAM, target, folder, _beside(target))


def kept_core(target: TargetName) -> Path:
    """The folder of the core for a target, built anew if anything has changed.

    Raises AotError where it cannot be built.
    """
    digest = hashlib.sha256(f"{source_hash(PROGRAM)} {compiler_hash()} {PROGRAM!r}".encode())
    for path in _beside(target):
        digest.update(path.name.encode() + path.read_bytes())

    def make(folder: Path) -> None:
        write_core(target, folder)

    return kept(f"core-{target}-{digest.hexdigest()[:16]}", make)


def _beside(target: TargetName) -> list[Path]:
    folder = _BESIDE_CORE / target.replace("-", "_")
    return sorted(path for path in folder.glob("*") if path.is_file())
