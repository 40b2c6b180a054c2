"""The motion of a shoe: six channels of quintic pieces, and what a sensor on the shoe feels.

The pose of the shoe is kept as knots in time with value, rate and second derivative of six channels.
Between two knots each channel is the quintic polynomial that meets all six conditions, so position,
velocity, acceleration and rotation are continuous and exactly known at any instant.

Axes of the world: x east, y north, z up. Axes of the shoe: forward, left, up. The orientation of the
shoe is Rz(heading) Rx(roll) Ry(-pitch): pitch is toe-up positive and may pass ±90° as it does in a
fast swing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2
from cadence.stride import Side

Floats = NDArray[np.float64]

CHANNELS = 6
"""x_m, y_m, z_m of the reference point; heading_rad, roll_rad, pitch_rad."""

REFERENCE_HEIGHT_M = 0.07
"""The reference point lies on the instep, this far above the sole."""

_CHUNK = 1 << 15  # instants evaluated at a time: bounds the memory of a long query


@dataclass(frozen=True, slots=True)
class Mounting:
    """Where and how the sensor sits on the shoe.

    Attributes:
        position_m: forward, outward, up, from the point of the sole below the instep. Outward is left
            on a left shoe and right on a right shoe, so one mounting serves both.
        rotation: 3 x 3, turns a vector in shoe axes (forward, left, up) into sensor axes.
    """

    position_m: tuple[float, float, float] = (0.0, 0.0, REFERENCE_HEIGHT_M)
    rotation: Floats = field(default_factory=lambda: np.eye(3))

    def __post_init__(self) -> None:
        """Raises ValueError unless `rotation` is a proper rotation matrix."""
        matrix = np.asarray(self.rotation, dtype=np.float64)
        if (
            matrix.shape != (3, 3)
            or not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-9)
            or np.linalg.det(matrix) < 0.0
        ):
            raise ValueError("a mounting's rotation must be a right-handed 3 x 3 rotation matrix")

    def lever_m(self, side: Side) -> Floats:
        """From the reference point to the sensor, in shoe axes (forward, left, up)."""
        forward, outward, up = self.position_m
        left = outward if side is Side.LEFT else -outward
        return np.array([forward, left, up - REFERENCE_HEIGHT_M])


INSTEP = Mounting()
"""On the laces, axes forward, left, up."""
HEEL = Mounting((-0.13, 0.0, 0.05))
"""On the heel counter."""
OUTSIDE = Mounting((-0.07, 0.045, 0.06))
"""Clipped to the outer side of the shoe below the ankle."""


@dataclass(frozen=True, slots=True)
class Knots:
    """Instants of a motion.

    Attributes:
        t_s: shape (n,), increasing.
        pose: shape (3, n, 6): value, rate and second derivative of the channels.
    """

    t_s: Floats
    pose: Floats


@dataclass(frozen=True, slots=True)
class Track:
    """Where a sensor is. `position_m`, `velocity_m_s`: (n, 3), world axes. `rotation`: (n, 3, 3), turns
    sensor axes into world axes."""

    position_m: Floats
    velocity_m_s: Floats
    rotation: Floats

    def quaternion(self) -> Floats:
        """The rotation as (n, 4) unit quaternions w, x, y, z."""
        from scipy.spatial.transform import Rotation

        return np.roll(Rotation.from_matrix(self.rotation).as_quat(), 1, axis=1)


class Motion:
    """A motion that grows at its end and can be forgotten at its start."""

    def __init__(self, side: Side = Side.RIGHT) -> None:
        self.side = side
        self._t_s: list[Floats] = []
        self._coefficients: list[Floats] = []
        self._end_s = 0.0
        self._joined: tuple[Floats, Floats] | None = None

    @property
    def start_s(self) -> float:
        """The first instant that is still known."""
        return float(self._t_s[0][0]) if self._t_s else self._end_s

    @property
    def end_s(self) -> float:
        """The last instant that is known."""
        return self._end_s

    def extend(self, knots: Knots) -> None:
        """Append pieces; the first knot must be the last one so far.

        Raises ValueError where times do not join or do not increase.
        """
        if np.any(np.diff(knots.t_s) <= 0.0) or (self._t_s and knots.t_s[0] != self._end_s):
            raise ValueError("the knots of a motion must increase and join on to its end")
        self._t_s.append(knots.t_s[:-1])
        self._coefficients.append(_quintic(knots))
        self._end_s = float(knots.t_s[-1])
        self._joined = None

    def forget_before(self, t_s: float) -> None:
        """Drop what ends before an instant, so that a stream of hours needs little memory."""
        keep = 0
        while keep + 1 < len(self._t_s) and self._t_s[keep + 1][0] <= t_s:
            keep += 1
        if keep:
            del self._t_s[:keep], self._coefficients[:keep]
            self._joined = None

    def sense(self, t_s: Floats, mounting: Mounting = INSTEP) -> Floats:
        """What an ideal sensor reads.

        Args:
            t_s: instants within the motion, any order, shape (n,).
            mounting: where the sensor sits.

        Returns:
            shape (n, 6): specific force in m/s², then rotation in rad/s, in sensor axes.

        Raises ValueError for an instant outside the motion.
        """
        t_s = np.asarray(t_s, dtype=np.float64)
        lever = mounting.lever_m(self.side)
        out = np.empty((len(t_s), 6))
        for first in range(0, len(t_s), _CHUNK):
            part = slice(first, first + _CHUNK)
            value, rate, second = self._evaluate(t_s[part])
            rotation = _rotation(value)
            spin, spin_rate = _spin(value, rate, second)
            push = second[:, :3].copy()
            push[:, 2] += GRAVITY_M_S2
            force = np.einsum("nji,nj->ni", rotation, push)
            force += np.cross(spin_rate, lever) + np.cross(spin, np.cross(spin, lever))
            out[part, :3] = force @ mounting.rotation.T
            out[part, 3:] = spin @ mounting.rotation.T
        return out

    def track(self, t_s: Floats, mounting: Mounting = INSTEP) -> Track:
        """Where the sensor is at some instants, in world axes. Raises ValueError outside the motion."""
        value, rate, second = self._evaluate(np.asarray(t_s, dtype=np.float64))
        rotation = _rotation(value)
        lever = mounting.lever_m(self.side)
        spin, _ = _spin(value, rate, second)
        return Track(
            value[:, :3] + rotation @ lever,
            rate[:, :3] + np.einsum("nij,nj->ni", rotation, np.cross(spin, lever)),
            rotation @ mounting.rotation.T,
        )

    def _evaluate(self, t_s: Floats) -> tuple[Floats, Floats, Floats]:
        if len(t_s) and (t_s.min() < self.start_s or t_s.max() > self.end_s):
            raise ValueError(f"the motion is known from {self.start_s:.3f} s to {self.end_s:.3f} s only")
        if self._joined is None:
            self._joined = np.concatenate(self._t_s), np.concatenate(self._coefficients)
        starts, coefficients = self._joined
        piece = np.searchsorted(starts, t_s, side="right") - 1
        u = (t_s - starts[piece])[:, None]
        c0, c1, c2, c3, c4, c5 = np.moveaxis(coefficients[piece], 1, 0)
        value = c0 + u * (c1 + u * (c2 + u * (c3 + u * (c4 + u * c5))))
        rate = c1 + u * (2 * c2 + u * (3 * c3 + u * (4 * c4 + u * 5 * c5)))
        second = 2 * c2 + u * (6 * c3 + u * (12 * c4 + u * 20 * c5))
        return value, rate, second


def _quintic(knots: Knots) -> Floats:
    """Coefficients in rising powers of the time since the piece's start, shape (n - 1, 6, channels)."""
    h = np.diff(knots.t_s)[:, None]
    (p0, v0, a0), (p1, v1, a1) = knots.pose[:, :-1], knots.pose[:, 1:]
    # What a parabola from the left knot misses at the right one, in units of one.
    p = (p1 - p0 - v0 * h - a0 * h**2 / 2) / h**3
    v = (v1 - v0 - a0 * h) / h**2
    a = (a1 - a0) / h
    return np.stack(
        [p0, v0, a0 / 2, 10 * p - 4 * v + a / 2, (-15 * p + 7 * v - a) / h, (6 * p - 3 * v + a / 2) / h**2],
        axis=1,
    )


