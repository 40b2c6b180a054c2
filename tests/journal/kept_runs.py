"""Runs to keep, for the tests of the journal."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity, Side
from coach.care.records import Pain, RoutineDone, Set
from coach.coach_settings import CoachSettings
from coach.journal.store import Journal
from coach.kept_run import ME, KeptRun
from firmware_bridge.readings import CadenceUpdate

STARTED = datetime(2026, 3, 29, 7, 15, 1, 234567, timezone(timedelta(hours=2)))
SETTINGS = CoachSettings(164.5, 2.9, 172.7, 0.25)
UPDATES = (
    CadenceUpdate(0.5, 168.0, 2.5, float("nan"), Activity.RUNNING),
    CadenceUpdate(1.5, 170.0, 2.7, 1.9, Activity.RUNNING),
)
PAIN = Pain(STARTED, 4, "after", "left", note="at the heel, “dull”")
HEEL_DROPS = RoutineDone(
    STARTED, "heel-drops", "right", (Set(8, (3.1, 2.75), True), Set(6, (), False)), 2.5, 412.5, True, True
)


def strides(n: int, *, first_s: float = 0.0, spm: float = 170.0) -> NDArray[np.void]:
    """Running on the level at 3 m/s; flight time and strike are not known."""
    records = np.zeros(n, STRIDE)
    records["t_mid_stance_s"] = first_s + 120.0 / spm * np.arange(1, n + 1)
    records["t_contact_s"] = records["t_mid_stance_s"] - 0.1
    records["t_toe_off_s"] = records["t_mid_stance_s"] - 0.5
    records["stride_time_s"] = 120.0 / spm
    records["cadence_spm"] = spm
    records["contact_time_s"] = 0.25
    records["speed_m_s"] = 3.0
    records["stride_length_m"] = 3.0 * 120.0 / spm
    records["flight_time_s"] = records["strike_angle_deg"] = np.nan
    records["activity"], records["side"], records["good"] = Activity.RUNNING, Side.LEFT, True
    return records


def burst(t_s: float, tempo_spm: float = 172.0) -> NDArray[np.void]:
    """A burst up and its end."""
    return np.array(
        [
            (t_s, CueKind.BURST_UP, CueReason.BELOW_TARGET, tempo_spm),
            (t_s + 30.0, CueKind.SILENCE, CueReason.OVER, np.nan),
        ],
        CUE,
    )


def begin(journal: Journal, *, runner: str = ME, started: datetime = STARTED, recording: str = "") -> int:
    return journal.begin_run(
        runner=runner, started=started, pod="sim:hill", device="Pod 7", recording=recording, settings=SETTINGS
    )


def told(journal: Journal, run_id: int, duration_s: float, target_spm: float | None = 172.0) -> None:
    journal.progress(
        run_id,
        duration_s=duration_s,
        stationary_s=1.5,
        device="Pod 7",
        baseline_spm=164.25,
        target_spm=target_spm,
    )


def keep(
    journal: Journal,
    records: NDArray[np.void] | None = None,
    *,
    runner: str = ME,
    started: datetime = STARTED,
    recording: str = "",
) -> int:
    """A whole run, finished."""
    run_id = begin(journal, runner=runner, started=started, recording=recording)
    journal.add(run_id, strides(40) if records is None else records, burst(5.0))
    told(journal, run_id, 61.5)
    journal.finish_run(run_id)
    return run_id


def same(one: KeptRun, other: KeptRun) -> bool:
    """Whether two runs are equal but for their numbers, bit for bit."""
    names = [name for name in KeptRun.__slots__ if name not in ("run_id", "strides", "cues", "updates")]
    return (
        all(getattr(one, name) == getattr(other, name) for name in names)
        and one.started.utcoffset() == other.started.utcoffset()
        and bits(one.strides) == bits(other.strides)
        and bits(one.cues) == bits(other.cues)
        and repr(one.updates) == repr(other.updates)
    )


def bits(records: NDArray[np.void]) -> list[bytes]:
    """The bytes of each field, with one NaN for all."""
    columns = []
    for name in records.dtype.names or ():
        column = records[name].copy()
        if column.dtype.kind == "f":
            column[np.isnan(column)] = np.nan
        columns.append(column.tobytes())
    return columns


_CODES: dict[str, Any] = {"activity": Activity, "side": Side, "kind": CueKind, "reason": CueReason}


def any_records(dtype: np.dtype[np.void], most: int = 8) -> st.SearchStrategy[NDArray[np.void]]:
    """Arrays of any numbers: minus zero, infinity, NaN, the smallest and the largest."""

    def filled(columns: tuple[NDArray[Any], ...]) -> NDArray[np.void]:
        records = np.zeros(len(columns[0]), dtype)
        for name, column in zip(dtype.names or (), columns, strict=True):
            records[name] = column
        return records

    def column(name: str, n: int) -> st.SearchStrategy[NDArray[Any]]:
        elements = st.sampled_from([int(code) for code in _CODES[name]]) if name in _CODES else None
        return hnp.arrays(dtype[name], n, elements=elements)

    return st.integers(0, most).flatmap(
        lambda n: st.tuples(*(column(name, n) for name in dtype.names or ())).map(filled)
    )
