"""The on-device core, built once for every target. A missing tool skips with its name, and fails in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cadence.aot.build import build
from cadence.aot.errors import ToolError
from hardware.firmware.core_program import PROGRAM


def wanting(tool: str) -> None:
    """Skip for want of a tool; where CI is set that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{tool} is missing")
    pytest.skip(f"{tool} is missing")


def need(tool: str) -> str:
    """The path of a command."""
    path = shutil.which(tool)
    if path is None:
        wanting(tool)
    return str(path)


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command that must go well. Returns what it said."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def cortex_m4f(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cortex-m4f")
    build(PROGRAM, "cortex-m4f", folder)
    return folder


@pytest.fixture(scope="session")
def wasm32(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wasm32")
    try:
        build(PROGRAM, "wasm32", folder)
    except ToolError as error:
        wanting(str(error))
    return folder


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host")
    build(PROGRAM, "host", folder)
    return folder


@pytest.fixture(scope="session")
def c99(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The C sources, and a shared library that GCC has made of them."""
    gcc = need("gcc")
    folder = tmp_path_factory.mktemp("c99")
    build(PROGRAM, "c99", folder)
    strict = ("-std=c99", "-pedantic", "-Wall", "-Wconversion", "-Werror", "-ffp-contract=off", "-O2")
    library = folder / "libcadence_core.so"
    run(gcc, *strict, "-shared", "-fPIC", folder / "cadence_core.c", "-lm", "-o", library)
    return folder
