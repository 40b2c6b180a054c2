"""The phases of a stride, told by the pitch rate.

AWAIT_SWING   the foot stands or its heel rises: the pitch rate is positive (toe-down)
SWING         the foot swings forward: one broad negative lobe
LANDING       the lobe has ended: contact is found at the drop of the pitch rate that follows
STANCE        the foot is down, until the mid-stance window has passed and the record is closed
"""

from __future__ import annotations

from cadence.core.events import (
    bins_between,
    bins_since_contact,
    contact_lag_bins,
    find_contact,
    find_toe_off,
    share_of_contact,
)
from cadence.core.kernel import BIN_S, ONE, ZERO, F, I, jit
from cadence.core.layout import (
    BIN,
    CONTACT_BIN,
    CONTACT_FRACTION,
    CONTACT_TIME_MEAN,
    DROP_BIN,
    EVENT_CONTACT,
    EVENT_STRIDE,
    EVENT_TOE_OFF,
    HAS_ANCHOR,
    HAS_CONTACT,
    HAS_LAST_CONTACT,
    IMPACT,
    LANDING_BIN,
    LAST_CONTACT_BIN,
    LAST_CONTACT_FRACTION,
    PHASE,
    PITCH_RING,
    POSITION,
    QUATERNION,
    RING_BINS,
    STEEPEST_DROP,
    STRIKE_PITCH,
    SWING_ANGLE,
    SWING_BIN,
    SWING_PEAK,
    TOE_OFF_BIN,
    VELOCITY,
    WINDOW_BIN,
    WINDOW_COUNT,
    WINDOW_POSITION,
    WINDOW_VELOCITY,
)
from cadence.core.record import LONGEST_STRIDE_S, SHORTEST_STRIDE_S, close_record
from cadence.core.rings import highest_peak, peak_at, ring_index
from cadence.core.vector import limited, to_world

AWAIT_SWING = 0
SWING = 1
LANDING = 2
STANCE = 3

SWING_ANGLE_LEAST = F(-0.22)  # rad turned toe-up that make a swing; a slow jog turns 0.3, ringing 0.15
SWING_BINS_MOST = 90  # to turn that far
SWING_LASTS_MOST = 240  # bins: 1.2 s, a slow walker's swing lasts 0.6 s
EARLIEST_SWING_BINS = 30  # after contact: until then the shoe rings
DROP_LEAST = F(0.05)  # share of the swing's peak rate by which a landing's pitch rate drops in a bin
DROP_SETTLES_BINS = 5  # without a steeper one: the drop was the landing's
SWING_RESUMES = F(0.4)  # share of its peak: the lobe had only paused
LANDING_BINS_MOST = 26  # 130 ms after the lobe: the steepest drop so far is taken
IMPACT_BINS = F(10.0)  # the 50 ms in which an impact is looked for

WINDOW_STARTS = F(0.25)  # of the usual contact time
WINDOW_ENDS = F(0.50)
LATE_STANCE_BINS = F(30.0)  # after contact: a heel that rises this early and fast ends the window,
HEEL_RISES = F(2.5)  # rad/s: the runner has quickened
LEVER_M = F(0.12)
LEVER_FROM_S = F(0.20)
LEVER_SPAN_S = F(0.15)


@jit
def lever_m(s):
    """Height of the sensor above the point the shoe rocks about in mid-stance.

    A long stance rolls over a flat shoe, a short one less so. Fitted on running at 1-4.5 m/s and
    walking (Vicon and treadmill), 12 cm for contacts from 0.35 s, none below 0.2 s.
    """
    return LEVER_M * limited(max((s[CONTACT_TIME_MEAN] - LEVER_FROM_S) / LEVER_SPAN_S, ZERO), ONE)


@jit
def lose_track(i):
    """After what cannot be a stride: nothing runs on from before."""
    i[PHASE] = AWAIT_SWING
    i[HAS_ANCHOR] = 0
    i[HAS_CONTACT] = 0
    i[HAS_LAST_CONTACT] = 0


@jit
def note_contact(s, i, contact_before_bin, contact_before_fraction):
    """Accept the contact just found unless it follows the last one too closely."""
    i[HAS_LAST_CONTACT] = 0
    if i[HAS_CONTACT] == 1:
        stride_s = BIN_S * bins_between(
            i[CONTACT_BIN], s[CONTACT_FRACTION], contact_before_bin, contact_before_fraction
        )
        if stride_s < SHORTEST_STRIDE_S:
            i[CONTACT_BIN] = contact_before_bin
            s[CONTACT_FRACTION] = contact_before_fraction
            i[PHASE] = AWAIT_SWING
            s[SWING_ANGLE] = ZERO
            return False
        if stride_s <= LONGEST_STRIDE_S:
            i[HAS_LAST_CONTACT] = 1
    i[LAST_CONTACT_BIN] = contact_before_bin
    s[LAST_CONTACT_FRACTION] = contact_before_fraction
    i[HAS_CONTACT] = 1
    i[PHASE] = STANCE
    i[WINDOW_COUNT] = 0
    s[IMPACT] = highest_peak(s, i, I(i[BIN] - i[CONTACT_BIN] + I(contact_lag_bins(s))))
    for k in range(3):
        s[WINDOW_VELOCITY + k] = ZERO
        s[WINDOW_POSITION + k] = ZERO
    return True


