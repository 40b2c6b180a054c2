"""The detector's memory: settings, state and output, each word by name and unit.

Four flat blocks, so that the host, the pod's C and a web page share one layout: float32 settings,
float32 and int32 state, float32 and int32 output. A name is an index; a number in its comment says
how many consecutive words begin there. A bin is the detector's own time step of 5 ms (see `step.py`).
"""

from __future__ import annotations

# --- settings, float32 -------------------------------------------------------------------------
ACC_LIMIT_M_S2 = 0  # m/s²: an acceleration component at or beyond this is clipped; infinity for no limit
GYRO_LIMIT_RAD_S = 1  # rad/s: a rotation component at or beyond this is clipped; infinity for no limit
HAS_GYROSCOPE = 2  # 1 with a gyroscope, 0 with an accelerometer alone
SETTINGS_WORDS = 3

# --- state, float32 ----------------------------------------------------------------------------
LAST_SAMPLE = 0  # 6: m/s² and rad/s
BIN_MEAN = 6  # 6: mean over the bin under way, so far
QUATERNION = 12  # 4: sensor to world, w x y z, world z up
GYRO_BIAS = 16  # 3: rad/s, learned at standstill
TURN_BEFORE = 19  # 3: rotation over the bin before, rad
VELOCITY = 22  # 3: world, m/s, since the anchor
POSITION = 25  # 3: world, m, since the anchor
ACC_BIAS = 28  # 3: sensor, m/s², learned from the velocity left over at mid-stance
ROTATION_MOMENT = 31  # 6: leaky second moment of horizontal-axis rotation, xx xy xz yy yz zz, (rad/s)²
AXIS = 37  # 3: medio-lateral axis in sensor axes, unit, toe-down positive
UP_FLAT = 40  # 3: up in sensor axes with the foot flat
ACC_SLOW = 43  # 3: slow mean of acceleration, m/s²
RAW_PITCH_RATE = 46  # 2: of the last two bins, rad/s
RAW_ACC_UP = 48  # 2: acceleration along UP_FLAT of the last two bins, m/s²
PITCH_ANGLE = 50  # leaky integral of the pitch rate, rad
PITCH_ANGLE_MEAN = 51  # its slow mean, rad
SKEW = 52  # leaky mean of the cubed pitch angle, rad³
SKEW_SCALE = 53  # leaky mean of its magnitude, rad³
BRAKING = 54  # leaky mean of -pitch rate x rise of acceleration, rad m/s³
BRAKING_SCALE = 55  # leaky mean of its magnitude, rad m/s³
ACC_LEVEL = 56  # leaky mean of |acceleration|, m/s²
SWING_ANGLE = 57  # turned in the swing so far, rad, toe-up negative
SWING_PEAK = 58  # deepest pitch rate of the swing, rad/s
STEEPEST_DROP = 59  # of the pitch rate in the landing, rad/s a bin
CONTACT_TIME_MEAN = 60  # s, slow mean: says when mid-stance is due
WINDOW_VELOCITY = 61  # 3: sum over the mid-stance window of the unexplained velocity, m/s
WINDOW_POSITION = 64  # 3: sum over the window of the position, m
ANCHOR_FRACTION = 67  # bins past ANCHOR_BIN
CONTACT_FRACTION = 68  # bins past CONTACT_BIN
LAST_CONTACT_FRACTION = 69  # bins past LAST_CONTACT_BIN
TOE_OFF_FRACTION = 70  # bins past TOE_OFF_BIN
STRIKE_PITCH = 71  # rad the foot turns from contact to flat, heel-first positive
IMPACT = 72  # (m/s²)²: highest |a|² after contact
CLIMB_SUM = 73  # m, leaky sum over strides
LENGTH_SUM = 74  # m, leaky sum over strides
BIN_PEAK = 75  # (m/s²)²: highest |a|² of the bin under way
ENVELOPE = 76  # 2: accelerometer alone: two-stage smoothed |a|, m/s²
ENVELOPE_PEAK = 78  # accelerometer alone: highest envelope since the last contact, m/s²
ENVELOPE_USUAL = 79  # accelerometer alone: slow mean of the peaks, m/s²
PITCH_RING = 80  # 96: smoothed pitch rate, rad/s (|a| in m/s² with an accelerometer alone)
ACC_UP_RING = 176  # 96: smoothed acceleration along UP_FLAT, m/s²; of older bins how it stands out
PEAK_RING = 272  # 32: highest |a|² of each bin, (m/s²)²
ROTATION_SLOW = 304  # 3: slow mean of rotation, rad/s
STATE_FLOATS = 307

RING_BINS = 96  # in PITCH_RING and ACC_UP_RING
PEAK_BINS = 32  # in PEAK_RING

