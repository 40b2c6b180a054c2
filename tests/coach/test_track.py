"""A run as rows over time: where nothing was measured it is told apart whether the runner stood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cadence.sample import SampleBlock
from coach.kept_run import KeptRun
from coach.replay import Replay, replay
from coach.run_facts import easy_level as easy_strides
from coach.summary import summarise_updates
from coach.track import easy_level, track_of
from hardware.gait import Pace
from hardware.runner import Segment, SimulatedRun, simulate

from ..report.kept_runs import coached_run, kept, sensor_run, short_run


@pytest.fixture(scope="module")
def rested() -> SimulatedRun:
    """Standing, a minute of running, a rest, running, a rest."""
    run = Segment(40.0, Pace())
    return simulate([Segment(5.0), Segment(60.0, Pace()), Segment(12.0), run, Segment(8.0)])


def kept_run(found: Replay) -> KeptRun:
    counters = found.counters
    return kept(found.strides, counters.duration_s, stationary_s=counters.stationary_s)


def test_rests_are_standing_and_no_time_is_unknown(rested: SimulatedRun) -> None:
    track = track_of(kept_run(replay(rested)))
    np.testing.assert_allclose(track.still_s, [[0.0, 5.2], [66.8, 77.2], [118.0, 125.0]], atol=1.0)
    assert not len(track.unknown_s)


def test_lost_samples_are_unknown_and_not_a_rest(rested: SimulatedRun) -> None:
    whole = rested.whole()
    there = (whole.t_us < 30e6) | (whole.t_us > 38e6)
    lossy = replace(rested, sample_blocks=(SampleBlock(whole.t_us[there], whole.motion[there]),))
    track = track_of(kept_run(replay(lossy)))
    np.testing.assert_allclose(track.unknown_s, [[30.0, 38.0]], atol=1.0)
    assert len(track.still_s) == 3


def test_holes_longer_than_the_standing_that_was_measured_are_not_called_rests(rested: SimulatedRun) -> None:
    track = track_of(replace(kept_run(replay(rested)), stationary_s=0.0))
    assert not len(track.still_s)
    assert len(track.unknown_s) == 3


def test_rows_never_overlap_and_the_distance_is_that_of_the_strides() -> None:
    run = coached_run()
    track = track_of(run)
    assert (track.start_s[1:] >= track.end_s[:-1]).all()
    assert np.nansum(track.distance_m) == pytest.approx(float(np.nansum(run.strides["stride_length_m"])))


def test_easy_level_running_is_that_of_the_stages() -> None:
    run = coached_run()
    rows = easy_level(track_of(run))
    np.testing.assert_array_equal(
        run.strides[rows]["t_mid_stance_s"], easy_strides(run.strides)["t_mid_stance_s"]
    )


def test_updates_become_rows_with_their_rests_and_losses() -> None:
    run = sensor_run()
    track = track_of(run)
    np.testing.assert_allclose(track.still_s, [[100.0, 120.0]])
    np.testing.assert_allclose(track.unknown_s, [[202.0, 260.0]])
    summary = summarise_updates(run.updates)
    assert track.lasted_s.sum() == pytest.approx(summary.running_s)
    assert np.nansum(track.distance_m) == pytest.approx(summary.distance_m)


def test_one_update_makes_no_row() -> None:
    assert not len(track_of(replace(sensor_run(), updates=sensor_run().updates[:1])).start_s)


def test_a_run_without_strides_is_standing_where_it_was_measured() -> None:
    assert track_of(short_run()).still_s.tolist() == [[0.0, 3.0]]
    assert not len(track_of(replace(short_run(), stationary_s=0.0)).still_s)
