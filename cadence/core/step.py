"""One sample in, events out: the detector's entry points.

Samples come at any rate and with any jitter. They are averaged, as if the signal ran straight from one
to the next, into bins of 5 ms, and everything else works on those bins: one set of filters and
thresholds for every sensor, and a cost per second that hardly grows with its rate.
"""

from __future__ import annotations

from cadence.core.attitude import forget_acc_bias, integrate, learn_gyro_bias
from cadence.core.axis import forget_axis, learn_axis, learn_sign, turn_axis_round
from cadence.core.events import push_acc_up
from cadence.core.gait import AWAIT_SWING, follow_gait, lose_track
from cadence.core.impulse import START_HUMP_M_S2, follow_impulses
from cadence.core.kernel import BIN_US, HALF, ONE, ZERO, F, I, jit
from cadence.core.layout import (
    ACC_LIMIT_M_S2,
    ACC_SLOW,
    ANCHOR_BIN,
    ANCHOR_FRACTION,
    AWAKE_BINS,
    AXIS,
    BIN,
    BIN_LEFT_US,
    BIN_MEAN,
    BIN_PEAK,
    CLIMB_SUM,
    CLIPPED_ANY,
    CLIPPED_SWING,
    CONTACT_BIN,
    CONTACT_TIME_MEAN,
    CURRENT_ACTIVITY,
    ENVELOPE_USUAL,
    EVENT_CLIPPED,
    EVENT_GAP,
    EVENT_STRIDE,
    EVENT_UNUSABLE,
    GYRO_BIAS,
    GYRO_LIMIT_RAD_S,
    HAS_ANCHOR,
    HAS_CONTACT,
    HAS_GYROSCOPE,
    LAST_ACTIVITY,
    LAST_SAMPLE,
    LENGTH_SUM,
    LEVELLED,
    LEVELLING_STRIDES,
    OUT_CONTACT_AGE_US,
    OUT_MID_STANCE_AGE_US,
    OUT_TOE_OFF_AGE_US,
    PHASE,
    PITCH_RING,
    POSITION,
    QUATERNION,
    RAW_ACC_UP,
    RAW_PITCH_RATE,
    ROTATION_SLOW,
    SPOILT,
    STARTED,
    STATE_FLOATS,
    STATE_INTS,
    STATIONARY,
    STILL_BINS,
    SWING_ANGLE,
    UNKNOWN,
    UP_FLAT,
    VELOCITY,
    WAITING_US,
)
from cadence.core.record import FIRST_STRIDES
from cadence.core.rings import advance, peak_at, push, push_peak, ring_index, smoothed
from cadence.core.vector import square_root, up_in_sensor

GAP_US = I(60_000)
"""A longer silence is a gap: three samples at 50 Hz, a lost notification on a pod. Our choice."""

ACC_BELIEVABLE = F(1.0e7)  # (m/s²)²: 320 g, beyond any sensor of the kind
GYRO_BELIEVABLE = F(1.0e5)  # (rad/s)²
PER_BIN = F(1.0 / 5000.0)

STILL_ROTATION = F(0.25)  # (rad/s)²: half a radian a second
STILL_SHAKE = F(1.5)  # (m/s²)² about the slow mean
STILL_BINS_BEFORE = 50  # 0.25 s make a standstill,
STILL_BINS_WALKING = 160  # or 0.8 s while strides are coming: a slow walker's foot rests that long
RECENT_BINS = 300
CALM_ROTATION = F(0.0025)  # (rad/s)² about the slow mean: steady enough to learn the bias,
CALM_BINS = 100  # for that long
SLOW_SHARE = F(0.04)
STARTING_UP_SHARE = F(0.02)
FORGET_ACTIVITY_BINS = 400  # two seconds without a stride or standstill: not known
START_CONTACT_TIME_S = F(0.28)


@jit
def begin(s, i):
    """Start anew, with what is known of the sensor and the runner kept."""
    i[BIN_LEFT_US] = BIN_US
    i[WAITING_US] = 0
    i[STARTED] = 0
    i[AWAKE_BINS] = 0
    i[STILL_BINS] = 0
    i[LEVELLED] = 0
    i[LEVELLING_STRIDES] = 0
    i[CURRENT_ACTIVITY] = UNKNOWN
    lose_track(i)
    for k in range(6):
        s[BIN_MEAN + k] = ZERO
    for k in range(3):
        s[VELOCITY + k] = ZERO
        s[POSITION + k] = ZERO
    s[BIN_PEAK] = ZERO
    s[SWING_ANGLE] = ZERO


