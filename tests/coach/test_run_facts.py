"""What a run says about the runner's cadence: of easy level running alone, and before the first burst."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity
from coach.run_facts import easy_level, run_facts

from .hand_made_runs import UNKNOWN, stride

DAY = date(2026, 5, 4)
NO_CUES = np.zeros(0, CUE)


def strides(
    seconds: float, cadence_spm: float = 160.0, begin_s: float = 0.0, **kind: float
) -> NDArray[np.void]:
    """STRIDE records one after the other. `kind`: as of `stride`."""
    count = round(seconds * cadence_spm / 120.0)
    records = np.array([stride(cadence_spm, **kind)] * count, STRIDE)  # type: ignore[arg-type]
    records["t_mid_stance_s"] = begin_s + np.cumsum(records["stride_time_s"], dtype=np.float64)
    return records


def burst_at(t_s: float) -> NDArray[np.void]:
    return np.array([(t_s, CueKind.BURST_UP, CueReason.BELOW_TARGET, 168.0)], CUE)


def test_cadence_and_speed_are_means_by_time() -> None:
    run = np.concatenate([strides(60, 150, speed_m_s=2.9), strides(120, 180, speed_m_s=3.2)])
    facts = run_facts(DAY, run, NO_CUES, None)
    assert facts.day == DAY
    assert facts.level_s == pytest.approx(180)
    assert facts.cadence_spm == pytest.approx((150 * 60 + 180 * 120) / 180)
    assert facts.speed_m_s == pytest.approx((2.9 * 60 + 3.2 * 120) / 180)


def test_what_is_walked_bad_steep_fast_or_of_unknown_length_counts_nowhere() -> None:
    unknown_time = strides(10)
    unknown_time["stride_time_s"] = UNKNOWN
    run = np.concatenate(
        [
            strides(100, 160),
            strides(50, 110, activity=Activity.WALKING),
            strides(50, 170, good=False),
            strides(50, 170, grade_percent=4.5),
            strides(50, 170, grade_percent=-4.5),
            strides(30, 190, speed_m_s=4.0),
            strides(30, 140, speed_m_s=2.5),
            unknown_time,
        ]
    )
    facts = run_facts(DAY, run, NO_CUES, 160.0)
    assert facts.level_s == pytest.approx(100, abs=0.5)
    assert facts.cadence_spm == pytest.approx(160)
    assert facts.on_target_s == pytest.approx(100, abs=0.5)


def test_grades_up_to_four_percent_are_level() -> None:
    run = np.concatenate([strides(50, grade_percent=3.9), strides(50, grade_percent=-3.9)])
    assert len(easy_level(run)) == len(run)


def test_where_speed_and_grade_are_unknown_all_running_counts() -> None:
    run = np.concatenate(
        [strides(50, speed_m_s=UNKNOWN, grade_percent=UNKNOWN), strides(50, 110, activity=Activity.WALKING)]
    )
    facts = run_facts(DAY, run, NO_CUES, None)
    assert facts.level_s == pytest.approx(50, abs=0.5)
    assert np.isnan(facts.speed_m_s)


def test_what_came_before_the_first_burst_is_the_runners_own() -> None:
    run = np.concatenate([strides(120, 160), strides(120, 168, begin_s=120, speed_m_s=3.1)])
    facts = run_facts(DAY, run, np.concatenate([burst_at(121.0), burst_at(200.0)]), 168.0)
    assert facts.own_s == pytest.approx(120, abs=1.5)
    assert facts.own_spm == pytest.approx(160, abs=0.1)
    assert facts.own_speed_m_s == pytest.approx(3.0, abs=0.01)
    assert facts.on_target_s == pytest.approx(120, abs=1.5)


def test_a_run_without_a_burst_is_all_the_runners_own_whatever_else_was_said() -> None:
    told = np.array([(50.0, CueKind.ON_TARGET, CueReason.END_OF_ROAD, UNKNOWN)], CUE)
    facts = run_facts(DAY, strides(300, 178), told, 180.0)
    assert facts.own_s == facts.level_s
    assert facts.own_spm == facts.cadence_spm


def test_a_run_coached_from_its_first_step_has_nothing_of_the_runners_own() -> None:
    facts = run_facts(DAY, strides(300), burst_at(0.0), 168.0)
    assert facts.own_s == 0.0
    assert np.isnan(facts.own_spm)
    assert np.isnan(facts.own_speed_m_s)


def test_on_target_is_within_three_steps_a_minute() -> None:
    run = np.concatenate([strides(60, 164.9), strides(60, 165.1), strides(60, 170.9), strides(60, 171.1)])
    assert run_facts(DAY, run, NO_CUES, 168.0).on_target_s == pytest.approx(120, abs=1)
    assert run_facts(DAY, run, NO_CUES, None).on_target_s == 0.0


@pytest.mark.parametrize(
    "run", [strides(0), strides(60, 110, activity=Activity.WALKING), strides(60, good=False)]
)
def test_of_a_run_that_was_none_nothing_is_known(run: NDArray[np.void]) -> None:
    facts = run_facts(DAY, run, NO_CUES, 168.0)
    assert (facts.level_s, facts.own_s, facts.on_target_s) == (0.0, 0.0, 0.0)
    assert np.isnan([facts.cadence_spm, facts.speed_m_s, facts.own_spm, facts.own_speed_m_s]).all()


@given(
    st.lists(
        st.tuples(
            st.floats(120, 220), st.floats(1, 6), st.floats(-10, 10), st.sampled_from(Activity), st.booleans()
        ),
        max_size=40,
    ),
    st.floats(0, 40),
)
def test_no_part_is_longer_than_the_whole(
    told: list[tuple[float, float, float, Activity, bool]], burst_s: float
) -> None:
    records = [
        stride(cadence_spm, speed_m_s=speed, grade_percent=grade, activity=activity, good=good)
        for cadence_spm, speed, grade, activity, good in told
    ]
    run = np.array(records, STRIDE)
    run["t_mid_stance_s"] = np.cumsum(run["stride_time_s"], dtype=np.float64)
    facts = run_facts(DAY, run, burst_at(burst_s), 168.0)
    assert 0.0 <= facts.own_s <= facts.level_s + 1e-6
    assert 0.0 <= facts.on_target_s <= facts.level_s + 1e-6
    assert facts.level_s <= run["stride_time_s"].sum() + 1e-3
    if facts.level_s:
        assert 119.0 <= facts.cadence_spm <= 221.0
