"""A recording handed out as a link."""

from __future__ import annotations

import asyncio

import pytest

from firmware_bridge.links.link import Link
from firmware_bridge.links.replay import ReplayLink
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import Write

from .virtual_time import run_virtual

SECOND_NS = 1_000_000_000
RECORDED: list[Message] = [
    LinkEvent(5 * SECOND_NS, LinkState.CONNECTED, "open"),
    Packet(6 * SECOND_NS, "serial", b"one"),
    Packet(8 * SECOND_NS, "serial", b"two"),
    LinkEvent(8 * SECOND_NS, LinkState.CLOSED),
]


async def timed(link: Link) -> list[tuple[float, Message]]:
    loop = asyncio.get_running_loop()
    start_s = loop.time()
    return [(loop.time() - start_s, message) async for message in link]


def test_the_messages_are_those_of_the_recording_and_take_no_time() -> None:
    assert run_virtual(timed(ReplayLink(iter(RECORDED)))) == [(0, message) for message in RECORDED]


@pytest.mark.parametrize("pace", [1.0, 4.0, 0.5])
def test_at_a_pace_they_come_as_they_arrived(pace: float) -> None:
    replayed = run_virtual(timed(ReplayLink(RECORDED, pace=pace)))
    assert [message for _, message in replayed] == RECORDED
    assert [t_s * pace for t_s, _ in replayed] == pytest.approx([0, 1, 3, 3])


def test_closing_ends_it_and_writes_are_let_go() -> None:
    async def take() -> list[Message]:
        link = ReplayLink(RECORDED)
        await link.write(Write("serial", b"start"))
        taken = []
        async for message in link:
            taken.append(message)
            if len(taken) == 2:
                await link.close()
        return taken

    assert run_virtual(take()) == RECORDED[:2]


def test_other_tasks_get_their_turn_in_a_long_recording() -> None:
    async def play() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        task = asyncio.create_task(other())
        async for _ in ReplayLink([Packet(0, "serial", b"")] * 10_000):
            pass
        task.cancel()
        return turns

    assert run_virtual(play()) > 10


def test_closing_it_in_a_pause_ends_it_at_once() -> None:
    async def play() -> tuple[float, float]:
        link = ReplayLink(RECORDED, pace=0.001)
        loop = asyncio.get_running_loop()
        loop.call_later(1.0, lambda: asyncio.ensure_future(link.close()))
        return [loop.time() async for _ in link][-1], loop.time()

    last_message_s, end_s = run_virtual(play())
    assert end_s - last_message_s == pytest.approx(1.0)
