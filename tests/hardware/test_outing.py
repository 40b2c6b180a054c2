"""An outing gives the samples of a simulated run little by little, for as long as anyone wants them."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from cadence.stride import Side
from hardware.gait import Pace
from hardware.imu import Imu
from hardware.listener import Listener, Temper
from hardware.outing import Outing
from hardware.runner import Body, Segment, simulate
from hardware.scenarios import scenario

HARD = Body(hardness=1.6)


@pytest.mark.parametrize(("name", "side"), [("steady", Side.RIGHT), ("stops", Side.LEFT)])
def test_the_samples_and_the_truth_are_those_of_the_simulated_run(name: str, side: Side) -> None:
    segments = scenario(name, 40.0, Pace(speed_m_s=4.5))
    whole = simulate(segments, seed=7, side=side, body=HARD)
    raw_scale = Imu(seed=7).acc_scale_m_s2_per_count
    outing = Outing(segments, seed=7, side=side, body=HARD)
    pieces = [outing.take(count) for count in [1, 13, 700, *[10] * 650]]
    t_us = np.concatenate([piece[0] for piece in pieces])
    raw = np.concatenate([piece[1] for piece in pieces])
    expected = whole.whole()
    assert t_us.tobytes() == expected.t_us[: len(t_us)].tobytes()
    acceleration = raw[:, :3].astype(np.float32) * raw_scale
    assert acceleration.tobytes() == np.ascontiguousarray(expected.motion[: len(t_us), :3]).tobytes()
    truth = outing.truth
    assert len(truth.strides) > 20
    assert truth.strides.tobytes() == whole.truth_strides[: len(truth.strides)].tobytes()
    assert truth.segments[:-1] == whole.truth_segments[: len(truth.segments) - 1]
    assert truth.strides["clipped"].any()


def test_segments_that_are_over_begin_again() -> None:
    segments = [Segment(3.0), Segment(4.0, Pace())]
    once = Outing(segments)
    thrice = simulate(segments * 3, seed=1).whole()
    t_us, _ = once.take(20 * 208)
    assert t_us.tobytes() == thrice.t_us[: len(t_us)].tobytes()
    assert [part.pace is None for part in once.truth.segments] == [True, False] * 3
    starts = [part.t_start_s for part in once.truth.segments]
    assert starts == pytest.approx([0.0, 3.0, 7.0, 10.0, 14.0, 17.0], abs=2.0)


def test_the_truth_goes_no_further_than_the_samples() -> None:
    outing = Outing([Segment(60.0)])
    assert outing.truth.segments == ()
    assert len(outing.truth.strides) == 0
    outing.take(208)
    (standing,) = outing.truth.segments
    assert 0.99 < standing.t_end_s <= 1.6


def test_the_stride_of_an_instant_is_the_last_one_closed() -> None:
    outing = Outing(scenario("steady", 60.0))
    assert outing.stride_at(0.0) is None
    outing.take(10 * 208)
    ends = outing.truth.strides["t_mid_stance_s"]
    found = outing.stride_at(9.8)
    assert found is not None
    assert found["t_mid_stance_s"] == ends[ends <= 9.8][-1]


def test_memory_does_not_grow_with_the_motion() -> None:
    outing = Outing(scenario("session", 60.0))
    for _ in range(30):
        outing.take(208)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(60):
            outing.take(208)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000


def test_a_listener_who_hears_nothing_and_does_not_tire_changes_no_bit() -> None:
    segments = scenario("session", 60.0)
    deaf = Outing(segments, seed=3)
    silent = Outing(segments, seed=3, listener=Listener(Temper(1.0, cadence_fatigue_per_h=0.0)))
    for outing in (deaf, silent):
        outing.take(40 * 208)
    assert [part.tobytes() for part in deaf.take(10 * 208)] == [
        part.tobytes() for part in silent.take(10 * 208)
    ]
    assert deaf.truth.strides.tobytes() == silent.truth.strides.tobytes()
    assert deaf.truth.segments == silent.truth.segments


def test_who_hears_a_metronome_steps_to_it_at_the_same_speed() -> None:
    listener = Listener(Temper(0.9))
    outing = Outing(scenario("steady", 60.0), listener=listener)
    outing.take(30 * 208)
    listener.hear(176.0)
    outing.take(40 * 208)
    strides = outing.truth.strides[1:]
    before = strides[strides["t_mid_stance_s"] < 30.0]
    after = strides[strides["t_mid_stance_s"] > 40.0]
    assert before["cadence_spm"].mean() == pytest.approx(165.0, abs=0.5)
    assert after["cadence_spm"].mean() == pytest.approx(165.0 + 0.9 * 11.0, abs=0.5)
    assert after["speed_m_s"].mean() == pytest.approx(before["speed_m_s"].mean(), rel=0.02)
    assert after["stride_length_m"].mean() < 0.96 * before["stride_length_m"].mean()


def test_the_segments_are_those_that_were_planned_however_the_cadence_changes() -> None:
    segments = [Segment(20.0, Pace()), Segment(5.0), Segment(15.0, Pace(grade_percent=6.0))]
    listener = Listener(Temper(1.0))
    outing = Outing(segments, listener=listener)
    for second in range(70):
        outing.take(208)
        listener.hear(170.0 + second % 7)
    paces = [segment.pace for segment in segments]
    assert [part.pace for part in outing.truth.segments] == [*paces, *paces]


def test_segments_of_no_time_are_refused() -> None:
    with pytest.raises(ValueError, match="lasts some time"):
        Outing([])
    with pytest.raises(ValueError, match="lasts some time"):
        Outing([Segment(0.0, Pace())])
