"""The simulated athlete does what was asked for, in one smooth motion, and tells exactly what it was."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from cadence.rep import RepKind
from cadence.sample import GRAVITY_M_S2
from cadence.stride import Side
from hardware.athlete.exercise import RANGE_DEG, Exercise, ExerciseName
from hardware.athlete.fidgets import MANNERS, Fidget
from hardware.athlete.path import Move, Path
from hardware.athlete.routine import USUAL_TEMPO_S, routine
from hardware.athlete.session import record
from hardware.gait import SOLE
from hardware.imu import IdealImu, Imu
from hardware.motion import INSTEP, REFERENCE_HEIGHT_M, Motion
from hardware.pod_spec import parse_pod_spec
from hardware.runner import Runner, Segment, doing

NAMES: tuple[ExerciseName, ...] = get_args(ExerciseName)
STEADY = Exercise(tempo_s=4.0, variation=0.0, sway=0.0)


def motion_of(movement: Exercise | Fidget, side: Side = Side.RIGHT) -> Motion:
    runner = Runner(seed=1, side=side)
    runner.stand(1.0)
    runner.do(movement)
    runner.stand(1.0)
    return runner.motion


def heel_deg(motion: Motion, t_s: np.ndarray) -> np.ndarray:
    """How far the heel is up: of the shoe's forward axis, below level."""
    forward = motion.track(t_s, INSTEP).rotation[:, :, 0]
    return np.degrees(-np.arcsin(np.clip(forward[:, 2], -1.0, 1.0)))


class TestTheTruthOfASet:
    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("amplitude", [0.2, 1.0])
    def test_has_the_amplitude_and_the_kind_that_were_asked_for(
        self, name: ExerciseName, amplitude: float
    ) -> None:
        truth = replace(STEADY, name=name, amplitude=amplitude).truth
        top_deg, bottom_deg = RANGE_DEG[name]
        np.testing.assert_allclose(truth["amplitude_deg"], amplitude * (top_deg - bottom_deg), rtol=1e-6)
        assert set(truth["kind"]) == {RepKind.RAISE if name == "calf-raises" else RepKind.DROP}

    @pytest.mark.parametrize("tempo_s", [1.0, 3.0, 8.0])
    def test_has_as_many_repetitions_as_were_asked_for_at_their_tempo(self, tempo_s: float) -> None:
        truth = replace(STEADY, reps=7, tempo_s=tempo_s).truth
        assert len(truth) == 7
        np.testing.assert_allclose(np.diff(truth["t_start_s"]), tempo_s, atol=0.005)

    def test_has_times_that_add_up(self) -> None:
        truth = Exercise("heel-drops", hesitations=2, fatigue=0.3, seed=4).truth
        assert np.all(truth["raise_s"] > 0.0)
        assert np.all(truth["hold_s"] >= 0.0)
        np.testing.assert_allclose(truth["t_start_s"] + truth["raise_s"], truth["t_top_s"], atol=1e-5)
        down_s = truth["t_end_s"] - truth["t_top_s"]
        np.testing.assert_allclose(truth["hold_s"] + truth["lowering_s"], down_s, atol=1e-5)

    def test_varies_as_people_do_and_the_same_way_each_time(self) -> None:
        one, again, other = (Exercise(seed=seed).truth for seed in (1, 1, 2))
        assert one.tobytes() == again.tobytes()
        assert one.tobytes() != other.tobytes()
        assert 0.0 < np.std(np.diff(one["t_start_s"])) < 0.5

    def test_shows_fatigue(self) -> None:
        amplitudes = replace(STEADY, fatigue=0.3).truth["amplitude_deg"]
        assert amplitudes[-1] / amplitudes[0] == pytest.approx(0.7)

    def test_shows_a_hesitation_in_the_way_down_of_the_last_ones(self) -> None:
        lowering_s = replace(STEADY, hesitations=2).truth["lowering_s"]
        assert np.all(lowering_s[-2:] > lowering_s[:-2].max() + 0.2)

    @pytest.mark.parametrize("cheat", [{"halves": 2}, {"bounces": True}])
    def test_counts_no_cheat(self, cheat: dict[str, int]) -> None:
        cheating = replace(STEADY, **cheat)  # type: ignore[arg-type]
        assert len(cheating.truth) == STEADY.reps

    def test_is_where_the_heel_is(self) -> None:
        motion = motion_of(STEADY)
        truth = STEADY.truth
        begin_s = motion.end_s - 1.0 - STEADY.duration_s
        inside = heel_deg(motion, begin_s + truth["t_top_s"] + truth["hold_s"] / 2.0)
        np.testing.assert_allclose(inside, RANGE_DEG["calf-raises"][0], atol=0.1)
        between = heel_deg(motion, begin_s + truth["t_end_s"][:-1] + 0.3)
        np.testing.assert_allclose(between, 0.0, atol=0.1)


