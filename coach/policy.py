"""When to cue within a run, in the kernel subset: it runs on the host, in the pod and in a web page.

Strides go in by `stride`, the time between them by `advance`; a cue comes out when there is something to
say. The runner is left in peace unless they run on about level ground at about their baseline speed with
a signal that can be trusted. Then a cadence below the target for a while brings a burst of metronome,
followed by a rest whatever comes of it. Nothing here tells a runner how to land.
"""

from __future__ import annotations

import numpy as np

from cadence.core.kernel import ONE, ZERO, F, I, jit
from cadence.core.layout import (
    OUT_ACTIVITY,
    OUT_CLIMB_M,
    OUT_GOOD,
    OUT_SPEED_M_S,
    OUT_STRIDE_LENGTH_M,
    OUT_STRIDE_TIME_S,
    OUT_STRIKE_ANGLE_DEG,
    RUNNING,
)
from cadence.cue import CueKind, CueReason, CueStatus
from coach.policy_constants import (
    ABOVE_SPM,
    ALONE_SPM,
    ANSWER_LEAST,
    BACK_SPM,
    BAND_SPM,
    BELOW_FIRST_SPM,
    BELOW_SPM,
    BURST_US,
    CADENCE_SMOOTH_S,
    CONFIRM_SPM,
    CONFIRM_US,
    DWELL_FADED_S,
    DWELL_S,
    FASTER_AFTER_US,
    FASTER_CADENCE_SPM,
    FASTER_MOST,
    FASTER_US,
    GRADE_BACK_PERCENT,
    GRADE_CHANGE_PERCENT,
    GRADE_ERROR_PERCENT,
    GRADE_SHIFT_PERCENT,
    HILL_MOST_US,
    LEARN_S,
    LEAST_SPM,
    LEVEL_SETTLE_S,
    LEVEL_SMOOTH_S,
    LONGEST_STRIDE_S,
    MOST_M_S,
    MOST_SPM,
    MOST_STRIKE_DEG,
    NOW_SMOOTH_S,
    OPEN_US,
    PACE_BACK,
    PACE_MOST,
    RESPONSE_FIRST,
    RESPONSE_LEAST,
    RESPONSE_MOST,
    REST_FADED,
    REST_LATER_S,
    REST_MOST_S,
    REST_S,
    REST_UNANSWERED,
    RISE_MOST,
    ROAD_END_SPM,
    SETTLE_US,
    SHIFT_DEG,
    SHIFT_US,
    SPEED_SMOOTH_S,
    STAGE_RISE,
    STEADY_MOST,
    STOP_US,
    STRETCH_US,
    STRIKE_SMOOTH_S,
    TEMPO_LEAD_SPM,
    TEMPO_MOST,
    UNANSWERED_MOST,
    WARNING_REST_US,
    WINDOW_US,
)
from coach.policy_layout import (
    AGE_LIMIT_US,
    BASELINE_SPEED_M_S,
    BASELINE_SPM,
    BEFORE_SPM,
    BURST_AGE_US,
    BURST_AGES_US,
    BURST_SIDE,
    BURSTS_KEPT,
    CADENCE_SPM,
    CUE_AGE_US,
    CUE_KIND,
    CUE_REASON,
    CUE_TEMPO_SPM,
    FADE,
    FASTER_AGE_US,
    FOREFOOT_TOLD,
    GOAL_SPM,
    GRADE_KEPT_PERCENT,
    GRADE_LEVEL_PERCENT,
    GRADE_NOW_PERCENT,
    HILL_AGE_US,
    LEARN_STRIDES,
    LEARN_TIME_S,
    LEARN_WAY_M,
    LEARN_WAY_TIME_S,
    LEARNED,
    LEVEL_KNOWN,
    NEAR_AGE_US,
    OFF_SIDE,
    OPEN_AGE_US,
    OWN_SPEED_M_S,
    OWN_SPM,
    RESPONSE,
    REST_AGE_US,
    ROAD_TOLD,
    RUNNING_US,
    SHIFT_AGE_US,
    SIDE_AGE_US,
    SPEED_M_S,
    SPEED_NOW_M_S,
    STATE_FLOATS,
    STATE_INTS,
    STATUS,
    STRETCH_AGE_US,
    STRIDE_AGE_US,
    STRIKE_COUNT,
    STRIKE_DEG,
    STRIKE_OWN_DEG,
    TARGET_SPM,
    TEMPO_SPM,
    TO_CONFIRM,
    UNANSWERED,
    WARNING_AGE_US,
)

