"""The pod's motor: ticks under its own foot, at the beat, and a pod that does not answer is no harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cadence.cue import CueKind
from cadence.stride import Side
from coach.audio.haptic import TICK_MS, HapticPod
from firmware_bridge.commands import Tick, decode_command
from firmware_bridge.links.link import LinkError
from firmware_bridge.pods.open_pod import WRITE_CHANNEL
from firmware_bridge.readings import Write

from .records import cue, stride

TEMPO_SPM = 1200.0
"""Ten times a runner's, so that the tests take a tenth of the time."""


class Pod:
    """Notes what is written to it, and when."""

    def __init__(self) -> None:
        self.ticks: list[tuple[float, Tick]] = []

    async def write(self, write: Write) -> None:
        command = decode_command(write.data)
        assert isinstance(command, tuple)
        assert isinstance(command[0], Tick)
        assert write.channel == WRITE_CHANNEL
        self.ticks.append((asyncio.get_running_loop().time(), command[0]))


def feel(
    side: Side,
    write: Callable[[Write], Awaitable[None]],
    play: Callable[[HapticPod], Awaitable[None]],
    *,
    locked: bool = False,
) -> HapticPod:
    async def run() -> HapticPod:
        sink = HapticPod(write, side, locked=locked)
        await play(sink)
        sink.close()
        return sink

    return asyncio.run(run())


async def burst(sink: HapticPod) -> None:
    sink.cue(cue(0.0, CueKind.BURST_UP, TEMPO_SPM))
    await asyncio.sleep(0.58)
    sink.cue(cue(0.5, CueKind.SILENCE))
    await asyncio.sleep(0.05)


@pytest.mark.parametrize("side", Side)
def test_every_second_beat_is_the_pods_own(side: Side) -> None:
    pod = Pod()
    feel(side, pod.write, burst)
    assert len(pod.ticks) == pytest.approx(6, abs=1)
    assert {tick for _, tick in pod.ticks} == {Tick(side, TICK_MS)}
    times_s = [t_s for t_s, _ in pod.ticks]
    for k, t_s in enumerate(times_s):
        assert t_s - times_s[0] == pytest.approx(k * 120.0 / TEMPO_SPM, abs=0.03)


def test_locked_ticks_follow_the_foot() -> None:
    pod, felt_s = Pod(), list[float]()

    async def play(sink: HapticPod) -> None:
        loop = asyncio.get_running_loop()
        sink.now(50.0)
        felt_s.append(loop.time() + 120.0 / 400.0)
        sink.stride(stride(50.0, Side.RIGHT))
        sink.cue(cue(50.0, CueKind.BURST_UP, 400.0))
        await asyncio.sleep(0.4)

    feel(Side.RIGHT, pod.write, play, locked=True)
    ((t_s, _),) = pod.ticks
    assert t_s == pytest.approx(felt_s[0], abs=0.03)


def test_a_pod_that_refuses_loses_ticks_and_nothing_else() -> None:
    async def refuse(write: Write) -> None:
        raise LinkError("busy")

    assert feel(Side.LEFT, refuse, burst).lost_ticks >= 5


def test_a_slow_pod_is_never_asked_twice_at_a_time() -> None:
    under_way = most = 0

    async def slow(write: Write) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.25)
        under_way -= 1

    sink = feel(Side.LEFT, slow, burst)
    assert most == 1
    assert sink.lost_ticks >= 1


def test_other_cues_are_not_felt() -> None:
    pod = Pod()

    async def play(sink: HapticPod) -> None:
        for kind in (CueKind.ON_TARGET, CueKind.WARNING, CueKind.WALK, CueKind.RUN):
            sink.cue(cue(0.0, kind))
        await asyncio.sleep(0.05)

    feel(Side.LEFT, pod.write, play)
    assert pod.ticks == []
