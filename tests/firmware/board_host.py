"""A host right at the board's two serial lines, for tests: sees every byte of the firmware."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from firmware_bridge.commands import Command, encode_command
from firmware_bridge.frames import BadFrame, Frame, Samples, decode
from firmware_bridge.serial_framing import Splitter, pack, unpack
from hardware.firmware import bench_line
from hardware.firmware.bench_line import Report, SensorSetting, Started
from hardware.firmware.build import Firmware
from hardware.firmware.qemu import Line, Qemu

T = TypeVar("T")


class BoardHost:
    """A board in QEMU, an async context manager.

    Attributes:
        packets: what came on its line between two zeros, still in COBS.
        frames: what they hold.
        settings: of the sensor; each is answered at once if `answers`.
        batches: how many of the frames hold samples.
        reports, starts: what else came on the bench's line.
    """

    def __init__(self, firmware: Firmware, seed: int = 1) -> None:
        self._seed = seed
        self._splitters = Splitter(), Splitter()
        self._news = asyncio.Event()
        self.gone = asyncio.Event()
        self.answers = True
        self.packets: list[bytes] = []
        self.frames: list[Frame | BadFrame] = []
        self.settings: list[SensorSetting] = []
        self.reports: list[Report] = []
        self.starts = self.batches = 0
        self.board = Qemu(firmware.elf, Line(self._heard, self.gone.set), Line(self._bench, self.gone.set))

    async def __aenter__(self) -> Self:
        await self.board.power_on(self._seed)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.board.power_off()

    def send(self, command: Command, token: int = 1) -> None:
        self.board.line.write(pack(encode_command(command, token)))

    def of(self, kind: type[T]) -> list[T]:
        return [frame for frame in self.frames if isinstance(frame, kind)]

    async def until(self, kind: type[T], count: int = 1) -> list[T]:
        """Wait for that many frames of a kind since the start."""
        async with asyncio.timeout(100.0):
            while len(self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return self.of(kind)

    async def until_set(self, count: int = 1) -> SensorSetting:
        async with asyncio.timeout(100.0):
            while len(self.settings) < count:
                self._news.clear()
                await self._news.wait()
        return self.settings[-1]

    async def report(self) -> Report:
        """What the firmware counted."""
        before = len(self.reports)
        self.board.bench.write(bench_line.ask_report())
        async with asyncio.timeout(100.0):
            while len(self.reports) == before:
                self._news.clear()
                await self._news.wait()
        return self.reports[-1]

    def give(self, ticks_us: Any, raw: Any) -> None:
        """A batch out of the sensor's FIFO."""
        self.board.bench.write(bench_line.samples(np.asarray(ticks_us, np.uint32), np.asarray(raw, np.int16)))

    @property
    def raw(self) -> Any:
        """All samples that came."""
        return np.concatenate([frame.raw for frame in self.of(Samples)])

    def _heard(self, data: bytes) -> None:
        for packet in self._splitters[0].feed(data):
            frame = unpack(packet)
            self.packets.append(packet)
            self.frames.append(frame if isinstance(frame, BadFrame) else decode(frame))
            self.batches += isinstance(self.frames[-1], Samples)
        self._news.set()

    def _bench(self, data: bytes) -> None:
        for packet in self._splitters[1].feed(data):
            frame = unpack(packet)
            if isinstance(frame, BadFrame):
                continue
            match bench_line.read(frame):
                case SensorSetting() as setting:
                    self.settings.append(setting)
                    if self.answers:
                        self.board.bench.write(bench_line.is_set(setting.token))
                case Report() as report:
                    self.reports.append(report)
                case Started():
                    self.starts += 1
        self._news.set()
