"""What a run says about the runner's cadence: the facts on which stages are built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity
from coach.counted import counted
from coach.cue_files import BURSTS

LEVEL_PERCENT = 4.0
"""Ground within this of the run's median grade counts as level: a sensor's error makes level ground look like
a slope, the same for the whole run. Our choice."""
EASY_SHARE = 0.1
"""Within this share of the run's median speed, running is taken for easy running. Our choice."""
BAND_SPM = 3.0
"""On target within it: practice, not validated."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Of the easy level running of one run. A number that is not known is NaN.

    Attributes:
        day: of the run.
        level_s: how long it was.
        cadence_spm, speed_m_s: its means by time.
        own_s: how much of it came before the first burst.
        own_spm, own_speed_m_s: its means by time up to then: what the runner does by themselves.
        on_target_s: how much of it was within BAND_SPM of the target; 0 where there was none.
    """

    day: date
    level_s: float
    cadence_spm: float
    speed_m_s: float
    own_s: float
    own_spm: float
    own_speed_m_s: float
    on_target_s: float


def run_facts(
    day: date, strides: NDArray[np.void], cues: NDArray[np.void], target_spm: float | None
) -> RunFacts:
    """The facts of a run.

    Args:
        day: of the run.
        strides: STRIDE, shape (n,).
        cues: CUE, shape (m,).
        target_spm: in force during the run; None where there was none.
    """
    level = easy_level(counted(strides))
    times_s = level["stride_time_s"].astype(np.float64)
    bursts = cues[np.isin(cues["kind"], BURSTS)]
    first_s = float(bursts["t_s"][0]) if len(bursts) else np.inf
    own = level["t_mid_stance_s"] <= first_s
    cadence = level["cadence_spm"].astype(np.float64)
    on_target = np.zeros(len(level), bool) if target_spm is None else np.abs(cadence - target_spm) <= BAND_SPM
    return RunFacts(
        day=day,
        level_s=float(times_s.sum()),
        cadence_spm=_cadence_spm(times_s),
        speed_m_s=_mean(level["speed_m_s"], times_s),
        own_s=float(times_s[own].sum()),
        own_spm=_cadence_spm(times_s[own]),
        own_speed_m_s=_mean(level["speed_m_s"][own], times_s[own]),
        on_target_s=float(times_s[on_target].sum()),
    )


def easy_level(strides: NDArray[np.void]) -> NDArray[np.void]:
    """Of STRIDE records those that are running, good, on level ground as far as known, and at about the
    median speed as far as known."""
    running = (strides["activity"] == Activity.RUNNING) & strides["good"]
    running &= np.isfinite(strides["stride_time_s"])
    easy: NDArray[np.void] = strides[is_easy_level(running, strides["grade_percent"], strides["speed_m_s"])]
    return easy


def is_easy_level(
    running: NDArray[np.bool_], grade_percent: NDArray[Any], speed_m_s: NDArray[Any]
) -> NDArray[np.bool_]:
    """Which of some running is on level ground and at about the usual speed, as far as these are known.

    Args:
        running: shape (n,), which rows are good running.
        grade_percent, speed_m_s: shape (n,), NaN where not known.
    """
    easy = running.copy()
    for values, most in ((grade_percent, LEVEL_PERCENT), (speed_m_s, None)):
        if np.isfinite(values[easy]).any():
            usual = float(np.nanmedian(values[easy]))
            easy &= ~(np.abs(values - usual) > (EASY_SHARE * usual if most is None else most))
    return easy


def _cadence_spm(times_s: NDArray[np.float64]) -> float:
    """Mean by time: two steps a stride over the time that the strides took."""
    return 120.0 * len(times_s) / float(times_s.sum()) if len(times_s) else np.nan


def _mean(values: NDArray[np.float32], weights: NDArray[np.float64]) -> float:
    known = np.isfinite(values)
    return float(np.average(values[known], weights=weights[known])) if known.any() else np.nan
