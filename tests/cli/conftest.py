"""How the tests call `coach`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hardware.gait import Pace
from hardware.runner import Segment, simulate

from .recordings import HEAD, standing, write

Coach = Callable[..., "subprocess.CompletedProcess[str]"]
START = "from coach.cli.main import main; main()"


@pytest.fixture
def coach(tmp_path: Path) -> Coach:
    """Calls `coach` as its own process, as a user does, in a fresh folder."""

    def call(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", START, *map(str, arguments)],
            cwd=tmp_path, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, encoding="utf-8", timeout=100, check=False,
        )  # fmt: skip

    return call


@pytest.fixture
def standing_csv(tmp_path: Path) -> Path:
    """A pod that lies still for six seconds."""
    return write(tmp_path / "standing.csv", standing())


@pytest.fixture(scope="session")
def run_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated run of half a minute, from standing, with the units in the names of its columns."""
    run = simulate([Segment(5.0), Segment(30.0, Pace())]).whole()
    path = tmp_path_factory.mktemp("recordings") / "run.csv"
    table = np.column_stack([run.t_us / 1e6, run.motion])
    np.savetxt(path, table, fmt="%.6f", delimiter=",", header=HEAD.strip(), comments="")
    return path
