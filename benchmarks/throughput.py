"""Throughput: samples a second through the detector, in bulk, on one core.

Beside it, in the same run and in turns so that a busy machine slows both: an offline pipeline of the same
job with scipy (`cadence.offline`: events, orientation, stride length) and, where gaitmap is installed, its
RtsKalman, which finds the orientation and position alone and is told no strides.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.stopwatch import seconds
from benchmarks.table import Row, Table, at_least
from cadence.detector import StepDetector
from cadence.offline import analyse
from cadence.sample import SampleBlock, Sensor
from hardware.gait import Pace
from hardware.imu import BMI270, Imu
from hardware.runner import simulate
from hardware.scenarios import session

Floats = NDArray[np.float64]

RATE_HZ = 200.0
GAITMAP_S = 20.0
"""Of the recording; its filter loops over the samples, so a short stretch tells its speed."""


def measure(*, recording_s: float = 300.0, tiles: int = 4, rounds: int = 7) -> dict[str, float | None]:
    """The figures, each the median of the rounds; the ratio is the median of each round's own.

    Args:
        recording_s: length of the simulated recording.
        tiles: how often it is repeated end to end.
        rounds: how often each job is done, after one to warm up.
    """
    block, sensor = _recording(recording_s, tiles)
    t_s = block.t_us.astype(np.float64) * 1e-6
    motion = block.motion.astype(np.float64)
    acc, gyro = motion[:, :3].copy(), motion[:, 3:].copy()
    jobs: dict[str, tuple[int, Callable[[], object]]] = {
        "core": (len(t_s), lambda: StepDetector(sensor).feed(block)),
        "scipy": (len(t_s), lambda: analyse(t_s, acc, gyro)),
    }
    if find_spec("gaitmap") is not None:
        count = min(len(t_s), int(GAITMAP_S * RATE_HZ))
        jobs["gaitmap"] = (count, _gaitmap_job(acc[:count], gyro[:count]))
    for _, job in jobs.values():
        job()
    rates: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, (samples, job) in jobs.items():
            rates[name].append(samples / seconds(job))
    return {
        "core_samples_per_s": median(rates["core"]),
        "scipy_samples_per_s": median(rates["scipy"]),
        "ratio_vs_scipy": median(a / b for a, b in zip(rates["core"], rates["scipy"], strict=True)),
        "gaitmap_samples_per_s": median(rates["gaitmap"]) if "gaitmap" in rates else None,
    }


def to_table(figures: dict[str, float | None]) -> Table:
    core = _millions(figures["core_samples_per_s"])
    rows = [
        Row("detector", "million samples/s", core, at_least(5), at_least(12)),
        Row("scipy, the same job", "million samples/s", _millions(figures["scipy_samples_per_s"])),
        Row("detector against scipy", "times", figures["ratio_vs_scipy"] or np.nan, at_least(5)),
    ]
    if figures["gaitmap_samples_per_s"] is not None:
        gaitmap = _millions(figures["gaitmap_samples_per_s"])
        rows.append(Row("gaitmap's RtsKalman, trajectory alone", "million samples/s", gaitmap))
    return Table("Throughput on one core", tuple(rows))


def _millions(value: float | None) -> float:
    return np.nan if value is None else value / 1e6


def _recording(duration_s: float, tiles: int) -> tuple[SampleBlock, Sensor]:
    """An outing at 200 Hz, over and over on one clock."""
    run = simulate(session(Pace(), duration_s), imu=Imu(BMI270, rate_hz=RATE_HZ))
    whole = run.whole()
    period_us = int(whole.t_us[-1]) + round(1e6 / RATE_HZ)
    t_us = (whole.t_us + period_us * np.arange(tiles, dtype=np.int64)[:, None]).ravel()
    return SampleBlock(t_us, np.tile(whole.motion, (tiles, 1))), run.sensor


def _gaitmap_job(acc_m_s2: Floats, gyro_rad_s: Floats) -> Callable[[], object]:
    # Neither is a dependency, so a type checker may not find them either.
    pandas, gaitmap = import_module("pandas"), import_module("gaitmap.trajectory_reconstruction")
    names = [f"{kind}_{axis}" for kind in ("acc", "gyr") for axis in "xyz"]
    data = pandas.DataFrame(np.hstack([acc_m_s2, np.degrees(gyro_rad_s)]), columns=names)
    whole = pandas.DataFrame({"s_id": [0], "start": [0], "end": [len(data)]})
    return lambda: gaitmap.RtsKalman().estimate(data, stride_event_list=whole, sampling_rate_hz=RATE_HZ)
