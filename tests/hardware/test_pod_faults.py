"""What shall befall a pod befalls it when it shall, and what was done is what the host can see."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.commands import Start, Stop
from firmware_bridge.frames import BadFrame, BadReason, BatteryFrame, Frame, Hello, Mode, Samples
from hardware.faults.plan import Injected
from hardware.faults.timeline import BURST_OPEN_S, REBOOT_S
from hardware.lost_samples import JOINED_S, LostSamples
from hardware.pod import SimulatedPod

from .pod_host import Host, listens, met, stays


def missing(frames: list[Frame]) -> int:
    """Sequence numbers between the first and the last that never came."""
    seen = {frame.sequence for frame in frames}
    return max(seen) - min(seen) + 1 - len(seen)


def silences_s(host: Host, longer_than_s: float) -> list[tuple[float, float]]:
    """Begin and end of silences, in seconds after the START at the loop's zero."""
    times = [t_s for t_s, _ in host.frames]
    return [(before, after) for before, after in pairwise(times) if after - before > longer_than_s]


def test_without_faults_nothing_befalls_the_pod() -> None:
    _, pod = met("sim", listens(30.0))
    assert pod.injected == Injected()


def test_dropped_frames_are_missing() -> None:
    host, pod = met("sim,seed=2", listens(60.0), faults="drop=0.05@0+55")
    assert pod.injected == Injected(dropped=missing(host.good))
    assert 30 < pod.injected.dropped < 90


def test_duplicated_frames_come_twice() -> None:
    host, pod = met("sim,seed=2", listens(60.0), faults="duplicate=0.05")
    doubled = len(host.good) - len({frame.sequence for frame in host.good})
    assert pod.injected == Injected(duplicated=doubled)
    assert 30 < doubled < 90


def test_damaged_frames_come_damaged_and_never_pass_for_good_ones() -> None:
    host, pod = met("sim,seed=2", listens(60.0), faults="truncate=0.05@0+55,corrupt=0.05@0+55")
    bad = len(host.frames) - len(host.good)
    assert pod.injected.truncated + pod.injected.corrupted == bad == missing(host.good)
    assert min(pod.injected.truncated, pod.injected.corrupted) > 30


def test_an_mtu_of_23_leaves_no_sample_whole_while_it_lasts() -> None:
    host, pod = met("sim", listens(30.0), faults="mtu=23@10+5")
    bad = [frame for _, frame in host.frames if isinstance(frame, BadFrame)]
    assert pod.injected == Injected(cut=len(bad))
    assert {frame.reason for frame in bad} == {BadReason.LENGTH}
    assert missing(host.good) == len(bad) == pytest.approx(5 * 20.8, abs=3)


def test_a_stall_is_silent_and_loses_nothing_that_the_buffer_holds() -> None:
    host, pod = met("sim", listens(30.0), faults="stall@10+1.5")
    assert pod.injected == Injected(stalls=1)
    assert missing(host.good) == 0
    assert host.losses == []
    assert silences_s(host, 0.1) == [pytest.approx((10.0, 11.5), abs=0.06)]


def test_a_stall_too_long_for_the_buffer_loses_what_is_counted() -> None:
    host, pod = met("sim", listens(30.0), faults="stall@10+6")
    assert pod.injected == Injected(stalls=1, given_up=missing(host.good))
    assert pod.injected.given_up > 50


def test_bursts_bring_all_at_once() -> None:
    host, pod = met("sim", listens(20.0), faults="burst=0.5@5+6")
    assert missing(host.good) == 0
    quiet = silences_s(host, 0.2)
    assert len(quiet) == pod.injected.bursts == 6 / (0.5 + BURST_OPEN_S)
    times = np.array([t_s for t_s, _ in host.frames])
    for _, end_s in quiet:
        assert ((times >= end_s) & (times < end_s + 0.001)).sum() >= 9


