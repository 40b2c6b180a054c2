"""The queue between a link's callbacks and its consumer: bounded, honest about what it drops."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.links.inbox import Inbox
from firmware_bridge.links.link import LinkError
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet


def packet(number: int) -> Packet:
    return Packet(number, "c", number.to_bytes(4, "little"))


async def drained(inbox: Inbox) -> list[Message]:
    return [message async for message in inbox]


def test_messages_come_out_in_order_and_end_after_the_last() -> None:
    async def take() -> list[Message]:
        inbox = Inbox(10)
        for number in range(3):
            inbox.put(packet(number))
        inbox.close()
        inbox.put(packet(9))
        return await drained(inbox)

    assert asyncio.run(take()) == [packet(0), packet(1), packet(2)]


def test_a_consumer_that_waits_is_woken() -> None:
    async def take() -> list[Message]:
        inbox = Inbox(10)
        consumer = asyncio.create_task(drained(inbox))
        for number in range(3):
            await asyncio.sleep(0)
            inbox.put(packet(number))
        await asyncio.sleep(0)
        inbox.close()
        return await consumer

    assert asyncio.run(take()) == [packet(0), packet(1), packet(2)]


def test_when_full_the_oldest_packets_make_room_and_are_counted_in_their_place() -> None:
    async def take() -> list[Message]:
        inbox = Inbox(2)
        for number in range(5):
            inbox.put(packet(number))
        inbox.close()
        return await drained(inbox)

    assert asyncio.run(take()) == [LinkEvent(0, LinkState.OVERFLOW, count=3), packet(3), packet(4)]


def test_an_error_is_raised_once_everything_queued_was_taken() -> None:
    async def take() -> None:
        inbox = Inbox(2)
        inbox.put(packet(0))
        inbox.close(LinkError("no more"))
        assert await anext(inbox) == packet(0)
        with pytest.raises(LinkError, match="no more"):
            await anext(inbox)

    asyncio.run(take())


@given(
    capacity=st.integers(1, 5),
    steps=st.lists(st.sampled_from(["packet", "event", "take"]), max_size=80),
)
def test_every_packet_is_taken_in_order_or_counted_and_no_event_is_lost(
    capacity: int, steps: list[str]
) -> None:
    async def play() -> None:
        inbox = Inbox(capacity)
        taken: list[Message] = []
        put: list[Message] = []
        for number, step in enumerate(steps):
            if step == "packet":
                put.append(packet(number))
            elif step == "event":
                put.append(LinkEvent(number, LinkState.STALLED))
            elif len(put) > len([m for m in taken if not _is_overflow(m)]) + _dropped(taken):
                taken.append(await anext(inbox))
                continue
            else:
                continue
            inbox.put(put[-1])
        inbox.close()
        rest = await drained(inbox)
        assert sum(isinstance(message, Packet) for message in rest) <= capacity
        taken += rest

        # Walk what was put: an overflow event stands for exactly as many packets as it counts.
        expected = iter(put)
        for message in taken:
            if _is_overflow(message):
                assert isinstance(message, LinkEvent)
                assert message.count > 0
                assert all(isinstance(next(expected), Packet) for _ in range(message.count))
            else:
                assert message == next(expected)
        assert list(expected) == []

    asyncio.run(play())


def _is_overflow(message: Message) -> bool:
    return isinstance(message, LinkEvent) and message.state is LinkState.OVERFLOW


def _dropped(messages: list[Message]) -> int:
    return sum(message.count for message in messages if isinstance(message, LinkEvent))
