"""Where exactly the foot left the ground and met it again: look-ups in the short memory.

Both features were found on instrumented-treadmill running of twelve runners (Fukuchi, Fukuchi & Duarte
2017, PeerJ 5:e3298; force plate at 20 N, virtual pods on the instep). The lags are the mean distance
of the feature from the event there; over runners, speeds of 2.5-4.5 m/s and all three strike types
they spread by 6 ms for the contact and 4 ms for the toe-off.
"""

from __future__ import annotations

from cadence.core.kernel import BINS_PER_S, HALF, ONE, ZERO, F, I, jit
from cadence.core.layout import (
    ACC_UP_RING,
    AWAKE_BINS,
    BIN,
    CONTACT_BIN,
    CONTACT_FRACTION,
    CONTACT_TIME_MEAN,
    DROP_BIN,
    HAS_CONTACT,
    PITCH_RING,
    SWING_BIN,
    TOE_OFF_BIN,
    TOE_OFF_FRACTION,
)
from cadence.core.rings import push, ring_index, vertex

CONTACT_LAG_BINS = F(3.0)
"""From contact to the peak of the pitch rate that precedes its steepest drop, when the foot slaps flat."""
WALKING_LAG_BINS = F(8.0)
"""A walker's foot takes 40 ms longer to slap flat (the contacts marked by hand in gaitmap's example data)."""
WALKING_FROM_S = F(0.45)  # usual contact time from which the lag grows,
WALKING_SPAN_S = F(0.15)  # over this much, to a walker's
PEAK_SEARCH_BINS = 40

TOE_OFF_LAG_BINS = F(3.4)
"""From toe-off to the dip of the upward acceleration that follows when the ground stops pushing."""
DIP_SPAN = 6  # bins to each side that the dip is measured against
DIP_SEARCH_BINS = 56  # before the pitch rate turns negative; the ring reaches 6 bins further
OLDEST_DIP = 88
EARLIEST_TOE_OFF = F(0.55)  # of the usual contact time: before it the foot is still landing

LONG_AGO = F(1.0e9)


@jit
def depth(s, i, age):
    """The upward acceleration against its surroundings, m/s²."""
    return s[ACC_UP_RING + ring_index(i, I(age + DIP_SPAN))]


@jit
def push_acc_up(s, i, value):
    """Once an entry has its surroundings to both sides, its depth takes the place of the oldest of them."""
    push(s, i, ACC_UP_RING, value)
    at = ACC_UP_RING + ring_index(i, I(2 * DIP_SPAN))
    s[at] = s[ACC_UP_RING + ring_index(i, I(DIP_SPAN))] - HALF * (s[at] + value)


@jit
def find_toe_off(s, i):
    """Set TOE_OFF_BIN and its fraction, once a swing is certain."""
    newest = I(i[BIN] - 1)
    youngest = max(I(newest - i[SWING_BIN]), I(DIP_SPAN + 1))
    oldest = min(I(youngest + DIP_SEARCH_BINS), I(OLDEST_DIP))
    oldest = max(min(oldest, I(i[AWAKE_BINS] - DIP_SPAN - 2)), youngest)  # not before a gap
    if i[HAS_CONTACT] == 1:
        landed = I(newest - i[CONTACT_BIN] - I(EARLIEST_TOE_OFF * s[CONTACT_TIME_MEAN] * BINS_PER_S))
        if youngest < landed < oldest:
            oldest = landed
    deepest = LONG_AGO
    at = youngest
    age = oldest
    while age >= youngest:
        value = depth(s, i, age)
        if value < deepest:
            deepest = value
            at = age
        age = I(age - 1)
    tip = vertex(depth(s, i, I(at + 1)), deepest, depth(s, i, I(at - 1)))
    i[TOE_OFF_BIN] = I(newest - at)
    s[TOE_OFF_FRACTION] = tip - TOE_OFF_LAG_BINS


@jit
def contact_lag_bins(s):
    """From contact to the slap's peak, for a foot with this runner's usual contact time."""
    walking = (s[CONTACT_TIME_MEAN] - WALKING_FROM_S) / WALKING_SPAN_S
    return CONTACT_LAG_BINS + WALKING_LAG_BINS * min(max(walking, ZERO), ONE)


@jit
def find_contact(s, i):
    """Set CONTACT_BIN and its fraction from the steepest drop of the ring's signal."""
    newest = I(i[BIN] - 1)
    age = I(newest - i[DROP_BIN])
    while age < PEAK_SEARCH_BINS and (
        s[PITCH_RING + ring_index(i, I(age + 1))] > s[PITCH_RING + ring_index(i, age)]
    ):
        age = I(age + 1)
    after = s[PITCH_RING + ring_index(i, age)]
    if age > 0:
        after = s[PITCH_RING + ring_index(i, I(age - 1))]
    tip = vertex(s[PITCH_RING + ring_index(i, I(age + 1))], s[PITCH_RING + ring_index(i, age)], after)
    i[CONTACT_BIN] = I(newest - age)
    s[CONTACT_FRACTION] = tip - contact_lag_bins(s)


@jit
def bins_between(later_bin, later_fraction, earlier_bin, earlier_fraction):
    """From one event to a later one, in bins."""
    return F(I(later_bin - earlier_bin)) + later_fraction - earlier_fraction


@jit
def bins_since_contact(s, i):
    return bins_between(i[BIN], ZERO, i[CONTACT_BIN], s[CONTACT_FRACTION])


@jit
def share_of_contact(s, i):
    """How far the stance has come, in usual contact times."""
    return bins_since_contact(s, i) / (max(s[CONTACT_TIME_MEAN], F(0.1)) * BINS_PER_S)
