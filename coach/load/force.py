"""How hard the runner pushes against the ground, and the Achilles tendon with it: a model of two times.

Force is in body weights, so that no mass need be known. The model is that of Morin, Samozino, Zameziati and
Belli, "A simple method for measuring stiffness during running", J Appl Biomech 2005;21(2):167-180: the
vertical force of a stance is half a sine wave, and what it does not carry in flight it must carry on the
ground. Against force plates its peak was 0.7-6.9 % off; on slopes it does not hold (Meyer 2023).

A contact time that is 5 % short makes the peak some 5 % too high. So people are shown a runner's own change,
never the number itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity
from coach.run_facts import LEVEL_PERCENT

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CONTACT_TIMES_S = (0.08, 0.45)
"""From a sprint to the slowest run. Our choice."""
FLIGHT_TIMES_S = (0.0, 0.3)
"""Below none both feet are on the ground at once, and the model does not hold. Our choice."""
DOSE_EXPONENT = 3.0
"""How a step's share in the dose grows with its peak force. Tissue tires by the size of its loads much faster
than by their number (Edwards 2018, 10.1249/JES.0000000000000163; for the Achilles tendon Firminger 2020,
10.1249/mss.0000000000002287), so it is above 1; a plain sum would be the same at every cadence, for all steps
together must carry the body. That it is 3 is our choice: each per cent of error of the contact time becomes
so many per cent of the dose, and greater exponents would show more error than change."""
REFERENCE_FORCE_BW = 2.5
"""A step with this peak counts one in the dose. Our choice, about that of an easy run; it cancels in every
comparison."""
BASELINE_RUNS = 3
"""Of the runner's first runs with a value the middle one is their baseline. Our choice."""


def peak_force_bw(contact_time_s: NDArray[Any], flight_time_s: NDArray[Any]) -> Floats:
    """Peak vertical force of a stance in body weights, by Morin's model: (π/2) (flight / contact + 1).

    Args:
        contact_time_s, flight_time_s: shape (n,). NaN, or a time no running has, gives NaN.
    """
    contact = np.asarray(contact_time_s, np.float64)
    flight = np.asarray(flight_time_s, np.float64)
    plausible = _within(contact, CONTACT_TIMES_S) & _within(flight, FLIGHT_TIMES_S)
    ratio = np.divide(flight, contact, out=np.full(contact.shape, np.nan), where=plausible)
    force: Floats = np.pi / 2.0 * (ratio + 1.0)
    return force


def peak_forces_bw(strides: NDArray[np.void]) -> Floats:
    """Peak vertical force of each stride's stance in body weights; a model. NaN where it does not hold.

    It holds for good running strides on level ground: within LEVEL_PERCENT of the median grade of the run's
    running, as for `run_facts.easy_level`. Where no grade is known the ground is taken for level.

    Args:
        strides: STRIDE, shape (n,), of one run and one foot.
    """
    running = (strides["activity"] == Activity.RUNNING) & strides["good"]
    force = peak_force_bw(strides["contact_time_s"], strides["flight_time_s"])
    force[~(running & _is_level(strides["grade_percent"], running))] = np.nan
    return force


def achilles_index(force_bw: NDArray[Any]) -> Floats:
    """The load of one step on the Achilles tendon, a model: its peak force over REFERENCE_FORCE_BW to the
    power of DOSE_EXPONENT. NaN where the force is not known.

    It takes the tendon's force to rise and fall with the vertical one, and knows nothing of the ankle's
    angle or of where the foot lands.
    """
    index: Floats = (np.asarray(force_bw, np.float64) / REFERENCE_FORCE_BW) ** DOSE_EXPONENT
    return index


def change_percent(value: float, baseline: float) -> float:
    """The change from the runner's own baseline, in per cent; NaN where either is not known."""
    return 100.0 * (value / baseline - 1.0) if baseline > 0.0 else np.nan


def changes_from_baseline(values: Sequence[float]) -> list[float]:
    """Of each run the change in per cent from the runner's own baseline: the median of the first
    BASELINE_RUNS that are known. NaN where a value is not known, and everywhere until there is a baseline.

    Args:
        values: one a run, in the order of time, NaN where not known.
    """
    known = [value for value in values if np.isfinite(value)]
    if len(known) < BASELINE_RUNS:
        return [np.nan] * len(values)
    baseline = float(np.median(known[:BASELINE_RUNS]))
    return [change_percent(value, baseline) for value in values]


def _is_level(grade_percent: NDArray[Any], running: Bools) -> Bools:
    known = running & np.isfinite(grade_percent)
    if not known.any():
        return np.ones(len(grade_percent), np.bool_)
    level: Bools = ~(np.abs(grade_percent - np.median(grade_percent[known])) > LEVEL_PERCENT)
    return level


def _within(values: Floats, limits: tuple[float, float]) -> Bools:
    least, most = limits
    inside: Bools = (values >= least) & (values <= most)
    return inside
