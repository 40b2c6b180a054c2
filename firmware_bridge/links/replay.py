"""A recording as a link: the messages of a run, handed out again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

from firmware_bridge.message import Message
from firmware_bridge.readings import Write

AT_A_STRETCH = 256
"""So many messages are handed out before other tasks get their turn. Our choice."""


class ReplayLink:
    """A `Link` over recorded messages; they end when the recording does, or when the link is closed.

    Attributes:
        path: "file".
    """

    path = "file"

    def __init__(self, messages: Iterable[Message], *, pace: float | None = None) -> None:
        """
        Args:
            messages: in order; taken one by one as they are handed out.
            pace: 1 for the pace at which they arrived, 2 for twice that, None for as fast as they are taken.
        """
        self._messages = messages
        self._pace = pace
        self._closed = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[Message]:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        first_ns: int | None = None
        for number, message in enumerate(self._messages):
            if self._pace is not None:
                first_ns = message.t_host_ns if first_ns is None else first_ns
                due_s = start_s + (message.t_host_ns - first_ns) / 1e9 / self._pace
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(due_s):
                        await self._closed.wait()
            elif number % AT_A_STRETCH == 0:
                await asyncio.sleep(0)
            if self._closed.is_set():
                return
            yield message

    async def write(self, write: Write) -> None:
        """A recording takes no writes."""

    async def close(self) -> None:
        """Hand out nothing more."""
        self._closed.set()
