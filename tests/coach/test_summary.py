"""The summary of a recording: medians, sums, and where the time went."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.stride import STRIDE, Activity
from coach.stride_spans import stride_spans_s
from coach.summary import summarise

NAN = math.nan


def stride(
    toe_off: float,
    contact: float,
    mid_stance: float,
    *,
    stride_time: float = NAN,
    contact_time: float = NAN,
    length: float = NAN,
    activity: Activity = Activity.RUNNING,
    good: bool = True,
) -> NDArray[np.void]:
    record = np.zeros(1, dtype=STRIDE)
    for name in STRIDE.names or ():
        if np.issubdtype(STRIDE[name], np.floating):
            record[name] = NAN
    record["t_toe_off_s"], record["t_contact_s"], record["t_mid_stance_s"] = toe_off, contact, mid_stance
    record["stride_time_s"], record["cadence_spm"] = stride_time, 120 / stride_time
    record["contact_time_s"], record["stride_length_m"] = contact_time, length
    record["activity"], record["good"] = activity, good
    return record


def series(start: float, strides: int, activity: Activity = Activity.RUNNING) -> NDArray[np.void]:
    """A run from standing: a toe-off at `start`, then a stride of 0.75 s each."""
    records = [stride(start, start + 0.5, start + 0.6, length=1.5, activity=activity)]
    for index in range(1, strides):
        t = start + 0.75 * index
        records.append(
            stride(t, t + 0.5, t + 0.6, stride_time=0.75, contact_time=0.25, length=2.0, activity=activity)
        )
    return np.concatenate(records)


def test_a_recording_without_strides_has_a_time_and_no_cadence() -> None:
    summary = summarise(np.empty(0, dtype=STRIDE), duration_s=10.0, stationary_s=8.0)
    assert (summary.strides, summary.distance_m) == (0, 0.0)
    assert math.isnan(summary.cadence_spm)
    assert (summary.stationary_s, summary.unknown_s) == (8.0, 2.0)


def test_cadence_is_the_median_of_the_running_strides_that_have_one() -> None:
    walk = stride(0.1, 0.5, 0.7, stride_time=1.2, activity=Activity.WALKING)
    runs = [stride(t, t + 0.4, t + 0.5, stride_time=s) for t, s in ((2, 0.75), (3, 0.8), (4, 0.6), (5, NAN))]
    summary = summarise(np.concatenate([walk, *runs]), duration_s=9.0, stationary_s=0.0)
    assert summary.running_strides == 4
    assert summary.cadence_spm == pytest.approx(120 / 0.75)


def test_distance_sums_the_known_lengths_and_says_how_many_they_are() -> None:
    records = np.concatenate(
        [stride(1, 1.4, 1.5, length=2.25), stride(2, 2.4, 2.5), stride(3, 3.4, 3.5, length=2)]
    )
    summary = summarise(records, duration_s=5.0, stationary_s=0.0)
    assert (summary.distance_m, summary.strides_with_length) == (4.25, 2)


def test_distance_is_unknown_when_no_stride_has_a_length() -> None:
    assert math.isnan(summarise(stride(1, 1.4, 1.5), duration_s=5.0, stationary_s=0.0).distance_m)


def test_strides_of_a_series_follow_each_other_without_a_gap_from_the_first_toe_off() -> None:
    spans = stride_spans_s(series(10.0, 4))
    np.testing.assert_allclose(spans[:, 1], [10.6, 11.35, 12.1, 12.85])
    np.testing.assert_allclose(spans[:, 0], [10.0, 10.6, 11.35, 12.1])


def test_a_stop_between_two_series_belongs_to_neither() -> None:
    records = np.concatenate([series(1.0, 3), series(20.0, 3, Activity.WALKING)])
    summary = summarise(records, duration_s=30.0, stationary_s=16.0)
    assert summary.running_s == pytest.approx(2.1)
    assert summary.walking_s == pytest.approx(2.1)
    assert summary.stationary_s == pytest.approx(16.0)
    assert summary.unknown_s == pytest.approx(30 - 16 - 4.2)


def test_a_first_stride_with_a_known_stance_counts_that_stance() -> None:
    record = stride(5.0, 5.4, 5.5, stride_time=0.65, contact_time=0.25)
    np.testing.assert_allclose(stride_spans_s(record), [[4.75, 5.5]])


def test_a_stance_is_not_counted_twice() -> None:
    records = np.concatenate([stride(1.0, 1.4, 1.5), stride(2.0, 2.4, 2.5, contact_time=0.9)])
    np.testing.assert_allclose(stride_spans_s(records)[1], [1.5, 2.5])


def test_bad_strides_are_counted() -> None:
    records = np.concatenate([stride(1, 1.4, 1.5, good=False), stride(2, 2.4, 2.5)])
    assert summarise(records, duration_s=3.0, stationary_s=0.0).bad_strides == 1


@given(
    gaps=st.lists(st.floats(0.0, 3.0), min_size=0, max_size=30),
    running=st.lists(st.booleans(), min_size=30, max_size=30),
    still=st.floats(0.0, 200.0),
)
def test_the_times_always_sum_to_the_duration(gaps: list[float], running: list[bool], still: float) -> None:
    t, records = 0.5, [np.empty(0, dtype=STRIDE)]
    for gap, runs in zip(gaps, running, strict=False):
        activity = Activity.RUNNING if runs else Activity.WALKING
        joined = gap < 0.2
        records.append(
            stride(
                t, t + 0.5, t + 0.6, stride_time=0.65 + gap if joined else NAN,
                contact_time=0.15 + gap if joined else NAN, activity=activity,
            )
        )  # fmt: skip
        t += 0.65 + gap
    duration = t + 1.0
    summary = summarise(np.concatenate(records), duration_s=duration, stationary_s=min(still, duration))
    parts = (summary.stationary_s, summary.walking_s, summary.running_s, summary.unknown_s)
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(duration)
