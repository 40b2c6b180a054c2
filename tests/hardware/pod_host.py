"""A host for tests of the simulated pod: takes what comes and keeps it, sends commands."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import numpy as np

from firmware_bridge.commands import Command, Start, encode_command
from firmware_bridge.frames import BadFrame, Frame, Mode, Samples, decode
from firmware_bridge.links.link import UnavailableError
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, WRITE_CHANNEL
from hardware.faults.plan import parse_faults
from hardware.lapse import run_lapsed
from hardware.memory import MemoryMedium
from hardware.pod import SimulatedPod
from hardware.pod_spec import parse_pod_spec

T = TypeVar("T", bound=Frame)


class Host:
    """Connected to a pod in memory.

    Attributes:
        frames: all that came over the UART service, bad ones too, with the loop's time.
        others: what came over the other characteristics.
        losses: the reasons of lost connections.
    """

    def __init__(self, medium: MemoryMedium) -> None:
        self._medium, self._token = medium, 0
        self.frames: list[tuple[float, Frame | BadFrame]] = []
        self.others: list[tuple[str, bytes]] = []
        self.losses: list[str] = []

    def connect(self) -> None:
        self._medium.connect(self._receive, self.losses.append)

    def send(self, command: Command) -> int:
        self._token += 1
        self._medium.write(WRITE_CHANNEL, encode_command(command, self._token))
        return self._token

    def of(self, kind: type[T]) -> list[T]:
        return [frame for _, frame in self.frames if isinstance(frame, kind)]

    @property
    def good(self) -> list[Frame]:
        return [frame for _, frame in self.frames if not isinstance(frame, BadFrame)]

    @property
    def raw(self) -> np.ndarray[Any, np.dtype[np.int16]]:
        """All samples that came."""
        return np.concatenate([frame.raw for frame in self.of(Samples)])

    def _receive(self, channel: str, data: bytes) -> None:
        if channel == NOTIFY_CHANNEL:
            self.frames.append((asyncio.get_running_loop().time(), decode(data)))
        else:
            self.others.append((channel, data))


def met(
    name: str,
    do: Callable[[Host, SimulatedPod], Coroutine[Any, Any, None]],
    *,
    faults: str = "",
    **options: Any,
) -> tuple[Host, SimulatedPod]:
    """A host and a pod of a name such as "sim:hill,seed=3", after `do`, in no time at all."""

    async def meet() -> tuple[Host, SimulatedPod]:
        spec, medium = parse_pod_spec(name), MemoryMedium()
        host = Host(medium)
        pod = SimulatedPod(
            medium,
            spec.segments(),
            rate_hz=options.pop("rate_hz", spec.rate_hz),
            side=spec.side,
            seed=spec.seed,
            faults=parse_faults(faults),
            **options,
        )
        async with pod:
            await do(host, pod)
            medium.disconnect()
        return host, pod

    return run_lapsed(meet(), math.inf)


def listens(duration_s: float, mode: Mode = Mode.RAW) -> Callable[[Host, SimulatedPod], Any]:
    """A host that connects, starts the pod and listens."""

    async def listen(host: Host, pod: SimulatedPod) -> None:
        host.connect()
        host.send(Start(mode))
        await asyncio.sleep(duration_s)

    return listen


def stays(duration_s: float, mode: Mode = Mode.RAW) -> Callable[[Host, SimulatedPod], Any]:
    """As `listens`, and when the connection is lost the host makes a new one and starts the pod again."""

    async def stay(host: Host, pod: SimulatedPod) -> None:
        loop = asyncio.get_running_loop()
        end_s, served = loop.time() + duration_s, -1
        while loop.time() < end_s:
            if served < len(host.losses):
                try:
                    host.connect()
                except UnavailableError:
                    pass
                else:
                    served = len(host.losses)
                    host.send(Start(mode))
            await asyncio.sleep(0.05)

    return stay
