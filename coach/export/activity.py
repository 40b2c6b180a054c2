"""A run as sports watches tell one: second by second, with pauses and a lap each kilometre."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from coach.kept_run import KeptRun
from coach.track import Bools, Floats, Track, track_of

LAP_M = 1000.0
PAUSE_S = 5.0
"""Standing for so long stops the timer: a watch with auto pause takes some seconds too. Our choice."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Readings at whole seconds of the run while the timer ran. NaN where a number is not known.

    Attributes:
        t_s: shape (n,), whole.
        cadence_spm, speed_m_s, stride_length_m, contact_time_s: of the stride under way; cadence and speed
            are 0 where the runner stood.
        distance_m: since the start; NaN throughout when no length is known.
    """

    t_s: Floats
    cadence_spm: Floats
    speed_m_s: Floats
    stride_length_m: Floats
    contact_time_s: Floats
    distance_m: Floats


@dataclass(frozen=True, slots=True)
class Lap:
    """A part of the run, or all of it. NaN where a number is not known.

    Attributes:
        start_s, end_s: when.
        timer_s: of it, the timer ran.
        distance_m: gone.
        strides: of one foot.
        cadence_spm, contact_time_s, step_length_m: means over the good strides.
        max_cadence_spm, max_speed_m_s: over the good strides.
    """

    start_s: float
    end_s: float
    timer_s: float
    distance_m: float
    strides: int
    cadence_spm: float
    contact_time_s: float
    step_length_m: float
    max_cadence_spm: float
    max_speed_m_s: float

    @property
    def speed_m_s(self) -> float:
        """Mean while the timer ran."""
        return self.distance_m / self.timer_s if self.timer_s > 0.0 else math.nan


@dataclass(frozen=True, slots=True)
class Activity:
    """A run for a watch's file.

    Attributes:
        seconds: readings.
        pauses_s: whole seconds at which the timer stopped and went on, shape (m, 2); the last may last to the
            end of the run.
        laps: one after the other.
        whole: the laps together.
        ran: whether there is running in it, and not walking alone.
    """

    seconds: Seconds
    pauses_s: Floats
    laps: tuple[Lap, ...]
    whole: Lap
    ran: bool


def activity_of(run: KeptRun) -> Activity:
    """A run with its pauses, seconds and laps."""
    track = track_of(run)
    end_s = max(run.duration_s, float(track.end_s[-1]) if len(track.end_s) else 0.0)
    pauses = _pauses_s(track, end_s)
    edges = [0.0, *_kilometres_s(track, end_s), end_s]
    laps = tuple(_lap(track, pauses, start, end) for start, end in pairwise(edges))
    return Activity(
        seconds=_seconds(track, pauses, end_s),
        pauses_s=pauses,
        laps=laps,
        whole=_lap(track, pauses, 0.0, end_s),
        ran=bool(track.running.any()) or not len(track.start_s),
    )


def _pauses_s(track: Track, end_s: float) -> Floats:
    """The timer stops with the first whole second in a rest and goes on with the last."""
    long = track.still_s[np.diff(track.still_s, axis=1)[:, 0] >= PAUSE_S]
    pauses = np.stack([np.floor(long[:, 0]) + 1.0, np.floor(long[:, 1])], axis=1)
    pauses[long[:, 1] >= end_s, 1] = end_s
    return pauses


def _gone(track: Track, values: Floats, t_s: Floats) -> Floats:
    """The sum of `values` of the rows up to each instant, a row under way in its share."""
    known = np.where(np.isfinite(values), values, 0.0)
    total = np.cumsum(known)
    knots = np.stack([track.start_s, track.end_s], axis=1).ravel()
    sums = np.stack([total - known, total], axis=1).ravel()
    gone: Floats = np.interp(t_s, knots, sums, left=0.0) if len(knots) else np.zeros(len(t_s))
    return gone


def _kilometres_s(track: Track, end_s: float) -> list[float]:
    """When each whole kilometre was full."""
    lengths = np.where(np.isfinite(track.distance_m), track.distance_m, 0.0)
    total = np.cumsum(lengths)
    if not len(total):
        return []
    marks = np.arange(LAP_M, total[-1], LAP_M)
    row = np.searchsorted(total, marks)
    share = (marks - (total[row] - lengths[row])) / lengths[row]
    at_s = track.start_s[row] + share * track.lasted_s[row]
    return [t_s for t_s in at_s.tolist() if t_s < end_s]


def _seconds(track: Track, pauses: Floats, end_s: float) -> Seconds:
    t_s = np.arange(0.0, math.floor(end_s) + 1.0)
    for stop, resume in pauses:
        t_s = t_s[(t_s <= stop) | (t_s >= resume)]
    row = np.searchsorted(track.end_s, t_s, side="right")
    inside = row < len(track.end_s)
    row = np.where(inside, row, 0)
    if len(track.end_s):
        inside &= (track.start_s[row] <= t_s) & track.good[row]
    stood = np.zeros(len(t_s), np.bool_)
    for begin, end in track.still_s:
        stood |= (t_s >= begin) & (t_s <= end)

    def at(values: Floats, standing: float) -> Floats:
        told = np.full(len(t_s), np.nan)
        told[inside] = values[row[inside]]
        told[stood & ~inside] = standing
        return told

    known = np.isfinite(track.distance_m).any()
    return Seconds(
        t_s=t_s,
        cadence_spm=at(track.cadence_spm, 0.0),
        speed_m_s=at(track.speed_m_s, 0.0),
        stride_length_m=at(track.stride_length_m, math.nan),
        contact_time_s=at(track.contact_time_s, math.nan),
        distance_m=_gone(track, track.distance_m, t_s) if known else np.full(len(t_s), np.nan),
    )


def _lap(track: Track, pauses: Floats, start_s: float, end_s: float) -> Lap:
    edges = np.array([start_s, end_s])
    rested_s = np.clip(np.minimum(pauses[:, 1], end_s) - np.maximum(pauses[:, 0], start_s), 0.0, None)
    strides_before, strides_after = np.round(_gone(track, track.strides, edges)).tolist()
    metres = np.diff(_gone(track, track.distance_m, edges))[0]
    middle = (track.start_s + track.end_s) / 2
    rows: Bools = (middle >= start_s) & (middle < end_s) & track.good
    cadence, times = track.cadence_spm[rows], track.lasted_s[rows]
    return Lap(
        start_s=start_s,
        end_s=end_s,
        timer_s=end_s - start_s - float(rested_s.sum()),
        distance_m=float(metres) if np.isfinite(track.distance_m).any() else math.nan,
        strides=int(strides_after - strides_before),
        cadence_spm=_mean(cadence, times),
        contact_time_s=_mean(track.contact_time_s[rows], times),
        step_length_m=_mean(track.stride_length_m[rows], times) / 2,
        max_cadence_spm=_most(cadence),
        max_speed_m_s=_most(track.speed_m_s[rows]),
    )


def _mean(values: Floats, weights: Floats) -> float:
    known = np.isfinite(values) & (weights > 0.0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else math.nan


def _most(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else math.nan
