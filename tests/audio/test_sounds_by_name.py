"""Sinks by name: each is found, and a wrong name or a missing part is one clear line."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio import sounds
from coach.audio.haptic import HapticPod
from coach.audio.sink import Silent, SoundError
from coach.audio.sounds import SoundSettings, open_sink
from coach.audio.speech import ABSENT
from coach.audio.wav import WavSink
from firmware_bridge.readings import Write

from .records import cue, stride


def test_none_takes_everything_and_does_nothing() -> None:
    sink = open_sink(SoundSettings("none"), tell=pytest.fail)
    assert isinstance(sink, Silent)
    sink.stride(stride(1.0, Side.LEFT))
    sink.cue(cue(1.0, CueKind.WALK))
    sink.now(1.0)
    sink.close()


def test_a_name_that_ends_in_wav_is_a_file(tmp_path: Path) -> None:
    sink = open_sink(SoundSettings(str(tmp_path / "Run.WAV"), words=False), tell=pytest.fail)
    assert isinstance(sink, WavSink)
    sink.close()
    assert (tmp_path / "Run.WAV").exists()


def test_without_espeak_that_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    told: list[str] = []
    sink = open_sink(SoundSettings(str(tmp_path / "run.wav")), tell=told.append)
    sink.cue(cue(0.1, CueKind.WALK))
    sink.cue(cue(1.1, CueKind.RUN))
    sink.now(10.0)
    sink.close()
    assert told == [ABSENT]


def test_the_pod_is_felt_where_it_takes_commands() -> None:
    async def write(write: Write) -> None:
        pass

    async def opened() -> None:
        sink = open_sink(SoundSettings("pod"), tell=pytest.fail, side=Side.LEFT, write=write)
        assert isinstance(sink, HapticPod)
        sink.close()

    asyncio.run(opened())
    with pytest.raises(SoundError, match="no motor"):
        open_sink(SoundSettings("pod"), tell=pytest.fail)


def test_another_name_says_what_there_is() -> None:
    with pytest.raises(SoundError, match=r"'radio' is no sound: choose speakers, none, pod, or"):
        open_sink(SoundSettings("radio"), tell=pytest.fail)


def test_no_sound_library_is_loaded_before_it_is_needed() -> None:
    script = f"import sys, {sounds.__name__}; sys.exit('miniaudio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
