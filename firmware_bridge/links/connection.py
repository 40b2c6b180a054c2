"""One connection of a live link, from the moment it is opened until it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Never

from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.link import LinkError, UnavailableError
from firmware_bridge.message import LinkEvent, LinkState, Message, Packet
from firmware_bridge.readings import PodProfile, Write

GREET_AGAIN_S = 1.0
"""A silent pod is greeted again after this long: it may have missed the greeting or have started anew.
Our choice: short enough that a pod which restarts is back within three seconds."""


class Connection:
    """Puts what a carrier tells of one connection in order: CONNECTED first, then packets and stalls.

    A carrier may deliver before its `open` returns; such packets wait for `begin`. After `end` whatever
    still comes is ignored, so that no packet of an older connection is taken.

    Attributes:
        profile: what kind of pod it is; known from `begin` on.
        ended: the reason, once the connection is lost or shall end.
        answered: whether a packet has come.
    """

    def __init__(self, emit: Callable[[Message], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = HostClock(self._loop)
        self._emit = emit
        self._open = True
        self._early: list[Packet] | None = []
        self.profile: PodProfile
        self._last_s = 0.0
        self._stalled = False
        self._silence_check: asyncio.TimerHandle | None = None
        self._silent = asyncio.Event()
        self._silent.set()
        self.ended: asyncio.Future[str] = self._loop.create_future()
        self.answered = False

    def receive(self, channel: str, data: bytes, t_host_ns: int) -> None:
        """Take a packet from the carrier."""
        if not self._open:
            return
        packet = Packet(t_host_ns, channel, data)
        if self._early is not None:
            self._early.append(packet)
            return
        self._last_s = self._loop.time()
        if self._silent.is_set():
            self._heard(t_host_ns)
        self._emit(packet)

    def lost(self, reason: str) -> None:
        """Take that the connection is gone or shall end."""
        if self._open and not self.ended.done():
            self.ended.set_result(reason)

    def begin(self, profile: PodProfile, address: str) -> None:
        """The carrier is open: tell it, and hand on what came before."""
        self.profile = profile
        self._tell(LinkState.CONNECTED, pod=profile.name, detail=address)
        early, self._early = self._early or [], None
        self._last_s = self._loop.time()
        self._watch_silence()
        for packet in early:
            self.receive(packet.channel, packet.data, packet.t_host_ns)

    async def greet(self, write: Callable[[Write], Awaitable[None]]) -> Never:
        """Greet the pod now and again for as long as it is silent. Does not return; cancel it.

        Raises:
            LinkError: the pod does not take the greeting.
        """
        while True:
            # A write that fails now may succeed the next time; a loss is told by the carrier.
            with suppress(UnavailableError):
                for greeting in self.profile.greeting():
                    await write(greeting)
            await asyncio.sleep(GREET_AGAIN_S)
            await self._silent.wait()

    def end(self) -> None:
        """From now on nothing is taken."""
        self._open = False
        if self._silence_check is not None:
            self._silence_check.cancel()

    def _heard(self, t_host_ns: int) -> None:
        self._silent.clear()
        self.answered = True
        if self._stalled:
            self._stalled = False
            self._emit(LinkEvent(t_host_ns, LinkState.RESUMED))
            self._watch_silence()

    def _watch_silence(self) -> None:
        """Look again when the silence would be too long if nothing came: a packet touches no timer."""
        due_s = self._last_s + self.profile.silence_s
        if self._loop.time() < due_s:
            self._silence_check = self._loop.call_at(due_s, self._watch_silence)
            return
        quiet_s = self._loop.time() - self._last_s
        self._stalled = True
        self._tell(LinkState.STALLED, detail=f"silent for {quiet_s:.1f} s")
        self._silent.set()

    def _tell(self, state: LinkState, pod: str = "", detail: str = "") -> None:
        self._emit(LinkEvent(self._clock.now_ns(), state, pod, detail))


def never_answers(address: str) -> LinkError:
    """What to say of a pod that is connected and silent from the start."""
    return LinkError(
        f"{address} is connected but never answers: switch the pod off and on, "
        "and see with `coach pods` whether it is the right one"
    )
