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
from hardware.peripheral import CharacteristicSpec, ServiceSpec


def _assigned(number: int) -> str:
    return f"0000{number:04x}-0000-1000-8000-00805f9b34fb"


RSC_SERVICE, RSC_MEASUREMENT, RSC_FEATURE = _assigned(0x1814), _assigned(0x2A53), _assigned(0x2A54)
BATTERY_SERVICE, BATTERY_LEVEL = _assigned(0x180F), _assigned(0x2A19)
DEVICE_SERVICE = _assigned(0x180A)
MANUFACTURER_NAME, MODEL_NUMBER, FIRMWARE_REVISION = _assigned(0x2A29), _assigned(0x2A24), _assigned(0x2A26)

SERVICES = (
    ServiceSpec(
        SERVICE,
        (CharacteristicSpec(WRITE_CHANNEL, write=True), CharacteristicSpec(NOTIFY_CHANNEL, notify=True)),
        advertised=True,
    ),
    ServiceSpec(
        RSC_SERVICE,
        (CharacteristicSpec(RSC_MEASUREMENT, notify=True), CharacteristicSpec(RSC_FEATURE, read=True)),
        advertised=True,
    ),
    ServiceSpec(BATTERY_SERVICE, (CharacteristicSpec(BATTERY_LEVEL, read=True, notify=True),)),
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

RSC_FEATURES = struct.pack("<H", _LENGTH_SUPPORTED | _RUNNING_SUPPORTED)


class RscCadence(Enum):
    """What a running speed and cadence sensor counts. The specification asks for steps of both feet a
    minute; sensors on one foot are known that count its strides."""

    STEPS = 1.0
    STRIDES = 0.5


def rsc_measurement(stride: np.void | None, cadence: RscCadence) -> bytes:
    """The RSC measurement that follows from the last stride, a STRIDE record; None: standing still.

    Speed in 1/256 m/s, cadence in 1/min, and the length from contact to contact of the same foot in cm.
    """
    if stride is None:
        return _MEASUREMENT_AT_REST.pack(0, 0, 0)
    flags = _LENGTH_PRESENT | (_RUNNING if stride["activity"] == Activity.RUNNING else 0)
    told = np.nan_to_num([stride["speed_m_s"], stride["cadence_spm"], stride["stride_length_m"]])
    speed, cadence_1_min, length_cm = np.rint(told * [256.0, cadence.value, 100.0]).astype(int)
    return _MEASUREMENT.pack(flags, speed, min(cadence_1_min, 255), length_cm)
