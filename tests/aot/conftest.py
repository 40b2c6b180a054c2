"""The on-device core, built once for every target. A missing tool skips with its name, and fails in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from cadence.aot.errors import ToolError
from hardware.firmware.core_build import kept_core


def wanting(what: str) -> NoReturn:
    """Skip for want of a tool; where CI is set that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def need(tool: str) -> str:
    """The path of a command."""
    path = shutil.which(tool)
    if path is None:
        wanting(f"{tool} is missing")
    return path


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a command that must go well. Returns what it said."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=cwd, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def cortex_m4f() -> Path:
    return kept_core("cortex-m4f")


@pytest.fixture(scope="session")
def wasm32() -> Path:
    try:
        return kept_core("wasm32")
    except ToolError as error:
        wanting(str(error))


@pytest.fixture(scope="session")
def host() -> Path:
    return kept_core("host")


@pytest.fixture(scope="session")
def c99() -> Path:
    return kept_core("c99")
