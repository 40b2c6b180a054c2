"""How the foot is tilted, from gravity and the gyroscope, and whether it stands at all.

Gravity alone tells the angle of a slow movement. Up in sensor axes is turned by the gyroscope and drawn to
the accelerometer, the less the more the foot moves; what it keeps being drawn by is the gyroscope's bias
(a complementary filter with an integral term: Mahony, Hamel & Pflimlin 2008, IEEE Trans. Automatic Control
53(5), 1203-1218). Heading is never needed.

The tilt against standing is a vector in the plane at right angles to gravity: its direction is the axis
about which the foot has turned, its length the angle. A movement about one axis is a straight line in it,
however the pod is mounted.
"""

from __future__ import annotations

from cadence.core.kernel import GRAVITY_M_S2, HALF, ONE, TWO, ZERO, F, I, jit
from cadence.core.vector import SIXTH, cross, limited, square_root
from cadence.reps.layout import (
    ACROSS,
    ALONG,
    AWAKE_BINS,
    AWAY,
    BIN,
    DIRECTION,
    FASTEST,
    GRAVITY_FELT,
    GYRO_BIAS,
    LIFT,
    LIFT_BINS,
    PHASE,
    QUIET_BINS,
    SLIP_BINS,
    SPEED_BEFORE,
    TILT,
    TILT_BINS,
    UP,
    UP_STANDING,
    VELOCITY,
    YAW,
)

BIN_US = I(25_000)
BIN_S = F(0.025)
"""The counter's time step. Our choice: the quickest way up that counts lasts ten of them."""

# Our choice, per second: the bias of a sensor is learned in some two seconds of standing.
DRAWN_PER_S = F(2.0)
DRAWN_UNSURE_PER_S = F(10.0)
UNSURE_BINS = 40  # after a start or a gap up is found anew; what has gathered until then is an error
BIAS_PER_S2 = F(1.0)
MOVES_M_S2 = F(0.3)  # the accelerometer counts half where it is so far from gravity,
TURNS_RAD_S = F(0.5)  # and half again where the foot turns so fast
LARGEST_BIAS_RAD_S = F(0.2)
FELT_SHARE = F(0.02)  # a bin, in quiet
FELT_WITHIN_M_S2 = F(1.0)

VELOCITY_KEPT = F(0.95)  # a bin: memory of half a second
YAW_KEPT = F(0.99375)  # a bin: memory of four seconds
FASTEST_KEPT = F(0.9)  # a bin: memory of a quarter of a second

QUIET_RAD_S = F(0.2)
QUIET_M_S = F(0.25)
STANDING_BINS = 32
"""Quiet for 0.8 s is standing: a slow walker's foot rests shorter. Our choice."""

FASTEST_RAD_S = F(6.5)
"""Twice the mean rate of the quickest way up through the full range. Our choice."""
SLIP_M_S = F(0.25)
LEVER_M = F(0.2)
SLIP_MOST_BINS = 2
"""A foot that pivots on its toes moves the pod about as fast as a lever turns: 0.22 m from the ball to a clip
on the heel counter. A leg that swings moves it faster, and for longer than the one sensor may lag behind the
other. With room for what the accelerometer gathers in error. Our choice, with strides of people who stop on
a treadmill: they are the smallest that we have seen."""
MOST_YAW_RAD = F(0.6)
MOST_ASIDE_RAD = F(0.35)
"""A foot on the ground turns about neither of the other two axes by so much. Our choice."""

# 2 atan(t) for t from 0 to 1 as an odd polynomial: our fit, to 2.3e-5 rad
ATAN_1 = F(1.9997326)
ATAN_3 = F(-0.6606089)
ATAN_5 = F(0.3603154)
ATAN_7 = F(-0.1703077)
ATAN_9 = F(0.0416877)
TINY = F(1e-6)


@jit
def start_upright(s, ax, ay, az):
    """The first bin: up is where the acceleration points."""
    length = square_root(ax * ax + ay * ay + az * az) + TINY
    s[UP] = ax / length
    s[UP + 1] = ay / length
    s[UP + 2] = az / length
    s[GRAVITY_FELT] = GRAVITY_M_S2


