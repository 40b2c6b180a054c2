"""The one face of every link, and of what carries it.

A `Carrier` makes one connection at a time: a serial port, a BLE connection, a simulated pod in the same
process. `LiveLink` (in `live`) keeps one open through every loss; a recording is a link as well. Whoever
consumes a `Link` cannot tell which it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from firmware_bridge.message import Message
from firmware_bridge.readings import PodProfile, Write


class LinkError(Exception):
    """A link cannot be had. The message is one plain line that says what to do. Waiting does not help."""


class UnavailableError(LinkError):
    """The pod is not to be found or does not answer just now: worth another try."""


Receive = Callable[[str, bytes, int], None]
"""Takes a packet: channel, bytes, arrival in ns since 1970 (see `host_clock`). On the loop's thread."""


class Carrier(Protocol):
    """Makes connections to one pod, one at a time.

    Attributes:
        path: which way the bytes go, a short name for summaries: "serial", "ble", ...
        address: what it connects to, for people.
    """

    @property
    def path(self) -> str: ...
    @property
    def address(self) -> str: ...

    async def open(self, receive: Receive, lost: Callable[[str], None]) -> PodProfile:
        """Connect and listen to the pod's channels.

        From then on each packet goes to `receive`, and `lost` is called once, with a reason, when the
        connection ends by itself.

        Raises:
            UnavailableError: it cannot be reached now.
            LinkError: it never will be as things are.
        """
        ...

    async def write(self, write: Write) -> None:
        """Write to the pod. Raises UnavailableError when the connection is gone."""
        ...

    async def close(self) -> None:
        """End the connection, if there is one. Never raises; `open` may be called again."""
        ...


class Link(Protocol):
    """A pod's messages, live or recorded: `async for message in link`.

    Attributes:
        path: as of `Carrier`; "file" for a recording.
    """

    @property
    def path(self) -> str: ...

    def __aiter__(self) -> AsyncIterator[Message]:
        """The messages in order, until the link is closed or the recording ends.

        Raises:
            LinkError: there is no pod, or it never answered.
        """
        ...

    async def write(self, write: Write) -> None:
        """Write to the pod, if it is connected; else nothing happens, since a new connection greets it
        anew. A recording takes no writes."""
        ...

    async def close(self) -> None:
        """Say farewell to the pod and end the messages, after those that are still under way."""
        ...