# --- state, int32 ------------------------------------------------------------------------------
BIN_LEFT_US = 0  # µs missing to a full bin
WAITING_US = 1  # µs since the last usable sample, over unusable ones
STARTED = 2  # 1 after the first usable sample
BIN = 3  # count of full bins; wraps after 124 days
AWAKE_BINS = 4  # bins since the start or the last gap
STILL_BINS = 5  # bins of unbroken stillness
PHASE = 6  # of the stride: a code of the detector's own
ANCHOR_BIN = 7  # mid-stance or standstill that began the stride
CONTACT_BIN = 8  # the newest contact
LAST_CONTACT_BIN = 9  # the contact before CONTACT_BIN
TOE_OFF_BIN = 10  # the newest toe-off
SWING_BIN = 11  # where the pitch rate turned negative
LANDING_BIN = 12  # where it turned positive again
DROP_BIN = 13  # where it dropped most steeply
WINDOW_BIN = 14  # first bin of the mid-stance window
WINDOW_COUNT = 15  # bins in it
HAS_ANCHOR = 16  # 1: position and velocity run from a mid-stance or standstill
HAS_CONTACT = 17  # 1: CONTACT_BIN is of this series of strides
HAS_LAST_CONTACT = 18  # 1: LAST_CONTACT_BIN too
LEVELLED = 19  # 1: the world's up is known
LEVELLING_STRIDES = 20  # strides that have levelled it
AXIS_KNOWN = 21  # 1: the medio-lateral axis has a direction
AXIS_BINS = 22  # bins since it has
AXIS_FROM_REST = 23  # 1: its sign comes from the first heel rise after standing
RING_AT = 24  # newest entry of PITCH_RING and ACC_UP_RING
PEAK_AT = 25  # newest entry of PEAK_RING
CURRENT_ACTIVITY = 26  # what is done now: UNKNOWN, STATIONARY, WALKING or RUNNING
LAST_ACTIVITY = 27  # of the last stride, for hysteresis
CLIPPED_ANY = 28  # 1: the accelerometer or gyroscope was at its limit since the last record
CLIPPED_SWING = 29  # 1: the gyroscope was, in the swing
SPOILT = 30  # 1: an unusable sample since the last record
TIP_BIN = 31  # accelerometer alone: bin of ENVELOPE_PEAK
SKEWED_BINS = 32  # bins without a break in which the skew spoke against the axis' sign
STATE_INTS = 33

# --- output, float32 ---------------------------------------------------------------------------
OUT_STRIDE_TIME_S = 0  # s, from the contact before; NaN for the first stride after standing
OUT_CONTACT_TIME_S = 1  # s: the stance before the swing, contact to toe-off; NaN where not known
OUT_STRIDE_LENGTH_M = 2  # m, horizontal, mid-stance to mid-stance; NaN where not known
OUT_SPEED_M_S = 3  # m/s: the length over the time between them; NaN where not known
OUT_CLIMB_M = 4  # m, vertical, mid-stance to mid-stance; NaN where not known
OUT_GRADE_PERCENT = 5  # %: climb over length of the last strides; NaN where not known
OUT_FLIGHT_TIME_S = 6  # s: half the stride time less the contact time; NaN in walking and where not known
OUT_STRIKE_ANGLE_DEG = 7  # degrees of foot pitch at contact, heel-first positive; NaN where not known
OUT_IMPACT_G = 8  # g: highest |acceleration| in the 50 ms after contact; a lower bound with OUT_CLIPPED
OUTPUT_FLOATS = 9

# --- output, int32 -----------------------------------------------------------------------------
OUT_TOE_OFF_AGE_US = 0  # µs from the toe-off that began the swing to the sample that closed the record
OUT_CONTACT_AGE_US = 1  # µs from the contact that ended the swing to that sample
OUT_MID_STANCE_AGE_US = 2  # µs from the mid-stance that ended the stride to that sample
OUT_ACTIVITY = 3  # of the stride: WALKING or RUNNING
OUT_CLIPPED = 4  # 1: the sensor was at its limit in this stride
OUT_GOOD = 5  # 0: a gap, a clipped swing or a value that cannot be touched this stride
OUTPUT_INTS = 6

# --- events: bits of what a step returns -------------------------------------------------------
EVENT_TOE_OFF = 1  # the foot has left the ground
EVENT_CONTACT = 2  # the foot has met the ground
EVENT_STRIDE = 4  # a record stands in the output
EVENT_GAP = 8  # more than 60 ms since the last usable sample: strides are sought anew
EVENT_UNUSABLE = 16  # a value of the sample is not a number or beyond belief: it is left out
EVENT_CLIPPED = 32  # a value of the sample is at the sensor's limit

# --- activities --------------------------------------------------------------------------------
UNKNOWN = 0  # of late neither a stride nor a standstill
STATIONARY = 1
WALKING = 2
RUNNING = 3