@jit
def learn_gravity(s, ax, ay, az):
    """In quiet, what is left of the length is the accelerometer's error."""
    off = square_root(ax * ax + ay * ay + az * az) - GRAVITY_M_S2
    if abs(off) < FELT_WITHIN_M_S2:
        s[GRAVITY_FELT] += FELT_SHARE * (GRAVITY_M_S2 + off - s[GRAVITY_FELT])


@jit
def draw_to_gravity(s, drawn, ax, ay, az, wx, wy, wz):
    """Turn UP by one bin of rotation, and draw it and the bias to what the accelerometer says."""
    ux = s[UP]
    uy = s[UP + 1]
    uz = s[UP + 2]
    length = square_root(ax * ax + ay * ay + az * az) + TINY
    ex, ey, ez = cross(ax, ay, az, ux, uy, uz)
    off = (length - s[GRAVITY_FELT]) / MOVES_M_S2
    turning = (wx * wx + wy * wy + wz * wz) / (TURNS_RAD_S * TURNS_RAD_S)
    trust = ONE / ((ONE + off * off) * (ONE + turning) * length)
    learned = BIAS_PER_S2 * trust * BIN_S
    s[GYRO_BIAS] = limited(s[GYRO_BIAS] - learned * ex, LARGEST_BIAS_RAD_S)
    s[GYRO_BIAS + 1] = limited(s[GYRO_BIAS + 1] - learned * ey, LARGEST_BIAS_RAD_S)
    s[GYRO_BIAS + 2] = limited(s[GYRO_BIAS + 2] - learned * ez, LARGEST_BIAS_RAD_S)
    pull = drawn * trust
    rx = (wx + pull * ex) * BIN_S
    ry = (wy + pull * ey) * BIN_S
    rz = (wz + pull * ez) * BIN_S
    dx, dy, dz = cross(ux, uy, uz, rx, ry, rz)
    qx, qy, qz = cross(dx, dy, dz, rx, ry, rz)
    px, py, pz = cross(qx, qy, qz, rx, ry, rz)
    ux += dx + HALF * qx + SIXTH * px
    uy += dy + HALF * qy + SIXTH * py
    uz += dz + HALF * qz + SIXTH * pz
    scale = ONE / square_root(ux * ux + uy * uy + uz * uz)
    s[UP] = ux * scale
    s[UP + 1] = uy * scale
    s[UP + 2] = uz * scale


@jit
def gather_velocity(s, ax, ay, az, wx, wy, wz):
    """What the pod's acceleration has gathered lately, in sensor axes. Returns its magnitude squared."""
    vx = s[VELOCITY]
    vy = s[VELOCITY + 1]
    vz = s[VELOCITY + 2]
    cx, cy, cz = cross(vx, vy, vz, wx, wy, wz)
    vx = VELOCITY_KEPT * (vx + BIN_S * (ax - s[GRAVITY_FELT] * s[UP] + cx))
    vy = VELOCITY_KEPT * (vy + BIN_S * (ay - s[GRAVITY_FELT] * s[UP + 1] + cy))
    vz = VELOCITY_KEPT * (vz + BIN_S * (az - s[GRAVITY_FELT] * s[UP + 2] + cz))
    s[VELOCITY] = vx
    s[VELOCITY + 1] = vy
    s[VELOCITY + 2] = vz
    return vx * vx + vy * vy + vz * vz


@jit
def double_arc_tangent(t):
    """2 atan(t), t from 0 to 1."""
    u = t * t
    return t * (ATAN_1 + u * (ATAN_3 + u * (ATAN_5 + u * (ATAN_7 + u * ATAN_9))))


@jit
def note_tilt(s, i):
    """Put the tilt of this bin into its ring. Returns False where the foot has turned past a right angle."""
    upright = s[UP] * s[UP_STANDING] + s[UP + 1] * s[UP_STANDING + 1] + s[UP + 2] * s[UP_STANDING + 2]
    along = s[UP] * s[ALONG] + s[UP + 1] * s[ALONG + 1] + s[UP + 2] * s[ALONG + 2]
    across = s[UP] * s[ACROSS] + s[UP + 1] * s[ACROSS + 1] + s[UP + 2] * s[ACROSS + 2]
    level = square_root(along * along + across * across)
    k = I(i[BIN] & I(TILT_BINS - 1))
    if upright < ZERO:
        s[TILT + k] = ZERO
        s[TILT + TILT_BINS + k] = ZERO
        return False
    scale = TWO
    if level > TINY:
        scale = double_arc_tangent(level / (ONE + upright)) / level
    s[TILT + k] = along * scale
    s[TILT + TILT_BINS + k] = across * scale
    return True


