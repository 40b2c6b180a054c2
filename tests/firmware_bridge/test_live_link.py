"""A live link keeps a pod connected through every loss, and says in order what happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware_bridge.links.link import LinkError, UnavailableError
from firmware_bridge.links.live import ANSWER_WAIT_S, LONGEST_RETRY_S, PATIENCE_S, LiveLink
from firmware_bridge.message import LinkEvent, LinkState, Message
from firmware_bridge.readings import Write

from .scripted_carrier import CHANNEL, GOODBYE, HELLO, Profile, ScriptedCarrier
from .virtual_time import run_virtual

AWAY = UnavailableError("the pod is away")
Story = Callable[[], Awaitable[None]]


def told(carrier: ScriptedCarrier, story: Story, capacity: int = 100) -> list[Message]:
    """The messages of a link while `story` happens, up to its close."""

    async def play() -> list[Message]:
        link = LiveLink(carrier, capacity=capacity)

        async def tell() -> None:
            await story()
            await link.close()

        teller = asyncio.create_task(tell())
        messages = [message async for message in link]
        await teller
        assert not carrier.is_open
        return messages

    return run_virtual(play())


def short(messages: list[Message]) -> list[str]:
    return [m.state.value if isinstance(m, LinkEvent) else m.data.decode() for m in messages]


def test_a_run_without_trouble() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        await asyncio.sleep(1)
        carrier.send(b"one")

    messages = told(carrier, story)
    assert short(messages) == ["connected", "answer", "one", "closed"]
    connected = messages[0]
    assert isinstance(connected, LinkEvent)
    assert (connected.pod, connected.detail) == (Profile.name, carrier.address)
    assert [write for _, write in carrier.written] == [HELLO, GOODBYE]


def test_what_the_carrier_delivers_while_it_opens_comes_after_the_event() -> None:
    class Eager(ScriptedCarrier):
        async def open(self, receive, lost):  # type: ignore[no-untyped-def]
            profile = await super().open(receive, lost)
            self.send(b"early")
            return profile

    carrier = Eager(answers=False)
    assert short(told(carrier, lambda: asyncio.sleep(1)))[:2] == ["connected", "early"]


def test_what_is_under_way_at_the_farewell_is_still_taken() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        await asyncio.sleep(1)
        asyncio.get_running_loop().call_later(0.1, carrier.send, b"last")

    assert short(told(carrier, story)) == ["connected", "answer", "last", "closed"]


def test_a_first_connection_is_tried_again_while_waiting_may_help() -> None:
    carrier = ScriptedCarrier(failures=[AWAY, AWAY, AWAY])
    assert short(told(carrier, lambda: asyncio.sleep(3)))[0] == "connected"
    waits = [
        after - before for before, after in zip(carrier.opened_at_s, carrier.opened_at_s[1:], strict=False)
    ]
    assert waits == pytest.approx([0.15, 0.3, 0.6])


def test_patience_with_the_first_connection_ends() -> None:
    carrier = ScriptedCarrier(present=False)
    with pytest.raises(UnavailableError, match="the pod is away"):
        told(carrier, lambda: asyncio.sleep(60))
    assert PATIENCE_S <= carrier.opened_at_s[-1] <= PATIENCE_S + LONGEST_RETRY_S


def test_what_waiting_does_not_mend_ends_the_first_connection_at_once() -> None:
    carrier = ScriptedCarrier(failures=[LinkError("Bluetooth is off: switch it on")])
    with pytest.raises(LinkError, match="switch it on"):
        told(carrier, lambda: asyncio.sleep(60))
    assert carrier.opened_at_s == [0.0]


def test_a_pod_that_never_answers_is_greeted_again_and_then_given_up() -> None:
    carrier = ScriptedCarrier(answers=False)
    with pytest.raises(LinkError, match="the pod is connected but never answers: switch the pod off and on"):
        told(carrier, lambda: asyncio.sleep(60))
    times = [t_s for t_s, write in carrier.written if write == HELLO]
    assert len(times) >= 5
    assert times[-1] <= ANSWER_WAIT_S


def test_a_pod_that_drops_every_connection_before_it_answers_is_given_up() -> None:
    class Dropping(ScriptedCarrier):
        async def write(self, write: Write) -> None:
            asyncio.get_running_loop().call_soon(self.drop, "the other side hung up")

    with pytest.raises(LinkError, match="lost as soon as it is connected, the other side hung up"):
        told(Dropping(), lambda: asyncio.sleep(60))


@pytest.mark.parametrize("away_s", [0.0, 0.2, 1.0, 5.0, 29.7, 3600.0])
def test_after_a_loss_the_pod_is_back_soon_after_its_return(away_s: float) -> None:
    carrier = ScriptedCarrier()
    returned_s = 1 + away_s

    async def story() -> None:
        await asyncio.sleep(1)
        carrier.present = False
        carrier.drop()
        await asyncio.sleep(away_s)
        carrier.present = True
        await asyncio.sleep(1.5)
        carrier.send(b"again")

    messages = told(carrier, story)
    assert short(messages) == ["connected", "answer", "lost", "connected", "answer", "again", "closed"]
    assert carrier.opened_at_s[-1] - returned_s <= LONGEST_RETRY_S + 0.15


def test_a_loss_tells_its_reason_and_errors_do_not_end_a_link_that_worked() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        await asyncio.sleep(1)
        carrier.failures = [LinkError("no permission"), LinkError("in use"), AWAY]
        carrier.drop("unplugged")
        await asyncio.sleep(5)

    messages = told(carrier, story)
    lost = next(m for m in messages if isinstance(m, LinkEvent) and m.state is LinkState.LOST)
    assert lost.detail == "unplugged"
    assert short(messages)[3:5] == ["connected", "answer"]


def test_silence_is_a_stall_told_once_and_ended_before_the_packet_that_ends_it() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        await asyncio.sleep(0.5)
        carrier.answers = False
        await asyncio.sleep(9.5)
        carrier.send(b"back")
        await asyncio.sleep(1)

    messages = told(carrier, story)
    assert short(messages) == ["connected", "answer", "stalled", "resumed", "back", "closed"]
    assert len(carrier.opened_at_s) == 1
    connected, stalled = messages[0], messages[2]
    assert (stalled.t_host_ns - connected.t_host_ns) / 1e9 == pytest.approx(Profile.silence_s)
    greeted_s = [t_s for t_s, write in carrier.written if write == HELLO]
    assert greeted_s == pytest.approx([0, *range(2, 10)], abs=0.01)


def test_a_pod_that_sends_is_not_greeted_again_and_never_stalls() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        for _ in range(100):
            await asyncio.sleep(0.9 * Profile.silence_s)
            carrier.send(b".")

    messages = told(carrier, story, capacity=1000)
    assert short(messages) == ["connected", "answer", *["."] * 100, "closed"]
    assert [write for _, write in carrier.written] == [HELLO, GOODBYE]


def test_packets_of_an_older_connection_are_not_taken() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        await asyncio.sleep(1)
        old_receive, old_lost = carrier.receive, carrier.lost
        carrier.drop()
        old_receive(CHANNEL, b"before the loss is seen", 0)
        await asyncio.sleep(1)
        old_receive(CHANNEL, b"ghost", 0)
        old_lost("ghost")
        await asyncio.sleep(0.5)

    messages = short(told(carrier, story))
    assert messages == [
        "connected", "answer", "before the loss is seen", "lost", "connected", "answer", "closed",
    ]  # fmt: skip


def test_a_consumer_that_is_slow_loses_packets_but_no_events_and_is_told() -> None:
    carrier = ScriptedCarrier()

    async def play() -> list[Message]:
        link = LiveLink(carrier, capacity=10)
        stream = aiter(link)
        await asyncio.sleep(0.5)
        for number in range(100):
            carrier.send(b"%d" % number)
        await link.close()
        return [message async for message in stream]

    messages = run_virtual(play())
    assert short(messages) == ["connected", "overflow", *map(str, range(90, 100)), "closed"]
    overflow = messages[1]
    assert isinstance(overflow, LinkEvent)
    assert overflow.count == 91  # the answer as well


def test_writes_reach_a_connected_pod_and_are_let_go_otherwise() -> None:
    carrier = ScriptedCarrier()
    tick = Write(CHANNEL, b"tick")

    async def play() -> None:
        link = LiveLink(carrier)
        await link.write(tick)
        async with link:
            await asyncio.sleep(1)
            await link.write(tick)
            carrier.present = False
            carrier.drop()
            await asyncio.sleep(1)
            await link.write(tick)

    run_virtual(play())
    assert [write for _, write in carrier.written] == [HELLO, tick]


def test_cancelling_the_consumer_releases_everything() -> None:
    carrier = ScriptedCarrier()

    async def play() -> None:
        async def consume() -> None:
            async with LiveLink(carrier) as link:
                async for _ in link:
                    pass

        consumer = asyncio.create_task(consume())
        await asyncio.sleep(1)
        consumer.cancel()
        await asyncio.wait({consumer})
        assert consumer.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtual(play())
    assert not carrier.is_open
    assert [write for _, write in carrier.written] == [HELLO, GOODBYE]


def test_closing_while_it_connects_ends_at_once() -> None:
    carrier = ScriptedCarrier(present=False)
    assert short(told(carrier, lambda: asyncio.sleep(1))) == ["closed"]


def test_closing_while_a_failed_carrier_is_released_still_tells_the_failure() -> None:
    class Slow(ScriptedCarrier):
        async def close(self) -> None:
            await asyncio.sleep(5.0)

    carrier = Slow(failures=[LinkError("no permission")])

    async def play() -> None:
        link = LiveLink(carrier)

        async def consume() -> None:
            async for _ in link:
                pass

        consumer = asyncio.ensure_future(consume())
        await asyncio.sleep(1.0)
        await link.close()
        await consumer

    with pytest.raises(LinkError, match="no permission"):
        run_virtual(play())


def test_a_farewell_that_is_not_taken_does_not_hold_up_the_end() -> None:
    class Stuck(ScriptedCarrier):
        async def write(self, write: Write) -> None:
            if write == GOODBYE:
                await asyncio.sleep(3600)
            await super().write(write)

    carrier = Stuck()
    messages = told(carrier, lambda: asyncio.sleep(1))
    assert (messages[-1].t_host_ns - messages[0].t_host_ns) / 1e9 < 3


def test_stamps_never_go_back() -> None:
    carrier = ScriptedCarrier()

    async def story() -> None:
        for _ in range(5):
            await asyncio.sleep(4)
            carrier.drop()

    stamps = [message.t_host_ns for message in told(carrier, story)]
    assert len(stamps) > 20
    assert stamps == sorted(stamps)
