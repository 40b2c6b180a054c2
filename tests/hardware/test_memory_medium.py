"""A pod in the same process is reached as any other, by the live link and through every fault."""

from __future__ import annotations

import asyncio
import math

import pytest

from firmware_bridge.commands import Info, encode_command
from firmware_bridge.links.link import UnavailableError
from firmware_bridge.links.live import LiveLink
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.pods.open_pod import WRITE_CHANNEL, OpenPod
from firmware_bridge.readings import Losses, Reading
from hardware.faults.plan import Injected, parse_faults
from hardware.faults.slow_consumer import SlowConsumer
from hardware.lapse import run_lapsed
from hardware.memory import MemoryCarrier, MemoryMedium
from hardware.pod import SimulatedPod
from hardware.scenarios import scenario


def livelink(
    duration_s: float, faults: str, *, capacity: int = 4096
) -> tuple[list[Message], list[Reading], Losses, Injected]:
    """All that a live link gives for a pod that meets its faults, and what a decoder makes of it."""

    async def run() -> tuple[list[Message], list[Reading], Losses, Injected]:
        loop = asyncio.get_running_loop()
        plan, medium, decoder = parse_faults(faults), MemoryMedium(), OpenPod().decoder()
        messages: list[Message] = []
        readings: list[Reading] = []
        pod = SimulatedPod(medium, scenario("steady", 60.0), faults=plan)
        async with pod:
            live = LiveLink(MemoryCarrier(medium, OpenPod()), capacity=capacity)
            link = SlowConsumer(live, plan, pod.injected)
            loop.call_later(duration_s, lambda: closing.append(loop.create_task(link.close())))
            closing: list[asyncio.Task[None]] = []
            async for message in link:
                messages.append(message)
                readings.extend(decoder.take(message))
                for request in decoder.requests():
                    await link.write(request)
            await asyncio.gather(*closing)
        readings.extend(decoder.finish())
        return messages, readings, decoder.losses, pod.injected

    return run_lapsed(run(), math.inf)


def states(messages: list[Message]) -> list[LinkState]:
    return [message.state for message in messages if isinstance(message, LinkEvent)]


def test_a_live_link_gets_everything() -> None:
    messages, _, losses, injected = livelink(20.0, "")
    assert states(messages) == [LinkState.CONNECTED, LinkState.CLOSED]
    assert injected == Injected()
    assert losses == Losses(packets=losses.packets)
    assert losses.packets > 400


def test_what_befell_the_frames_is_what_the_host_counts() -> None:
    # The last seconds are left alone: a frame lost at the very end is missed by no one.
    faults = "drop=0.03@5+20,duplicate=0.03@5+20,truncate=0.03@5+20,corrupt=0.03@5+20,mtu=23@30+1,stall@32+5"
    _, _, losses, injected = livelink(40.0, faults)
    damaged = injected.truncated + injected.corrupted + injected.cut
    assert losses.bad_packets.total() == damaged > 40
    assert losses.duplicates == injected.duplicated > 0
    assert losses.lost_frames == injected.dropped + damaged + injected.given_up
    assert min(injected.dropped, injected.given_up) > 0
    assert (losses.stalls, losses.disconnects) == (injected.stalls, 0)


def test_a_live_link_comes_back_after_a_loss() -> None:
    messages, _, losses, injected = livelink(30.0, "link-loss@10+5")
    assert states(messages) == [
        LinkState.CONNECTED, LinkState.LOST, LinkState.CONNECTED, LinkState.CLOSED,
    ]  # fmt: skip
    assert losses.disconnects == injected.link_losses == 1
    assert losses.lost_frames == injected.given_up > 0
    _, lost, back, _ = (message for message in messages if isinstance(message, LinkEvent))
    assert back.t_host_ns - lost.t_host_ns < (5.0 + 3.0) * 1e9


def test_a_live_link_tells_a_stall_from_a_loss() -> None:
    messages, _, losses, injected = livelink(20.0, "stall@8+1.8")
    assert states(messages) == [
        LinkState.CONNECTED, LinkState.STALLED, LinkState.RESUMED, LinkState.CLOSED,
    ]  # fmt: skip
    assert losses.stalls == injected.stalls == 1
    assert losses.lost_frames == injected.given_up == 0


def test_a_slow_consumer_makes_the_link_drop_what_it_counts() -> None:
    messages, _, losses, injected = livelink(30.0, "slow-consumer@10+6", capacity=50)
    assert injected.slow_consumers == 1
    (overflow,) = [m for m in messages if isinstance(m, LinkEvent) and m.state is LinkState.OVERFLOW]
    assert overflow.count == losses.overflow_packets == losses.lost_frames
    assert overflow.count == pytest.approx(6 * 21 - 50, abs=6)


def test_a_pod_that_is_off_or_cut_cannot_be_connected_to() -> None:
    async def try_it() -> None:
        medium = MemoryMedium()
        with pytest.raises(UnavailableError, match="not there"):
            medium.connect(lambda *_: None, print)
        with pytest.raises(UnavailableError, match="not connected"):
            medium.write(WRITE_CHANNEL, b"")
        async with SimulatedPod(medium, scenario("steady", 60.0)):
            medium.cut(True)
            with pytest.raises(UnavailableError, match="not there"):
                medium.connect(lambda *_: None, print)
            medium.cut(False)
            medium.connect(lambda *_: None, print)

    run_lapsed(try_it(), math.inf)


def test_what_is_written_while_held_arrives_afterwards() -> None:
    async def write() -> None:
        medium = MemoryMedium()
        async with SimulatedPod(medium, scenario("steady", 60.0)) as pod:
            got: list[bytes] = []
            medium.connect(lambda channel, data: got.append(data), print)
            medium.hold(True)
            before = len(got)
            medium.write(WRITE_CHANNEL, encode_command(Info(), 1))
            assert (pod.commands, len(got)) == ([], before)
            medium.hold(False)
            assert pod.commands == [Info()]
            await asyncio.sleep(0.1)
            assert len(got) == before + 2

    run_lapsed(write(), math.inf)


def test_only_the_channels_of_the_profile_are_listened_to() -> None:
    messages, _, _, _ = livelink(12.0, "")
    channels = {message.channel for message in messages if isinstance(message, Packet)}
    assert channels <= set(OpenPod().notify)