class TestTheMotion:
    @pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
    @pytest.mark.parametrize(
        "movement",
        [Exercise(reps=2), Exercise("heel-drops", reps=2, from_below=True), *map(Fidget, MANNERS)],
        ids=lambda movement: movement.name,
    )
    def test_jumps_nowhere(self, movement: Exercise | Fidget, side: Side) -> None:
        motion = motion_of(movement, side)
        starts = np.concatenate(motion._t_s)[1:]
        tick = 1e-8
        before, after = motion.track(starts - tick), motion.track(starts + tick)
        assert np.abs(before.position_m - after.position_m).max() < 1e-6
        assert np.abs(before.velocity_m_s - after.velocity_m_s).max() < 1e-4
        assert np.abs(motion.sense(starts - tick) - motion.sense(starts + tick)).max() < 0.02

    def test_pivots_on_the_ball_which_stays_where_it_is(self) -> None:
        motion = motion_of(Exercise("heel-drops", reps=2, sway=0.0))
        t_s = np.linspace(1.0, motion.end_s - 1.0, 400)
        track = motion.track(t_s, INSTEP)
        ball_m = track.position_m + track.rotation @ [SOLE.ball_m, 0.0, -REFERENCE_HEIGHT_M]
        assert np.ptp(ball_m, axis=0).max() < 0.001
        assert heel_deg(motion, t_s).min() < -20.0

    def test_rests_before_and_after_a_set(self) -> None:
        session = record([Segment(2.0), doing(STEADY), Segment(2.0)], imu=IdealImu())
        force = np.linalg.norm(session.block.motion[:, :3], axis=1)
        np.testing.assert_allclose(force[[0, 100, -100, -1]], GRAVITY_M_S2, rtol=1e-3)

    @pytest.mark.parametrize("name", MANNERS)
    def test_of_a_fidget_is_no_repetition(self, name: str) -> None:
        session = record([Segment(1.0), doing(Fidget(name))])  # type: ignore[arg-type]
        assert len(session.reps) == 0
        assert np.isfinite(session.block.motion).all()


class TestARecording:
    def test_tells_the_truth_on_its_own_clock(self) -> None:
        """The chip's clock runs as it likes: the truth follows it."""
        exercise = replace(STEADY, reps=3)
        session = record([Segment(2.0), doing(exercise), Segment(5.0), doing(exercise)], imu=Imu(seed=8))
        assert session.sets.tolist() == [0, 0, 0, 1, 1, 1]
        assert len(session.reps) == len(session.meant_lowering_s) == 6
        assert np.all(np.diff(session.reps["t_start_s"]) > 0.0)
        assert session.reps["t_end_s"][-1] < session.block.t_us[-1] / 1e6
        rate = np.linalg.norm(session.block.motion[:, 3:], axis=1)
        t_s = session.block.t_us / 1e6
        for rep in session.reps:
            middle = np.abs(t_s - (rep["t_end_s"] - rep["lowering_s"] / 2.0)) < 0.05
            assert rate[middle].mean() > 0.3  # on the way down in its middle


class TestARoutine:
    @pytest.mark.parametrize("name", NAMES)
    def test_has_its_sets_with_rests_between(self, name: ExerciseName) -> None:
        segments = routine(name, reps=6, sets=2)
        sets = [part.movement for part in segments if isinstance(part.movement, Exercise)]
        assert [(one.name, one.reps, one.tempo_s) for one in sets] == [(name, 6, USUAL_TEMPO_S[name])] * 2
        assert sets[0].seed != sets[1].seed

    @pytest.mark.parametrize("name", NAMES)
    def test_is_named_in_one_word(self, name: ExerciseName) -> None:
        spec = parse_pod_spec(f"sim:{name},reps=6,sets=2,tempo=4,leg=left")
        assert (spec.reps, spec.sets, spec.tempo_s, spec.side) == (6, 2, 4.0, Side.LEFT)
        sets = [part.movement for part in spec.segments() if isinstance(part.movement, Exercise)]
        assert [(one.name, one.reps, one.tempo_s) for one in sets] == [(name, 6, 4.0)] * 2

    def test_is_three_sets_of_eight_unless_told(self) -> None:
        spec = parse_pod_spec("sim:heel-drops")
        sets = [part.movement for part in spec.segments() if isinstance(part.movement, Exercise)]
        assert [one.reps for one in sets] == [8, 8, 8]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("sim:heel-drops,reps=0", "reps=0 cannot be: a set has 1 to 100"),
            ("sim:heel-drops,reps=six,sets=3", "reps=six is no whole number"),
            ("sim:heel-drops,reps=6,sets=0", "sets=0 cannot be: a routine has 1 to 20"),
            ("sim:calf-raises,tempo=30", "a tempo of 30 s"),
            ("sim:calf-raises,tempo=slow", "tempo=slow is not a number"),
            ("sim:calf-raises,leg=middle", "leg=middle is not known: choose one of left, right"),
            ("sim:calf-drops", "no scenario 'calf-drops': choose one of"),
            ("sim:steady,reps=6", "no setting 'reps'"),
            ("sim:steady,leg=left", "no setting 'leg'"),
        ],
    )
    def test_that_cannot_be_is_told_in_one_line(self, text: str, said: str) -> None:
        with pytest.raises(ValueError, match=said) as error:
            parse_pod_spec(text)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("slip", [{"reps": 0}, {"tempo_s": 0.2}, {"amplitude": 2.0}])
def test_what_no_athlete_does_is_refused(slip: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"reps=0|tempo of 0\.2|amplitude of 2"):
        Exercise(**slip)  # type: ignore[arg-type]


def test_a_path_is_smooth_and_reaches_what_it_was_told() -> None:
    path = Path([Move(0.2, 5.0), Move(1.0, 5.0), Move(2.0, -3.0), Move(0.5, -3.0)])
    np.testing.assert_allclose(path(path.ends_s)[0], path.values, atol=1e-9)
    step_s = 1e-4
    t_s = np.arange(0.0, path.duration_s, step_s)
    value, rate, second = path(t_s)
    np.testing.assert_allclose(np.gradient(value, step_s)[1:-1], rate[1:-1], atol=0.05)
    np.testing.assert_allclose(np.gradient(rate, step_s)[1:-1], second[1:-1], atol=3.0)
    assert np.all(np.diff(value[t_s < 0.2]) >= 0.0)
