"""What a player does with what comes of a run. The page's clock and sound device are real; the voice, the
earbuds' button and a freeze are the test's.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from .asked_page import until

if TYPE_CHECKING:
    from playwright.sync_api import Page

Plain = dict[str, Any]

CUT = "(cut)"
UP: Plain = {"kind": "burst_up", "reason": "below_target", "tempo_spm": 172.0}
DOWN: Plain = {"kind": "burst_down", "reason": "above_target", "tempo_spm": 160.0}
REACHED: Plain = {"kind": "on_target", "reason": "reached", "tempo_spm": None}
SILENCE: Plain = {"kind": "silence", "reason": "over", "tempo_spm": None}


def start(page: Page, **settings: object) -> None:
    """Tap, and wait until the device takes sounds."""
    page.evaluate("(settings) => Object.assign(window.settings, settings)", settings)
    page.click("#start")
    until(page, "asked.contexts.some((context) => context.state === 'running')")


def take(page: Page, t_s: float, *cues: Plain, strides: tuple[Plain, ...] = ()) -> None:
    """A message comes; cues without a time of their own are of `t_s`."""
    found = {"strides": strides, "cues": [{"t_s": t_s, **cue} for cue in cues], "updates": [], "presses": []}
    page.evaluate("([found, tS]) => player.take(found, tS)", [found, t_s])


def ticks(page: Page) -> list[Plain]:
    """The ticks scheduled, but for those taken back."""
    sounds = page.evaluate("asked.ticks")
    return [sound for sound in sounds if sound["durationS"] < 0.1 and not sound["stopped"]]


def earcons(page: Page) -> list[Plain]:
    return [sound for sound in page.evaluate("asked.ticks") if sound["durationS"] > 0.1]


def test_a_burst_ticks_left_and_right_until_the_silence(page: Page) -> None:
    start(page)
    began_s = page.evaluate("asked.contexts[0].currentTime")
    take(page, 10.0, UP)
    scheduled = ticks(page)
    assert [tick["ear"] for tick in scheduled] == [("left", "right")[k % 2] for k in range(len(scheduled))]
    assert 0.0 < scheduled[0]["whenS"] - began_s < 0.3
    for one, other in pairwise(scheduled):
        assert other["whenS"] - one["whenS"] == pytest.approx(60.0 / 172.0, abs=1 / 44_100)
    assert scheduled[-1]["whenS"] - scheduled[0]["whenS"] > 2.0
    until(page, f"asked.ticks.length > {len(scheduled) + 2}")  # by a timer, while nothing comes
    take(page, 10.2, SILENCE)
    ended_s = page.evaluate("asked.contexts[0].currentTime")
    assert all(tick["whenS"] < ended_s for tick in ticks(page))


def test_words_follow_the_earcon_in_the_language_of_the_page(page: Page) -> None:
    start(page)
    take(page, 10.0, UP)
    (earcon,) = earcons(page)
    until(page, "asked.said.length")
    (said,) = page.evaluate("asked.said")
    assert (said["text"], said["lang"]) == ("burst_up 172", "de")
    pause_s = said["soundS"] - earcon["whenS"] - earcon["durationS"]
    assert 0.10 < pause_s < 0.40


def test_the_newest_cue_cuts_the_one_before_it(page: Page) -> None:
    start(page)
    take(page, 10.0, UP)
    page.wait_for_timeout(100)
    take(page, 10.1, REACHED)
    first, second = earcons(page)
    assert [first["stopped"], second["stopped"]] == [True, False]
    until(page, "asked.said.some(({ text }) => text === 'on_target')")
    take(page, 10.8, SILENCE)
    assert len(earcons(page)) == 2, "a silence is silent"
    assert [said["text"] for said in page.evaluate("asked.said")] == [CUT, "on_target", CUT]


def test_tones_alone_and_a_phone_without_a_voice_say_nothing(page: Page) -> None:
    start(page, sound="tones")
    take(page, 10.0, REACHED)
    page.evaluate(
        "delete window.speechSynthesis; Object.defineProperty(window, 'speechSynthesis', {value: null})"
    )
    start(page, sound="words")
    take(page, 10.0, REACHED)
    page.wait_for_timeout(800)
    assert len(earcons(page)) == 2
    assert page.evaluate("[asked.said, asked.problems]") == [[], []]


def test_no_sound_opens_no_device(page: Page) -> None:
    page.evaluate("settings.sound = 'off'")
    page.click("#start")
    page.click("#try")
    take(page, 10.0, UP)
    assert page.evaluate("[asked.contexts, asked.ticks, asked.said]") == [[], [], []]


def test_after_a_freeze_what_is_past_is_not_heard(page: Page) -> None:
    """A minute and a half comes at once, with a burst that is over in it and one that still goes on."""
    start(page)
    take(page, 10.0)
    page.evaluate("frozenMs += 90000")
    take(page, 10.5, REACHED)
    take(page, 11.0, UP)
    take(page, 13.0)
    assert (ticks(page), earcons(page)) == ([], []), "late, and not caught up"
    take(page, 14.0, SILENCE)
    take(page, 80.0, REACHED)
    take(page, 95.0, DOWN)
    assert ticks(page) == []
    take(page, 99.9)
    gaps_s = [other["whenS"] - one["whenS"] for one, other in pairwise(ticks(page))]
    assert len(gaps_s) > 3
    assert gaps_s == pytest.approx([60.0 / 160.0] * len(gaps_s), abs=1e-3), "the burst under way"
    assert earcons(page) == []
    take(page, 100.7, REACHED)
    assert len(earcons(page)) == 1, "what comes live is heard again"
    until(page, "asked.said.length")
    assert len(page.evaluate("asked.said")) == 1


def test_a_late_silence_ends_a_metronome_at_once(page: Page) -> None:
    start(page)
    take(page, 10.0, UP)
    page.evaluate("frozenMs += 60000")
    take(page, 11.0, SILENCE)
    now_s = page.evaluate("asked.contexts[0].currentTime")
    assert all(tick["whenS"] < now_s for tick in ticks(page))


def test_a_pod_whose_clock_lost_time_is_coached_again(page: Page) -> None:
    """What looks late for ever is a clock that was set back: after 30 s of both clocks it counts as now."""
    start(page)
    take(page, 10.0)
    page.evaluate("frozenMs += 20000")
    for k in range(32):
        page.evaluate("frozenMs += 1000")
        take(page, 11.0 + k)
    take(page, 43.0, REACHED)
    assert len(earcons(page)) == 1


@pytest.mark.parametrize("latency_ms", [0, 150])
def test_locked_ticks_are_scheduled_ahead_by_the_latency_of_the_earbuds(page: Page, latency_ms: int) -> None:
    start(page, locked=True, latency_ms=latency_ms)
    take(page, 10.0)
    behind_s = page.evaluate("performance.now() / 1000 - asked.contexts[0].currentTime")
    stride = {"t_contact_s": 9.9, "side": "right", "signal": "good"}
    contact_s = page.evaluate("performance.now() / 1000") - behind_s - 0.1
    take(page, 10.0, UP, strides=(stride,))
    first = ticks(page)[0]
    beat_s = 60.0 / 172.0
    assert first["ear"] == "left"
    assert first["whenS"] == pytest.approx(contact_s + beat_s - latency_ms / 1000, abs=0.05)


def test_the_earbuds_button_mutes_and_unmutes(page: Page) -> None:
    """The run goes on. Browsers tell either press as "pause": the hum that keeps the page alive plays on."""
    start(page)
    assert page.evaluate("navigator.mediaSession.playbackState") == "playing"
    take(page, 10.0, UP)
    page.evaluate("asked.handlers.pause()")
    now_s = page.evaluate("asked.contexts[0].currentTime")
    assert page.evaluate("[player.muted, navigator.mediaSession.playbackState]") == [True, "paused"]
    assert all(tick["whenS"] < now_s for tick in ticks(page))
    take(page, 10.1, REACHED)
    take(page, 10.2)
    assert all(tick["whenS"] < now_s for tick in ticks(page))
    assert len(earcons(page)) == 1
    page.evaluate("asked.handlers.play()")
    assert page.evaluate("[player.muted, navigator.mediaSession.playbackState]") == [False, "playing"]
    beats_s = [tick["whenS"] for tick in ticks(page)]
    assert beats_s[-1] > now_s
    for one_s, other_s in pairwise(beats_s):
        beats = (other_s - one_s) * 172.0 / 60.0
        assert beats == pytest.approx(round(beats), abs=1e-3), "it comes back in phase"
    page.evaluate("asked.handlers.stop()")
    assert page.evaluate("player.muted")
    page.evaluate("asked.handlers.pause()")
    assert not page.evaluate("player.muted")


def test_the_hum_that_keeps_the_page_alive_is_heard_by_the_browser_alone(page: Page) -> None:
    """It is longer than 5 s, which a media notification takes, and louder than -72 dBFS, below which Chromium
    calls a page silent; at 30 Hz nobody hears it."""
    start(page)
    until(page, "asked.audio.currentTime > 0")
    assert page.evaluate("[asked.audio.loop, asked.audio.duration]") == [True, 10.0]
    wave = np.array(page.evaluate("decoded(asked.blob)"))
    assert -66.0 < 10.0 * math.log10(float(np.mean(wave**2))) < -60.0
    loop = np.concatenate([wave, wave])
    assert np.abs(np.diff(loop)).max() < 2e-4, "without a seam"
    assert np.argmax(np.abs(np.fft.rfft(wave))) / 10.0 == pytest.approx(30.0)


def test_a_device_that_was_taken_away_is_asked_for_again(page: Page) -> None:
    start(page)
    page.evaluate("asked.contexts[0].suspend()")
    until(page, "asked.contexts[0].state === 'running'")
    take(page, 10.0, UP)
    assert len(ticks(page)) > 3


def test_stopped_it_is_silent_and_lets_the_device_go(page: Page) -> None:
    start(page)
    take(page, 10.0, UP)
    page.evaluate("player.stop()")
    assert page.evaluate("[asked.handlers, navigator.mediaSession.playbackState]") == [
        {"play": None, "pause": None, "stop": None},
        "none",
    ]
    until(page, "asked.contexts[0].state === 'closed'")
    take(page, 10.1, UP)
    start(page)
    take(page, 10.0, UP)
    assert page.evaluate("asked.problems") == []


def test_sound_that_fails_is_told_once_and_never_stops_a_run(page: Page) -> None:
    page.evaluate("window.noAudio = true")
    page.click("#start")
    take(page, 10.0, UP)
    page.click("#start")
    take(page, 11.0, SILENCE)
    page.evaluate("player.mute(true); player.stop()")
    assert page.evaluate("asked.problems") == ["problem.sound"]


def test_a_device_that_never_begins_is_told(page: Page) -> None:
    page.evaluate("window.deviceIsBusy = true")
    page.click("#start")
    page.evaluate("frozenMs += 4000")
    until(page, "asked.problems.length")
    assert page.evaluate("asked.problems") == ["problem.sound"]


def test_the_test_ticks_in_each_ear_and_says_a_word(page: Page) -> None:
    page.click("#try")
    assert [sound["ear"] for sound in page.evaluate("asked.ticks")] == ["left", "right"]
    until(page, "asked.said.length")
    assert page.evaluate("asked.said[0].text") == "on_target"