def test_a_lost_link_is_gone_for_its_time_and_the_pod_goes_on() -> None:
    host, pod = met("sim", stays(30.0), faults="link-loss@10+3")
    assert host.losses == ["the link was lost"]
    assert len(set(pod.boots)) == 1
    assert silences_s(host, 0.1) == [pytest.approx((10.0, 13.0), abs=0.11)]
    assert pod.injected == Injected(link_losses=1, given_up=missing(host.good))


def test_a_restart_begins_anew_with_another_boot_id_and_waits_for_start() -> None:
    async def never_start_again(host: Host, pod: SimulatedPod) -> None:
        await listens(12.0)(host, pod)
        host.connect()
        await stays(0.0)(host, pod)
        assert pod.mode is None

    host, pod = met("sim", never_start_again, faults="restart@10")
    assert pod.injected == Injected(restarts=1)
    hello = host.of(Hello)[-1]
    assert (hello.boot, hello.sequence, hello.tick_us, hello.streaming) == (pod.boots[1], 0, 0, False)
    assert pod.boots[0] != pod.boots[1]


def test_after_a_restart_the_samples_go_on_as_the_runner_did() -> None:
    host, pod = met("sim,seed=6", stays(30.0, Mode.BOTH), faults="restart@10,restart@20")
    assert pod.injected == Injected(restarts=2)
    assert len(set(pod.boots)) == 3
    undisturbed, _ = met("sim,seed=6", listens(30.0))
    whole = undisturbed.raw
    for number, boot in enumerate(pod.boots):
        frames = [frame for frame in host.of(Samples) if frame.boot == boot]
        assert [frame.sequence for frame in host.good if frame.boot == boot] == list(
            range(sum(frame.boot == boot for frame in host.good))
        )
        raw = np.concatenate([frame.raw for frame in frames])
        index = next(i for i in range(len(whole)) if (whole[i : i + 20] == raw[:20]).all())
        assert (whole[index : index + len(raw)] == raw[: len(whole) - index]).all()
        assert index / 208 == pytest.approx([0.0, 10.5, 20.5][number], abs=0.25)
        if number:
            assert frames[0].tick_us < (0.1 + 0.05) * 1e6
    assert [end - begin for begin, end in silences_s(host, 0.3)] == pytest.approx(
        [REBOOT_S + 0.1] * 2, abs=0.15
    )


def test_a_low_battery_is_told_at_once() -> None:
    host, pod = met("sim", listens(25.0), faults="low-battery=7@12")
    assert [frame.percent for frame in host.of(BatteryFrame)] == [90, 7, 7]
    told_s = [t_s for t_s, frame in host.frames if isinstance(frame, BatteryFrame)]
    assert told_s == pytest.approx([10.0, 12.0, 20.0], abs=0.01)
    assert pod.injected == Injected()


def test_a_clock_error_shows_in_the_ticks_and_in_the_truth() -> None:
    right, right_pod = met("sim", listens(40.0))
    wrong, wrong_pod = met("sim", listens(40.0), faults="clock-error=10000@10+20")
    assert wrong.raw.tobytes() == right.raw.tobytes()
    fast_us = [b.tick_us - a.tick_us for a, b in zip(right.of(Samples), wrong.of(Samples), strict=True)]
    assert (fast_us[0], fast_us[-1]) == (0, pytest.approx(200_000, abs=10))
    assert (np.diff(fast_us) >= 0).all()
    late = wrong_pod.truth.strides["t_contact_s"] - right_pod.truth.strides["t_contact_s"]
    assert (late[0], late[-1]) == (0.0, pytest.approx(0.2, abs=1e-3))
    assert wrong_pod.truth.segments[-1].t_end_s > right_pod.truth.segments[-1].t_end_s + 0.19
    assert wrong_pod.injected == Injected()


def test_faults_may_overlap() -> None:
    host, pod = met("sim", stays(30.0), faults="stall@10+4,burst@11+2,link-loss@12+3,restart@14")
    assert (pod.injected.stalls, pod.injected.link_losses, pod.injected.restarts) == (1, 1, 1)
    assert len(host.losses) == 1
    silences = silences_s(host, 0.3)
    assert (silences[0][0], silences[-1][1]) == pytest.approx((10.0, 15.0), abs=0.12)


