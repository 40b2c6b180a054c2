"""The firmware builds for both boards by both compilers, the same each time, and says what is missing."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from hardware.firmware import build as building
from hardware.firmware.build import (
    Board,
    Compiler,
    Firmware,
    FirmwareError,
    build_core,
    build_firmware,
    find_compiler,
)
from hardware.firmware.qemu import check_qemu

FLASH_BYTES, RAM_BYTES = 1 << 20, 256 << 10  # nRF52840


def loaded(elf: Path) -> list[tuple[int, int, int]]:
    """Address, bytes in the file and bytes in memory of what is loaded: ELF32, little endian."""
    data = elf.read_bytes()
    at, size, count = (
        struct.unpack_from(form, data, place)[0] for form, place in (("<I", 28), ("<H", 42), ("<H", 44))
    )
    headers = [struct.unpack_from("<8I", data, at + index * size) for index in range(count)]
    return [(header[2], header[4], header[5]) for header in headers if header[0] == 1]


@pytest.mark.parametrize("board", ["mps2_an386", "nrf52840"])
def test_it_builds_without_a_warning_and_fits(firmware: Firmware, board: Board, compiler: Compiler) -> None:
    built = build_firmware(board, compiler)
    parts = loaded(built.elf)
    flash = sum(in_file for _, in_file, _ in parts)
    ram = sum(in_memory for address, _, in_memory in parts if address >= 0x2000_0000)
    assert 5_000 < flash < 40_000 < FLASH_BYTES
    assert 10_000 < ram < 32_000 < RAM_BYTES
    assert built.core_hash == firmware.core_hash


def test_the_same_source_gives_the_same_bytes(
    firmware: Firmware, compiler: Compiler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = build_core()
    monkeypatch.setattr(building, "build_core", lambda: core)
    builds = []
    for name in ("one", "two"):
        monkeypatch.setenv("COACH_CACHE", str(tmp_path / name))
        builds.append(build_firmware(compiler=compiler).elf)
    assert builds[0] != builds[1]
    assert builds[0].read_bytes() == builds[1].read_bytes()


def test_it_is_built_once(firmware: Firmware) -> None:
    before = firmware.elf.stat().st_mtime_ns
    assert build_firmware().elf == firmware.elf
    assert firmware.elf.stat().st_mtime_ns == before


def test_a_cache_that_cannot_be_written_is_done_without(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = build_core()
    monkeypatch.setattr(building, "build_core", lambda: core)
    (tmp_path / "file").touch()
    monkeypatch.setenv("COACH_CACHE", str(tmp_path / "file" / "below"))
    assert build_firmware().elf.read_bytes()


def test_a_missing_compiler_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(building, "find_spec", lambda name: None)
    with pytest.raises(FirmwareError, match=r"^no compiler .*gcc-arm-none-eabi.*cadence-coach\[firmware\]'$"):
        find_compiler()


def test_a_missing_qemu_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(FirmwareError, match=r"^qemu-system-arm is not installed \(Debian: .*\)$"):
        check_qemu()


def test_an_error_of_the_compiler_is_one_line(
    firmware: Firmware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = build_core()
    broken = tmp_path / "c"
    shutil.copytree(building.C_FOLDER, broken)
    with (broken / "pod.c").open("a") as file:
        file.write("float slip(float x) { return x * 2.0; }\n")
    monkeypatch.setattr(building, "build_core", lambda: core)
    monkeypatch.setattr(building, "C_FOLDER", broken)
    monkeypatch.setenv("COACH_CACHE", str(tmp_path))
    with pytest.raises(FirmwareError, match=r"^the firmware cannot be compiled: .*pod\.c:\d+.*double.*$"):
        build_firmware()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("pod-firmware")]
