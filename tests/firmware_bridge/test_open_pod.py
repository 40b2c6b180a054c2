"""The open pod's decoder: whatever the link does, the samples are right and every loss is counted."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence.cue import CueKind, CueReason
from cadence.sample import SampleBlock
from cadence.stride import Activity, Side, to_dict
from firmware_bridge.clock import RESTART_GAP_US
from firmware_bridge.commands import Command, Info, Start, Stop, decode_command
from firmware_bridge.frames import (
    Ack,
    BadReason,
    BatteryFrame,
    ButtonFrame,
    CueFrame,
    Frame,
    Hello,
    Mode,
    Samples,
    Status,
    StrideFrame,
    encode,
)
from firmware_bridge.message import SERIAL_CHANNEL, LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.open_pod import (
    ASK_EVERY_PACKETS,
    NOTIFY_CHANNEL,
    WAITING_FRAMES,
    WRITE_CHANNEL,
    OpenPod,
    OpenPodDecoder,
)
from firmware_bridge.readings import Battery, Button, Losses, PodCue, PodInfo, PodStride, Write
from firmware_bridge.reassembly import WINDOW_FRAMES
from firmware_bridge.serial_framing import Splitter, pack

from .open_pod_frames import (
    COUNT,
    FRAME_US,
    HELLO,
    PERIOD_NS,
    START_NS,
    TURN,
    ack,
    decode_all,
    hello,
    joined,
    packets,
    raw_of,
    stream,
)

BOOT = HELLO.boot
NEXT_BOOT = BOOT + 1
WHOLE: list[Frame] = [hello(), *stream(30)]


def event(state: LinkState, t_host_ns: int = START_NS, count: int = 0) -> LinkEvent:
    return LinkEvent(t_host_ns, state, count=count)


def run(messages: Sequence[Message], mode: Mode = Mode.RAW) -> tuple[SampleBlock, Losses]:
    decoder = OpenPod(mode).decoder()
    return joined(decode_all(messages, decoder)), decoder.losses


def commands(writes: Sequence[Write]) -> list[Command]:
    assert {write.channel for write in writes} <= {WRITE_CHANNEL}
    decoded = [decode_command(write.data) for write in writes]
    return [command[0] for command in decoded if isinstance(command, tuple)]


def assert_same_samples(left: SampleBlock, right: SampleBlock) -> None:
    np.testing.assert_array_equal(left.t_us, right.t_us)
    np.testing.assert_array_equal(left.motion, right.motion)


def numbers(block: SampleBlock) -> list[int]:
    """The number that each sample carries."""
    return np.rint(block.motion[:, 0] / np.float32(HELLO.acc_scale)).astype(int).tolist()


# --- what it says ----------------------------------------------------------------------------------


def test_the_pod_is_started_and_stopped() -> None:
    assert commands(OpenPod().greeting()) == [Start(Mode.RAW)]
    assert commands(OpenPod(Mode.BOTH).greeting()) == [Start(Mode.BOTH)]
    assert commands(OpenPod().farewell()) == [Stop()]


def test_samples_come_with_the_pods_time_and_the_hellos_scales() -> None:
    block, losses = run(packets([hello(), *stream(3)]))
    expected_us = [f * FRAME_US + i * PERIOD_NS // 1000 for f in range(3) for i in range(COUNT)]
    assert block.t_us.tolist() == expected_us
    assert block.t_us.dtype == np.int64
    np.testing.assert_array_equal(
        block.motion[:, 0], np.arange(3 * COUNT).astype(np.float32) * np.float32(HELLO.acc_scale)
    )
    assert losses == Losses(packets=4)


def test_what_the_pod_is_is_told_once_and_when_it_changes() -> None:
    decoder = OpenPod().decoder()
    faster = hello(sequence=2, rate_hz=833.0)
    readings = decode_all(packets([hello(), hello(sequence=1), faster]), decoder)
    infos = [reading for reading in readings if isinstance(reading, PodInfo)]
    assert infos == [
        PodInfo("open pod", "1.2.3", HELLO.sensor, 416.0),
        PodInfo("open pod", "1.2.3", HELLO.sensor, 833.0),
    ]


def test_the_battery_is_told_by_a_hello_with_a_gauge_and_by_its_own_frame() -> None:
    frames = [hello(), BatteryFrame(BOOT, 1, 0, 55), hello(sequence=2, battery_percent=None)]
    readings = decode_all(packets(frames), OpenPod().decoder())
    assert [reading for reading in readings if isinstance(reading, Battery)] == [Battery(87), Battery(55)]


def test_a_pod_without_a_gyroscope_has_no_rotation_rather_than_none_at_all() -> None:
    frames = [hello(has_gyroscope=False, gyro_scale=0.0), *stream(1)]
    block, _ = run(packets(frames))
    assert np.isnan(block.motion[:, 3:]).all()
    assert np.isfinite(block.motion[:, :3]).all()


STRIDE = StrideFrame(
    BOOT,
    2,
    1_000_000 - 200_000,
    1_000_000,
    1_000_000 + 20_000,
    (0.75, 0.25, 2.5, 3.5, math.nan, 0.5, 0.125, -8.0, 6.0),
    Activity.RUNNING,
    clipped=False,
    good=True,
    side=Side.LEFT,
)


def test_strides_cues_and_the_button_stand_on_the_recordings_clock() -> None:
    frames = [
        hello(mode=Mode.BOTH),
        *stream(1),
        STRIDE,
        CueFrame(BOOT, 3, 1_010_000, CueKind.BURST_UP, CueReason.BELOW_TARGET, 180.0),
        ButtonFrame(BOOT, 4, 1_030_000, 1),
    ]
    readings = decode_all(packets(frames), OpenPod(Mode.BOTH).decoder())
    stride, cue, button = readings[-3:]
    assert isinstance(stride, PodStride)
    assert isinstance(cue, PodCue)
    assert to_dict(stride.stride) == {
        "t_toe_off_s": -0.2,
        "t_contact_s": 0.0,
        "t_mid_stance_s": 0.02,
        "stride_time_s": 0.75,
        "cadence_spm": 160.0,
        "contact_time_s": 0.25,
        "stride_length_m": 2.5,
        "speed_m_s": 3.5,
        "climb_m": None,
        "grade_percent": 0.5,
        "flight_time_s": 0.125,
        "strike_angle_deg": -8.0,
        "impact_g": 6.0,
        "clipped": False,
        "activity": "running",
        "side": "left",
        "signal": "good",
    }
    assert cue.cue.item() == (0.01, CueKind.BURST_UP, CueReason.BELOW_TARGET, 180.0)
    assert button == Button(0.03)


def test_time_0_is_a_samples_though_the_button_was_pressed_before() -> None:
    frames = [hello(), ButtonFrame(BOOT, 1, 999_000, 1), *stream(1, first_sequence=2)]
    readings = decode_all(packets(frames), OpenPod().decoder())
    assert readings[-1] == Button(-0.001)
    assert joined(readings).t_us[0] == 0


def test_where_no_samples_come_the_strides_lead_the_clock() -> None:
    strides = [
        dataclasses.replace(
            STRIDE,
            sequence=1 + 2 * n,
            toe_off_us=(TURN - 2_000_000 + 700_000 * n) % TURN,
            contact_us=(TURN - 1_800_000 + 700_000 * n) % TURN,
            mid_stance_us=(TURN - 1_700_000 + 700_000 * n) % TURN,
        )
        for n in range(6)
    ]
    cues = [
        CueFrame(
            BOOT,
            2 + 2 * n,
            (TURN - 1_500_000 + 700_000 * n) % TURN,
            CueKind.ON_TARGET,
            CueReason.REACHED,
            math.nan,
        )
        for n in range(6)
    ]
    frames = [frame for pair in zip(strides, cues, strict=True) for frame in pair]
    decoder = OpenPod(Mode.STRIDES).decoder()
    readings = decode_all(packets([hello(mode=Mode.STRIDES), *frames], step_us=350_000), decoder)
    times = [float(r.stride["t_mid_stance_s"]) for r in readings if isinstance(r, PodStride)]
    assert times == pytest.approx([0.7 * n for n in range(6)])
    assert [float(r.cue["t_s"]) for r in readings if isinstance(r, PodCue)] == pytest.approx(
        [0.7 * n + 0.2 for n in range(6)]
    )


# --- what the link does ----------------------------------------------------------------------------


@given(st.data())
def test_over_a_serial_line_come_the_same_samples_in_whatever_chunks(data: st.DataObject) -> None:
    line = b"".join(pack(encode(frame)) for frame in WHOLE)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=20)))
    splitter = Splitter()
    arrived: list[Message] = []
    for start, end in zip([0, *cuts], [*cuts, len(line)], strict=True):
        arrived += [Packet(START_NS, SERIAL_CHANNEL, part) for part in splitter.feed(line[start:end])]
    assert_same_samples(run(arrived)[0], run(packets(WHOLE))[0])


@given(st.lists(st.integers(1, WINDOW_FRAMES - 1), max_size=10), st.randoms(use_true_random=False))
def test_any_order_within_the_window_gives_the_same_samples(groups: list[int], random: object) -> None:
    messages = packets(WHOLE)
    shuffled, at = messages[:1], 1
    for size in groups:
        group = messages[at : at + size + 1]
        random.shuffle(group)  # type: ignore[attr-defined]
        shuffled += group
        at += size + 1
    shuffled += messages[at:]
    block, losses = run(shuffled)
    assert_same_samples(block, run(messages)[0])
    assert losses == Losses(packets=len(WHOLE))


@given(st.lists(st.integers(0, len(WHOLE) - 1), max_size=20))
def test_duplicates_never_change_a_sample(again: list[int]) -> None:
    messages = packets(WHOLE)
    doubled = [messages[i] for i in range(len(messages)) for _ in range(1 + again.count(i))]
    block, losses = run([*doubled, event(LinkState.LOST), *messages[-3:]])
    assert_same_samples(block, run(messages)[0])
    assert losses.duplicates == len(again) + 3


@given(st.sets(st.integers(1, len(WHOLE) - 2)))
def test_lost_frames_are_counted_and_leave_a_gap(missing: set[int]) -> None:
    messages = packets(WHOLE)
    block, losses = run([message for i, message in enumerate(messages) if i not in missing])
    whole, _ = run(messages)
    kept = [n // COUNT + 1 not in missing for n in range(len(whole.t_us))]
    first_us = whole.t_us[kept][0]
    assert_same_samples(block, SampleBlock(whole.t_us[kept] - first_us, whole.motion[kept]))
    assert losses.lost_frames == len(missing)
    before_the_first = int(first_us) // FRAME_US * COUNT
    assert losses.lost_samples == len(missing) * COUNT - before_the_first


@given(st.integers(0, TURN - 1), st.integers(0, TURN - 1))
def test_the_clock_and_the_sequence_may_wrap_anywhere(tick: int, sequence: int) -> None:
    frames = [
        hello(sequence=(sequence - 1) % TURN),
        *stream(10, first_tick_us=tick, first_sequence=sequence),
    ]
    block, losses = run(packets(frames))
    assert_same_samples(block, run(packets([hello(), *stream(10)]))[0])
    assert losses == Losses(packets=11)


@given(st.integers(1, 29), st.integers(0, 10_000_000), st.integers(0, TURN - 1))
def test_the_pod_may_restart_anywhere(frames_before: int, away_us: int, tick: int) -> None:
    before = packets([hello(), *stream(frames_before)])
    again_ns = before[-1].t_host_ns + away_us * 1000
    after = packets(
        [hello(NEXT_BOOT, tick_us=tick), *stream(5, NEXT_BOOT, first_tick_us=tick)], first_ns=again_ns
    )
    block, losses = run([*before, *after])
    assert numbers(block) == [*range(frames_before * COUNT), *range(5 * COUNT)]
    gap_us = block.t_us[frames_before * COUNT] - block.t_us[frames_before * COUNT - 1]
    assert gap_us >= RESTART_GAP_US
    assert gap_us <= RESTART_GAP_US + away_us + FRAME_US
    assert losses == Losses(packets=frames_before + 7, restarts=1)


def test_frames_of_an_earlier_boot_are_late() -> None:
    old = packets([hello(), *stream(5)])
    new = packets([hello(NEXT_BOOT), *stream(2, NEXT_BOOT)], first_ns=START_NS + 10**9)
    block, losses = run([*old[:4], *new, *old[4:]])
    assert numbers(block) == [*range(3 * COUNT), *range(2 * COUNT)]
    assert (losses.late, losses.restarts, losses.lost_frames) == (2, 1, 0)


def test_samples_missing_by_the_pods_own_clock_are_counted_without_a_missing_frame() -> None:
    frames = stream(4)
    later = [dataclasses.replace(f, tick_us=f.tick_us + 5 * PERIOD_NS // 1000 + 1) for f in frames[2:]]
    _, losses = run(packets([hello(), *frames[:2], *later]))
    assert (losses.lost_samples, losses.lost_frames) == (5, 0)


@pytest.mark.parametrize("pause", [hello(sequence=3, streaming=False), Ack(BOOT, 3, 2, 0x82, Status.DONE)])
def test_samples_that_a_stopped_pod_did_not_take_are_not_lost(pause: Hello | Ack) -> None:
    later = stream(2, first_tick_us=9_000_000, first_sequence=4)
    _, losses = run(packets([hello(), *stream(2), pause, *later]))
    assert losses.lost_samples == 0


def test_what_befalls_the_link_is_counted() -> None:
    messages = [
        event(LinkState.CONNECTED),
        *packets(WHOLE[:3]),
        event(LinkState.STALLED),
        event(LinkState.RESUMED),
        event(LinkState.OVERFLOW, count=7),
        event(LinkState.LOST),
        event(LinkState.CONNECTED),
        event(LinkState.CLOSED),
    ]
    assert run(messages)[1] == Losses(packets=3, stalls=1, overflow_packets=7, disconnects=1)


def test_bad_packets_are_counted_by_their_reason() -> None:
    good = encode(hello())
    messages = [
        Packet(START_NS, NOTIFY_CHANNEL, good[:5]),
        Packet(START_NS, NOTIFY_CHANNEL, good[:20]),
        Packet(START_NS, NOTIFY_CHANNEL, good[:-1] + b"\0"),
        Packet(START_NS, SERIAL_CHANNEL, b"\x09\x11"),
        Packet(START_NS, "00002a37-0000-1000-8000-00805f9b34fb", good),
    ]
    _, losses = run(messages)
    assert losses.bad_packets == {
        BadReason.SHORT: 1,
        BadReason.LENGTH: 1,
        BadReason.CRC: 1,
        BadReason.COBS: 1,
        "unknown channel": 1,
    }
    assert losses.packets == 5


# --- what the clock does ---------------------------------------------------------------------------


@given(st.lists(st.integers(-90, 90), min_size=20, max_size=20))
def test_stamps_that_jitter_lose_no_sample_and_never_run_backwards(jitter_us: list[int]) -> None:
    frames = [
        dataclasses.replace(frame, tick_us=frame.tick_us + jitter)
        for frame, jitter in zip(stream(20), jitter_us, strict=True)
    ]
    block, losses = run(packets([hello(), *frames]))
    assert numbers(block) == list(range(20 * COUNT))
    assert (np.diff(block.t_us) > 0).all()
    assert losses == Losses(packets=21)


def test_frames_whose_times_overlap_stay_in_order() -> None:
    slow = [dataclasses.replace(f, tick_us=1_000_000 + i * 25_000) for i, f in enumerate(stream(20))]
    block, losses = run(packets([hello(), *slow]))
    assert numbers(block) == list(range(20 * COUNT))
    assert (np.diff(block.t_us) >= 0).all()
    assert block.t_us[-1] == 19 * 25_000 + (COUNT - 1) * PERIOD_NS // 1000
    assert losses.lost_samples == 0


def test_a_clock_that_leaps_while_nothing_is_lost_is_a_fault_and_no_loss() -> None:
    before, after = stream(40), stream(40, first_sequence=41, first_tick_us=3_000_000_000)
    block, losses = run(packets([HELLO, *before, *after]))
    assert losses == Losses(packets=81, clock_faults=1)
    assert len(block.t_us) == 80 * COUNT
    assert np.diff(block.t_us).max() <= RESTART_GAP_US + FRAME_US


def test_a_clock_that_leaps_beside_a_lost_frame_is_a_fault_and_no_loss_of_an_hour() -> None:
    before, after = stream(10), stream(10, first_sequence=12, first_tick_us=3_000_000_000)
    _, losses = run(packets([HELLO, *before, *after]))
    assert losses == Losses(packets=21, lost_frames=1, clock_faults=1)


@pytest.mark.parametrize("stall_s", [0.5, 3.0, 20.0])
def test_a_stall_and_the_burst_after_it_are_no_leap(stall_s: float) -> None:
    messages = packets([HELLO, *stream(600)])
    end_ns = messages[100].t_host_ns + round(stall_s * 1e9)
    late = [dataclasses.replace(m, t_host_ns=max(m.t_host_ns, end_ns)) for m in messages[100:]]
    whole, _ = run(messages)
    block, losses = run([*messages[:100], *late])
    np.testing.assert_array_equal(block.t_us, whole.t_us)
    assert losses == Losses(packets=601)


def test_a_leap_of_the_clock_is_counted_when_the_pod_sends_strides_alone() -> None:
    decoder = OpenPod(Mode.STRIDES).decoder()
    ticks_us = (1_000_000, 1_700_000, 2_000_000_000, 2_000_700_000)
    told = [
        StrideFrame(BOOT, 1 + n, t, t, t, (0.7,) * 9, Activity.RUNNING, False, True, Side.LEFT)
        for n, t in enumerate(ticks_us)
    ]
    readings = decode_all(packets([hello(mode=Mode.STRIDES), *told]), decoder)
    times_s = [float(r.stride["t_mid_stance_s"]) for r in readings if isinstance(r, PodStride)]
    assert decoder.losses.clock_faults == 1
    assert times_s == sorted(times_s)
    assert times_s[-1] < 10


def test_a_pod_that_begins_anew_with_its_old_boot_id_is_heard_on() -> None:
    second = stream(40, first_tick_us=5_000)
    block, losses = run(packets([HELLO, *stream(60), hello(tick_us=0), *second]))
    assert losses == Losses(packets=102, restarts=1)
    assert len(block.t_us) == 100 * COUNT
    assert (np.diff(block.t_us) > 0).all()


def test_a_clock_that_is_set_back_within_a_boot_is_a_gap() -> None:
    back = stream(5, first_tick_us=500_000, first_sequence=6)
    decoder = OpenPod().decoder()
    block = joined(decode_all(packets([hello(), *stream(5), *back]), decoder))
    assert numbers(block) == 2 * list(range(5 * COUNT))
    assert np.diff(block.t_us).max() == RESTART_GAP_US
    assert (decoder.losses.restarts, decoder.losses.lost_samples) == (0, 0)


arbitrary_frames = st.lists(
    st.builds(
        Samples,
        boot=st.sampled_from([BOOT, NEXT_BOOT]),
        sequence=st.integers(0, 30),
        tick_us=st.integers(0, TURN - 1),
        period_ns=st.sampled_from([1, PERIOD_NS, TURN - 1]),
        raw=st.sampled_from([raw_of(0), raw_of(0, 1), raw_of(0, 255)]),
    )
    | st.builds(hello, boot=st.sampled_from([BOOT, NEXT_BOOT]), sequence=st.integers(0, 30)),
    max_size=30,
)


@settings(max_examples=200)
@given(arbitrary_frames, st.integers(0, 4_000_000_000))
def test_time_never_runs_backwards_whatever_arrives(frames: list[Frame], step_us: int) -> None:
    block, losses = run(packets([hello(), *frames], step_us=step_us))
    assert (np.diff(block.t_us) >= 0).all()
    assert losses.lost_samples >= 0


# --- what it asks ----------------------------------------------------------------------------------


def test_without_a_hello_samples_wait_and_the_pod_is_asked_for_one() -> None:
    decoder = OpenPod().decoder()
    messages = packets([*stream(10, first_sequence=0), hello(sequence=10)])
    for message in messages[:-1]:
        assert decoder.take(message) == []
    assert commands(decoder.requests()) == [Info()]
    assert decoder.requests() == []
    block = joined(decoder.take(messages[-1]))
    assert numbers(block) == list(range(10 * COUNT))
    assert decoder.losses == Losses(packets=11)


def test_a_pod_that_does_not_answer_is_asked_again_but_not_at_every_packet() -> None:
    decoder = OpenPod().decoder()
    asked = 0
    count = 3 * ASK_EVERY_PACKETS
    for message in packets(stream(count)):
        decoder.take(message)
        asked += len(list(decoder.requests()))
    assert asked == 3


def test_of_what_waits_only_so_much_is_kept_and_the_rest_is_counted() -> None:
    decoder = OpenPod().decoder()
    messages = packets([*stream(WAITING_FRAMES + 9, first_sequence=0), hello(sequence=WAITING_FRAMES + 9)])
    block = joined(decode_all(messages, decoder))
    assert len(block.t_us) == WAITING_FRAMES * COUNT
    assert decoder.losses.unplaced == 9


def test_what_the_pod_never_said_how_to_read_is_counted_at_the_end() -> None:
    assert run(packets(stream(10)))[1] == Losses(packets=10, unplaced=10)


def test_scales_of_an_earlier_boot_are_not_used_for_a_new_one() -> None:
    decoder = OpenPod().decoder()
    new = [*stream(3, NEXT_BOOT), hello(NEXT_BOOT, sequence=4, acc_scale=0.5)]
    readings = decode_all(packets([hello(), *stream(2), *new]), decoder)
    block = joined(readings)
    assert block.motion[2 * COUNT + 1, 0] == np.float32(0.5)
    assert decoder.losses == Losses(packets=7, restarts=1)


@pytest.mark.parametrize("changes", [{"streaming": False}, {"mode": Mode.STRIDES}])
def test_a_pod_that_does_not_send_what_it_was_started_for_is_started_again(
    changes: dict[str, object],
) -> None:
    decoder = OpenPod().decoder()
    decoder.take(packets([hello(**changes)])[0])
    assert commands(decoder.requests()) == [Start(Mode.RAW)]


def test_a_pod_that_cannot_stream_is_not_started_at_every_hello() -> None:
    decoder = OpenPod().decoder()
    asked = 0
    for message in packets([hello(sequence=n, streaming=False) for n in range(2 * ASK_EVERY_PACKETS)]):
        decoder.take(message)
        asked += len(list(decoder.requests()))
    assert asked == 2


def test_each_boot_is_started_once_at_once() -> None:
    decoder = OpenPod().decoder()
    for boot in range(5):
        decoder.take(packets([hello(boot, streaming=False)])[0])
        assert commands(decoder.requests()) == [Start(Mode.RAW)]


def test_the_usual_conversation_asks_nothing() -> None:
    decoder: OpenPodDecoder = OpenPod().decoder()
    decode_all(packets([ack(BOOT, 0), hello(sequence=1), *stream(5, first_sequence=2)]), decoder)
    assert decoder.requests() == []
