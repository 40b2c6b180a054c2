"""Across runs: from the runner's own cadence in stages toward 180 steps a minute.

A stage asks for 5 % above the cadence that the runner brings to it. The next begins when the target has
been held for most of a week's running. Everything here is a pure function of the runs so far.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from coach.coach_settings import CoachSettings
from coach.run_facts import BAND_SPM, RunFacts

ROAD_END_SPM = 180.0
"""The end of the road: the classic mark."""
THERE_SPM = ROAD_END_SPM - BAND_SPM / 2.0
"""A runner's own cadence from here on is at the end of the road; it is left again below the whole band."""
STAGE_RISE = 1.05
"""+5 % lowered peak Achilles stress and strain (Lyght 2016, 10.1123/jab.2015-0183)."""
MOST_RISE = 1.10
"""Over the baseline of four weeks before. +10 % is the most that was studied (Heiderscheit 2011)."""
PACE_MOST = 0.10
"""Further from the stage's speed, as far as the coach cues, its baseline does not hold. Our choice."""
FOUR_WEEKS = timedelta(days=28)
WEEK = timedelta(days=7)

OWN_S = 60.0
"""Of easy level running before any cue, to know a runner's own cadence: some 80 strides. Our choice."""
HELD_SHARE = 0.7
"""Of a week's easy level running on target, to have held it. Our choice."""
HELD_LEAST_S = 1200.0
"""A week with less running than this shows nothing. Our choice."""
LEAST_STEP_SPM = 2.0
"""A stage that would ask for less than this more waits until it may ask for more. Our choice."""
FADED_RUNS = 8
"""After so many runs that held the target all feedback is faded. The studies that retrained cadence or impact
faded theirs over eight sessions (Willy 2016, 10.1111/sms.12413); how steeply is our choice."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of weeks with one target.

    Attributes:
        started: its first day.
        baseline_spm, baseline_speed_m_s: what the runner brought to it; the speed is NaN when not known.
        target_spm: what it asks for.
        why: in a few plain words.
    """

    started: date
    baseline_spm: float
    baseline_speed_m_s: float
    target_spm: float
    why: str


def next_stage(stages: Sequence[Stage], runs: Sequence[RunFacts], today: date) -> Stage | None:
    """The stage that begins today, if one does.

    Args:
        stages: so far, the oldest first.
        runs: so far, the oldest first.
        today: the day of the next run.
    """
    since = _after_the_last_break(runs, today)
    if not stages or (since and since[0].day > stages[-1].started and _broken_off(stages[-1], runs, today)):
        return _first(since, today)
    return _following(stages, runs, today)


def coach_settings(
    stages: Sequence[Stage], runs: Sequence[RunFacts], today: date, *, target_spm: float | None = None
) -> CoachSettings:
    """What the coach is told before a run.

    Args:
        stages, runs, today: as for `next_stage`, which was asked before.
        target_spm: what the runner asked for instead of the stage's target.
    """
    if not stages or _broken_off(stages[-1], runs, today):
        return CoachSettings(target_spm=target_spm)
    stage = stages[-1]
    speed = stage.baseline_speed_m_s
    return CoachSettings(
        baseline_spm=stage.baseline_spm,
        baseline_speed_m_s=None if math.isnan(speed) else speed,
        target_spm=stage.target_spm if target_spm is None else target_spm,
        fade=_fade([run for run in runs if run.day >= stage.started]),
    )


def _first(runs: Sequence[RunFacts], today: date) -> Stage | None:
    """From what the runner does by themselves, as soon as enough of it was seen."""
    own = _own(runs)
    if own is None:
        return None
    own_spm, speed = own
    return Stage(today, own_spm, speed, _target_spm(own_spm, own_spm), "your own cadence")


def _own(runs: Sequence[RunFacts]) -> tuple[float, float] | None:
    """Cadence and speed of what runners did by themselves, means by time; None while too little was seen."""
    own_s = sum(run.own_s for run in runs)
    if own_s < OWN_S:
        return None
    own_spm = sum(run.own_s * run.own_spm for run in runs if run.own_s) / own_s
    paced = [run for run in runs if math.isfinite(run.own_speed_m_s)]
    speed_s = sum(run.own_s for run in paced)
    speed = sum(run.own_s * run.own_speed_m_s for run in paced) / speed_s if speed_s else math.nan
    return own_spm, speed


