"""Calf raises and heel drops as an athlete does them, and the truth of every repetition."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hardware.athlete.path import Move, Path, Wobble
from hardware.athlete.pivot import instants, standing_knots
from hardware.athlete.truth import Ways, true_reps
from hardware.foot import Footing
from hardware.motion import Knots

Floats = NDArray[np.float64]
ExerciseName = Literal["calf-raises", "heel-drops"]

RANGE_DEG: dict[ExerciseName, tuple[float, float]] = {"calf-raises": (48.0, 0.0), "heel-drops": (35.0, -25.0)}
"""Highest and lowest heel, against floor or step. Our choice, within what people reach on one leg."""

SHARES: dict[ExerciseName, tuple[float, float, float]] = {
    "calf-raises": (0.35, 0.10, 0.45),
    "heel-drops": (0.20, 0.10, 0.55),
}
"""Of the tempo: up, at the top, down; the rest is a pause below. A heel drop goes up on two feet, quickly.
Our choice."""
QUICKEST_UP_S = 0.4
SLOWEST_ON_TWO_FEET_S = 1.2

PITCH_SWAY_DEG, ROLL_SWAY_DEG = 0.15, 0.8
"""Standard deviation, of who balances on one leg. Our choice."""
STOP_SHARE, STOP_S = 0.4, 0.3
"""A hesitation: after this share of the way down, for so long."""
HALF_DEG, HALF_S = 5.0, 1.0
"""The heel's way up and down in a repetition that is none. Our choice: well below the 8° that count."""
BOUNCE_DEG, BOUNCE_S = 3.0, 0.4
LEVEL_S = 1.0


@dataclass(frozen=True)
class Exercise:
    """One set on one leg: a movement of a runner at rest.

    Attributes:
        name: which exercise; heel drops are done on the edge of a step.
        reps: how many.
        tempo_s: from one repetition to the next.
        amplitude: share of the full range.
        fatigue: share of the amplitude that is gone in the last repetition.
        variation: relative standard deviation of the tempo, and half of it of the amplitude.
        sway: of the balance, 1 for usual.
        hesitations: how many ways down, the last ones of the set, have a short stop.
        halves: how many repetitions that are none go before the others; not counted in `reps`.
        bounces: whether the heel bounces below, instead of pausing.
        from_below: whether a heel drop begins with the heel being lowered, before the first way up.
        seed: of everything drawn.
    """

    name: ExerciseName = "calf-raises"
    reps: int = 8
    tempo_s: float = 3.0
    amplitude: float = 1.0
    fatigue: float = 0.0
    variation: float = 0.04
    sway: float = 1.0
    hesitations: int = 0
    halves: int = 0
    bounces: bool = False
    from_below: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        """Raises ValueError for what no athlete does."""
        if not 1 <= self.reps <= 100:
            raise ValueError(f"reps={self.reps} cannot be: a set has 1 to 100 repetitions")
        if not 1.0 <= self.tempo_s <= 10.0:
            raise ValueError(f"a tempo of {self.tempo_s:g} s for one repetition is outside 1 to 10")
        if not 0.2 <= self.amplitude <= 1.2:
            raise ValueError(f"an amplitude of {self.amplitude:g} of the full range is outside 0.2 to 1.2")

    @property
    def duration_s(self) -> float:
        return self._planned[0].duration_s

    @property
    def truth(self) -> NDArray[np.void]:
        """Every repetition: REP, shape (reps,), times in s since the set began. Sway is left out."""
        return true_reps(*self._planned)

    @property
    def meant_lowering_s(self) -> Floats:
        """How long each way down lasts from its very first movement to its very last, shape (reps,)."""
        return np.array([down[1] - down[0] for _, down in self._planned[1]])

    def knots(self, start: Footing, t_start_s: float, mirror: float) -> Knots:
        """The motion of the set, for a foot at rest."""
        random = np.random.default_rng([self.seed, 1])
        path = self._planned[0]
        t_s = instants(path.duration_s)
        pitch, roll = (self.sway * Wobble(path.duration_s, random)(t_s) for _ in range(2))
        heel_rad = np.radians(path(t_s) + PITCH_SWAY_DEG * pitch)
        roll_rad = np.radians(ROLL_SWAY_DEG * mirror * roll)
        knots = standing_knots(start, t_s, heel_rad, roll_rad, on_step=self.name == "heel-drops")
        return Knots(t_start_s + t_s, knots.pose)

    @cached_property
    def _planned(self) -> tuple[Path, Ways]:
        """The heel's path in degrees, and when each repetition goes up and down."""
        random = np.random.default_rng(self.seed)
        spread = random.standard_normal((self.reps, 2)).clip(-2.0, 2.0) * self.variation
        moves, ways = [Move(0.5, 0.0)], []
        top_deg, bottom_deg = (self.amplitude * deg for deg in RANGE_DEG[self.name])
        if self.from_below:
            lowering_s = max(SHARES[self.name][2] * self.tempo_s, 1.0)
            moves += [Move(lowering_s, bottom_deg), Move(0.8, bottom_deg)]
        now_deg = moves[-1].value
        for _ in range(self.halves):
            moves += [Move(HALF_S, now_deg + HALF_DEG), Move(HALF_S, now_deg), Move(0.5, now_deg)]
        for number, (slower, farther) in enumerate(spread):
            factor = (1.0 + farther / 2.0) * (1.0 - self.fatigue * number / max(self.reps - 1, 1))
            tempo_s = self.tempo_s * (1.0 + slower)
            begin_s = _time_s(moves)
            moves += self._up(tempo_s, factor * top_deg)
            down = self._down(tempo_s, factor * top_deg, factor * bottom_deg, number)
            leaves_s = _time_s(moves)
            moves += down
            rest_s = (begin_s + tempo_s) - _time_s(moves)
            ways.append(((begin_s, leaves_s), (leaves_s, _time_s(moves))))
            moves += self._pause(rest_s, factor * bottom_deg)
        return Path([*moves, Move(LEVEL_S, 0.0), Move(0.5, 0.0)]), tuple(ways)

    def _up(self, tempo_s: float, top_deg: float) -> list[Move]:
        up_s = max(SHARES[self.name][0] * tempo_s, min(QUICKEST_UP_S, 0.4 * tempo_s))
        if self.name == "heel-drops":
            up_s = min(up_s, SLOWEST_ON_TWO_FEET_S)
        hold_s = SHARES[self.name][1] * tempo_s
        return [Move(up_s, top_deg), Move(hold_s, top_deg)]

    def _down(self, tempo_s: float, top_deg: float, bottom_deg: float, number: int) -> list[Move]:
        down_s = SHARES[self.name][2] * tempo_s
        if self.name == "heel-drops":
            down_s = min(down_s, 0.45 * tempo_s + 0.1 * max(tempo_s - 1.0, 0.0))
        if number < self.reps - self.hesitations:
            return [Move(down_s, bottom_deg)]
        stop_deg = top_deg + STOP_SHARE * (bottom_deg - top_deg)
        return [
            Move(STOP_SHARE * down_s, stop_deg),
            Move(STOP_S, stop_deg),
            Move((1.0 - STOP_SHARE) * down_s, bottom_deg),
        ]

    def _pause(self, rest_s: float, bottom_deg: float) -> list[Move]:
        if self.bounces:
            return [Move(BOUNCE_S / 2, bottom_deg + BOUNCE_DEG), Move(BOUNCE_S / 2, bottom_deg)] * 2
        return [Move(max(rest_s, 0.02), bottom_deg)]


def _time_s(moves: list[Move]) -> float:
    return sum(move.duration_s for move in moves)
