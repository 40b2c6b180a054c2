"""What all simulated devices share: they are switched on and off, and do work of their own meanwhile."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self

from hardware.peripheral import Medium, Send, ServiceSpec


class Device(ABC):
    """A `Peripheral` on a `Medium`. An async context manager.

    Attributes:
        name, services, serial_notify_channel, serial_write_channel: as of a `Peripheral`.
        on_failure: called as soon as an error has ended its work. The device is then gone from its medium
            for good, and the error comes from `stop`.
    """

    name: str
    services: tuple[ServiceSpec, ...]
    serial_notify_channel: str | None = None
    serial_write_channel: str | None = None

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._work: asyncio.Task[None] | None = None
        self.on_failure: Callable[[], None] = _nothing

    async def start(self) -> None:
        """Switch it on."""
        await self._medium.start(self)

    async def stop(self) -> None:
        """Switch it off for good. Raises what ended its work, if anything did."""
        self.detached()
        work, self._work = self._work, None
        try:
            if work is not None:
                work.cancel()
                await asyncio.wait({work})
                if not work.cancelled():
                    work.result()
        finally:
            await self._medium.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @abstractmethod
    def attached(self, send: Send) -> None:
        """A host is connected."""

    @abstractmethod
    def detached(self) -> None:
        """The host is gone."""

    @abstractmethod
    def written(self, channel: str, data: bytes) -> None:
        """The host wrote."""

    @abstractmethod
    def read(self, channel: str) -> bytes:
        """The value of a characteristic that can be read."""

    def _begin_work(self, work: Coroutine[Any, Any, None]) -> None:
        """What the device does by itself until it is switched off."""
        self._work = asyncio.get_running_loop().create_task(work)
        self._work.add_done_callback(self._ended)

    def _ended(self, work: asyncio.Task[None]) -> None:
        if not work.cancelled() and work.exception() is not None:
            self._medium.cut(True)
            self.on_failure()


def _nothing() -> None:
    """Nobody asked to be told."""
