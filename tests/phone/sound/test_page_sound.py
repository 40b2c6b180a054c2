"""The phone page sounds like `coach`: the same waveforms at the same moments, in the right ears."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
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

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE = Path(__file__).parent
SOUND = Path(phone.__file__).parent / "page" / "sound"
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
