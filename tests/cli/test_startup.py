"""`coach` answers at once and says who it is."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from .conftest import Coach

ROOT = Path(__file__).parents[2]
HEAVY = (
    "numpy",
    "scipy",
    "numba",
    "matplotlib",
    "bleak",
    "serial",
    "mcap",
    "miniaudio",
    "sqlite3",
    "asyncio",
    "aiohttp",
    "rjsmin",
)
COMMANDS = (
    "replay",
    "demo",
    "run",
    "record",
    "pods",
    "doctor",
    "journal",
    "report",
    "export",
    "core",
    "phone",
)


@pytest.mark.parametrize("arguments", [("--help",), *((name, "--help") for name in COMMANDS)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    program = (
        "import sys\nfrom coach.cli.main import app\n"
        f"try:\n    app({list(arguments)!r})\nexcept SystemExit as end:\n"
        f"    sys.exit(end.code or [name for name in {HEAVY!r} if name in sys.modules] or None)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_help_names_every_command(coach: Coach) -> None:
    run = coach("--help")
    assert run.returncode == 0
    assert [name for name in COMMANDS if f" {name} " not in run.stdout] == []


def test_version_is_that_of_the_distribution(coach: Coach) -> None:
    run = coach("--version")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert run.stdout == f"coach {project['version']}\n"
    assert version("cadence-coach") == project["version"]


def test_the_command_coach_is_installed() -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("coach"), "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("coach ")
