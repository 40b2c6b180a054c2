"""Strides scored against truth that is given from mid-stance to mid-stance, as by motion capture.

A truth stride is found when a record's swing middle lies inside it; further records inside are extra.
Cadence is compared over unbroken series of at least three steady truth strides that were all found with a
stride time: sum of times against sum of times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_IN_SERIES = 3
SAME_INSTANT_S = 1e-3
LONG_TRIAL_M = 15.0


@dataclass(frozen=True, slots=True)
class StrideScore:
    """Percentages are of the truth strides unless the name says otherwise; NaN when there was nothing."""

    truth_strides: int
    found_percent: float
    extra_percent: float
    length_given_percent_of_found: float
    length_median_abs_percent: float
    length_bias_percent: float
    distance_percent: float
    worst_trial_percent: float
    cadence_mae_spm: float


@dataclass(frozen=True, slots=True)
class _Trial:
    truth_strides: int
    found: int
    extra: int
    lengths_m: NDArray[np.float64]  # (n, 2): found, true
    series: list[NDArray[np.float64]]  # each (n, 2): stride times found, true


def score_by_stride(trials: Iterable[tuple[NDArray[np.void], NDArray[np.void]]]) -> StrideScore:
    """Score pairs of records (STRIDE) and truth (`t_start_s`, `t_end_s`, `stride_time_s`,
    `stride_length_m`, `steady`), one pair a recording."""
    scored = [_score_trial(strides, truth) for strides, truth in trials]
    total, found = sum(trial.truth_strides for trial in scored), sum(trial.found for trial in scored)
    lengths = np.concatenate([np.empty((0, 2)), *(trial.lengths_m for trial in scored)])
    error = lengths[:, 0] / lengths[:, 1] - 1.0
    sums = np.array([trial.lengths_m.sum(axis=0) for trial in scored]).reshape(-1, 2)
    long = sums[sums[:, 1] > LONG_TRIAL_M]
    series = [times for trial in scored for times in trial.series]
    cadences = np.array([120.0 * len(times) / times.sum(axis=0) for times in series]).reshape(-1, 2)
    weights = [len(times) for times in series]
    return StrideScore(
        truth_strides=total,
        found_percent=_percent(found, total),
        extra_percent=_percent(sum(trial.extra for trial in scored), total),
        length_given_percent_of_found=_percent(len(lengths), found),
        length_median_abs_percent=100.0 * float(np.median(np.abs(error))) if len(error) else np.nan,
        length_bias_percent=100.0 * float(np.median(error)) if len(error) else np.nan,
        distance_percent=_percent(*sums.sum(axis=0)) - 100.0,
        worst_trial_percent=float(np.abs(100.0 * long[:, 0] / long[:, 1] - 100.0).max())
        if len(long)
        else np.nan,
        cadence_mae_spm=float(np.average(np.abs(cadences[:, 0] - cadences[:, 1]), weights=weights))
        if series
        else np.nan,
    )


def _score_trial(strides: NDArray[np.void], truth: NDArray[np.void]) -> _Trial:
    middle = (strides["t_toe_off_s"] + strides["t_contact_s"]) / 2.0
    inside = (middle > truth["t_start_s"][:, None]) & (middle < truth["t_end_s"][:, None])
    away = np.abs(middle - (truth["t_start_s"] + truth["t_end_s"])[:, None] / 2.0)
    found = inside.any(axis=1)
    time, length = (np.full(len(truth), np.nan) for _ in range(2))
    if found.any():
        best = np.where(inside, away, np.inf).argmin(axis=1)[found]
        time[found] = strides["stride_time_s"][best]
        length[found] = strides["stride_length_m"][best]

    usable = (truth["steady"] != 0) & np.isfinite(time)
    follows = np.append(False, np.abs(truth["t_start_s"][1:] - truth["t_end_s"][:-1]) < SAME_INSTANT_S)
    times = np.column_stack([time, truth["stride_time_s"]])
    breaks = np.flatnonzero(~(follows & usable & np.roll(usable, 1)))
    runs = [run[np.isfinite(run[:, 0])] for run in np.split(np.where(usable[:, None], times, np.nan), breaks)]
    told = np.isfinite(length)
    return _Trial(
        truth_strides=len(truth),
        found=int(found.sum()),
        extra=int(inside.sum() - found.sum()),
        lengths_m=np.column_stack([length, truth["stride_length_m"]])[told],
        series=[run for run in runs if len(run) >= FEWEST_IN_SERIES],
    )


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole else np.nan
