"""The conductor: cues become ticks, earcons and words at their frames."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.conductor import Conductor, spoken_words
from coach.audio.tones import RATE_HZ, earcon, frame_at, tick

from .records import cue

Cues = list[tuple[float, CueKind, float]]


def played(conductor: Conductor, seconds: float, block: int = 480) -> NDArray[np.float32]:
    end, parts = frame_at(conductor.t_s + seconds), [np.zeros((0, 2), np.float32)]
    while (left := end - frame_at(conductor.t_s)) > 0:
        parts.append(np.empty((min(block, left), 2), np.float32))
        conductor.render(parts[-1])
    return np.concatenate(parts)


def follow(cues: Cues, block: int) -> NDArray[np.float32]:
    conductor, parts = Conductor(), []
    for t_s, kind, tempo_spm in cues:
        parts.append(played(conductor, t_s - conductor.t_s, block))
        conductor.cue(cue(t_s, kind, tempo_spm), max(t_s, conductor.t_s))
    parts.append(played(conductor, 2.0, block))
    return np.concatenate(parts)


CUES = st.lists(
    st.tuples(
        st.floats(0.0, 3.0), st.sampled_from([kind for kind in CueKind if kind]), st.floats(140.0, 200.0)
    ),
    max_size=6,
).map(lambda cues: sorted(cues, key=lambda given: given[0]))


@settings(max_examples=25)
@given(cues=CUES, block=st.integers(50, 4000))
def test_whatever_is_asked_no_block_size_changes_it_and_nothing_clips_or_clicks(
    cues: Cues, block: int
) -> None:
    out = follow(cues, RATE_HZ)
    np.testing.assert_array_equal(out, follow(cues, block))
    assert np.abs(out).max(initial=0.0) < 1.0
    # A click is a jump; each sound's own steepest slope, added up, is the most that may stand here.
    steepest = max(np.abs(np.diff(tick(Side.RIGHT), axis=0)).max(), 0.0)
    steepest += 2 * max(np.abs(np.diff(earcon(kind), axis=0)).max(initial=0.0) for kind in CueKind)
    assert np.abs(np.diff(out, axis=0)).max(initial=0.0) <= steepest


def test_a_burst_ticks_from_its_cue_until_the_silence() -> None:
    conductor = Conductor()
    conductor.cue(cue(0.0, CueKind.BURST_UP, 180.0), 0.0)
    out = played(conductor, 2.0)
    np.testing.assert_allclose(
        out[: RATE_HZ // 50], (earcon(CueKind.BURST_UP)[:960] + tick(Side.LEFT)[:960]), atol=1e-7
    )
    for k in range(3, 6):  # the earcon is over
        begin = frame_at(k / 3.0)
        np.testing.assert_array_equal(out[begin : begin + 2880], tick(Side.RIGHT if k % 2 else Side.LEFT))
    conductor.cue(cue(2.0, CueKind.SILENCE), 2.0)
    assert not played(conductor, 2.0).any()


def test_the_newest_cue_cuts_what_was_being_said() -> None:
    conductor = Conductor()
    conductor.cue(cue(0.0, CueKind.WALK), 0.0)
    played(conductor, 0.1)
    conductor.cue(cue(0.1, CueKind.SILENCE), 0.1)
    assert not played(conductor, 1.0)[480:].any()


def test_words_follow_the_earcon_unless_they_come_too_late_or_another_cue_did() -> None:
    words = np.full((4800, 2), 0.25, np.float32)
    conductor = Conductor()
    conductor.cue(cue(0.0, CueKind.RUN), 0.0)
    conductor.say(words, 0.0)
    begin = len(earcon(CueKind.RUN)) + frame_at(0.15)
    out = played(conductor, 2.0)
    np.testing.assert_array_equal(out[begin : begin + 4800], words)
    assert not out[begin - 1000 : begin].any()

    conductor.cue(cue(2.0, CueKind.SILENCE), 2.0)
    conductor.say(words, 0.0)
    assert not played(conductor, 1.0).any()

    conductor.cue(cue(3.0, CueKind.RUN), 3.0)
    played(conductor, 2.5)
    conductor.say(words, 3.0)
    assert not played(conductor, 1.0).any()


def test_a_burst_whose_tempo_is_not_known_is_an_earcon_without_ticks() -> None:
    conductor = Conductor()
    conductor.cue(cue(0.0, CueKind.BURST_UP), 0.0)
    assert not played(conductor, 3.0)[len(earcon(CueKind.BURST_UP)) :].any()


def test_what_is_skipped_is_as_if_it_had_been_played() -> None:
    heard, skipped = Conductor(), Conductor()
    for conductor in (heard, skipped):
        conductor.cue(cue(0.0, CueKind.BURST_UP, 171.3), 0.0)
        played(conductor, 1.0)
    played(heard, 7.5)
    skipped.skip_to(8.5)
    np.testing.assert_array_equal(played(heard, 3.0)[5000:], played(skipped, 3.0)[5000:])


def test_silence_is_not_spoken() -> None:
    assert spoken_words(cue(0.0, CueKind.SILENCE)) == ""
    assert spoken_words(cue(0.0, CueKind.WALK)) == "Walk"
