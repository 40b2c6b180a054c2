"""The on-device core on the device: instructions, bytes of memory and bytes sent, and WebAssembly.

Instructions are counted one by one by QEMU, as are the bytes that the pod's firmware sends. Recordings of
people are counted apart from simulated running.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.core_meter import Metered, Taken, meter
from benchmarks.core_speed import host_ns_per_sample, wasm_ns_per_sample
from benchmarks.people_at_pod_rate import stretches_of_people
from benchmarks.recordings import DATA
from benchmarks.table import Row, Table, at_most
from cadence.aot.build import compile_program
from cadence.aot.errors import ToolError
from cadence.aot.header import state_bytes
from cadence.aot.linking import wasm_linker
from cadence.aot.program import Layout, Program
from firmware_bridge.frames import Mode
from hardware.core_check.taken import stretch_of
from hardware.core_check.trace import SAID_AT_STRIDE, SAID_IN_TIME, Stretch
from hardware.firmware.build import build_core, find_compiler
from hardware.firmware.core_build import kept_core
from hardware.firmware.core_program import DETECTOR
from hardware.firmware.cost import pass_through
from hardware.firmware.qemu import check_qemu
from hardware.imu import Imu
from hardware.outing import Outing
from hardware.runner import Segment, simulate
from hardware.scenarios import scenario

RATE_HZ = 208.0
"""The pod's own."""
RATES_HZ = (52.0, 104.0, 208.0, 416.0, 833.0)
"""All that the firmware offers."""
BIN_US = 5000
"""The detector works on bins of this length: a longer step may fill two of them."""
DROPOUT_S = 0.058
"""Nearly as long a silence as the detector takes for no gap (60 ms), whatever the sensor's oscillator does:
it then fills in all bins of it at one sample."""
DROPOUT_EVERY_S = 1.3
"""No multiple of a stride, so that it meets every phase of one. Our choice."""

BOUNDS = {
    "instructions_mean": ("instructions a sample, mean", "instructions", 900),
    "instructions_max": ("instructions a sample, most", "instructions", 3000),
    "code_bytes": ("code", "bytes", 16_000),
    "state_bytes": ("state", "bytes", 2_000),
    "stack_bytes": ("stack", "bytes", 512),
}
"""Of the core on the Cortex-M4F: in words, their unit, and what they must not exceed."""
WASM_MOST_BYTES = 24_000


def measure(
    *,
    simulated_s: float = 900.0,
    rate_s: float = 60.0,
    line_s: float = 30.0,
    rounds: int = 9,
    data: Path = DATA,
) -> dict[str, Any]:
    """The figures, with the conditions that they are of.

    Args:
        simulated_s: of the outing at the pod's rate.
        rate_s: of the outing at each other rate.
        line_s: of steady running through the firmware, in each mode.
        rounds: how often speed is measured.
        data: the folder of recordings of people.

    Raises:
        FirmwareError, AotError: a tool is missing or fails.
        TimeoutError: the firmware in QEMU does not answer.
    """
    _check_tools()
    outing = _outing(simulated_s, RATE_HZ)
    (metered,) = meter([outing])
    core = json.loads((build_core() / "manifest.json").read_text(encoding="utf-8"))
    wasm = json.loads((kept_core("wasm32") / "manifest.json").read_text(encoding="utf-8"))
    detector = Program("detector", DETECTOR, (Layout("DETECTOR", "cadence.core.layout"),))
    return {
        **_instructions([metered.core]),
        "code_bytes": core["code_bytes"],
        "state_bytes": core["state_bytes"],
        "stack_bytes": int(metered.core.stack_bytes.max()),
        "detector": {
            **_instructions([metered.detector]),
            "code_bytes": _code_bytes(detector),
            "state_bytes": state_bytes(detector),
            "stack_bytes": int(metered.detector.stack_bytes.max()),
        },
        "bytes_per_s": {mode.name.lower(): _bytes_per_s(mode, line_s) for mode in Mode},
        "wasm_bytes": wasm["wasm_bytes"],
        "wasm_ns_per_sample": wasm_ns_per_sample(outing, rounds),
        "host_ns_per_sample": host_ns_per_sample(outing, rounds),
        "conditions": {
            "rate_hz": RATE_HZ,
            "simulated_s": simulated_s,
            "samples": len(outing),
            "cues": _cues(metered),
            "line_s": line_s,
            "compiler": find_compiler(),
        },
        "people": measure_people(data),
        "rates": _at_rates(rate_s),
    }


def measure_people(data: Path, *, every: int = 1) -> dict[str, Any] | None:
    """Instructions for recordings of people at about the pod's rate; None where there are none.

    Args:
        data: the folder of recordings.
        every: only every so many of them, for a quick look.

    Raises as `measure`.
    """
    stretches = list(stretches_of_people(data))[::every]
    if not stretches:
        return None
    metered = meter(stretches)
    counts = np.concatenate([one.core.instructions for one in metered])
    short = np.concatenate([one.steps_us for one in stretches]) <= BIN_US
    return {
        **_instructions([one.core for one in metered]),
        "instructions_max_up_to_5_ms": int(counts[short].max()),
        "samples": len(counts),
        "samples_up_to_5_ms": int(np.count_nonzero(short)),
        "recordings": len(stretches),
    }


def to_tables(figures: dict[str, Any]) -> list[Table]:
    conditions = figures["conditions"]
    where = (
        f"{conditions['rate_hz']:g} Hz, {conditions['simulated_s'] / 60:g} minutes of a simulated outing "
        f"with {conditions['cues']} cues"
    )
    tables = [
        Table(f"Detector and cue policy on a Cortex-M4F: {where}", tuple(_core_rows(figures))),
        Table("Sent by the pod, and the core elsewhere", tuple(_other_rows(figures))),
    ]
    if figures["people"] is not None:
        tables.append(_people_table(figures["people"]))
    return [*tables, _rates_table(figures["rates"])]


