"""A repetition: the heel goes up and comes down. What counts stands in `cadence.rep`.

AWAY       walking, running, in the hand; ends when the foot has been quiet for a while
REST       standing; the lowest point of late is where the next way up begins
RAISING    from some degrees above it
TOP        the same, while the heel hardly rises any more
LOWERING   from some degrees below the highest point, until the heel turns or stops

Which way is up? The first movement from standing is the heel going up, about an axis that it gives. Where
a movement is quick, the pod itself tells: on a foot that pivots on its toes it rises with the heel,
however it is mounted. So who begins a heel drop by lowering the heel below a step is found out as soon as
both feet push up again. A slow lift of the toes from flat ground, with no quick movement before, looks
like a heel raise mirrored, and no sensor on the middle of the foot could tell.
"""

from __future__ import annotations

from cadence.core.kernel import ONE, ZERO, F, I, jit
from cadence.core.vector import square_root
from cadence.reps.layout import (
    AIM,
    ANGLE,
    AWAY,
    BIN,
    BOTTOM_BIN,
    CERTAIN,
    DIRECTION,
    EVENT_REP,
    LIFT_BINS,
    LOWERING,
    OUT_AMPLITUDE_RAD,
    OUT_END_AGE_US,
    OUT_KIND,
    OUT_LOWERING_AGE_US,
    OUT_START_AGE_US,
    OUT_TOP_AGE_US,
    PAUSE_BIN,
    PHASE,
    PROGRESS_BIN,
    QUIET_BINS,
    RAISING,
    REACH,
    REST,
    RESUMED_BIN,
    STANDING_BIN,
    START_BIN,
    TENTATIVE,
    TILT,
    TILT_BINS,
    TOP,
    TOP_BIN,
    TURN_BIN,
    UNAIMED,
)
from cadence.reps.tilt import STANDING_BINS, angle_at, note_tilt, take_standing
from cadence.reps.timing import (
    MARGIN,
    PAUSE_BINS,
    STRETCH,
    climb_m,
    first_above,
    first_below,
    height_between,
    is_paused,
    last_above,
    last_below,
    lowest_bin,
    tilted,
)

# What counts (cadence.rep).
LEAST_UP_RAD = F(0.0872665)  # 5°
LEAST_RAD = F(0.1396263)  # 8°
MOST_RAD = F(1.3089969)  # 75°
BACK_SHARE = F(2.0 / 3.0)
SHORTEST_BINS = F(20.0)
LONGEST_BINS = 480
QUICKEST_BINS = F(8.0)
LONGEST_HOLD_BINS = F(200.0)
DROP_SHARE = F(0.25)
HIGHEST_START_RAD = F(0.2094395)  # 12° above standing
STRAYS_SHARE = F(0.25)
SWAYS_RAD_A_BIN = F(0.0052360)  # 12° a second
"""Who raises the heel turns the foot up and down once, but for a share and the sway of the balance, which
quick movements leave no time for; who pulls at a lace turns it to and fro about all axes. Our choice."""

# When it shows. Our choice, above what people sway and below half of what counts.
BEGINS_RAD = F(0.0698132)  # 4°
GONE_RAD = F(0.0349066)  # 2°: less is no way up any more
TURNED_RAD = F(0.0261799)  # 1.5°
TURNED_SHARE = F(0.05)
TOP_SHARE = F(0.05)
TOP_BINS = 10
HALTED_SHARE = F(0.2)
PROGRESS_SHARE = F(0.03)
DONE_BINS = 10
DONE_MOST_BINS = 18
DONE_SHARE = F(1.0 / 16.0)
"""The heel is down when it has come no lower for 0.25 s and a 16th of the time since the top, 0.45 s at most:
it must be told within half a second. Our choice."""
GIVEN_UP_BINS = 60
"""Who halts on the way down for longer has ended it there. Our choice."""
BEGIN_SEARCH_BINS = 80
FORGET_BINS = 320

# Which way is up, told by a movement in which the pod rises as on a lever, and by more than the
# accelerometer's error adds up to, which grows with the square of the time. Our choice.
QUICK_BINS = 60
BESIDE_BINS = 8
TOLD_M = F(0.01)
TOLD_LEVER_M = F(0.03)
TOLD_M_A_BIN2 = F(0.000015)
BIN_OF_US = F(25_000.0)


