"""The benchmark of the on-device core: its document, its bounds, and what it says where a tool is missing."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import device
from benchmarks.core_meter import meter
from cadence.aot.errors import AotError
from cadence.core.layout import EVENT_STRIDE
from cadence.sample import from_raw
from hardware.core_check.simulated import running
from hardware.core_check.taken import stretch_of
from hardware.firmware.build import FirmwareError
from hardware.firmware.cost import pass_through
from hardware.imu import Imu
from hardware.outing import Outing
from hardware.scenarios import scenario

OF_THE_CORE = {"instructions_mean", "instructions_max", "code_bytes", "state_bytes", "stack_bytes"}


def with_tools(job: Any) -> Any:
    """What a job gives. A missing tool skips with its name, and fails in CI."""
    try:
        return job()
    except (AotError, FirmwareError) as error:
        if "is not installed" not in str(error) and not str(error).startswith("no "):
            raise
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    nobody = tmp_path_factory.mktemp("nobody")
    told: dict[str, Any] = with_tools(
        lambda: device.measure(simulated_s=40.0, rate_s=12.0, line_s=3.0, rounds=1, data=nobody)
    )
    return told


def test_the_document_has_its_keys(figures: dict[str, Any]) -> None:
    assert set(figures) == OF_THE_CORE | {
        "detector", "bytes_per_s", "wasm_bytes", "wasm_ns_per_sample", "host_ns_per_sample",
        "conditions", "people", "rates",
    }  # fmt: skip
    assert set(figures["detector"]) == OF_THE_CORE
    assert set(figures["bytes_per_s"]) == {"raw", "strides", "both"}
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_the_core_keeps_within_what_a_pod_has(figures: dict[str, Any]) -> None:
    rows = [row for table in device.to_tables(figures) for row in table.rows]
    assert {row.measure: row.measured for row in rows if row.ok is False} == {}
    assert sum(row.ok is True for row in rows) == 6


def test_the_detector_is_a_part_of_the_core(figures: dict[str, Any]) -> None:
    for name in OF_THE_CORE - {"stack_bytes"}:
        assert 0 < figures["detector"][name] < figures[name]
    assert 0 < figures["detector"]["stack_bytes"] <= figures["stack_bytes"]


def test_strides_take_a_fraction_of_the_line(figures: dict[str, Any]) -> None:
    sent = figures["bytes_per_s"]
    assert 10 * sent["strides"] < sent["raw"] < sent["both"]


def test_without_recordings_of_people_there_are_no_figures_of_them(figures: dict[str, Any]) -> None:
    assert figures["people"] is None


def test_a_slow_sensor_pays_more_a_sample_and_less_a_second(figures: dict[str, Any]) -> None:
    samples, seconds = (
        [rate[name] for rate in figures["rates"]] for name in ("instructions_mean", "instructions_per_s")
    )
    assert samples == sorted(samples, reverse=True)
    assert seconds == sorted(seconds)
    for rate in figures["rates"]:
        assert rate["instructions_max_after_dropout"] > 2 * rate["instructions_max"]


def test_people_are_counted_apart(data_dir: Path, figures: dict[str, Any]) -> None:
    people = with_tools(lambda: device.measure_people(data_dir, every=15))
    assert people["recordings"] >= 5
    assert people["instructions_max_up_to_5_ms"] <= people["instructions_max"]
    assert 0 < people["samples_up_to_5_ms"] <= people["samples"]


def test_the_policy_is_counted_where_it_is_called() -> None:
    (metered,) = with_tools(lambda: meter([running(30.0)]))
    policy = metered.core.instructions - metered.detector.instructions
    at_stride = metered.events & EVENT_STRIDE != 0
    assert np.count_nonzero(at_stride) > 30
    assert policy[at_stride].min() > policy[~at_stride].max()
    assert np.median(policy) == 0  # between batches it has nothing to do
    assert metered.detector.instructions.min() > 50


def test_the_firmware_counts_the_same_instructions() -> None:
    """Two ways to count: the core alone, sample by sample, and within the firmware that a host talks to."""
    imu = Imu(rate_hz=device.RATE_HZ)
    t_us, raw = Outing(scenario("steady", 10.0), imu=imu).take(2000)
    block = from_raw(t_us, raw, imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count)
    told = with_tools(lambda: asyncio.run(pass_through(t_us, raw)))
    (metered,) = meter([stretch_of("the same", block, imu.sensor)])
    assert metered.detector.instructions.mean() == pytest.approx(told.detector.mean, rel=0.005)
    assert metered.detector.instructions.max() == pytest.approx(told.detector.most, rel=0.02)


@pytest.mark.parametrize(
    ("installed", "said"),
    [
        ((), "qemu-system-arm is not installed (Debian: apt install qemu-system-arm)"),
        (
            ("qemu-system-arm", "arm-none-eabi-gcc", "wasm-ld"),
            "node is not installed (Debian: apt install nodejs)",
        ),
    ],
)
def test_a_missing_tool_is_one_line(
    installed: tuple[str, ...],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in installed:
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as end:
        command.main(["device"])
    assert end.value.code == f"device: {said}"
    assert capsys.readouterr().out == ""
