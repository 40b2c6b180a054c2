"""A run as it is kept: all that a report, an export or the next stage needs of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.stride import STRIDE
from coach.coach_settings import CoachSettings
from firmware_bridge.readings import CadenceUpdate

ME = "me"
"""The runner whose journal it is."""
SIMULATED = "simulated"
"""Who runs with a simulated pod. Demos are kept under names of their own: see `coach.cli.demo`."""


@dataclass(frozen=True, slots=True)
class KeptRun:
    """One run.

    Attributes:
        run_id: its number in the journal.
        runner: whose run it is; ME, or a demo's.
        started: when the first sample was taken, with the offset of the local time.
        duration_s: from the first sample to the last.
        stationary_s: of it, standing still.
        finished: False for a run that was cut off, or goes on.
        pod: as the user named it.
        device: what the pod called itself; may be empty.
        recording: where what the pod sent is kept; empty where it is not.
        settings: what the coach was told.
        baseline_spm, target_spm: as the coach had them at the end, learned or told; None where it had none.
        surface: a Surface of `coach.care.records`; empty where it was not told.
        plan: of running and walking, such as 4:1x6; empty where there was none.
        strides: STRIDE, shape (n,), in the order of time.
        cues: CUE, shape (n,), in the order of time.
        updates: ready-made cadence, from pods that send no samples.
    """

    run_id: int
    runner: str
    started: datetime
    duration_s: float
    stationary_s: float
    finished: bool
    pod: str
    device: str
    recording: str
    settings: CoachSettings
    baseline_spm: float | None
    target_spm: float | None
    surface: str = ""
    plan: str = ""
    strides: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, STRIDE))
    cues: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, CUE))
    updates: tuple[CadenceUpdate, ...] = ()