@jit
def leave(s, i):
    """Not standing any more."""
    i[PHASE] = AWAY
    i[QUIET_BINS] = 0
    s[ANGLE] = ZERO


@jit
def settle(s, i, at):
    """At rest, from a bin on."""
    i[PHASE] = REST
    i[START_BIN] = at
    i[PAUSE_BIN] = -1
    if i[AIM] == TENTATIVE:
        i[AIM] = UNAIMED
        s[DIRECTION] = ZERO
        s[DIRECTION + 1] = ZERO


@jit
def resume(s, i):
    """A gap in a set: what was under way is lost, how the foot stands and where the heel goes up is not."""
    at = I(i[BIN] + 1)
    i[STANDING_BIN] = at
    i[RESUMED_BIN] = at
    settle(s, i, at)


@jit
def stand(s, i):
    """The foot has come to rest: everything is measured against it from here."""
    take_standing(s, i)
    i[STANDING_BIN] = i[BIN]
    i[RESUMED_BIN] = -1
    i[AIM] = TENTATIVE
    settle(s, i, i[BIN])
    note_tilt(s, i)


@jit
def excursion(s, i):
    """How far the foot has tilted since the start, about both axes, rad."""
    k = I(i[BIN] & I(TILT_BINS - 1))
    before = I(i[START_BIN] & I(TILT_BINS - 1))
    along = s[TILT + k] - s[TILT + before]
    across = s[TILT + TILT_BINS + k] - s[TILT + TILT_BINS + before]
    return along, across


@jit
def aim(s, i):
    """Take the excursion from the start as the direction of the heel's way up, if it is the farthest."""
    along, across = excursion(s, i)
    reach = square_root(along * along + across * across)
    if reach > s[REACH]:
        s[REACH] = reach
        s[DIRECTION] = along / reach
        s[DIRECTION + 1] = across / reach


@jit
def goes_elsewhere(s, i):
    """Take the excursion as the way up if it is the farthest and to another side: before it was sway."""
    along, across = excursion(s, i)
    with_heel = along * s[DIRECTION] + across * s[DIRECTION + 1]
    aside = across * s[DIRECTION] - along * s[DIRECTION + 1]
    if abs(aside) <= abs(with_heel):
        return False
    reach = s[REACH]
    aim(s, i)
    return s[REACH] > reach


@jit
def begin_raising(i):
    i[PHASE] = RAISING
    i[TOP_BIN] = i[BIN]
    i[TURN_BIN] = i[BIN]
    i[PAUSE_BIN] = -1


@jit
def wait(s, i):
    """At rest: keep the start of the next way up, and see it begin."""
    paused = is_paused(s, i)
    if i[AIM] == UNAIMED:
        if paused or I(i[BIN] - i[START_BIN]) > FORGET_BINS:
            i[START_BIN] = max(I(i[BIN] - PAUSE_BINS), i[STANDING_BIN])  # what moved since may be its begin
        s[REACH] = BEGINS_RAD
        aim(s, i)
        if s[REACH] > BEGINS_RAD:
            i[AIM] = TENTATIVE
            begin_raising(i)
            i[START_BIN] = lowest_bin(s, i, I(BEGIN_SEARCH_BINS))
        return
    angle = angle_at(s, i, i[BIN])
    if paused:
        i[START_BIN] = lowest_bin(s, i, I(PAUSE_BINS))
    elif angle < angle_at(s, i, i[START_BIN]) or I(i[BIN] - i[START_BIN]) > FORGET_BINS:
        i[START_BIN] = i[BIN]
    if angle - angle_at(s, i, i[START_BIN]) > BEGINS_RAD:
        begin_raising(i)


