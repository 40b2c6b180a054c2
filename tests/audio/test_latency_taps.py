"""How late sound is heard: from taps along with a light and with ticks."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.audio.alignment import Alignment
from coach.audio.device import Fill
from coach.audio.latency import BEAT_S, Tapping, UnsteadyTapsError, latency_ms, tapping
from coach.audio.sink import SoundError
from coach.cli.doctor import sound as doctor_sound
from coach.cli.doctor.sound import BEATS, TAPS, Player, find_latency
from coach.cli.errors import CommandError


def person(first_s: float, late_s: float, seed: int = 0, spread_s: float = 0.02) -> list[float]:
    """Taps as people tap: ahead by 40 ms, with some spread."""
    chance = np.random.default_rng(seed)
    return [first_s + k * BEAT_S + late_s - 0.04 + float(chance.normal(0.0, spread_s)) for k in range(16)]


@given(latency_s=st.floats(0.0, 0.4), seed=st.integers(0, 1000), first_s=st.floats(0.0, 1e6))
def test_the_latency_is_found_and_anticipation_cancels(latency_s: float, seed: int, first_s: float) -> None:
    light = tapping(person(first_s, 0.0, seed), first_s)
    ticks = tapping(person(first_s + 60.0, latency_s, seed + 1), first_s + 60.0)
    assert latency_ms(light, ticks) == pytest.approx(1000.0 * latency_s, abs=40.0)


def test_taps_lie_on_the_nearest_beat_whichever_was_tapped_first() -> None:
    steady = [100.0 + 7 * BEAT_S + k * BEAT_S + 0.1 for k in range(16)]
    assert tapping(steady, 100.0).offset_s == pytest.approx(0.1)
    missed = [tap_s for k, tap_s in enumerate(steady) if k not in (6, 7)]
    assert tapping(missed, 100.0).offset_s == pytest.approx(0.1)


def test_the_first_taps_and_a_stray_one_do_not_count() -> None:
    taps_s = person(0.0, 0.2, spread_s=0.0)
    taps_s[:4] = [tap_s + 0.3 for tap_s in taps_s[:4]]
    taps_s[9] += 0.35
    assert tapping(taps_s, 0.0).offset_s == pytest.approx(0.16)


def test_taps_that_tell_nothing_are_refused() -> None:
    with pytest.raises(UnsteadyTapsError, match="uneven"):
        tapping([0.37 * k * k for k in range(16)], 0.0)
    with pytest.raises(UnsteadyTapsError, match="too few"):
        tapping(person(0.0, 0.0)[:11], 0.0)


def test_a_latency_is_never_below_zero() -> None:
    assert latency_ms(Tapping(0.02, 0.01), Tapping(0.0, 0.01)) == 0.0


def test_the_least_delay_tells_how_two_clocks_stand() -> None:
    clock = Alignment(30.0)
    assert clock.offset_s is None
    for k, delay_s in enumerate(itertools.islice(itertools.cycle([0.05, 0.01, 0.3, 0.02]), 400)):
        clock.note(k * 0.1, 500.0 + k * 0.1 + delay_s)
    assert clock.offset_s == pytest.approx(500.01)
    for k in range(400):  # a clock that was set anew holds once the window has passed
        clock.note(40.0 + k * 0.1, 542.0 + k * 0.1)
    assert clock.offset_s == pytest.approx(502.0)
    clock.reset()
    assert clock.offset_s is None


class Scripted:
    """Somebody at the terminal who taps along: a light, then ticks that come `late_s`."""

    def __init__(self, late_s: float) -> None:
        self.late_s = late_s
        self.lines: list[str] = []
        self.taps = 0

    def say(self, line: str) -> None:
        self.lines.append(line)

    def light(self, on: bool) -> None:
        pass

    def tap(self) -> float:
        phase, k = divmod(self.taps, TAPS)
        self.taps += 1
        return 1000.0 + (1 + k) * BEAT_S - 0.04 + (self.late_s if phase else 0.0)


class Still:
    """A device that has asked for one block, when the clock stood at 1000 s."""

    def __init__(self, fill: Fill, stopped: Callable[[], None]) -> None:
        assert fill(480).shape == (480, 2)

    def close(self) -> None:
        pass


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_sound.time, "monotonic", lambda: 1000.0)
    monkeypatch.setattr(doctor_sound.time, "sleep", lambda _: None)


@pytest.mark.usefixtures("still_clock")
def test_doctor_tells_what_to_pass() -> None:
    somebody = Scripted(0.187)
    assert find_latency(Still, somebody) == 187.0
    assert "left ear" in somebody.lines[0]
    assert somebody.lines[-1].endswith("--audio-latency-ms 187")


@pytest.mark.usefixtures("still_clock")
def test_doctor_says_so_when_it_cannot_tell() -> None:
    somebody = Scripted(0.0)
    taps = itertools.count()
    somebody.tap = lambda: 0.37 * next(taps) ** 2  # type: ignore[method-assign]
    with pytest.raises(CommandError, match="uneven"):
        find_latency(Still, somebody)


def test_doctor_without_a_terminal_or_a_device_is_one_line() -> None:
    def none(fill: Fill, stopped: Callable[[], None]) -> Still:
        raise SoundError("no sound device")

    with pytest.raises(CommandError, match="needs a terminal"):
        find_latency(Still)
    with pytest.raises(CommandError, match="no sound device"):
        find_latency(none, Scripted(0.0))


def test_the_player_knows_when_a_sound_was_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_sound.time, "monotonic", lambda: 1000.0)
    player = Player(Still, [(BEAT_S, np.ones((10, 2), np.float32))])
    assert player.handed_over_s(BEAT_S) == pytest.approx(1000.0 + BEAT_S)
    assert BEATS * BEAT_S > 2 * TAPS


def test_checks_of_sound_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise SoundError("no sound device: connect earbuds")

    monkeypatch.setattr(doctor_sound, "open_output", none)
    monkeypatch.setenv("PATH", "")
    (device, voice) = doctor_sound.sound_checks()
    assert device == ("problem", "no sound device: connect earbuds")
    assert voice[0] == "note"
    assert "espeak-ng" in voice[1]
