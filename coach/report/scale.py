"""Round numbers for the axes of a chart."""

from __future__ import annotations

import math

from coach.report.wording import clock

_TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_MOST_TIMES = 8
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def round_values(low: float, high: float, about: int = 4) -> list[float]:
    """Round values from `low` to `high`, about so many."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _ROUND if factor * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def decimals(values: list[float]) -> int:
    """How many decimals the values of an axis need."""
    if len(values) < 2:
        return 1
    step = values[1] - values[0]
    return next((count for count in range(4) if abs(step * 10**count - round(step * 10**count)) < 1e-6), 4)


def times(duration_s: float) -> list[tuple[float, str]]:
    """Round instants of a run, and what to write at each."""
    step_s = next((step for step in _TIME_STEPS_S if duration_s / step <= _MOST_TIMES), None)
    if step_s is None:
        step_s = 3600 * math.ceil(duration_s / 3600 / _MOST_TIMES)
    return [(float(t_s), clock(t_s)) for t_s in range(0, math.floor(duration_s) + 1, step_s)]
