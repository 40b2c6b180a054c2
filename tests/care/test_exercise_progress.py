"""What is proposed next of heel drops and calf raises: when load goes up, stays, and goes back."""

from __future__ import annotations

import pytest

from coach.care.progress import (
    LOAD_STEP_KG,
    RAISE_FIRST,
    RAISE_GOAL,
    Proposal,
    calf_raise_proposal,
    heel_drop_proposal,
    raise_progress,
    raise_words,
)
from coach.care.records import Pain, RoutineDone, Side

from .logs import at, mornings, pain, routine


def drops(day: float, *reps: int, load_kg: float = 5.0, finished: bool = True) -> RoutineDone:
    return routine(day, "heel-drops", "left", *reps, load_kg=load_kg, finished=finished, asked=8)


def after(*done: RoutineDone, pains: list[Pain] | None = None, day: float = 1) -> Proposal:
    return heel_drop_proposal(done, pains or [], "left", at(day, 21))


class TestHeelDrops:
    def test_they_begin_with_body_weight(self) -> None:
        first = after()
        assert (first.load_kg, first.sets, first.reps) == (0.0, 3, 8)
        assert "body weight" in first.why

    @pytest.mark.parametrize(
        ("reps", "load_kg"),
        [
            ((8, 8, 8), 5.0 + LOAD_STEP_KG),
            ((8, 8, 8, 8), 5.0 + LOAD_STEP_KG),
            ((9, 8, 10), 5.0 + LOAD_STEP_KG),
            ((8, 8, 7), 5.0),
            ((7, 7, 7), 5.0),
            ((6, 6, 6), 5.0),
            ((8, 8), 5.0),
            ((8, 8, 5), 5.0 - LOAD_STEP_KG),
        ],
    )
    def test_load_goes_up_when_three_by_eight_are_done_stays_at_six_and_goes_back_below(
        self, reps: tuple[int, ...], load_kg: float
    ) -> None:
        assert after(drops(0, *reps)).load_kg == load_kg

    def test_the_load_is_told_in_words(self) -> None:
        assert "7.5 kg instead of 5 kg" in after(drops(0, 8, 8, 8)).why
        assert "2.5 kg instead of body weight" in after(drops(0, 8, 8, 8, load_kg=0.0)).why
        assert "stay at 5 kg" in after(drops(0, 7, 7, 7)).why
        assert "stay at body weight" in after(drops(0, 5, 5, 5, load_kg=0.0)).why

    def test_a_set_that_was_not_as_asked_adds_nothing(self) -> None:
        hasty = routine(0, "heel-drops", "left", 8, 8, 8, load_kg=5.0, asked=9)
        assert after(hasty).load_kg == 5.0

    def test_what_was_broken_off_neither_adds_nor_takes(self) -> None:
        assert after(drops(0, 8, 8, 8, finished=False)).load_kg == 5.0
        assert after(drops(0, 8, 3, finished=False)).load_kg == 5.0
        assert after(drops(0, 8, 8, 8), drops(0.5, finished=False)).load_kg == 7.5

    def test_the_last_one_of_the_leg_counts(self) -> None:
        other = routine(0.5, "heel-drops", "right", 8, 8, 8, load_kg=20.0)
        assert after(drops(0.2, 8, 8, 8, load_kg=2.5), drops(0, 8, 8, 8), other).load_kg == 5.0

    def test_pain_over_five_since_then_takes_load_back_once(self) -> None:
        hurt = [pain(0, 6, "during")]
        assert after(drops(0, 8, 8, 8), pains=hurt).load_kg == 2.5
        assert after(drops(0, 8, 8, 8), drops(1, 8, 8, 8, load_kg=2.5), pains=hurt, day=2).load_kg == 2.5
        assert after(drops(0, 8, 8, 8, load_kg=0.0), pains=hurt).load_kg == 0.0

    def test_pain_up_to_five_does_not(self) -> None:
        assert after(drops(0, 8, 8, 8), pains=[pain(0, 5, "during")]).load_kg == 7.5

    def test_a_morning_that_has_not_settled_holds_the_load_until_the_stop_is_lifted(self) -> None:
        log = [pain(0, 4, "after"), *mornings(1, 3, 2, 2)]
        held = after(drops(0, 8, 8, 8), pains=log[:3], day=2)
        assert held.load_kg == 5.0
        assert "not settled by morning" in held.why
        assert after(drops(0, 8, 8, 8), pains=log, day=3).load_kg == 7.5

    def test_pain_of_the_other_leg_does_not_hold_it(self) -> None:
        assert after(drops(0, 8, 8, 8), pains=[pain(0, 7, "after", "right")]).load_kg == 7.5

    @pytest.mark.parametrize(("day", "load_kg"), [(28, 7.5), (29, 0.0)])
    def test_after_four_weeks_without_they_begin_again(self, day: int, load_kg: float) -> None:
        done = drops(0, 8, 8, 8)
        assert heel_drop_proposal([done], [], "left", at(day)).load_kg == load_kg

    @pytest.mark.parametrize("side", ["left", "right"])
    def test_after_a_snap_of_either_leg_there_are_none(self, side: Side) -> None:
        none = after(drops(0, 8, 8, 8), pains=[pain(0, 5, "during", side, snap=True)])
        assert (none.sets, none.reps, none.load_kg) == (0, 0, 0.0)
        assert "doctor" in none.why

    def test_a_proposal_is_a_plain_document(self) -> None:
        assert after().to_dict().keys() == {"load_kg", "sets", "reps", "why"}