SECONDS_PER_MINUTE_TWICE = F(120.0)
US_PER_S = F(1e6)
PERCENT = F(100.0)
NOT_KNOWN = F(np.nan)

NONE = I(0)
UP = I(1)
DOWN = I(-1)
LIMIT_US = I(AGE_LIMIT_US)

_BURST_UP = I(CueKind.BURST_UP)
_BURST_DOWN = I(CueKind.BURST_DOWN)
_ON_TARGET = I(CueKind.ON_TARGET)
_WARNING = I(CueKind.WARNING)
_SILENCE = I(CueKind.SILENCE)

_BELOW_TARGET = I(CueReason.BELOW_TARGET)
_ABOVE_TARGET = I(CueReason.ABOVE_TARGET)
_REACHED = I(CueReason.REACHED)
_END_OF_ROAD = I(CueReason.END_OF_ROAD)
_FASTER = I(CueReason.FASTER)
_FOREFOOT = I(CueReason.FOREFOOT)
_OVER = I(CueReason.OVER)
_STOPPED = I(CueReason.STOPPED)
_WALKING = I(CueReason.WALKING)
_HILL = I(CueReason.HILL)
_OFF_PACE = I(CueReason.OFF_PACE)
_SIGNAL = I(CueReason.SIGNAL)

_IS_IDLE = I(CueStatus.IDLE)
_IS_LEARNING = I(CueStatus.LEARNING)
_IS_WATCHING = I(CueStatus.WATCHING)
_IS_BURST = I(CueStatus.BURST)
_IS_RESTING = I(CueStatus.RESTING)
_IS_ALONE = I(CueStatus.ALONE)
_IS_STOPPED = I(CueStatus.STOPPED)
_IS_WALKING = I(CueStatus.WALKING)
_IS_HILL = I(CueStatus.HILL)
_IS_OFF_PACE = I(CueStatus.OFF_PACE)
_IS_SIGNAL = I(CueStatus.SIGNAL)


@jit
def init(floats, ints):
    """Set up the state before a run."""
    for word in range(STATE_FLOATS):
        floats[word] = ZERO
    for word in range(STATE_INTS):
        ints[word] = NONE
    _begin_stretch(floats, ints)
    ints[REST_AGE_US] = LIMIT_US
    ints[WARNING_AGE_US] = LIMIT_US
    for word in range(BURSTS_KEPT):
        ints[BURST_AGES_US + word] = LIMIT_US


@jit
def advance(floats, ints, cue, cue_ints, step_us):
    """Time has passed without a stride.

    Args:
        floats, ints: the state.
        cue, cue_ints: get the cue.
        step_us: int32, from 0 to AGE_LIMIT_US.

    Returns 1 when there is a cue: the metronome ends, by itself or because the strides do.
    """
    said = NONE
    if ints[BURST_SIDE] != NONE:
        over_us = ints[BURST_AGE_US] + (step_us - BURST_US)
        stopped_us = ints[STRIDE_AGE_US] + (step_us - STOP_US)
        if over_us >= NONE and over_us >= stopped_us:
            said = _silence(floats, ints, cue, cue_ints, _OVER, over_us, step_us)
        elif stopped_us >= NONE:
            said = _silence(floats, ints, cue, cue_ints, _STOPPED, stopped_us, step_us)
    for word in range(STRIDE_AGE_US, STATE_INTS):
        ints[word] = _older(ints[word], step_us)
    if ints[STRIDE_AGE_US] >= STOP_US:
        if ints[STATUS] != _IS_IDLE:
            ints[STATUS] = _IS_STOPPED
        _begin_stretch(floats, ints)
    return said


