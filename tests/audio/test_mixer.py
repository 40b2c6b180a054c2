"""The mixer: exact frames, blocks of any size, never too loud, no clicks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.mixer import KNEE, Mixer
from coach.audio.tones import MELODIES, earcon, tick

SOUNDS = [tick(foot) for foot in Side] + [earcon(kind) for kind in MELODIES]
SCHEDULES = st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, len(SOUNDS) - 1)), max_size=12)


def rendered(mixer: Mixer, sizes: list[int]) -> NDArray[np.float32]:
    parts = []
    for size in sizes:
        block = np.full((size, 2), np.nan, np.float32)
        mixer.render(block)
        parts.append(block)
    return np.concatenate(parts)


def test_a_sound_begins_at_its_frame() -> None:
    mixer = Mixer()
    mixer.add(1234, tick(Side.LEFT))
    out = rendered(mixer, [10_000])
    assert not out[:1234].any()
    np.testing.assert_array_equal(out[1234 : 1234 + len(tick(Side.LEFT))], tick(Side.LEFT))


@given(schedule=SCHEDULES, sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=20))
def test_the_size_of_a_block_never_changes_a_sample(
    schedule: list[tuple[int, int]], sizes: list[int]
) -> None:
    one, many = Mixer(), Mixer()
    for start, sound in schedule:
        one.add(start, SOUNDS[sound])
        many.add(start, SOUNDS[sound])
    np.testing.assert_array_equal(rendered(one, [sum(sizes)]), rendered(many, sizes))


@given(schedule=SCHEDULES)
def test_a_sum_never_clips_and_holds_no_denormals(schedule: list[tuple[int, int]]) -> None:
    mixer = Mixer()
    for start, sound in schedule:
        mixer.add(start, SOUNDS[sound])
    size = np.abs(rendered(mixer, [60_000]))
    assert size.max() <= 1.0
    assert not ((size != 0) & (size < np.finfo(np.float32).tiny)).any()


def test_a_tick_over_an_earcon_is_their_sum_untouched() -> None:
    mixer = Mixer()
    mixer.add(0, tick(Side.LEFT))
    mixer.add(0, earcon(CueKind.BURST_UP))
    length = len(tick(Side.LEFT))
    np.testing.assert_array_equal(
        rendered(mixer, [length]), tick(Side.LEFT) + earcon(CueKind.BURST_UP)[:length]
    )


def test_loud_sums_bend_smoothly() -> None:
    mixer = Mixer()
    ramp = np.linspace(0.0, 3.0, 30_000, dtype=np.float32)[:, None].repeat(2, axis=1)
    mixer.add(0, ramp)
    out = rendered(mixer, [30_000])[:, 0]
    assert np.all(np.diff(out) >= 0)
    assert np.abs(np.diff(out, 2)).max() < 1e-5
    np.testing.assert_array_equal(out[ramp[:, 0] <= KNEE], ramp[ramp[:, 0] <= KNEE, 0])
    assert out[-1] <= 1.0


@given(at=st.integers(1, 20_000))
def test_a_sound_that_is_cut_fades_and_does_not_click(at: int) -> None:
    sound = earcon(CueKind.BURST_UP)
    mixer = Mixer()
    voice = mixer.add(0, sound)
    before = rendered(mixer, [at])
    mixer.cut(voice)
    out = np.concatenate([before, rendered(mixer, [2000])])
    assert np.abs(np.diff(out, axis=0)).max() <= np.abs(np.diff(sound, axis=0)).max() * 1.05
    assert not out[at + 480 :].any()


def test_a_sound_that_is_cut_before_it_began_is_not_heard() -> None:
    mixer = Mixer()
    mixer.cut(mixer.add(100, tick(Side.LEFT)))
    assert not rendered(mixer, [5000]).any()


def test_what_is_skipped_is_gone() -> None:
    mixer = Mixer()
    mixer.add(100, tick(Side.LEFT))
    mixer.add(50_000, tick(Side.RIGHT))
    mixer.skip(40_000)
    out = rendered(mixer, [20_000])
    assert not out[:10_000].any()
    assert out[10_000:].any()
