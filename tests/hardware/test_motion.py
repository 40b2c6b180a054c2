"""The motion of a shoe and what an ideal sensor on it reads agree with each other, exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from cadence.sample import GRAVITY_M_S2
from cadence.stride import Activity, Side
from hardware.gait import Pace, Strike
from hardware.motion import HEEL, INSTEP, OUTSIDE, Knots, Motion, Mounting
from hardware.runner import Runner

ANYHOW = Mounting((-0.05, 0.03, 0.08), Rotation.from_euler("xyz", [0.3, -1.1, 2.0]).as_matrix())
PACES = [
    Pace(speed_m_s=4.5, cadence_spm=180.0, turn_rate_deg_s=30.0, grade_percent=5.0),
    Pace(speed_m_s=2.0, cadence_spm=150.0, strike=Strike.FORE),
    Pace(Activity.WALKING, cadence_spm=110.0, speed_m_s=1.3),
]


def a_run(side: Side = Side.RIGHT) -> Motion:
    """Standing, walking, running, turning on a hill, and a halt."""
    runner = Runner(seed=3, side=side)
    for pace in (PACES[2], PACES[0], PACES[0], PACES[1]):
        runner.stride(pace)
    runner.stop()
    runner.stand(3.0)
    for pace in PACES:
        runner.stride(pace)
    return runner.motion


@pytest.mark.parametrize("mounting", [INSTEP, HEEL, OUTSIDE, ANYHOW])
@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_strapdown_integration_of_the_ideal_sensor_returns_the_true_path(
    mounting: Mounting, side: Side
) -> None:
    motion = a_run(side)
    step_s = 0.0005
    t = np.arange(motion.start_s, motion.end_s, step_s)
    felt = motion.sense(t, mounting)
    true = motion.track(t, mounting)
    # The mid-point of each interval turns the sensor, and trapezia integrate twice.
    turns = Rotation.from_rotvec(motion.sense(t[:-1] + step_s / 2, mounting)[:, 3:] * step_s)
    attitude = Rotation.from_matrix(true.rotation[0])
    vectors = [attitude.apply(felt[0, :3])]
    for turn, force in zip(turns, felt[1:, :3], strict=True):
        attitude = attitude * turn
        vectors.append(attitude.apply(force))
    acceleration = np.array(vectors) - [0.0, 0.0, GRAVITY_M_S2]
    velocity = true.velocity_m_s[0] + np.vstack(
        [np.zeros(3), np.cumsum((acceleration[1:] + acceleration[:-1]) / 2 * step_s, axis=0)]
    )
    position = true.position_m[0] + np.vstack(
        [np.zeros(3), np.cumsum((velocity[1:] + velocity[:-1]) / 2 * step_s, axis=0)]
    )
    assert np.abs(position - true.position_m).max() < 0.02  # over 12 m and 8 s
    assert (attitude.inv() * Rotation.from_matrix(true.rotation[-1])).magnitude() < 1e-3


def test_position_velocity_attitude_and_force_are_continuous_everywhere() -> None:
    motion = a_run()
    starts = np.concatenate(motion._t_s)[1:]
    tick = 1e-8
    before, after = motion.track(starts - tick), motion.track(starts + tick)
    assert np.abs(before.position_m - after.position_m).max() < 1e-6
    assert np.abs(before.velocity_m_s - after.velocity_m_s).max() < 1e-4
    assert np.abs(before.rotation - after.rotation).max() < 1e-5
    assert np.abs(motion.sense(starts - tick, HEEL) - motion.sense(starts + tick, HEEL)).max() < 0.02


def test_a_motion_passes_through_its_knots() -> None:
    random = np.random.default_rng(1)
    knots = Knots(np.array([0.0, 0.4, 1.0]), random.standard_normal((3, 3, 6)))
    motion = Motion()
    motion.extend(knots)
    for order, found in enumerate(motion._evaluate(knots.t_s)):
        np.testing.assert_allclose(found, knots.pose[order], atol=1e-9)


def test_quaternions_turn_sensor_axes_into_world_axes() -> None:
    track = a_run().track(np.array([0.5, 1.0]), ANYHOW)
    again = Rotation.from_quat(track.quaternion()[:, [1, 2, 3, 0]]).as_matrix()
    np.testing.assert_allclose(again, track.rotation, atol=1e-12)


def test_what_is_forgotten_does_not_change_the_rest() -> None:
    whole, short = a_run(), a_run()
    short.forget_before(2.0)
    assert 0.0 < short.start_s <= 2.0
    t = np.linspace(2.0, whole.end_s, 500)
    np.testing.assert_array_equal(short.sense(t), whole.sense(t))
    with pytest.raises(ValueError, match="is known from"):
        short.sense(np.array([0.0]))


def test_pieces_that_do_not_join_are_refused() -> None:
    motion = Motion()
    motion.extend(Knots(np.array([0.0, 1.0]), np.zeros((3, 2, 6))))
    with pytest.raises(ValueError, match="join"):
        motion.extend(Knots(np.array([2.0, 3.0]), np.zeros((3, 2, 6))))


def test_a_mounting_must_be_a_rotation() -> None:
    with pytest.raises(ValueError, match="rotation"):
        Mounting(rotation=np.diag([1.0, 1.0, -1.0]))
