"""A counted exercise: what the runner hears of each repetition, set and rest."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from coach.routines.catalogue import HEEL_DROPS
from coach.routines.counting import BELONGS_S, GIVEN_UP_S, IDLE_S, WARNED_S, Counting
from coach.routines.spoken import Spoken

ASKED = dataclasses.replace(HEEL_DROPS, sets=2, reps=3, sets_enough=2, rest_s=60.0, lowering_s=3.0)


def words(heard: list[Spoken]) -> list[str]:
    return [spoken.words for spoken in heard]


def done(counting: Counting, count: int, first_s: float) -> list[str]:
    """Repetitions, five seconds each."""
    return [
        word
        for number in range(count)
        for word in words(counting.repetition(first_s + 5.0 * number, lowering_s=3.0))
    ]


def test_each_repetition_is_counted_aloud_and_the_last_is_announced() -> None:
    counting = Counting(ASKED)
    assert done(counting, 3, 10.0) == ["1", "2. Last one", "3. Set done. Rest 60 seconds"]


def test_the_next_set_is_announced_before_the_rest_is_over() -> None:
    counting = Counting(ASKED)
    done(counting, 3, 10.0)
    assert counting.rest_left_s(30.0) == 50.0
    assert counting.advance(80.0 - WARNED_S - 0.1) == []
    assert words(counting.advance(80.0 - WARNED_S)) == ["Set 2 in 10 seconds"]
    assert counting.advance(80.0) == []
    assert counting.number == 2


def test_after_the_last_set_nothing_more_is_asked() -> None:
    counting = Counting(ASKED)
    done(counting, 3, 10.0)
    assert done(counting, 3, 90.0)[-1] == "3. All sets done. Well done"
    assert counting.over
    assert [(one.reps, one.completed) for one in counting.sets()] == [(3, True), (3, True)]


def test_a_set_is_over_when_no_repetition_comes() -> None:
    counting = Counting(ASKED)
    done(counting, 2, 10.0)
    assert counting.advance(15.0 + IDLE_S) == []
    assert words(counting.advance(15.1 + IDLE_S)) == ["Set done. Rest 60 seconds"]
    assert [(one.reps, one.completed) for one in counting.sets()] == [(2, False)]


def test_one_more_right_after_a_set_belongs_to_it() -> None:
    counting = Counting(ASKED)
    done(counting, 3, 10.0)
    counting.repetition(20.0 + BELONGS_S, lowering_s=2.5)
    assert [one.reps for one in counting.sets()] == [4]
    counting.repetition(20.0 + 2 * BELONGS_S + 0.1, lowering_s=2.5)
    assert [one.reps for one in counting.sets()] == [4, 1]


def test_who_does_not_wait_for_the_end_of_the_rest_begins_the_next_set() -> None:
    counting = Counting(ASKED)
    done(counting, 3, 10.0)
    assert done(counting, 1, 40.0) == ["1"]
    assert counting.rest_left_s(41.0) is None


def test_who_does_not_go_on_has_ended_it() -> None:
    counting = Counting(ASKED)
    done(counting, 3, 10.0)
    counting.advance(75.0)
    assert counting.advance(80.0 + GIVEN_UP_S) == []
    assert words(counting.advance(80.1 + GIVEN_UP_S)) == ["That is it for today"]
    assert counting.over


def test_the_way_down_is_paced_by_a_tick_each_second() -> None:
    counting = Counting(ASKED)
    heard = [spoken for at in range(60) for spoken in counting.lowering(True, 10.0 + 0.1 * at)]
    assert [spoken.words for spoken in heard] == ["", "", "", ""]
    assert [round(spoken.t_s, 9) for spoken in heard] == [10.0, 11.0, 12.0, 13.0]
    assert counting.lowering(False, 17.0) == []
    assert [spoken.t_s for spoken in counting.lowering(True, 20.0)] == [20.0]


def test_a_set_that_is_broken_off_is_kept() -> None:
    counting = Counting(ASKED)
    done(counting, 2, 10.0)
    assert not counting.is_enough
    (only,) = counting.sets()
    assert only == type(only)(2, (3.0, 3.0), completed=False)


@given(st.lists(st.floats(0.6, 40.0), max_size=60))
def test_no_repetition_is_lost_or_counted_twice_before_the_end(pauses_s: list[float]) -> None:
    counting, t_s, given_to_it = Counting(ASKED), 0.0, 0
    for pause_s in pauses_s:
        t_s += pause_s
        counting.advance(t_s)
        counted_before = sum(one.reps for one in counting.sets())
        was_over = counting.over
        counting.repetition(t_s, lowering_s=1.0)
        counted = sum(one.reps for one in counting.sets()) - counted_before
        assert counted == 1 or (was_over and counted == 0)
        given_to_it += counted
    assert sum(len(one.lowering_s) for one in counting.sets()) == given_to_it
