"""A host that takes nothing from its link for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from firmware_bridge.links.link import Link
from firmware_bridge.message import Message, Packet
from firmware_bridge.readings import Write
from hardware.faults.plan import FaultPlan, Injected


class SlowConsumer:
    """A `Link` whose messages wait whenever the plan has a slow consumer. Its seconds are those of the loop
    from the first packet on, for a host cannot know when the pod took the START."""

    def __init__(self, link: Link, plan: FaultPlan, injected: Injected) -> None:
        self._link, self._injected = link, injected
        self._pauses = list(plan.named("slow-consumer"))
        self._closed = asyncio.Event()

    @property
    def path(self) -> str:
        """As of the link behind."""
        return self._link.path

    async def __aiter__(self) -> AsyncIterator[Message]:
        """The messages of the link behind, with pauses."""
        loop = asyncio.get_running_loop()
        start_s: float | None = None
        async for message in self._link:
            if start_s is None and isinstance(message, Packet):
                start_s = loop.time()
            if start_s is not None and self._pauses and loop.time() >= start_s + self._pauses[0].start_s:
                self._injected.slow_consumers += 1
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pauses.pop(0).length_s):
                        await self._closed.wait()
            yield message

    async def write(self, write: Write) -> None:
        """Write to the pod."""
        await self._link.write(write)

    async def close(self) -> None:
        """Close the link behind; a pause is over."""
        self._closed.set()
        await self._link.close()