@jit
def stride(settings, floats, ints, out, out_ints, cue, cue_ints):
    """A stride record has closed now.

    Args:
        settings: of the policy.
        floats, ints: the state.
        out, out_ints: the record, as the detector puts it out.
        cue, cue_ints: get the cue.

    Returns 1 when there is a cue.
    """
    ints[STRIDE_AGE_US] = NONE
    closed = _closed(settings, floats, ints, out, out_ints)
    if closed != NONE:
        ints[OPEN_AGE_US] = NONE
        ints[SIDE_AGE_US] = NONE
        ints[OFF_SIDE] = NONE
        ints[TO_CONFIRM] = NONE
        ints[FASTER_AGE_US] = NONE
        ints[SHIFT_AGE_US] = NONE
        if ints[BURST_SIDE] != NONE:
            return _silence(floats, ints, cue, cue_ints, closed, NONE, NONE)
        return NONE
    if ints[RUNNING_US] < SETTLE_US or ints[STRETCH_AGE_US] < STRETCH_US or ints[OPEN_AGE_US] < OPEN_US:
        ints[STATUS] = _IS_WATCHING if floats[GOAL_SPM] > ZERO else _IS_LEARNING
        return NONE
    _learn(settings, floats, ints, out)
    if floats[GOAL_SPM] <= ZERO:
        ints[STATUS] = _IS_LEARNING
        return NONE
    return _judge(settings, floats, ints, cue, cue_ints)


@jit
def _older(age_us, step_us):
    return LIMIT_US if age_us > LIMIT_US - step_us else age_us + step_us


@jit
def _toward(old, new, weight):
    return old + min(weight, ONE) * (new - old)


@jit
def _begin_stretch(floats, ints):
    """Running begins anew with the next stride: what was smoothed is of the past."""
    floats[CADENCE_SPM] = ZERO
    floats[SPEED_M_S] = ZERO
    floats[SPEED_NOW_M_S] = ZERO
    floats[GRADE_NOW_PERCENT] = ZERO
    floats[GRADE_LEVEL_PERCENT] = NOT_KNOWN
    ints[STRETCH_AGE_US] = NONE
    ints[OPEN_AGE_US] = NONE
    ints[HILL_AGE_US] = NONE
    ints[OFF_SIDE] = NONE
    ints[SIDE_AGE_US] = NONE
    ints[TO_CONFIRM] = NONE


@jit
def _closed(settings, floats, ints, out, out_ints):
    """Take a stride in. Returns why no cue may be given now, a CueReason, or 0."""
    stride_time_s = out[OUT_STRIDE_TIME_S]
    if out_ints[OUT_GOOD] == 0:
        return _shut(floats, ints, _IS_SIGNAL, _SIGNAL)
    if out_ints[OUT_ACTIVITY] != RUNNING:
        return _shut(floats, ints, _IS_WALKING, _WALKING)
    if not (stride_time_s > ZERO and stride_time_s <= LONGEST_STRIDE_S):
        return _shut(floats, ints, _IS_STOPPED, _STOPPED)
    cadence_spm = SECONDS_PER_MINUTE_TWICE / stride_time_s
    if cadence_spm < LEAST_SPM or cadence_spm > MOST_SPM or out[OUT_SPEED_M_S] > MOST_M_S:
        return _shut(floats, ints, _IS_SIGNAL, _SIGNAL)

    ints[RUNNING_US] = _older(ints[RUNNING_US], I(stride_time_s * US_PER_S))
    if floats[CADENCE_SPM] <= ZERO:
        floats[CADENCE_SPM] = cadence_spm
    floats[CADENCE_SPM] = _toward(floats[CADENCE_SPM], cadence_spm, stride_time_s / CADENCE_SMOOTH_S)
    if _is_hill(floats, ints, out, stride_time_s):
        ints[STATUS] = _IS_HILL
        return _HILL
    if _is_off_pace(settings, floats, ints, out, stride_time_s):
        ints[STATUS] = _IS_OFF_PACE
        return _OFF_PACE
    return NONE


@jit
def _shut(floats, ints, status, reason):
    ints[STATUS] = status
    _begin_stretch(floats, ints)
    return reason


