"""Strides from an accelerometer alone, told by the magnitude of acceleration.

At the end of its swing a foot is braked and then strikes: |acceleration| has one hump there that stands
out of the stride. Contact is where it drops most steeply after the hump. Smoothing, thresholds and the
place of toe-off are our choice; the cadence does not depend on them, the contact time is rough.
"""

from __future__ import annotations

from cadence.core.events import bins_between, bins_since_contact, find_toe_off, share_of_contact
from cadence.core.gait import AWAIT_SWING, LANDING, STANCE, SWING, note_contact
from cadence.core.kernel import GRAVITY_M_S2, HALF, ZERO, F, I, jit
from cadence.core.layout import (
    BIN,
    CONTACT_BIN,
    CONTACT_FRACTION,
    CURRENT_ACTIVITY,
    ENVELOPE,
    ENVELOPE_PEAK,
    ENVELOPE_USUAL,
    EVENT_CONTACT,
    EVENT_STRIDE,
    EVENT_TOE_OFF,
    HAS_CONTACT,
    HAS_LAST_CONTACT,
    LAST_CONTACT_BIN,
    LAST_CONTACT_FRACTION,
    PHASE,
    PITCH_RING,
    RUNNING,
    SWING_BIN,
    TIP_BIN,
    TOE_OFF_BIN,
    TOE_OFF_FRACTION,
    WINDOW_BIN,
    WINDOW_COUNT,
)
from cadence.core.record import close_record
from cadence.core.rings import ring_index, vertex

ENVELOPE_SHARE = F(0.2)  # a bin and stage: 25 ms
USUAL_SHARE = F(0.25)  # weight of the newest hump in the usual one
RISING_SHARE = F(0.7)  # the same when the humps grow: the first steps of a run are soon told
USUAL_FADES = F(0.005)  # a bin, toward the least, when no stride has come for 1.2 s
FADES_AFTER_BINS = 240
LEAST_HUMP_M_S2 = F(15.0)
START_HUMP_M_S2 = F(22.0)
FAR_HIGHER = F(1.4)  # than the hump before: that one was the heel rising, or a step aside
HUMP_ENDS = F(0.6)  # of its height
EARLIEST_SHARE = F(0.6)  # of the last stride time, after which a hump may be the next contact
EARLIEST_BINS = F(80.0)  # 0.4 s where no stride time is known
TOE_OFF_RUNNING = F(0.5)  # of the stride time after contact, by when a toe-off has passed
TOE_OFF_WALKING = F(0.75)
USUAL_STRIDE_BINS = F(150.0)
DROP_SEARCH_BINS = 40
DROP_BEFORE_TIP = 8  # bins: smoothing delays the tip
DROP_SPAN = 3  # bins
MID_STANCE = F(0.4)  # of the usual contact time


@jit
def stride_bins(s, i):
    """The last stride time, in bins; zero when unknown."""
    if i[HAS_CONTACT] == 1 and i[HAS_LAST_CONTACT] == 1:
        return bins_between(
            i[CONTACT_BIN], s[CONTACT_FRACTION], i[LAST_CONTACT_BIN], s[LAST_CONTACT_FRACTION]
        )
    return ZERO


@jit
def may_begin(s, i):
    """Whether enough time has passed since the last contact for another."""
    if i[HAS_CONTACT] == 0:
        return True
    return bins_since_contact(s, i) > max(EARLIEST_SHARE * stride_bins(s, i), EARLIEST_BINS)


@jit
def look_for_toe_off(s, i):
    """Place the toe-off once the stance has certainly ended."""
    stride = stride_bins(s, i)
    if stride == ZERO:
        stride = USUAL_STRIDE_BINS
    share = TOE_OFF_WALKING
    if i[CURRENT_ACTIVITY] == RUNNING:
        share = TOE_OFF_RUNNING
    if i[HAS_CONTACT] == 1 and bins_since_contact(s, i) > share * stride:
        i[SWING_BIN] = I(i[BIN] - 1)
        find_toe_off(s, i)
        i[PHASE] = SWING
        return I(EVENT_TOE_OFF)
    return I(0)


