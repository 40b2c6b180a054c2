"""`coach core`: builds the on-device core and checks it, and says in plain words what is amiss."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from cadence.aot.build import TARGETS
from cadence.aot.errors import KernelError
from coach.cli.core import command as core_command
from coach.cli.errors import CommandError
from coach.cli.main import app
from hardware.core_check.routes import CLibrary, CortexM4F, PlainPython, Route, WebAssembly
from hardware.core_check.simulated import running
from hardware.core_check.trace import Stretch, Trace

ROUTES = {"plain Python", "host library", "C99 by gcc", "WebAssembly", "Cortex-M4F"}


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["core", *map(str, arguments)])


def checked(*arguments: object) -> tuple[Result, dict[str, Any]]:
    result = call("check", "--json", *arguments)
    document: dict[str, Any] = json.loads(result.stdout)
    return result, document


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[Stretch]:
    """The representative set, made small; the lint is looked at elsewhere."""
    stretches = [running(8.0), running(8.0, has_gyroscope=False).beginning(700)]
    monkeypatch.setattr(core_command, "representative", lambda: iter(stretches))
    monkeypatch.setattr("hardware.core_check.report.broken_rules", lambda program, target: [])
    return stretches


def only(monkeypatch: pytest.MonkeyPatch, *routes: Route) -> None:
    monkeypatch.setattr(core_command, "other_routes", lambda plain_samples: routes)


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_is_built_with_a_manifest(target: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / target
    result = call("build", "--target", target, "--out", folder, "--json")
    assert result.exit_code == 0
    manifest = json.loads(result.stdout)
    assert manifest == json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["target"] == target
    assert {path.name for path in folder.iterdir()} == {*manifest["files"], "manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_people_are_told_what_was_built_and_where(tmp_path: Path) -> None:
    result = call("build", "--target", "c99", "--out", tmp_path)
    assert result.exit_code == 0
    for words in ("cadence_core.c", "cadence_core.h", "state 1", str(tmp_path), "manifest.json"):
        assert words in result.stdout


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "below"
    result = call("build", "--target", "c99", "--out", folder)
    assert isinstance(result.exception, CommandError)
    assert (
        str(result.exception) == f"{folder} cannot be written (Not a directory): name another folder by --out"
    )


def test_a_linker_that_is_missing_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "ziglang", None)  # as if it were not installed
    result = call("build", "--target", "wasm32", "--out", tmp_path)
    assert isinstance(result.exception, CommandError)
    assert str(result.exception).startswith(
        "the core cannot be built for wasm32: no linker for WebAssembly: pip"
    )


def test_an_unknown_target_or_none_is_wrong_usage(tmp_path: Path) -> None:
    for target in (["--target", "z80"], []):
        result = call("build", *target, "--out", tmp_path)
        assert result.exit_code == 2
        assert "--target" in result.stderr


def test_a_check_tells_of_every_stretch_on_every_route(few: list[Stretch]) -> None:
    _, document = checked()
    assert document["schema"] == "cadence-coach/core-check/1"
    assert document["lint"] == {}
    names = [stretch["stretch"] for stretch in document["stretches"]]
    assert names == ["running", "running, accelerometer alone"]
    for stretch, row in zip(few, document["stretches"], strict=True):
        assert {*row["verdicts"], *document["missing"]} == ROUTES
        assert row["samples"] == len(stretch)
        assert row["verdicts"]["plain Python"]["samples"] == min(len(stretch), 1000)
    assert document["stretches"][0]["strides"] > 8


def test_what_is_the_same_is_said_to_people(few: list[Stretch], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, PlainPython(100), CLibrary("host"))
    result = call("check")
    assert result.exit_code == 0
    assert "same, first 100" in result.stdout
    assert "against Numba: all the same" in result.stdout


class Astray:
    """A route that gets a digest wrong."""

    name = "astray"
    most_samples = None

    def missing(self) -> None:
        return None

    def traces(self, stretches: Iterable[Stretch]) -> list[Trace]:
        return [Trace(np.zeros(len(s), np.int32), np.full(len(s), 7, np.uint32)) for s in stretches]


def test_what_differs_is_a_failure(few: list[Stretch], monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, Astray())
    result, document = checked()
    assert (result.exit_code, document["same"]) == (1, False)
    assert document["stretches"][0]["verdicts"]["astray"]["first_difference"] == 0
    result = call("check")
    assert result.exit_code == 1
    assert "sample 0" in result.stdout
    assert "2 DIFFER" in result.stdout


def test_a_broken_rule_is_a_failure_and_named(few: list[Stretch], monkeypatch: pytest.MonkeyPatch) -> None:
    rule = KernelError("a float64 value", None)
    monkeypatch.setattr("hardware.core_check.report.broken_rules", lambda program, target: [rule])
    result, document = checked()
    assert result.exit_code == 1
    assert document["lint"] == {target: ["a float64 value"] for target in TARGETS}
    assert document["stretches"] == []
    result = call("check")
    assert result.exit_code == 1
    assert "wasm32: a float64 value" in result.stdout


def test_missing_tools_are_named_and_in_ci_a_failure(
    few: list[Stretch], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only(monkeypatch, CLibrary("c99"), WebAssembly(), CortexM4F())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    result, document = checked()
    assert (result.exit_code, document["same"]) == (0, True)
    assert document["missing"]["WebAssembly"] == "node is not installed"
    assert document["missing"]["C99 by gcc"] == "gcc is not installed"
    assert "qemu-system-arm is not installed" in document["missing"]["Cortex-M4F"]
    assert "coach: WebAssembly was left out: node is not installed" in result.stderr
    monkeypatch.setenv("CI", "true")
    assert checked()[0].exit_code == 1


def test_without_recordings_the_whole_set_is_not_called_whole(
    few: list[Stretch], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    only(monkeypatch, CLibrary("host"))
    monkeypatch.setattr(core_command, "full_stretches", lambda recordings: iter(few))
    monkeypatch.setenv("CADENCE_DATA", str(tmp_path / "nothing"))
    result, document = checked("--full")
    assert result.exit_code == 0
    assert document["left_out"].startswith("recordings of people")
    assert "coach: this was not the whole set, it lacks recordings of people" in result.stderr
    monkeypatch.setenv("CADENCE_DATA", str(tmp_path))
    assert checked("--full")[1]["left_out"] is None
