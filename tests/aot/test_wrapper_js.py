"""The JavaScript wrapper gives in node what the host gives: every field of every stride and cue, however the
samples are cut; and it says what is wrong."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cadence.cue import CueKind, CueReason, CueStatus, cue_to_dict
from cadence.detector import Counters, StepDetector
from cadence.sample import SampleBlock, Sensor
from cadence.stride import STRIDE, Activity, Side, to_dict
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.run import coached
from coach.stride_files import update_dict
from firmware_bridge.readings import CadenceUpdate
from hardware.gait import Pace
from hardware.runner import Segment, simulate

from .conftest import need, run

USER = Path(__file__).with_name("use_wrapper.mjs")
COACHED = CoachSettings(baseline_spm=165.0, baseline_speed_m_s=3.0, target_spm=172.0)
LEARNING = CoachSettings(fade=0.25)
LOSE = "lose"

Batches = list[tuple[int, int | str]]


def outing(seconds: float, cadence_spm: float = 165.0) -> tuple[SampleBlock, Sensor]:
    """Standing, running, a walk, and standing again; with the times of a clock that did not start with it."""
    simulated = simulate(
        [
            Segment(1.0),
            Segment(seconds, Pace(cadence_spm=cadence_spm)),
            Segment(5.0, Pace(Activity.WALKING, cadence_spm=110, speed_m_s=1.4)),
            Segment(2.0),
        ]
    )
    block = simulated.whole()
    return SampleBlock(block.t_us + 3_999_999_000, block.motion), simulated.sensor


def spoilt(block: SampleBlock) -> SampleBlock:
    """With lost samples, a silence that would be none in 32 bits, what is not a number, and doubled times."""
    t_us, motion = block.t_us.copy(), block.motion.copy()
    motion[3000:3004] = np.nan
    motion[3500, 2] = np.inf
    t_us[4001] = t_us[4000]
    t_us[9000:] += 50_000_000
    t_us[12000:] += 1 << 32
    kept = np.ones(len(t_us), bool)
    kept[5000:5030] = kept[3:5] = False
    return SampleBlock(t_us[kept], motion[kept])


def options(sensor: Sensor, settings: CoachSettings, side: Side) -> dict[str, Any]:
    """As the wrapper takes them. JSON has no infinity: what is null is as if left out."""
    limits = {name: value for name, value in asdict(sensor).items() if value != float("inf")}
    return {
        "sensor": limits,
        "policy": asdict(settings),
        "side": None if side is Side.UNKNOWN else side.name.lower(),
    }


def by_the_host(
    block: SampleBlock,
    sensor: Sensor,
    settings: CoachSettings,
    side: Side = Side.UNKNOWN,
    lost_at: Sequence[int] = (),
) -> dict[str, Any]:
    detector, coach = StepDetector(sensor, side=side), Coach(settings)
    strides: list[dict[str, Any]] = []
    cues: list[np.void] = []
    start = 0
    for end in (*lost_at, len(block.t_us)):
        part = SampleBlock(block.t_us[start:end], block.motion[start:end])
        strides += [to_dict(stride) for stride in coached(detector, coach, part, cues)]
        if end in lost_at:
            cues += coach.take_loss()
        start = end
    return {
        "strides": strides,
        "cues": [cue_to_dict(cue) for cue in cues],
        "counters": asdict(detector.counters),
        "activity": detector.live.activity.name.lower(),
        "status": coach.status.name.lower(),
    }


def by_the_wrapper(
    folder: Path,
    scratch: Path,
    cores: Sequence[tuple[SampleBlock, dict[str, Any]]],
    batches: Batches,
) -> list[dict[str, Any]]:
    task = {
        "cores": [
            {
                "options": given,
                "tUs": block.t_us.tolist(),
                "motion": base64.b64encode(block.motion.astype("<f4").tobytes()).decode(),
            }
            for block, given in cores
        ],
        "batches": batches,
    }
    (scratch / "task.json").write_text(json.dumps(task), encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(run(need("node"), USER, folder, scratch / "task.json"))
    return found


def odd_sizes(count: int, seed: int = 5) -> Iterator[int]:
    """Batches of nothing to 300 samples that come to a count."""
    rng = np.random.default_rng(seed)
    while count:
        size = min(int(rng.integers(0, 300)), count)
        count -= size
        yield size


@pytest.mark.parametrize("kind", ["as it came", "spoilt", "accelerometer alone", "learning"])
def test_odd_batches_give_the_strides_and_cues_of_the_host(kind: str, wasm32: Path, tmp_path: Path) -> None:
    block, sensor = outing(140.0 if kind == "learning" else 90.0)
    settings = LEARNING if kind == "learning" else COACHED
    if kind == "spoilt":
        block = spoilt(block)
    if kind == "accelerometer alone":
        sensor = Sensor(has_gyroscope=False, acc_limit_m_s2=sensor.acc_limit_m_s2)
        block.motion[:, 3:] = np.nan
    batches: Batches = [(0, size) for size in odd_sizes(len(block.t_us))]
    given = options(sensor, settings, Side.RIGHT)
    (found,) = by_the_wrapper(wasm32, tmp_path, [(block, given)], batches)
    expected = by_the_host(block, sensor, settings, Side.RIGHT)
    assert len(expected["strides"]) > 50
    assert expected["cues"] or kind == "spoilt"
    assert found == expected
    assert json.dumps(found["strides"][7]) == json.dumps(expected["strides"][7]), "in the same order too"


def test_numbers_are_those_of_the_host_to_the_bit(wasm32: Path, tmp_path: Path) -> None:
    block, sensor = outing(20.0)
    strides = StepDetector(sensor).feed(block)
    (found,) = by_the_wrapper(
        wasm32, tmp_path, [(block, options(sensor, COACHED, Side.UNKNOWN))], [(0, len(block.t_us))]
    )
    for name in (name for name in STRIDE.names or () if STRIDE[name].kind == "f"):
        told = [np.nan if stride[name] is None else stride[name] for stride in found["strides"]]
        own = strides[name].copy()
        own[np.isnan(own)] = np.nan  # one NaN for all that is not known
        assert np.array(told, STRIDE[name]).tobytes() == own.tobytes(), name


def test_two_feet_do_not_disturb_each_other(wasm32: Path, tmp_path: Path) -> None:
    left, sensor = outing(60.0)
    right, _ = outing(50.0, cadence_spm=181.0)
    sides = (Side.LEFT, Side.RIGHT)
    cores = [(foot, options(sensor, COACHED, side)) for foot, side in zip((left, right), sides, strict=True)]
    batches: Batches = [(0, 7), (0, len(left.t_us) // 2), (1, 1)]
    for core, foot in enumerate((left, right)):
        done = sum(size for at, size in batches if at == core and isinstance(size, int))
        batches += [(core, size) for size in odd_sizes(len(foot.t_us) - done, seed=core)]
    batches[3:] = [batches[at] for at in np.random.default_rng(3).permutation(np.arange(3, len(batches)))]
    found = by_the_wrapper(wasm32, tmp_path, cores, batches)
    expected = [
        by_the_host(foot, sensor, COACHED, side) for foot, side in zip((left, right), sides, strict=True)
    ]
    assert found == expected
    assert found[0]["strides"] != found[1]["strides"]


def test_a_lost_link_ends_the_metronome_as_on_the_host(wasm32: Path, tmp_path: Path) -> None:
    block, sensor = outing(60.0)
    whole = by_the_host(block, sensor, COACHED)
    burst_s = next(cue["t_s"] for cue in whole["cues"] if cue["kind"] == "burst_up")
    at = int(np.searchsorted(block.t_us - block.t_us[0], (burst_s + 2.0) * 1e6))
    batches: Batches = [(0, at), (0, LOSE), (0, len(block.t_us) - at)]
    given = options(sensor, COACHED, Side.UNKNOWN)
    (found,) = by_the_wrapper(wasm32, tmp_path, [(block, given)], batches)
    assert found == by_the_host(block, sensor, COACHED, lost_at=[at])
    assert {"silence", "signal"} <= {found["cues"][1]["kind"], found["cues"][1]["reason"]}


def test_the_metronome_ends_as_on_the_host_when_no_strides_come(wasm32: Path, tmp_path: Path) -> None:
    block, sensor = outing(60.0)
    burst_s = next(cue["t_s"] for cue in by_the_host(block, sensor, COACHED)["cues"])
    since_burst_us = block.t_us - block.t_us[0] - burst_s * 1e6
    block.motion[since_burst_us > 2e6] = np.nan  # the sensor has failed
    block = SampleBlock(block.t_us[since_burst_us < 14e6], block.motion[since_burst_us < 14e6])
    given = options(sensor, COACHED, Side.UNKNOWN)
    batches: Batches = [(0, size) for size in odd_sizes(len(block.t_us))]
    (found,) = by_the_wrapper(wasm32, tmp_path, [(block, given)], batches)
    assert found == by_the_host(block, sensor, COACHED)
    assert [cue["reason"] for cue in found["cues"]] == ["below_target", "stopped"]


def cues_from(given: dict[str, Any], calls: list[Any], folder: Path, scratch: Path) -> dict[str, Any]:
    """What a core says that is given strides or updates in place of samples."""
    (scratch / "calls.json").write_text(json.dumps([given, calls]), encoding="utf-8")
    script = """
