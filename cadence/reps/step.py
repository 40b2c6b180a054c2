"""One sample in, events out: the counter's entry points.

As in `cadence.core.step`, samples of any rate and with any jitter are averaged into bins, as if the signal
ran straight from one to the next. A repetition is slow, so the bins are 25 ms long.
"""

from __future__ import annotations

from cadence.core.kernel import HALF, ONE, ZERO, F, I, jit
from cadence.reps.cycle import follow_cycle, leave, resume
from cadence.reps.layout import (
    AIM,
    ANGLE,
    AWAKE_BINS,
    AWAY,
    BIN,
    BIN_LEFT_US,
    BIN_MEAN,
    CERTAIN,
    EVENT_GAP,
    EVENT_REP,
    EVENT_UNUSABLE,
    FASTEST,
    LAST_SAMPLE,
    OUT_END_AGE_US,
    OUT_START_AGE_US,
    PHASE,
    QUIET_BINS,
    SPEED_BEFORE,
    STARTED,
    STATE_FLOATS,
    STATE_INTS,
    VELOCITY,
    WAITING_US,
    YAW,
)
from cadence.reps.tilt import BIN_US, follow_motion

GAP_US = I(300_000)
"""A longer silence ends what is under way; a shorter one is bridged. Our choice: some lost notifications,
and a tenth of a usual repetition."""
SET_GAP_US = I(15_000_000)
"""After a longer one the foot must stand again before anything counts; before that a set goes on. Our choice:
a radio link that breaks is back sooner."""
LONGEST_US = I(20_000_000)
AWAKE_ENOUGH = 1000

ACC_BELIEVABLE = F(1.0e7)  # (m/s²)²: 320 g, beyond any sensor of the kind
GYRO_BELIEVABLE = F(1.0e5)  # (rad/s)²
PER_BIN = F(1.0 / 25_000.0)


@jit
def begin(s, i):
    """Start anew, with the bias kept, and what is known of a set."""
    i[BIN_LEFT_US] = BIN_US
    i[WAITING_US] = 0
    i[STARTED] = 0
    i[AWAKE_BINS] = 0
    i[QUIET_BINS] = 0
    s[ANGLE] = ZERO
    for k in range(6):
        s[BIN_MEAN + k] = ZERO
    for k in range(3):
        s[VELOCITY + k] = ZERO
    s[FASTEST] = ZERO
    s[SPEED_BEFORE] = ZERO
    s[YAW] = ZERO


@jit
def init(s, i):
    """Set up the state before the first sample."""
    for k in range(STATE_FLOATS):
        s[k] = ZERO
    for k in range(STATE_INTS):
        i[k] = 0
    begin(s, i)
    leave(s, i)


@jit
def follow_bin(s, i, out, out_int):
    """One full bin. Returns the events."""
    i[BIN] = I(i[BIN] + 1)
    i[AWAKE_BINS] = min(I(i[AWAKE_BINS] + 1), I(AWAKE_ENOUGH))
    stands = follow_motion(
        s,
        i,
        s[BIN_MEAN],
        s[BIN_MEAN + 1],
        s[BIN_MEAN + 2],
        s[BIN_MEAN + 3],
        s[BIN_MEAN + 4],
        s[BIN_MEAN + 5],
    )
    for k in range(6):
        s[BIN_MEAN + k] = ZERO
    return follow_cycle(s, i, out, out_int, stands)


@jit
def remember(s, ax, ay, az, wx, wy, wz):
    s[LAST_SAMPLE] = ax
    s[LAST_SAMPLE + 1] = ay
    s[LAST_SAMPLE + 2] = az
    s[LAST_SAMPLE + 3] = wx
    s[LAST_SAMPLE + 4] = wy
    s[LAST_SAMPLE + 5] = wz


@jit
def step(s, i, out, out_int, dt_us, ax, ay, az, wx, wy, wz):
    """Take one sample, `dt_us` after the one before it (0 for a repeated time). Returns the events.

    With EVENT_REP a record stands in `out` and `out_int`; its ages count back from this sample.
    """
    dt_us = I(min(dt_us, LONGEST_US) + i[WAITING_US])
    # a comparison with NaN is false: what is not a number, or cannot be, stops here
    if not (ax * ax + ay * ay + az * az < ACC_BELIEVABLE and wx * wx + wy * wy + wz * wz < GYRO_BELIEVABLE):
        i[WAITING_US] = min(dt_us, LONGEST_US)
        return I(EVENT_UNUSABLE)
    i[WAITING_US] = 0
    events = I(0)
    if i[STARTED] == 1 and dt_us > GAP_US:
        begin(s, i)
        if dt_us <= SET_GAP_US and i[PHASE] != AWAY and i[AIM] == CERTAIN:
            resume(s, i)
        else:
            leave(s, i)
        events = I(EVENT_GAP)
    if i[STARTED] == 0:
        i[STARTED] = 1
        remember(s, ax, ay, az, wx, wy, wz)
        return events
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
            found = follow_bin(s, i, out, out_int)
            events = I(events | found)
            if found & EVENT_REP:
                left_us = I(dt_us - done_us)
                for word in range(OUT_START_AGE_US, OUT_END_AGE_US + 1):
                    out_int[word] = I(out_int[word] + left_us)
    remember(s, ax, ay, az, wx, wy, wz)
    return events