@jit
def _is_hill(floats, ints, out, stride_time_s):
    length_m = out[OUT_STRIDE_LENGTH_M]
    climb_m = out[OUT_CLIMB_M]
    if not abs(climb_m) < length_m:
        return False
    grade = PERCENT * (climb_m / length_m)
    first = ints[STRETCH_AGE_US] < STRETCH_US
    if floats[GRADE_LEVEL_PERCENT] != floats[GRADE_LEVEL_PERCENT]:  # NaN: new to this stretch
        floats[GRADE_NOW_PERCENT] = grade
        floats[GRADE_LEVEL_PERCENT] = grade
    now = _toward(floats[GRADE_NOW_PERCENT], grade, stride_time_s / NOW_SMOOTH_S)
    floats[GRADE_NOW_PERCENT] = now
    bound = GRADE_BACK_PERCENT if ints[STATUS] == _IS_HILL else GRADE_CHANGE_PERCENT
    hill = abs(now - floats[GRADE_LEVEL_PERCENT]) > bound
    if first and ints[LEVEL_KNOWN] == NONE:
        hill = False  # nothing is known yet to tell a hill by, and nothing is said
    if hill and ints[HILL_AGE_US] >= HILL_MOST_US:
        hill = False
        floats[GRADE_LEVEL_PERCENT] = now
        floats[GRADE_KEPT_PERCENT] = now
    if not hill:
        ints[HILL_AGE_US] = NONE
    if first:
        level = _toward(floats[GRADE_LEVEL_PERCENT], grade, stride_time_s / LEVEL_SETTLE_S)
        floats[GRADE_LEVEL_PERCENT] = _as_level(floats, ints, level)
    elif not hill:
        level = _toward(floats[GRADE_LEVEL_PERCENT], grade, stride_time_s / LEVEL_SMOOTH_S)
        floats[GRADE_LEVEL_PERCENT] = _as_level(floats, ints, level)
        if ints[LEVEL_KNOWN] == NONE:
            floats[GRADE_KEPT_PERCENT] = floats[GRADE_LEVEL_PERCENT]
            ints[LEVEL_KNOWN] = I(1)
    return hill


@jit
def _as_level(floats, ints, grade):
    """As near to a grade as what level ground reads can be."""
    if ints[LEVEL_KNOWN] == NONE:
        return min(max(grade, -GRADE_ERROR_PERCENT), GRADE_ERROR_PERCENT)
    kept = floats[GRADE_KEPT_PERCENT]
    return min(max(grade, kept - GRADE_SHIFT_PERCENT), kept + GRADE_SHIFT_PERCENT)


@jit
def _is_off_pace(settings, floats, ints, out, stride_time_s):
    speed = out[OUT_SPEED_M_S]
    if not speed > ZERO:
        return False
    if floats[SPEED_M_S] <= ZERO:
        floats[SPEED_M_S] = speed
        floats[SPEED_NOW_M_S] = speed
    floats[SPEED_M_S] = _toward(floats[SPEED_M_S], speed, stride_time_s / SPEED_SMOOTH_S)
    floats[SPEED_NOW_M_S] = _toward(floats[SPEED_NOW_M_S], speed, stride_time_s / NOW_SMOOTH_S)
    own = floats[OWN_SPEED_M_S]
    if own <= ZERO:
        own = settings[BASELINE_SPEED_M_S]
    bound = PACE_BACK if ints[STATUS] == _IS_OFF_PACE else PACE_MOST
    return own > ZERO and abs(floats[SPEED_NOW_M_S] - own) > bound * own


@jit
def _learn(settings, floats, ints, out):
    """The runner's own cadence, speed and strike, from the first minute of level running."""
    stride_time_s = out[OUT_STRIDE_TIME_S]
    strike_deg = out[OUT_STRIKE_ANGLE_DEG]
    strike_known = abs(strike_deg) <= MOST_STRIKE_DEG
    if ints[LEARNED] != NONE:
        if ints[STRIKE_COUNT] > NONE and strike_known:
            floats[STRIKE_DEG] = _toward(floats[STRIKE_DEG], strike_deg, stride_time_s / STRIKE_SMOOTH_S)
        return
    floats[LEARN_TIME_S] += stride_time_s
    ints[LEARN_STRIDES] += I(1)
    speed = out[OUT_SPEED_M_S]
    if speed > ZERO:
        floats[LEARN_WAY_M] += speed * stride_time_s
        floats[LEARN_WAY_TIME_S] += stride_time_s
    if strike_known:
        floats[STRIKE_OWN_DEG] += strike_deg
        ints[STRIKE_COUNT] += I(1)
    if settings[BASELINE_SPM] > ZERO and (settings[BASELINE_SPEED_M_S] > ZERO or not speed > ZERO):
        _take_baseline(settings, floats, settings[BASELINE_SPM])
        floats[OWN_SPEED_M_S] = settings[BASELINE_SPEED_M_S]
    if floats[LEARN_TIME_S] < LEARN_S:
        return
    ints[LEARNED] = I(1)
    if ints[STRIKE_COUNT] > NONE:
        floats[STRIKE_OWN_DEG] = floats[STRIKE_OWN_DEG] / F(ints[STRIKE_COUNT])
        floats[STRIKE_DEG] = floats[STRIKE_OWN_DEG]
    own = settings[BASELINE_SPM]
    if own <= ZERO:
        own = SECONDS_PER_MINUTE_TWICE * F(ints[LEARN_STRIDES]) / floats[LEARN_TIME_S]
    _take_baseline(settings, floats, own)
    if settings[BASELINE_SPEED_M_S] > ZERO:
        floats[OWN_SPEED_M_S] = settings[BASELINE_SPEED_M_S]
    elif floats[LEARN_WAY_TIME_S] > ZERO:
        floats[OWN_SPEED_M_S] = floats[LEARN_WAY_M] / floats[LEARN_WAY_TIME_S]


