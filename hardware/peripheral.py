"""What a simulated pod is, whatever carries its bytes, and what a carrier is to the pod.

The pod's side of a link has two halves. A `Peripheral` is the device: it takes what is written to it and
sends. A `Medium` is the way to the host: memory, a serial line, a radio. Faults of a link are done by the
medium, faults of a device by the device.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Send = Callable[[str, bytes], bool]
"""Sends bytes on a channel (a characteristic's UUID in lower case). False: there is no room now, or
nobody listens yet; try again soon, or let it go."""


@dataclass(frozen=True, slots=True)
class CharacteristicSpec:
    """A characteristic as a GATT server offers it; `uuid` in lower case, 16-bit ones in full length."""

    uuid: str
    read: bool = False
    write: bool = False
    notify: bool = False
    indicate: bool = False


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service; `advertised` when it stands in the advertisement, as the ones that pods are known by do."""

    uuid: str
    characteristics: tuple[CharacteristicSpec, ...]
    advertised: bool = False


class Peripheral(Protocol):
    """A simulated device. All calls come on the loop's thread.

    Attributes:
        name: as advertised.
        services: of its GATT server. A serial line carries two channels of them.
        serial_notify_channel, serial_write_channel: what goes over a serial line, out and in; None when it
            has no serial port.
    """

    @property
    def name(self) -> str: ...
    @property
    def services(self) -> tuple[ServiceSpec, ...]: ...
    @property
    def serial_notify_channel(self) -> str | None: ...
    @property
    def serial_write_channel(self) -> str | None: ...

    def attached(self, send: Send) -> None:
        """A host is connected."""
        ...

    def detached(self) -> None:
        """The host is gone."""
        ...

    def written(self, channel: str, data: bytes) -> None:
        """The host wrote."""
        ...

    def read(self, channel: str) -> bytes:
        """The value of a characteristic that can be read."""
        ...


class Medium(Protocol):
    """The way between a simulated device and its host, with what can befall it.

    Attributes:
        payload_bytes: the longest packet it carries in one piece.
    """

    @property
    def payload_bytes(self) -> int: ...

    async def start(self, device: Peripheral) -> None:
        """Switch the device on: from now on it can be found and connected to."""
        ...

    async def stop(self) -> None:
        """Switch it off and release everything. May be called twice."""
        ...

    def hold(self, held: bool) -> None:
        """While held nothing passes, but the connection lasts and nothing on its way is lost."""
        ...

    def cut(self, absent: bool) -> None:
        """While cut the connection is gone, as is what was on its way, and the device cannot be found."""
        ...
