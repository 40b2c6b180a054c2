"""Units: read from a header, or inferred from the signal."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2
from firmware_bridge.source import SourceError

ACC_UNITS = {"g": GRAVITY_M_S2, "mg": GRAVITY_M_S2 / 1000, "m/s2": 1.0}
"""Units of acceleration, in m/s²."""
GYRO_UNITS = {"dps": math.pi / 180, "mdps": math.pi / 180_000, "rad/s": 1.0}
"""Units of rotation, in rad/s."""
TIME_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Units of time, in s."""

_SPELLINGS = {
    "m/s2": ("m/s2", "m/s/s", "m/s/2", "m/s-2", "m.s-2", "ms-2", "ms2", "mps2", "m/sec2", "m/s**2", "mpss"),
    "g": ("g", "gs", "gn", "gforce"),
    "mg": ("mg", "millig"),
    "dps": ("dps", "deg/s", "degs", "deg/sec", "degree/s", "degrees/s", "degree/sec", "degrees/sec"),
    "mdps": ("mdps", "mdeg/s"),
    "rad/s": (
        "rad/s",
        "rads",
        "radps",
        "rads-1",
        "rad.s-1",
        "rad/sec",
        "radian/s",
        "radians/s",
        "radians/sec",
    ),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "ms": ("ms", "msec", "milli", "millis", "millisecond", "milliseconds"),
    "us": ("us", "usec", "micro", "micros", "microsecond", "microseconds"),
    "ns": ("ns", "nsec", "nano", "nanos", "nanosecond", "nanoseconds"),
}
_UNIT_OF = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
_OTHER_UNITS = frozenset(("", "-", "mm", "cm", "m", "deg", "rad", "ut", "ut.", "gauss", "mgauss", "hz", "c"))
_SIMPLER = str.maketrans(
    {"²": "2", "⁻": "-", "°": "deg", "µ": "u", "μ": "u", "_": "/", "·": "."} | dict.fromkeys("^* []()")
)

FASTEST_FOOT_RAD_S = 45.0
"""A foot in a sprint turns at up to some 40 rad/s (2300 deg/s); a larger number is in deg/s."""
_SLOWEST_RATE_HZ, _FASTEST_RATE_HZ = 6.0, 5000.0


def unit_of(text: str) -> str | None:
    """A unit by its one name ("m/s2", "dps", "ms", ...); None when it is none of ours."""
    return _UNIT_OF.get(text.lower().translate(_SIMPLER).replace("persecond", "/s").replace("/second", "/s"))


def is_unit(text: str) -> bool:
    """Whether a cell of a header reads as a unit, ours or not."""
    return unit_of(text) is not None or text.lower().translate(_SIMPLER) in _OTHER_UNITS


def infer_time_unit(step: float) -> str | None:
    """The unit in which a mean step between samples gives a rate from 6 to 5000 Hz.

    The ranges of seconds, milliseconds, microseconds and nanoseconds do not overlap there, so at
    most one fits; None when none does.
    """
    for unit, seconds in TIME_UNITS.items():
        if 1 / _FASTEST_RATE_HZ <= step * seconds <= 1 / _SLOWEST_RATE_HZ:
            return unit
    return None


def infer_acc_unit(acc: NDArray[np.float64]) -> tuple[str, str]:
    """The unit of accelerations, shape (n, 3), and the reason, in plain words.

    The median magnitude is 1 g for a foot at rest, 1 to 1.2 g walking, up to 4 g in a fast run, and
    hardly ever below 1 g: up to 6 in g, from 6.5 in m/s².

    Raises:
        SourceError: neither fits.
    """
    median = float(np.nanmedian(np.linalg.norm(acc, axis=1)))
    reason = f"their median magnitude is {median:.3g}"
    if 0.4 <= median < 6.0:
        return "g", reason
    if 6.5 <= median < 60.0:
        return "m/s2", reason
    raise SourceError(
        f"the unit of the accelerations cannot be told, {reason}; "
        "give --acc-unit g or m/s2, or scale raw counts to one of them first"
    )


