"""Curves: no gap is bridged, no extreme is lost, however long the run."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coach.report.curve import COLUMNS, Curve, curve_of, mean_s, running_mean, thinned
from coach.track import track_of

from .kept_runs import LOST_S, REST_S, coached_run, long_run


def joined_pairs(curve: Curve) -> np.ndarray:
    """The stretches of time that lines of the curve cover, shape (n, 2)."""
    same = np.diff(curve.piece) == 0
    return np.stack([curve.t_s[:-1][same], curve.t_s[1:][same]], axis=1)


def test_a_line_never_crosses_a_rest_or_lost_signal() -> None:
    track = track_of(coached_run())
    curve = curve_of(track, track.cadence_spm)
    for drawn in (curve, running_mean(curve, 10.0), thinned(curve, 660.0)):
        for start, end in (LOST_S, REST_S):
            middle = (start + end) / 2
            covered = joined_pairs(drawn)
            assert not ((covered[:, 0] < middle) & (covered[:, 1] > middle)).any()


def test_bad_and_walked_strides_are_not_drawn() -> None:
    track = track_of(coached_run())
    drawn = set(curve_of(track, track.cadence_spm).t_s.tolist())
    assert drawn.isdisjoint(track.end_s[~track.good | ~track.running].tolist())


def test_a_thinned_curve_keeps_the_least_and_the_greatest() -> None:
    run = long_run()
    track = track_of(run)
    curve = curve_of(track, track.impact_g)
    small = thinned(curve, run.duration_s)
    assert len(curve) > 9000
    assert len(small) <= 4 * COLUMNS + 4 * len(np.unique(curve.piece))
    assert (small.value.min(), small.value.max()) == (curve.value.min(), curve.value.max())


@given(st.integers(0, 2**32 - 1), st.integers(COLUMNS + 1, 5 * COLUMNS))
def test_every_column_keeps_its_extremes(seed: int, count: int) -> None:
    value = np.random.default_rng(seed).standard_cauchy(count)
    t_s = np.linspace(0.0, 100.0, len(value))
    curve = Curve(t_s, value, np.zeros(len(value), np.int64))
    small = thinned(curve, 100.0)
    column = np.minimum(t_s / 100.0 * COLUMNS, COLUMNS - 1).astype(int)
    kept = np.minimum(small.t_s / 100.0 * COLUMNS, COLUMNS - 1).astype(int)
    assert (np.diff(small.t_s) > 0).all()
    for index in np.unique(column):
        of_all, of_kept = value[column == index], small.value[kept == index]
        assert (of_kept.min(), of_kept.max()) == (of_all.min(), of_all.max())


def test_the_running_mean_of_an_even_curve_is_the_curve() -> None:
    curve = Curve(np.arange(50.0), np.full(50, 170.0), np.repeat([0, 1], 25))
    np.testing.assert_allclose(running_mean(curve, 10.0).value, 170.0)


def test_the_running_mean_does_not_reach_into_another_piece() -> None:
    curve = Curve(np.arange(10.0), np.repeat([160.0, 180.0], 5), np.repeat([0, 1], 5))
    np.testing.assert_allclose(running_mean(curve, 10.0).value, curve.value)


def test_a_longer_run_has_a_smoother_line() -> None:
    assert (mean_s(3.0), mean_s(600.0), mean_s(7200.0)) == (10.0, 10.0, 60.0)
