"""What shall befall a pod befalls it when it shall, and what was done is what the host can see."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from firmware_bridge.frames import BadFrame, BadReason, BatteryFrame, Frame, Hello, Mode, Samples
from hardware.faults.plan import Injected
from hardware.faults.timeline import BURST_OPEN_S, REBOOT_S
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


def test_the_same_seed_meets_the_same_fate() -> None:
    fate = [met("sim,seed=8", stays(20.0), faults="drop=0.1,corrupt=0.1,restart@9") for _ in range(2)]
    (first, first_pod), (second, second_pod) = fate
    assert first_pod.injected == second_pod.injected
    assert first_pod.boots == second_pod.boots
    assert first.raw.tobytes() == second.raw.tobytes()
