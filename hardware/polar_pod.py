"""Simulated Polar sensors with the measurement data service; `firmware_bridge.pods.polar_frames` has it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2
from cadence.stride import Side
from firmware_bridge.pods.polar_frames import (
    COMPRESSED,
    CONTROL_CHANNEL,
    CONTROL_RESPONSE,
    DATA_CHANNEL,
    REFUSALS,
    SERVICE,
    Measurement,
    Operation,
    Setting,
    parse_settings,
)
from hardware.imu import BMI270, LSM6DS3TR_C, Imu, ImuSpec
from hardware.peripheral import CharacteristicSpec, Medium, ServiceSpec
from hardware.pod_services import BATTERY
from hardware.runner import Segment
from hardware.sensor_pod import SensorPod

FIRST_STAMP_NS = 599_616_000_000_000_000
"""Of its clock at the first sample: ns since 2000, as they show before a phone sets them (2019)."""
ACC_FRAME_SAMPLES, GYRO_FRAME_SAMPLES = 36, 31
"""In a frame. Our choice: both fit a notification of 244 bytes, and the streams are out of step."""
_BLOCK_SAMPLES = 15
_FEATURES = 0x0F
_SERVICES = (
    ServiceSpec(
        SERVICE,
        (
            CharacteristicSpec(CONTROL_CHANNEL, read=True, write=True, indicate=True),
            CharacteristicSpec(DATA_CHANNEL, notify=True),
        ),
        advertised=True,
    ),
    BATTERY,
)


@dataclass(frozen=True, slots=True)
class PolarModel:
    """What a model can do (Polar's SDK documents, products/PolarH10 and PolarVeritySense).

    Attributes:
        name: as advertised.
        chip: stands for its sensor, which Polar does not name.
        rates_hz: in normal mode; `sdk_rates_hz` in SDK mode, none where there is no such mode.
        acc_ranges_g, gyro_ranges_dps: to choose from; no gyroscope where there are none.
        compressed: sends differences and a factor, and asks for the number of channels.
    """

    name: str
    chip: ImuSpec
    rates_hz: tuple[int, ...]
    sdk_rates_hz: tuple[int, ...]
    acc_ranges_g: tuple[int, ...]
    gyro_ranges_dps: tuple[int, ...]
    compressed: bool


H10 = PolarModel("Polar H10 00000001", BMI270, (25, 50, 100, 200), (), (2, 4, 8), (), False)
VERITY_SENSE = PolarModel(
    "Polar Sense 00000002",
    LSM6DS3TR_C,
    (52,),
    (26, 52, 104, 208, 416),
    (2, 4, 8, 16),
    (245, 500, 1000, 2000),
    True,
)


class PolarPod(SensorPod):
    """A Polar sensor on a simulated runner's shoe.

    Its sensor is fixed to `rate_hz` and its widest ranges: those alone can be started, others are refused
    with the device's own error.

    Args:
        model: which.
        rate_hz: of its sensor.
    """

    def __init__(
        self,
        medium: Medium,
        segments: Sequence[Segment],
        *,
        model: PolarModel = VERITY_SENSE,
        rate_hz: int | None = None,
        side: Side = Side.RIGHT,
        seed: int = 1,
        battery_percent: int = 90,
    ) -> None:
        self._rate_hz = rate_hz if rate_hz is not None else (208 if model.sdk_rates_hz else 200)
        imu = Imu(
            model.chip,
            rate_hz=float(self._rate_hz),
            acc_range_g=max(model.acc_ranges_g),
            gyro_range_dps=max(model.gyro_ranges_dps, default=2000),
            seed=seed,
        )
        super().__init__(
            medium,
            segments,
            imu,
            name=model.name,
            services=_SERVICES,
            side=side,
            seed=seed,
            battery_percent=battery_percent,
        )
        self._model = model
        self._sdk_mode = False
        self._streams: dict[Measurement, _Stream] = {}

    def detached(self) -> None:
        """The host is gone: its streams end."""
        super().detached()
        self._streams.clear()

    def read(self, channel: str) -> bytes:
        """What it can measure, or its battery's charge."""
        if channel != CONTROL_CHANNEL:
            return super().read(channel)
        has_gyroscope = bool(self._model.gyro_ranges_dps)
        measured = 1 << Measurement.ACCELERATION | has_gyroscope << Measurement.ROTATION
        return bytes([_FEATURES, measured]) + bytes(15)

    def written(self, channel: str, data: bytes) -> None:
        """A command of the control point: each is answered."""
        if channel != CONTROL_CHANNEL or not data:
            return
        operation, kind = data[0], data[1] if len(data) > 1 else 0
        refusal, parameters = "success", b""
        if operation not in set(Operation):
            refusal = "invalid operation"
        elif len(data) < 2:
            refusal = "invalid length"
        elif not self._has(kind):
            refusal = "invalid measurement"
        else:
            refusal, parameters = self._obey(Operation(operation), Measurement(kind), data[2:])
        code = REFUSALS.index(refusal)
        self._put(CONTROL_CHANNEL, bytes([CONTROL_RESPONSE, operation, kind, code, 0]) + parameters)
        self._want(bool(self._streams))

    def _has(self, kind: int) -> bool:
        kinds = {Measurement.ACCELERATION}
        if self._model.gyro_ranges_dps:
            kinds.add(Measurement.ROTATION)
        if self._model.sdk_rates_hz:
            kinds.add(Measurement.SDK_MODE)
        return kind in kinds

    def _obey(self, operation: Operation, measurement: Measurement, rest: bytes) -> tuple[str, bytes]:
        if measurement is Measurement.SDK_MODE:
            return self._switch_sdk_mode(operation), b""
        match operation:
            case Operation.SETTINGS:
                return "success", _settings(self._choices(measurement))
            case Operation.STOP:
                if self._streams.pop(measurement, None) is None:
                    return "already in that state", b""
                return "success", b""
            case Operation.START:
                return self._start(measurement, rest)

    def _switch_sdk_mode(self, operation: Operation) -> str:
        if operation is Operation.SETTINGS:
            return "not supported"
        wanted = operation is Operation.START
        if self._streams:
            return "invalid state"
        if self._sdk_mode == wanted:
            return "already in that state"
        self._sdk_mode = wanted
        return "success"

    def _choices(self, measurement: Measurement) -> dict[Setting, tuple[int, ...]]:
        model = self._model
        is_acc = measurement is Measurement.ACCELERATION
        ranges = model.acc_ranges_g if is_acc else model.gyro_ranges_dps
        choices = {
            Setting.RATE_HZ: model.sdk_rates_hz if self._sdk_mode else model.rates_hz,
            Setting.RESOLUTION_BITS: (16,),
            Setting.RANGE: ranges,
        }
        return choices | {Setting.CHANNELS: (3,)} if model.compressed else choices

    def _start(self, measurement: Measurement, rest: bytes) -> tuple[str, bytes]:
        if measurement in self._streams:
            return "already in that state", b""
        asked = parse_settings(rest)
        rate, bits, full = (
            asked.get(setting, (0,)) for setting in (Setting.RATE_HZ, Setting.RESOLUTION_BITS, Setting.RANGE)
        )
        choices = self._choices(measurement)
        if rate != (self._rate_hz,) or self._rate_hz not in choices[Setting.RATE_HZ]:
            return "invalid rate", b""
        if bits != (16,):
            return "invalid resolution", b""
        if full != (max(choices[Setting.RANGE]),):
            return "invalid range", b""
        self._streams[measurement] = _Stream()
        if not self._model.compressed:
            return "success", b"\x01"
        return "success", bytes([Setting.FACTOR, 1]) + struct.pack("<f", self.factor(measurement))

    def factor(self, measurement: Measurement) -> float:
        """g or deg/s a count."""
        if measurement is Measurement.ACCELERATION:
            return float(self._imu.acc_scale_m_s2_per_count) / GRAVITY_M_S2
        return float(np.degrees(self._imu.gyro_scale_rad_s_per_count))

    def _sampled(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        for measurement, stream in self._streams.items():
            is_acc = measurement is Measurement.ACCELERATION
            count = ACC_FRAME_SAMPLES if is_acc else GYRO_FRAME_SAMPLES
            stream.add(t_us, raw[:, :3] if is_acc else raw[:, 3:])
            while (taken := stream.take(count)) is not None:
                last_us, values = taken
                self._put(DATA_CHANNEL, self._frame(measurement, last_us, values))

    def _frame(self, measurement: Measurement, last_us: int, raw: NDArray[np.int16]) -> bytes:
        head = struct.pack("<BQ", measurement, FIRST_STAMP_NS + last_us * 1000)
        if self._model.compressed:
            return head + bytes([COMPRESSED]) + compress(raw)
        milli_g = np.rint(raw * (1000.0 * self.factor(measurement))).astype("<i2").tobytes()
        return bytes(head + b"\x01" + milli_g)


class _Stream:
    """Samples of one measurement that wait for a full frame."""

    def __init__(self) -> None:
        self._t_us = np.zeros(0, np.int64)
        self._raw = np.zeros((0, 3), np.int16)

    def add(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        self._t_us = np.concatenate([self._t_us, t_us])
        self._raw = np.concatenate([self._raw, raw])

    def take(self, count: int) -> tuple[int, NDArray[np.int16]] | None:
        if len(self._t_us) < count:
            return None
        t_us, self._t_us = np.split(self._t_us, [count])
        raw, self._raw = np.split(self._raw, [count])
        return int(t_us[-1]), raw


def compress(raw: NDArray[np.int16]) -> bytes:
    """Samples (n, 3) as a first one and blocks of differences, each as narrow as its largest."""
    wide = raw.astype(np.int64)
    deltas = wide[1:] - wide[:-1]
    data = raw[0].astype("<i2").tobytes()
    for begin in range(0, len(deltas), _BLOCK_SAMPLES):
        block = deltas[begin : begin + _BLOCK_SAMPLES]
        width = 1 + max(int(block.max()).bit_length(), (~int(block.min())).bit_length())
        bits = (block.reshape(-1, 1) >> np.arange(width)) & 1
        data += bytes([width, len(block)]) + np.packbits(bits.astype(np.uint8), bitorder="little").tobytes()
    return bytes(data)


def _settings(choices: dict[Setting, tuple[int, ...]]) -> bytes:
    data = b""
    for setting, values in choices.items():
        size = 1 if setting is Setting.CHANNELS else 2
        data += bytes([setting, len(values)]) + b"".join(value.to_bytes(size, "little") for value in values)
    return data
