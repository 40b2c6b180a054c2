"""Speech: lines by espeak-ng, made once, off the audio thread; a program that fails is one clear line."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from coach.audio.speech import Speech, SpeechError, find_speech, speak
from coach.audio.tones import VOICE_PEAK

spoken_here = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@spoken_here
def test_a_line_is_sound_without_silence_around_it() -> None:
    speech = find_speech()
    assert speech is not None
    sound = speech.request("On target").result()
    speech.close()
    assert sound.dtype == np.float32
    assert 0.3 < len(sound) / 48_000 < 1.5
    assert np.abs(sound).max() == pytest.approx(VOICE_PEAK, rel=1e-3)
    assert np.abs(sound[[0, -1]]).max() < 1e-3
    assert np.abs(sound[:4800]).max() > 0.02, "the words begin at once"
    np.testing.assert_array_equal(sound[:, 0], sound[:, 1])


@spoken_here
def test_words_that_look_like_an_option_are_spoken() -> None:
    program = shutil.which("espeak-ng")
    assert program is not None
    assert len(speak(Path(program), "--version"))


def test_a_machine_without_espeak_has_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_speech() is None


def test_a_line_is_made_once_and_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def slow(program: Path, words: str) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        made.append(threading.current_thread().name)
        return np.zeros((1, 2), np.float32)

    monkeypatch.setattr("coach.audio.speech.speak", slow)
    speech = Speech(Path("voice"))
    assert speech.request("Run").result() is speech.request("Run").result()
    speech.close()
    assert len(made) == 1
    assert made[0].startswith("speech")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")
@pytest.mark.parametrize("script", ["exit 3", "echo no sound", "true"])
def test_a_voice_that_fails_says_so(tmp_path: Path, script: str) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    with pytest.raises(SpeechError, match="espeak-ng did not speak") as told:
        speak(program, "Run")
    assert "\n" not in str(told.value)
    with pytest.raises(SpeechError):
        speak(tmp_path / "gone", "Run")