const [options, calls] = JSON.parse(readFileSync("calls.json", "utf8"));
const core = await make(options);
for (const [name, ...values] of calls) core[name](...values);
const cues = [];
for (let cue; (cue = core.cue()); ) cues.push(cue);
const { status, baseline_spm, baseline_speed_m_s, target_spm, tempo_spm } = core;
console.log(JSON.stringify({ cues, status, baseline_spm, baseline_speed_m_s, target_spm, tempo_spm }));
"""
    said: dict[str, Any] = json.loads(after(folder, scratch, script))
    return said


def told_by(coach: Coach, cues: list[np.void]) -> dict[str, Any]:
    known = {name: getattr(coach, name) for name in ("baseline_spm", "target_spm", "tempo_spm")}
    shortest = {
        name: None if value is None else float(str(np.float32(value))) for name, value in known.items()
    }
    return {
        "cues": [cue_to_dict(cue) for cue in cues],
        "status": coach.status.name.lower(),
        **shortest,
    }


@pytest.mark.parametrize("settings", [COACHED, LEARNING], ids=["told", "learning"])
def test_strides_that_a_pod_found_are_cued_as_on_the_host(
    settings: CoachSettings, wasm32: Path, tmp_path: Path
) -> None:
    block, sensor = outing(150.0)
    strides = StepDetector(sensor).feed(block)
    coach, cues = Coach(settings), []
    calls: list[Any] = []
    for stride in strides:
        closed_us = round(float(stride["t_mid_stance_s"]) * 1e6)
        cues += coach.take_stride(stride, closed_us)
        calls.append(["take", to_dict(stride), closed_us])
    cues += coach.take_loss()
    calls.append(["lose"])
    found = cues_from({"policy": asdict(settings)}, calls, wasm32, tmp_path)
    assert found.pop("baseline_speed_m_s") == pytest.approx(3.0, rel=0.03)
    assert found == told_by(coach, cues)
    assert len(cues) > 1


def test_ready_made_cadence_is_cued_as_on_the_host(wasm32: Path, tmp_path: Path) -> None:
    coach, cues = Coach(COACHED), []
    calls: list[Any] = []
    for second in range(200):
        cadence_spm = 0.0 if second % 90 > 80 else 164.0 + 0.1 * (second % 7)
        activity = Activity.RUNNING if cadence_spm else Activity.STATIONARY
        speed_m_s = np.nan if second % 11 == 0 else 3.0
        update = CadenceUpdate(second * 1.024, cadence_spm, speed_m_s, np.nan, activity)
        cues += coach.take_update(update)
        calls.append(["update", update_dict(update)])
    found = cues_from({"policy": asdict(COACHED)}, calls, wasm32, tmp_path)
    assert found.pop("baseline_speed_m_s") == 3.0
    assert found == told_by(coach, cues)
    assert {cue["kind"] for cue in found["cues"]} >= {"burst_up", "silence"}


BEGIN = """
import { readFileSync } from "node:fs";
import { init } from "./cadence_core.js";
const bytes = readFileSync("cadence_core.wasm");
const layout = JSON.parse(readFileSync("cadence_core.json", "utf8"));
const make = (options) => init(bytes, layout, options);
const two = new Float32Array(12);
"""


def after(folder: Path, scratch: Path, script: str) -> str:
    """What a script beside a copy of the core prints."""
    for path in folder.iterdir():
        shutil.copy(path, scratch)
    (scratch / "script.mjs").write_text(BEGIN + script, encoding="utf-8")
    said: str = run(need("node"), "script.mjs", cwd=scratch)
    return said


ERRORS = {
    'await init("no address", layout)': "no address cannot be had: give an http address",
    "await init(undefined, layout)": "no WebAssembly module",
    "await init(bytes.subarray(0, 500), layout)": "no WebAssembly module",
    "await init(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), layout)": "module is not cadence_core.wasm",
    "await init(bytes, {})": "this layout is not what cadence_core.json holds",
    "await init(bytes, null)": "not what cadence_core.json holds",
    'await init(bytes, { ...layout, source_hash: "0" })': "of different builds: take both from one folder",
    "await init(new Response(null, { status: 404 }), layout)": "cannot be had: status 404",
    'await make({ side: "middle" })': 'side is "left", "right" or null, not middle',
    "await make({ sensor: { rate_hz: 208 } })": "no setting rate_hz of the sensor; there are acc_limit_m_s2",
    'await make({ policy: { fade: "much" } })': "the setting fade of the policy is no number: much",
    "const core = await make(); core.feed([0], two.subarray(6)); core.setSensor({})": "told before",
    "(await make()).feed([0, 1], two.subarray(1))": "motion has 11 values, not 6 for each of 2 times",
    "(await make()).feed([1, 0], two)": "times run backwards",
    "(await make()).feed([0, 0.5], two)": "whole numbers of µs, not 0.5",
    "(await make()).feed([0, NaN], two)": "whole numbers of µs, not NaN",
}


def test_what_is_wrong_is_said(wasm32: Path, tmp_path: Path) -> None:
    lines = "".join(
        f"try {{ {line}; console.log('nothing') }} catch (error) {{ console.log(error.message) }}\n"
        for line in ERRORS
    )
    said = after(wasm32, tmp_path, lines).splitlines()
    for (line, expected), told in zip(ERRORS.items(), said, strict=True):
        assert re.search(expected, told), f"{line}: {told}"


def test_a_batch_that_is_refused_is_not_taken(wasm32: Path, tmp_path: Path) -> None:
    script = """
