"""What the simulated open pod offers as a GATT server, and the bytes of its standard services.

Services and characteristics are those of the Bluetooth SIG's assigned numbers and service specifications
(Running Speed and Cadence 1.0, Battery 1.0, Device Information 1.1), and the Nordic UART service.
"""

from __future__ import annotations

import struct
from enum import Enum

import numpy as np

from cadence.stride import Activity
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, SERVICE, WRITE_CHANNEL
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL, BATTERY_SERVICE, uuid_of
from hardware.peripheral import CharacteristicSpec, ServiceSpec

RSC_SERVICE, RSC_MEASUREMENT, RSC_FEATURE = uuid_of(0x1814), uuid_of(0x2A53), uuid_of(0x2A54)
DEVICE_SERVICE = uuid_of(0x180A)
MANUFACTURER_NAME, MODEL_NUMBER, FIRMWARE_REVISION = uuid_of(0x2A29), uuid_of(0x2A24), uuid_of(0x2A26)

BATTERY = ServiceSpec(BATTERY_SERVICE, (CharacteristicSpec(BATTERY_LEVEL, read=True, notify=True),))
RSC = ServiceSpec(
    RSC_SERVICE,
    (CharacteristicSpec(RSC_MEASUREMENT, notify=True), CharacteristicSpec(RSC_FEATURE, read=True)),
    advertised=True,
)

SERVICES = (
    ServiceSpec(
        SERVICE,
        (CharacteristicSpec(WRITE_CHANNEL, write=True), CharacteristicSpec(NOTIFY_CHANNEL, notify=True)),
        advertised=True,
    ),
    RSC,
    BATTERY,
    ServiceSpec(
        DEVICE_SERVICE,
        tuple(
            CharacteristicSpec(uuid, read=True)
            for uuid in (MANUFACTURER_NAME, MODEL_NUMBER, FIRMWARE_REVISION)
        ),
    ),
)

_LENGTH_PRESENT, _RUNNING = 1 << 0, 1 << 2
_LENGTH_SUPPORTED, _RUNNING_SUPPORTED = 1 << 0, 1 << 2
_MEASUREMENT = struct.Struct("<BHBH")
_MEASUREMENT_AT_REST = struct.Struct("<BHB")

STANDING_AFTER_S = 2.0
"""Without a stride for so long a cadence of 0 is told. Our choice: no walker is that slow."""

RSC_FEATURES = struct.pack("<H", _LENGTH_SUPPORTED | _RUNNING_SUPPORTED)


class RscCadence(Enum):
    """What a running speed and cadence sensor counts. The specification asks for steps of both feet a
    minute; sensors on one foot are known that count its strides."""

    STEPS = 1.0
    STRIDES = 0.5


def rsc_measurement(stride: np.void | None, now_s: float, cadence: RscCadence) -> bytes:
    """The RSC measurement that follows from the last stride, a STRIDE record; without one, standing still.

    Speed in 1/256 m/s, cadence in 1/min, and the length from contact to contact of the same foot in cm.
    `now_s` is on the clock of the stride.
    """
    if stride is None or stride["t_mid_stance_s"] < now_s - STANDING_AFTER_S:
        return _MEASUREMENT_AT_REST.pack(0, 0, 0)
    flags = _LENGTH_PRESENT | (_RUNNING if stride["activity"] == Activity.RUNNING else 0)
    told = np.nan_to_num([stride["speed_m_s"], stride["cadence_spm"], stride["stride_length_m"]])
    speed, cadence_1_min, length_cm = np.rint(told * [256.0, cadence.value, 100.0]).astype(int)
    return _MEASUREMENT.pack(flags, speed, min(cadence_1_min, 255), length_cm)