@jit
def _take_baseline(settings, floats, own_spm):
    floats[OWN_SPM] = own_spm
    goal = settings[TARGET_SPM]
    if goal <= ZERO:
        goal = max(own_spm, min(ROAD_END_SPM, own_spm * STAGE_RISE))
    floats[GOAL_SPM] = goal


@jit
def _judge(settings, floats, ints, cue, cue_ints):
    """What to say to a runner who may be cued."""
    goal = floats[GOAL_SPM]
    if floats[OWN_SPM] >= goal - ALONE_SPM:
        ints[STATUS] = _IS_ALONE
        if ints[ROAD_TOLD] != NONE:
            return NONE
        ints[ROAD_TOLD] = I(1)
        return _say(cue, cue_ints, _ON_TARGET, _END_OF_ROAD, NOT_KNOWN)

    _take_side(floats, ints, floats[CADENCE_SPM] - goal)
    resting = ints[REST_AGE_US] < _rest_us(settings, ints)
    bursting = ints[BURST_SIDE] != NONE
    ints[STATUS] = _IS_BURST if bursting else _IS_RESTING if resting else _IS_WATCHING
    if _is_shifted(floats, ints):
        ints[FOREFOOT_TOLD] = I(1)
        return _say(cue, cue_ints, _WARNING, _FOREFOOT, NOT_KNOWN)
    if _is_faster(floats, ints):
        ints[WARNING_AGE_US] = NONE
        return _say(cue, cue_ints, _WARNING, _FASTER, NOT_KNOWN)
    if bursting:
        return NONE
    if ints[TO_CONFIRM] != NONE and ints[NEAR_AGE_US] >= CONFIRM_US:
        ints[TO_CONFIRM] = NONE
        return _say(cue, cue_ints, _ON_TARGET, _REACHED, NOT_KNOWN)
    dwell_s = DWELL_S + settings[FADE] * DWELL_FADED_S
    off_long = ints[OFF_SIDE] != NONE and ints[SIDE_AGE_US] >= I(dwell_s * US_PER_S)
    few = ints[BURST_AGES_US + BURSTS_KEPT - 1] >= WINDOW_US
    if off_long and few and not resting and _is_steady(floats):
        return _burst(floats, ints, cue, cue_ints)
    return NONE


@jit
def _take_side(floats, ints, above_spm):
    side = ints[OFF_SIDE]
    below_spm = BELOW_FIRST_SPM if ints[BURST_AGES_US + 1] >= WINDOW_US else BELOW_SPM
    if above_spm < -below_spm or (side == DOWN and above_spm < -BACK_SPM):
        side = DOWN
    elif above_spm > ABOVE_SPM or (side == UP and above_spm > BAND_SPM):
        side = UP
    else:
        side = NONE
    if side != ints[OFF_SIDE]:
        ints[OFF_SIDE] = side
        ints[SIDE_AGE_US] = NONE
    if abs(above_spm) > CONFIRM_SPM:
        ints[NEAR_AGE_US] = NONE


@jit
def _is_steady(floats):
    slow = floats[SPEED_M_S]
    return abs(floats[SPEED_NOW_M_S] - slow) <= STEADY_MOST * slow


@jit
def _rest_us(settings, ints):
    rest_s = REST_S if ints[BURST_AGES_US + 1] >= WINDOW_US else REST_LATER_S
    rest_s *= ONE + settings[FADE] * REST_FADED
    rest_s *= ONE + REST_UNANSWERED * F(I(max(ints[UNANSWERED] - I(1), NONE)))
    return I(min(rest_s, REST_MOST_S) * US_PER_S)


