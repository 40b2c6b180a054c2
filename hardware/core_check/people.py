"""Stretches that people ran and walked. The recordings are not part of the program: CADENCE_DATA says where
they lie, else they are looked for beside its folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cadence.sample import SampleBlock
from hardware.core_check.taken import stretch_of
from hardware.core_check.trace import Stretch

RUNNING = (
    "pyshoe_vicon/run/2017-11-27-11-11-24.csv.gz",  # 200 Hz, the gyroscope clips
    "pyshoe_vicon/run/2017-11-27-11-12-44.csv.gz",
    "fukuchi_virtual/RBDS001_T25_L.csv.gz",  # 200 Hz, computed from markers
    "fukuchi_virtual/RBDS003_T35_R.csv.gz",
    "fukuchi_virtual/RBDS008_T45_L.csv.gz",
    "wearable_my_foot/test-run.csv",  # 89 Hz, uneven, clips at 16 g
    "adept/acc_running_left_ankle_first720s.csv.gz",  # 100 Hz, an accelerometer alone, clips at 8 g
)
WALKING = (
    "tripod/PWS_LF.csv",  # 128 Hz
    "tripod/PWS_RF.csv",
    "ipol/1-1_lf.txt",  # 100 Hz
    "ipol/2-1_rf.txt",
    "ipol/5-1_lf.txt",
    "xio/short_walk.csv",  # 400 Hz, repeated time stamps
)


def recordings_folder() -> Path | None:
    """Where the recordings lie; None where they do not."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("CADENCE_DATA") or beside)
    return folder if folder.is_dir() else None


def people(folder: Path, names: tuple[str, ...] = RUNNING + WALKING) -> Iterator[Stretch]:
    """The recordings, of several kinds of pods.

    Raises:
        RecordingError: one of them cannot be read.
    """
    from firmware_bridge.importers import open_csv

    for name in names:
        recording = open_csv(folder / name)
        blocks = list(recording.blocks())
        whole = SampleBlock(
            np.concatenate([block.t_us for block in blocks]),
            np.concatenate([block.motion for block in blocks]),
        )
        kind = "running" if name in RUNNING else "walking"
        yield stretch_of(f"{kind}: {name}", whole, recording.sensor)
