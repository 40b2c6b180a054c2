"""Samples of a sensor as the on-device core gets them."""

from __future__ import annotations

import numpy as np

from cadence.sample import SampleBlock, Sensor
from hardware.core_check.trace import Stretch

LONGEST_STEP_US = 2_000_000_000
"""A longer silence is a gap like this one. Our choice: it fits an int32."""

COACHED = np.array([165.0, 3.0, 172.0, 0.0], np.float32)
"""Settings of the policy: a baseline of 165 spm at 3 m/s, a target of 172 spm, cues that do not fade."""
LEARNING = np.array([0.0, 0.0, 0.0, 0.5], np.float32)
"""Settings of the policy: it finds out the baseline; cues that have faded by half."""


def stretch_of(name: str, block: SampleBlock, sensor: Sensor, *, learning: bool = False) -> Stretch:
    """The samples of a recording; the policy has a baseline, or shall learn it."""
    steps_us = np.clip(np.diff(block.t_us, prepend=block.t_us[:1]), 0, LONGEST_STEP_US)
    settings = (sensor.acc_limit_m_s2, sensor.gyro_limit_rad_s, float(sensor.has_gyroscope))
    return Stretch(
        name,
        np.array(settings, np.float32),
        LEARNING if learning else COACHED,
        steps_us.astype(np.int32),
        np.ascontiguousarray(block.motion, np.float32),
    )
