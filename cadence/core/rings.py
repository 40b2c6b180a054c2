"""The short memory of smoothed signals that events are looked up in.

An age counts bins back from the newest entry, which is 0. Because of the three-bin smoothing the
newest entry belongs to the bin before the present one.
"""

from __future__ import annotations

from cadence.core.kernel import HALF, ONE, TWO, ZERO, F, I, jit
from cadence.core.layout import PEAK_AT, PEAK_BINS, PEAK_RING, RING_AT, RING_BINS
from cadence.core.vector import limited

QUARTER = F(0.25)
FLAT = F(1e-6)


@jit
def smoothed(now, before, before_that):
    """Binomial smoothing over three bins, centred on the middle one."""
    return QUARTER * (now + before_that) + HALF * before


@jit
def ring_index(i, age):
    k = I(i[RING_AT] - age)
    if k < 0:
        k = I(k + RING_BINS)
    return k


@jit
def push(s, i, ring, value):
    s[ring + i[RING_AT]] = value


@jit
def advance(i):
    k = I(i[RING_AT] + 1)
    if k >= RING_BINS:
        k = I(0)
    i[RING_AT] = k


@jit
def push_peak(s, i, value):
    k = I(i[PEAK_AT] + 1)
    if k >= PEAK_BINS:
        k = I(0)
    i[PEAK_AT] = k
    s[PEAK_RING + k] = value


@jit
def peak_at(s, i, age):
    k = I(i[PEAK_AT] - age)
    if k < 0:
        k = I(k + PEAK_BINS)
    return s[PEAK_RING + k]


@jit
def highest_peak(s, i, ages):
    """The highest |a|² of the last `ages` bins, (m/s²)²."""
    highest = ZERO
    for age in range(min(ages, I(PEAK_BINS))):
        highest = max(highest, peak_at(s, i, I(age)))
    return highest


@jit
def vertex(before, at, after):
    """Where the parabola through three neighbouring values has its tip, in bins from the middle one."""
    curvature = before - TWO * at + after
    if abs(curvature) < FLAT:
        return ZERO
    return limited(HALF * (before - after) / curvature, ONE)
