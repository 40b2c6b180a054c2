"""The detector inside a simulated pod: strides out of its own samples, as frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cadence.detector import StepDetector
from cadence.sample import from_raw
from cadence.stride import Activity, Side
from firmware_bridge.frames import StrideFrame
from hardware.imu import Imu
from hardware.pod_clock import as_tick


class PodStrides:
    """Finds the strides of one boot."""

    def __init__(self, imu: Imu, side: Side) -> None:
        self._imu, self._side = imu, side
        self._detector = StepDetector(imu.sensor, side=side)
        self._zero_us: int | None = None

    def find(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> NDArray[np.void]:
        """The strides that close within some more samples: STRIDE records.

        Args:
            t_us: int64 (n,), the pod's clock, not modulo 2³².
            raw: int16 (n, 6), acceleration then rotation, in counts.
        """
        if self._zero_us is None:
            self._zero_us = int(t_us[0])
        imu = self._imu
        return self._detector.feed(
            from_raw(t_us, raw, imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count)
        )

    def frame(self, boot: int, sequence: int, stride: np.void) -> StrideFrame:
        """A found stride as it is sent."""
        zero_us = self._zero_us or 0
        toe_off_us, contact_us, mid_stance_us = (
            as_tick(zero_us + round(float(stride[name]) * 1e6))
            for name in ("t_toe_off_s", "t_contact_s", "t_mid_stance_s")
        )
        return StrideFrame(
            boot,
            sequence,
            toe_off_us,
            contact_us,
            mid_stance_us,
            (
                float(stride["stride_time_s"]),
                float(stride["contact_time_s"]),
                float(stride["stride_length_m"]),
                float(stride["speed_m_s"]),
                float(stride["climb_m"]),
                float(stride["grade_percent"]),
                float(stride["flight_time_s"]),
                float(stride["strike_angle_deg"]),
                float(stride["impact_g"]),
            ),
            Activity(int(stride["activity"])),
            bool(stride["clipped"]),
            bool(stride["good"]),
            self._side,
        )
