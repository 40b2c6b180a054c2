"""What a run measured over time, whether its pod told strides or ready-made cadence.

Strides and updates become rows of one kind, so that reports and files need not tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity
from coach.counted import counted
from coach.kept_run import KeptRun
from coach.run_facts import is_easy_level
from coach.stride_spans import stride_spans_s
from coach.summary import UPDATE_LASTS_S
from firmware_bridge.readings import CadenceUpdate

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

TOUCHING_S = 0.05
"""Rows at most so far apart are neighbours. Our choice, far below the shortest stride."""
REST_SLACK_S = 3.0
"""What the detector needs at the ends of a rest to know it for one. Our choice."""


@dataclass(frozen=True, slots=True)
class Track:
    """Rows in the order of time; no two overlap. A number that is not known is NaN.

    Attributes:
        start_s, end_s: of each row, shape (n,), seconds of the run.
        activity: Activity, shape (n,), WALKING or RUNNING.
        good: whether the signal was.
        cadence_spm, speed_m_s, stride_length_m, contact_time_s, impact_g, grade_percent: shape (n,).
        clipped: impact_g is a lower bound.
        distance_m: gone in the row.
        strides: how many the row stands for.
        still_s: when the runner stood, shape (m, 2): begins and ends.
        unknown_s: when nothing is known of the runner, shape (k, 2).
    """

    start_s: Floats
    end_s: Floats
    activity: NDArray[np.uint8]
    good: Bools
    cadence_spm: Floats
    speed_m_s: Floats
    stride_length_m: Floats
    contact_time_s: Floats
    impact_g: Floats
    grade_percent: Floats
    clipped: Bools
    distance_m: Floats
    strides: Floats
    still_s: Floats
    unknown_s: Floats

    @property
    def running(self) -> Bools:
        """Which rows are of running."""
        running: Bools = self.activity == Activity.RUNNING
        return running

    @property
    def lasted_s(self) -> Floats:
        """How long each row is."""
        return self.end_s - self.start_s


def track_of(run: KeptRun) -> Track:
    """The track of a run: of the strides that count, or of its updates where its pod told no strides."""
    if len(run.strides) or not run.updates:
        return _of_strides(counted(run.strides), run.duration_s, run.stationary_s)
    return _of_updates(run.updates)


def easy_level(track: Track) -> Bools:
    """Which rows are of easy level running, by the rule of `run_facts.easy_level`."""
    running = track.running & track.good & np.isfinite(track.cadence_spm)
    return is_easy_level(running, track.grade_percent, track.speed_m_s)


def _of_strides(strides: NDArray[np.void], duration_s: float, stationary_s: float) -> Track:
    spans = stride_spans_s(strides)
    still, unknown = _holes(spans, strides, duration_s, stationary_s)
    length = strides["stride_length_m"].astype(np.float64)
    return Track(
        start_s=spans[:, 0],
        end_s=spans[:, 1],
        activity=strides["activity"],
        good=strides["good"],
        cadence_spm=strides["cadence_spm"].astype(np.float64),
        speed_m_s=strides["speed_m_s"].astype(np.float64),
        stride_length_m=length,
        contact_time_s=strides["contact_time_s"].astype(np.float64),
        impact_g=strides["impact_g"].astype(np.float64),
        grade_percent=strides["grade_percent"].astype(np.float64),
        clipped=strides["clipped"],
        distance_m=length,
        strides=np.ones(len(strides)),
        still_s=still,
        unknown_s=unknown,
    )


def _holes(
    spans: Floats, strides: NDArray[np.void], duration_s: float, stationary_s: float
) -> tuple[Floats, Floats]:
    """The times without strides: those in which the runner stood, and those of which nothing is known.

    A hole that ends with a good stride which knows no stride before it was a rest: after a gap in the
    signal the first stride is a bad one. That the rests are no longer than the standing that was measured
    must hold too. The last hole ends with no stride and is a rest when enough standing is left for it.
    """
    begin = np.concatenate([[0.0], spans[:, 1]])
    end = np.concatenate([spans[:, 0], [max(duration_s, begin[-1])]])
    rested = np.concatenate([strides["good"] & np.isnan(strides["stride_time_s"]), [False]])
    holes = np.stack([begin, end], axis=1)
    seen = end - begin > TOUCHING_S
    holes, rested = holes[seen], rested[seen]
    lasted = np.diff(holes, axis=1)[:, 0]
    left_s = stationary_s + REST_SLACK_S * rested.sum() - lasted[rested].sum()
    if left_s < 0.0:
        rested[:] = False
    elif seen[-1] and lasted[-1] - REST_SLACK_S <= left_s:
        rested[-1] = stationary_s > 0.0
    return holes[rested], holes[~rested]


def _of_updates(updates: Sequence[CadenceUpdate]) -> Track:
    """Each update holds until the next, for UPDATE_LASTS_S at most, as in `summarise_updates`."""
    start, unknown = np.array([update.t_s for update in updates[:-1]]), []
    after = np.array([update.t_s for update in updates[1:]])
    end = np.minimum(after, start + UPDATE_LASTS_S)
    for update, later in pairwise(updates):
        over_s = update.t_s if update.activity is Activity.UNKNOWN else update.t_s + UPDATE_LASTS_S
        if later.t_s - over_s > TOUCHING_S:
            unknown.append((over_s, later.t_s))
    rows = updates[:-1]
    activity = np.array([update.activity for update in rows], np.uint8)
    moving = (activity == Activity.WALKING) | (activity == Activity.RUNNING)
    still = activity == Activity.STATIONARY

    def column(name: str) -> Floats:
        values: Floats = np.array([getattr(update, name) for update in rows], np.float64)[moving]
        return values

    lasted = (end - start)[moving]
    missing = np.full(len(lasted), np.nan)
    return Track(
        start_s=start[moving],
        end_s=end[moving],
        activity=activity[moving],
        good=np.ones(len(lasted), np.bool_),
        cadence_spm=column("cadence_spm"),
        speed_m_s=column("speed_m_s"),
        stride_length_m=column("stride_length_m"),
        contact_time_s=missing,
        impact_g=missing,
        grade_percent=missing,
        clipped=np.zeros(len(lasted), np.bool_),
        distance_m=column("speed_m_s") * lasted,
        strides=column("cadence_spm") / 120.0 * lasted,
        still_s=_joined(np.stack([start[still], end[still]], axis=1)),
        unknown_s=np.array(unknown).reshape(-1, 2),
    )


def _joined(spans: Floats) -> Floats:
    """Spans that touch as one."""
    if not len(spans):
        return spans
    apart = np.flatnonzero(spans[1:, 0] - spans[:-1, 1] > TOUCHING_S)
    begin = np.concatenate([spans[:1, 0], spans[apart + 1, 0]])
    end = np.concatenate([spans[apart, 1], spans[-1:, 1]])
    return np.stack([begin, end], axis=1)
