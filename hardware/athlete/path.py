"""How far the heel is up, as a smooth function of time: moves and rests one after the other.

A move speeds up smoothly, goes on at one speed and slows down smoothly; a quick one only speeds up and
slows down, much as the minimum-jerk movements that people make (Flash & Hogan 1985, J. Neuroscience 5(7),
1688-1703).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EASED_S = 0.35
"""What a slow movement takes to reach its speed. Our choice."""


@dataclass(frozen=True, slots=True)
class Move:
    """Go to a value and be there after a time; a rest where the value is the one before."""

    duration_s: float
    value: float


class Path:
    """Moves in a row, from 0 on.

    Attributes:
        ends_s: when each move ends, shape (n,).
        values: what is reached there, shape (n,).
    """

    def __init__(self, moves: Sequence[Move]) -> None:
        self._durations_s = np.array([move.duration_s for move in moves])
        self.ends_s: Floats = np.cumsum(self._durations_s)
        self.values: Floats = np.array([move.value for move in moves])

    @property
    def duration_s(self) -> float:
        return float(self.ends_s[-1])

    def __call__(self, t_s: Floats) -> Floats:
        """Value, rate and second derivative, shape (3, n)."""
        move = np.minimum(np.searchsorted(self.ends_s, t_s, side="right"), len(self.ends_s) - 1)
        last_s = self._durations_s[move]
        since_s = np.clip(t_s - (self.ends_s[move] - last_s), 0.0, last_s)
        eased_s = np.minimum(EASED_S, last_s / 2.0)
        before = np.concatenate([[0.0], self.values[:-1]])[move]
        speed = (self.values[move] - before) / (last_s - eased_s)
        up, down = _eased(since_s / eased_s), _eased((last_s - since_s) / eased_s)
        way = speed * (eased_s * up[0] + np.clip(since_s - eased_s, 0.0, last_s - 2.0 * eased_s))
        way += speed * eased_s * (0.5 - down[0])
        rate = speed * np.minimum(up[1], down[1])
        second = speed / eased_s * np.where(since_s < last_s / 2.0, up[2], -down[2])
        return np.stack([before + way, rate, second])


def _eased(u: Floats) -> Floats:
    """Way, speed and its slope where the speed goes from 0 to 1 for u from 0 to 1, (3, n)."""
    u = np.clip(u, 0.0, 1.0)
    return np.stack(
        [u**4 * (2.5 - 3.0 * u + u**2), u**3 * (10.0 - 15.0 * u + 6.0 * u**2), 30.0 * (u * (1.0 - u)) ** 2]
    )


SWAY_SPACING_S = 0.3
"""Our choice: a balancing foot goes to and fro once or twice a second."""


class Wobble:
    """A smooth random deviation that is nothing at both ends, with a standard deviation of 1 between."""

    def __init__(
        self, duration_s: float, random: np.random.Generator, *, spacing_s: float = SWAY_SPACING_S
    ) -> None:
        from scipy.interpolate import make_interp_spline

        count = max(6, round(duration_s / spacing_s))
        values = random.standard_normal(count + 1)
        values[:2] = values[-2:] = 0.0
        still = [(1, 0.0), (2, 0.0)]
        self._curve = make_interp_spline(
            np.linspace(0.0, duration_s, count + 1), values, k=5, bc_type=(still, still)
        )

    def __call__(self, t_s: Floats) -> Floats:
        """Value, rate and second derivative, shape (3, n)."""
        return np.stack([self._curve(t_s, order) for order in range(3)])