def _rotation(value: Floats) -> Floats:
    """Shoe axes to world axes, (n, 3, 3)."""
    cz, sz = np.cos(value[:, 3]), np.sin(value[:, 3])
    cx, sx = np.cos(value[:, 4]), np.sin(value[:, 4])
    cy, sy = np.cos(value[:, 5]), -np.sin(value[:, 5])
    matrix = np.empty((len(value), 3, 3))
    matrix[:, 0, 0] = cz * cy - sz * sx * sy
    matrix[:, 0, 1] = -sz * cx
    matrix[:, 0, 2] = cz * sy + sz * sx * cy
    matrix[:, 1, 0] = sz * cy + cz * sx * sy
    matrix[:, 1, 1] = cz * cx
    matrix[:, 1, 2] = sz * sy - cz * sx * cy
    matrix[:, 2, 0] = -cx * sy
    matrix[:, 2, 1] = sx
    matrix[:, 2, 2] = cx * cy
    return matrix


def _spin(value: Floats, rate: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Angular velocity and acceleration in shoe axes, each (n, 3)."""
    cx, sx = np.cos(value[:, 4]), np.sin(value[:, 4])
    cy, sy = np.cos(value[:, 5]), -np.sin(value[:, 5])
    turn, tilt, nod = rate[:, 3], rate[:, 4], -rate[:, 5]
    up, up_rate = cx * turn, -sx * tilt * turn + cx * second[:, 3]
    spin = np.stack([cy * tilt - sy * up, sx * turn + nod, sy * tilt + cy * up], axis=1)
    spin_rate = np.stack(
        [
            cy * second[:, 4] - sy * up_rate - nod * spin[:, 2],
            cx * tilt * turn + sx * second[:, 3] - second[:, 5],
            sy * second[:, 4] + cy * up_rate + nod * spin[:, 0],
        ],
        axis=1,
    )
    return spin, spin_rate
