"""The live link: keeps a connection to a pod through every loss of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from firmware_bridge.links.connection import Connection, never_answers
from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.inbox import Inbox
from firmware_bridge.links.link import Carrier, LinkError, UnavailableError
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import Write

PATIENCE_S = 10.0
"""How long a pod that never answered is looked for. Our choice: a pod that sleeps is awake by then."""
ANSWER_WAIT_S = 6.0
"""How long a pod that is connected may be silent at first. Our choice: five greetings and a bit."""
FIRST_RETRY_S = 0.15
"""Wait before the first retry: most losses are over at once. Our choice."""
RETRY_FACTOR = 2.0
LONGEST_RETRY_S = 1.0
"""No wait between two tries is longer: a pod that is back must be found within three seconds."""
FAREWELL_WAIT_S = 1.0
"""How long a farewell may take. Our choice: a pod that does not take it is left without."""
UNDER_WAY_S = 0.3
"""What the pod sent before it took the farewell is waited for this long: some connection intervals."""
CAPACITY_PACKETS = 4096
"""About 100 s of a pod at 416 samples a second. Our choice."""


class Company:
    """The pods of one run: once one of them has answered, the others are looked for without end."""

    def __init__(self, *, tell: Callable[[str], object] = lambda line: None) -> None:
        """`tell` is told in one plain line of a pod for which the run does not wait, once for each."""
        self.has_answered = False
        self._tell = tell
        self._told: set[str] = set()

    def goes_on_without(self, address: str, failure: LinkError) -> None:
        """A pod is not there though its patience is over."""
        if address not in self._told:
            self._told.add(address)
            self._tell(f"{failure}. The run goes on without it, and it is looked for")


class LiveLink:
    """A `Link` that opens its carrier again after every loss; also an async context manager.

    Until the pod has answered for the first time it is looked for during `patience_s`, or without end where
    another pod of its company has answered; and an error that waiting does not mend ends the link. Afterwards
    the link ends by `close` alone.
    """

    def __init__(
        self,
        carrier: Carrier,
        *,
        capacity: int = CAPACITY_PACKETS,
        patience_s: float = PATIENCE_S,
        company: Company | None = None,
    ) -> None:
        """
        Args:
            carrier: makes the connections.
            capacity: of the queue between the link and its consumer, in packets.
            patience_s: how long a pod that never answered is looked for.
            company: of all pods of the run; None for a pod alone.
        """
        self._carrier = carrier
        self._patience_s = patience_s
        self._company = Company() if company is None else company
        self._inbox = Inbox(capacity)
        self._connection: Connection | None = None
        self._answered = False
        self._closing = False
        self._keeper: asyncio.Task[None] | None = None

    @property
    def path(self) -> str:
        """Which way the bytes go."""
        return self._carrier.path

    async def __aenter__(self) -> LiveLink:
        self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[Message]:
        """The messages; the first call begins to connect.

        Raises:
            LinkError: there is no pod, or it never answered.
        """
        self._start()
        return self._inbox

    async def write(self, write: Write) -> None:
        """Write to the pod, if it is connected.

        Raises:
            LinkError: the pod refuses it.
        """
        if self._connection is not None:
            with suppress(UnavailableError):
                await self._carrier.write(write)

    async def close(self) -> None:
        """Say farewell, wait shortly for what is under way, release everything. May be called again."""
        if self._keeper is None:
            self._inbox.close()
        elif not self._closing:
            self._closing = True
            if self._connection is None:
                self._keeper.cancel()
            else:
                self._connection.lost("closed")
            try:
                await asyncio.wait({self._keeper})
            finally:
                self._keeper.cancel()

    def _start(self) -> None:
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_open())

    async def _keep_open(self) -> None:
        error: Exception | None = None
        try:
            deadline_s = self._now_s() + self._patience_s
            while True:
                connection = await self._connect(deadline_s)
                try:
                    reason = await self._serve(connection)
                    if self._closing:
                        await self._part(connection)
                        return
                finally:
                    connection.end()
                self._tell(LinkState.LOST, reason)
                await self._carrier.close()
                if not self._answered:
                    lost = UnavailableError(
                        f"{self._carrier.address} is lost as soon as it is connected, {reason}: switch it "
                        "off and on, and end other programs and phones that use it"
                    )
                    if not self._worth_another(lost, deadline_s):
                        raise lost
                await asyncio.sleep(FIRST_RETRY_S)
        except Exception as failure:
            error = failure  # the consumer gets it
        finally:
            try:
                await self._carrier.close()
            finally:  # a close from outside may cancel this very wait
                if error is None:
                    self._tell(LinkState.CLOSED)
                self._inbox.close(error)

    async def _connect(self, deadline_s: float) -> Connection:
        """A new connection; `deadline_s` holds until the pod has answered once.

        Raises:
            LinkError: it cannot be had.
        """
        wait_s = FIRST_RETRY_S
        while True:
            connection = Connection(self._take)
            try:
                profile = await self._carrier.open(connection.receive, connection.lost)
            except LinkError as failure:
                connection.end()
                if not self._answered and not self._worth_another(failure, deadline_s):
                    raise
            else:
                connection.begin(profile, self._carrier.address)
                return connection
            await asyncio.sleep(wait_s)
            wait_s = min(RETRY_FACTOR * wait_s, LONGEST_RETRY_S)

    def _take(self, message: Message) -> None:
        if isinstance(message, Packet):
            self._company.has_answered = True
        self._inbox.put(message)

    def _worth_another(self, failure: LinkError, deadline_s: float) -> bool:
        if not isinstance(failure, UnavailableError):
            return False
        if self._now_s() < deadline_s:
            return True
        if self._company.has_answered:
            self._company.goes_on_without(self._carrier.address, failure)
        return self._company.has_answered

    async def _serve(self, connection: Connection) -> str:
        """Greet, and wait for the connection to end. Returns why it did.

        Raises:
            LinkError: the pod never answered, or refuses the greeting and never answered before.
        """
        self._connection = connection
        greeter = asyncio.create_task(connection.greet(self._carrier.write))
        ends: tuple[asyncio.Future[Any], ...] = (connection.ended, greeter)
        try:
            if not self._answered:
                done, _ = await asyncio.wait(ends, timeout=ANSWER_WAIT_S, return_when=asyncio.FIRST_COMPLETED)
                if not done and not connection.answered:
                    raise never_answers(self._carrier.address)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if connection.ended.done():
                return connection.ended.result()
            try:
                await greeter
            except LinkError as refusal:
                if self._answered:
                    return str(refusal)
                raise
        finally:
            self._connection = None
            self._answered = self._answered or connection.answered
            greeter.cancel()
            await asyncio.gather(greeter, return_exceptions=True)

    async def _part(self, connection: Connection) -> None:
        with suppress(LinkError, TimeoutError):
            async with asyncio.timeout(FAREWELL_WAIT_S):
                for farewell in connection.profile.farewell():
                    await self._carrier.write(farewell)
        await asyncio.sleep(UNDER_WAY_S)

    @staticmethod
    def _now_s() -> float:
        return asyncio.get_running_loop().time()

    def _tell(self, state: LinkState, detail: str = "") -> None:
        clock = HostClock(asyncio.get_running_loop())
        self._inbox.put(LinkEvent(clock.now_ns(), state, detail=detail))
