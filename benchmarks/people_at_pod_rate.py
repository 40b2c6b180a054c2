"""Recordings of people at about the pod's 208 samples a second, as the on-device core gets them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.recordings import with_truth
from cadence.sample import SampleBlock
from firmware_bridge.importers import CsvOptions, open_csv
from hardware.core_check.taken import stretch_of
from hardware.core_check.trace import Stretch

_TRIALS = ("pyshoe_vicon/run", "pyshoe_vicon/walk", "fukuchi_virtual")
"""Folders of trials at 200 Hz, each with its truth beside it."""
_TWO_SENSORS, _TWO_SENSORS_HZ = "gaitmap/imu_sample.csv", 204.8


def stretches_of_people(data: Path) -> Iterator[Stretch]:
    """All of them, running and walking; those that are not there are left out.

    Raises RecordingError: one of them cannot be read.
    """
    for folder in _TRIALS:
        for path, _ in with_truth(data / folder):
            yield _stretch(path)
    both = data / _TWO_SENSORS
    if both.is_file():
        for foot in ("left", "right"):
            yield _stretch(both, CsvOptions(sensor=f"{foot}_sensor", rate_hz=_TWO_SENSORS_HZ))


def _stretch(path: Path, options: CsvOptions | None = None) -> Stretch:
    recording = open_csv(path, options)
    blocks = list(recording.blocks())
    whole = SampleBlock(
        np.concatenate([block.t_us for block in blocks]), np.concatenate([block.motion for block in blocks])
    )
    return stretch_of(path.name, whole, recording.sensor)
