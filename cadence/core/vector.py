"""Small vector and quaternion arithmetic on float32 scalars. `q` is where a quaternion lies in `s`."""

from __future__ import annotations

import math

from cadence.core.kernel import HALF, ONE, TWO, F, jit

TWENTY_FOURTH = F(1.0 / 24.0)
SIXTH = F(1.0 / 6.0)
THREE_HALVES = F(1.5)


@jit
def square_root(x):
    return F(math.sqrt(x))


@jit
def limited(x, limit):
    return min(max(x, -limit), limit)


@jit
def cross(ax, ay, az, bx, by, bz):
    return ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx


@jit
def to_world(s, q, x, y, z):
    """Turn a vector from sensor axes to world axes."""
    w = s[q]
    i = s[q + 1]
    j = s[q + 2]
    k = s[q + 3]
    tx = TWO * (j * z - k * y)
    ty = TWO * (k * x - i * z)
    tz = TWO * (i * y - j * x)
    return x + w * tx + j * tz - k * ty, y + w * ty + k * tx - i * tz, z + w * tz + i * ty - j * tx


@jit
def to_sensor(s, q, x, y, z):
    """Turn a vector from world axes to sensor axes."""
    w = s[q]
    i = s[q + 1]
    j = s[q + 2]
    k = s[q + 3]
    tx = TWO * (k * y - j * z)
    ty = TWO * (i * z - k * x)
    tz = TWO * (j * x - i * y)
    return x + w * tx - j * tz + k * ty, y + w * ty - k * tx + i * tz, z + w * tz - i * ty + j * tx


@jit
def up_in_sensor(s, q):
    """World up in sensor axes: the last row of the rotation matrix."""
    w = s[q]
    i = s[q + 1]
    j = s[q + 2]
    k = s[q + 3]
    return TWO * (i * k - w * j), TWO * (j * k + w * i), ONE - TWO * (i * i + j * j)


@jit
def normalise_quaternion(s, q):
    """Scale back to unit length, from within a few percent of it: one Newton step for 1/sqrt."""
    scale = THREE_HALVES - HALF * (
        s[q] * s[q] + s[q + 1] * s[q + 1] + s[q + 2] * s[q + 2] + s[q + 3] * s[q + 3]
    )
    s[q] *= scale
    s[q + 1] *= scale
    s[q + 2] *= scale
    s[q + 3] *= scale


@jit
def turn_in_sensor(s, q, rx, ry, rz):
    """Turn by the small rotation vector r, in rad, given in sensor axes."""
    rx *= HALF
    ry *= HALF
    rz *= HALF
    # cosine and sinc to fourth order: exact to float32 for less than half a radian a bin
    squared = rx * rx + ry * ry + rz * rz
    cosine = ONE - squared * HALF + squared * squared * TWENTY_FOURTH
    sinc = ONE - squared * SIXTH
    rx *= sinc
    ry *= sinc
    rz *= sinc
    w = s[q]
    i = s[q + 1]
    j = s[q + 2]
    k = s[q + 3]
    s[q] = w * cosine - i * rx - j * ry - k * rz
    s[q + 1] = w * rx + i * cosine + j * rz - k * ry
    s[q + 2] = w * ry + j * cosine + k * rx - i * rz
    s[q + 3] = w * rz + k * cosine + i * ry - j * rx
    normalise_quaternion(s, q)


@jit
def tilt_in_world(s, q, rx, ry):
    """Turn by the small horizontal rotation vector (rx, ry, 0), in rad, given in world axes."""
    rx *= HALF
    ry *= HALF
    w = s[q]
    i = s[q + 1]
    j = s[q + 2]
    k = s[q + 3]
    s[q] = w - rx * i - ry * j
    s[q + 1] = i + rx * w + ry * k
    s[q + 2] = j + ry * w - rx * k
    s[q + 3] = k + rx * j - ry * i
    normalise_quaternion(s, q)
