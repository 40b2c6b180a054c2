"""The medio-lateral axis: learned from the rotation, so that the pod may sit any way round.

A foot turns mostly about its medio-lateral axis. The leaky second moment of the rotation gives that
axis as its principal direction, found by one step of power iteration a bin. Rotation about the
vertical is taken out first (a runner who turns corners yaws as fast as the foot pitches), and the axis
is held level with the flat foot.

The sign comes from the first heel rise after standing. Where a recording starts in mid-run, or the
sign proves wrong, one of two signs of walking and running tells:

- running: the foot brakes from the swing while the pitch rate is still negative and then strikes, so
  |acceleration| rises while the foot turns toe-up: -pitch rate x rise of |acceleration| is positive
  in the mean;
- walking: the heel rises further than the toe, so the pitch angle is skewed toward toe-down.

Both measures and their thresholds are our choice: they have the right sign over every two seconds of
all the running (12 runners at 2.5-4.5 m/s) and walking recordings that they were tried on.
"""

from __future__ import annotations

from cadence.core.kernel import BIN_S, ONE, ZERO, F, I, jit
from cadence.core.layout import (
    ACC_LEVEL,
    AXIS,
    AXIS_BINS,
    AXIS_FROM_REST,
    AXIS_KNOWN,
    BRAKING,
    BRAKING_SCALE,
    HAS_CONTACT,
    LEVELLED,
    PITCH_ANGLE,
    PITCH_ANGLE_MEAN,
    PITCH_RING,
    QUATERNION,
    RAW_PITCH_RATE,
    RING_BINS,
    ROTATION_MOMENT,
    SKEW,
    SKEW_SCALE,
    SKEWED_BINS,
    UP_FLAT,
)
from cadence.core.rings import peak_at, ring_index
from cadence.core.vector import square_root, up_in_sensor

SHARE = F(0.0025)  # a bin: memory of two seconds, about three strides
ANGLE_SHARE = F(0.005)  # a bin: memory of one second
STARTS_AT = F(2.5)  # (rad/s)²: a foot that turns faster has begun to move
ALMOST_ZERO = F(1e-3)
TINY = F(1e-6)

RUNNING_LEVEL = F(19.0)  # m/s²: mean |acceleration| of a running foot is above, of a walking one below
PEAK_LIMIT = F(60.0)  # m/s²: a harder impact says no more about the sign
RISE_BINS = 15  # span over which the rise of |acceleration| is taken
RISE_CENTRE = I(7)  # age in the pitch ring of that span's middle

DECIDE_AFTER_BINS = 150  # enough evidence for a first decision
SETTLED_AFTER_BINS = 400
FIRST_DECISION = F(-0.15)  # the evidence, from -1 to 1, that turns an axis of unknown sign round
LATER_DECISION = F(-0.35)  # once it has settled
FROM_REST_DECISION = F(-0.5)  # for a sign that comes from the heel rise: running evidence
FROM_REST_AFTER_BINS = 600
SKEW_AGAINST = F(-0.15)  # walking: evidence against it that must hold
SKEWED_BINS_MOST = 800  # for four seconds: turning corners skews for shorter


@jit
def forget_axis(s, i):
    """At standstill: the next heel rise gives direction and sign anew."""
    i[AXIS_KNOWN] = 0
    for k in range(6):
        s[ROTATION_MOMENT + k] = ZERO


@jit
def first_direction(s, i, x, y, z, squared):
    scale = ONE / square_root(squared)
    s[AXIS] = x * scale
    s[AXIS + 1] = y * scale
    s[AXIS + 2] = z * scale
    s[BRAKING] = ZERO
    s[BRAKING_SCALE] = ZERO
    s[SKEW] = ZERO
    s[SKEW_SCALE] = ZERO
    s[PITCH_ANGLE] = ZERO
    s[PITCH_ANGLE_MEAN] = ZERO
    i[AXIS_KNOWN] = 1
    i[AXIS_BINS] = 0
    i[SKEWED_BINS] = 0
    i[AXIS_FROM_REST] = i[LEVELLED]
    i[HAS_CONTACT] = 0


