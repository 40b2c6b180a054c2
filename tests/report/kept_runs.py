"""Runs as a journal gives them, for the tests of reports and exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity
from coach.coach_settings import CoachSettings
from coach.kept_run import ME, KeptRun
from firmware_bridge.readings import CadenceUpdate
from hardware.gait import Pace
from hardware.runner import Runner, Segment, follow

STARTED = datetime(2026, 11, 22, 18, 5, 30, 250_000, timezone(timedelta(hours=1)))
"""Local time, an hour ahead of UTC."""
OWN_SPM, TARGET_SPM, SPEED_M_S = 164.0, 172.0, 3.0
MOST_G = 16.0
"""Where the sensor's range ends."""
REST_S = (420.0, 450.0)
LOST_S = (300.0, 312.0)
NAN = float("nan")

WALK = Pace(cadence_spm=112.0, speed_m_s=1.5, activity=Activity.WALKING)


def pace(cadence_spm: float, speed_m_s: float = SPEED_M_S) -> Pace:
    """Running on the level."""
    return Pace(cadence_spm=cadence_spm, speed_m_s=speed_m_s)


def cue(
    t_s: float, kind: CueKind, reason: CueReason, tempo_spm: float = NAN
) -> tuple[float, int, int, float]:
    """One CUE record as a tuple."""
    return t_s, kind, reason, tempo_spm


def burst(t_s: float, tempo_spm: float = TARGET_SPM) -> list[tuple[float, int, int, float]]:
    """Half a minute of metronome."""
    return [
        cue(t_s, CueKind.BURST_UP, CueReason.BELOW_TARGET, tempo_spm),
        cue(t_s + 30.0, CueKind.SILENCE, CueReason.OVER),
    ]


def strides_of(segments: Sequence[Segment], seed: int = 1) -> NDArray[np.void]:
    """The true strides of a simulated runner, with impacts cut off where a sensor's range ends."""
    strides = [stride for _, truth in follow(Runner(seed=seed), segments) for stride in truth]
    made = np.array(strides, STRIDE)
    made["clipped"] = made["impact_g"] > MOST_G
    made["impact_g"] = np.minimum(made["impact_g"], MOST_G)
    # As a detector has it: the first stride after standing knows no stride before it.
    apart = np.diff(made["t_mid_stance_s"], prepend=-10.0) > 2.0
    for name in ("stride_time_s", "cadence_spm", "contact_time_s"):
        made[name][apart] = NAN
    return made


def kept(
    strides: NDArray[np.void],
    duration_s: float,
    *,
    cues: list[tuple[float, int, int, float]] | None = None,
    stationary_s: float = 0.0,
    target_spm: float | None = TARGET_SPM,
    baseline_spm: float | None = OWN_SPM,
) -> KeptRun:
    """A run in the journal."""
    return KeptRun(
        run_id=7, runner=ME, started=STARTED, duration_s=duration_s, stationary_s=stationary_s, finished=True,
        pod="sim+ble", device="Cadence pod 1.2", recording="/home/me/runs/2026-11-22.mcap",
        settings=CoachSettings(), baseline_spm=baseline_spm, target_spm=target_spm,
        strides=strides, cues=np.array(cues or [], CUE),
    )  # fmt: skip


@lru_cache
def coached_run(seed: int = 1) -> KeptRun:
    """Eleven minutes: stand, walk, run; two bursts after which the steps are quicker at the same speed; a
    stretch of lost signal with bad strides at its ends; a rest; a warning."""
    segments = [
        Segment(8.0), Segment(22.0, WALK), Segment(150.0, pace(OWN_SPM)), Segment(130.0, pace(168.5)),
        Segment(110.0, pace(171.0)), Segment(30.0), Segment(210.0, pace(172.5)),
    ]  # fmt: skip
    strides = strides_of(segments, seed)
    middle = strides["t_mid_stance_s"]
    strides = strides[(middle < LOST_S[0]) | (middle > LOST_S[1])]
    after = int(np.searchsorted(strides["t_mid_stance_s"], LOST_S[1]))
    strides["good"][after - 2 : after + 2] = False
    strides["stride_time_s"][after] = strides["cadence_spm"][after] = strides["contact_time_s"][after] = NAN
    cues = [
        *burst(180.0), *burst(330.0), cue(371.0, CueKind.ON_TARGET, CueReason.REACHED),
        cue(540.0, CueKind.WARNING, CueReason.FOREFOOT),
    ]  # fmt: skip
    return kept(strides, 660.0, cues=cues, stationary_s=37.0)


@lru_cache
def long_run(hours: float = 2.0) -> KeptRun:
    """An even run with a burst every six minutes, 5000 strides an hour."""
    minute = strides_of([Segment(60.0, pace(169.0))])[1:]
    lasts_s = float(np.ptp(minute["t_mid_stance_s"])) + 60.0 / 84.5
    parts = []
    for index in range(round(hours * 3600.0 / lasts_s)):
        part = minute.copy()
        for name in ("t_toe_off_s", "t_contact_s", "t_mid_stance_s"):
            part[name] += index * lasts_s
        parts.append(part)
    strides = np.concatenate(parts)
    end_s = float(strides["t_mid_stance_s"][-1])
    cues = [c for t_s in np.arange(360.0, end_s - 60.0, 360.0).tolist() for c in burst(t_s)]
    return kept(strides, end_s, cues=cues)


def sensor_run() -> KeptRun:
    """Five minutes from a running speed and cadence sensor: updates, 20 s of standing, a lost minute."""
    updates = []
    for second in range(301):
        t_s = float(second)
        if 200 <= second < 260:
            continue
        if 100 <= second < 120:
            updates.append(CadenceUpdate(t_s, 0.0, 0.0, NAN, Activity.STATIONARY))
        else:
            updates.append(CadenceUpdate(t_s, 166.0, 2.9, NAN, Activity.RUNNING))
    return replace(kept(np.zeros(0, STRIDE), 300.0), updates=tuple(updates), pod="rsc:FootPod", device="")


def short_run() -> KeptRun:
    """Three seconds, in which nothing was found."""
    return kept(np.zeros(0, STRIDE), 3.0, stationary_s=3.0, target_spm=None, baseline_spm=None)


def walked_run() -> KeptRun:
    """A minute of walking."""
    return kept(strides_of([Segment(60.0, WALK)]), 60.0, target_spm=None, baseline_spm=None)
