"""Cues as other programs read them: what the runner hears, each burst with its end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from coach.cue_files import count_bursts, heard_cues

from .hand_made_runs import TOLD, Outing

NAN = float("nan")


def cues(*rows: tuple[float, CueKind, CueReason, float]) -> NDArray[np.void]:
    return np.array(list(rows), CUE)


UP = (100.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 164.25726)
OVER = (130.0, CueKind.SILENCE, CueReason.OVER, NAN)
REACHED = (135.5, CueKind.ON_TARGET, CueReason.REACHED, NAN)
DOWN = (300.0, CueKind.BURST_DOWN, CueReason.ABOVE_TARGET, 168.0)
HILL = (312.0, CueKind.SILENCE, CueReason.HILL, NAN)


def test_a_run_without_cues_has_none() -> None:
    assert heard_cues(cues(), 60.0) == []
    assert count_bursts(cues()) == 0


def test_a_burst_tells_when_and_why_it_ended_and_its_silence_is_no_cue_of_its_own() -> None:
    heard = heard_cues(cues(UP, OVER, REACHED, DOWN, HILL), 400.0)
    assert heard == [
        {
            "t_s": 100.0,
            "kind": "burst_up",
            "tempo_spm": 164.25726,
            "reason": "below_target",
            "t_end_s": 130.0,
            "ended": "over",
        },
        {"t_s": 135.5, "kind": "on_target", "tempo_spm": None, "reason": "reached"},
        {
            "t_s": 300.0,
            "kind": "burst_down",
            "tempo_spm": 168.0,
            "reason": "above_target",
            "t_end_s": 312.0,
            "ended": "hill",
        },
    ]
    assert count_bursts(cues(UP, OVER, REACHED, DOWN, HILL)) == 2


def test_a_burst_under_way_ends_with_the_run() -> None:
    (burst,) = heard_cues(cues(UP), 112.5)
    assert (burst["t_end_s"], burst["ended"]) == (112.5, "end")


def test_a_burst_whose_silence_was_lost_ends_with_the_next() -> None:
    first, second = heard_cues(cues(UP, DOWN, HILL), 400.0)
    assert (first["t_end_s"], first["ended"]) == (300.0, "next")
    assert (second["t_end_s"], second["ended"]) == (312.0, "hill")


def test_a_warning_within_a_burst_stands_between_and_ends_nothing() -> None:
    warning = (110.0, CueKind.WARNING, CueReason.FASTER, NAN)
    burst, told = heard_cues(cues(UP, warning, OVER), 200.0)
    assert burst["t_end_s"] == 130.0
    assert told == {"t_s": 110.0, "kind": "warning", "tempo_spm": None, "reason": "faster"}


def test_a_silence_without_a_burst_is_heard_by_nobody() -> None:
    assert heard_cues(cues(OVER, UP, OVER, OVER), 200.0) == heard_cues(cues(UP, OVER), 200.0)


@given(st.lists(st.tuples(st.sampled_from(CueKind), st.sampled_from(CueReason)), max_size=20))
def test_all_but_silences_are_told_in_their_order(told: list[tuple[CueKind, CueReason]]) -> None:
    records = cues(*((float(at), kind, reason, NAN) for at, (kind, reason) in enumerate(told)))
    heard = heard_cues(records, 100.0)
    expected = [at for at, (kind, _) in enumerate(told) if kind is not CueKind.SILENCE]
    assert [cue["t_s"] for cue in heard] == expected
    for cue in heard:
        assert ("t_end_s" in cue) == cue["kind"].startswith("burst")


@pytest.mark.parametrize("seconds", [100, 600, 1200])
def test_of_a_coached_run_every_burst_has_its_end(seconds: float) -> None:
    outing = Outing(TOLD, answer=0.9).run(seconds)
    heard = heard_cues(outing.records(), outing.t_s)
    bursts = [cue for cue in heard if cue["kind"] == "burst_up"]
    assert len(bursts) == count_bursts(outing.records()) > 0
    assert all(0.0 < burst["t_end_s"] - burst["t_s"] <= 30.0 + 1e-9 for burst in bursts)
