"""Runs as `coach run` records them, with a simulated pod in faster time."""

from __future__ import annotations

import asyncio
import math
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cadence.stride import Side
from coach.coach_settings import CoachSettings
from coach.cuers import cuers_of
from coach.live import follow
from coach.replay import Replay, Tally
from coach.run import Run
from coach.run_settings import RunSettings
from firmware_bridge.frames import Mode
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.recording_writer import RecordingWriter
from hardware.faults.plan import parse_faults
from hardware.lapse import run_lapsed
from hardware.pod_spec import PodSpec
from hardware.simulation import simulation

SETTINGS = RunSettings(
    pod="ble:Cadence Pod",
    side=Side.LEFT,
    coach=CoachSettings(baseline_spm=165.0, baseline_speed_m_s=3.0, target_spm=172.0),
)
SECONDS = 50.0
"""The coach watches half a minute before its first word."""


@lru_cache
def recorded_run() -> tuple[bytes, Replay]:
    """The recording of a run over a link that is lost once, and what the run found."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.mcap"
        found = _record(path)
        return path.read_bytes(), found


def _record(path: Path) -> Replay:
    cuers = cuers_of(SETTINGS)
    run = Run(decoders(), sides=SETTINGS.sides, coach=cuers.coach, cuer=cuers)
    tally = Tally(run)
    recorder = RecordingWriter(path, settings=SETTINGS.to_mapping())
    pod, faults = PodSpec("direct", mode=Mode.RAW), parse_faults("link-loss@8+3")

    async def record() -> None:
        async with simulation(pod, faults, (OpenPod(Mode.RAW),)) as simulated:

            async def end() -> None:
                await asyncio.sleep(SECONDS)
                await simulated.link.close()

            ending = asyncio.ensure_future(end())
            await follow(simulated.link, run, recorder=recorder, show=tally.add)
            await ending

    run_lapsed(record(), math.inf)
    recorder.close()
    return tally.replay()
