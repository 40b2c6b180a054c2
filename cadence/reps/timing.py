"""When a movement began and ended, how far it was, and whether the pod rose in it: look-ups in the rings."""

from __future__ import annotations

from cadence.core.kernel import HALF, ONE, ZERO, F, I, jit
from cadence.reps.layout import AIM, BIN, DIRECTION, LIFT, LIFT_BINS, STANDING_BIN, TILT, TILT_BINS, UNAIMED
from cadence.reps.tilt import BIN_S, angle_at

MARGIN = F(0.1)
"""Share of the way at each end that the timing leaves out."""
STRETCH = F(1.0 / 8.0)
"""Of the time of the middle 80 %: added at each end, it makes the whole way at the mean speed."""

PLATEAU_BINS = 8
"""Where the heel rests for so long, the mean is its height, not the highest or lowest point of its sway."""

PAUSE_BINS = 60
PAUSE_RAD = F(0.0349066)  # 2°
PAUSE_UNAIMED_RAD = F(0.0523599)  # 3°
"""Whose heel moves by less for 1.5 s pauses; as long as its direction is not known, the whole foot, which
sways more to the sides. Our choice."""


@jit
def ring_range(s, i, ring):
    """Between which values a component of the tilt went lately, rad."""
    first = TILT + ring * TILT_BINS
    least = s[first + I(i[BIN] & I(TILT_BINS - 1))]
    most = least
    for age in range(PAUSE_BINS):
        value = s[first + I(I(i[BIN] - I(age)) & I(TILT_BINS - 1))]
        least = min(least, value)
        most = max(most, value)
    return most - least


@jit
def angle_range(s, i):
    """The same of the heel."""
    least = angle_at(s, i, i[BIN])
    most = least
    for age in range(PAUSE_BINS):
        value = angle_at(s, i, I(i[BIN] - I(age)))
        least = min(least, value)
        most = max(most, value)
    return most - least


@jit
def is_paused(s, i):
    """Whether the foot has hardly tilted lately."""
    if I(i[BIN] - i[STANDING_BIN]) < PAUSE_BINS:
        return False
    if i[AIM] == UNAIMED:
        return ring_range(s, i, 0) < PAUSE_UNAIMED_RAD and ring_range(s, i, 1) < PAUSE_UNAIMED_RAD
    return angle_range(s, i) < PAUSE_RAD


@jit
def lowest_bin(s, i, bins):
    """Where the heel was lowest over the last bins, since the foot stands."""
    lowest = I(i[BIN])
    at = I(i[BIN])
    while at > I(i[BIN] - bins) and at >= i[STANDING_BIN]:
        if angle_at(s, i, at) < angle_at(s, i, lowest):
            lowest = at
        at = I(at - 1)
    return lowest


@jit
def last_below(s, i, level, before):
    """The newest bin up to `before` where the heel was at a level or lower, as age of the crossing in bins.

    There must be one.
    """
    at = I(before)
    while angle_at(s, i, at) > level:
        at = I(at - 1)
    return F(I(i[BIN] - at)) - crossing(s, i, at, level)


@jit
def first_above(s, i, level, since):
    """The same for the oldest bin from `since` on at a level or higher."""
    at = I(since)
    while angle_at(s, i, at) < level:
        at = I(at + 1)
    return F(I(i[BIN] - at)) + ONE - crossing(s, i, I(at - 1), level)


@jit
def last_above(s, i, level, before):
    """The same for the newest bin up to `before` at a level or higher."""
    at = I(before)
    while angle_at(s, i, at) < level:
        at = I(at - 1)
    return F(I(i[BIN] - at)) - crossing(s, i, at, level)


@jit
def first_below(s, i, level, since):
    """The same for the oldest bin from `since` on at a level or lower."""
    at = I(since)
    while angle_at(s, i, at) > level:
        at = I(at + 1)
    return F(I(i[BIN] - at)) + ONE - crossing(s, i, I(at - 1), level)


@jit
def crossing(s, i, at, level):
    """Where between a bin and the next the heel is at a level, from 0 to 1."""
    here = angle_at(s, i, at)
    there = angle_at(s, i, I(at + 1))
    if there == here:
        return HALF
    return min(max((level - here) / (there - here), ZERO), ONE)


@jit
def height_between(s, i, oldest_age, newest_age, otherwise):
    """The mean angle between two ages in bins; another where they are too close to be of a rest."""
    first = I(i[BIN] - I(oldest_age))
    last = I(i[BIN] - I(newest_age))
    if I(last - first) < PLATEAU_BINS:
        return otherwise
    total = ZERO
    for k in range(I(last - first) + 1):
        total += angle_at(s, i, I(first + I(k)))
    return total / F(I(last - first) + 1)


@jit
def tilted(s, i, oldest_age, newest_age):
    """How far the foot tilted between two ages in bins, with the heel and aside, to and fro added up, rad."""
    at = I(i[BIN] - I(oldest_age))
    total = ZERO
    while at < I(i[BIN] - I(newest_age)):
        k = I(at & I(TILT_BINS - 1))
        n = I(I(at + 1) & I(TILT_BINS - 1))
        along = s[TILT + n] - s[TILT + k]
        across = s[TILT + TILT_BINS + n] - s[TILT + TILT_BINS + k]
        total += abs(along * s[DIRECTION] + across * s[DIRECTION + 1])
        total += abs(across * s[DIRECTION] - along * s[DIRECTION + 1])
        at = I(at + 1)
    return total


@jit
def climb_m(s, i, begin, end):
    """How much the pod rose from a bin to a later one, at both of which it was at rest.

    What the acceleration adds up to between two rests is an error: it is taken out evenly.
    """
    bins = I(end - begin)
    total = ZERO
    for k in range(bins):
        total += s[LIFT + I(I(begin + I(k) + 1) & I(LIFT_BINS - 1))]
    mean = total / F(bins)
    velocity = ZERO
    height = ZERO
    for k in range(bins):
        step = (s[LIFT + I(I(begin + I(k) + 1) & I(LIFT_BINS - 1))] - mean) * BIN_S
        height += (velocity + HALF * step) * BIN_S
        velocity += step
    return height
