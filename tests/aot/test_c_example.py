"""Who builds firmware and has no Python needs the folder of the core alone: the example in it is compiled and
run there, in QEMU and on this machine, and finds the strides and gives the cues of the host."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.core import layout
from cadence.cue import CueKind
from cadence.detector import StepDetector
from cadence.sample import SampleBlock, Sensor
from cadence.stride import STRIDE
from coach import policy_layout
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.run import coached
from hardware.firmware.build import CROSS_COMPILERS
from hardware.gait import Pace
from hardware.runner import Segment, simulate

from .conftest import need, run

HERE = Path(__file__).parent
STRICT = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-Wdouble-promotion", "-pedantic", "-I.")
AS_IN_THE_EXAMPLE = Sensor(acc_limit_m_s2=float(np.float32(156.9)), gyro_limit_rad_s=float(np.float32(34.9)))
RUNNER = CoachSettings(target_spm=172.0)

SAMPLE = np.dtype([("step_us", "<i4"), ("motion", "<f4", 6)])
TOLD_STRIDE = np.dtype(
    [("closed_us", "<i8"), ("out", "<f4", layout.OUTPUT_FLOATS), ("codes", "<i4", layout.OUTPUT_INTS)]
)
TOLD_CUE = np.dtype(
    [("now_us", "<i8"), ("cue", "<f4", policy_layout.CUE_FLOATS), ("codes", "<i4", policy_layout.CUE_INTS)]
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of the samples: STRIDE records, and of cues what they are and when."""

    strides: NDArray[np.void]
    cues: list[tuple[float, int, int, float]]


@pytest.fixture(scope="module")
def block() -> SampleBlock:
    """Three minutes: until the runner's own cadence is learned and the first burst is over."""
    block = simulate([Segment(1.0), Segment(170.0, Pace(cadence_spm=162.0)), Segment(5.0)]).whole()
    return SampleBlock(block.t_us - block.t_us[0], block.motion)


@pytest.fixture(scope="module")
def expected(block: SampleBlock) -> Heard:
    cues: list[np.void] = []
    strides = coached(StepDetector(AS_IN_THE_EXAMPLE), Coach(RUNNER), block, cues)
    return Heard(
        strides, [(cue["t_s"], int(cue["kind"]), int(cue["reason"]), cue["tempo_spm"]) for cue in cues]
    )


def give(folder: Path, block: SampleBlock) -> None:
    """Put the samples where the program looks for them."""
    samples = np.zeros(len(block.t_us), SAMPLE)
    samples["step_us"], samples["motion"] = np.diff(block.t_us, prepend=block.t_us[:1]), block.motion
    samples.tofile(folder / "samples.bin")


def heard(folder: Path) -> Heard:
    """What the program told, read as a reader of the header would."""
    told = np.fromfile(folder / "strides.bin", TOLD_STRIDE)
    strides = np.zeros(len(told), STRIDE)
    for event, word in (
        ("toe_off", layout.OUT_TOE_OFF_AGE_US),
        ("contact", layout.OUT_CONTACT_AGE_US),
        ("mid_stance", layout.OUT_MID_STANCE_AGE_US),
    ):
        strides[f"t_{event}_s"] = (told["closed_us"] - told["codes"][:, word]) / 1e6
    for field in STRIDE.names or ():
        if hasattr(layout, f"OUT_{field.upper()}"):
            words = told["out" if STRIDE[field] == np.float32 else "codes"]
            strides[field] = words[:, getattr(layout, f"OUT_{field.upper()}")]
    strides["cadence_spm"] = np.float32(120.0) / strides["stride_time_s"]
    cues = [
        (
            (cue["now_us"] - cue["codes"][policy_layout.CUE_AGE_US]) / 1e6,
            int(cue["codes"][policy_layout.CUE_KIND]),
            int(cue["codes"][policy_layout.CUE_REASON]),
            cue["cue"][policy_layout.CUE_TEMPO_SPM],
        )
        for cue in np.fromfile(folder / "cues.bin", TOLD_CUE)
    ]
    return Heard(strides, cues)


def same(found: Heard, expected: Heard) -> None:
    assert len(found.strides) == len(expected.strides) > 200
    for name in STRIDE.names or ():
        np.testing.assert_array_equal(found.strides[name], expected.strides[name], err_msg=name)
    assert {CueKind.BURST_UP, CueKind.SILENCE} <= {kind for _, kind, _, _ in expected.cues}
    np.testing.assert_array_equal(found.cues, expected.cues)


def test_the_example_runs_on_a_cortex_m4f(
    cortex_m4f: Path, block: SampleBlock, expected: Heard, tmp_path: Path
) -> None:
    """With `-I. example.c libcadence_core.a` in a copy of the folder, and no C library."""
    need("arm-none-eabi-gcc")
    qemu = need("qemu-system-arm")
    folder = shutil.copytree(cortex_m4f, tmp_path / "core")
    compiler = CROSS_COMPILERS["arm-none-eabi-gcc"]
    run(*compiler, *STRICT, "-c", "example.c", cwd=folder)
    run(
        *compiler, "-std=c99", "-O2", "-ffreestanding", "-nostdlib", "-T", HERE / "example_board.ld", "-I.",
        "example.o", HERE / "example_board.c", "libcadence_core.a", "-o", "example.elf", cwd=folder,
    )  # fmt: skip
    machine = ("-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "none")
    semihosting = ("-semihosting-config", "enable=on,target=native", "-kernel", "example.elf")
    give(folder, block)
    run(qemu, *machine, *semihosting, cwd=folder)
    same(heard(folder), expected)


@pytest.mark.parametrize("target", ["c99", "host"])
def test_the_example_runs_on_this_machine(
    target: str,
    cortex_m4f: Path,
    request: pytest.FixtureRequest,
    block: SampleBlock,
    expected: Heard,
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(request.getfixturevalue(target), tmp_path / "core")
    core = "cadence_core.c" if target == "c99" else "libcadence_core.a"
    run(need("gcc"), *STRICT, "-c", cortex_m4f / "example.c", cwd=folder)
    run(
        need("gcc"), "-std=c99", "-O2", "-ffp-contract=off", "-I.", "example.o", HERE / "example_board.c",
        core, "-lm", "-o", "example", cwd=folder,
    )  # fmt: skip
    give(folder, block)
    run("./example", cwd=folder)
    same(heard(folder), expected)


def test_the_example_is_short_and_free_of_any_board(cortex_m4f: Path) -> None:
    text = (cortex_m4f / "example.c").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")] == ['#include "cadence_core.h"']
    assert len([line for line in text.splitlines() if line.strip()]) <= 60
