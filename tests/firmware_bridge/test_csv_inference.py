"""What the CSV importer tells from the signal alone: units and sensor limits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2
from firmware_bridge.csv_clipping import GYRO_FLOOR_RAD_S, find_plateau
from firmware_bridge.csv_time import usual_step
from firmware_bridge.csv_units import infer_acc_unit, infer_gyro_unit, infer_time_unit, unit_of
from firmware_bridge.source import SourceError

from .csv_files import DEG, walk


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        *[(text, "m/s2") for text in ("m/s2", "m/s²", "m/s^2", "[m/s/s]", "m_s2", "m s-2", "M/S2", "mps2")],
        *[(text, "dps") for text in ("deg/s", "°/s", "dps", "deg_s", "degrees/second", "Degrees per second")],
        *[(text, "rad/s") for text in ("rad/s", "rad_s", "(rad/s)", "rads", "rad·s⁻1")],
        *[(text, "g") for text in ("g", "G", "[g]")],
        *[(text, "us") for text in ("us", "µs", "μs", "microseconds")],
        *[(text, None) for text in ("", "m", "deg", "Hz", "mBar", "x", "counts")],
    ],
)
def test_spellings_of_units(text: str, unit: str | None) -> None:
    assert unit_of(text) == unit


@given(rate_hz=st.floats(10, 4000), unit=st.sampled_from(["s", "ms", "us", "ns"]))
def test_the_unit_of_time_is_told_from_any_usual_rate(rate_hz: float, unit: str) -> None:
    per_second = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[unit]
    assert infer_time_unit(per_second / rate_hz) == unit


def test_usual_step_of_bursts_gaps_and_nothing() -> None:
    assert usual_step(np.repeat(np.arange(100.0), 10)) == pytest.approx(0.1, rel=0.02)
    assert usual_step(np.r_[0:100, 10_000:10_100].astype(float)) == 1
    assert math.isnan(usual_step(np.zeros(50)))
    assert math.isnan(usual_step(np.array([np.nan, 1.0])))


@pytest.mark.parametrize("seconds", [1.0, 2.0, 3.0])
@pytest.mark.parametrize(("unit", "factor"), [("dps", DEG), ("rad/s", 1.0)])
def test_a_gently_tilting_foot_tells_the_unit_of_rotation(seconds: float, unit: str, factor: float) -> None:
    t_s = np.arange(0, seconds, 0.01)
    tilt, speed = 0.3 * np.sin(2 * t_s), 0.6 * np.cos(2 * t_s)
    acc = GRAVITY_M_S2 * np.column_stack([-np.sin(tilt), 0 * tilt, np.cos(tilt)])
    gyro = np.column_stack([0 * tilt, speed, 0 * tilt]) * factor
    assert infer_gyro_unit(t_s, acc, gyro)[0] == unit


@pytest.mark.parametrize(
    ("at_rest", "unit"), [(0.005, "rad/s"), (0.7, "dps")], ids=["bias of 0.3 deg/s", "bias of 0.7 deg/s"]
)
def test_a_foot_at_rest_tells_the_unit_by_the_bias(at_rest: float, unit: str) -> None:
    t_s = np.arange(300) / 100
    acc = np.tile([0.0, 0.0, GRAVITY_M_S2], (300, 1))
    assert infer_gyro_unit(t_s, acc, np.full((300, 3), at_rest / math.sqrt(3)))[0] == unit


def test_a_foot_at_rest_with_a_bias_of_either_unit_is_not_guessed() -> None:
    t_s = np.arange(300) / 100
    acc = np.tile([0.0, 0.0, GRAVITY_M_S2], (300, 1))
    with pytest.raises(SourceError, match="give --gyro-unit"):
        infer_gyro_unit(t_s, acc, np.full((300, 3), 0.06))


@pytest.mark.parametrize(("median", "unit"), [(1.0, "g"), (3.6, "g"), (9.81, "m/s2"), (35.5, "m/s2")])
def test_acceleration_from_standing_to_a_fast_run(median: float, unit: str) -> None:
    assert infer_acc_unit(np.tile([median, 0.0, 0.0], (20, 1)))[0] == unit


def swings(noise: float = 0.02, rate_hz: float = 200.0, seconds: float = 30.0) -> NDArray[np.float64]:
    """Rotation of a foot in rad/s, shape (n, 3): 1.4 strides a second, each peak a little different."""
    random = np.random.default_rng(1)
    t_s = np.arange(0, seconds, 1 / rate_hz)
    strides = np.arange(0, seconds + 1, 0.7)
    height = np.interp(t_s, strides, 12 + random.normal(size=len(strides)))
    pitch = height * np.sin(2 * np.pi * 1.4 * t_s)
    return np.column_stack([pitch, 0.3 * pitch, 0.2 * pitch]) + random.normal(scale=noise, size=(len(t_s), 3))


@pytest.mark.parametrize("rate_hz", [100.0, 200.0, 1000.0])
def test_natural_peaks_are_no_limit(rate_hz: float) -> None:
    assert find_plateau(swings(rate_hz=rate_hz), GYRO_FLOOR_RAD_S) is None


@pytest.mark.parametrize("rate_hz", [100.0, 200.0, 1000.0])
@pytest.mark.parametrize("limit", [6.0, 8.7, 10.0])
def test_peaks_cut_at_one_value_are_a_limit(rate_hz: float, limit: float) -> None:
    plateau = find_plateau(np.clip(swings(rate_hz=rate_hz), -limit, limit), GYRO_FLOOR_RAD_S)
    assert plateau is not None
    assert plateau.limit == pytest.approx(limit, rel=1e-5)
    assert plateau.limit < limit


def test_a_calibration_that_tilts_the_cut_hides_no_limit() -> None:
    mixed = np.clip(swings(), -9, 9) @ np.array([[1, 0.01, 0], [0.01, 1, 0.01], [0, 0.01, 1]])
    plateau = find_plateau(mixed, GYRO_FLOOR_RAD_S)
    assert plateau is not None
    assert plateau.limit == pytest.approx(9, rel=0.02)


def test_impacts_that_touch_the_limit_for_one_sample_each() -> None:
    random = np.random.default_rng(2)
    acc = random.normal(scale=10, size=(3000, 3))
    acc[100::100, 1] = 156.7
    plateau = find_plateau(acc, 18.0)
    assert plateau is not None
    assert plateau.limit == pytest.approx(156.7)
    assert plateau.peaks == 29


def test_a_noiseless_periodic_signal_is_no_limit() -> None:
    one = np.random.default_rng(3).normal(scale=20, size=(150, 3))
    assert find_plateau(np.tile(one, (40, 1)), 18.0) is None


@pytest.mark.parametrize("count", [0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0])
def test_coarse_counts_are_no_limit(count: float) -> None:
    assert find_plateau(np.round(swings() / count) * count, GYRO_FLOOR_RAD_S) is None


def test_a_foot_at_rest_has_no_limit() -> None:
    still = np.round(np.random.default_rng(4).normal(scale=0.01, size=(5000, 3)), 2)
    assert find_plateau(still, GYRO_FLOOR_RAD_S) is None


def test_samples_written_twice_are_no_plateau() -> None:
    assert find_plateau(np.repeat(swings(), 3, axis=0), GYRO_FLOOR_RAD_S) is None


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(3, 60))
@settings(max_examples=100, deadline=None)
def test_noise_is_no_limit(seed: int, scale: float) -> None:
    assert find_plateau(np.random.default_rng(seed).normal(scale=scale, size=(2000, 3)), 2.0) is None


def test_the_walk_of_these_tests_is_not_clipped() -> None:
    assert find_plateau(walk()[1][:, 3:], GYRO_FLOOR_RAD_S) is None