def raises(day: float, *reps: int) -> RoutineDone:
    return routine(day, "calf-raises", "left", *reps)


def next_raises(*done: RoutineDone, pains: list[Pain] | None = None, day: float = 1) -> int:
    return calf_raise_proposal(done, pains or [], "left", at(day, 21)).reps


class TestCalfRaises:
    def test_they_begin_low_and_go_up_in_small_steps_to_fifty(self) -> None:
        assert next_raises() == RAISE_FIRST
        assert next_raises(raises(0, 22, 15)) == 24
        assert next_raises(raises(0, 49)) == RAISE_GOAL
        assert next_raises(raises(0, 50)) == RAISE_GOAL
        assert next_raises(raises(0, 60)) == RAISE_GOAL

    def test_pain_holds_or_takes_back(self) -> None:
        assert next_raises(raises(0, 22), pains=[pain(0, 5, "after")]) == 24
        assert next_raises(raises(0, 22), pains=[pain(1, 3, "morning")]) == 22
        assert next_raises(raises(0, 22), pains=[pain(0, 6, "after")]) == 20
        assert next_raises(raises(0, 1), pains=[pain(0, 6, "after")]) == 1
        assert next_raises(raises(0, 22), pains=[pain(0, 6, "after", snap=True)]) == 0

    @pytest.mark.parametrize(("day", "reps"), [(27.9, 24), (28, RAISE_FIRST)])
    def test_a_best_counts_for_four_weeks(self, day: float, reps: int) -> None:
        assert calf_raise_proposal([raises(0, 22)], [], "left", at(day)).reps == reps

    def test_the_legs_are_compared_over_four_weeks_and_with_the_four_before(self) -> None:
        done = [raises(0, 12), raises(20, 20), raises(40, 26, 30), routine(41, "calf-raises", "right", 24)]
        found = raise_progress(done, at(45))
        assert found.best == {"left": 30, "right": 24}
        assert found.before == {"left": 12, "right": None}
        assert found.difference == 6
        assert raise_progress([], at(45)).difference is None
        assert raise_words(found) == (
            "Most calf raises in a set: 30 left (12 four weeks before), 24 right, toward 50. "
            "The right leg is 6 behind."
        )
        assert raise_words(raise_progress(done[:3], at(45))).endswith(
            "30 left (12 four weeks before), toward 50."
        )
        assert raise_words(raise_progress([], at(45))) == ""
