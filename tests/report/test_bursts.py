"""Before and after a burst: what the runner did, and nothing where it is not known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cadence.cue import CUE, CueKind, CueReason
from coach.report.bursts import bursts_of
from coach.report.story import headline, story_of
from coach.report.wording import MINUS, change
from coach.track import track_of

from .kept_runs import NAN, OWN_SPM, coached_run, cue, sensor_run, short_run, walked_run


def test_each_burst_is_set_between_its_before_and_after() -> None:
    run = coached_run()
    first, second = bursts_of(track_of(run), run.cues, run.duration_s)
    assert (first.start_s, first.end_s, first.tempo_spm, first.up) == (180.0, 210.0, 172.0, True)
    assert first.before.cadence_spm == pytest.approx(OWN_SPM, abs=1.0)
    assert first.after.cadence_spm == pytest.approx(168.5, abs=1.0)
    assert first.before.speed_m_s == pytest.approx(3.0, rel=0.02)
    assert first.before.step_length_m == pytest.approx(3.0 * 60 / OWN_SPM, rel=0.02)
    assert first.ended is CueReason.OVER
    assert second.after.cadence_spm == pytest.approx(171.0, abs=1.0)


def test_a_burst_that_the_end_of_the_run_cuts_off_has_no_after() -> None:
    run = replace(
        coached_run(), cues=np.array([cue(640.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 172.0)], CUE)
    )
    (only,) = bursts_of(track_of(run), run.cues, run.duration_s)
    assert (only.end_s, only.ended) == (run.duration_s, None)
    assert math.isnan(only.after.cadence_spm)


def test_a_burst_before_a_rest_compares_only_what_was_run() -> None:
    run = coached_run()
    cues = [
        cue(425.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 172.0),
        cue(428.0, CueKind.SILENCE, CueReason.STOPPED),
    ]
    (only,) = bursts_of(track_of(run), np.array(cues, CUE), run.duration_s)
    assert math.isnan(only.after.cadence_spm)


def test_a_change_has_its_sign_and_none_when_a_side_is_unknown() -> None:
    assert change(160.0, 168.0) == "+5.0\u202f%"
    assert change(1.10, 1.045) == f"{MINUS}5.0\u202f%"
    assert change(3.0, 3.0001) == "0.0\u202f%"
    assert change(NAN, 3.0) == change(3.0, NAN) == "–"


def test_the_headline_tells_shorter_steps_at_the_same_speed() -> None:
    words = headline(story_of(coached_run()))
    assert words.startswith("Your cadence went up from 164 to 171 steps a minute")
    assert "at the same speed: each step was 4" in words
    assert words.endswith("shorter.")


def test_the_headline_does_not_call_running_faster_progress() -> None:
    run = coached_run()
    strides = run.strides.copy()
    later = strides["t_mid_stance_s"] > 180.0
    for name in ("speed_m_s", "stride_length_m"):
        strides[name][later] *= 1.08
    words = headline(story_of(replace(run, strides=strides)))
    assert "while you ran 8\u202f% faster" in words
    assert "shorter" not in words


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (short_run(), "This run lasted 3 s: too short"),
        (walked_run(), "No running was found in this run. Walking was found."),
        (sensor_run(), "You ran at 166 steps a minute, with 172 as the target. The metronome did not sound."),
    ],
)
def test_a_run_without_much_says_so(run: object, words: str) -> None:
    assert headline(story_of(run)).startswith(words)  # type: ignore[arg-type]