def infer_gyro_unit(
    t_s: NDArray[np.float64], acc_m_s2: NDArray[np.float64], gyro: NDArray[np.float64]
) -> tuple[str, str]:
    """The unit of rotations, shape (n, 3), and the reason, in plain words.

    Three tests, the surest first: faster than any foot turns in rad/s; how far gravity turns in the
    accelerometer while the foot moves gently, against the rotation; the size of what a gyroscope
    shows at rest (noise and bias: 0.02 to some deg/s, which is 0.0003 to 0.1 rad/s).

    Raises:
        SourceError: none of them decides.
    """
    magnitude = np.linalg.norm(gyro, axis=1)
    magnitude = magnitude[np.isfinite(magnitude)]
    fastest = float(np.quantile(magnitude, 0.999))
    if fastest > FASTEST_FOOT_RAD_S:
        return "dps", f"they reach {fastest:.3g}"
    ratio, likeness = _gravity_turn(t_s, acc_m_s2, gyro)
    if likeness > 0.5 and (ratio > 0.3 or ratio < 0.05):
        return ("rad/s" if ratio > 0.3 else "dps"), f"gravity turns {ratio:.2g} times as fast"
    if _moves(acc_m_s2) and fastest > 2.0:
        # A foot that shakes the accelerometer so turns at 100 deg/s and more.
        return "rad/s", f"the foot moves and they reach only {fastest:.3g}"
    rest = float(np.median(magnitude))
    if rest > 0.3:
        return "dps", f"they are {rest:.2g} at rest"
    if rest < 0.02:
        return "rad/s", f"they are {rest:.2g} at rest"
    raise SourceError(
        "the unit of the rotations cannot be told from so little movement; give --gyro-unit dps or rad/s"
    )


def _moves(acc_m_s2: NDArray[np.float64]) -> bool:
    """Whether the foot walks or runs: in one sample of a hundred it shakes by more than 0.5 g."""
    shake = np.abs(np.linalg.norm(acc_m_s2, axis=1) - GRAVITY_M_S2)
    return bool(np.nanquantile(shake, 0.99) > 0.5 * GRAVITY_M_S2)


def _gravity_turn(
    t_s: NDArray[np.float64], acc_m_s2: NDArray[np.float64], gyro: NDArray[np.float64], window_s: float = 0.1
) -> tuple[float, float]:
    """How fast gravity turns for each unit of rotation, and how alike the two are (0 to 1).

    A world vector u seen from a turning sensor changes by u cross ω a second. Over windows in which the
    acceleration stays near 1 g, the change from one window to the next is fitted by that; the
    factor is 1 in rad/s and 0.017 in deg/s.
    """
    window = np.floor((t_s - t_s[0]) / window_s).astype(np.int64)
    good = np.isfinite(acc_m_s2).all(axis=1) & np.isfinite(gyro).all(axis=1)
    window, acc, rotation, time = window[good], acc_m_s2[good], gyro[good], t_s[good]
    if not len(window):
        return 0.0, 0.0
    starts = np.flatnonzero(np.r_[True, np.diff(window) > 0])
    count = np.diff(np.r_[starts, len(window)])[:, None]
    gravity = np.add.reduceat(acc, starts) / count
    turn = np.add.reduceat(rotation, starts) / count
    when = np.add.reduceat(time, starts) / count[:, 0]
    size = np.linalg.norm(acc, axis=1)
    unrest = np.maximum.reduceat(np.abs(size - GRAVITY_M_S2), starts)
    calm = unrest < 0.15 * GRAVITY_M_S2
    pairs = calm[1:] & calm[:-1] & (np.diff(window[starts]) == 1)
    change = np.diff(gravity, axis=0)[pairs]
    middle = ((gravity[1:] + gravity[:-1]) / 2)[pairs]
    between = ((turn[1:] + turn[:-1]) / 2)[pairs]
    expected = -np.cross(between, middle) * np.diff(when)[pairs, None]
    both, own = float(np.sum(change * expected)), float(np.sum(expected**2))
    if own == 0 or not np.any(change):
        return 0.0, 0.0
    return both / own, both / math.sqrt(own * float(np.sum(change**2)))
