"""The force model: where it holds, what it says, and that people are shown changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Activity
from coach.load.force import (
    BASELINE_RUNS,
    CONTACT_TIMES_S,
    DOSE_EXPONENT,
    FLIGHT_TIMES_S,
    REFERENCE_FORCE_BW,
    achilles_index,
    change_percent,
    changes_from_baseline,
    peak_force_bw,
    peak_forces_bw,
)
from coach.run_facts import LEVEL_PERCENT

from .load_runs import running, walking

contacts = st.floats(*CONTACT_TIMES_S)
flights = st.floats(*FLIGHT_TIMES_S)


def peak(contact_s: float, flight_s: float) -> float:
    return float(peak_force_bw(np.array([contact_s]), np.array([flight_s]))[0])


@given(contacts, flights)
def test_half_a_sine_wave_of_that_peak_carries_the_body_over_the_whole_step(
    contact_s: float, flight_s: float
) -> None:
    impulse_bw_s = 2.0 / np.pi * peak(contact_s, flight_s) * contact_s
    assert impulse_bw_s == pytest.approx(contact_s + flight_s)


@given(contacts, contacts, flights)
def test_a_shorter_contact_at_the_same_flight_is_a_higher_peak(
    one_s: float, other_s: float, flight_s: float
) -> None:
    short_s, long_s = sorted((one_s, other_s))
    assert peak(short_s, flight_s) >= peak(long_s, flight_s)


@pytest.mark.parametrize(
    ("contact_s", "flight_s"),
    [
        (0.079, 0.1),
        (0.451, 0.1),
        (0.25, -0.001),
        (0.25, 0.301),
        (math.nan, 0.1),
        (0.25, math.nan),
        (0.0, 0.0),
    ],
)
def test_times_that_no_running_has_give_no_force(contact_s: float, flight_s: float) -> None:
    assert math.isnan(peak(contact_s, flight_s))


def test_it_is_told_for_good_running_strides_on_level_ground_alone() -> None:
    strides = running(9)
    strides["good"][1] = False
    strides["activity"][2] = Activity.WALKING
    strides["grade_percent"][3] = LEVEL_PERCENT + 0.5
    strides["grade_percent"][4] = -LEVEL_PERCENT - 0.5
    strides["grade_percent"][5] = LEVEL_PERCENT
    strides["flight_time_s"][6] = np.nan
    known = np.isfinite(peak_forces_bw(strides))
    assert known.tolist() == [True, False, False, False, False, True, False, True, True]


def test_level_ground_that_a_pod_takes_for_a_slope_is_still_level() -> None:
    assert np.isfinite(peak_forces_bw(running(20, grade_percent=6.0))).all()


def test_where_no_grade_is_known_the_ground_is_taken_for_level() -> None:
    assert np.isfinite(peak_forces_bw(running(5, grade_percent=np.nan))).all()


def test_a_run_of_no_strides_and_one_of_walking_have_no_force() -> None:
    assert len(peak_forces_bw(running(0))) == 0
    assert np.isnan(peak_forces_bw(walking(5))).all()


def test_the_index_of_a_step_with_the_reference_force_is_one_and_grows_by_the_power() -> None:
    index = achilles_index(np.array([REFERENCE_FORCE_BW, 1.1 * REFERENCE_FORCE_BW, np.nan]))
    assert index[:2].tolist() == pytest.approx([1.0, 1.1**DOSE_EXPONENT])
    assert math.isnan(index[2])


def test_quicker_steps_with_lower_peaks_can_lower_the_dose_of_a_minute() -> None:
    """As measured by Musgjerd 2021: 7.3 % more steps, peaks 5.6 % lower. A plain sum would show a rise."""
    change = 1.073 * float(achilles_index(np.array([2.5 * (1.0 - 0.056)]))[0])
    assert change < 1.0 < 1.073 * (1.0 - 0.056)


def test_a_change_is_told_against_the_runners_own_baseline() -> None:
    assert change_percent(2.4, 2.5) == pytest.approx(-4.0)
    assert math.isnan(change_percent(2.4, math.nan))
    assert math.isnan(change_percent(math.nan, 2.5))


def test_the_baseline_is_the_middle_of_the_first_runs_that_know_it() -> None:
    changes = changes_from_baseline([math.nan, 2.0, 9.0, 2.5, 2.0, math.nan])
    assert changes[1:5] == pytest.approx([-20.0, 260.0, 0.0, -20.0])
    assert math.isnan(changes[0])
    assert math.isnan(changes[5])


def test_without_enough_runs_there_is_no_baseline() -> None:
    few = [2.0] * (BASELINE_RUNS - 1) + [math.nan] * 5
    assert all(math.isnan(change) for change in changes_from_baseline(few))
    assert changes_from_baseline([]) == []
