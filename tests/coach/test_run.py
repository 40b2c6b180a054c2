"""A run takes a pod's messages and gives strides, whichever pod it is and whether live or replayed."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator

import numpy as np
import pytest

from cadence.cue import CUE
from cadence.detector import StepDetector
from cadence.sample import SampleBlock, Sensor
from cadence.stride import STRIDE, Activity, Side
from coach.live import follow
from coach.replay import Tally, describe, replay_messages
from coach.run import PACKETS_TO_JUDGE, SECONDS_TO_JUDGE, Found, Run, is_understood
from firmware_bridge.links.link import LinkError
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import (
    Battery,
    Button,
    CadenceUpdate,
    Losses,
    PodCue,
    PodInfo,
    PodStride,
    Reading,
    Write,
)
from hardware.runner import SimulatedRun, simulate
from hardware.scenarios import scenario

CONNECTED = LinkEvent(0, LinkState.CONNECTED, pod="scripted")


class Scripted:
    """A decoder that turns packet n into the n-th item of a script."""

    def __init__(self, script: list[list[Reading]], at_end: list[Reading] | None = None) -> None:
        self.script, self.at_end, self.losses = script, at_end or [], Losses()
        self.wanted: list[Write] = []

    def take(self, message: Message) -> Iterable[Reading]:
        if not isinstance(message, Packet):
            return []
        self.losses.packets += 1
        return self.script[int.from_bytes(message.data)]

    def finish(self) -> Iterable[Reading]:
        return self.at_end

    def requests(self) -> Iterable[Write]:
        wanted, self.wanted = self.wanted, []
        return wanted


def packets(count: int) -> list[Message]:
    return [CONNECTED, *(Packet(n, "x", n.to_bytes(4)) for n in range(count))]


@pytest.fixture(scope="module")
def outing() -> SimulatedRun:
    return simulate(scenario("stops", 60.0), seed=3, block_s=5.0)


def test_samples_become_the_strides_that_the_detector_finds(outing: SimulatedRun) -> None:
    blocks = list(outing.blocks())
    info = PodInfo("pod", "1.0.0", outing.sensor, outing.rate_hz)
    run = Run(lambda _: Scripted([[info, blocks[0]], *([block] for block in blocks[1:])]), sides=[Side.LEFT])
    replayed = replay_messages(packets(len(blocks)), run)
    detector = StepDetector(outing.sensor, side=Side.LEFT)
    expected = np.concatenate([detector.feed(block) for block in blocks])
    assert replayed.strides.tobytes() == expected.tobytes()
    assert replayed.counters == detector.counters
    assert describe(run, "f", "mcap").sensor == outing.sensor


def test_what_the_decoder_held_back_counts_too(outing: SimulatedRun) -> None:
    blocks = list(outing.blocks())
    info = PodInfo("pod", "", outing.sensor, outing.rate_hz)
    run = Run(lambda _: Scripted([[info, *blocks[:-1]]], at_end=[blocks[-1]]))
    assert replay_messages(packets(1), run).counters.samples == sum(len(block.t_us) for block in blocks)


def test_before_the_first_connection_nothing_is_read() -> None:
    run = Run(lambda _: pytest.fail("no decoder is needed yet"))
    assert run.take(Packet(0, "x", b"\0")).strides.size == 0
    assert [found.strides.size for found in run.finish()] == [0]
    assert (run.lead.pod, run.connected, list(run.requests())) == ("", False, [])


def test_the_link_s_state_follows_its_events() -> None:
    run = Run(lambda _: Scripted([]))
    seen = []
    for state in ("connected", "stalled", "resumed", "stalled", "lost", "closed"):
        run.take(LinkEvent(0, LinkState(state), pod="scripted"))
        seen.append((run.connected, run.lead.stalled))
    assert seen == [
        (True, False), (True, True), (True, False), (True, True), (False, False), (False, False),
    ]  # fmt: skip


def stride(t_s: float) -> np.void:
    record = np.zeros(1, STRIDE)
    record["t_mid_stance_s"], record["cadence_spm"], record["activity"] = t_s, 170.0, Activity.RUNNING
    one: np.void = record[0]
    return one


def test_a_pod_that_finds_the_strides_itself_is_believed() -> None:
    run = Run(lambda _: Scripted([[PodStride(stride(1.0))], [PodStride(stride(1.7))]]), sides=[Side.RIGHT])
    found = replay_messages(packets(2), run)
    assert list(found.strides["t_mid_stance_s"]) == [1.0, 1.7]
    assert set(found.strides["side"]) == {Side.RIGHT}
    assert found.counters.duration_s == 1.7
    assert run.live.cadence_spm == 170.0


def test_strides_of_a_pod_that_also_sends_samples_are_not_counted_twice() -> None:
    still = SampleBlock(np.arange(10) * 5000, np.tile(np.float32([0, 0, 9.8, 0, 0, 0]), (10, 1)))
    script: list[list[Reading]] = [[PodInfo("pod", "", Sensor(), 200.0), still], [PodStride(stride(0.04))]]
    assert len(replay_messages(packets(2), Run(lambda _: Scripted(script))).strides) == 0


def test_ready_made_cadence_is_summed_up_without_strides() -> None:
    updates: list[list[Reading]] = [
        [CadenceUpdate(float(t), 160.0 + t, 3.0, 2.2, Activity.RUNNING if t < 6 else Activity.WALKING)]
        for t in range(10)
    ]
    run = Run(lambda _: Scripted(updates))
    replayed = replay_messages(packets(10), run)
    assert len(replayed.updates) == 10
    assert replayed.summary.cadence_spm == 162.5
    assert replayed.summary.distance_m == pytest.approx(27.0)
    assert (replayed.summary.running_s, replayed.summary.walking_s) == (6.0, 3.0)
    assert run.live.cadence_spm == 169.0


def test_a_silence_between_updates_is_not_taken_for_running() -> None:
    updates: list[list[Reading]] = [
        [CadenceUpdate(t, 160.0, 3.0, 2.2, Activity.RUNNING)] for t in (0.0, 1.0, 61.0)
    ]
    summary = replay_messages(packets(3), Run(lambda _: Scripted(updates))).summary
    assert (summary.running_s, summary.unknown_s, summary.distance_m) == (4.0, 57.0, 12.0)


def test_battery_cues_and_button_come_through() -> None:
    cue = np.zeros(1, CUE)[0]
    run = Run(lambda _: Scripted([[Battery(41), PodCue(cue), Button(2.0)]]))
    run.take(CONNECTED)
    found = run.take(Packet(0, "x", b"\0"))
    assert (run.lead.battery_percent, found.cues, found.presses) == (41, [cue], [Button(2.0)])


class Line:
    """A link that gives messages and keeps what is written."""

    path = "test"

    def __init__(self, messages: Iterable[Message]) -> None:
        self._messages, self.written = messages, list[Write]()

    async def _each(self) -> AsyncIterator[Message]:
        for message in self._messages:
            yield message
            await asyncio.sleep(0)

    def __aiter__(self) -> AsyncIterator[Message]:
        return self._each()

    async def write(self, write: Write) -> None:
        self.written.append(write)

    async def close(self) -> None:
        pass


class Notebook:
    """A recorder that keeps everything in the order in which it came."""

    def __init__(self) -> None:
        self.kept: list[object] = []

    def write(self, message: Message) -> None:
        self.kept.append(message)

    def write_stride(self, t_host_ns: int, stride: np.void, *, pod: int = 0) -> None:
        self.kept.append(("stride", t_host_ns, float(stride["t_mid_stance_s"])))

    def write_cue(self, t_host_ns: int, cue: np.void, *, pod: int = 0) -> None:
        self.kept.append(("cue", t_host_ns))

    def write_update(self, t_host_ns: int, update: CadenceUpdate, *, pod: int = 0) -> None:
        self.kept.append(("update", t_host_ns, update.t_s))


def test_each_message_is_recorded_before_what_came_of_it() -> None:
    decoder = Scripted([[PodStride(stride(1.0))], [CadenceUpdate(2.0, 160.0, 3.0, 2.2, Activity.RUNNING)]])
    messages, notebook, shown = packets(2), Notebook(), list[Found]()
    asyncio.run(follow(Line(messages), Run(lambda _: decoder), recorder=notebook, show=shown.append))
    assert notebook.kept == [
        messages[0], messages[1], ("stride", 0, 1.0), messages[2], ("update", 1, 2.0),
    ]  # fmt: skip
    assert len(shown) == len(messages) + 1  # and what was held back


def test_what_the_decoder_asks_for_is_written_to_the_pod() -> None:
    decoder = Scripted([[], [], []])
    decoder.wanted = [Write("x", b"hello?")]
    line = Line(packets(3))
    asyncio.run(follow(line, Run(lambda _: decoder), show=lambda _: None))
    assert line.written == [Write("x", b"hello?")]


def test_a_device_of_which_nothing_can_be_read_is_told_in_one_line() -> None:
    decoder = Scripted([[]])

    def noise() -> Iterator[Message]:
        yield CONNECTED
        while True:
            decoder.losses.bad_packets["wrong CRC"] += 1
            assert decoder.losses.packets < PACKETS_TO_JUDGE
            yield Packet(0, "x", b"\0")

    with pytest.raises(LinkError, match=r"not of a pod this program knows.*wrong CRC"):
        asyncio.run(follow(Line(noise()), Run(lambda _: decoder), show=lambda _: None))


def test_little_but_for_a_long_time_is_judged_as_well() -> None:
    losses = Losses(packets=2, bad_packets=Counter({"broken COBS": 2}))
    assert is_understood(losses, SECONDS_TO_JUDGE - 1.0)
    assert not is_understood(losses, SECONDS_TO_JUDGE)
    assert is_understood(Losses(packets=3, bad_packets=losses.bad_packets), SECONDS_TO_JUDGE)


def test_a_device_that_said_nothing_at_all_is_told() -> None:
    with pytest.raises(LinkError, match="nothing came from the pod"):
        asyncio.run(follow(Line([CONNECTED]), Run(lambda _: Scripted([])), show=lambda _: None))


def test_an_hour_of_strides_takes_little_room() -> None:
    """A stride is some 70 bytes of figures; an array each would take more than a kilobyte."""
    run = Run(lambda _: Scripted([[PodStride(stride(1.0))]]))
    run.take(CONNECTED)
    tally = Tally(run)
    tracemalloc.start()
    try:
        for _ in range(2000):
            tally.add(run.take(Packet(0, "x", b"\0")))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert tally.strides == 2000
    assert taken / 2000 < 200


def test_before_anything_came_nothing_is_known() -> None:
    live = Run(lambda _: Scripted([])).live
    assert live.activity is Activity.UNKNOWN
    assert np.isnan(live.cadence_spm)
