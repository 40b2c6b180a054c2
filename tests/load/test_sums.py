"""The four sums of a run."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.load.force import achilles_index, peak_forces_bw
from coach.load.sums import BLOCK_STRIDES, load_sums, usual_easy_speed_m_s
from coach.run_facts import RunFacts

from .load_runs import running, walking

NAN = math.nan


def facts(speed_m_s: float) -> RunFacts:
    return RunFacts(date(2026, 3, 1), 600.0, 165.0, speed_m_s, 600.0, 165.0, speed_m_s, 0.0)


def test_a_run_of_no_strides_asks_nothing() -> None:
    sums = load_sums(running(0))
    assert (sums.distance_m, sums.climb_m, sums.fast_m, sums.achilles_dose) == (0.0, 0.0, 0.0, 0.0)


def test_the_distance_is_that_of_walking_and_running() -> None:
    strides = np.concatenate([running(30), walking(10)])
    strides["stride_length_m"][3] = NAN
    assert load_sums(strides).distance_m == pytest.approx(np.nansum(strides["stride_length_m"]), rel=1e-6)


def test_a_pod_that_tells_no_length_leaves_distance_climb_and_fast_unknown_but_not_the_dose() -> None:
    strides = running(30)
    for name in ("stride_length_m", "speed_m_s", "climb_m", "grade_percent"):
        strides[name] = NAN
    sums = load_sums(strides)
    assert all(math.isnan(value) for value in (sums.distance_m, sums.climb_m, sums.fast_m))
    assert sums.achilles_dose > 0.0


class TestClimb:
    def test_it_is_what_goes_up_and_not_what_comes_down(self) -> None:
        level, up, down = running(400), running(100, grade_percent=8.0), running(100, grade_percent=-8.0)
        strides = np.concatenate([level, up, level, down])
        assert load_sums(strides).climb_m == pytest.approx(float(up["climb_m"].sum()), rel=1e-4)

    def test_a_hill_is_as_high_with_a_pod_that_takes_level_ground_for_a_slope(self) -> None:
        level, up = running(400, grade_percent=5.0), running(100, grade_percent=13.0)
        height_m = float(up["stride_length_m"].sum()) * 0.08
        assert load_sums(np.concatenate([level, up, level])).climb_m == pytest.approx(height_m, rel=1e-4)

    @pytest.mark.parametrize("error_percent", [-12.0, 2.0, 5.0])
    def test_level_ground_that_a_pod_takes_for_a_slope_climbs_nothing(self, error_percent: float) -> None:
        assert load_sums(running(500, grade_percent=error_percent)).climb_m == 0.0

    def test_the_wandering_of_single_strides_is_no_climb(self) -> None:
        strides = running(4000)
        strides["climb_m"] = np.random.default_rng(1).normal(0.0, 0.01, len(strides))
        assert load_sums(strides).climb_m < 2.0


class TestFast:
    def test_it_is_what_is_run_a_tenth_faster_than_usual(self) -> None:
        easy, fast = running(600, speed_m_s=3.0), running(100, speed_m_s=3.4)
        sums = load_sums(np.concatenate([easy, fast]), usual_speed_m_s=3.0)
        assert sums.fast_m == pytest.approx(float(fast["stride_length_m"].sum()), rel=1e-4)

    @pytest.mark.parametrize(("speed_m_s", "is_fast"), [(3.29, False), (3.31, True)])
    def test_a_tenth_is_the_border(self, speed_m_s: float, is_fast: bool) -> None:
        assert (load_sums(running(100, speed_m_s=speed_m_s), usual_speed_m_s=3.0).fast_m > 0.0) == is_fast

    def test_a_fast_run_all_the_way_shows_against_the_usual_speed_of_runs_before(self) -> None:
        strides = running(200, speed_m_s=4.0)
        assert load_sums(strides).fast_m == 0.0  # against its own median
        assert load_sums(strides, usual_easy_speed_m_s([facts(3.0), facts(3.1), facts(NAN)])).fast_m > 1.0

    def test_single_quick_strides_are_not_fast_running(self) -> None:
        strides = running(400)
        strides["speed_m_s"][::BLOCK_STRIDES] *= 1.3
        strides["stride_length_m"][::BLOCK_STRIDES] *= 1.3
        assert load_sums(strides).fast_m == 0.0

    def test_a_usual_speed_needs_a_run_that_knows_one(self) -> None:
        assert usual_easy_speed_m_s([facts(3.0), facts(2.8), facts(3.4)]) == 3.0
        assert usual_easy_speed_m_s([facts(NAN)]) is None


class TestDose:
    def test_it_sums_the_steps_of_both_feet(self) -> None:
        strides = running(50)
        index = achilles_index(peak_forces_bw(strides))
        assert load_sums(strides).achilles_dose == pytest.approx(2.0 * float(index.sum()))

    def test_walking_adds_nothing(self) -> None:
        both = np.concatenate([running(50), walking(50)])
        assert load_sums(both).achilles_dose == load_sums(running(50)).achilles_dose
        assert load_sums(walking(50)).achilles_dose == 0.0

    def test_steps_of_unknown_force_count_as_the_median_one(self) -> None:
        strides = running(50)
        strides["good"][10:20] = False
        strides["grade_percent"][20:30] = 8.0
        assert load_sums(strides).achilles_dose == pytest.approx(load_sums(running(50)).achilles_dose)

    def test_without_one_known_step_it_is_not_known(self) -> None:
        strides = running(50)
        strides["contact_time_s"] = NAN
        assert math.isnan(load_sums(strides).achilles_dose)

    def test_a_minute_with_longer_flight_is_a_greater_dose(self) -> None:
        bounding, quick = running(80, spm=160.0, contact_s=0.24), running(88, spm=176.0, contact_s=0.24)
        assert load_sums(bounding).achilles_dose > load_sums(quick).achilles_dose


@given(st.integers(0, 60), st.integers(0, 60))
def test_no_sum_shrinks_when_even_running_goes_on(one: int, other: int) -> None:
    short, long = (load_sums(running(n), usual_speed_m_s=2.5) for n in sorted((one, other)))
    assert long.distance_m >= short.distance_m
    assert long.fast_m >= short.fast_m
    assert long.achilles_dose >= short.achilles_dose - 1e-9
