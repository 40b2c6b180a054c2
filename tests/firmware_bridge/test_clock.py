"""The pod's clock: every tick finds its place in the recording, and time is the pod's alone."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.clock import (
    MICROSECONDS_32,
    MILLISECONDS_32,
    NANOSECONDS_64,
    REORDERING_US,
    RESTART_GAP_US,
    PodClock,
    Ticks,
)
from firmware_bridge.drift import MOST_VERTICES, Envelope

HOST_NS = 1_700_000_000_000_000_000
S = 1_000_000_000
DETECTOR_GAP_US = 60_000

clocks = st.sampled_from([MICROSECONDS_32, MILLISECONDS_32, NANOSECONDS_64])


def place_all(ticks: Ticks, start: int, steps: list[int], delays_ns: list[int] | None = None) -> list[int]:
    """Times of ticks that lie `steps` apart, each arriving with its delay."""
    clock = PodClock(ticks)
    delays_ns = delays_ns or [0] * (len(steps) + 1)
    at = 0
    times = []
    for step, delay_ns in zip([0, *steps], delays_ns, strict=True):
        at += step
        t_host_ns = HOST_NS + at * ticks.tick_ns + delay_ns
        times.append(clock.place((start + at) % ticks.modulus, t_host_ns))
    assert clock.restarts == 0
    return times


@given(clocks, st.integers(0, (1 << 64) - 1))
def test_the_first_sample_is_at_0(ticks: Ticks, start: int) -> None:
    assert PodClock(ticks).place(start % ticks.modulus, HOST_NS) == 0


@given(clocks, st.integers(0, 10_000), st.lists(st.integers(0, 10 * S), max_size=30), st.data())
def test_a_wrap_anywhere_and_delays_of_any_kind_change_no_time(
    ticks: Ticks, before_wrap: int, steps_ns: list[int], data: st.DataObject
) -> None:
    steps = [step // ticks.tick_ns for step in steps_ns]
    count = len(steps) + 1
    delays_ns = data.draw(st.lists(st.integers(0, 60 * S), min_size=count, max_size=count))
    times = place_all(ticks, ticks.modulus - before_wrap, steps, delays_ns)
    assert times == [int(t) * ticks.tick_ns // 1000 for t in np.cumsum([0, *steps])]


@pytest.mark.parametrize("turns", [0.4, 0.6, 1.0, 1.3, 2.5, 7.9])
def test_after_a_long_silence_the_host_tells_how_often_the_counter_wrapped(turns: float) -> None:
    silence_us = int(turns * (1 << 32))
    clock = PodClock(MICROSECONDS_32)
    clock.place(5, HOST_NS)
    late_ns = 3 * S  # neither a delay nor drift of the host's clock moves a sample
    drift_ns = silence_us * 1000 // 10_000
    tick = (5 + silence_us) % (1 << 32)
    assert clock.place(tick, HOST_NS + silence_us * 1000 + late_ns + drift_ns) == silence_us


def test_a_gap_is_a_gap_by_the_pods_clock() -> None:
    clock = PodClock(MICROSECONDS_32)
    clock.place(0, HOST_NS)
    assert clock.place(10_000_000, HOST_NS + S) == 10_000_000


def test_a_packet_that_was_overtaken_keeps_its_own_time() -> None:
    clock = PodClock(MICROSECONDS_32)
    assert [clock.place(tick, HOST_NS) for tick in (1_000_000, 1_080_000, 1_040_000, 1_120_000)] == [
        0,
        80_000,
        40_000,
        120_000,
    ]
    assert clock.restarts == 0


@given(
    clocks,
    st.integers(0, (1 << 64) - 1),
    st.integers(0, (1 << 64) - 1),
    st.integers(0, 3600 * S),
    st.integers(0, 500_000),
)
def test_a_new_boot_is_a_new_clock_behind_all_that_came_before(
    ticks: Ticks, before: int, after: int, away_ns: int, span_us: int
) -> None:
    clock = PodClock(ticks)
    clock.place(before % ticks.modulus, HOST_NS, span_us)
    clock.restart()
    assert not clock.running
    t_us = clock.place(after % ticks.modulus, HOST_NS + away_ns, span_us)
    assert t_us - span_us == max(RESTART_GAP_US, away_ns // 1000 - span_us)
    assert t_us - span_us > DETECTOR_GAP_US
    assert clock.restarts == 1


def test_a_pod_without_boot_ids_that_began_anew_is_known_by_the_step_back() -> None:
    clock = PodClock(MILLISECONDS_32)
    clock.place(600_000, HOST_NS)
    assert clock.place(40, HOST_NS + 4 * S) == 4_000_000
    assert clock.restarts == 1
    assert clock.place(80, HOST_NS + 5 * S) == 4_040_000


def test_a_step_back_of_more_than_reordering_is_no_wrap_even_close_to_one() -> None:
    clock = PodClock(MICROSECONDS_32)
    clock.place(2_000_000, HOST_NS)
    assert clock.place(2_000_000 - REORDERING_US - 1, HOST_NS + 200_000_000) == 200_000
    assert clock.restarts == 1


@given(st.lists(st.tuples(st.integers(0, (1 << 32) - 1), st.integers(-S, 5000 * S)), max_size=20))
def test_whatever_the_ticks_no_time_is_further_back_than_reordering(arrivals: list[tuple[int, int]]) -> None:
    clock = PodClock(MICROSECONDS_32)
    newest_us = 0
    for tick, t_ns in arrivals:
        t_us = clock.place(tick, HOST_NS + t_ns)
        assert t_us >= newest_us - REORDERING_US
        newest_us = max(newest_us, t_us)


def test_a_tick_between_packets_is_told_and_moves_nothing() -> None:
    clock = PodClock(MICROSECONDS_32)
    clock.place((1 << 32) - 10, HOST_NS)
    clock.place(30, HOST_NS)
    assert [clock.time_of(tick) for tick in ((1 << 32) - 20, 0, 30, 90)] == [-10, 10, 40, 100]
    assert clock.place(50, HOST_NS) == 60


def streamed(drift_ppm: float, minutes: float, seed: int = 1) -> tuple[PodClock, list[int], list[int]]:
    """A pod of 30 packets a second whose arrivals are delayed as over a bad radio."""
    rng = np.random.default_rng(seed)
    clock = PodClock(MICROSECONDS_32)
    pod_us = np.arange(0, int(minutes * 60e6), 33_333)
    delay_ns = 5e6 + rng.exponential(20e6, len(pod_us)) + 400e6 * (rng.random(len(pod_us)) < 0.02)
    host_ns = HOST_NS + (pod_us * 1000 / (1 + drift_ppm / 1e6) + delay_ns).astype(np.int64)
    times = [
        clock.place(int(tick) % (1 << 32), int(t))
        for tick, t in zip(pod_us + 4_000_000_000, host_ns, strict=True)
    ]
    assert times == pod_us.tolist()
    return clock, times, host_ns.tolist()


@pytest.mark.parametrize("drift_ppm", [-80.0, 0.0, 35.0, 500.0])
def test_the_drift_is_read_from_the_packets_that_came_fastest(drift_ppm: float) -> None:
    clock, _, _ = streamed(drift_ppm, minutes=10)
    assert clock.drift_ppm == pytest.approx(drift_ppm, abs=5.0)


def test_the_drift_is_not_known_within_the_first_minute() -> None:
    assert math.isnan(streamed(35.0, minutes=0.9)[0].drift_ppm)


@pytest.mark.parametrize("minutes", [0.5, 10])
def test_the_hosts_time_of_a_sample_is_told_to_within_the_radios_least_delay(minutes: float) -> None:
    clock, times_us, _ = streamed(35.0, minutes)
    truth_ns = HOST_NS + times_us[-1] * 1000 / (1 + 35e-6)
    assert 0 <= clock.host_time_ns(times_us[-1]) - truth_ns < 10e6


def test_after_a_restart_the_crystal_is_still_the_same() -> None:
    clock, times_us, host_ns = streamed(35.0, minutes=10)
    clock.restart()
    t_us = clock.place(0, host_ns[-1] + 5 * S)
    assert t_us == times_us[-1] + 5_000_000
    assert clock.drift_ppm == pytest.approx(35.0, abs=5.0)
    assert clock.host_time_ns(t_us) == host_ns[-1] + 5 * S


def test_the_hosts_time_is_not_known_before_a_packet() -> None:
    with pytest.raises(ValueError, match="no packet"):
        PodClock(MICROSECONDS_32).host_time_ns(0)


def test_hours_of_a_drift_that_changes_take_no_more_memory_and_tell_the_drift_of_late() -> None:
    envelope = Envelope()
    for second in range(20_000):  # a crystal that warms: every point is a vertex
        envelope.add(second * S, second * S + second * second)
    assert len(envelope._hull) <= MOST_VERTICES
    assert envelope.slope == pytest.approx(40_000 / S, rel=0.1)
