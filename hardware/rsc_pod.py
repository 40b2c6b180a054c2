"""A simulated running speed and cadence sensor: nothing but the standard service, once a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Side
from hardware.imu import Imu
from hardware.peripheral import CharacteristicSpec, Medium, Send, ServiceSpec
from hardware.pod_services import (
    RSC_FEATURE,
    RSC_FEATURES,
    RSC_MEASUREMENT,
    RSC_SERVICE,
    RscCadence,
    rsc_measurement,
)
from hardware.runner import Segment
from hardware.sensor_pod import BATTERY, SensorPod

EVERY_US = 1_000_000
STANDING_AFTER_S = 2.0
"""Without a stride for so long it tells a cadence of 0. Our choice: no walker is that slow."""

_SERVICES = (
    ServiceSpec(
        RSC_SERVICE,
        (CharacteristicSpec(RSC_MEASUREMENT, notify=True), CharacteristicSpec(RSC_FEATURE, read=True)),
        advertised=True,
    ),
    BATTERY,
)


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
            services=_SERVICES,
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
        stride = self._outing.stride_at(now_us / 1e6)
        if stride is not None and now_us / 1e6 - float(stride["t_mid_stance_s"]) > STANDING_AFTER_S:
            stride = None
        self._put(RSC_MEASUREMENT, rsc_measurement(stride, self._cadence))
