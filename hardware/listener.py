"""How a runner's cadence answers to a metronome in the ears.

A model of a person: pure, advanced stride by stride, without chance (the steps vary by the runner's
`Body`). What people give of what they are asked for is known for groups: +8.6 % of +7.5 % in eight sessions
(Willy 2016, 10.1111/sms.12413), +7.3 % of +10 % outdoors (Musgjerd 2021, 10.26603/001c.25166). So a
compliance from 0.7 to 1.15 is what people show. How fast they come to a tempo and how fast they leave it
again is not known that well, and our choice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cadence.stride import Activity
from hardware.gait import CADENCES_SPM, MOST_SPEED_M_S, Pace

COMPLIANCES = (7.3 / 10.0, 8.6 / 7.5)
"""What groups of people gave of the rise that they were asked for: Musgjerd 2021, Willy 2016."""

APPROACH_STEPS = 10.0
APPROACH_SHARE = 0.9
"""So many steps close such a share of what will be closed of the gap. Our choice of "some ten steps"."""

DRIFT_S = 480.0
"""Time constant of the way back in silence. Our choice of "minutes"."""

CADENCE_FATIGUE_PER_H = 0.01
"""The share of a runner's own cadence that goes in an hour at the same speed. Our choice."""

RESPONSE_FATIGUE_PER_H = 0.10
"""The share of the compliance that goes in an hour. Our choice."""

MOST_SHIFT = 0.15
"""Nobody follows further than this from their own cadence. Our choice: beyond the 10 % that were studied."""

SPEED_COUPLING = 0.1
"""The share of a relative change of cadence that goes into the speed; the rest makes other steps of the same
speed. Our choice: even the largest shift then changes the speed by 1.5 %."""

HABIT_SHARE = 0.1
"""The share of the gap between a runner's own cadence and what they held in a run that is their own in the
next. Our choice: with three to four runs a week most of a change is habit after six weeks, so that a
compliant runner comes from 164 to 180 spm in 8 to 12 weeks."""

_LEFT_BY_A_STEP = (1.0 - APPROACH_SHARE) ** (1.0 / APPROACH_STEPS)


@dataclass(frozen=True, slots=True)
class Temper:
    """How someone answers to a metronome.

    Attributes:
        compliance: the share of the gap between own cadence and heard tempo that is closed; 0 for who does
            not listen, above 1 for who overdoes it.
        drift_s: time constant of the way back to the own cadence in silence.
        cadence_fatigue_per_h, response_fatigue_per_h: the share of own cadence and compliance that goes in
            an hour.
    """

    compliance: float
    drift_s: float = DRIFT_S
    cadence_fatigue_per_h: float = CADENCE_FATIGUE_PER_H
    response_fatigue_per_h: float = RESPONSE_FATIGUE_PER_H

    def __post_init__(self) -> None:
        """Raises ValueError for what is nobody's temper."""
        if not 0.0 <= self.compliance <= 2.0:
            raise ValueError(f"a compliance of {self.compliance:g} is outside 0 to 2")
        if not self.drift_s > 0.0:
            raise ValueError(f"a drift of {self.drift_s:g} s cannot be: its time constant is above 0")
        if not (0.0 <= self.cadence_fatigue_per_h < 0.5 and 0.0 <= self.response_fatigue_per_h < 5.0):
            raise ValueError("fatigue takes less than half of the cadence in an hour and gives nothing")


class Listener:
    """A runner's ears and legs.

    The own cadence is that of the pace planned, less fatigue. The answer is a shift relative to it, so that
    it carries over to a hill or a sprint with a cadence of its own.
    """

    def __init__(self, temper: Temper) -> None:
        self.temper = temper
        self._tempo_spm: float | None = None
        self._shift = 0.0
        self._t_s: float | None = None

    @property
    def tempo_spm(self) -> float | None:
        """The metronome that is heard; None in silence."""
        return self._tempo_spm

    def hear(self, tempo_spm: float | None) -> None:
        """From now on a metronome of so many steps a minute is heard, or none.

        Raises ValueError unless the tempo is a number above 0.
        """
        if tempo_spm is not None and not (math.isfinite(tempo_spm) and tempo_spm > 0.0):
            raise ValueError(f"a metronome of {tempo_spm} spm cannot be: its tempo is a number above 0")
        self._tempo_spm = tempo_spm

    def pace(self, pace: Pace, t_s: float) -> Pace:
        """What becomes of the pace planned for the stride that begins now: another cadence at about the
        same speed. Walking stays as it is planned, and is silence as far as the answer goes.

        Args:
            pace: as planned, with the runner's own cadence when fresh.
            t_s: since the run began; not before that of the last stride.
        """
        since_s = 0.0 if self._t_s is None else t_s - self._t_s
        self._t_s = t_s
        running = pace.activity is Activity.RUNNING
        if self._tempo_spm is None or not running:
            self._shift *= math.exp(-since_s / self.temper.drift_s)
        if not running:
            return pace
        hours = t_s / 3600.0
        own_spm = pace.cadence_spm * math.exp(-self.temper.cadence_fatigue_per_h * hours)
        if self._tempo_spm is not None:
            response = self.temper.compliance * math.exp(-self.temper.response_fatigue_per_h * hours)
            goal = response * (self._tempo_spm / own_spm - 1.0)
            goal = min(max(goal, -MOST_SHIFT), MOST_SHIFT)
            self._shift = goal + (self._shift - goal) * _LEFT_BY_A_STEP**2  # a stride is two steps
        least_spm, most_spm = CADENCES_SPM
        return replace(
            pace,
            cadence_spm=min(max(own_spm * (1.0 + self._shift), least_spm), most_spm),
            speed_m_s=min(pace.speed_m_s * (1.0 + SPEED_COUPLING * self._shift), MOST_SPEED_M_S),
        )


def next_own_spm(own_spm: float, held_spm: float) -> float:
    """The runner's own cadence in the next run: some of what was held has become habit.

    Args:
        own_spm: in this run, fresh and in silence.
        held_spm: the mean over the level running of this run.
    """
    return own_spm + HABIT_SHARE * (held_spm - own_spm)
