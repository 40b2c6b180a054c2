"""A guided routine: what is heard when, from the first word to the last."""

from __future__ import annotations

import itertools

import pytest

from coach.routines.catalogue import GUIDED
from coach.routines.exercise import Exercise, Guided
from coach.routines.timeline import CHANGE_S, READY_S, Timeline, timeline

SHORT = Guided(
    "warm-up",
    "Short",
    "To try it.",
    (Exercise("Walk", "Walk.", 40), Exercise("Swing", "Swing.", 20, sides=2)),
)


@pytest.fixture(params=GUIDED.values(), ids=GUIDED)
def laid_out(request: pytest.FixtureRequest) -> Timeline:
    return timeline(request.param)


def test_every_exercise_has_its_time_on_every_side(laid_out: Timeline) -> None:
    for exercise in laid_out.routine.exercises:
        parts = [part for part in laid_out.parts if part.exercise is exercise]
        assert [part.side for part in parts] == ([""] if exercise.sides == 1 else ["left", "right"])
        assert all(part.end_s - part.begin_s == exercise.seconds for part in parts)


def test_there_is_time_to_get_ready_and_no_gap(laid_out: Timeline) -> None:
    assert laid_out.parts[0].ready_s == 0.0
    for before, after in zip(laid_out.parts, laid_out.parts[1:], strict=False):
        assert after.ready_s == before.end_s
        assert after.begin_s - after.ready_s == (CHANGE_S if after.side == "right" else READY_S)


def test_a_routine_takes_some_minutes(laid_out: Timeline) -> None:
    assert 4 * 60 < laid_out.end_s < 12 * 60


def test_words_do_not_run_into_each_other(laid_out: Timeline) -> None:
    times_s = [spoken.t_s for spoken in laid_out.spoken if spoken.words]
    assert times_s == sorted(times_s)
    # The last word of one part and the name of the next come at once only at the very end.
    assert all(later - earlier >= 3.0 for earlier, later in itertools.pairwise(times_s))


def test_what_is_heard_of_a_short_one() -> None:
    heard = [(spoken.t_s, spoken.words) for spoken in timeline(SHORT).spoken if spoken.words]
    assert heard == [
        (0.0, "Walk"),
        (8.0, "Go"),
        (28.0, "Half way"),
        (48.0, "Swing, left side first"),
        (56.0, "Go"),
        (76.0, "The other side"),
        (80.0, "Go"),
        (100.0, "Done. Well done"),
    ]


def test_three_ticks_tell_the_end_of_a_part() -> None:
    ticks_s = [spoken.t_s for spoken in timeline(SHORT).spoken if not spoken.words]
    assert ticks_s == [45.0, 46.0, 47.0, 73.0, 74.0, 75.0, 97.0, 98.0, 99.0]


def test_cut_anywhere_all_is_heard_once(laid_out: Timeline) -> None:
    cuts_s = [-1.0, 0.0, 0.3, 8.0, 47.5, 120.0, laid_out.end_s]
    heard = [
        spoken
        for after_s, until_s in itertools.pairwise(cuts_s)
        for spoken in laid_out.between(after_s, until_s)
    ]
    assert heard == list(laid_out.spoken)


def test_what_is_done_at_a_time() -> None:
    laid_out = timeline(SHORT)
    assert [laid_out.part_at(t_s).side for t_s in (0.0, 47.9, 48.0, 75.9, 76.0, 500.0)] == [
        "", "", "left", "left", "right", "right",
    ]  # fmt: skip
