"""The WAV file: what the runner would have heard, to the sample, whatever happens to disk and program."""

from __future__ import annotations

import os
import stat
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.sink import SoundError
from coach.audio.wav import WavSink

from .records import RATE_HZ, blocks, cue, onsets_s, stride, wav


def test_ticks_stay_within_a_tenth_of_a_millisecond_for_an_hour(tmp_path: Path) -> None:
    """Measured in the file: each channel's onsets, against the tempo asked for."""
    path, start_s, tempo_spm = tmp_path / "hour.wav", 1.234567, float(np.float32(171.3))
    sink = WavSink(path, speech=None, tell=pytest.fail)
    sink.cue(cue(start_s, CueKind.BURST_UP, tempo_spm))
    for t_s in range(3601):
        sink.now(float(t_s))
    sink.close()
    feet = []
    for channel in (0, 1):
        found_s = onsets_s(blocks(path), channel)
        found_s = found_s[found_s > start_s + 1.0]  # the earcon is over
        k = np.round((found_s - start_s) * tempo_spm / 60.0)
        np.testing.assert_allclose(found_s, start_s + k * 60.0 / tempo_spm, rtol=0.0, atol=1e-4)
        np.testing.assert_array_equal(np.diff(k), 2)
        assert set(k % 2) == {channel}, "left for the even beats, right for the odd"
        feet.append(len(k))
    assert sum(feet) == pytest.approx((3600.0 - start_s - 1.0) * tempo_spm / 60.0, abs=2)
    path.unlink()


def test_the_tempo_changes_without_a_jump(tmp_path: Path) -> None:
    path = tmp_path / "run.wav"
    sink = WavSink(path, speech=None, tell=pytest.fail)
    sink.cue(cue(0.0, CueKind.BURST_UP, 160.0))
    sink.cue(cue(10.1, CueKind.BURST_UP, 180.0))
    sink.now(20.0)
    sink.close()
    ticks_s = np.sort(np.concatenate([onsets_s(blocks(path), channel) for channel in (0, 1)]))
    ticks_s = ticks_s[(ticks_s > 1.0) & ((ticks_s < 10.0) | (ticks_s > 11.0))]
    beats = np.where(ticks_s < 10.1, ticks_s * 160 / 60, 10.1 * 160 / 60 + (ticks_s - 10.1) * 3.0)
    np.testing.assert_allclose(beats, np.round(beats), atol=0.0005)


def play(path: Path, chunk_s: float, *, locked: bool) -> bytes:
    """A run of a minute at 168 spm: a burst, a silence, a warning, in chunks of any length."""
    events = [(k * 60.0 / 84.0 + 0.1, stride(k * 60.0 / 84.0, Side.RIGHT)) for k in range(1, 80)]
    cues = [
        (5.1, cue(5.1, CueKind.BURST_UP, 176.0)),
        (35.2, cue(35.2, CueKind.SILENCE)),
        (40.0, cue(40.0, CueKind.WARNING)),
    ]
    sink = WavSink(path, locked=locked, speech=None, tell=pytest.fail)
    t_s = 0.0
    while t_s < 60.0:
        before_s, t_s = t_s, min(60.0, t_s + chunk_s)
        for closed_s, record in events:
            if before_s < closed_s <= t_s:
                sink.stride(record)
        for given_s, record in cues:
            if before_s < given_s <= t_s:
                sink.cue(record)
        sink.now(t_s)
    sink.close()
    return path.read_bytes()


@pytest.mark.parametrize("locked", [False, True])
def test_the_same_run_in_other_chunks_is_the_same_file(tmp_path: Path, locked: bool) -> None:
    files = [play(tmp_path / f"{chunk_s}.wav", chunk_s, locked=locked) for chunk_s in (0.013, 0.7, 60.0)]
    assert files[0] == files[1] == files[2]


def test_locked_ticks_lie_where_the_steps_ask_for_them(tmp_path: Path) -> None:
    play(tmp_path / "run.wav", 0.1, locked=True)
    for channel, odd in ((0, True), (1, False)):
        found_s = onsets_s(blocks(tmp_path / "run.wav"), channel)
        found_s = found_s[(found_s > 8.0) & (found_s < 35.0)]
        assert len(found_s) == pytest.approx(27.0 * 84.0 / 60.0, abs=1), "one for each step of the foot"
        # The right foot's contact leads; the beat is 60 / 176 s later for the left, twice that for the right.
        lead_s = (60.0 if odd else 120.0) / 176.0
        behind_s = (found_s - lead_s + 0.05) % (60.0 / 84.0) - 0.05
        np.testing.assert_allclose(behind_s, 0.0, atol=1e-4)


def test_bad_strides_lead_nothing(tmp_path: Path) -> None:
    def file(name: str, strides: list[np.void]) -> bytes:
        sink = WavSink(tmp_path / name, locked=True, speech=None, tell=pytest.fail)
        for record in strides:
            sink.stride(record)
        sink.cue(cue(1.0, CueKind.BURST_UP, 180.0))
        sink.now(5.0)
        sink.close()
        return (tmp_path / name).read_bytes()

    assert file("bad.wav", [stride(0.77, Side.RIGHT, good=False)]) == file("none.wav", [])
    assert file("good.wav", [stride(0.77, Side.RIGHT)]) != file("empty.wav", [])


def test_a_cue_that_comes_late_is_heard_late_and_not_lost(tmp_path: Path) -> None:
    sink = WavSink(tmp_path / "run.wav", speech=None, tell=pytest.fail)
    sink.now(10.0)
    sink.cue(cue(2.0, CueKind.WALK))
    sink.now(20.0)
    sink.close()
    heard_s = onsets_s(blocks(tmp_path / "run.wav"), 0)
    assert heard_s[0] == pytest.approx(7.0, abs=0.01)


def test_the_file_is_as_long_as_the_run_and_ends_softly(tmp_path: Path) -> None:
    sink = WavSink(tmp_path / "run.wav", speech=None, tell=pytest.fail)
    sink.cue(cue(9.9, CueKind.WALK))
    sink.now(10.0)
    sink.close()
    sound = wav(tmp_path / "run.wav")
    assert len(sound) / RATE_HZ == pytest.approx(10.1)
    assert sound[int(9.95 * RATE_HZ) :].any()
    assert not sound[int(10.02 * RATE_HZ) :].any()


def test_a_run_without_a_reading_is_a_file_that_opens(tmp_path: Path) -> None:
    WavSink(tmp_path / "run.wav", speech=None, tell=pytest.fail).close()
    assert len(wav(tmp_path / "run.wav")) / RATE_HZ == pytest.approx(0.1)


def test_the_header_is_right_while_the_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.wav"
    sink = WavSink(path, speech=None, tell=pytest.fail)
    sink.now(30.0)
    with wave.open(str(path)) as file:  # as a program that was killed would leave it
        assert file.getnframes() == (path.stat().st_size - 44) // 4 == 27 * RATE_HZ
    sink.close()


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")
def test_only_the_runner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "run.wav"
    path.touch(mode=0o644)
    WavSink(path, speech=None, tell=pytest.fail).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="cannot be written: No such file or directory") as told:
        WavSink(tmp_path / "nowhere" / "run.wav", speech=None, tell=pytest.fail)
    assert "\n" not in str(told.value)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_told_once_and_the_run_goes_on(tmp_path: Path) -> None:
    told: list[str] = []
    sink = WavSink(tmp_path / "run.wav", speech=None, tell=told.append)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, sink._raw.fileno())
    os.close(full)
    for t_s in range(20):
        sink.now(float(t_s))
    sink.close()
    assert len(told) == 1
    assert "No space left" in told[0]
