"""Between the callbacks of a link, which must return at once, and whoever consumes its messages."""

from __future__ import annotations

import asyncio
from collections import deque

from firmware_bridge.message import LinkEvent, LinkState, Message, Packet


class Inbox:
    """A queue of messages that holds so many packets at most; an async iterator on its taking side.

    When it is full the oldest packets make room, and one link event OVERFLOW in their place says how many.
    Link events are never dropped. Both sides are on one event loop.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._queue: deque[Message] = deque()
        self._packets = 0
        self._closed = False
        self._error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None

    def put(self, message: Message) -> None:
        """Add a message. After `close` it is ignored."""
        if self._closed:
            return
        if isinstance(message, Packet):
            if self._packets == self._capacity:
                self._drop_oldest_packet()
            self._packets += 1
        self._queue.append(message)
        self._wake()

    def close(self, error: Exception | None = None) -> None:
        """End the iteration once everything queued was taken; with `error`, by raising it."""
        if not self._closed:
            self._closed = True
            self._error = error
            self._wake()

    def __aiter__(self) -> Inbox:
        return self

    async def __anext__(self) -> Message:
        while not self._queue:
            if self._error is not None:
                raise self._error
            if self._closed:
                raise StopAsyncIteration
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        message = self._queue.popleft()
        if isinstance(message, Packet):
            self._packets -= 1
        return message

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _drop_oldest_packet(self) -> None:
        place = 0
        while isinstance(self._queue[place], LinkEvent):
            place += 1
        dropped = self._queue[place]
        before = self._queue[place - 1] if place else None
        if isinstance(before, LinkEvent) and before.state is LinkState.OVERFLOW:
            self._queue[place - 1] = LinkEvent(before.t_host_ns, LinkState.OVERFLOW, count=before.count + 1)
            del self._queue[place]
        else:
            self._queue[place] = LinkEvent(dropped.t_host_ns, LinkState.OVERFLOW, count=1)
        self._packets -= 1