@jit
def rise(s, i):
    """On the way up or at the top."""
    aim(s, i)
    angle = angle_at(s, i, i[BIN])
    if angle > angle_at(s, i, i[TOP_BIN]):
        i[TOP_BIN] = i[BIN]
    if angle > angle_at(s, i, i[TURN_BIN]):
        i[TURN_BIN] = i[BIN]
    if I(i[BIN] - i[START_BIN]) > LONGEST_BINS:
        settle(s, i, i[BIN])
        return
    rose = angle_at(s, i, i[TOP_BIN]) - angle_at(s, i, i[START_BIN])
    paused = is_paused(s, i)
    if rose < LEAST_UP_RAD:
        if paused or angle - angle_at(s, i, i[START_BIN]) < GONE_RAD:
            settle(s, i, i[BIN])
        return
    if paused:
        i[PAUSE_BIN] = lowest_bin(s, i, I(PAUSE_BINS))
    elif i[PAUSE_BIN] >= 0 and angle - angle_at(s, i, i[PAUSE_BIN]) > LEAST_UP_RAD:
        i[START_BIN] = i[PAUSE_BIN]
        begin_raising(i)
        return
    if angle < angle_at(s, i, i[TURN_BIN]) - max(TURNED_RAD, TURNED_SHARE * rose):
        i[PHASE] = LOWERING
        i[BOTTOM_BIN] = i[BIN]
        i[PROGRESS_BIN] = i[BIN]
    elif abs(angle - angle_at(s, i, I(i[BIN] - TOP_BINS))) < TOP_SHARE * rose:
        i[PHASE] = TOP
    else:
        i[PHASE] = RAISING


@jit
def turn_direction_round(s, i, oldest_age):
    """What was taken for the heel's way up was its way down, so the bottom is the top.

    The way up began shortly before `oldest_age`, in bins; it may have been long at rest until then.
    """
    s[DIRECTION] = -s[DIRECTION]
    s[DIRECTION + 1] = -s[DIRECTION + 1]
    i[START_BIN] = lowest_bin(s, i, I(I(oldest_age) + BESIDE_BINS + PAUSE_BINS))
    i[TOP_BIN] = i[BOTTOM_BIN]
    i[TURN_BIN] = i[BIN]
    i[PAUSE_BIN] = -1
    i[PHASE] = RAISING


@jit
def rises_in(s, i, oldest_age, newest_age, fell):
    """Whether a movement that was quick lifted the pod, though the heel is said to have come down."""
    begin = max(I(i[BIN] - I(oldest_age) - BESIDE_BINS), i[TOP_BIN])
    end = min(I(i[BIN] - I(newest_age) + BESIDE_BINS), i[BOTTOM_BIN])
    if I(end - begin) > QUICK_BINS or I(i[BIN] - begin) >= LIFT_BINS:
        return False
    bins = F(I(end - begin))
    return climb_m(s, i, begin, end) > max(max(TOLD_M, TOLD_LEVER_M * fell), TOLD_M_A_BIN2 * bins * bins)


