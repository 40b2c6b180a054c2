"""The sample: what every link and file hands to the detector.

A pod sends six raw int16 and its clock; a CSV file holds float numbers and times. Both reach the
detector in this one form, so it cannot tell a live run from a replay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAVITY_M_S2 = 9.80665
"""Standard gravity (BIPM, SI brochure): turns g into m/s² at the edges."""


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Some consecutive samples of one sensor, in the order they were taken.

    Attributes:
        t_us: int64, shape (n,). Microseconds on the recording's clock, 0 at its first sample.
        motion: float32, shape (n, 6), C-contiguous. Acceleration x, y, z in m/s² (specific force:
            at rest it points up with 9.81), then rotation x, y, z in rad/s, in the sensor's own
            right-handed axes. NaN where a value is missing; the rotation is NaN throughout for an
            accelerometer without a gyroscope.
    """

    t_us: NDArray[np.int64]
    motion: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sensor:
    """What is known of the sensor that took the samples.

    Attributes:
        has_gyroscope: False for an accelerometer alone.
        acc_limit_m_s2: an acceleration component at or beyond this, either sign, is clipped;
            infinity when no limit is known.
        gyro_limit_rad_s: the same for a rotation component.
    """

    has_gyroscope: bool = True
    acc_limit_m_s2: float = float("inf")
    gyro_limit_rad_s: float = float("inf")


def from_raw(
    t_us: NDArray[np.int64], raw: NDArray[np.int16], acc_scale: np.float32, gyro_scale: np.float32
) -> SampleBlock:
    """Raw counts to samples by the one rule of the project: float32(raw) * float32(scale).

    Args:
        t_us: int64, shape (n,), µs on the recording's clock.
        raw: int16, shape (n, 6), acceleration then rotation.
        acc_scale: m/s² a count.
        gyro_scale: rad/s a count.
    """
    scale = np.repeat(np.array([acc_scale, gyro_scale], np.float32), 3)
    return SampleBlock(t_us, raw.astype(np.float32) * scale)