@jit
def init(s, i):
    """Set up the state before the first sample."""
    for k in range(STATE_FLOATS):
        s[k] = ZERO
    for k in range(STATE_INTS):
        i[k] = 0
    s[QUATERNION] = ONE
    s[CONTACT_TIME_MEAN] = START_CONTACT_TIME_S
    s[ENVELOPE_USUAL] = START_HUMP_M_S2
    begin(s, i)


@jit
def is_still(s, i, ax, ay, az, rotation_squared):
    """Whether the foot has been still for long enough to call it a standstill."""
    dx = ax - s[ACC_SLOW]
    dy = ay - s[ACC_SLOW + 1]
    dz = az - s[ACC_SLOW + 2]
    s[ACC_SLOW] += SLOW_SHARE * dx
    s[ACC_SLOW + 1] += SLOW_SHARE * dy
    s[ACC_SLOW + 2] += SLOW_SHARE * dz
    if rotation_squared < STILL_ROTATION and dx * dx + dy * dy + dz * dz < STILL_SHAKE:
        i[STILL_BINS] = min(I(i[STILL_BINS] + 1), I(STILL_BINS_WALKING))
    else:
        i[STILL_BINS] = 0
    needed = STILL_BINS_BEFORE
    if i[HAS_CONTACT] == 1 and i[BIN] - i[CONTACT_BIN] < RECENT_BINS:
        needed = STILL_BINS_WALKING
    return i[STILL_BINS] >= needed


@jit
def rotation_is_steady(s, wx, wy, wz):
    """Whether the rotation stays at its slow mean: what is left at standstill is then the bias."""
    dx = wx - s[ROTATION_SLOW]
    dy = wy - s[ROTATION_SLOW + 1]
    dz = wz - s[ROTATION_SLOW + 2]
    s[ROTATION_SLOW] += SLOW_SHARE * dx
    s[ROTATION_SLOW + 1] += SLOW_SHARE * dy
    s[ROTATION_SLOW + 2] += SLOW_SHARE * dz
    return dx * dx + dy * dy + dz * dz < CALM_ROTATION


@jit
def rest(s, i):
    """At standstill: position and velocity are known, the next stride begins a new series."""
    lose_track(i)
    for k in range(3):
        s[VELOCITY + k] = ZERO
        s[POSITION + k] = ZERO
    i[ANCHOR_BIN] = i[BIN]
    s[ANCHOR_FRACTION] = ZERO
    i[HAS_ANCHOR] = 1
    i[LEVELLED] = 1
    i[LEVELLING_STRIDES] = FIRST_STRIDES
    i[CURRENT_ACTIVITY] = STATIONARY
    i[LAST_ACTIVITY] = UNKNOWN
    s[SWING_ANGLE] = ZERO
    s[CLIMB_SUM] = ZERO
    s[LENGTH_SUM] = ZERO