@jit
def judge(s, i, out, out_int, turned):
    """The heel is down: write the record, if this was a repetition. Returns the events."""
    start = angle_at(s, i, i[START_BIN])
    top = angle_at(s, i, i[TOP_BIN])
    bottom = angle_at(s, i, i[BOTTOM_BIN])
    high = first_above(s, i, top - MARGIN * (top - start), i[START_BIN])
    leaves = last_above(s, i, top - MARGIN * (top - bottom), i[BOTTOM_BIN])
    lands = first_below(s, i, bottom + MARGIN * (top - bottom), I(i[BIN] - I(leaves)))
    if rises_in(s, i, leaves, lands, top - bottom):
        turn_direction_round(s, i, leaves)
        return I(0)
    low = last_below(s, i, start + MARGIN * (top - start), i[TOP_BIN])
    down = STRETCH * (leaves - lands)
    top = height_between(s, i, high - STRETCH * (low - high), leaves + down, top)
    if not turned:
        bottom = height_between(s, i, F(I(i[BIN] - i[PROGRESS_BIN])), ZERO, bottom)
    rose = top - start
    fell = top - bottom
    low = last_below(s, i, start + MARGIN * rose, i[TOP_BIN])
    high = first_above(s, i, top - MARGIN * rose, I(i[BIN] - I(low)))
    leaves = last_above(s, i, top - MARGIN * fell, i[BOTTOM_BIN])
    lands = first_below(s, i, bottom + MARGIN * fell, I(i[BIN] - I(leaves)))
    up_stretch = STRETCH * (low - high)
    down_stretch = STRETCH * (leaves - lands)
    low += up_stretch
    high -= up_stretch
    leaves += down_stretch
    lands -= down_stretch
    high = max(high, leaves)
    duration = low - lands
    counts = (
        max(rose, fell) <= MOST_RAD
        and SHORTEST_BINS <= duration <= F(LONGEST_BINS)
        and high - leaves <= LONGEST_HOLD_BINS
        and min(low - high, leaves - lands) >= QUICKEST_BINS
        and min(start, bottom) <= HIGHEST_START_RAD
        and (i[START_BIN] != i[RESUMED_BIN] or rose >= (ONE - MARGIN) * fell)
        and tilted(s, i, low, lands)
        <= (ONE + STRAYS_SHARE) * (rose + fell) + SWAYS_RAD_A_BIN * (duration - SHORTEST_BINS)
    )
    if not counts:
        settle(s, i, i[BOTTOM_BIN])
        return I(0)
    out[OUT_AMPLITUDE_RAD] = max(rose, fell)
    out_int[OUT_START_AGE_US] = I(low * BIN_OF_US)
    out_int[OUT_TOP_AGE_US] = I(high * BIN_OF_US)
    out_int[OUT_LOWERING_AGE_US] = I(leaves * BIN_OF_US)
    out_int[OUT_END_AGE_US] = I(lands * BIN_OF_US)
    out_int[OUT_KIND] = 1
    if bottom < -DROP_SHARE * fell:
        out_int[OUT_KIND] = 2
    i[AIM] = CERTAIN
    settle(s, i, i[BOTTOM_BIN])
    return I(EVENT_REP)


@jit
def lower(s, i, out, out_int):
    """On the way down. Returns the events."""
    angle = angle_at(s, i, i[BIN])
    top = angle_at(s, i, i[TOP_BIN])
    rose = top - angle_at(s, i, i[START_BIN])
    if angle < angle_at(s, i, i[BOTTOM_BIN]):
        i[BOTTOM_BIN] = i[BIN]
    fell = top - angle_at(s, i, i[BOTTOM_BIN])
    if angle < angle_at(s, i, i[PROGRESS_BIN]) - PROGRESS_SHARE * max(rose, fell):
        i[PROGRESS_BIN] = i[BIN]
    if i[AIM] == TENTATIVE and goes_elsewhere(s, i):
        begin_raising(i)
        return I(0)
    back = angle - angle_at(s, i, i[BOTTOM_BIN])
    halted = I(i[BIN] - i[PROGRESS_BIN])
    done = min(I(I(F(I(i[BIN] - i[TURN_BIN])) * DONE_SHARE) + DONE_BINS), I(DONE_MOST_BINS))
    if I(i[BIN] - i[START_BIN]) > LONGEST_BINS:
        settle(s, i, i[BIN])
    elif angle > top:
        begin_raising(i)
    elif fell >= max(LEAST_RAD, BACK_SHARE * rose):
        turned = back > max(TURNED_RAD, TURNED_SHARE * fell)
        if turned or halted >= done:
            return judge(s, i, out, out_int, turned)
    elif back > BEGINS_RAD and fell >= BACK_SHARE * rose:
        settle(s, i, i[BOTTOM_BIN])  # up and down again, but too little: a new way up has begun
    elif back > BEGINS_RAD or (halted >= done and fell < HALTED_SHARE * rose):
        i[PHASE] = RAISING
        i[TURN_BIN] = i[BIN]
    elif halted > GIVEN_UP_BINS:
        settle(s, i, i[BOTTOM_BIN])
    return I(0)


@jit
def follow_cycle(s, i, out, out_int, stands):
    """One bin. Returns the events."""
    events = I(0)
    if i[PHASE] == AWAY:
        if stands and i[QUIET_BINS] >= STANDING_BINS:
            stand(s, i)
        return events
    if not stands:
        leave(s, i)
        return events
    if i[PHASE] == REST:
        wait(s, i)
    elif i[PHASE] == LOWERING:
        events = lower(s, i, out, out_int)
    else:
        rise(s, i)
    s[ANGLE] = angle_at(s, i, i[BIN]) - angle_at(s, i, i[START_BIN])
    return events
