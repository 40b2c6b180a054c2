"""The single-run spike, at its borders."""

from __future__ import annotations

import math
from datetime import UTC

import pytest

from coach.load.longest import Longest
from coach.load.spike import LEAST_CLIMB_M, LEAST_FAST_M, Done, longest_for_guard, spike_of
from coach.load.sums import LoadSums
from coach.load.words import warning

from .load_runs import AT, done

NAN = math.nan
SECOND = 1.0 / 86400.0


def told(this: Done, *before: Done) -> str | None:
    return warning(spike_of(this.sums, longest_for_guard(before, this.started)), this.sums)


class TestTheLongest:
    def test_each_sum_comes_from_the_run_that_had_most_of_it(self) -> None:
        runs = [done(3, distance_m=8000.0, dose=5000.0), done(9, climb_m=120.0, fast_m=700.0, dose=6000.0)]
        assert longest_for_guard(runs, AT) == Longest(8000.0, 120.0, 700.0, 6000.0)

    @pytest.mark.parametrize(
        ("days_before", "counts"),
        [(30.0, True), (30.0 + SECOND, False), (SECOND, True), (0.0, False), (-1.0, False), (-4000.0, False)],
    )
    def test_it_is_of_the_thirty_days_before(self, days_before: float, counts: bool) -> None:
        assert (longest_for_guard([done(days_before)], AT) is not None) == counts

    def test_a_run_earlier_on_the_same_day_counts(self) -> None:
        assert longest_for_guard([done(5.0 / 24.0)], AT) is not None

    def test_thirty_days_are_the_same_whatever_the_local_offset(self) -> None:
        assert longest_for_guard([done(30.0)], AT.astimezone(UTC)) is not None

    @pytest.mark.parametrize(("distance_m", "counts"), [(499.9, False), (500.0, True), (NAN, True)])
    def test_a_run_of_some_minutes_prepares_for_nothing(self, distance_m: float, counts: bool) -> None:
        assert (longest_for_guard([done(distance_m=distance_m)], AT) is not None) == counts

    def test_what_no_run_knows_is_not_known(self) -> None:
        longest = longest_for_guard([done(climb_m=NAN, fast_m=NAN), done(2, climb_m=NAN, dose=NAN)], AT)
        assert longest is not None
        assert math.isnan(longest.climb_m)
        assert (longest.fast_m, longest.dose) == (0.0, 4000.0)


class TestTheWarning:
    @pytest.mark.parametrize(("distance_m", "warned"), [(5500.0, False), (5500.1, True), (4000.0, False)])
    def test_it_comes_above_110_per_cent_and_not_at_it(self, distance_m: float, warned: bool) -> None:
        assert (told(done(0, distance_m=distance_m), done(5)) is not None) == warned

    @pytest.mark.parametrize(
        ("distance_m", "more"),
        [(5501.0, "just over 10 % more"), (5530.0, " 11 % more"), (6000.0, " 20 % more")],
    )
    def test_what_is_just_over_the_limit_is_told_so(self, distance_m: float, more: str) -> None:
        assert more in str(told(done(0, distance_m=distance_m), done(5)))

    @pytest.mark.parametrize("which", ["climb_m", "fast_m", "dose"])
    def test_climb_fast_distance_and_dose_are_held_to_the_same_rule(self, which: str) -> None:
        before = done(5, climb_m=1000.0, fast_m=1000.0, dose=1000.0)
        assert told(done(0, dose=1000.0) if which != "dose" else done(0, dose=1100.0), before) is None
        over = told(done(0, **{"dose": 1000.0, which: 1101.0}), before)
        assert over is not None
        assert "our choice" in over

    def test_without_a_run_in_thirty_days_there_is_none(self) -> None:
        assert told(done(0, distance_m=90_000.0)) is None
        assert told(done(0, distance_m=90_000.0), done(31)) is None

    @pytest.mark.parametrize(
        ("distance_m", "ratio"), [(5600.0, "1.64"), (6500.0, "1.64"), (6501.0, "1.52"), (10_001.0, "2.28")]
    )
    def test_it_says_what_the_study_found_of_runs_so_much_longer(self, distance_m: float, ratio: str) -> None:
        over = told(done(0, distance_m=distance_m), done(5))
        assert over is not None
        assert f"{ratio} times" in over

    def test_it_tells_nobody_how_to_land_and_calls_the_model_one(self) -> None:
        over = told(done(0, distance_m=9000.0, dose=9000.0, climb_m=200.0, fast_m=900.0), done(5))
        assert over is not None
        assert "model" in over
        assert not {"land", "soft", "softer", "forefoot", "diagnosis"} & set(over.lower().split())


class TestSmallSums:
    @pytest.mark.parametrize(
        ("climb_m", "warned"),
        [(LEAST_CLIMB_M - 1.0, False), (1.09 * LEAST_CLIMB_M, False), (1.2 * LEAST_CLIMB_M, True)],
    )
    def test_a_first_hill_is_measured_against_the_least_climb(self, climb_m: float, warned: bool) -> None:
        assert (told(done(0, climb_m=climb_m), done(5, climb_m=0.0)) is not None) == warned

    def test_little_fast_running_is_no_spike_after_even_less(self) -> None:
        assert told(done(0, fast_m=LEAST_FAST_M - 1.0), done(5, fast_m=20.0)) is None


def test_what_is_not_known_is_not_compared() -> None:
    unknown = LoadSums(NAN, NAN, NAN, NAN)
    for spike in (
        spike_of(unknown, Longest(5000.0, 10.0, 10.0, 10.0)),
        spike_of(LoadSums(1.0, 100.0, 1000.0, 1.0), Longest(NAN, NAN, NAN, NAN)),
        spike_of(LoadSums(1.0, 100.0, 1000.0, 1.0), None),
    ):
        assert not spike.is_one
        assert math.isnan(spike.distance_percent)
        assert math.isnan(spike.climb_percent)


def test_a_longest_of_nothing_compares_with_nothing() -> None:
    assert math.isnan(spike_of(LoadSums(100.0, 0.0, 0.0, 1.0), Longest(0.0, 0.0, 0.0, 0.0)).distance_percent)