def arrived_s(host: Host, pod: SimulatedPod) -> list[float]:
    """When the samples that came were taken, on the clock of the truth, for a pod of one boot."""
    zero_us = host.of(Samples)[0].tick_us
    assert len(set(pod.boots)) == 1
    return [
        (frame.tick_us - zero_us + number * frame.period_ns * 1e-3) * 1e-6
        for frame in host.of(Samples)
        for number in range(len(frame.raw))
    ]


@pytest.mark.parametrize("faults", ["", "duplicate=0.3", "stall@10+1.5", "burst=0.5@5+6"])
def test_what_loses_nothing_leaves_nothing_missing(faults: str) -> None:
    _, pod = met("sim", listens(20.0), faults=faults)
    assert pod.missing == []


@pytest.mark.parametrize(
    "faults",
    [
        "drop=0.02@3+25",
        "drop=0.3@10+4",
        "truncate=0.02@3+25,corrupt=0.02@3+25",
        "mtu=23@10+5",
        "stall@10+6",
        "link-loss@10+5",
        "drop=1@8+2,clock-error=20000",
        "duplicate=0.5,drop=0.05@5+3,stall@9+6",
    ],
)
def test_the_samples_missing_are_those_that_never_came(faults: str) -> None:
    host, pod = met("sim,seed=5", stays(32.0), faults=faults)
    came_s = np.array(arrived_s(host, pod))
    gaps = [(before, after) for before, after in pairwise(np.sort(came_s)) if after - before > 0.02]
    joined: list[tuple[float, float]] = []
    for before, after in gaps:
        if joined and before - joined[-1][1] < 2.0 - 0.01:
            joined[-1] = joined[-1][0], after
        else:
            joined.append((before, after))
    assert joined
    assert len(pod.missing) == len(joined)
    for (start_s, end_s), (before, after) in zip(pod.missing, joined, strict=True):
        assert before < start_s < before + 0.01
        assert after - 0.01 < end_s < after


def test_from_a_restart_to_the_next_start_samples_are_missing() -> None:
    host, pod = met("sim,seed=6", stays(30.0), faults="restart@10")
    again_s = next(
        t_s for t_s, frame in host.frames if isinstance(frame, Samples) and frame.boot == pod.boots[1]
    )
    ((start_s, end_s),) = pod.missing
    assert start_s == pytest.approx(10.0, abs=0.06)
    assert end_s == pytest.approx(again_s, abs=0.11)


def test_a_host_that_stops_the_pod_misses_nothing() -> None:
    async def stop_and_start(host: Host, pod: SimulatedPod) -> None:
        await listens(5.0)(host, pod)
        host.send(Stop())
        await asyncio.sleep(5.0)
        host.send(Start(Mode.RAW))
        await asyncio.sleep(5.0)

    _, pod = met("sim", stop_and_start)
    assert pod.missing == []


@given(st.lists(st.tuples(st.floats(0.0, 50.0), st.floats(0.0, 5.0)), max_size=20))
def test_losses_are_joined_in_any_order(drawn: list[tuple[float, float]]) -> None:
    lost = LostSamples()
    for start_s, length_s in drawn:
        lost.add((start_s, start_s + length_s))
    joined = lost.joined()
    assert all(after[0] - before[1] >= JOINED_S for before, after in pairwise(joined))
    for start_s, length_s in drawn:
        assert sum(start <= start_s and start_s + length_s <= end for start, end in joined) == 1
    edges = {edge for start_s, length_s in drawn for edge in (start_s, start_s + length_s)}
    assert {edge for span in joined for edge in span} <= edges


def test_the_same_seed_meets_the_same_fate() -> None:
    fate = [met("sim,seed=8", stays(20.0), faults="drop=0.1,corrupt=0.1,restart@9") for _ in range(2)]
    (first, first_pod), (second, second_pod) = fate
    assert first_pod.injected == second_pod.injected
    assert first_pod.boots == second_pod.boots
    assert first.raw.tobytes() == second.raw.tobytes()
