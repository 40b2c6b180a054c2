"""Where the shoe is while it stands: on its ball where the heel is up, on its heel where the toes are.

On the edge of a step the ball stays where it is, however low the heel.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hardware.foot import Footing
from hardware.gait import SOLE
from hardware.motion import REFERENCE_HEIGHT_M, Knots

Floats = NDArray[np.float64]

KNOTS_A_S = 50.0
"""Close enough for what people do with a foot. Our choice."""


def instants(duration_s: float, *, finer: float = 1.0) -> Floats:
    """At which a motion is laid down: from 0 to its end."""
    return np.linspace(0.0, duration_s, max(2, round(duration_s * KNOTS_A_S * finer) + 1))


def standing_knots(
    start: Footing, t_s: Floats, heel_rad: Floats, roll_rad: Floats, *, on_step: bool
) -> Knots:
    """The motion of a shoe that keeps standing.

    Args:
        start: the flat foot.
        t_s: shape (n,).
        heel_rad: how far the heel is up, negative with the toes up or the heel below the step; value, rate
            and second derivative, shape (3, n).
        roll_rad: about the length of the foot, the same.
        on_step: whether the heel is free.
    """
    ball = on_step | (heel_rad[0] >= 0.0)
    reach_m = np.where(ball, SOLE.ball_m, -SOLE.heel_m)
    cos, sin = np.cos(heel_rad[0]), np.sin(heel_rad[0])
    height_m = REFERENCE_HEIGHT_M
    ahead = reach_m - reach_m * cos + height_m * sin
    ahead_slope, ahead_bend = reach_m * sin + height_m * cos, reach_m * cos - height_m * sin
    up = reach_m * sin + height_m * cos - height_m
    up_slope, up_bend = reach_m * cos - height_m * sin, -reach_m * sin - height_m * cos
    left = -height_m * roll_rad
    forward, rise = (
        _chain(*curve, heel_rad) for curve in ((ahead, ahead_slope, ahead_bend), (up, up_slope, up_bend))
    )
    heading = start.heading_rad
    pose = np.zeros((3, len(t_s), 6))
    pose[:, :, 0] = np.cos(heading) * forward - np.sin(heading) * left
    pose[:, :, 1] = np.sin(heading) * forward + np.cos(heading) * left
    pose[:, :, 2] = rise
    pose[0, :, :3] += start.place_m
    pose[0, :, 3] = heading
    pose[:, :, 4] = roll_rad
    pose[:, :, 5] = -heel_rad
    return Knots(t_s, pose)


def _chain(value: Floats, slope: Floats, bend: Floats, inner: Floats) -> Floats:
    """Value, rate and second derivative of a function of `inner`, (3, n)."""
    return np.stack([value, slope * inner[1], bend * inner[1] ** 2 + slope * inner[2]])
