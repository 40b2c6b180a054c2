"""What the on-device core costs in the pod, counted by QEMU instruction by instruction."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.commands import Command, SetTarget, Start, encode_command
from firmware_bridge.frames import BadFrame, Frame, Mode, decode
from firmware_bridge.serial_framing import Splitter, pack, unpack
from hardware.firmware import bench_line
from hardware.firmware.bench_line import MOST_SAMPLES, Cost, Report, SensorSetting
from hardware.firmware.build import Firmware, build_firmware
from hardware.firmware.qemu import Line, Qemu

_SHIFT = 6
_TICKS_AN_INSTRUCTION = (1 << _SHIFT) / 40.0
"""64 ns an instruction, 40 ns a tick: so a tick is less than an instruction, and nothing is rounded away."""

_WAITS_AT_MOST_S = 300.0
"""Real time: a guard against one that hangs, not a measure."""
_UNSENT_BYTES = 4096
_UNSENT_FRAMES = 20  # half of what its memory holds


@dataclass(frozen=True, slots=True)
class Instructions:
    """Of a part of the core, a sample.

    Attributes:
        mean, most: instructions, with the few that the measuring itself takes.
        stack_bytes: the most that one call took, the caller's part of the frame included.
    """

    mean: float
    most: int
    stack_bytes: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Samples that went through the firmware.

    Attributes:
        frames: all that it sent, in order.
        line_bytes: what they took on the serial line.
        detector, core: what the detector cost, alone and with the policy.
        stack_peak_bytes: of the whole firmware.
        awake_instructions: of the whole firmware, a sample.
    """

    frames: tuple[Frame, ...]
    line_bytes: int
    detector: Instructions
    core: Instructions
    stack_peak_bytes: int
    awake_instructions: float


async def pass_through(
    t_us: NDArray[np.int64],
    raw: NDArray[np.int16],
    mode: Mode = Mode.STRIDES,
    *,
    target_spm: float | None = None,
    firmware: Firmware | None = None,
) -> Passed:
    """Pass samples through the firmware in QEMU, as fast as it takes them.

    Args:
        t_us: int64 (n,), from 0 to 2³¹.
        raw: int16 (n, 6), acceleration then rotation, in the firmware's counts.
        mode: what it shall send.
        target_spm: what its cues aim at; None for no cues.
        firmware: None to build it.

    Raises:
        FirmwareError: it cannot be built or run here.
        TimeoutError: it does not answer.
    """
    return await _Run(firmware or build_firmware()).go(t_us, raw, mode, target_spm)


class _Run:
    def __init__(self, firmware: Firmware) -> None:
        self._frames: list[Frame] = []
        self._line_bytes = 0
        self._splitters = Splitter(), Splitter()
        self._set, self._reported = asyncio.Event(), asyncio.Event()
        self._report: Report | None = None
        self._board = Qemu(
            firmware.elf,
            Line(self._heard, _nothing),
            Line(self._heard_on_bench, _nothing),
            icount_shift=_SHIFT,
        )

    async def go(
        self, t_us: NDArray[np.int64], raw: NDArray[np.int16], mode: Mode, target_spm: float | None
    ) -> Passed:
        await self._board.power_on(seed=1)
        try:
            async with asyncio.timeout(_WAITS_AT_MOST_S):
                commands: list[Command] = [Start(mode)]
                if target_spm is not None:
                    commands.insert(0, SetTarget(target_spm))
                for token, command in enumerate(commands):
                    self._board.line.write(pack(encode_command(command, token)))
                await self._set.wait()
                await self._feed(t_us.astype(np.uint32), raw, samples_come=mode is not Mode.STRIDES)
                self._board.bench.write(bench_line.ask_report())
                await self._reported.wait()
                await asyncio.sleep(0.05)  # the line may be a little behind
        finally:
            self._board.power_off()
        report = self._report
        assert report is not None
        return Passed(
            tuple(self._frames),
            self._line_bytes,
            _instructions(report.detector, report.core_samples),
            _instructions(report.core, report.core_samples),
            report.stack_peak_bytes,
            report.awake_ticks / _TICKS_AN_INSTRUCTION / max(report.samples, 1),
        )

    async def _feed(
        self, ticks_us: NDArray[np.uint32], raw: NDArray[np.int16], *, samples_come: bool
    ) -> None:
        for count, first in enumerate(range(0, len(raw), self._batch)):
            part = slice(first, first + self._batch)
            self._board.bench.write(bench_line.samples(ticks_us[part], raw[part]))
            # Not faster than it gets rid of them: it would give frames up.
            while self._board.bench.unsent_bytes > _UNSENT_BYTES or (
                samples_come and count > len(self._frames) + _UNSENT_FRAMES
            ):
                await asyncio.sleep(0.001)

    def _heard(self, data: bytes) -> None:
        self._line_bytes += len(data)
        for packet in self._splitters[0].feed(data):
            self._frames.append(_whole(packet))

    def _heard_on_bench(self, data: bytes) -> None:
        for packet in self._splitters[1].feed(data):
            frame = unpack(packet)
            assert not isinstance(frame, BadFrame)
            match bench_line.read(frame):
                case SensorSetting(_, watermark, token):
                    self._batch = min(watermark, MOST_SAMPLES)
                    self._board.bench.write(bench_line.is_set(token))
                    self._set.set()
                case Report() as report:
                    self._report = report
                    self._reported.set()


def _whole(packet: bytes) -> Frame:
    data = unpack(packet)
    frame = data if isinstance(data, BadFrame) else decode(data)
    if isinstance(frame, BadFrame):
        raise ValueError(f"the firmware sends what is no frame: {frame.reason}")
    return frame


def _instructions(cost: Cost, samples: int) -> Instructions:
    count = max(samples, 1)
    return Instructions(
        cost.ticks / _TICKS_AN_INSTRUCTION / count,
        round(cost.most_ticks / _TICKS_AN_INSTRUCTION),
        cost.stack_bytes,
    )


def _nothing() -> None:
    """The board is gone: whoever waits for it gives up."""
