"""The phone page sounds like `coach`: the same waveforms at the same moments, in the right ears."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.cue import CueKind
from cadence.stride import Side
from coach import phone
from coach.audio import tones
from coach.audio.metronome import Metronome
from coach.phone.site import CONTENT_SECURITY_POLICY

from .browser import Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from .browser import Server

HERE = Path(__file__).parent
SOUND = Path(phone.__file__).parent / "page" / "sound"
INDEX = """<!doctype html><html lang="de"><title>Sound</title><link rel="icon" href="icon.svg">
<button id="start">Start</button><button id="try">Try</button>
<script type="module" src="try.js"></script>"""
RATES_HZ = (44_100, 48_000)
FOOT = {Side.LEFT: "left", Side.RIGHT: "right", Side.UNKNOWN: None}
AHEAD_S = 2.5
TEMPI = st.floats(120.0, 220.0)

Op = tuple[Any, ...]
Plain = dict[str, Any]
Ask = Callable[[object], Any]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks the page's modules in node."""
    path = shutil.which("node")
    if path is None and os.environ.get("CI"):
        pytest.fail("node is missing")
    if path is None:
        pytest.skip("node is missing")
    folder = tmp_path_factory.mktemp("page") / "sound"
    shutil.copytree(SOUND, folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    command: list[str | Path] = [path, HERE / "sound_in_node.mjs", folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def ask(question: object) -> Any:
            print(json.dumps(question), file=asked, flush=True)
            return json.loads(answers.readline())

        yield ask
        asked.close()


def of_host(ops: list[Op], *, locked: bool) -> list[list[object]]:
    """The beats that the host's metronome gives."""
    metronome, played = Metronome(locked=locked), list[list[object]]()
    side = {foot: side for side, foot in FOOT.items()}
    for name, *values in ops:
        match name:
            case "start":
                metronome.start(*values)
            case "stop":
                metronome.stop()
            case "contact":
                metronome.contact(values[0], side[values[1]], values[2])
            case "skip":
                metronome.skip_to(*values)
            case "play":
                while (beat := metronome.due()) is not None and beat.t_s < values[0]:
                    played.append([beat.t_s, FOOT[beat.foot]])
                    metronome.passed()
    return played


def host_sound(name: str, rate_hz: int, monkeypatch: pytest.MonkeyPatch) -> tones.Sound:
    """A tick or an earcon as the host makes it at that rate; without the copies that it keeps."""
    monkeypatch.setattr(tones, "RATE_HZ", rate_hz)
    if name in ("left", "right", "unknown"):
        return tones.tick.__wrapped__(Side[name.upper()])
    return tones.earcon.__wrapped__(CueKind[name.upper()])


@given(
    locked=st.booleans(),
    first=st.tuples(st.floats(0.0, 3600.0), TEMPI),
    told=st.lists(
        st.one_of(
            st.tuples(st.just("start"), st.floats(0.0, 2.0), TEMPI),
            st.tuples(st.just("stop"), st.floats(0.0, 2.0)),
            st.tuples(st.just("skip"), st.floats(0.0, 2.0)),
            st.tuples(
                st.just("contact"),
                st.floats(0.0, 1.5),
                st.sampled_from(["left", "right", None]),
                st.floats(0.0, 1.0),
            ),
        ),
        max_size=20,
    ),
)
def test_its_metronome_is_the_hosts_beat_for_beat(
    node: Ask, locked: bool, first: tuple[float, float], told: list[Op]
) -> None:
    """Free-running and locked, whatever it is told and however late the contacts are."""
    now_s, tempo_spm = first
    ops: list[Op] = [("start", now_s, tempo_spm)]
    for name, after_s, *values in told:
        now_s += after_s
        ops.append(("play", now_s))
        match name:
            case "start":
                ops.append(("start", now_s, *values))
            case "contact":
                ops.append(("contact", now_s - values[1], values[0], now_s))
            case "stop":
                ops.append(("stop",))
            case "skip":
                ops.append(("skip", now_s + 0.5))
    ops.append(("play", now_s + 5.0))
    assert node({"ops": ops, "locked": locked}) == of_host(ops, locked=locked)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("name", ["left", "right", "unknown", *(kind.name.lower() for kind in CueKind)])
def test_every_sound_has_the_hosts_waveform(
    node: Ask, name: str, rate_hz: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = host_sound(name, rate_hz, monkeypatch)
    channels = node({"sound": name, "rate_hz": rate_hz})
    if not len(expected):
        assert channels is None
        return
    left, right = channels[0], channels[-1]
    np.testing.assert_allclose(np.stack([left, right], axis=1), expected, rtol=0, atol=1e-6)


@pytest.fixture(scope="module")
def address(serve: Callable[..., Server]) -> str:
    """Of a page with nothing but the sound."""
    modules = {f"sound/{path.name}": path.read_bytes() for path in SOUND.glob("*.js")}
    own = {"index.html": INDEX, "icon.svg": "", "try.js": (HERE / "sound_in_page.js").read_bytes()}
    served: Server = serve(own | modules, {"content-security-policy": CONTENT_SECURITY_POLICY})
    return served.address


@pytest.fixture(scope="module")
def watched(chromium: Browser, address: str) -> Iterator[tuple[Page, Watch]]:
    """One page for all tests, since opening it takes longer than most of them."""
    with chromium.new_context() as context:
        yield context.new_page(), Watch(context, address)


@pytest.fixture
def page(watched: tuple[Page, Watch], address: str) -> Iterator[Page]:
    """That page, loaded anew, in which nothing has been tapped yet; it may say nothing on its console."""
    page, watch = watched
    page.goto(address)
    until(page, "window.ready")
    yield page
    assert watch.faults == []


def until(page: Page, condition: str) -> None:
    """Wait for something; the page's policy keeps Playwright from doing so by itself."""
    deadline_s = time.monotonic() + 10.0
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < deadline_s, condition
        time.sleep(0.02)


def expected_onsets(told: list[Op], told_s: list[float], length_s: float, locked: bool) -> list[list[float]]:
    """When the host's metronome ticks in each ear if it is told the same; but for what was due while the page
    was held up for longer than it schedules ahead."""
    metronome, ears = Metronome(locked=locked), list[list[float]]([[], []])
    heard_until_s = 0.0

    def play(until_s: float) -> None:
        while (beat := metronome.due()) is not None and beat.t_s < until_s:
            if beat.t_s < heard_until_s:
                ears[beat.foot is Side.RIGHT].append(beat.t_s)
            metronome.passed()

    for (_, method, *values), t_s in zip(told, told_s, strict=True):
        play(t_s)
        if method == "start":
            metronome.start(t_s, values[0])
        elif method == "contact":
            metronome.contact(t_s - values[0], Side[values[1].upper()], t_s)
        elif method == "silence":
            metronome.stop()
        heard_until_s = t_s + AHEAD_S
    play(length_s)
    return ears


def rendered(
    page: Page,
    told: list[Op],
    rate_hz: int,
    length_s: float,
    monkeypatch: pytest.MonkeyPatch,
    locked: bool = False,
) -> None:
    """Hold what the page renders to what the host would play, to the sample."""
    ticks = {
        ear: host_sound(ear, rate_hz, monkeypatch)[:, int(ear == "right")].tolist()
        for ear in ("left", "right")
    }
    question = {"told": told, "rateHz": rate_hz, "lengthS": length_s, "locked": locked, "ticks": ticks}
    answer = page.evaluate("render", question)
    expected = expected_onsets(told, answer["toldS"], length_s, locked)
    assert min(map(len, expected)) > 10
    for onsets, times_s in zip(answer["onsets"], expected, strict=True):
        assert onsets == [math.floor(t_s * rate_hz + 0.5) for t_s in times_s]
    assert answer["worst"] < 1e-3


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_two_minutes_of_ticks_are_on_time_to_a_sample(
    page: Page, rate_hz: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the right ears, through changes of tempo, a main thread that is held up for less time than is
    scheduled ahead, one that is held up for longer, and a silence."""
    changes = {
        3: ("start", 172.3),
        33: ("start", 181.0),
        60: ("start", 168.9),
        95: ("silence",),
        100: ("start", 176.0),
    }
    held_up = {*range(41, 43), *range(71, 77)}
    told = [(at_s + 0.137, *changes.get(at_s, ("topUp",))) for at_s in range(1, 119) if at_s not in held_up]
    rendered(page, told, rate_hz, 120, monkeypatch)


def test_locked_ticks_follow_the_steps_to_a_sample(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    strides = [(1.0 + 0.727 * k, "contact", 0.31, "left") for k in range(60)]
    told = [(0.5, "topUp"), *strides[:3], (3.0, "start", 172.0), *strides[3:]]
    rendered(page, told, 48_000, 45, monkeypatch, locked=True)


def test_the_newest_earcon_cuts_the_one_before_it_without_a_click(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [(0.5, "announce", "warning"), (0.75, "announce", "burst_up")]
    heard = np.array(page.evaluate("renderEarcons", {"told": told, "rateHz": 48_000, "lengthS": 2}))
    warning, burst_up = (host_sound(name, 48_000, monkeypatch)[:, 0] for name in ("warning", "burst_up"))
    expected = np.zeros(len(heard))
    # Quanta of 128 frames; what is decided begins 0.05 s later, and a cut fades out for 0.01 s from now.
    first, second, cut = 24_064 + 2400, 36_096 + 2400, 36_096
    expected[first:cut] = warning[: cut - first]
    fade = np.linspace(1.0, 0.0, 480, endpoint=False)
    expected[cut : cut + 480] = warning[cut - first :][:480] * fade
    expected[second : second + len(burst_up)] = burst_up
    np.testing.assert_allclose(heard, expected, rtol=0, atol=1e-3)


# What a player does with what comes of a run. The page's clock and sound device are real; the voice, the
# earbuds' button and a freeze are the test's.

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
    behind_s = page.evaluate("Date.now() / 1000 - asked.contexts[0].currentTime")
    stride = {"t_contact_s": 9.9, "side": "right", "signal": "good"}
    contact_s = page.evaluate("Date.now() / 1000") - behind_s - 0.1
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
    assert page.evaluate("[player.muted, asked.mutes, navigator.mediaSession.playbackState]") == [
        True,
        [True],
        "paused",
    ]
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
