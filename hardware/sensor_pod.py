"""What the simulated sensors of other makers share: the runner, the loop's clock, sending, the battery."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Side
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL
from hardware.device import Device
from hardware.imu import Imu
from hardware.outing import Outing, Truth
from hardware.peripheral import Medium, Send, ServiceSpec
from hardware.runner import Segment

CHUNK_S = 0.02
"""Samples are taken so much at a time. Our choice: shorter than any packet."""
RETRY_S = 0.005
"""After this long a packet that found no room is tried again. Our choice: a short connection interval."""
QUEUED_PACKETS = 16
"""Then the oldest is dropped, as by small devices. Our choice."""


class SensorPod(Device):
    """A `Device` whose runner sets off with the first sample asked for.

    What a maker's sensor does is in `services`, `written`, and `_sampled`.

    Attributes:
        dropped: packets for which there was no room.
    """

    def __init__(
        self,
        medium: Medium,
        segments: Sequence[Segment],
        imu: Imu,
        *,
        name: str,
        services: tuple[ServiceSpec, ...],
        side: Side = Side.RIGHT,
        seed: int = 1,
        battery_percent: int = 90,
    ) -> None:
        super().__init__(medium)
        self.name, self.services = name, services
        self.dropped = 0
        self._imu = imu
        self._outing = Outing(segments, imu=imu, side=side, seed=seed)
        self._battery_percent = battery_percent
        self._send: Send | None = None
        self._queue: deque[tuple[str, bytes]] = deque()
        self._retry: asyncio.TimerHandle | None = None
        self._wanted = False

    @property
    def truth(self) -> Truth:
        """What the runner did so far; times in s of the sensor's clock from the first sample on."""
        return self._outing.truth

    def attached(self, send: Send) -> None:
        """A host is connected."""
        self._send = send
        self._put(BATTERY_LEVEL, self.read(BATTERY_LEVEL))

    def detached(self) -> None:
        """The host is gone: what it asked for is forgotten, the runner runs on."""
        self._send = None
        self._wanted = False
        self._queue.clear()
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def read(self, channel: str) -> bytes:
        """The value of a characteristic that can be read."""
        return bytes([self._battery_percent])

    @abstractmethod
    def _sampled(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        """The sensor took samples, at times of its clock from the first sample on, and a host wants them."""

    def _want(self, wanted: bool) -> None:
        """Whether samples are wanted from now on."""
        self._wanted = wanted
        if wanted and self._work is None:
            self._begin_work(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        zero_s = loop.time()
        count = max(1, round(CHUNK_S * self._imu.rate_hz))
        while True:
            t_us, raw = self._outing.take(count)
            await asyncio.sleep(zero_s + float(t_us[-1]) * 1e-6 - loop.time())
            if self._wanted:
                self._sampled(t_us, raw)

    def _put(self, channel: str, data: bytes) -> None:
        """Send, as soon as there is room."""
        if len(self._queue) == QUEUED_PACKETS:
            self._queue.popleft()
            self.dropped += 1
        self._queue.append((channel, data))
        self._flush()

    def _flush(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        # A host may not listen to one channel but to others, and may leave while it is sent to.
        waiting: deque[tuple[str, bytes]] = deque()
        deaf: set[str] = set()
        while self._queue and self._send is not None:
            channel, data = self._queue.popleft()
            if channel in deaf or not self._send(channel, data):
                deaf.add(channel)
                waiting.append((channel, data))
        if self._send is not None and waiting:
            self._queue.extendleft(reversed(waiting))
            self._retry = asyncio.get_running_loop().call_later(RETRY_S, self._flush)