@jit
def learn_axis(s, i, wx, wy, wz):
    """Update the axis with one bin's rotation, rad/s."""
    ux, uy, uz = up_in_sensor(s, QUATERNION)
    yaw = wx * ux + wy * uy + wz * uz
    x = wx - yaw * ux
    y = wy - yaw * uy
    z = wz - yaw * uz
    m = ROTATION_MOMENT
    s[m] += SHARE * (x * x - s[m])
    s[m + 1] += SHARE * (x * y - s[m + 1])
    s[m + 2] += SHARE * (x * z - s[m + 2])
    s[m + 3] += SHARE * (y * y - s[m + 3])
    s[m + 4] += SHARE * (y * z - s[m + 4])
    s[m + 5] += SHARE * (z * z - s[m + 5])
    if i[AXIS_KNOWN] == 0:
        squared = x * x + y * y + z * z
        if squared > STARTS_AT:
            first_direction(s, i, x, y, z, squared)
        return
    ax = s[AXIS]
    ay = s[AXIS + 1]
    az = s[AXIS + 2]
    nx = s[m] * ax + s[m + 1] * ay + s[m + 2] * az
    ny = s[m + 1] * ax + s[m + 3] * ay + s[m + 4] * az
    nz = s[m + 2] * ax + s[m + 4] * ay + s[m + 5] * az
    if i[LEVELLED] == 1:
        fx = s[UP_FLAT]
        fy = s[UP_FLAT + 1]
        fz = s[UP_FLAT + 2]
        upward = (nx * fx + ny * fy + nz * fz) / (fx * fx + fy * fy + fz * fz)
        nx -= upward * fx
        ny -= upward * fy
        nz -= upward * fz
    length = square_root(nx * nx + ny * ny + nz * nz)
    if length > ALMOST_ZERO:
        scale = ONE / length
        s[AXIS] = nx * scale
        s[AXIS + 1] = ny * scale
        s[AXIS + 2] = nz * scale


@jit
def learn_sign(s, i, pitch_rate, acc_magnitude):
    """Gather the evidence for the axis' sign. Returns whether the axis must be turned round."""
    s[ACC_LEVEL] += SHARE * (acc_magnitude - s[ACC_LEVEL])
    rise = min(square_root(peak_at(s, i, I(0))), PEAK_LIMIT) - min(
        square_root(peak_at(s, i, I(RISE_BINS))), PEAK_LIMIT
    )
    braking = -s[PITCH_RING + ring_index(i, RISE_CENTRE)] * rise
    s[BRAKING] += SHARE * (braking - s[BRAKING])
    s[BRAKING_SCALE] += SHARE * (abs(braking) - s[BRAKING_SCALE])
    s[PITCH_ANGLE] += pitch_rate * BIN_S - ANGLE_SHARE * s[PITCH_ANGLE]
    s[PITCH_ANGLE_MEAN] += ANGLE_SHARE * (s[PITCH_ANGLE] - s[PITCH_ANGLE_MEAN])
    angle = s[PITCH_ANGLE] - s[PITCH_ANGLE_MEAN]
    cubed = angle * angle * angle
    s[SKEW] += SHARE * (cubed - s[SKEW])
    s[SKEW_SCALE] += SHARE * (abs(cubed) - s[SKEW_SCALE])
    i[AXIS_BINS] = min(I(i[AXIS_BINS] + 1), I(FROM_REST_AFTER_BINS))

    running = s[ACC_LEVEL] > RUNNING_LEVEL
    if i[AXIS_FROM_REST] == 1:
        if not running:
            if s[SKEW] < SKEW_AGAINST * s[SKEW_SCALE]:
                i[SKEWED_BINS] = I(i[SKEWED_BINS] + 1)
            else:
                i[SKEWED_BINS] = 0
            return i[SKEWED_BINS] >= SKEWED_BINS_MOST
        return i[AXIS_BINS] >= FROM_REST_AFTER_BINS and (
            s[BRAKING] < FROM_REST_DECISION * (s[BRAKING_SCALE] + ALMOST_ZERO)
        )
    threshold = FIRST_DECISION
    if i[AXIS_BINS] >= SETTLED_AFTER_BINS:
        threshold = LATER_DECISION
    if i[AXIS_BINS] < DECIDE_AFTER_BINS:
        return False
    if running:
        return s[BRAKING] < threshold * (s[BRAKING_SCALE] + ALMOST_ZERO)
    return s[SKEW] < threshold * (s[SKEW_SCALE] + TINY)


@jit
def turn_axis_round(s, i):
    """Change the sign of the axis and of everything measured along it."""
    for k in range(3):
        s[AXIS + k] = -s[AXIS + k]
    for k in range(2):
        s[RAW_PITCH_RATE + k] = -s[RAW_PITCH_RATE + k]
    for k in range(RING_BINS):
        s[PITCH_RING + k] = -s[PITCH_RING + k]
    i[SKEWED_BINS] = 0
    s[BRAKING] = -s[BRAKING]
    s[SKEW] = -s[SKEW]
    s[PITCH_ANGLE] = -s[PITCH_ANGLE]
    s[PITCH_ANGLE_MEAN] = -s[PITCH_ANGLE_MEAN]
