"""What the cue policy goes by, as numbers of the kernel subset.

What is known of cueing gives no validated dead band, burst or rest: where no source is named a constant is
our choice.
"""

from __future__ import annotations

from cadence.core.kernel import F, I

ROAD_END_SPM = F(180.0)
"""The end of the road: the classic mark."""
STAGE_RISE = F(1.05)
"""A target over its baseline: +5 % lowered peak Achilles stress and strain (Lyght 2016,
10.1123/jab.2015-0183)."""
RESPONSE_FIRST = F(0.94)
"""Of an asked rise, how much runners gave: the mean of 8.6 / 7.5 (Willy 2016, 10.1111/sms.12413) and 7.3 / 10
(Musgjerd 2021, 10.26603/001c.25166)."""
RESPONSE_LEAST = F(0.6)
RESPONSE_MOST = F(1.3)
TEMPO_LEAD_SPM = F(2.0)
"""Once a runner's response is known a burst aims this far beyond the target, but within the band, since the
cadence falls back in the silence after it."""
TEMPO_MOST = F(1.04)
"""Of the target: a runner who follows only in part is asked for more, but for no more than this."""
RISE_MOST = F(1.10)
"""Of the runner's own cadence, unless the target itself is higher: the most that was studied (Heiderscheit
2011)."""

BAND_SPM = F(3.0)
"""On target within it: practice, not validated."""
BELOW_SPM = F(2.5)
"""Below the target by more than this the runner is on the way out of the band."""
BELOW_FIRST_SPM = F(1.5)
"""The same for the first two bursts: they teach, the second with what the runner gave of the first."""
ALONE_SPM = F(1.5)
"""A runner whose own cadence is this near the target, or beyond it, is left alone."""
BACK_SPM = F(1.0)
"""Once below, on target again only when this near."""
ABOVE_SPM = F(6.0)
"""A cadence this far above the target is slowed; less than that is no harm."""
CONFIRM_SPM = F(2.5)
"""Reached, when within it for CONFIRM_US after a burst."""
CONFIRM_US = I(5_000_000)

BURST_US = I(30_000_000)
"""A burst of metronome: about 30 s is practice."""
DWELL_S = F(10.0)
"""Off target for this long, before a burst."""
DWELL_FADED_S = F(108.0)
"""And longer by this when all feedback is faded."""
REST_S = F(90.0)
"""Between the end of a first burst and the second, which corrects the first by what the runner gave."""
REST_LATER_S = F(270.0)
"""Between later ones, which remind: with the burst itself five minutes, so that six last half an hour."""
REST_FADED = F(3.0)
"""The rest grows by this share when all feedback is faded."""
REST_MOST_S = F(1800.0)
ANSWER_LEAST = F(0.25)
"""A burst of whose rise less was given was not answered. From the second in a row on, each makes the rest
longer by REST_UNANSWERED, up to the fourth: a runner who does not follow is not nagged."""
REST_UNANSWERED = F(0.5)
UNANSWERED_MOST = I(4)
WINDOW_US = I(1_800_000_000)
"""In half an hour no more than six bursts, whatever happens."""

SETTLE_US = I(30_000_000)
"""Of running, before anything is learned or said: the first steps are nobody's cadence."""
LEARN_S = F(60.0)
"""Of level running, to learn a runner's own cadence, speed and strike."""
STRETCH_US = I(12_000_000)
"""Of running after a stop, a walk or a bad signal, before a cue: what level ground reads is learned in it."""
OPEN_US = I(6_000_000)
"""Without anything that forbids a cue, before one."""
STOP_US = I(2_500_000)
"""Without a stride the runner has stopped, or the signal has. Ready-made cadence comes every second, and
one of it may be lost."""
LONGEST_STRIDE_S = F(2.0)

CADENCE_SMOOTH_S = F(5.0)
SPEED_SMOOTH_S = F(6.0)
NOW_SMOOTH_S = F(1.2)
LEVEL_SMOOTH_S = F(20.0)
LEVEL_SETTLE_S = F(4.0)
"""Time constants of smoothing. Level ground is learned faster at the start of a stretch."""

GRADE_CHANGE_PERCENT = F(1.3)
"""A grade this far from what level ground reads is a hill. A zero-g offset of 40 mg (LSM6DS3TR-C data sheet)
looks like a slope of 4 %, the same for a whole run; from stride to stride a level grade varies by 0.2-1 %."""
GRADE_BACK_PERCENT = F(0.9)
GRADE_ERROR_PERCENT = F(15.0)
"""Level ground never reads more than this, not even where the pod was switched on in mid-run and its tilt
is found from the strides alone."""
HILL_MOST_US = I(300_000_000)
"""A hill that does not end for so long is taken for what level ground reads: the run began on a slope, or the
pod has slipped. Real climbs of that length are mostly off the pace as well."""
GRADE_SHIFT_PERCENT = F(2.5)
"""In a run the reading of level ground is never taken to change by more than this: a slope that begins
unnoticeably is noticed then."""
PACE_MOST = F(0.10)
"""Further from the baseline speed, its baseline cadence does not hold."""
PACE_BACK = F(0.08)
STEADY_MOST = F(0.04)
"""While the speed changes by more within a few strides nothing new is said."""

FASTER_MOST = F(1.05)
"""A speed above this share of the baseline speed, with the cadence up, is not progress."""
FASTER_CADENCE_SPM = F(2.0)
FASTER_US = I(8_000_000)
FASTER_AFTER_US = I(60_000_000)
"""Only during a burst and this long after: at other times a faster runner just runs faster."""
WARNING_REST_US = I(300_000_000)
SHIFT_DEG = F(6.0)
"""A strike angle lower than the runner's own by this is a shift toward the forefoot: about two thirds of what
lies between the heel and forefoot classes of Altman & Davis 2012 (10.1016/j.gaitpost.2011.09.104)."""
SHIFT_US = I(20_000_000)
STRIKE_SMOOTH_S = F(15.0)

LEAST_SPM = F(120.0)
MOST_SPM = F(240.0)
"""A running cadence outside these is a slip of the detector."""
MOST_M_S = F(12.5)
MOST_STRIKE_DEG = F(90.0)
"""Nobody runs faster and no foot lands steeper: such a speed is a slip, such an angle is not known."""