@jit
def _is_shifted(floats, ints):
    """Whether the strike has been nearer the forefoot for a while, which is told once in a run."""
    if ints[LEARNED] == NONE or ints[STRIKE_COUNT] == NONE or ints[FOREFOOT_TOLD] != NONE:
        return False
    if floats[STRIKE_OWN_DEG] - floats[STRIKE_DEG] < SHIFT_DEG:
        ints[SHIFT_AGE_US] = NONE
    return ints[SHIFT_AGE_US] >= SHIFT_US


@jit
def _is_faster(floats, ints):
    """Whether the runner answers a burst by running faster, instead of with shorter steps."""
    own = floats[OWN_SPEED_M_S]
    speed_up = own > ZERO and min(floats[SPEED_M_S], floats[SPEED_NOW_M_S]) > FASTER_MOST * own
    cadence_up = floats[CADENCE_SPM] > floats[OWN_SPM] + FASTER_CADENCE_SPM
    asked = ints[BURST_SIDE] == UP or ints[REST_AGE_US] < FASTER_AFTER_US
    if not (speed_up and cadence_up and asked):
        ints[FASTER_AGE_US] = NONE
    return ints[FASTER_AGE_US] >= FASTER_US and ints[WARNING_AGE_US] >= WARNING_REST_US


@jit
def _burst(floats, ints, cue, cue_ints):
    cadence = floats[CADENCE_SPM]
    goal = floats[GOAL_SPM]
    for word in range(BURSTS_KEPT - 1):
        at = BURST_AGES_US + BURSTS_KEPT - 1 - word
        ints[at] = ints[at - 1]
    ints[BURST_AGES_US] = NONE
    ints[BURST_AGE_US] = NONE
    ints[TO_CONFIRM] = NONE
    ints[STATUS] = _IS_BURST
    floats[BEFORE_SPM] = cadence
    above = ints[OFF_SIDE] == UP
    ints[OFF_SIDE] = NONE  # the next burst needs its own reason
    ints[SIDE_AGE_US] = NONE
    if above:
        ints[BURST_SIDE] = DOWN
        floats[TEMPO_SPM] = goal
        return _say(cue, cue_ints, _BURST_DOWN, _ABOVE_TARGET, goal)
    ints[BURST_SIDE] = UP
    own = floats[OWN_SPM]
    if floats[RESPONSE] > ZERO:
        tempo = own + (goal + TEMPO_LEAD_SPM - own) / floats[RESPONSE]
    else:
        tempo = own + (goal - own) / RESPONSE_FIRST
    most = min(goal * TEMPO_MOST, max(goal, own * RISE_MOST))
    floats[TEMPO_SPM] = min(max(tempo, goal), most)
    return _say(cue, cue_ints, _BURST_UP, _BELOW_TARGET, floats[TEMPO_SPM])


@jit
def _silence(floats, ints, cue, cue_ints, reason, ago_us, step_us):
    """End the burst under way, `ago_us` before the end of the step that is being taken."""
    if reason == _OVER:
        _take_answer(floats, ints)
        ints[TO_CONFIRM] = I(1)
        ints[STATUS] = _IS_RESTING
    ints[BURST_SIDE] = NONE
    ints[REST_AGE_US] = ago_us - step_us  # the step is added to all ages after this
    ints[NEAR_AGE_US] = ago_us - step_us
    _say(cue, cue_ints, _SILENCE, reason, NOT_KNOWN)
    cue_ints[CUE_AGE_US] = ago_us
    return I(1)


@jit
def _take_answer(floats, ints):
    """How much of what was asked the runner gave, for the tempo and the rest of the next burst."""
    asked = floats[TEMPO_SPM] - floats[BEFORE_SPM]
    if abs(asked) < BAND_SPM:
        return
    answer = (floats[CADENCE_SPM] - floats[BEFORE_SPM]) / asked
    if answer < ANSWER_LEAST:
        ints[UNANSWERED] = min(ints[UNANSWERED] + I(1), UNANSWERED_MOST)
        return
    ints[UNANSWERED] = NONE
    if ints[BURST_SIDE] == UP:
        own = floats[OWN_SPM]
        response = (floats[CADENCE_SPM] - own) / (floats[TEMPO_SPM] - own)
        floats[RESPONSE] = min(max(response, RESPONSE_LEAST), RESPONSE_MOST)


@jit
def _say(cue, cue_ints, kind, reason, tempo_spm):
    cue[CUE_TEMPO_SPM] = tempo_spm
    cue_ints[CUE_KIND] = kind
    cue_ints[CUE_REASON] = reason
    cue_ints[CUE_AGE_US] = NONE
    return I(1)
