"""Ticks and earcons: short, in the right ear, without clicks, each unlike the others."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.tones import MELODIES, RATE_HZ, Sound, earcon, frame_at, tick

SOUNDS = [(foot.name, tick(foot)) for foot in Side] + [(kind.name, earcon(kind)) for kind in MELODIES]


def share_above(sound: Sound, hz: float) -> float:
    power = np.abs(np.fft.rfft(sound, axis=0)) ** 2
    return float(power[np.fft.rfftfreq(len(sound), 1 / RATE_HZ) > hz].sum() / power.sum())


@pytest.mark.parametrize(("name", "sound"), SOUNDS, ids=[name for name, _ in SOUNDS])
def test_a_sound_has_soft_edges_and_stays_in_its_band(name: str, sound: Sound) -> None:
    assert sound.dtype == np.float32
    assert sound.shape[1] == 2
    assert not sound[0].any()
    assert np.abs(sound[-1]).max() < 1e-6
    assert not sound.flags.writeable
    assert 0.3 < np.abs(sound).max() <= 0.4
    assert share_above(sound, 12_000.0) < 1e-5
    tiny = np.finfo(np.float32).tiny
    assert not ((sound != 0) & (np.abs(sound) < tiny)).any(), "denormals"


def test_a_tick_is_in_the_ear_of_its_foot() -> None:
    assert not tick(Side.LEFT)[:, 1].any()
    assert not tick(Side.RIGHT)[:, 0].any()
    assert np.array_equal(*tick(Side.UNKNOWN).T)


@pytest.mark.parametrize("foot", Side)
def test_a_tick_is_short_and_its_onset_plain(foot: Side) -> None:
    mono = np.abs(tick(foot)).max(axis=1)
    assert len(mono) / RATE_HZ < 0.1
    assert np.flatnonzero(mono > 0.1 * mono.max())[0] / RATE_HZ < 1e-4


def test_every_cue_that_is_told_has_an_earcon_of_its_own() -> None:
    told = set(CueKind) - {CueKind.NONE, CueKind.SILENCE}
    assert set(MELODIES) == told
    assert all(0.2 < len(earcon(kind)) / RATE_HZ < 0.9 for kind in told)
    assert len(earcon(CueKind.SILENCE)) == 0
    for one, other in combinations(sorted(told), 2):
        length = min(len(earcon(one)), len(earcon(other)))
        alike = np.corrcoef(earcon(one)[:length, 0], earcon(other)[:length, 0])[0, 1]
        assert abs(alike) < 0.7, (one, other)


def test_the_frame_of_a_time_is_the_nearest() -> None:
    assert [frame_at(t_s) for t_s in (0.0, 1.0, 0.4 / RATE_HZ, 0.6 / RATE_HZ)] == [0, 48_000, 0, 1]
