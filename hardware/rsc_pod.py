"""A simulated running speed and cadence sensor: nothing but the standard service, once a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Side
from hardware.imu import Imu
from hardware.peripheral import Medium, Send
from hardware.pod_services import (
    BATTERY,
    RSC,
    RSC_FEATURE,
    RSC_FEATURES,
    RSC_MEASUREMENT,
    RscCadence,
    rsc_measurement,
)
from hardware.runner import Segment
from hardware.sensor_pod import SensorPod

EVERY_US = 1_000_000


class RscPod(SensorPod):
    """On one shoe of a simulated runner, who sets off when the first host connects.

    Args:
        cadence: what it counts.
    """

    def __init__(
        self,
        medium: Medium,
        segments: Sequence[Segment],
        *,
        cadence: RscCadence = RscCadence.STEPS,
        side: Side = Side.RIGHT,
        seed: int = 1,
        battery_percent: int = 90,
    ) -> None:
        super().__init__(
            medium,
            segments,
            Imu(seed=seed),
            name="RSC pod",
            services=(RSC, BATTERY),
            side=side,
            seed=seed,
            battery_percent=battery_percent,
        )
        self._cadence = cadence
        self._due_us = EVERY_US

    def attached(self, send: Send) -> None:
        """A host is connected: it is sent to from now on."""
        super().attached(send)
        self._want(True)

    def written(self, channel: str, data: bytes) -> None:
        """It has nothing to write to."""

    def read(self, channel: str) -> bytes:
        """Its features, or its battery's charge."""
        return RSC_FEATURES if channel == RSC_FEATURE else super().read(channel)

    def _sampled(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        now_us = int(t_us[-1])
        if now_us < self._due_us:
            return
        self._due_us = now_us - now_us % EVERY_US + EVERY_US
        now_s = now_us / 1e6
        self._put(RSC_MEASUREMENT, rsc_measurement(self._outing.stride_at(now_s), now_s, self._cadence))
