"""How a simulated runner's cadence answers to a metronome."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Activity
from hardware.gait import Pace
from hardware.listener import (
    COMPLIANCES,
    MOST_SHIFT,
    Listener,
    Temper,
    next_own_spm,
)

RUN = Pace(cadence_spm=164.0)
WALK = Pace(Activity.WALKING, cadence_spm=114.0, speed_m_s=1.4)
UNTIRED = {"cadence_fatigue_per_h": 0.0, "response_fatigue_per_h": 0.0}
cadences = st.floats(150.0, 185.0)
compliances = st.floats(0.0, 1.5)
tempos = st.floats(140.0, 200.0)


def runs(listener: Listener, seconds: float, begin_s: float = 0.0, pace: Pace = RUN) -> list[Pace]:
    """The strides of some time."""
    done: list[Pace] = []
    t_s = begin_s
    while t_s < begin_s + seconds:
        done.append(listener.pace(pace, t_s))
        t_s += 120.0 / done[-1].cadence_spm
    return done


@given(own=cadences, tempo=tempos)
def test_who_does_not_comply_runs_on_as_planned(own: float, tempo: float) -> None:
    listener = Listener(Temper(0.0, **UNTIRED))
    listener.hear(tempo)
    pace = Pace(cadence_spm=own)
    assert all(stride == pace for stride in runs(listener, 60.0, pace=pace))


@given(own=cadences, compliance=compliances)
def test_in_silence_nothing_but_fatigue_changes_the_cadence(own: float, compliance: float) -> None:
    pace = Pace(cadence_spm=own)
    assert all(stride == pace for stride in runs(Listener(Temper(compliance, **UNTIRED)), 60.0, pace=pace))


@given(own=cadences, tempo=tempos, compliance=compliances)
def test_the_share_that_is_closed_is_the_compliance(own: float, tempo: float, compliance: float) -> None:
    listener = Listener(Temper(compliance, **UNTIRED))
    listener.hear(tempo)
    last = runs(listener, 40.0, pace=Pace(cadence_spm=own))[-1]
    expected = own + compliance * (tempo - own)
    bounded = min(max(expected, own * (1.0 - MOST_SHIFT)), own * (1.0 + MOST_SHIFT))
    assert last.cadence_spm == pytest.approx(bounded, abs=0.01)


@given(own=cadences, tempo=tempos, compliance=compliances)
def test_the_cadence_comes_nearer_with_every_stride_and_never_turns_back(
    own: float, tempo: float, compliance: float
) -> None:
    listener = Listener(Temper(compliance, **UNTIRED))
    listener.hear(tempo)
    cadence = [own, *(stride.cadence_spm for stride in runs(listener, 30.0, pace=Pace(cadence_spm=own)))]
    way = math.copysign(1.0, tempo - own)
    assert all(way * (after - before) >= -1e-9 for before, after in pairwise(cadence))


def test_ten_steps_close_nine_tenths() -> None:
    listener = Listener(Temper(1.0, **UNTIRED))
    listener.hear(174.0)
    five_strides = [listener.pace(RUN, 0.7 * number) for number in range(5)]
    assert five_strides[-1].cadence_spm == pytest.approx(164.0 + 0.9 * 10.0)


@pytest.mark.parametrize(
    ("asked", "reached", "compliance"), [(0.075, 0.086, COMPLIANCES[1]), (0.10, 0.073, COMPLIANCES[0])]
)
def test_the_groups_of_the_studies_are_within_what_a_temper_can_be(
    asked: float, reached: float, compliance: float
) -> None:
    listener = Listener(Temper(compliance, **UNTIRED))
    listener.hear((1.0 + asked) * 164.0)
    assert runs(listener, 30.0)[-1].cadence_spm / 164.0 - 1.0 == pytest.approx(reached, abs=1e-3)


@given(first=compliances, second=compliances)
def test_who_complies_more_is_nearer_to_the_tempo_or_beyond(first: float, second: float) -> None:
    less, more = sorted((first, second))
    answers = []
    for compliance in (less, more):
        listener = Listener(Temper(compliance))
        listener.hear(176.0)
        answers.append(runs(listener, 20.0)[-1].cadence_spm)
    assert answers[0] <= answers[1]


def test_silence_drifts_back_over_minutes() -> None:
    listener = Listener(Temper(1.0, **UNTIRED))
    listener.hear(174.0)
    runs(listener, 30.0)
    listener.hear(None)
    cadence = [stride.cadence_spm for stride in runs(listener, 3600.0, begin_s=30.0)]
    assert all(after < before for before, after in pairwise(cadence))
    after_two_minutes = cadence[round(120.0 / 0.69)]
    assert 171.0 < after_two_minutes < 172.5
    assert cadence[round(480.0 / 0.72)] == pytest.approx(164.0 + 10.0 / math.e, abs=0.2)
    assert cadence[-1] == pytest.approx(164.0, abs=0.02)


@given(own=cadences, tempo=tempos, compliance=compliances, speed=st.floats(2.0, 5.0))
def test_the_speed_stays_so_that_the_steps_change(
    own: float, tempo: float, compliance: float, speed: float
) -> None:
    listener = Listener(Temper(compliance))
    listener.hear(tempo)
    last = runs(listener, 20.0, pace=Pace(cadence_spm=own, speed_m_s=speed))[-1]
    assert last.speed_m_s == pytest.approx(speed, rel=0.03)
    if last.cadence_spm > own + 1.0:
        assert last.speed_m_s / last.cadence_spm < speed / own


def test_an_hour_tires_the_cadence_and_the_answer() -> None:
    def hears(at_s: float) -> tuple[float, float]:
        listener = Listener(Temper(1.0))
        before = listener.pace(RUN, at_s).cadence_spm
        listener.hear(176.0)
        return before, runs(listener, 20.0, begin_s=at_s)[-1].cadence_spm

    (fresh, answered), (tired, answered_tired) = hears(0.0), hears(3600.0)
    assert fresh - 2.5 < tired < fresh - 1.0
    assert (answered_tired - tired) / (176.0 - tired) < (answered - fresh) / (176.0 - fresh) - 0.05


def test_walking_is_as_planned_and_the_answer_drifts_meanwhile() -> None:
    listener = Listener(Temper(1.0, **UNTIRED))
    listener.hear(174.0)
    runs(listener, 30.0)
    for number in range(240):
        assert listener.pace(WALK, 30.0 + number) == WALK
    listener.hear(None)
    assert listener.pace(RUN, 270.0).cadence_spm == pytest.approx(164.0 + 10.0 * math.exp(-0.5), abs=0.1)


def test_what_was_answered_carries_over_to_another_pace() -> None:
    listener = Listener(Temper(1.0, **UNTIRED))
    listener.hear(1.05 * 164.0)
    runs(listener, 30.0)
    listener.hear(None)
    sprint = Pace(cadence_spm=180.0, speed_m_s=5.0)
    assert listener.pace(sprint, 30.5).cadence_spm == pytest.approx(1.05 * 180.0, rel=0.002)


@given(tempo=st.floats(1.0, 1000.0), own=st.floats(60.0, 260.0), speed=st.floats(0.5, 8.0))
def test_whatever_is_heard_the_runner_does_what_a_runner_can(tempo: float, own: float, speed: float) -> None:
    listener = Listener(Temper(2.0))
    listener.hear(tempo)
    assert runs(listener, 10.0, pace=Pace(cadence_spm=own, speed_m_s=speed))  # a Pace refuses the rest


@pytest.mark.parametrize("tempo", [0.0, -5.0, math.nan, math.inf])
def test_a_metronome_has_a_tempo(tempo: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        Listener(Temper(1.0)).hear(tempo)


@pytest.mark.parametrize(
    "wrong",
    [
        {"compliance": -0.1},
        {"compliance": math.nan},
        {"compliance": 1.0, "drift_s": 0.0},
        {"compliance": 1.0, "cadence_fatigue_per_h": -0.1},
    ],
)
def test_nobody_has_such_a_temper(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"cannot be|outside|fatigue"):
        Temper(**wrong)


@pytest.mark.parametrize("runs_a_week", [3, 4])
def test_what_is_held_becomes_habit_in_a_season(runs_a_week: int) -> None:
    """A compliant runner holds the target of a stage, +5 % and then 180 from the third week on."""
    own_spm, weeks = 164.0, 0
    while own_spm < 177.0:
        for _ in range(runs_a_week):
            own_spm = next_own_spm(own_spm, 172.0 if weeks < 2 else 180.0)
        weeks += 1
    assert 3 <= weeks <= 12
    assert next_own_spm(170.0, 170.0) == 170.0
