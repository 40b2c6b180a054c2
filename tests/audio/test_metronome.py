"""The metronome: steady, without a jump, and on the runner's steps when locked to them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Side
from coach.audio.metronome import Beat, Metronome

TEMPI = st.floats(120.0, 220.0)


def take(metronome: Metronome, until_s: float) -> list[Beat]:
    beats = []
    while (beat := metronome.due()) is not None and beat.t_s < until_s:
        beats.append(beat)
        metronome.passed()
    return beats


def test_it_is_silent_until_it_starts_and_after_it_stops() -> None:
    metronome = Metronome()
    assert metronome.due() is None
    metronome.start(1.0, 180.0)
    assert metronome.due() == Beat(1.0, Side.LEFT)
    metronome.stop()
    assert metronome.due() is None


@given(start_s=st.floats(0.0, 7200.0), tempo_spm=TEMPI)
def test_nothing_accumulates(start_s: float, tempo_spm: float) -> None:
    metronome = Metronome()
    metronome.start(start_s, tempo_spm)
    for k, beat in enumerate(take(metronome, start_s + 60.0)):
        assert beat.t_s == start_s + k * (60.0 / tempo_spm)
        assert beat.foot is (Side.RIGHT if k % 2 else Side.LEFT)


@given(changes=st.lists(st.tuples(st.floats(0.0, 5.0), TEMPI), min_size=1, max_size=8), first_spm=TEMPI)
def test_the_tempo_changes_without_a_jump(changes: list[tuple[float, float]], first_spm: float) -> None:
    """The phase, summed piece by piece, is whole at every beat, and the feet go on alternating."""
    metronome = Metronome()
    metronome.start(0.0, first_spm)
    now_s, tempi, beats = 0.0, [(0.0, first_spm)], []
    for after_s, tempo_spm in changes:
        now_s += after_s
        beats += take(metronome, now_s)
        metronome.start(now_s, tempo_spm)
        tempi.append((now_s, tempo_spm))
    beats += take(metronome, now_s + 5.0)

    def phase(t_s: float) -> float:
        ends_s = [t for t, _ in tempi[1:]] + [math.inf]
        pieces = zip(tempi, ends_s, strict=True)
        return sum(max(0.0, min(t_s, end_s) - s) * spm / 60.0 for (s, spm), end_s in pieces)

    for k, beat in enumerate(beats):
        assert phase(beat.t_s) == pytest.approx(k, abs=1e-9)
        assert beat.foot is (Side.RIGHT if k % 2 else Side.LEFT)


@pytest.mark.parametrize("tempo_spm", [0.0, -1.0, math.nan, math.inf])
def test_no_tempo_is_refused(tempo_spm: float) -> None:
    with pytest.raises(ValueError, match="tempo"):
        Metronome().start(0.0, tempo_spm)


@pytest.mark.parametrize(("runner_spm", "tempo_spm"), [(165.0, 172.0), (184.0, 176.0)])
@pytest.mark.parametrize("delay_s", [0.12, 0.25, 0.4])
def test_locked_beats_come_before_the_step_to_raise_cadence_and_after_it_to_lower_it(
    runner_spm: float, tempo_spm: float, delay_s: float
) -> None:
    metronome = Metronome(locked=True)
    metronome.start(0.0, tempo_spm)
    stride_s, beats = 120.0 / runner_spm, list[Beat]()
    for k in range(1, 40):
        known_s = k * stride_s + delay_s
        beats += take(metronome, known_s)
        metronome.contact(k * stride_s, Side.RIGHT, known_s)
    step_s = stride_s / 2
    for beat in beats[8:]:
        step = round(beat.t_s / step_s)
        assert beat.foot is (Side.LEFT if step % 2 else Side.RIGHT), "the tick of the foot that lands"
        ahead_s = step * step_s - beat.t_s
        # By as much as the beat is shorter than the step, times the steps since the contact it is led by.
        steps = round(ahead_s / (step_s - 60.0 / tempo_spm))
        assert steps in (1, 2, 3)
        assert ahead_s == pytest.approx(steps * (step_s - 60.0 / tempo_spm))


def test_the_beat_comes_at_the_time_asked_after_the_contact() -> None:
    metronome = Metronome(locked=True)
    metronome.start(0.0, 180.0)
    take(metronome, 1.0)
    metronome.contact(0.9, Side.LEFT, 1.0)
    other, same = take(metronome, 1.7)
    assert other == Beat(pytest.approx(0.9 + 60.0 / 180.0), Side.RIGHT)
    assert same == Beat(pytest.approx(0.9 + 120.0 / 180.0), Side.LEFT)


def test_a_metronome_that_starts_takes_up_the_steps_at_once() -> None:
    metronome = Metronome(locked=True)
    metronome.contact(9.8, Side.LEFT, 10.0)
    metronome.start(10.0, 180.0)
    assert metronome.due() == Beat(pytest.approx(9.8 + 60.0 / 180.0), Side.RIGHT)


def test_without_a_contact_or_with_an_old_one_it_runs_freely() -> None:
    metronome = Metronome(locked=True)
    metronome.contact(1.0, Side.RIGHT, 1.1)
    metronome.start(10.0, 180.0)
    assert metronome.due() == Beat(10.0, Side.LEFT)


def test_both_feet_without_a_side_beat_in_the_middle() -> None:
    metronome = Metronome(locked=True)
    metronome.contact(0.0, Side.UNKNOWN, 0.1)
    metronome.start(0.1, 180.0)
    assert {beat.foot for beat in take(metronome, 3.0)} == {Side.UNKNOWN}


@given(
    tempo_spm=TEMPI,
    contacts=st.lists(st.tuples(st.floats(0.2, 1.5), st.floats(0.0, 1.0)), max_size=20),
)
def test_locked_beats_never_stumble(tempo_spm: float, contacts: list[tuple[float, float]]) -> None:
    """However the contacts come, beats are in order and never closer than half the interval."""
    metronome = Metronome(locked=True)
    metronome.start(0.0, tempo_spm)
    contact_s, known_s, beats = 0.0, 0.0, list[Beat]()
    for after_s, delay_s in contacts:
        contact_s += after_s
        known_s = max(known_s, contact_s + delay_s)
        beats += take(metronome, known_s)
        metronome.contact(contact_s, Side.LEFT, known_s)
        due = metronome.due()
        assert due is not None
        assert due.t_s >= known_s - 1e-9, "no beat is due in the past"
    beats += take(metronome, known_s + 3.0)
    for one, other in pairwise(beats):
        assert other.t_s - one.t_s > 0.5 * 60.0 / tempo_spm - 1e-9


def test_free_running_does_not_heed_contacts() -> None:
    metronome = Metronome()
    metronome.start(0.0, 180.0)
    metronome.contact(0.1, Side.RIGHT, 0.2)
    assert metronome.due() == Beat(0.0, Side.LEFT)