@jit
def follow_foot(s, i, out, out_int, ax, ay, az, wx, wy, wz):
    """One bin of a sensor with a gyroscope: attitude, axis, gait."""
    wx -= s[GYRO_BIAS]
    wy -= s[GYRO_BIAS + 1]
    wz -= s[GYRO_BIAS + 2]
    rotation_squared = wx * wx + wy * wy + wz * wz
    still = is_still(s, i, ax, ay, az, rotation_squared)
    if rotation_is_steady(s, wx, wy, wz) and still and i[STILL_BINS] >= CALM_BINS:
        learn_gyro_bias(s, wx, wy, wz)
    integrate(s, i, ax, ay, az, wx, wy, wz, still)
    ux, uy, uz = up_in_sensor(s, QUATERNION)
    if still:
        rest(s, i)
        forget_acc_bias(s)
        forget_axis(s, i)
        s[UP_FLAT] = ux
        s[UP_FLAT + 1] = uy
        s[UP_FLAT + 2] = uz
    elif i[LEVELLED] == 0:
        s[UP_FLAT] += STARTING_UP_SHARE * (ux - s[UP_FLAT])
        s[UP_FLAT + 1] += STARTING_UP_SHARE * (uy - s[UP_FLAT + 1])
        s[UP_FLAT + 2] += STARTING_UP_SHARE * (uz - s[UP_FLAT + 2])
    learn_axis(s, i, wx, wy, wz)

    raw = wx * s[AXIS] + wy * s[AXIS + 1] + wz * s[AXIS + 2]
    raw_up = ax * s[UP_FLAT] + ay * s[UP_FLAT + 1] + az * s[UP_FLAT + 2]
    pitch_rate_before = s[PITCH_RING + ring_index(i, I(0))]
    pitch_rate = smoothed(raw, s[RAW_PITCH_RATE], s[RAW_PITCH_RATE + 1])
    advance(i)
    push(s, i, PITCH_RING, pitch_rate)
    push_acc_up(s, i, smoothed(raw_up, s[RAW_ACC_UP], s[RAW_ACC_UP + 1]))
    s[RAW_PITCH_RATE + 1] = s[RAW_PITCH_RATE]
    s[RAW_PITCH_RATE] = raw
    s[RAW_ACC_UP + 1] = s[RAW_ACC_UP]
    s[RAW_ACC_UP] = raw_up

    if learn_sign(s, i, pitch_rate, square_root(ax * ax + ay * ay + az * az)):
        turn_axis_round(s, i)
        lose_track(i)
        s[SWING_ANGLE] = ZERO
        pitch_rate = -pitch_rate
        pitch_rate_before = -pitch_rate_before
    return follow_gait(s, i, out, out_int, pitch_rate, pitch_rate_before, wx, wy, wz)


@jit
def follow_force(s, i, out, out_int, ax, ay, az):
    """One bin of an accelerometer alone."""
    magnitude = square_root(ax * ax + ay * ay + az * az)
    if is_still(s, i, ax, ay, az, ZERO):
        rest(s, i)
    value = smoothed(magnitude, s[RAW_ACC_UP], s[RAW_ACC_UP + 1])
    advance(i)
    push(s, i, PITCH_RING, value)
    push_acc_up(s, i, value)
    s[RAW_ACC_UP + 1] = s[RAW_ACC_UP]
    s[RAW_ACC_UP] = magnitude
    return follow_impulses(s, i, out, out_int, magnitude)


@jit
def follow_bin(settings, s, i, out, out_int):
    """One full bin. Returns the events."""
    i[BIN] = I(i[BIN] + 1)
    i[AWAKE_BINS] = min(I(i[AWAKE_BINS] + 1), I(FORGET_ACTIVITY_BINS))
    peak = s[BIN_PEAK]
    if peak == ZERO:  # a bin without a sample, from a slow sensor: as the one before
        peak = peak_at(s, i, I(0))
    push_peak(s, i, peak)
    if settings[HAS_GYROSCOPE] > HALF:
        events = follow_foot(
            s,
            i,
            out,
            out_int,
            s[BIN_MEAN],
            s[BIN_MEAN + 1],
            s[BIN_MEAN + 2],
            s[BIN_MEAN + 3],
            s[BIN_MEAN + 4],
            s[BIN_MEAN + 5],
        )
    else:
        events = follow_force(s, i, out, out_int, s[BIN_MEAN], s[BIN_MEAN + 1], s[BIN_MEAN + 2])
    if (
        i[CURRENT_ACTIVITY] != STATIONARY
        and (i[HAS_CONTACT] == 0 or i[BIN] - i[CONTACT_BIN] > FORGET_ACTIVITY_BINS)
    ) or (i[CURRENT_ACTIVITY] == STATIONARY and i[STILL_BINS] == 0):
        i[CURRENT_ACTIVITY] = UNKNOWN
    for k in range(6):
        s[BIN_MEAN + k] = ZERO
    s[BIN_PEAK] = ZERO
    return events


@jit
def remember(s, ax, ay, az, wx, wy, wz):
    s[LAST_SAMPLE] = ax
    s[LAST_SAMPLE + 1] = ay
    s[LAST_SAMPLE + 2] = az
    s[LAST_SAMPLE + 3] = wx
    s[LAST_SAMPLE + 4] = wy
    s[LAST_SAMPLE + 5] = wz