@jit
def await_swing(s, i, pitch_rate, pitch_rate_before):
    if pitch_rate >= ZERO or (i[HAS_CONTACT] == 1 and i[BIN] - i[CONTACT_BIN] <= EARLIEST_SWING_BINS):
        s[SWING_ANGLE] = ZERO
        return I(0)
    if pitch_rate_before >= ZERO or s[SWING_ANGLE] == ZERO:
        i[SWING_BIN] = I(i[BIN] - 1)
        s[SWING_ANGLE] = ZERO
        s[SWING_PEAK] = ZERO
    s[SWING_ANGLE] += pitch_rate * BIN_S
    s[SWING_PEAK] = min(s[SWING_PEAK], pitch_rate)
    if s[SWING_ANGLE] > SWING_ANGLE_LEAST or i[BIN] - i[SWING_BIN] >= SWING_BINS_MOST:
        return I(0)
    find_toe_off(s, i)
    if i[PHASE] == STANCE:
        lose_track(i)  # its mid-stance was never seen
    i[PHASE] = SWING
    return I(EVENT_TOE_OFF)


@jit
def swing(s, i, pitch_rate):
    s[SWING_ANGLE] += pitch_rate * BIN_S
    s[SWING_PEAK] = min(s[SWING_PEAK], pitch_rate)
    if i[BIN] - i[TOE_OFF_BIN] > SWING_LASTS_MOST:
        lose_track(i)
    elif pitch_rate >= ZERO:
        i[PHASE] = LANDING
        i[LANDING_BIN] = I(i[BIN] - 1)
        i[DROP_BIN] = I(i[BIN] - 1)
        s[STEEPEST_DROP] = ZERO


@jit
def land(s, i, pitch_rate, pitch_rate_before):
    drop = pitch_rate - pitch_rate_before
    if drop < s[STEEPEST_DROP]:
        s[STEEPEST_DROP] = drop
        i[DROP_BIN] = I(i[BIN] - 1)
    steep = s[STEEPEST_DROP] < DROP_LEAST * s[SWING_PEAK]
    if not (steep and i[BIN] - 1 - i[DROP_BIN] >= DROP_SETTLES_BINS):
        if not steep and pitch_rate < SWING_RESUMES * s[SWING_PEAK]:
            i[PHASE] = SWING
            return I(0)
        if i[BIN] - i[LANDING_BIN] <= LANDING_BINS_MOST:
            return I(0)
    before_bin = i[CONTACT_BIN]
    before_fraction = s[CONTACT_FRACTION]
    find_contact(s, i)
    if not note_contact(s, i, before_bin, before_fraction):
        return I(0)
    s[STRIKE_PITCH] = ZERO
    for age in range(min(I(i[BIN] - i[CONTACT_BIN] + I(contact_lag_bins(s))), I(RING_BINS))):
        s[STRIKE_PITCH] += s[PITCH_RING + ring_index(i, I(age))] * BIN_S
    return I(EVENT_CONTACT)


@jit
def stand(s, i, out, out_int, pitch_rate, wx, wy, wz):
    """Follow the stance; close the record when the mid-stance window has passed."""
    if bins_since_contact(s, i) < IMPACT_BINS:
        s[IMPACT] = max(s[IMPACT], peak_at(s, i, I(0)))
    share = share_of_contact(s, i)
    heel_rises = bins_since_contact(s, i) > LATE_STANCE_BINS and pitch_rate > HEEL_RISES
    if share < WINDOW_STARTS and not heel_rises:
        s[STRIKE_PITCH] += pitch_rate * BIN_S
        return I(0)
    if i[WINDOW_COUNT] == 0:
        i[WINDOW_BIN] = i[BIN]
    i[WINDOW_COUNT] = I(i[WINDOW_COUNT] + 1)
    x, y, _ = to_world(s, QUATERNION, wx, wy, wz)
    lever = lever_m(s)
    s[WINDOW_VELOCITY] += s[VELOCITY] - lever * y
    s[WINDOW_VELOCITY + 1] += s[VELOCITY + 1] + lever * x
    s[WINDOW_VELOCITY + 2] += s[VELOCITY + 2]
    for k in range(3):
        s[WINDOW_POSITION + k] += s[POSITION + k]
    if share < WINDOW_ENDS and not heel_rises:
        return I(0)
    close_record(s, i, out, out_int, True)
    i[PHASE] = AWAIT_SWING
    s[SWING_ANGLE] = ZERO
    return I(EVENT_STRIDE)


@jit
def follow_gait(s, i, out, out_int, pitch_rate, pitch_rate_before, wx, wy, wz):
    """Advance the phases by one bin. Returns the events."""
    events = I(0)
    if i[PHASE] == STANCE:
        events = stand(s, i, out, out_int, pitch_rate, wx, wy, wz)
        if events == 0:
            events = await_swing(s, i, pitch_rate, pitch_rate_before)
    elif i[PHASE] == AWAIT_SWING:
        events = await_swing(s, i, pitch_rate, pitch_rate_before)
    elif i[PHASE] == SWING:
        swing(s, i, pitch_rate)
    else:
        events = land(s, i, pitch_rate, pitch_rate_before)
    return events