const core = await make();
core.feed([5, 6], two);
try { core.feed([7, 5], two); } catch {}
console.log(core.counters.samples, core.counters.duration_s);
"""
    assert after(wasm32, tmp_path, script).split() == ["2", "0.000001"]


def test_the_files_may_come_as_responses_of_a_server(wasm32: Path, tmp_path: Path) -> None:
    script = """
const core = await init(new Response(bytes), Promise.resolve(new Response(JSON.stringify(layout))));
core.feed([], []);
console.log(core.stride(), core.cue(), core.activity, core.status, core.counters.duration_s);
"""
    assert after(wasm32, tmp_path, script).split() == ["null", "null", "unknown", "idle", "0"]


def test_numbers_are_as_short_as_the_hosts(wasm32: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    drawn = [rng.normal(0.0, scale, 2000) for scale in (1e-6, 0.3, 3.0, 165.0, 1e5)]
    # Halfway between two decimals of the shortest length, where numpy takes the even one.
    halfway = [156.328125, 165.578125, -2048.03125, 16777218.0]
    values = np.concatenate([*drawn, halfway, [0.0, 1e-20, 1e20, np.nan, -np.inf]]).astype(np.float32)
    (tmp_path / "values.bin").write_bytes(values.astype("<f4").tobytes())
    script = """