@jit
def angle_at(s, i, at):
    """The heel at a bin, rad above standing, by the direction that is known."""
    k = I(at & I(TILT_BINS - 1))
    return s[TILT + k] * s[DIRECTION] + s[TILT + TILT_BINS + k] * s[DIRECTION + 1]


@jit
def take_standing(s, i):
    """From now on the tilt is against the foot as it is now."""
    for k in range(3):
        s[UP_STANDING + k] = s[UP + k]
    ux = s[UP]
    uy = s[UP + 1]
    uz = s[UP + 2]
    # any axis that is far from up will do
    if abs(ux) < HALF:
        ax, ay, az = cross(ux, uy, uz, ONE, ZERO, ZERO)
    else:
        ax, ay, az = cross(ux, uy, uz, ZERO, ONE, ZERO)
    scale = ONE / square_root(ax * ax + ay * ay + az * az)
    s[ALONG] = ax * scale
    s[ALONG + 1] = ay * scale
    s[ALONG + 2] = az * scale
    cx, cy, cz = cross(ux, uy, uz, s[ALONG], s[ALONG + 1], s[ALONG + 2])
    s[ACROSS] = cx
    s[ACROSS + 1] = cy
    s[ACROSS + 2] = cz
    s[YAW] = ZERO


@jit
def follow_motion(s, i, ax, ay, az, wx, wy, wz):
    """One bin: attitude, tilt and quiet. Returns whether the foot may be standing on its toes or flat."""
    wx -= s[GYRO_BIAS]
    wy -= s[GYRO_BIAS + 1]
    wz -= s[GYRO_BIAS + 2]
    if i[AWAKE_BINS] == 1:
        start_upright(s, ax, ay, az)
    unsure = i[AWAKE_BINS] < UNSURE_BINS
    draw_to_gravity(s, DRAWN_UNSURE_PER_S if unsure else DRAWN_PER_S, ax, ay, az, wx, wy, wz)
    speed_squared = ZERO
    if not unsure:
        speed_squared = gather_velocity(s, ax, ay, az, wx, wy, wz)
    ux = s[UP]
    uy = s[UP + 1]
    uz = s[UP + 2]
    s[LIFT + I(i[BIN] & I(LIFT_BINS - 1))] = ax * ux + ay * uy + az * uz - s[GRAVITY_FELT]
    rate = square_root(wx * wx + wy * wy + wz * wz)
    s[FASTEST] = max(rate, FASTEST_KEPT * s[FASTEST])
    s[YAW] = YAW_KEPT * (s[YAW] + BIN_S * (wx * ux + wy * uy + wz * uz))
    if rate < QUIET_RAD_S:
        learn_gravity(s, ax, ay, az)
    if rate < QUIET_RAD_S and speed_squared < QUIET_M_S * QUIET_M_S:
        i[QUIET_BINS] = min(I(i[QUIET_BINS] + 1), I(STANDING_BINS))
    else:
        i[QUIET_BINS] = 0
    most = SLIP_M_S + LEVER_M * s[FASTEST]
    if s[SPEED_BEFORE] < most * most:
        i[SLIP_BINS] = 0
    else:
        i[SLIP_BINS] = I(i[SLIP_BINS] + 1)
    s[SPEED_BEFORE] = speed_squared
    stands = rate < FASTEST_RAD_S and i[SLIP_BINS] < SLIP_MOST_BINS and abs(s[YAW]) < MOST_YAW_RAD
    if i[PHASE] == AWAY:
        return stands
    if not note_tilt(s, i):
        return False
    k = I(i[BIN] & I(TILT_BINS - 1))
    aside = s[TILT + TILT_BINS + k] * s[DIRECTION] - s[TILT + k] * s[DIRECTION + 1]
    return stands and abs(aside) < MOST_ASIDE_RAD
