"""The links of several pods as one: what each of them tells, in the order in which it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from firmware_bridge.links.link import Link, LinkError
from firmware_bridge.message import LinkEvent, Message, Packet
from firmware_bridge.readings import Write


class JoinedLinks:
    """A `Link` over the links of a run's pods. Messages carry the number of their pod.

    A link that cannot be had ends all of it only where no other pod is there.

    Attributes:
        path: the ways the bytes go, each named once.
    """

    def __init__(self, links: Sequence[Link], *, tell: Callable[[str], object] = lambda line: None) -> None:
        """
        Args:
            links: one each pod, in the order of their numbers.
            tell: is told in one plain line why a pod will not come, when the run goes on without it.
        """
        self._links = tuple(links)
        self._tell = tell

    @property
    def path(self) -> str:
        return " + ".join(dict.fromkeys(link.path for link in self._links))

    async def __aiter__(self) -> AsyncIterator[Message]:
        """The messages of all pods, until every link has ended.

        Raises:
            LinkError: of the first link that could not be had, where nothing came from any.
        """
        # Of one place: what waits stands in the links, which count what they must drop.
        queue: asyncio.Queue[Message | Exception | None] = asyncio.Queue(1)
        readers = [asyncio.create_task(_read(link, number, queue)) for number, link in enumerate(self._links)]
        failures: list[LinkError] = []
        heard, told, going_on = False, 0, len(readers)
        try:
            while going_on:
                came = await queue.get()
                if isinstance(came, Packet | LinkEvent):
                    heard = heard or isinstance(came, Packet)
                    yield came
                elif isinstance(came, LinkError):
                    going_on -= 1
                    failures.append(came)
                elif came is not None:
                    raise came
                else:
                    going_on -= 1
                while heard and going_on and told < len(failures):
                    self._tell(f"{failures[told]}. The run goes on without this pod")
                    told += 1
        finally:
            for reader in readers:
                reader.cancel()
        if failures and not heard:
            raise failures[0]

    async def write(self, write: Write) -> None:
        """Write to the pod of that number."""
        await self._links[write.number].write(write)

    async def close(self) -> None:
        """Close all links."""
        await asyncio.gather(*(link.close() for link in self._links))


async def _read(link: Link, number: int, queue: asyncio.Queue[Message | Exception | None]) -> None:
    """Hand on what a link tells; in the end why it ended, None for in good order."""
    failure: Exception | None = None
    try:
        async for message in link:
            await queue.put(replace(message, number=number) if number else message)
    except Exception as error:
        failure = error
    await queue.put(failure)
