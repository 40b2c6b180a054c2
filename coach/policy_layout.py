"""The cue policy's memory: settings, state and output, each word by name and unit.

Flat blocks as in `cadence.core.layout`: float32 settings, float32 and int32 state, float32 and int32
output. A name is an index; a number in its comment says how many consecutive words begin there. An age is
how long ago something was, in µs of the pod's clock; it stops growing at AGE_LIMIT_US.
"""

from __future__ import annotations

# --- settings, float32 -------------------------------------------------------------------------
BASELINE_SPM = 0  # the runner's own cadence, steps of both feet a minute; 0 to learn it in the run
BASELINE_SPEED_M_S = 1  # m/s: the speed that goes with it; 0 to learn it in the run
TARGET_SPM = 2  # the cadence to come to; 0 for the baseline and 5 %, at most 180
FADE = 3  # from 0, full feedback, to 1, the rarest
SETTINGS_WORDS = 4

# --- state, float32 ----------------------------------------------------------------------------
OWN_SPM = 0  # the baseline in force; 0 while it is learned
OWN_SPEED_M_S = 1  # its speed; 0 while not known
GOAL_SPM = 2  # the target in force; 0 while the baseline is learned
CADENCE_SPM = 3  # smoothed; 0 at the start of a stretch
SPEED_M_S = 4  # smoothed; 0 while not known
SPEED_NOW_M_S = 5  # smoothed over two strides; 0 while not known
GRADE_NOW_PERCENT = 6  # smoothed over two strides
GRADE_LEVEL_PERCENT = 7  # what level ground reads in this stretch: the sensor's error; NaN while not known
STRIKE_DEG = 8  # smoothed strike angle; only with STRIKE_COUNT
STRIKE_OWN_DEG = 9  # sum over the learning window, then its mean
LEARN_TIME_S = 10  # stride times in the learning window
LEARN_WAY_M = 11  # distance in it
LEARN_WAY_TIME_S = 12  # stride times whose speed is known in it
TEMPO_SPM = 13  # of the burst under way, or the last
BEFORE_SPM = 14  # cadence when it began
RESPONSE = 15  # share of an asked rise that the runner goes along with; 0 while not known
GRADE_KEPT_PERCENT = 16  # what level ground read in the first stretch; only with LEVEL_KNOWN
STATE_FLOATS = 17

# --- state, int32 ------------------------------------------------------------------------------
STATUS = 0  # CueStatus: what it does now, or why it is silent
BURST_SIDE = 1  # +1 a burst up is under way, -1 a burst down, 0 none
OFF_SIDE = 2  # -1 below the target, +1 above it, 0 on it
LEARN_STRIDES = 3  # in the learning window
STRIKE_COUNT = 4  # strike angles in the learning window
LEARNED = 5  # 1: the learning window is full
TO_CONFIRM = 6  # 1: a burst has ended and the target is not confirmed yet
ROAD_TOLD = 7  # 1: the runner was told that their own cadence is there
FOREFOOT_TOLD = 8  # 1: a shift toward the forefoot was warned of
UNANSWERED = 9  # bursts in a row without an answer
LEVEL_KNOWN = 10  # 1: GRADE_KEPT_PERCENT is known
RUNNING_US = 11  # time of running so far, as an age
STRIDE_AGE_US = 12  # since the newest stride
STRETCH_AGE_US = 13  # since running began after a stop, a walk or a bad signal
OPEN_AGE_US = 14  # since all that forbids a cue ended
SIDE_AGE_US = 15  # since OFF_SIDE changed
NEAR_AGE_US = 16  # since the cadence came near the target
BURST_AGE_US = 17  # since the burst under way began
REST_AGE_US = 18  # since the last burst ended
WARNING_AGE_US = 19  # since the last warning of speed
FASTER_AGE_US = 20  # since the speed rose above the baseline speed
SHIFT_AGE_US = 21  # since the strike angle was shifted
HILL_AGE_US = 22  # since the ground was level last, in this stretch
BURST_AGES_US = 23  # 6: since the last bursts began, newest first
STATE_INTS = 29

BURSTS_KEPT = 6  # ages in BURST_AGES_US
AGE_LIMIT_US = 2_000_000_000
"""33 minutes: longer than anything the policy waits for, short of the end of int32."""

# --- output, float32 and int32 -----------------------------------------------------------------
CUE_TEMPO_SPM = 0  # of the metronome, steps of both feet a minute; NaN where the cue has none
CUE_FLOATS = 1
CUE_KIND = 0  # CueKind: what is asked
CUE_REASON = 1  # CueReason: why
CUE_AGE_US = 2  # µs from the cue to the end of the step, or to the stride's closing
CUE_INTS = 3
