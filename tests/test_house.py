"""The house rules that a machine can check: walls, names, sizes, the commands of the README."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import numpy as np
import pytest
from importlinter.cli import lint_imports

from cadence.stride import STRIDE

ROOT = Path(__file__).parents[1]
PACKAGES = ("cadence", "firmware_bridge", "coach", "hardware")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_imports_run_one_way(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0, capsys.readouterr()


def test_the_on_device_core_imports_nothing_but_numpy_math_and_numba() -> None:
    graph = grimp.build_graph("cadence", include_external_packages=True, cache_dir=None)
    core = {"cadence.core", *graph.find_descendants("cadence.core")}
    for module in core:
        imported = graph.find_modules_directly_imported_by(module)
        assert imported <= core | {"numpy", "math", "numba", "__future__"}, module


def test_the_cue_policy_imports_nothing_but_the_core_and_the_layouts() -> None:
    graph = grimp.build_graph("cadence", "coach", include_external_packages=True, cache_dir=None)
    layouts = {"cadence.core.kernel", "cadence.core.layout", "cadence.cue", "coach.policy_layout"}
    policy = {"coach.policy", "coach.policy_constants"}
    for module in policy:
        imported = graph.find_modules_directly_imported_by(module)
        assert imported <= policy | layouts | {"numpy", "math", "numba", "__future__"}, module


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_holds_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


def test_every_number_of_a_stride_has_its_unit_in_its_name() -> None:
    units = ("_s", "_spm", "_m", "_m_s", "_percent", "_deg", "_g")
    numbers = [name for name in STRIDE.names or () if np.issubdtype(STRIDE[name], np.floating)]
    assert [name for name in numbers if not name.endswith(units)] == []


def test_the_wheel_holds_the_four_packages() -> None:
    assert tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES


def test_the_readme_opens_with_the_two_commands_that_do_all_the_set_up() -> None:
    commands = re.findall(
        r"^    (\S.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert commands[:2] == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/coach demo",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest",
    ]


def test_a_test_of_real_recordings_that_is_skipped_fails_in_ci_where_the_recordings_are(
    tmp_path: Path,
) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\ndef test_people(data_dir):\n    pytest.skip('not today')\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]

    def exit_code(**environment: str) -> int:
        clean = {name: value for name, value in os.environ.items() if name not in ("CI", "CADENCE_DATA")}
        run = subprocess.run(command, cwd=tmp_path, env=clean | environment, capture_output=True, check=False)
        return run.returncode

    assert exit_code(CI="true", CADENCE_DATA=str(tmp_path)) == 1
    assert exit_code(CI="true", CADENCE_DATA=str(tmp_path / "nowhere")) == 0
    assert exit_code(CADENCE_DATA=str(tmp_path)) == 0
