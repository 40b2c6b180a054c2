"""The stride record: closed at mid-stance, from the events and the motion since the anchor.

The shoe is not at rest in mid-stance: it rocks about its contact with the ground. Its velocity is taken
as rotation x lever, averaged over a window of stance, and what the integration finds beyond that is an
error. It is taken out of the stride as if it had grown evenly, levels the attitude (over a whole stride
the mean acceleration is gravity), and teaches the accelerometer's bias.
"""

from __future__ import annotations

from cadence.core.events import bins_between
from cadence.core.kernel import (
    BIN_S,
    BIN_US,
    GRAVITY_M_S2,
    HALF,
    ONE,
    UNKNOWN_VALUE,
    ZERO,
    F,
    I,
    jit,
)
from cadence.core.layout import (
    ACC_BIAS,
    ANCHOR_BIN,
    ANCHOR_FRACTION,
    BIN,
    CLIMB_SUM,
    CLIPPED_ANY,
    CLIPPED_SWING,
    CONTACT_BIN,
    CONTACT_FRACTION,
    CONTACT_TIME_MEAN,
    CURRENT_ACTIVITY,
    ENVELOPE_PEAK,
    HAS_ANCHOR,
    HAS_CONTACT,
    HAS_LAST_CONTACT,
    IMPACT,
    LAST_ACTIVITY,
    LAST_CONTACT_BIN,
    LAST_CONTACT_FRACTION,
    LENGTH_SUM,
    LEVELLED,
    LEVELLING_STRIDES,
    OUT_ACTIVITY,
    OUT_CLIMB_M,
    OUT_CLIPPED,
    OUT_CONTACT_AGE_US,
    OUT_CONTACT_TIME_S,
    OUT_FLIGHT_TIME_S,
    OUT_GOOD,
    OUT_GRADE_PERCENT,
    OUT_IMPACT_G,
    OUT_MID_STANCE_AGE_US,
    OUT_SPEED_M_S,
    OUT_STRIDE_LENGTH_M,
    OUT_STRIDE_TIME_S,
    OUT_STRIKE_ANGLE_DEG,
    OUT_TOE_OFF_AGE_US,
    POSITION,
    QUATERNION,
    RUNNING,
    SPOILT,
    STRIKE_PITCH,
    SWING_PEAK,
    TOE_OFF_BIN,
    TOE_OFF_FRACTION,
    UP_FLAT,
    VELOCITY,
    WALKING,
    WINDOW_BIN,
    WINDOW_COUNT,
    WINDOW_POSITION,
    WINDOW_VELOCITY,
)
from cadence.core.vector import limited, square_root, tilt_in_world, to_sensor, up_in_sensor

SHORTEST_STRIDE_S = F(0.48)  # 125 strides a minute
LONGEST_STRIDE_S = F(1.5)  # 40 strides a minute
SHORTEST_CONTACT_S = F(0.08)
LONGEST_CONTACT_S = F(1.2)
CONTACT_SHARE = F(0.3)  # weight of the newest contact in the usual one
RUNNING_DUTY = F(0.48)  # of the stride the foot is down: below it both feet fly at times
WALKING_DUTY = F(0.52)  # above it they never do; between, what it was
RUNNING_SWING = F(-7.0)  # rad/s: before a stance is known, a faster swing than this is a run's
SLOWEST_RUN_S = F(0.95)  # a stride of 126 steps a minute; our choice
RUNNING_IMPULSE_M_S2 = F(32.0)  # smoothed |acceleration|; our choice

LEVELLING_SHARE = F(0.6)  # of the tilt one stride shows; our choice, flat from 0.2 to 1
FIRST_STRIDES = 4  # that level outright when a recording starts in mid-run
BIAS_SHARE = F(0.07)  # of the horizontal acceleration left over; our choice
BIAS_KEPT = F(0.985)  # of it a stride
BIAS_LIMIT_M_S2 = F(1.5)
TILT_LIMIT = F(0.5)  # rad in one stride
UP_SHARE = F(0.2)

PLAUSIBLE_SPEED_M_S = F(9.0)
PLAUSIBLE_CLIMB_M = F(1.0)
LONGEST_SPAN_S = F(1.8)  # between mid-stances: longer, and a stride in between was missed
GRADE_SHARE = F(0.25)  # weight of the newest stride in the grade
SHORTEST_GRADED_M = F(0.3)
PERCENT = F(100.0)
DEGREES = F(57.29578)


