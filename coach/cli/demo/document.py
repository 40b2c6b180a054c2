"""What a demo run came to, beside the truth: the numbers, and the document for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind
from cadence.stride import Activity
from coach.cli.demo.runner import DemoRunner
from coach.cue_files import BURSTS, heard_cues
from coach.run_facts import BAND_SPM, LEVEL_PERCENT
from coach.stride_files import number
from hardware.outing import Truth
from hardware.runner import TrueSegment

SCHEMA = "cadence-coach/demo/1"

EASY_SHARE = 0.05
"""Running within this share of the runner's easy speed is compared. Our choice: it leaves out a sprint and
the steps before a stop, and keeps a runner who speeds up a little with the cadence."""
STEADY_S = 5.0
"""A runner's cadence at an instant is the mean over this much before and after: from one stride to the next
it varies by about 1 % (Fukuchi 2017), which is no change of cadence. Our choice."""
SETTLE_S = 10.0
"""After the first burst began, left out of the comparison: the runner is on the way. Our choice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run in a few numbers, all of the truth. NaN when not known.

    Attributes:
        baseline_spm, target_spm: as the coach had them.
        cadence_before_spm, speed_before_m_s, step_length_before_m: means of easy level running before the
            first burst.
        cadence_after_spm, speed_after_m_s, step_length_after_m: and after it.
        on_target_share: of the running time on level ground after the first burst, that with a steady cadence
            within BAND_SPM of the target; of all of it where there was no burst; NaN without a target.
        on_target_share_by_stride: the same with the cadence of each stride by itself.
    """

    baseline_spm: float
    target_spm: float
    cadence_before_spm: float
    cadence_after_spm: float
    speed_before_m_s: float
    speed_after_m_s: float
    step_length_before_m: float
    step_length_after_m: float
    on_target_share: float
    on_target_share_by_stride: float


def outcome(
    runner: DemoRunner,
    strides: NDArray[np.void],
    cues: NDArray[np.void],
    baseline_spm: float | None,
    target_spm: float | None,
) -> Outcome:
    """What a run came to.

    Args:
        runner: who ran.
        strides: STRIDE, shape (n,), the truth.
        cues: CUE, shape (m,).
        baseline_spm, target_spm: as the coach had them.
    """
    bursts = cues[np.isin(cues["kind"], BURSTS)]
    first_s = float(bursts["t_s"][0]) if len(bursts) else 0.0
    t_s = strides["t_mid_stance_s"]
    running = (strides["activity"] == Activity.RUNNING) & np.isfinite(strides["cadence_spm"])
    level = running & (np.abs(strides["grade_percent"]) <= LEVEL_PERCENT)
    easy = level & (np.abs(strides["speed_m_s"] - runner.speed_m_s) <= EASY_SHARE * runner.speed_m_s)
    before = easy & (t_s <= first_s) if len(bursts) else easy
    after = easy & (t_s > first_s + SETTLE_S)
    baseline = np.nan if baseline_spm is None else baseline_spm
    target = np.nan if target_spm is None else target_spm
    counted = level & (t_s > first_s)
    weights = strides["stride_time_s"][counted]
    by_stride, steady = (
        _share(np.abs(cadence[counted] - target) <= BAND_SPM, weights) if np.isfinite(target) else np.nan
        for cadence in (strides["cadence_spm"], steady_cadence_spm(strides))
    )
    return Outcome(
        baseline_spm=baseline,
        target_spm=target,
        cadence_before_spm=_mean(strides[before], "cadence_spm"),
        cadence_after_spm=_mean(strides[after], "cadence_spm"),
        speed_before_m_s=_mean(strides[before], "speed_m_s"),
        speed_after_m_s=_mean(strides[after], "speed_m_s"),
        step_length_before_m=_mean(strides[before], "stride_length_m") / 2.0,
        step_length_after_m=_mean(strides[after], "stride_length_m") / 2.0,
        on_target_share=steady,
        on_target_share_by_stride=by_stride,
    )


def document(
    runner: DemoRunner,
    result: Outcome,
    cues: NDArray[np.void],
    truth: Truth,
    missing: Sequence[tuple[float, float]],
) -> dict[str, Any]:
    """The document of a demo run.

    Args:
        runner: who ran.
        result: of `outcome`.
        cues: CUE, shape (n,).
        truth: what the runner did.
        missing: from when to when samples did not reach the coach.
    """
    strides = truth.strides[np.isfinite(truth.strides["cadence_spm"])]
    values = asdict(result)
    end_s = truth.segments[-1].t_end_s if truth.segments else 0.0
    return {
        "schema": SCHEMA,
        "seed": runner.seed,
        "runner": {
            "preferred_spm": runner.preferred_spm,
            "speed_m_s": runner.speed_m_s,
            "compliance": runner.compliance,
        },
        **{name: number(value) for name, value in values.items()},
        "cues": heard_cues(cues[cues["kind"] != CueKind.NONE], end_s),
        "truth": {
            "segments": segment_rows(truth.segments, missing),
            "cadence_spm": [
                [number(float(stride["t_mid_stance_s"])), number(float(stride["cadence_spm"]))]
                for stride in strides
            ],
        },
    }


def steady_cadence_spm(strides: NDArray[np.void]) -> NDArray[np.float64]:
    """The cadence at each stride: the mean over the strides of the same activity up to STEADY_S before and
    after; NaN for a stride without a stride time.

    Args:
        strides: STRIDE, shape (n,), in the order of time.
    """
    t_s = strides["t_mid_stance_s"]
    times_s = strides["stride_time_s"].astype(np.float64)
    first, last = np.searchsorted(t_s, t_s - STEADY_S), np.searchsorted(t_s, t_s + STEADY_S, "right")
    steady = np.full(len(strides), np.nan)
    for index in np.flatnonzero(np.isfinite(times_s)):
        near = slice(first[index], last[index])
        alike = times_s[near][strides["activity"][near] == strides["activity"][index]]
        steady[index] = 120.0 / np.nanmean(alike)
    return steady


def segment_rows(
    segments: Sequence[TrueSegment], missing: Sequence[tuple[float, float]]
) -> list[dict[str, Any]]:
    """What the runner did when, cut where the signal turned bad or good."""
    rows = []
    for segment in segments:
        edges = {segment.t_start_s, segment.t_end_s}
        edges |= {t_s for gap in missing for t_s in gap if segment.t_start_s < t_s < segment.t_end_s}
        cuts = sorted(edges)
        for begin_s, end_s in pairwise(cuts):
            middle_s = (begin_s + end_s) / 2.0
            bad = any(start_s <= middle_s <= stop_s for start_s, stop_s in missing)
            activity = Activity.STATIONARY if segment.pace is None else segment.pace.activity
            rows.append(
                {
                    "t_start_s": number(begin_s),
                    "t_end_s": number(end_s),
                    "activity": activity.name.lower(),
                    "grade_percent": 0.0 if segment.pace is None else segment.pace.grade_percent,
                    "signal": "bad" if bad else "good",
                }
            )
    return rows


def _share(hit: NDArray[np.bool_], weights: NDArray[np.float32]) -> float:
    return float(np.average(hit, weights=weights)) if len(hit) else float("nan")


def _mean(strides: NDArray[np.void], field: str) -> float:
    known = strides[np.isfinite(strides[field])]
    if not len(known):
        return float("nan")
    return float(np.average(known[field], weights=known["stride_time_s"]))
