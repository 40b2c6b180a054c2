"""What a build writes: the same bytes every time, small, complete, and with a manifest that is true."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cadence.aot.archive import archive
from cadence.aot.build import TARGETS, TargetName, build, compile_program
from cadence.aot.errors import AotError, ToolError
from cadence.aot.lowering import lower
from cadence.aot.object_file import contents
from cadence.aot.program import Program
from cadence.aot.sources import source_files, source_hash
from cadence.core import layout
from coach import policy_layout
from hardware.firmware.core_build import write_core
from hardware.firmware.core_program import DETECTOR, POLICY, PROGRAM

from .conftest import need, run, wanting
from .small_programs import small_program

ENTRIES = ("detector_init", "detector_step", "policy_init", "policy_advance", "policy_stride")
ROOT = Path(__file__).parents[2]


def manifest(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return document


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    program = Program("policy", POLICY, PROGRAM.layouts)
    build(program, "cortex-m4f", tmp_path / "here")
    script = """
import sys
from pathlib import Path
from cadence.aot.build import build
from cadence.aot.program import Program
from hardware.firmware.core_program import POLICY, PROGRAM
build(Program("policy", POLICY, PROGRAM.layouts), "cortex-m4f", Path(sys.argv[1]))
"""
    environment = os.environ | {"PYTHONHASHSEED": "7", "COACH_CACHE": str(tmp_path / "nothing kept")}
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "there")], cwd=ROOT, env=environment, check=True
    )
    names = sorted(path.name for path in (tmp_path / "here").iterdir())
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == names
    for name in names:
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes(), name


def test_no_path_of_this_machine_is_in_what_is_built(cortex_m4f: Path, wasm32: Path, c99: Path) -> None:
    for folder in (cortex_m4f, wasm32, c99):
        for path in folder.glob("*cadence_core.[!s]*"):
            assert str(ROOT).encode() not in path.read_bytes(), path


def test_the_manifest_tells_what_was_built_of_what(cortex_m4f: Path) -> None:
    told = manifest(cortex_m4f)
    assert told["target"] == "cortex-m4f"
    assert told["triple"] == "thumbv7em-none-unknown-eabihf"
    assert tuple(told["entries"]) == ENTRIES
    assert {"cadence.core.step", "cadence.core.kernel", "coach.policy", "cadence.cue"} <= set(told["sources"])
    assert not {name for name in told["sources"] if name.startswith(("numba", "numpy", "math"))}
    assert told["source_hash"] == source_hash(PROGRAM)
    for name, digest in told["files"].items():
        assert hashlib.sha256((cortex_m4f / name).read_bytes()).hexdigest() == digest
    files = {"cadence_core.h", "libcadence_core.a", "cadence_core.o", "cadence_core.json"}
    assert files <= set(told["files"])
    assert {path.name for path in cortex_m4f.iterdir()} == {*told["files"], "manifest.json"}


def test_the_pods_code_and_memory_are_small(cortex_m4f: Path, wasm32: Path) -> None:
    told = manifest(cortex_m4f)
    assert told["code_bytes"] <= 16_000
    words = layout.STATE_FLOATS + layout.STATE_INTS + policy_layout.STATE_FLOATS + policy_layout.STATE_INTS
    assert told["state_bytes"] == 4 * words <= 2048
    assert manifest(wasm32)["wasm_bytes"] == (wasm32 / "cadence_core.wasm").stat().st_size <= 24_000


@pytest.mark.parametrize("entries", [DETECTOR, POLICY], ids=["detector", "policy"])
def test_each_part_can_be_built_alone(entries: Any, cortex_m4f: Path) -> None:
    lowered = lower(PROGRAM)
    part = {entry.symbol: lowered[entry.symbol] for entry in entries}
    alone = compile_program(Program("part", entries, PROGRAM.layouts), "cortex-m4f", part)
    assert 0 < alone.contents.code_bytes < manifest(cortex_m4f)["code_bytes"]
    assert set(alone.contents.defined) == {entry.symbol for entry in entries}


def test_an_object_is_complete_in_itself(cortex_m4f: Path, host: Path) -> None:
    for folder in (cortex_m4f, host):
        inside = contents((folder / "cadence_core.o").read_bytes())
        assert (inside.undefined, inside.writable_bytes) == ((), 0)
        assert set(inside.defined) == set(ENTRIES)


def test_the_webassembly_module_imports_nothing(wasm32: Path) -> None:
    inside = contents((wasm32 / "cadence_core.wasm").read_bytes())
    assert inside.undefined == ()
    assert set(inside.defined) == {*ENTRIES, "memory", "__heap_base"}


def test_what_is_lacking_in_an_object_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "lacking.c"
    source.write_text(
        "extern float floorf(float);\nint count;\nconst int seven[2] = {7, 7};\n"
        "int f(float x) { return count += (int)floorf(x); }\n"
    )
    compiled = tmp_path / "lacking.o"
    run(need("gcc"), "-O1", "-fno-builtin", "-fno-pic", "-c", source, "-o", compiled)
    inside = contents(compiled.read_bytes())
    assert inside.undefined == ("floorf",)
    assert set(inside.defined) == {"count", "seven", "f"}
    assert inside.writable_bytes == 4
    assert inside.constant_bytes >= 8
    with pytest.raises(AotError, match="neither an ELF nor a WebAssembly"):
        contents(b"MZ\x90\0")


def test_the_same_library_as_ar_writes(cortex_m4f: Path, tmp_path: Path) -> None:
    ours = (cortex_m4f / "libcadence_core.a").read_bytes()
    member = tmp_path / "core.o"
    member.write_bytes((cortex_m4f / "cadence_core.o").read_bytes())
    run(need("ar"), "rcsD", tmp_path / "theirs.a", member)
    theirs = (tmp_path / "theirs.a").read_bytes()
    symbols = run(need("nm"), "-s", tmp_path / "theirs.a").split("Archive index:")[1].split("\n\n")[0]
    order = [line.split(" in ")[0] for line in symbols.strip().splitlines()]
    assert archive("core.o", member.read_bytes(), order)[8:] == theirs[8:]
    assert len(ours) == len(theirs)


def test_a_name_too_long_for_a_library_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        archive("a_very_long_name.o", b"", [])


def test_an_edit_of_any_source_changes_the_source_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)
    assert set(source_files(program)) == {program.entries[0].module, "cadence.core.kernel"}
    before = source_hash(program)
    path = source_files(program)[program.entries[0].module]
    path.write_text(path.read_text(encoding="utf-8") + "# an edit\n", encoding="utf-8")
    assert source_hash(program) != before


def test_installed_sources_have_the_hash_of_those_in_the_folder(tmp_path: Path) -> None:
    installed = tmp_path / "site-packages"
    for package in ("cadence", "coach", "hardware"):
        shutil.copytree(ROOT / package, installed / package, ignore=shutil.ignore_patterns("__pycache__"))
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from cadence.aot.sources import source_files, source_hash\n"
        "from hardware.firmware.core_program import PROGRAM\n"
        "assert all(str(path).startswith(sys.argv[1]) for path in source_files(PROGRAM).values())\n"
        "print(source_hash(PROGRAM))"
    )
    told = run(sys.executable, "-c", script, installed, cwd=tmp_path)
    assert told.strip() == source_hash(PROGRAM)


@pytest.mark.parametrize("target", TARGETS)
def test_two_builds_in_two_folders_are_the_same(target: TargetName, tmp_path: Path) -> None:
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "libcadence_core.so").write_bytes(b"left over from another build")
    builds = []
    for name in ("one", "two"):
        try:
            told = write_core(target, tmp_path / name)
        except ToolError as error:
            wanting(str(error))
        assert told == manifest(tmp_path / name)
        names = [*told["files"], "manifest.json"]
        builds.append({file: (tmp_path / name / file).read_bytes() for file in names})
    assert builds[0] == builds[1]


def test_what_lies_beside_is_in_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)
    (tmp_path / "example.c").write_bytes(b"int main(void) { return 0; }\n")
    told = build(program, "c99", tmp_path / "out", [tmp_path / "example.c"])
    digest = hashlib.sha256((tmp_path / "out" / "example.c").read_bytes()).hexdigest()
    assert told["files"]["example.c"] == digest


def test_files_of_others_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)
    (tmp_path / "package.json").write_text("{}")
    beside, out = [tmp_path / "package.json"], tmp_path / "out"
    out.mkdir()
    for name in ("package.json", "manifest.json"):
        (out / name).write_text('{"name": "a site"}')
        with pytest.raises(AotError, match=f"out holds a {name} that is not of a build"):
            build(program, "c99", out, beside)
        assert [path.read_text() for path in out.iterdir()] == ['{"name": "a site"}']
        (out / name).unlink()
    build(program, "c99", out, beside)
    build(program, "c99", out, beside)


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)

    def link(*arguments: object) -> None:
        raise ToolError("no linker")

    monkeypatch.setattr("cadence.aot.build.link_wasm", link)
    with pytest.raises(ToolError, match="no linker"):
        build(program, "wasm32", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_lowering_is_kept_until_a_source_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)
    lowered = lower(program)
    run_process = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *command, **options: pytest.fail("lowered again"))
    assert lower(program) == lowered
    monkeypatch.setattr(subprocess, "run", run_process)
    path = source_files(program)[program.entries[0].module]
    path.write_text(path.read_text(encoding="utf-8").replace("return k", "return k + 1"), encoding="utf-8")
    assert lower(program) != lowered


def test_two_processes_may_lower_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from cadence.aot.lowering import lower\n"
        "from cadence.aot.program import Entry, Program, floats, integer, ints\n"
        "arguments = (floats('x', '8'), ints('n', '8'), integer('k'))\n"
        "print(len(lower(Program('small', (Entry('small_main', sys.argv[2], arguments),)))['small_main']))"
    )
    command = [sys.executable, "-c", script, str(tmp_path), program.entries[0].function]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = {process.communicate()[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert told == {f"{len(lower(program)['small_main'])}\n"}
    kept = [path.name for path in (tmp_path / "kept").iterdir()]
    assert len(kept) == 1, kept
    assert kept[0].startswith("lowered-")


def test_every_target_of_a_small_program_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program("@jit\ndef main(x, n, k):\n    return k\n", tmp_path, monkeypatch)
    for target in TARGETS:
        assert build(program, target, tmp_path / target)["target"] == target