import { shortest } from "./cadence_core.js";
const values = new Float32Array(Uint8Array.from(readFileSync("values.bin")).buffer);
console.log(JSON.stringify([...values].map(shortest)));
"""
    expected = [float(str(value)) if np.isfinite(value) else None for value in values]
    assert json.loads(after(wasm32, tmp_path, script)) == expected


def test_the_module_imports_nothing(wasm32: Path, tmp_path: Path) -> None:
    script = "console.log(WebAssembly.Module.imports(await WebAssembly.compile(bytes)).length)"
    assert after(wasm32, tmp_path, script).strip() == "0"
    text = (wasm32 / "cadence_core.js").read_text(encoding="utf-8")
    assert not re.search(r"\b(import|require|eval|Function)\b\s*\(?", text), "no dependencies, no eval"


def declared(types: str, interface: str) -> set[str]:
    """The members of an interface."""
    body = re.search(rf"export interface {interface} \{{\n(.*?)\n\}}", types, re.DOTALL)
    assert body is not None
    return set(re.findall(r"^  (?:readonly )?(\w+)[?(:]", body[1], re.MULTILINE))


def literals(types: str, after_name: str) -> set[str]:
    """The strings that a type is a union of."""
    union = re.search(rf"\b{after_name}\??(?::| =)\s([^;]*);", types)
    assert union is not None
    return set(re.findall(r'"(\w+)"', union[1]))


def names(codes: Any) -> set[str]:
    return {code.name.lower() for code in codes}


def test_the_types_tell_of_what_is_there(wasm32: Path, tmp_path: Path) -> None:
    types = (wasm32 / "cadence_core.d.ts").read_text(encoding="utf-8")
    script = """
