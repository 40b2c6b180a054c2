"""Speakers: heard at the next block, in phase after the device was away, and never the end of a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks import cue_latency
from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio import speakers as module
from coach.audio.device import Fill, open_output
from coach.audio.sink import SoundError
from coach.audio.speakers import BACK, LOST, Speakers
from coach.audio.speech import Speech, SpeechError
from coach.audio.tones import RATE_HZ, Sound, earcon, tick

from .records import cue, stride


class HandDevice:
    """A sound device that is played by hand, on a clock moved by hand."""

    def __init__(self) -> None:
        self.host_s = 1000.0
        self.there = True
        self.opened = self.closed = 0
        self.fill: Fill | None = None
        self.stopped: Callable[[], None] = lambda: None

    def open(self, fill: Fill, stopped: Callable[[], None]) -> HandDevice:
        if not self.there:
            raise SoundError("no sound device")
        self.opened += 1
        self.fill, self.stopped = fill, stopped
        return self

    def close(self) -> None:
        self.closed += 1

    def clock(self) -> float:
        return self.host_s

    def play(self, seconds: float, block: int = 480) -> NDArray[np.float32]:
        assert self.fill is not None
        parts = []
        for _ in range(round(seconds * RATE_HZ / block)):
            parts.append(self.fill(block).copy())
            self.host_s += block / RATE_HZ
        return np.concatenate(parts)

    def lose(self) -> None:
        self.there = False
        self.stopped()


@pytest.fixture
def device() -> HandDevice:
    return HandDevice()


def made(device: HandDevice, told: list[str] | None = None, **options: object) -> Speakers:
    tell = pytest.fail if told is None else told.append
    return Speakers(device.open, tell=tell, clock=device.clock, **options)  # type: ignore[arg-type]


def wait_until(true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 5.0
    while not true():
        assert time.monotonic() < end_s, "nothing happened"
        time.sleep(0.005)


def test_a_cue_is_heard_from_the_first_frame_of_the_next_block(device: HandDevice) -> None:
    sink = made(device)
    assert not device.play(0.05).any()
    sink.cue(cue(1.0, CueKind.WALK))
    np.testing.assert_array_equal(device.play(0.1), earcon(CueKind.WALK)[:4800])
    sink.close()


def test_from_cue_to_the_device_no_more_than_30_ms() -> None:
    """In real time, through the device that plays nothing, at the default buffer."""
    figures = cue_latency.measure(cues=5)
    assert figures["cue_max_ms"] <= 30.0
    assert figures["cues_unheard"] == 0
    table = cue_latency.to_table(figures)
    assert all(row.ok for row in table.rows if row.must is not None)


def test_the_null_device_is_filled_in_real_time_and_closed() -> None:
    frames: list[int] = []

    def fill(count: int) -> Sound:
        frames.append(count)
        return np.zeros((count, 2), np.float32)

    output = open_output(fill, lambda: None, buffer_ms=20, null=True)
    time.sleep(0.2)
    output.close()
    assert set(frames) == {480}, "the buffer is filled half by half"
    assert 0.1 <= sum(frames) / RATE_HZ <= 0.3
    played = len(frames)
    time.sleep(0.05)
    assert len(frames) == played


def test_no_device_is_one_clear_line(device: HandDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    import miniaudio

    def none(*_: object, **__: object) -> None:
        raise miniaudio.MiniaudioError("failed to init device", -401)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", none)
    with pytest.raises(SoundError, match="no sound device: connect") as told:
        open_output(lambda frames: np.zeros((frames, 2), np.float32), lambda: None)
    assert "\n" not in str(told.value)


def test_the_device_that_plays_nothing_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    import miniaudio

    null = partial(miniaudio.PlaybackDevice)

    def fallen_back(*formats: object, backends: object, **options: object) -> object:
        return null(*formats, backends=[miniaudio.Backend.NULL], **options)

    monkeypatch.setattr(miniaudio, "PlaybackDevice", fallen_back)
    with pytest.raises(SoundError, match="no sound device"):
        open_output(lambda frames: np.zeros((frames, 2), np.float32), lambda: None)


@pytest.mark.parametrize("tells", [True, False], ids=["the device tells", "the device just stalls"])
def test_a_device_that_vanishes_is_told_once_and_the_metronome_comes_back_in_phase(
    device: HandDevice, monkeypatch: pytest.MonkeyPatch, tells: bool
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    told: list[str] = []
    sink = made(device, told)
    # The thread that watches must see blocks go by while it plays.
    sink.cue(cue(0.0, CueKind.BURST_UP, 150.0))
    device.play(2.0)
    if tells:
        device.lose()
    else:
        device.there = False
    wait_until(lambda: told == [LOST])
    wait_until(lambda: device.closed == 1)
    device.host_s += 8.1
    device.there = True
    wait_until(lambda: told == [LOST, BACK])
    # The clock stands while nobody plays: 10.1 s on, the next beat of 0.4 s is at 10.4 s.
    out = device.play(1.0)
    begins = [round((t_s - 10.1) * RATE_HZ) for t_s in (10.4, 10.8)]
    for begin, foot in zip(begins, (Side.LEFT, Side.RIGHT), strict=True):
        np.testing.assert_array_equal(out[begin : begin + 2880], tick(foot))
    sink.cue(cue(1.0, CueKind.SILENCE))
    assert not device.play(1.0)[2880:].any()
    sink.close()
    assert (device.opened, device.closed) == (2, 2)
    assert told == [LOST, BACK]


def test_a_silence_while_the_device_is_away_holds_when_it_is_back(
    device: HandDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.005)
    told: list[str] = []
    sink = made(device, told)
    sink.cue(cue(0.0, CueKind.BURST_UP, 150.0))
    device.play(1.0)
    device.lose()
    wait_until(lambda: told == [LOST])
    sink.cue(cue(2.0, CueKind.SILENCE))
    device.host_s += 5.0
    device.there = True
    wait_until(lambda: told == [LOST, BACK])
    assert not device.play(2.0).any()
    sink.close()


def test_a_device_that_was_lost_and_asks_again_gets_silence(
    device: HandDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.005)
    told: list[str] = []
    sink = made(device, told)
    sink.cue(cue(0.0, CueKind.BURST_UP, 150.0))
    device.lose()
    wait_until(lambda: told == [LOST])
    assert not device.play(1.0).any()
    sink.close()


def test_a_device_that_never_answers_does_not_hold_up_the_end(
    device: HandDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_S", 0.02)
    monkeypatch.setattr(device, "close", lambda: time.sleep(0.5))
    begin_s = time.monotonic()
    made(device).close()
    assert time.monotonic() - begin_s < 0.45


@pytest.mark.parametrize("latency_s", [0.0, 0.18])
def test_locked_ticks_are_played_earlier_by_the_latency(device: HandDevice, latency_s: float) -> None:
    """A runner at 160 spm is asked for 170; each record arrives 100 ms after its contact."""
    sink = made(device, locked=True, latency_s=latency_s)
    sink.cue(cue(0.0, CueKind.BURST_UP, 170.0))
    played = []
    for k in range(1, 12):
        sink.now(k * 0.75 + 0.1)
        sink.stride(stride(k * 0.75, Side.LEFT))
        played.append(device.play(0.75))
    out = np.concatenate(played)
    sink.close()
    loud = np.flatnonzero(np.abs(out[:, 1]) > 0.04)
    ticks_s = loud[np.diff(loud, prepend=-RATE_HZ) > 4800] / RATE_HZ
    # On the device's own timeline, contact k was 100 ms before it began to play the k-th piece.
    asked_s = np.arange(11) * 0.75 - 0.1 + 60.0 / 170.0 - latency_s
    for t_s in asked_s[asked_s > 1.0]:  # the earcon is over
        assert np.abs(ticks_s - t_s).min() < 0.0002


class Voice(Speech):
    """Gives each line when it is told to."""

    def __init__(self) -> None:
        self.future: Future[Sound] = Future()

    def request(self, words: str) -> Future[Sound]:
        return self.future

    def close(self) -> None:
        self.future.cancel()


def test_words_that_are_ready_later_are_said_after_the_earcon(device: HandDevice) -> None:
    voice = Voice()
    sink = made(device, speech=voice)
    sink.cue(cue(0.0, CueKind.WALK))
    out = device.play(1.0)
    assert not out[len(earcon(CueKind.WALK)) :].any()
    words = np.full((480, 2), 0.3, np.float32)
    voice.future.set_result(words)
    np.testing.assert_array_equal(device.play(0.01), words)
    sink.close()


def test_a_voice_that_fails_is_told_once_and_the_tones_go_on(device: HandDevice) -> None:
    told: list[str] = []
    voice = Voice()
    voice.future.set_exception(SpeechError("espeak-ng did not speak"))
    sink = made(device, told, speech=voice)
    sink.cue(cue(0.0, CueKind.WALK))
    sink.cue(cue(1.0, CueKind.RUN))
    assert device.play(0.1).any()
    sink.close()
    assert told == ["espeak-ng did not speak: the coach goes on without words"]


LOUD = 0.2
"""No sound of the coach moves so far from one frame to the next."""


def test_the_last_tick_rings_out_before_the_device_is_closed(device: HandDevice) -> None:
    sink = made(device)
    sink.cue(cue(0.0, CueKind.BURST_UP, 170.0))
    heard = [device.play(0.5)]
    while np.abs(heard[-1][-1]).max() < LOUD:  # until a block ends in the midst of a sound
        heard.append(device.play(0.001, block=48))
    closing = threading.Thread(target=sink.close)
    closing.start()
    while closing.is_alive():
        if not device.closed:
            heard.append(device.play(0.01))
        time.sleep(0.002)
    assert not np.any(heard[-1])
    assert np.abs(np.diff(np.concatenate(heard), axis=0)).max() < LOUD  # no step to silence
