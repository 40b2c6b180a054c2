"""Times from coarse stamps: regular, rising, near the truth, with every loss counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.pods.pacing import Pace


@pytest.mark.parametrize("error", [-0.05, 0.0, 0.03, 0.05])
@pytest.mark.parametrize(("rate_hz", "count"), [(52, 4), (104, 8), (208, 8), (416, 16)])
def test_stamps_of_1_ms_give_times_far_finer_than_that(rate_hz: int, count: int, error: float) -> None:
    pace = Pace(rate_hz, 1000.0)
    period_us = 1e6 / (rate_hz * (1 + error))
    true_us = np.arange(200 * count).reshape(200, count) * period_us
    placed = [pace.place(int(row[0] // 1000) * 1000, count) for row in true_us]
    t_us = np.concatenate([times for times in placed if times is not None])
    assert pace.take_lost_samples() == 0
    settled = t_us[40 * count :] - true_us.ravel()[40 * count :]
    assert np.std(settled) < 200.0
    assert abs(np.mean(settled) + 500.0) < 250.0  # stamps are cut to whole ms
    assert pace.period_us == pytest.approx(period_us, rel=0.003)
    steps = np.diff(t_us[40 * count :])
    assert np.abs(steps - period_us).max() < 150.0


def test_missing_packets_are_counted_in_samples() -> None:
    pace = Pace(104, 1000.0)
    for packet in (*range(30), *range(33, 60)):
        pace.place(int(packet * 8 * 1e6 / 104) // 1000 * 1000, 8)
    assert pace.take_lost_samples() == 24
    assert pace.take_lost_samples() == 0


def test_a_packet_from_before_is_not_placed() -> None:
    pace = Pace(100, 1000.0)
    assert pace.place(0, 8) is not None
    assert pace.place(0, 8) is None
    assert pace.place(80_000, 8) is not None


def test_times_a_microsecond_apart_are_not_rounded_together() -> None:
    pace = Pace(1e6 / 1.5, 1000.0)
    placed = [pace.place(t_us, 1) for t_us in (0, 1, 1, 1, 1, 1)]
    t_us = np.concatenate([times for times in placed if times is not None])
    assert (np.diff(t_us) > 0).all()


@given(st.lists(st.tuples(st.integers(-(10**6), 10**10), st.integers(1, 60)), max_size=40))
def test_times_strictly_rise_whatever_the_stamps_are(packets: list[tuple[int, int]]) -> None:
    pace = Pace(208, 1000.0)
    placed = [pace.place(t_us, count) for t_us, count in packets]
    t_us = np.concatenate([np.zeros(0, np.int64), *(times for times in placed if times is not None)])
    assert (np.diff(t_us) > 0).all()
