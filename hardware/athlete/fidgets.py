"""What a foot does that is no repetition: by who stands, cheats, rests, ties a lace or takes the shoe off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hardware.athlete.path import Move, Path, Wobble
from hardware.athlete.pivot import instants, standing_knots
from hardware.foot import Footing
from hardware.motion import CHANNELS, Knots

Floats = NDArray[np.float64]
FidgetName = Literal[
    "knee-bends", "weight-shifts", "toe-taps", "bounces", "other-leg", "kneels", "laces", "shoe-off"
]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a fidget goes, our choice all of it: amplitudes in degrees and cm, there and back.

    Attributes:
        times: how often.
        go_s, stay_s, rest_s: there (and back), being there, and between.
        heel_deg, roll_deg, heading_deg: how the foot turns; the heel up is positive.
        place_cm: forward, left, up: how it is carried.
        shake_deg, shake_cm: standard deviation of the random motion that goes with it.
        shake_s: how long that takes from one point to the next.
    """

    times: int
    go_s: float
    stay_s: float
    rest_s: float
    heel_deg: float = 0.0
    roll_deg: float = 0.0
    heading_deg: float = 0.0
    place_cm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shake_deg: float = 0.0
    shake_cm: float = 0.0
    shake_s: float = 0.3


MANNERS: dict[FidgetName, Manner] = {
    "knee-bends": Manner(4, 0.9, 0.2, 0.6, heel_deg=3.0, roll_deg=2.0, shake_deg=0.4),
    "weight-shifts": Manner(4, 0.5, 1.5, 1.0, heel_deg=1.5, roll_deg=5.0, shake_deg=0.3),
    "toe-taps": Manner(10, 0.16, 0.02, 0.06, heel_deg=-15.0),
    "bounces": Manner(8, 0.2, 0.02, 0.05, heel_deg=4.0, shake_deg=0.3),
    # the pod hangs from the leg that is held up, while the other one works
    "other-leg": Manner(
        1, 0.8, 20.0, 1.0, heel_deg=35.0, place_cm=(-15.0, 0.0, 20.0), shake_deg=1.2, shake_cm=1.0,
        shake_s=0.6,
    ),
    "kneels": Manner(1, 1.2, 9.0, 1.0, heel_deg=80.0, roll_deg=6.0, place_cm=(3.0, 0.0, 9.0), shake_deg=1.5),
    "laces": Manner(1, 0.5, 12.0, 0.5, heel_deg=2.0, shake_deg=1.8, shake_s=0.12),
    "shoe-off": Manner(
        1, 1.0, 14.0, 0.6, heel_deg=40.0, heading_deg=70.0, place_cm=(20.0, 15.0, 60.0), shake_deg=28.0,
        shake_cm=7.0, shake_s=0.45,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fidget:
    """A movement of a runner at rest that is no repetition.

    Attributes:
        name: which.
        seed: of everything drawn.
    """

    name: FidgetName
    seed: int = 1

    @property
    def duration_s(self) -> float:
        return self._path.duration_s

    def knots(self, start: Footing, t_start_s: float, mirror: float) -> Knots:
        """The motion, for a foot at rest."""
        manner = MANNERS[self.name]
        random = np.random.default_rng([self.seed, 2])
        t_s = instants(self.duration_s, finer=0.3 / manner.shake_s)
        there = self._path(t_s)
        shakes = [self._shake(t_s, manner, random) for _ in range(CHANNELS)]
        if manner.place_cm == (0.0, 0.0, 0.0):
            heel, roll = (
                np.radians(deg * there + manner.shake_deg * shake)
                for deg, shake in zip((manner.heel_deg, manner.roll_deg * mirror), shakes, strict=False)
            )
            pose = standing_knots(start, t_s, heel, roll, on_step=False).pose
        else:
            pose = self._carried(start, manner, mirror, there, shakes)
        return Knots(t_start_s + t_s, pose)

    def _carried(
        self, start: Footing, manner: Manner, mirror: float, there: Floats, shakes: list[Floats]
    ) -> Floats:
        turns_deg = (manner.heading_deg * mirror, manner.roll_deg * mirror, -manner.heel_deg)
        ahead, left, up = (
            0.01 * (cm * there + manner.shake_cm * shake)
            for cm, shake in zip(manner.place_cm, shakes[:3], strict=True)
        )
        cos, sin = np.cos(start.heading_rad), np.sin(start.heading_rad)
        pose = np.stack(
            [cos * ahead - sin * left, sin * ahead + cos * left, up]
            + [
                np.radians(deg * there + manner.shake_deg * shake)
                for deg, shake in zip(turns_deg, shakes[3:], strict=True)
            ],
            axis=2,
        )
        pose[0, :, :3] += start.place_m
        pose[0, :, 3] += start.heading_rad
        return pose

    def _shake(self, t_s: Floats, manner: Manner, random: np.random.Generator) -> Floats:
        return Wobble(self.duration_s, random, spacing_s=manner.shake_s)(t_s)

    @cached_property
    def _path(self) -> Path:
        """From 0, on the ground, to 1 and back, over and over."""
        manner = MANNERS[self.name]
        once = [
            Move(manner.go_s, 1.0),
            Move(manner.stay_s, 1.0),
            Move(manner.go_s, 0.0),
            Move(manner.rest_s, 0.0),
        ]
        return Path([Move(0.3, 0.0), *once * manner.times])