def _following(stages: Sequence[Stage], runs: Sequence[RunFacts], today: date) -> Stage | None:
    stage = stages[-1]
    if today - stage.started < WEEK:
        return None
    week = [run for run in runs if run.day >= stage.started and today - run.day <= WEEK]
    level_s = sum(run.level_s for run in week)
    if level_s >= HELD_LEAST_S and _is_off_pace(stage, week):
        own = _own(week)
        if own is None:
            return None
        own_spm, speed = own
        return Stage(today, own_spm, speed, _target_spm(own_spm, own_spm), "your easy pace is another")
    if stage.target_spm >= ROAD_END_SPM:
        return _at_the_end(stages, week, today)
    if level_s < HELD_LEAST_S or sum(run.on_target_s for run in week) < HELD_SHARE * level_s:
        return None
    cadence_spm = sum(run.level_s * run.cadence_spm for run in week if run.level_s) / level_s
    # From here on a baseline must be the runner's own: whoever is there by themselves is left alone.
    baseline_spm = min(cadence_spm, stage.target_spm, ROAD_END_SPM - BAND_SPM)
    before = [earlier for earlier in stages if today - earlier.started >= FOUR_WEEKS] or stages[:1]
    target_spm = _target_spm(baseline_spm, before[-1].baseline_spm)
    if target_spm < min(stage.target_spm + LEAST_STEP_SPM, ROAD_END_SPM):
        return None
    speeds = [run.speed_m_s for run in week if math.isfinite(run.speed_m_s)]
    speed = sum(speeds) / len(speeds) if speeds else math.nan
    return Stage(today, baseline_spm, speed, target_spm, f"{stage.target_spm:.0f} held for a week")


def _is_off_pace(stage: Stage, week: Sequence[RunFacts]) -> bool:
    """Whether the runner's easy pace is no longer that of the stage, at which alone there are cues."""
    speeds = sorted(run.speed_m_s for run in week if math.isfinite(run.speed_m_s))
    if not speeds or math.isnan(stage.baseline_speed_m_s):
        return False
    usual = speeds[len(speeds) // 2]
    return abs(usual - stage.baseline_speed_m_s) > PACE_MOST * stage.baseline_speed_m_s


def _at_the_end(stages: Sequence[Stage], week: Sequence[RunFacts], today: date) -> Stage | None:
    """The end of the road is reached when the runner is there by themselves, and left when they are not."""
    own = _own(week)
    if own is None:
        return None
    own_spm, speed = own
    there = stages[-1].baseline_spm >= THERE_SPM
    if not there and own_spm >= THERE_SPM:
        return Stage(today, own_spm, speed, max(own_spm, ROAD_END_SPM), "your own cadence is there")
    if there and own_spm < ROAD_END_SPM - BAND_SPM:
        return Stage(today, own_spm, speed, _target_spm(own_spm, own_spm), "your own cadence fell back")
    return None


def _target_spm(baseline_spm: float, four_weeks_before_spm: float) -> float:
    """A runner whose own cadence is beyond the end of the road keeps it."""
    rise_spm = min(STAGE_RISE * baseline_spm, MOST_RISE * four_weeks_before_spm)
    return max(baseline_spm, min(ROAD_END_SPM, rise_spm))


def _after_the_last_break(runs: Sequence[RunFacts], today: date) -> Sequence[RunFacts]:
    """The runs since the last four weeks without one; none when that is now."""
    if runs and today - runs[-1].day > FOUR_WEEKS:
        return ()
    for index in range(len(runs) - 1, 0, -1):
        if runs[index].day - runs[index - 1].day > FOUR_WEEKS:
            return runs[index:]
    return runs


def _broken_off(stage: Stage, runs: Sequence[RunFacts], today: date) -> bool:
    """Whether four weeks without a run have ended a stage: its baseline is of another time."""
    days = [stage.started, *(run.day for run in runs if run.day >= stage.started), today]
    return any(later - earlier > FOUR_WEEKS for earlier, later in pairwise(days))


def _fade(runs: Sequence[RunFacts]) -> float:
    """Each run of the stage that held the target fades the feedback, one that did not brings it back."""
    faded = 0
    for run in runs:
        if run.level_s > 0.0:
            held = run.on_target_s >= HELD_SHARE * run.level_s
            faded = min(max(faded + (1 if held else -1), 0), FADED_RUNS)
    return faded / FADED_RUNS
