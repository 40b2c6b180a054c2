"""The counter's memory: state and output, each word by name and unit.

As in `cadence.core.layout`: flat blocks, a name is an index, a number in its comment says how many
consecutive words begin there. A bin is the counter's own time step of 25 ms (see `step.py`).
"""

from __future__ import annotations

# --- state, float32 ----------------------------------------------------------------------------
LAST_SAMPLE = 0  # 6: m/s² and rad/s
BIN_MEAN = 6  # 6: mean over the bin under way, so far
UP = 12  # 3: up in sensor axes, unit
GYRO_BIAS = 15  # 3: rad/s, what gravity says of it
VELOCITY = 18  # 3: sensor axes, m/s, leaky: what was gathered over the last half second
UP_STANDING = 21  # 3: up in sensor axes when the foot last came to rest
ALONG = 24  # 3: unit, at right angles to UP_STANDING; one axis of the tilt
ACROSS = 27  # 3: the other
DIRECTION = 30  # 2: in tilt axes, unit: where the tilt goes when the heel goes up
REACH = 32  # rad: the farthest excursion that has shaped DIRECTION
FASTEST = 33  # rad/s: leaky peak of the rotation
YAW = 34  # rad, leaky: turned about the vertical over the last seconds
ANGLE = 35  # rad: the heel now, above where the repetition began
GRAVITY_FELT = 36  # m/s²: what the accelerometer makes of gravity
TILT = 37  # 2 x TILT_BINS: ring of tilt against standing, rad: all along, then all across
TILT_BINS = 512
LIFT = 1061  # LIFT_BINS: ring of upward acceleration, m/s², without gravity
LIFT_BINS = 128
SPEED_BEFORE = 1189  # (m/s)²: of the VELOCITY, one bin ago
STATE_FLOATS = 1190

# --- state, int32 ------------------------------------------------------------------------------
BIN_LEFT_US = 0  # µs missing to a full bin
WAITING_US = 1  # µs since the last usable sample, over unusable ones
STARTED = 2  # 1 after the first usable sample
BIN = 3  # count of full bins; wraps after 20 months
AWAKE_BINS = 4  # bins since the start or the last gap
QUIET_BINS = 5  # bins of unbroken quiet
STANDING_BIN = 6  # when UP_STANDING was taken
PHASE = 7  # below
AIM = 8  # what is known of DIRECTION: UNAIMED, TENTATIVE or CERTAIN
START_BIN = 9  # the lowest point before the way up
TOP_BIN = 10  # the highest point
TURN_BIN = 11  # the highest point since the heel last turned upward
BOTTOM_BIN = 12  # the lowest point since the top
PROGRESS_BIN = 13  # when the way down last made progress
PAUSE_BIN = 14  # a pause on the way up that may prove to be the start; -1 for none
SLIP_BINS = 15  # bins for which the pod has moved too fast for a foot that stands
RESUMED_BIN = 16  # the first bin after a gap in a set; -1 for none
STATE_INTS = 17

# --- phases, as in cadence.reps.counter.Phase --------------------------------------------------
AWAY = 0  # walking, running, in the hand: not standing
REST = 1
RAISING = 2
TOP = 3
LOWERING = 4

# --- what is known of the direction ------------------------------------------------------------
UNAIMED = 0
TENTATIVE = 1  # from the excursion under way
CERTAIN = 2  # from a repetition

# --- output ------------------------------------------------------------------------------------
OUT_AMPLITUDE_RAD = 0  # float32
OUTPUT_FLOATS = 1
OUT_START_AGE_US = 0  # int32: before the sample that closed the record
OUT_TOP_AGE_US = 1
OUT_LOWERING_AGE_US = 2
OUT_END_AGE_US = 3
OUT_KIND = 4  # cadence.rep.RepKind
OUTPUT_INTS = 5

# --- events: bits of what a step returns -------------------------------------------------------
EVENT_REP = 1  # a record stands in the output
EVENT_GAP = 2
EVENT_UNUSABLE = 4