@jit
def drop_at(s, i, age):
    """By how much |a| falls over DROP_SPAN bins to each side of an age, m/s²."""
    return (
        s[PITCH_RING + ring_index(i, I(age + DROP_SPAN))] - s[PITCH_RING + ring_index(i, I(age - DROP_SPAN))]
    )


@jit
def contact_at_drop(s, i):
    """Set CONTACT_BIN and its fraction to where |a| fell most steeply around the hump's tip."""
    newest = I(i[BIN] - 1)
    oldest = min(I(newest - i[TIP_BIN] + DROP_BEFORE_TIP), I(DROP_SEARCH_BINS))
    steepest = ZERO
    at = I(DROP_SPAN + 1)
    age = oldest
    while age > DROP_SPAN:
        drop = drop_at(s, i, age)
        if drop > steepest:
            steepest = drop
            at = age
        age = I(age - 1)
    i[CONTACT_BIN] = I(newest - at)
    s[CONTACT_FRACTION] = vertex(drop_at(s, i, I(at + 1)), steepest, drop_at(s, i, I(at - 1)))


@jit
def follow_impulses(s, i, out, out_int, magnitude):
    """Advance the phases by one bin of mean |acceleration|, m/s². Returns the events."""
    s[ENVELOPE] += ENVELOPE_SHARE * (magnitude - s[ENVELOPE])
    s[ENVELOPE + 1] += ENVELOPE_SHARE * (s[ENVELOPE] - s[ENVELOPE + 1])
    envelope = s[ENVELOPE + 1]
    if i[HAS_CONTACT] == 0 or i[BIN] - i[CONTACT_BIN] > FADES_AFTER_BINS:
        s[ENVELOPE_USUAL] += USUAL_FADES * (LEAST_HUMP_M_S2 - s[ENVELOPE_USUAL])
    if i[PHASE] == STANCE:
        if share_of_contact(s, i) < MID_STANCE:
            return I(0)
        i[WINDOW_BIN] = i[BIN]
        i[WINDOW_COUNT] = 1
        close_record(s, i, out, out_int, False)
        i[PHASE] = AWAIT_SWING
        return I(EVENT_STRIDE)
    if i[PHASE] == LANDING:
        if envelope > s[ENVELOPE_PEAK]:
            s[ENVELOPE_PEAK] = envelope
            i[TIP_BIN] = i[BIN]
        if envelope > HUMP_ENDS * s[ENVELOPE_PEAK]:
            return I(0)
        share = USUAL_SHARE
        if s[ENVELOPE_PEAK] > s[ENVELOPE_USUAL]:
            share = RISING_SHARE
        s[ENVELOPE_USUAL] += share * (s[ENVELOPE_PEAK] - s[ENVELOPE_USUAL])
        before_bin = i[CONTACT_BIN]
        before_fraction = s[CONTACT_FRACTION]
        contact_at_drop(s, i)
        if note_contact(s, i, before_bin, before_fraction):
            return I(EVENT_CONTACT)
        return I(0)
    events = I(0)
    if i[PHASE] == AWAIT_SWING:
        events = look_for_toe_off(s, i)
    threshold = max(GRAVITY_M_S2 + HALF * (s[ENVELOPE_USUAL] - GRAVITY_M_S2), LEAST_HUMP_M_S2)
    mistaken = i[HAS_CONTACT] == 1 and envelope > FAR_HIGHER * s[ENVELOPE_PEAK] and not may_begin(s, i)
    if mistaken:  # the hump before was not the stride's: this one is
        i[HAS_CONTACT] = 0
    if envelope > threshold and may_begin(s, i):
        if i[PHASE] == AWAIT_SWING:
            i[TOE_OFF_BIN] = i[BIN]
            s[TOE_OFF_FRACTION] = ZERO
            events = I(EVENT_TOE_OFF)
        i[PHASE] = LANDING
        s[ENVELOPE_PEAK] = envelope
        i[TIP_BIN] = i[BIN]
    return events
