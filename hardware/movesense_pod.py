"""A simulated Movesense with the GATT SensorData Protocol; `firmware_bridge.pods.movesense` has sources."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Side
from firmware_bridge.pods.movesense import (
    ACC_RANGE_G,
    DEFAULT_RATE_HZ,
    GYRO_RANGE_DPS,
    NOTIFY_CHANNEL,
    SERVICE,
    WRITE_CHANNEL,
    Request,
    Response,
)
from hardware.imu import LSM6DS3TR_C, Imu
from hardware.peripheral import CharacteristicSpec, Medium, ServiceSpec
from hardware.pod_services import BATTERY
from hardware.runner import Segment
from hardware.sensor_pod import SensorPod

NOTIFICATION_BYTES = 155
"""The longest: an MTU of at most 158 (Movesense, "Using CustomGATTService", 2018)."""
SAMPLES_PER_PACKET = 8
"""At 104 Hz, as public clients see it; taken for the other rates too."""
FIRST_STAMP_MS = 12_345
"""Of its clock at the first sample; our choice."""

_OK, _BAD_REQUEST, _NOT_FOUND = 200, 400, 404
_SERVICES = (
    ServiceSpec(
        SERVICE,
        (CharacteristicSpec(WRITE_CHANNEL, write=True), CharacteristicSpec(NOTIFY_CHANNEL, notify=True)),
        advertised=True,
    ),
    BATTERY,
)


class MovesensePod(SensorPod):
    """On one shoe of a simulated runner. It streams at the rate of its sensor alone; other paths are 404.

    Args:
        rate_hz: of its sensor.
    """

    def __init__(
        self,
        medium: Medium,
        segments: Sequence[Segment],
        *,
        rate_hz: int = DEFAULT_RATE_HZ,
        side: Side = Side.RIGHT,
        seed: int = 1,
        battery_percent: int = 90,
    ) -> None:
        imu = Imu(
            LSM6DS3TR_C,
            rate_hz=float(rate_hz),
            acc_range_g=ACC_RANGE_G,
            gyro_range_dps=GYRO_RANGE_DPS,
            seed=seed,
        )
        super().__init__(
            medium,
            segments,
            imu,
            name="Movesense 000000000001",
            services=_SERVICES,
            side=side,
            seed=seed,
            battery_percent=battery_percent,
        )
        self._path = f"/Meas/IMU6/{rate_hz}".encode()
        self._reference = 0
        self._t_us = np.zeros(0, np.int64)
        self._raw = np.zeros((0, 6), np.int16)

    def written(self, channel: str, data: bytes) -> None:
        """A command: code, reference, path."""
        if channel != WRITE_CHANNEL or len(data) < 2:
            return
        code, reference, path = data[0], data[1], data[2:]
        match code:
            case Request.HELLO:
                self._answer(reference, b"Hello")
            case Request.SUBSCRIBE if path == self._path:
                self._reference = reference
                self._t_us, self._raw = self._t_us[:0], self._raw[:0]
                self._answer(reference, struct.pack("<H", _OK))
                self._want(True)
            case Request.SUBSCRIBE:
                self._answer(reference, struct.pack("<H", _NOT_FOUND))
            case Request.UNSUBSCRIBE:
                if reference == self._reference:
                    self._want(False)
            case _:
                self._answer(reference, struct.pack("<H", _BAD_REQUEST))

    def _answer(self, reference: int, payload: bytes) -> None:
        self._put(NOTIFY_CHANNEL, bytes([Response.COMMAND_RESULT, reference]) + payload)

    def _sampled(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        self._t_us = np.concatenate([self._t_us, t_us])
        self._raw = np.concatenate([self._raw, raw])
        while len(self._t_us) >= SAMPLES_PER_PACKET:
            stamps_us, self._t_us = np.split(self._t_us, [SAMPLES_PER_PACKET])
            counts, self._raw = np.split(self._raw, [SAMPLES_PER_PACKET])
            self._send_packet(int(stamps_us[0]), counts)

    def _send_packet(self, first_us: int, raw: NDArray[np.int16]) -> None:
        acceleration = raw[:, :3] * self._imu.acc_scale_m_s2_per_count
        rotation = np.degrees(raw[:, 3:] * self._imu.gyro_scale_rad_s_per_count)
        stamp_ms = (FIRST_STAMP_MS + first_us // 1000) % (1 << 32)
        payload = struct.pack("<I", stamp_ms)
        payload += acceleration.astype("<f4").tobytes() + rotation.astype("<f4").tobytes()
        room = NOTIFICATION_BYTES - 2
        self._put(NOTIFY_CHANNEL, bytes([Response.DATA, self._reference]) + payload[:room])
        if len(payload) > room:
            self._put(NOTIFY_CHANNEL, bytes([Response.DATA_PART2, self._reference]) + payload[room:])
