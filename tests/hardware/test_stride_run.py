"""A run at stride level looks like what a detector finds of a runner who hears."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cadence.stride import STRIDE, Activity
from hardware.gait import Pace
from hardware.listener import Listener, Temper
from hardware.runner import Runner
from hardware.stride_run import StrideLevelRun

RUN = Pace(cadence_spm=164.0, speed_m_s=3.0)


def strides(run: StrideLevelRun, until_s: float) -> np.ndarray:
    found = []
    while run.t_s < until_s:
        found.append(run.next_stride())
    return np.array(found, STRIDE)


def test_its_strides_are_spread_as_those_of_the_simulated_motion() -> None:
    drawn = strides(StrideLevelRun(Listener(Temper(1.0, cadence_fatigue_per_h=0.0)), RUN, seed=4), 300.0)[1:]
    runner = Runner(seed=4)
    moved = np.array([runner.stride(RUN) for _ in range(400)], STRIDE)[1:]
    for name, within in (
        ("cadence_spm", 0.005),
        ("contact_time_s", 0.005),
        ("flight_time_s", 0.02),
        ("speed_m_s", 0.03),
        ("stride_length_m", 0.03),
        ("strike_angle_deg", 0.02),
    ):
        assert drawn[name].mean() == pytest.approx(moved[name].mean(), rel=within), name
    for name in ("cadence_spm", "contact_time_s"):
        assert drawn[name].std() == pytest.approx(moved[name].std(), rel=0.2), name


def test_the_fields_of_a_record_agree_with_each_other() -> None:
    found = strides(StrideLevelRun(Listener(Temper(0.9)), RUN), 120.0)
    assert np.isnan(found["stride_time_s"][0])
    rest = found[1:]
    np.testing.assert_allclose(rest["stride_time_s"], np.diff(found["t_contact_s"]), rtol=1e-5)
    np.testing.assert_allclose(rest["cadence_spm"] * rest["stride_time_s"], 120.0, rtol=1e-5)
    np.testing.assert_allclose(
        rest["stride_length_m"], rest["speed_m_s"] * np.diff(found["t_mid_stance_s"]), rtol=1e-5
    )
    assert (np.diff(found["t_mid_stance_s"]) > 0.0).all()
    assert (found["t_toe_off_s"] < found["t_contact_s"]).all()
    assert found["good"].all()
    assert (found["activity"] == Activity.RUNNING).all()


def test_it_hears() -> None:
    run = StrideLevelRun(Listener(Temper(1.0)), RUN)
    before = strides(run, 60.0)
    run.listener.hear(172.0)
    during = strides(run, 90.0)[10:]
    assert during["cadence_spm"].mean() == pytest.approx(172.0, abs=0.6)
    assert during["speed_m_s"].mean() == pytest.approx(before["speed_m_s"].mean(), rel=0.02)


def test_a_run_is_measured_long_or_short_as_a_whole() -> None:
    speeds = [
        strides(StrideLevelRun(Listener(Temper(1.0)), RUN, seed=seed), 60.0)["speed_m_s"].mean()
        for seed in range(40)
    ]
    assert 0.006 < np.std(speeds) / 3.0 < 0.015
    assert np.mean(speeds) == pytest.approx(3.0, rel=0.006)


def test_the_same_seed_gives_the_same_run() -> None:
    once, again, other = (
        strides(StrideLevelRun(Listener(Temper(1.0)), RUN, seed=seed), 30.0).tobytes() for seed in (1, 1, 2)
    )
    assert once == again != other


def test_half_an_hour_is_made_in_no_time() -> None:
    fastest_s = np.inf
    for _ in range(3):
        begin_s = time.perf_counter()
        strides(StrideLevelRun(Listener(Temper(1.0)), RUN), 1800.0)
        fastest_s = min(fastest_s, time.perf_counter() - begin_s)
    assert fastest_s < 0.2  # 0.02 s on a core that has nothing else to do


@pytest.mark.parametrize("pace", [Pace(Activity.WALKING, 114.0, 1.4), Pace(grade_percent=3.0)])
def test_it_runs_on_the_level_alone(pace: Pace) -> None:
    with pytest.raises(ValueError, match="level"):
        StrideLevelRun(Listener(Temper(1.0)), pace)
