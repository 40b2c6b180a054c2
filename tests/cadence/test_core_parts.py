"""The kernel's small parts do what their names say, held against scipy and numpy."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import cumulative_trapezoid
from scipy.spatial.transform import Rotation

from cadence.core import layout, rings, step, vector
from cadence.core.kernel import BIN_US

Floats = NDArray[np.float64]

FLOAT32 = 1e-6
"""Relative rounding of a few float32 operations."""


def plain(function: Any) -> Any:
    """A kernel function as Python, without compiling it."""
    return getattr(function, "py_func", function)


def vectors(limit: float) -> st.SearchStrategy[Floats]:
    return st.tuples(*[st.floats(-limit, limit, width=32)] * 3).map(np.array)


def rotations() -> st.SearchStrategy[Rotation]:
    return st.integers(0, 2**32 - 1).map(lambda seed: Rotation.random(random_state=seed))


def stored(rotation: Rotation) -> NDArray[np.float32]:
    """The quaternion as the kernel keeps it, w first, and something before it."""
    x, y, z, w = rotation.as_quat()
    return np.array([np.nan, w, x, y, z], np.float32)


def read(words: NDArray[np.float32], turned_rad: float) -> Rotation:
    """The kernel's quaternion after a turn; its length is one but for what one Newton step leaves."""
    w, x, y, z = words[1:].astype(float)
    too_long = turned_rad**2 / 4.0
    assert np.linalg.norm([w, x, y, z]) == pytest.approx(1.0, abs=FLOAT32 + 3.0 / 8.0 * too_long**2)
    return Rotation.from_quat([x, y, z, w])


def angle_between(first: Rotation, second: Rotation) -> float:
    return float((first * second.inv()).magnitude())


@given(rotations(), vectors(200.0))
def test_a_vector_is_turned_to_world_axes_and_back(rotation: Rotation, sensor: Floats) -> None:
    words = stored(rotation)
    tolerance = 5 * FLOAT32 * max(1.0, float(np.linalg.norm(sensor)))
    world = plain(vector.to_world)(words, 1, *sensor.astype(np.float32))
    np.testing.assert_allclose(world, rotation.apply(sensor), atol=tolerance)
    back = plain(vector.to_sensor)(words, 1, *sensor.astype(np.float32))
    np.testing.assert_allclose(back, rotation.inv().apply(sensor), atol=tolerance)


@given(rotations())
def test_up_in_sensor_is_the_worlds_z_axis(rotation: Rotation) -> None:
    up = plain(vector.up_in_sensor)(stored(rotation), 1)
    np.testing.assert_allclose(up, rotation.inv().apply([0.0, 0.0, 1.0]), atol=5 * FLOAT32)


@given(rotations(), vectors(0.25))
def test_a_turn_in_sensor_axes_is_appended(rotation: Rotation, turn: Floats) -> None:
    words = stored(rotation)
    plain(vector.turn_in_sensor)(words, 1, *turn.astype(np.float32))
    # beyond rounding: the sine is cut off after its third power, the cosine after its fourth
    angle = float(np.linalg.norm(turn))
    found, expected = read(words, 0.0), rotation * Rotation.from_rotvec(turn)
    assert angle_between(found, expected) < 5 * FLOAT32 + (angle / 2.0) ** 5 / 60.0


@given(rotations(), vectors(0.5))
def test_a_tilt_in_world_axes_comes_first(rotation: Rotation, tilt: Floats) -> None:
    tilt[2] = 0.0
    words = stored(rotation)
    plain(vector.tilt_in_world)(words, 1, *tilt[:2].astype(np.float32))
    # beyond rounding: it turns by 2 atan(angle / 2) instead of by the angle
    angle = float(np.linalg.norm(tilt))
    found, expected = read(words, angle), Rotation.from_rotvec(tilt) * rotation
    assert angle_between(found, expected) < 5 * FLOAT32 + angle**3 / 12.0


@given(vectors(100.0))
def test_the_vertex_is_that_of_the_parabola(values: Floats) -> None:
    found = plain(rings.vertex)(*values.astype(np.float32))
    square, slope, _ = np.polyfit([-1.0, 0.0, 1.0], values, 2)
    if 2.0 * abs(square) < 1e-3:  # nearly a straight line: rounding decides where its tip lies
        assert -1.0 <= found <= 1.0
        return
    rounding = FLOAT32 * np.abs(values).max() / abs(square)
    assert found == pytest.approx(np.clip(-slope / (2.0 * square), -1.0, 1.0), abs=4 * FLOAT32 + 4 * rounding)


def test_the_vertex_of_a_line_is_its_middle() -> None:
    assert plain(rings.vertex)(np.float32(3), np.float32(3), np.float32(3)) == 0.0


def bins_of(t_us: NDArray[np.int64], motion: NDArray[np.float32]) -> Floats:
    """The mean of every bin that the kernel forms from some samples, shape (bins, 6)."""
    settings = np.array([np.inf, np.inf, 1.0], np.float32)
    floats = np.zeros(layout.STATE_FLOATS, np.float32)
    ints = np.zeros(layout.STATE_INTS, np.int32)
    out, out_int = np.zeros(layout.OUTPUT_FLOATS, np.float32), np.zeros(layout.OUTPUT_INTS, np.int32)
    means: list[Floats] = []

    def follow_bin(_settings: Any, state: NDArray[np.float32], *_: Any) -> np.int32:
        bin_mean = state[layout.BIN_MEAN : layout.BIN_MEAN + 6]
        means.append(bin_mean.astype(float))
        bin_mean[:] = 0.0
        return np.int32(0)

    plain(step.init)(floats, ints)
    with patch.object(step, "follow_bin", follow_bin):
        for dt_us, sample in zip(np.diff(t_us, prepend=t_us[0]), motion, strict=True):
            plain(step.step)(settings, floats, ints, out, out_int, np.int32(dt_us), *sample)
    return np.array(means).reshape(-1, 6)


@given(
    st.lists(st.integers(1, int(step.GAP_US)), min_size=2, max_size=40),
    st.integers(0, 2**32 - 1),
)
def test_a_bin_is_the_mean_of_the_signal_drawn_straight_from_sample_to_sample(
    steps_us: list[int], seed: int
) -> None:
    t_us = np.concatenate([[0], np.cumsum(steps_us)])
    motion = np.random.default_rng(seed).uniform(-100.0, 100.0, (len(t_us), 6)).astype(np.float32)
    edges = np.arange(0, t_us[-1] + 1, int(BIN_US))
    knots = np.unique(np.concatenate([t_us, edges]))
    knots = knots[knots <= t_us[-1]]
    drawn = np.column_stack([np.interp(knots, t_us, column) for column in motion.T.astype(float)])
    integral = cumulative_trapezoid(drawn, knots, axis=0, initial=0.0)
    expected = np.diff(integral[np.searchsorted(knots, edges)], axis=0) / int(BIN_US)
    np.testing.assert_allclose(bins_of(t_us, motion), expected, atol=100.0 * 40 * FLOAT32)


def test_of_two_samples_at_one_time_the_later_holds_from_then_on() -> None:
    t_us = np.array([0, 2500, 2500, 5000])
    motion = np.repeat(np.array([[0.0], [0.0], [8.0], [8.0]], np.float32), 6, axis=1)
    np.testing.assert_allclose(bins_of(t_us, motion), np.full((1, 6), 4.0))
