"""Which way is up, and how the shoe moves: strapdown integration over one bin.

Savage 1998 (J. Guidance, Control, and Dynamics 21(1), 19-28) gives the second-order terms: the turn of
a bin is corrected for coning with a twelfth of its cross product with the turn before, and the
acceleration is turned by half the bin's rotation so that it meets the attitude of the bin's middle.
"""

from __future__ import annotations

from cadence.core.kernel import BIN_S, GRAVITY_M_S2, HALF, ZERO, F, jit
from cadence.core.layout import (
    ACC_BIAS,
    AWAKE_BINS,
    GYRO_BIAS,
    LEVELLED,
    POSITION,
    QUATERNION,
    TURN_BEFORE,
    VELOCITY,
)
from cadence.core.vector import cross, square_root, tilt_in_world, to_world, turn_in_sensor

TWELFTH = F(1.0 / 12.0)
ALMOST_ZERO = F(1e-3)

# How strongly the accelerometer levels the attitude while nothing better does, share a bin.
# Our choice: seconds in motion, where the accelerometer is a poor plumb line; fast at the start and
# at rest, where it is a good one.
LEVELLING_MOVING = F(0.01)
LEVELLING_START = F(0.1)
LEVELLING_START_BINS = 40
LEVELLING_STILL = F(0.03)


@jit
def level_by_gravity(s, gain, x, y, z):
    """Tilt the attitude so that the world acceleration (x, y, z) comes nearer to straight up."""
    scale = gain / (square_root(x * x + y * y + z * z) + ALMOST_ZERO)
    if z < ZERO and abs(x) + abs(y) < -z * HALF:
        x = -z  # nearly upside down: any side will do, but it must not stand still
    tilt_in_world(s, QUATERNION, scale * y, -scale * x)


@jit
def integrate(s, i, ax, ay, az, wx, wy, wz, still):
    """Advance attitude, velocity and position by one bin of mean acceleration and rotation."""
    tx = wx * BIN_S
    ty = wy * BIN_S
    tz = wz * BIN_S
    cx, cy, cz = cross(s[TURN_BEFORE], s[TURN_BEFORE + 1], s[TURN_BEFORE + 2], tx, ty, tz)
    s[TURN_BEFORE] = tx
    s[TURN_BEFORE + 1] = ty
    s[TURN_BEFORE + 2] = tz
    turn_in_sensor(s, QUATERNION, tx + TWELFTH * cx, ty + TWELFTH * cy, tz + TWELFTH * cz)

    cx, cy, cz = cross(tx, ty, tz, ax, ay, az)
    bx = ax - HALF * cx - s[ACC_BIAS]
    by = ay - HALF * cy - s[ACC_BIAS + 1]
    bz = az - HALF * cz - s[ACC_BIAS + 2]
    x, y, z = to_world(s, QUATERNION, bx, by, bz)
    if still or i[LEVELLED] == 0:
        gain = LEVELLING_MOVING
        if still:
            gain = LEVELLING_STILL
        elif i[AWAKE_BINS] < LEVELLING_START_BINS:
            gain = LEVELLING_START
        level_by_gravity(s, gain, x, y, z)
        x, y, z = to_world(s, QUATERNION, bx, by, bz)
    z -= GRAVITY_M_S2

    half = HALF * BIN_S
    s[POSITION] += BIN_S * (s[VELOCITY] + half * x)
    s[POSITION + 1] += BIN_S * (s[VELOCITY + 1] + half * y)
    s[POSITION + 2] += BIN_S * (s[VELOCITY + 2] + half * z)
    s[VELOCITY] += BIN_S * x
    s[VELOCITY + 1] += BIN_S * y
    s[VELOCITY + 2] += BIN_S * z


BIAS_SHARE = F(0.004)


@jit
def learn_gyro_bias(s, wx, wy, wz):
    """Move the bias, with a memory of 1.25 s, toward what is left of the rotation at standstill."""
    s[GYRO_BIAS] += BIAS_SHARE * wx
    s[GYRO_BIAS + 1] += BIAS_SHARE * wy
    s[GYRO_BIAS + 2] += BIAS_SHARE * wz


ACC_BIAS_KEPT = F(0.98)


@jit
def forget_acc_bias(s):
    """At standstill a bias cannot be told from a tilt: call it a tilt."""
    for k in range(3):
        s[ACC_BIAS + k] *= ACC_BIAS_KEPT
