"""What a picture is drawn from: small, whatever the recording's length, and true to it."""

from __future__ import annotations

import numpy as np
import pytest

from cadence.sample import SampleBlock
from cadence.stride import STRIDE, Activity
from coach.signal_view import WINDOW_S, Outline, Window, pitch_rate_rad_s, window_s


def block(t_s: np.ndarray, up_m_s2: np.ndarray | float = 9.8) -> SampleBlock:
    motion = np.zeros((len(t_s), 6), dtype=np.float32)
    motion[:, 2] = up_m_s2
    return SampleBlock(np.rint(t_s * 1e6).astype(np.int64), motion)


def strides(contacts_s: list[float], activity: Activity = Activity.RUNNING) -> np.ndarray:
    records = np.zeros(len(contacts_s), dtype=STRIDE)
    records["t_contact_s"] = contacts_s
    records["t_toe_off_s"] = records["t_contact_s"] - 0.5
    records["activity"] = activity
    return records


def test_the_window_is_around_the_middle_running_stride() -> None:
    records = np.concatenate([strides([3.0] * 9, Activity.WALKING), strides([100.0, 101.0, 150.0])])
    assert window_s(records, 200.0) == (101.0 - WINDOW_S / 2, 101.0 + WINDOW_S / 2)


def test_the_window_is_around_the_middle_of_a_walk_where_nobody_runs() -> None:
    start, end = window_s(strides([20.0, 30.0, 31.0], Activity.WALKING), 60.0)
    assert (start + end) / 2 == 30.0


@pytest.mark.parametrize(("duration_s", "expected"), [(4.0, (0.0, 4.0)), (20.0, (7.0, 13.0))])
def test_the_window_never_leaves_the_recording(duration_s: float, expected: tuple[float, float]) -> None:
    assert window_s(strides([]), duration_s) == expected


def test_the_outline_keeps_each_peak_of_a_recording_of_any_length() -> None:
    outline = Outline(bins=64, bin_us=20_000)
    for minute in range(60):
        up = np.full(6000, 9.8)
        up[100 * minute] = 50.0 + minute
        outline.add(block(minute * 60 + np.arange(6000) / 100, up))
    assert len(outline.high) == 64
    assert 64 * outline.bin_us >= 3600e6
    for minute in range(60):
        place = int((minute * 60 + minute) * 1e6) // outline.bin_us
        assert outline.high[place] >= 50 + minute
    filled = np.isfinite(outline.low)
    np.testing.assert_allclose(outline.low[filled], 9.8, rtol=1e-6)
    assert filled.sum() == -(-3600 * 1_000_000 // outline.bin_us)


def test_the_outline_does_not_depend_on_the_blocks() -> None:
    t_s = np.arange(5000) / 100
    up = 9.8 + 5 * np.sin(t_s * 7) + np.where(np.arange(5000) % 700 == 0, np.nan, 0)
    whole, parts = Outline(bins=128), Outline(bins=128)
    whole.add(block(t_s, up))
    for start in range(0, 5000, 37):
        parts.add(block(t_s[start : start + 37], up[start : start + 37]))
    np.testing.assert_array_equal(whole.high, parts.high)
    np.testing.assert_array_equal(whole.low, parts.low)
    assert whole.bin_us == parts.bin_us


def test_the_window_keeps_its_samples_alone_and_says_when_it_is_past() -> None:
    window = Window(1.0, 2.0)
    assert window.add(block(np.arange(0, 0.5, 0.1)))
    assert window.add(block(np.arange(0.5, 1.5, 0.1)))
    assert not window.add(block(np.arange(1.5, 2.5, 0.1)))
    np.testing.assert_allclose(window.t_s, np.arange(1.0, 2.05, 0.1))
    assert window.motion.shape == (11, 6)


def test_a_window_without_samples_is_empty() -> None:
    window = Window(1.0, 2.0)
    assert window.t_s.shape == (0,)
    assert window.motion.shape == (0, 6)


@pytest.mark.parametrize("mounting", [1, -1])
def test_pitch_rate_is_positive_where_the_toes_rise_however_the_pod_is_mounted(mounting: int) -> None:
    t_s = np.arange(0, 3, 0.01)
    pitch_rate = 8 * np.sin(2 * np.pi * (t_s - 0.5))  # positive in the later half of each swing
    axis = mounting * np.array([0.6, 0.8, 0.0])
    rotation = (pitch_rate[:, None] * axis).astype(np.float32)
    rotation[::50] = np.nan
    swings = np.zeros(3, dtype=STRIDE)
    swings["t_toe_off_s"], swings["t_contact_s"] = [0.0, 1.0, 2.0], [0.99, 1.99, 2.99]
    found = pitch_rate_rad_s(t_s, rotation, swings)
    known = np.isfinite(found)
    np.testing.assert_allclose(found[known], pitch_rate[known], atol=1e-5)
    assert known.sum() == 294


def test_pitch_rate_is_unknown_without_a_gyroscope() -> None:
    assert np.isnan(pitch_rate_rad_s(np.arange(3.0), np.full((3, 3), np.nan, np.float32), strides([]))).all()