@jit
def note_clipping(settings, i, ax, ay, az, wx, wy, wz):
    """Whether the sample is at the sensor's limit; flags the stride."""
    limit = settings[ACC_LIMIT_M_S2]
    clipped = max(abs(ax), max(abs(ay), abs(az))) >= limit
    if settings[HAS_GYROSCOPE] > HALF and max(abs(wx), max(abs(wy), abs(wz))) >= settings[GYRO_LIMIT_RAD_S]:
        clipped = True
        if i[PHASE] != AWAIT_SWING:
            i[CLIPPED_SWING] = 1
    if clipped:
        i[CLIPPED_ANY] = 1
        return I(EVENT_CLIPPED)
    return I(0)


@jit
def step(settings, s, i, out, out_int, dt_us, ax, ay, az, wx, wy, wz):
    """Take one sample, `dt_us` after the one before it (0 for a repeated time). Returns the events.

    With EVENT_STRIDE a record stands in the output; its ages count back from this sample.
    """
    acc_squared = ax * ax + ay * ay + az * az
    if settings[HAS_GYROSCOPE] < HALF:
        wx = ZERO
        wy = ZERO
        wz = ZERO
    dt_us = I(dt_us + i[WAITING_US])
    # a comparison with NaN is false: what is not a number, or cannot be, stops here
    if not (acc_squared < ACC_BELIEVABLE and wx * wx + wy * wy + wz * wz < GYRO_BELIEVABLE):
        i[WAITING_US] = min(dt_us, I(1_000_000))
        i[SPOILT] = 1
        return I(EVENT_UNUSABLE)
    i[WAITING_US] = 0
    events = note_clipping(settings, i, ax, ay, az, wx, wy, wz)
    if i[STARTED] == 1 and dt_us > GAP_US:
        begin(s, i)
        i[SPOILT] = 1
        events = I(events | EVENT_GAP)
    if i[STARTED] == 0:
        i[STARTED] = 1
        remember(s, ax, ay, az, wx, wy, wz)
        return events
    s[BIN_PEAK] = max(s[BIN_PEAK], acc_squared)
    done_us = I(0)
    per_us = ZERO
    if dt_us > 0:
        per_us = ONE / F(dt_us)
    while done_us < dt_us:
        part_us = min(i[BIN_LEFT_US], I(dt_us - done_us))
        along = (F(done_us) + HALF * F(part_us)) * per_us
        weight = F(part_us) * PER_BIN
        s[BIN_MEAN] += weight * (s[LAST_SAMPLE] + along * (ax - s[LAST_SAMPLE]))
        s[BIN_MEAN + 1] += weight * (s[LAST_SAMPLE + 1] + along * (ay - s[LAST_SAMPLE + 1]))
        s[BIN_MEAN + 2] += weight * (s[LAST_SAMPLE + 2] + along * (az - s[LAST_SAMPLE + 2]))
        s[BIN_MEAN + 3] += weight * (s[LAST_SAMPLE + 3] + along * (wx - s[LAST_SAMPLE + 3]))
        s[BIN_MEAN + 4] += weight * (s[LAST_SAMPLE + 4] + along * (wy - s[LAST_SAMPLE + 4]))
        s[BIN_MEAN + 5] += weight * (s[LAST_SAMPLE + 5] + along * (wz - s[LAST_SAMPLE + 5]))
        done_us = I(done_us + part_us)
        i[BIN_LEFT_US] = I(i[BIN_LEFT_US] - part_us)
        if i[BIN_LEFT_US] == 0:
            i[BIN_LEFT_US] = BIN_US
            found = follow_bin(settings, s, i, out, out_int)
            events = I(events | found)
            if found & EVENT_STRIDE:
                left_us = I(dt_us - done_us)
                out_int[OUT_TOE_OFF_AGE_US] = I(out_int[OUT_TOE_OFF_AGE_US] + left_us)
                out_int[OUT_CONTACT_AGE_US] = I(out_int[OUT_CONTACT_AGE_US] + left_us)
                out_int[OUT_MID_STANCE_AGE_US] = I(out_int[OUT_MID_STANCE_AGE_US] + left_us)
    remember(s, ax, ay, az, wx, wy, wz)
    return events
