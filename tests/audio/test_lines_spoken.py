"""The coach's words: plain, for every cue, and never how to land."""

from __future__ import annotations

import numpy as np
import pytest

from cadence.cue import CueKind, CueReason
from coach.audio.lines import cue_words, reason_words

from .records import cue


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        (CueKind.BURST_UP, CueReason.BELOW_TARGET, "Quicker steps, 172"),
        (CueKind.BURST_DOWN, CueReason.ABOVE_TARGET, "Slower steps, 172"),
        (CueKind.ON_TARGET, CueReason.REACHED, "On target"),
        (
            CueKind.ON_TARGET,
            CueReason.END_OF_ROAD,
            "Your cadence is already there. I will leave you alone",
        ),
        (CueKind.WARNING, CueReason.FASTER, "Shorter steps, same speed"),
        (CueKind.WALK, CueReason.PLAN, "Walk"),
        (CueKind.RUN, CueReason.PLAN, "Run"),
        (CueKind.NONE, CueReason.NONE, ""),
    ],
)
def test_what_is_said(kind: CueKind, reason: CueReason, words: str) -> None:
    assert cue_words(cue(0.0, kind, 171.6, reason)) == words


def test_a_shift_toward_the_forefoot_is_noticed_without_an_instruction() -> None:
    words = cue_words(cue(0.0, CueKind.WARNING, np.nan, CueReason.FOREFOOT))
    assert "Achilles" in words
    assert "more" in words


@pytest.mark.parametrize("kind", CueKind)
@pytest.mark.parametrize("reason", CueReason)
def test_every_cue_has_words_and_none_tells_how_to_land(kind: CueKind, reason: CueReason) -> None:
    words = cue_words(cue(0.0, kind, np.nan, reason))
    assert bool(words) == (kind is not CueKind.NONE)
    assert "nan" not in words
    for forbidden in ("soft", "land on", "land with", "heel", "injur", "strike"):
        assert forbidden not in words.lower()


def test_every_reason_has_words() -> None:
    assert reason_words(CueReason.HILL) == "hill"
    told = [reason_words(reason) for reason in CueReason if reason is not CueReason.NONE]
    assert all(told)
    assert len(set(told)) == len(told)
    assert reason_words(CueReason.NONE) == ""