@jit
def all_unknown(out):
    for k in range(OUT_STRIKE_ANGLE_DEG + 1):
        out[k] = UNKNOWN_VALUE


@jit
def tell_times(s, i, out):
    """Stride, contact and flight time, and walking or running. Returns whether they are plausible."""
    activity = i[LAST_ACTIVITY]
    plausible = True
    if i[HAS_LAST_CONTACT] == 1:
        stride_s = BIN_S * bins_between(
            i[CONTACT_BIN], s[CONTACT_FRACTION], i[LAST_CONTACT_BIN], s[LAST_CONTACT_FRACTION]
        )
        contact_s = BIN_S * bins_between(
            i[TOE_OFF_BIN], s[TOE_OFF_FRACTION], i[LAST_CONTACT_BIN], s[LAST_CONTACT_FRACTION]
        )
        if stride_s <= LONGEST_STRIDE_S:
            out[OUT_STRIDE_TIME_S] = stride_s
            duty = contact_s / stride_s
            if duty < RUNNING_DUTY:
                activity = I(RUNNING)
            elif duty > WALKING_DUTY or activity != RUNNING:
                activity = I(WALKING)
            if SHORTEST_CONTACT_S < contact_s < min(LONGEST_CONTACT_S, stride_s):
                out[OUT_CONTACT_TIME_S] = contact_s
                s[CONTACT_TIME_MEAN] += CONTACT_SHARE * (contact_s - s[CONTACT_TIME_MEAN])
            else:
                plausible = False
    return activity, plausible


@jit
def activity_by_swing(s):
    """Before a whole stance is known: a running foot swings faster."""
    if s[SWING_PEAK] < RUNNING_SWING:
        return I(RUNNING)
    return I(WALKING)


@jit
def activity_by_impulse(s, stride_s):
    """An accelerometer alone: a running foot is braked harder at the end of its swing, and soon again.

    The stride time is NaN when not known; the comparison is then false.
    """
    if s[ENVELOPE_PEAK] > RUNNING_IMPULSE_M_S2 and not stride_s > SLOWEST_RUN_S:
        return I(RUNNING)
    return I(WALKING)


@jit
def tell_motion(s, i, out, span_s, vx, vy, vz, x, y, z):
    """Length, speed, climb and grade. Returns whether they are plausible."""
    half = HALF * span_s
    along = x - half * vx
    across = y - half * vy
    climb = z - half * vz
    length = square_root(along * along + across * across)
    speed = length / span_s
    if not (speed < PLAUSIBLE_SPEED_M_S and abs(climb) < PLAUSIBLE_CLIMB_M):
        return False
    out[OUT_STRIDE_LENGTH_M] = length
    out[OUT_SPEED_M_S] = speed
    out[OUT_CLIMB_M] = climb
    s[CLIMB_SUM] += GRADE_SHARE * (climb - s[CLIMB_SUM])
    s[LENGTH_SUM] += GRADE_SHARE * (length - s[LENGTH_SUM])
    if s[LENGTH_SUM] > SHORTEST_GRADED_M:
        out[OUT_GRADE_PERCENT] = PERCENT * s[CLIMB_SUM] / s[LENGTH_SUM]
    return True


@jit
def learn_from_leftover(s, i, span_s, vx, vy, vz):
    """Level the attitude and learn the accelerometer's bias from the velocity left over."""
    if i[LEVELLED] == 0:
        i[LEVELLING_STRIDES] = 0
        i[LEVELLED] = 1
    share = ONE
    if i[LEVELLING_STRIDES] < FIRST_STRIDES:
        i[LEVELLING_STRIDES] = I(i[LEVELLING_STRIDES] + 1)
    else:
        share = LEVELLING_SHARE
        gain = BIAS_SHARE / span_s
        bx, by, bz = to_sensor(s, QUATERNION, gain * vx, gain * vy, ZERO)
        s[ACC_BIAS] = limited(BIAS_KEPT * s[ACC_BIAS] + bx, BIAS_LIMIT_M_S2)
        s[ACC_BIAS + 1] = limited(BIAS_KEPT * s[ACC_BIAS + 1] + by, BIAS_LIMIT_M_S2)
        s[ACC_BIAS + 2] = limited(BIAS_KEPT * s[ACC_BIAS + 2] + bz, BIAS_LIMIT_M_S2)
    gain = share / (span_s * GRAVITY_M_S2)
    tilt_in_world(s, QUATERNION, limited(gain * vy, TILT_LIMIT), limited(-gain * vx, TILT_LIMIT))


