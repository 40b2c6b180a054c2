"""The links of a run's pods as one: each message has the number of its pod, and no pod waits for another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from firmware_bridge.links.joined import JoinedLinks
from firmware_bridge.links.link import LinkError
from firmware_bridge.links.live import PATIENCE_S, Company, LiveLink
from firmware_bridge.message import LinkEvent, Message
from firmware_bridge.readings import Write

from .scripted_carrier import CHANNEL, ScriptedCarrier
from .virtual_time import run_virtual


def told(
    carriers: list[ScriptedCarrier],
    story: Callable[[JoinedLinks], Awaitable[None]],
    lines: list[str] | None = None,
) -> tuple[list[Message], list[str]]:
    """The messages of the joined links while `story` happens, up to its close, and what people were told."""
    lines = [] if lines is None else lines

    async def play() -> list[Message]:
        company = Company(tell=lines.append)
        link = JoinedLinks([LiveLink(carrier, company=company) for carrier in carriers], tell=lines.append)

        async def tell() -> None:
            await story(link)
            await link.close()

        teller = asyncio.create_task(tell())
        try:
            messages = [message async for message in link]
        finally:
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)
            await link.close()
        return messages

    return run_virtual(play()), lines


def short(messages: list[Message]) -> list[tuple[int, str]]:
    return [(m.number, m.state.value if isinstance(m, LinkEvent) else m.data.decode()) for m in messages]


def test_messages_come_in_order_with_the_number_of_their_pod() -> None:
    left, right = ScriptedCarrier(), ScriptedCarrier()

    async def story(link: JoinedLinks) -> None:
        for n in range(3):
            await asyncio.sleep(0.1)
            right.send(b"r%d" % n)
            await asyncio.sleep(0.1)
            left.send(b"l%d" % n)

    messages, _ = told([left, right], story)
    packets = [entry for entry in short(messages) if entry[1][0] in "lr" and entry[1][1:].isdigit()]
    assert packets == [(1, "r0"), (0, "l0"), (1, "r1"), (0, "l1"), (1, "r2"), (0, "l2")]
    assert [entry for entry in short(messages) if entry[1] == "closed"] == [(0, "closed"), (1, "closed")]


def test_what_is_written_goes_to_its_pod() -> None:
    left, right = ScriptedCarrier(), ScriptedCarrier()
    beep = Write(CHANNEL, b"beep", number=1)

    async def story(link: JoinedLinks) -> None:
        await asyncio.sleep(1)
        await link.write(beep)

    told([left, right], story)
    assert [write for _, write in left.written if write.data == b"beep"] == []
    assert [write for _, write in right.written if write.data == b"beep"] == [beep]


def test_a_pod_that_is_not_there_is_looked_for_while_the_other_goes_on() -> None:
    here, late = ScriptedCarrier(), ScriptedCarrier(present=False)

    async def story(link: JoinedLinks) -> None:
        for _ in range(round(4 * PATIENCE_S)):
            await asyncio.sleep(1)
            here.send(b"x")
        late.present = True
        await asyncio.sleep(3)

    messages, lines = told([late, here], story)
    assert (0, "answer") in short(messages)
    (line,) = lines
    assert "goes on without it, and it is looked for" in line


def test_where_neither_is_there_the_run_ends_as_with_one() -> None:
    away = [ScriptedCarrier(present=False), ScriptedCarrier(present=False)]

    async def story(link: JoinedLinks) -> None:
        await asyncio.sleep(2 * PATIENCE_S)

    lines: list[str] = []
    with pytest.raises(LinkError, match="the pod is away"):
        told(away, story, lines)
    assert lines == []


def test_a_pod_that_never_will_be_there_is_told_and_does_not_end_the_run() -> None:
    here, wrong = ScriptedCarrier(), ScriptedCarrier(failures=[LinkError("it is a toaster")])

    async def story(link: JoinedLinks) -> None:
        await asyncio.sleep(5)
        here.send(b"still here")

    messages, lines = told([here, wrong], story)
    assert (0, "still here") in short(messages)
    assert lines == ["it is a toaster. The run goes on without this pod"]


def test_a_mistake_in_a_link_is_no_loss_of_a_pod() -> None:
    class Broken(ScriptedCarrier):
        async def open(self, *_: object) -> object:  # type: ignore[override]
            raise ZeroDivisionError

    async def story(link: JoinedLinks) -> None:
        await asyncio.sleep(5)

    with pytest.raises(ZeroDivisionError):
        told([ScriptedCarrier(), Broken()], story)


def test_the_ways_are_named_once() -> None:
    carriers = [ScriptedCarrier(path="ble"), ScriptedCarrier(path="ble"), ScriptedCarrier(path="serial")]

    async def path(count: int) -> str:
        return JoinedLinks([LiveLink(carrier) for carrier in carriers[3 - count :]]).path

    assert run_virtual(path(2)) == "ble + serial"
    assert run_virtual(path(3)) == "ble + serial"
