"""Runs that are kept, not lived through: strides as a pod tells them, put where `coach run` puts its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity
from coach.coach_settings import CoachSettings
from coach.journal.store import Journal
from coach.kept_run import ME, KeptRun

POD = "ble:CadPod"
STRIDE_S, STRIDE_M, WALKED_M = 0.72, 1.6, 1.08
"""As the simulated runner at 2.2 m/s, and a walk of 1.5 m/s."""


def keep_run(started: datetime, distance_m: float) -> float:
    """A run that is even from its first stride to its last. Returns how long it took, in seconds."""
    strides = round(distance_m / STRIDE_M)
    t_s = np.linspace(STRIDE_S, STRIDE_S * strides, strides)
    return _keep(started, t_s, np.ones(strides, np.bool_), "")


def keep_run_walk(started: datetime, run_min: int, walk_min: int, rounds: int) -> float:
    """A run to a plan, kept to the second. Returns how long it took, in seconds."""
    turn_s = 60.0 * (run_min + walk_min)
    t_s = np.arange(STRIDE_S, turn_s * rounds, STRIDE_S)
    return _keep(started, t_s, t_s % turn_s < 60.0 * run_min, f"{run_min}:{walk_min}x{rounds}")


def _keep(started: datetime, t_s: NDArray[np.float64], running: NDArray[np.bool_], plan: str) -> float:
    strides = np.zeros(len(t_s), STRIDE)
    strides["t_mid_stance_s"], strides["good"] = t_s, True
    strides["t_toe_off_s"], strides["t_contact_s"] = t_s - 0.5, t_s - 0.12
    strides["stride_time_s"], strides["cadence_spm"] = STRIDE_S, 120.0 / STRIDE_S
    strides["contact_time_s"], strides["flight_time_s"] = 0.295, 0.065
    strides["stride_length_m"] = np.where(running, STRIDE_M, WALKED_M)
    strides["speed_m_s"] = strides["stride_length_m"] / STRIDE_S
    strides["impact_g"] = np.where(running, 5.0, 3.0)
    strides["activity"] = np.where(running, Activity.RUNNING, Activity.WALKING)
    begin: list[Any] = [(0.0, CueKind.RUN, CueReason.PLAN, np.nan)] if plan else []
    with Journal() as journal:
        run_id = journal.begin_run(
            started=started, pod=POD, settings=CoachSettings(), runner=ME, plan=plan, surface="road"
        )
        journal.add(run_id, strides, np.array(begin, CUE))
        journal.finish_run(run_id)
    return float(t_s[-1])


def kept_run(number: int) -> KeptRun:
    """A run of the journal."""
    with Journal() as journal:
        return journal.load(number)


def warned_at_m(run: KeptRun) -> tuple[float, float] | None:
    """How far the run was when the load guard spoke, and a stride before. None where it did not.

    It must not have spoken twice.
    """
    told_s = run.cues["t_s"][run.cues["reason"] == CueReason.LOAD]
    assert len(told_s) <= 1
    if not len(told_s):
        return None
    lengths_m = np.nan_to_num(run.strides["stride_length_m"][run.strides["t_mid_stance_s"] <= told_s[0]])
    return float(lengths_m.sum()), float(lengths_m[:-1].sum())