const wrapper = await import("./cadence_core.js");
const core = await make();
const members = Object.getOwnPropertyNames(Object.getPrototypeOf(core));
console.log(JSON.stringify([Object.keys(wrapper), members]));
"""
    exported, members = json.loads(after(wasm32, tmp_path, script))
    assert set(re.findall(r"^export (?:function|const|class) (\w+)", types, re.MULTILINE)) == set(exported)
    assert declared(types, "Core") | {"constructor"} == set(members)
    assert declared(types, "Stride") == set(to_dict(np.zeros(1, STRIDE)[0]))
    assert declared(types, "Update") == {field.name for field in fields(CadenceUpdate)}
    assert declared(types, "Cue") == {"t_s", "kind", "tempo_spm", "reason"}
    assert declared(types, "Counters") == set(asdict(Counters()))
    assert declared(types, "Sensor") == set(asdict(Sensor()))
    assert declared(types, "Policy") == set(asdict(CoachSettings()))
    assert literals(types, "kind") == names(CueKind)
    assert literals(types, "reason") == names(CueReason)
    assert literals(types, "status") == names(CueStatus)
    assert literals(types, "Activity") == names(Activity)


def test_the_types_are_typescript(wasm32: Path, tmp_path: Path) -> None:
    compiler = shutil.which("tsc")
    if compiler is None:
        pytest.skip("tsc is missing")
    shutil.copy(wasm32 / "cadence_core.d.ts", tmp_path)
    (tmp_path / "page.mts").write_text(
        'import { init, type Stride } from "./cadence_core.js";\n'
        'const core = await init("a.wasm", "a.json", { side: "left", policy: { target_spm: 172 } });\n'
        "core.feed(new Float64Array(1), new Float32Array(6));\n"
        "const stride: Stride | null = core.stride();\n"
        "// @ts-expect-error\ncore.counters = 1;\nexport { stride };\n",
        encoding="utf-8",
    )
    strict = ("--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom")
    run(compiler, *strict, "page.mts", cwd=tmp_path)
