"""The share of each surface, and the hint when it is always the same."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.load.surfaces import LEAST_RUNS, RunOn, surfaces_of

from .load_runs import AT


def on(surface: str, distance_m: float = 5000.0, days_before: float = 2.0) -> RunOn:
    return RunOn(AT - timedelta(days=days_before), surface, distance_m)


def test_the_share_is_by_distance_the_greatest_first() -> None:
    told = surfaces_of([on("trail", 2500.0), on("road", 7500.0), on("", 9000.0)], AT)
    assert list(told.share.items()) == [("road", 0.75), ("trail", 0.25)]
    assert (told.runs, told.untold) == (3, 1)


@pytest.mark.parametrize(("days_before", "counts"), [(28.0, 1), (28.001, 0), (0.0, 1), (-0.001, 0)])
def test_it_is_of_four_weeks(days_before: float, counts: int) -> None:
    assert surfaces_of([on("road", days_before=days_before)], AT).runs == counts


@pytest.mark.parametrize(("runs", "hinted"), [(LEAST_RUNS - 1, False), (LEAST_RUNS, True)])
def test_a_habit_needs_enough_runs(runs: int, hinted: bool) -> None:
    hint = surfaces_of([on("road")] * runs, AT).hint
    assert (hint is not None) == hinted


def test_runs_of_unknown_surface_make_no_habit() -> None:
    assert surfaces_of([on("road")] * (LEAST_RUNS - 1) + [on("")] * 9, AT).hint is None
    assert surfaces_of([on("")] * 9, AT).share == {}


@pytest.mark.parametrize(("elsewhere_m", "hinted"), [(5000.0 * LEAST_RUNS / 9.0, False), (2500.0, True)])
def test_a_tenth_of_the_distance_elsewhere_is_variety(elsewhere_m: float, hinted: bool) -> None:
    told = surfaces_of([*([on("road")] * LEAST_RUNS), on("grass", elsewhere_m + 0.01)], AT)
    assert (told.hint is not None) == hinted


def test_runs_of_unknown_length_count_as_runs_without_a_share() -> None:
    told = surfaces_of([on("road", math.nan)] * LEAST_RUNS, AT)
    assert (told.runs, told.untold, told.share, told.hint) == (LEAST_RUNS, 0, {}, None)


surfaces = st.sampled_from(["road", "trail", "grass", ""])


@given(st.lists(st.builds(on, surfaces, st.floats(0, 5e4) | st.just(math.nan), st.floats(-5, 40))))
def test_shares_sum_to_one(runs: list[RunOn]) -> None:
    share = surfaces_of(runs, AT).share
    assert not share or sum(share.values()) == pytest.approx(1.0)
    assert "" not in share
