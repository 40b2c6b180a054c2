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
    DROP_BIN,
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
    STEEPEST_DROP,
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
USUAL_FADES = F(0.005)  # a bin, toward the least, when no stride has come for 1.2 s
FADES_AFTER_BINS = 240
LEAST_HUMP_M_S2 = F(15.0)
START_HUMP_M_S2 = F(22.0)
HUMP_ENDS = F(0.6)  # of its height
EARLIEST_SHARE = F(0.6)  # of the last stride time, after which a hump may be the next contact
EARLIEST_BINS = F(80.0)  # 0.4 s where no stride time is known
TOE_OFF_RUNNING = F(0.5)  # of the stride time after contact, by when a toe-off has passed
TOE_OFF_WALKING = F(0.75)
USUAL_STRIDE_BINS = F(150.0)
DROP_SEARCH_BINS = 40
DROP_SETTLE = 8  # bins before the tip of the hump that may hold the drop: smoothing delays the tip
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
def steepest_drop(s, i):
    """Set DROP_BIN to where |a| fell most steeply around and after the hump's tip."""
    newest = I(i[BIN] - 1)
    oldest = min(I(newest - i[TIP_BIN] + DROP_SETTLE), I(DROP_SEARCH_BINS))
    s[STEEPEST_DROP] = ZERO
    age = oldest
    while age >= 0:
        drop = s[PITCH_RING + ring_index(i, age)] - s[PITCH_RING + ring_index(i, I(age + 1))]
        if drop < s[STEEPEST_DROP]:
            s[STEEPEST_DROP] = drop
            i[DROP_BIN] = I(newest - age)
        age = I(age - 1)





@jit
def contact_at_drop(s, i):
    age = I(i[BIN] - 1 - i[DROP_BIN])
    before = s[PITCH_RING + ring_index(i, I(age + 2))]
    at = s[PITCH_RING + ring_index(i, I(age + 1))]
    here = s[PITCH_RING + ring_index(i, age)]
    after = here
    if age > 0:
        after = s[PITCH_RING + ring_index(i, I(age - 1))]
    i[CONTACT_BIN] = i[DROP_BIN]
    s[CONTACT_FRACTION] = vertex(at - before, here - at, after - here) - HALF


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
        s[ENVELOPE_USUAL] += USUAL_SHARE * (s[ENVELOPE_PEAK] - s[ENVELOPE_USUAL])
        before_bin = i[CONTACT_BIN]
        before_fraction = s[CONTACT_FRACTION]
        steepest_drop(s, i)
        contact_at_drop(s, i)
        if note_contact(s, i, before_bin, before_fraction):
            return I(EVENT_CONTACT)
        return I(0)
    events = I(0)
    if i[PHASE] == AWAIT_SWING:
        events = look_for_toe_off(s, i)
    threshold = max(GRAVITY_M_S2 + HALF * (s[ENVELOPE_USUAL] - GRAVITY_M_S2), LEAST_HUMP_M_S2)
    if envelope > threshold and may_begin(s, i):
        if i[PHASE] == AWAIT_SWING:
            i[TOE_OFF_BIN] = i[BIN]
            s[TOE_OFF_FRACTION] = ZERO
            events = I(EVENT_TOE_OFF)
        i[PHASE] = LANDING
        s[ENVELOPE_PEAK] = envelope
        i[TIP_BIN] = i[BIN]
    return events
