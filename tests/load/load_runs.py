"""Runs for the tests of load."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, Activity
from coach.load.spike import Done
from coach.load.sums import LoadSums

AT = datetime(2026, 3, 29, 7, 15, 1, tzinfo=timezone(timedelta(hours=2)))


def running(
    n: int, *, spm: float = 160.0, contact_s: float = 0.26, speed_m_s: float = 3.0, grade_percent: float = 0.0
) -> NDArray[np.void]:
    """Even running; the force model holds for every stride."""
    records = np.zeros(n, STRIDE)
    stride_s = 120.0 / spm
    records["t_mid_stance_s"] = stride_s * np.arange(1, n + 1)
    records["stride_time_s"], records["cadence_spm"] = stride_s, spm
    records["contact_time_s"], records["flight_time_s"] = contact_s, stride_s / 2.0 - contact_s
    records["speed_m_s"], records["stride_length_m"] = speed_m_s, speed_m_s * stride_s
    records["grade_percent"] = grade_percent
    records["climb_m"] = speed_m_s * stride_s * grade_percent / 100.0
    records["activity"], records["good"] = Activity.RUNNING, True
    return records


def walking(n: int) -> NDArray[np.void]:
    """Even walking, which knows no flight."""
    records = running(n, spm=110.0, speed_m_s=1.5)
    records["activity"], records["flight_time_s"] = Activity.WALKING, np.nan
    return records


def done(
    days_before: float = 1.0, *, distance_m: float = 5000.0, climb_m: float = 0.0, fast_m: float = 0.0,
    dose: float = 4000.0, run_id: int = 1, running_strides: int = 2000, plan: str = "",
) -> Done:  # fmt: skip
    """A run so many days before AT."""
    started = AT - timedelta(days=days_before)
    return Done(run_id, started, LoadSums(distance_m, climb_m, fast_m, dose), running_strides, plan)
