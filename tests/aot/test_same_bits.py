"""The same source gives the same bits, every word after every sample, whatever compiled it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cadence.aot.native import NativeLibrary
from cadence.core.layout import EVENT_GAP, EVENT_STRIDE, EVENT_UNUSABLE
from cadence.sample import SampleBlock
from firmware_bridge.importers import open_csv
from hardware.firmware.core_program import PROGRAM
from hardware.firmware.core_trace import (
    SAID_AT_STRIDE,
    SAID_IN_TIME,
    Stretch,
    Trace,
    first_difference,
    trace,
)
from hardware.firmware.python_core import PythonCore

from .conftest import need, run
from .stretches import SPOILED, adversarial, running, stretch_of

HERE = Path(__file__).parent
STRETCHES = ["running", "accelerometer alone", *SPOILED]


def stretch(name: str) -> Stretch:
    if name == "running":
        return running(90.0)
    if name == "accelerometer alone":
        return running(30.0, has_gyroscope=False)
    return adversarial(name)


def by_numba(samples: Stretch) -> Trace:
    return trace(PythonCore(), samples)


@pytest.fixture(scope="session", params=STRETCHES)
def samples(request: pytest.FixtureRequest) -> Stretch:
    return stretch(request.param)


@pytest.fixture(scope="session")
def expected(samples: Stretch) -> Trace:
    return by_numba(samples)


def test_the_stretches_have_strides_cues_gaps_and_unusable_samples_in_them() -> None:
    run_events = by_numba(running(90.0)).events
    assert np.count_nonzero(run_events & EVENT_STRIDE) > 100
    assert np.count_nonzero(run_events & SAID_AT_STRIDE) > 0
    assert np.count_nonzero(run_events & SAID_IN_TIME) > 0
    assert np.count_nonzero(by_numba(running(30.0, has_gyroscope=False)).events & EVENT_STRIDE) > 30
    assert np.count_nonzero(by_numba(adversarial("odd times")).events & EVENT_GAP) > 100
    assert np.count_nonzero(by_numba(adversarial("not numbers")).events & EVENT_UNUSABLE) > 100


def test_a_library_for_the_host(samples: Stretch, expected: Trace, host: Path) -> None:
    library = NativeLibrary(host / "libcadence_core.so", PROGRAM)
    assert first_difference(trace(library, samples), expected) is None


def test_c99_by_another_compiler(samples: Stretch, expected: Trace, c99: Path) -> None:
    library = NativeLibrary(c99 / "libcadence_core.so", PROGRAM)
    assert first_difference(trace(library, samples), expected) is None


def test_webassembly(samples: Stretch, expected: Trace, wasm32: Path, tmp_path: Path) -> None:
    (tmp_path / "stretch.bin").write_bytes(samples.to_bytes())
    files = [wasm32 / "cadence_core.wasm", wasm32 / "cadence_core.json", "stretch.bin", "trace.bin"]
    run(need("node"), HERE / "core_trace.mjs", *files, cwd=tmp_path)
    found = Trace.from_bytes((tmp_path / "trace.bin").read_bytes())
    assert first_difference(found, expected) is None


def test_cortex_m4f_in_qemu(samples: Stretch, expected: Trace, cortex_m4f: Path, tmp_path: Path) -> None:
    found = in_qemu(samples, cortex_m4f / "libcadence_core.a", cortex_m4f, tmp_path)
    assert first_difference(found, expected) is None


def in_qemu(samples: Stretch, library: Path, headers: Path, folder: Path) -> Trace:
    gcc, qemu = need("arm-none-eabi-gcc"), need("qemu-system-arm")
    elf = folder / "trace.elf"
    processor = ("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16")
    free = (
        "-ffreestanding",
        "-nostdlib",
        "-fno-tree-loop-distribute-patterns",
        "-Wall",
        "-Wextra",
        "-Werror",
    )
    run(gcc, "-std=c99", "-O2", *processor, *free, f"-I{headers}", HERE / "core_trace.c", library, "-T",
        HERE / "core_trace.ld", "-lgcc", "-o", elf)  # fmt: skip
    (folder / "stretch.bin").write_bytes(samples.to_bytes())
    board = ("-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none", "-icount", "shift=0")
    run(qemu, *board, "-semihosting-config", "enable=on,target=native", "-kernel", elf, cwd=folder)
    return Trace.from_bytes((folder / "trace.bin").read_bytes())


PLAIN_SAMPLES = 2000


@pytest.mark.parametrize("name", ["running", "odd times", "not numbers", "fading into denormals"])
def test_plain_python(name: str, tmp_path: Path) -> None:
    whole = stretch(name)
    begin = 4000 if name == "running" else 0  # in the midst of strides
    part = Stretch(
        whole.settings,
        whole.policy_settings,
        whole.steps_us[begin : begin + PLAIN_SAMPLES],
        whole.motion[begin : begin + PLAIN_SAMPLES],
    )
    np.savez(tmp_path / "part.npz", **{name: getattr(part, name) for name in Stretch.__slots__})
    script = """
import sys, numpy as np
from hardware.firmware.core_trace import Stretch, trace
from hardware.firmware.python_core import PythonCore
with np.load(sys.argv[1]) as part:
    found = trace(PythonCore(), Stretch(**part))
np.savez(sys.argv[2], events=found.events, digests=found.digests)
"""
    paths = [str(tmp_path / "part.npz"), str(tmp_path / "found.npz")]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    subprocess.run([sys.executable, "-c", script, *paths], env=environment, cwd=HERE.parents[1], check=True)
    with np.load(paths[1]) as found:
        assert first_difference(Trace(**found), by_numba(part)) is None


def test_people(data_dir: Path, host: Path, c99: Path, cortex_m4f: Path, tmp_path: Path) -> None:
    """Walking and running, of three kinds of pods."""
    libraries = [NativeLibrary(folder / "libcadence_core.so", PROGRAM) for folder in (host, c99)]
    for name in ("ipol/1-1_lf.txt", "tripod/PWS_LF.csv", "fukuchi_virtual/RBDS001_T25_L.csv.gz"):
        recording = open_csv(data_dir / name)
        blocks = list(recording.blocks())
        whole = SampleBlock(
            np.concatenate([block.t_us for block in blocks]),
            np.concatenate([block.motion for block in blocks]),
        )
        samples = stretch_of(whole, recording.sensor)
        expected = by_numba(samples)
        assert np.count_nonzero(expected.events & EVENT_STRIDE) > 10, name
        found = [trace(library, samples) for library in libraries]
        found.append(in_qemu(samples, cortex_m4f / "libcadence_core.a", cortex_m4f, tmp_path))
        assert [first_difference(one, expected) for one in found] == [None] * 3, name


def test_a_single_bit_of_a_single_word_is_seen(host: Path) -> None:
    samples = running(30.0)
    motion = samples.motion.copy()
    motion[3000, 4] = np.nextafter(motion[3000, 4], np.float32(np.inf))
    nudged = Stretch(samples.settings, samples.policy_settings, samples.steps_us, motion)
    library = NativeLibrary(host / "libcadence_core.so", PROGRAM)
    assert first_difference(trace(library, samples), trace(library, nudged)) == 3000