def _check_tools() -> None:
    """Before minutes of work: raises for the first tool that is missing."""
    check_qemu()
    find_compiler()
    wasm_linker()
    if shutil.which("node") is None:
        raise ToolError("node is not installed (Debian: apt install nodejs)")


def _outing(seconds: float, rate_hz: float) -> Stretch:
    """All that a runner does, straight and in bends, with a coach who knows the runner's baseline."""
    segments: list[Segment] = [*scenario("session", 0.8 * seconds), *scenario("bends", 0.2 * seconds)]
    run = simulate(segments, imu=Imu(rate_hz=rate_hz))
    return stretch_of(f"outing at {rate_hz:g} Hz", run.whole(), run.sensor)


def _instructions(parts: Sequence[Taken]) -> dict[str, Any]:
    counts = np.concatenate([part.instructions for part in parts])
    return {"instructions_mean": round(float(counts.mean()), 1), "instructions_max": int(counts.max())}


def _cues(metered: Metered) -> int:
    return int(np.count_nonzero(metered.events & (SAID_IN_TIME | SAID_AT_STRIDE)))


def _code_bytes(program: Program) -> int:
    inside = compile_program(program, "cortex-m4f").contents
    return inside.code_bytes + inside.constant_bytes


def _bytes_per_s(mode: Mode, seconds: float) -> float:
    """On the serial line, framing, the answers to commands and the first HELLOs included."""
    t_us, raw = Outing(scenario("steady", seconds), imu=Imu(rate_hz=RATE_HZ)).take(int(seconds * RATE_HZ))
    return round(asyncio.run(pass_through(t_us, raw, mode)).line_bytes / seconds, 1)


def _at_rates(seconds: float) -> list[dict[str, Any]]:
    outings = [_outing(seconds, rate_hz) for rate_hz in RATES_HZ]
    spoilt, after = zip(*map(_with_dropouts, outings, RATES_HZ), strict=True)
    metered = meter([*outings, *spoilt])
    undisturbed, disturbed = metered[: len(outings)], metered[len(outings) :]
    told = []
    for rate_hz, whole, broken, is_after in zip(RATES_HZ, undisturbed, disturbed, after, strict=True):
        figures = _instructions([whole.core])
        figures["instructions_per_s"] = round(figures["instructions_mean"] * rate_hz)
        figures["instructions_max_after_dropout"] = int(broken.core.instructions[is_after].max())
        told.append({"rate_hz": rate_hz, **figures})
    return told


def _with_dropouts(stretch: Stretch, rate_hz: float) -> tuple[Stretch, NDArray[np.bool_]]:
    """Without some samples, and for each that is left whether one before it is lost."""
    periods, every = int(DROPOUT_S * rate_hz), int(DROPOUT_EVERY_S * rate_hz)
    # At any place between two strides: what a sample costs depends on what the bins before it hold.
    begins = np.random.default_rng(1).integers(0, every - periods, len(stretch) // every + 1)
    phase = np.arange(len(stretch)) % every - np.repeat(begins, every)[: len(stretch)]
    is_lost = (phase > 0) & (phase < periods)
    # Time goes on while samples are lost: the step of the next one is longer by theirs.
    t_us = np.cumsum(stretch.steps_us, dtype=np.int64)[~is_lost]
    steps_us = np.diff(t_us, prepend=t_us[:1]).astype(np.int32)
    spoilt = replace(stretch, steps_us=steps_us, motion=stretch.motion[~is_lost])
    return spoilt, (phase == periods)[~is_lost]


def _core_rows(figures: dict[str, Any]) -> list[Row]:
    rows = []
    for name, (what, unit, most) in BOUNDS.items():
        rows.append(Row(what, unit, figures[name], at_most(most)))
        rows.append(Row(f"{what}, the detector alone", unit, figures["detector"][name]))
    return rows


def _other_rows(figures: dict[str, Any]) -> list[Row]:
    sent = figures["bytes_per_s"]
    return [
        *(Row(f"on the serial line, mode {mode}", "bytes/s", value) for mode, value in sent.items()),
        Row("raw against strides", "times", sent["raw"] / sent["strides"]),
        Row("WebAssembly module", "bytes", figures["wasm_bytes"], at_most(WASM_MOST_BYTES)),
        Row("WebAssembly in node", "ns/sample", figures["wasm_ns_per_sample"]),
        Row("the same on this machine by Numba", "ns/sample", figures["host_ns_per_sample"]),
    ]


def _people_table(people: dict[str, Any]) -> Table:
    rows = (
        Row("instructions a sample, mean", "instructions", people["instructions_mean"]),
        Row("most, where a sample comes within 5 ms", "instructions", people["instructions_max_up_to_5_ms"]),
        Row("most, of all: a later one fills two bins of 5 ms", "instructions", people["instructions_max"]),
    )
    return Table(f"{people['recordings']} recordings of people at about 200 Hz", rows)


def _rates_table(rates: list[dict[str, Any]]) -> Table:
    rows = []
    for figures in rates:
        at = f"{figures['rate_hz']:g} Hz"
        rows += [
            Row(f"{at}: a sample, mean", "instructions", figures["instructions_mean"]),
            Row(f"{at}: a sample, most", "instructions", figures["instructions_max"]),
            Row(f"{at}: a second", "million instructions", figures["instructions_per_s"] / 1e6),
            Row(
                f"{at}: a sample after 58 ms of silence, most",
                "instructions",
                figures["instructions_max_after_dropout"],
            ),
        ]
    return Table("At other rates: the detector works on bins of 5 ms", tuple(rows))