@jit
def anchor_at_window(s, i, mid, vx, vy, vz, x, y, z):
    """Let velocity and position run on from the middle of the window."""
    since_s = (F(I(i[BIN] - i[WINDOW_BIN])) - mid) * BIN_S
    s[POSITION] -= x + vx * since_s
    s[POSITION + 1] -= y + vy * since_s
    s[POSITION + 2] -= z + vz * since_s
    s[VELOCITY] -= vx
    s[VELOCITY + 1] -= vy
    s[VELOCITY + 2] -= vz
    i[ANCHOR_BIN] = i[WINDOW_BIN]
    s[ANCHOR_FRACTION] = mid
    i[HAS_ANCHOR] = 1


@jit
def age_us(i, event_bin, fraction):
    """From an event, placed at the middle of its bin, to the end of the newest bin, µs."""
    return I(I(i[BIN] - event_bin) * BIN_US - I((fraction - HALF) * F(BIN_US)))


@jit
def close_record(s, i, out, out_int, with_gyroscope):
    """Write the record of the stride that ends now and begin the next one."""
    all_unknown(out)
    count = F(i[WINDOW_COUNT])
    share = ONE / count
    mid = (count - ONE) * HALF
    activity, good = tell_times(s, i, out)
    if not with_gyroscope:
        activity = activity_by_impulse(s, out[OUT_STRIDE_TIME_S])
    elif activity < WALKING:
        activity = activity_by_swing(s)
    # Of an unknown contact the difference would be a NaN too, but of which bits differs between processors.
    if activity == RUNNING and out[OUT_CONTACT_TIME_S] > ZERO:
        out[OUT_FLIGHT_TIME_S] = HALF * out[OUT_STRIDE_TIME_S] - out[OUT_CONTACT_TIME_S]
    if with_gyroscope:
        vx = s[WINDOW_VELOCITY] * share
        vy = s[WINDOW_VELOCITY + 1] * share
        vz = s[WINDOW_VELOCITY + 2] * share
        x = s[WINDOW_POSITION] * share
        y = s[WINDOW_POSITION + 1] * share
        z = s[WINDOW_POSITION + 2] * share
        settled = i[LEVELLED] == 1 and i[LEVELLING_STRIDES] >= 2
        if i[HAS_ANCHOR] == 1:
            span_s = BIN_S * bins_between(i[WINDOW_BIN], mid, i[ANCHOR_BIN], s[ANCHOR_FRACTION])
            if span_s < LONGEST_SPAN_S:
                if settled:
                    good = tell_motion(s, i, out, span_s, vx, vy, vz, x, y, z) and good
                learn_from_leftover(s, i, span_s, vx, vy, vz)
        anchor_at_window(s, i, mid, vx, vy, vz, x, y, z)
        if i[LEVELLED] == 1:
            ux, uy, uz = up_in_sensor(s, QUATERNION)
            s[UP_FLAT] += UP_SHARE * (ux - s[UP_FLAT])
            s[UP_FLAT + 1] += UP_SHARE * (uy - s[UP_FLAT + 1])
            s[UP_FLAT + 2] += UP_SHARE * (uz - s[UP_FLAT + 2])
        out[OUT_STRIKE_ANGLE_DEG] = s[STRIKE_PITCH] * DEGREES
    out[OUT_IMPACT_G] = square_root(s[IMPACT]) / GRAVITY_M_S2
    out_int[OUT_ACTIVITY] = activity
    out_int[OUT_CLIPPED] = i[CLIPPED_ANY]
    out_int[OUT_GOOD] = I(good and i[CLIPPED_SWING] == 0 and i[SPOILT] == 0)
    out_int[OUT_TOE_OFF_AGE_US] = age_us(i, i[TOE_OFF_BIN], s[TOE_OFF_FRACTION])
    out_int[OUT_CONTACT_AGE_US] = age_us(i, i[CONTACT_BIN], s[CONTACT_FRACTION])
    out_int[OUT_MID_STANCE_AGE_US] = age_us(i, i[WINDOW_BIN], mid)
    i[LAST_ACTIVITY] = activity
    i[CURRENT_ACTIVITY] = activity
    i[CLIPPED_ANY] = 0
    i[CLIPPED_SWING] = 0
    i[SPOILT] = 0
    i[HAS_CONTACT] = 1
    s[IMPACT] = ZERO
