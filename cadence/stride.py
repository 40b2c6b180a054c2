"""The stride record: its fields, their units and what leaves them unknown.

One record per stride, closed at the mid-stance that ends it. A float field is NaN when it is not
known. `side` and `activity` are small codes so that the record is a plain structured array; `to_dict`
gives the form that people and JSON read, with None for what is not known.

Times count from the first sample. Of a pod that sends strides and no samples they count from the mid-stance
of its first stride, so that what came before it is negative.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any

import numpy as np


class Activity(IntEnum):
    """What the runner does. The value is the code the detector kernel uses."""

    UNKNOWN = 0
    STATIONARY = 1
    WALKING = 2
    RUNNING = 3


class Side(IntEnum):
    """The foot that carries the pod. It comes from a setting and is never guessed."""

    UNKNOWN = 0
    LEFT = 1
    RIGHT = 2


STRIDE = np.dtype(
    [
        ("t_toe_off_s", np.float64),  # s since the first sample: start of the swing
        ("t_contact_s", np.float64),  # s: end of the swing
        ("t_mid_stance_s", np.float64),  # s: the mid-stance that closes the record
        ("stride_time_s", np.float32),  # s from the previous contact; NaN for the first after standing
        ("cadence_spm", np.float32),  # steps of both feet a minute: 120 / stride_time_s
        ("contact_time_s", np.float32),  # s: the stance before this swing
        ("stride_length_m", np.float32),  # m, horizontal, mid-stance to mid-stance
        ("speed_m_s", np.float32),  # m/s: the length over the time between the two mid-stances
        ("climb_m", np.float32),  # m, vertical, mid-stance to mid-stance
        ("grade_percent", np.float32),  # %: climb over length of the last strides
        ("flight_time_s", np.float32),  # s, running: stride_time_s / 2 - contact_time_s
        ("strike_angle_deg", np.float32),  # degrees of foot pitch at contact, heel-first positive
        ("impact_g", np.float32),  # g: peak magnitude in the 50 ms after contact
        ("clipped", np.bool_),  # the sensor was at its limit in this stride: impact_g is a lower bound
        ("activity", np.uint8),  # Activity: WALKING or RUNNING
        ("side", np.uint8),  # Side
        ("good", np.bool_),  # False: a gap, a clipped swing or an implausible value touched the stride
    ]
)
"""One stride. `good` False reads as signal "bad"."""


def to_dict(stride: np.void) -> dict[str, Any]:
    """One stride as plain values for JSON: floats that are not known become None.

    A float32 is given by its shortest decimal form, so that equal strides print equally.
    """
    record: dict[str, Any] = {}
    for name in STRIDE.names or ():
        value = stride[name]
        if name == "activity":
            record[name] = Activity(int(value)).name.lower()
        elif name == "side":
            side = Side(int(value))
            record[name] = None if side is Side.UNKNOWN else side.name.lower()
        elif name == "good":
            record["signal"] = "good" if value else "bad"
        elif isinstance(value, np.bool_):
            record[name] = bool(value)
        else:
            number = float(str(value))
            record[name] = number if math.isfinite(number) else None
    return record
