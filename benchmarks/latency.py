"""Latency: from the last byte of a packet to its stride record, and what a live run costs.

Two pods of 416 samples a second on one machine, each with its link, decoder, detector and recording: in
real time for the latency and the share of a core, and an hour at twenty times real time for the memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.live_worker import Figures, write_frames
from benchmarks.table import Row, Table, at_most
from cadence.stride import Side
from firmware_bridge.frames import Frame, Hello, Mode, Samples, samples_that_fit
from hardware.gait import Pace
from hardware.imu import Imu
from hardware.runner import Runner

RATE_HZ = 416.0
PAYLOAD_BYTES = 182
"""Of a notification at MTU 185."""
LAPSE = 20.0


def measure(*, seconds: float = 180.0, hour_s: float = 3600.0, recording_s: float = 60.0) -> dict[str, float]:
    """The figures.

    Args:
        seconds: of the run in real time.
        hour_s: of the run at twenty times real time, in pod time.
        recording_s: of the simulated running that is played over and over.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for seed, side in ((1, Side.RIGHT), (2, Side.LEFT)):
            files.append(Path(folder) / f"{seed}.frames")
            write_frames(files[-1], _frames(recording_s, seed, side))
        live = _worker(seconds, 1.0, files)
        hour = _worker(hour_s, LAPSE, files)
    return {
        "p50_ms": float(np.percentile(live.latency_ms, 50)),
        "p99_ms": float(np.percentile(live.latency_ms, 99)),
        "strides": len(live.latency_ms),
        "cpu_percent": live.cpu_percent,
        "rss_mb": max(live.rss_mb, hour.rss_mb),
        "rss_growth_mb_per_h": hour.rss_growth_mb_per_h,
        "samples": live.samples + hour.samples,
    }


def to_table(figures: dict[str, float]) -> Table:
    rows = (
        Row("packet to stride record, median", "ms", figures["p50_ms"]),
        Row("packet to stride record, 99th percentile", "ms", figures["p99_ms"], at_most(2)),
        Row("share of a core, two pods", "%", figures["cpu_percent"], at_most(5)),
        Row("resident memory", "MB", figures["rss_mb"], at_most(250)),
        Row("its growth", "MB/h", figures["rss_growth_mb_per_h"]),
        Row("samples fed", "millions", figures["samples"] / 1e6),
    )
    return Table("Two live pods at 416 Hz", rows)


def _worker(seconds: float, lapse: float, files: list[Path]) -> Figures:
    command = [sys.executable, "-m", "benchmarks.live_worker", str(seconds), str(lapse), *map(str, files)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Figures(**json.loads(done.stdout))


def _frames(duration_s: float, seed: int, side: Side) -> list[Frame]:
    """A steady run as the open pod sends it."""
    imu = Imu(rate_hz=RATE_HZ, seed=seed)
    runner = Runner(seed=seed, side=side, mounting=imu.mounting)
    while runner.t_s < duration_s:
        runner.stride(Pace())
    t_us, raw = imu.measure(runner.motion, runner.t_s)
    hello = Hello(
        boot=seed,
        sequence=0,
        tick_us=0,
        rate_hz=RATE_HZ,
        acc_scale=float(imu.acc_scale_m_s2_per_count),
        gyro_scale=float(imu.gyro_scale_rad_s_per_count),
        acc_range_g=16,
        gyro_range_dps=2000,
        has_gyroscope=True,
        streaming=True,
        mode=Mode.RAW,
        battery_percent=None,
        side=side,
        firmware=(0, 0, 0),
        core=0,
        model="player",
    )
    frames: list[Frame] = [hello]
    count = samples_that_fit(PAYLOAD_BYTES)
    for start in range(0, len(raw) - count, count):
        tick_us, period_ns = int(t_us[start]), round(1e9 / RATE_HZ)
        frames.append(Samples(seed, 0, tick_us, period_ns, raw[start : start + count]))
    return frames
