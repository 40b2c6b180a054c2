"""A carrier that does what a test says, and a pod profile that says what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.link import LinkError, Receive, UnavailableError
from firmware_bridge.readings import Decoder, PodProfile, Write

CHANNEL = "channel"
HELLO, GOODBYE = Write(CHANNEL, b"hello"), Write(CHANNEL, b"goodbye")


@dataclass
class Profile:
    """A pod that is greeted with HELLO and parted from with GOODBYE."""

    name: str = "scripted"
    title: str = "Scripted pod"
    service: str = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
    notify: tuple[str, ...] = (CHANNEL,)
    silence_s: float = 2.0
    gives: str = "packets"

    def greeting(self) -> tuple[Write, ...]:
        return (HELLO,)

    def farewell(self) -> tuple[Write, ...]:
        return (GOODBYE,)

    def decoder(self) -> Decoder:
        raise NotImplementedError


@dataclass
class ScriptedCarrier:
    """The n-th opening fails with the n-th of `failures`, where that is an error; then they succeed.

    Each connection answers its first greeting with one packet if `answers`.
    """

    failures: list[LinkError | None] = field(default_factory=list)
    answers: bool = True
    path: str = "scripted"
    address: str = "the pod"
    opened_at_s: list[float] = field(default_factory=list)
    written: list[tuple[float, Write]] = field(default_factory=list)
    closings: int = 0
    is_open: bool = False
    present: bool = True
    receive: Receive = lambda channel, data, t_host_ns: None
    lost: Callable[[str], None] = lambda reason: None

    async def open(self, receive: Receive, lost: Callable[[str], None]) -> PodProfile:
        assert not self.is_open, "one connection at a time"
        self.opened_at_s.append(asyncio.get_running_loop().time())
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        if not self.present:
            raise UnavailableError("the pod is away")
        self.receive, self.lost, self.is_open = receive, lost, True
        return Profile()

    async def write(self, write: Write) -> None:
        if not self.is_open:
            raise UnavailableError("not open")
        self.written.append((asyncio.get_running_loop().time(), write))
        if self.answers and write == HELLO:
            self.send(b"answer")

    async def close(self) -> None:
        self.closings += 1
        self.is_open = False

    def send(self, data: bytes) -> None:
        """A packet of the pod."""
        self.receive(CHANNEL, data, HostClock(asyncio.get_running_loop()).now_ns())

    def drop(self, reason: str = "out of reach") -> None:
        """The connection ends by itself."""
        self.lost(reason)
