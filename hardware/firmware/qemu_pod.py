"""The pod in QEMU: the real firmware on a simulated board, on the shoe of a simulated runner.

The firmware does all that a pod does. Here is what surrounds it: the sensor's FIFO, filled with the
runner's samples at their time; the battery; power; and the relay from its UART to the host's line, which
is where faults of frames are done. As of the other simulated pods, the outing begins with the first START.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, Side
from firmware_bridge.frames import HEADER, BadFrame
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, WRITE_CHANNEL
from firmware_bridge.serial_framing import Splitter, pack, unpack
from hardware.device import Device
from hardware.faults.frame_faults import FrameFaults
from hardware.faults.plan import FaultPlan, Injected
from hardware.faults.timeline import FirmwareTimeline
from hardware.firmware import bench_line
from hardware.firmware.bench_line import Report, SensorSetting, Started
from hardware.firmware.build import FirmwareError, build_firmware
from hardware.firmware.qemu import Line, Qemu, check_qemu
from hardware.frame_buffer import TRY_AGAIN_S
from hardware.imu import Imu
from hardware.listener import Listener
from hardware.outing import Outing, Truth
from hardware.peripheral import Medium, Send
from hardware.pod_clock import PodClock
from hardware.runner import Segment

REPORT_EVERY_S = 1.0
"""How often the firmware is asked what it counted. Our choice."""

FIFO_BYTES = 4096
"""Of the sensor (ST data sheet, LSM6DS3TR-C). Batches beyond it are lost."""


class SampleSource(Protocol):
    """Samples for the sensor's FIFO, as an `Outing` gives them."""

    def take(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        """The next samples: t_us int64 (n,), 0 at the first ever; raw int16 (n, 6). Fewer than `count` at
        the end, and then none."""
        ...


class RecordedSamples:
    """A recording's raw samples as a `SampleSource`."""

    def __init__(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        """
        Args:
            t_us: int64 (n,), ascending.
            raw: int16 (n, 6), acceleration then rotation, in the firmware's counts.
        """
        self._t_us, self._raw, self._taken = t_us - t_us[:1], raw, 0

    def take(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        part = slice(self._taken, self._taken + count)
        self._taken += count
        return self._t_us[part], self._raw[part]


class FirmwarePod(Device):
    """A pod in QEMU.

    Attributes:
        injected: what befell it so far.
        boots: its boot ids as they came, the newest last.
        report: what the firmware counted last; None before the first outing.
        overrun_samples: lost because the firmware did not empty the FIFO in time.
        cut_off_packets: packets of the firmware that a reset cut off in the middle.
        line_bytes: what the firmware has sent on its line.
    """

    name = "CadPod"
    services = ()
    serial_notify_channel = NOTIFY_CHANNEL
    serial_write_channel = WRITE_CHANNEL

    def __init__(
        self,
        medium: Medium,
        segments: Sequence[Segment],
        *,
        side: Side = Side.RIGHT,
        seed: int = 1,
        faults: FaultPlan | None = None,
        listener: Listener | None = None,
        recording: SampleSource | None = None,
    ) -> None:
        """
        Args:
            medium: the way to the host.
            segments: what the runner does, over and over.
            side: the foot that carries the pod.
            seed: of runner, sensor, faults and boot ids.
            faults: what shall befall it.
            listener: how the runner answers to what is heard, fresh; None for one who hears nothing.
            recording: samples to take in place of the runner's.

        Raises FirmwareError where there is no QEMU, or the firmware cannot be built.
        """
        super().__init__(medium)
        check_qemu()
        self._plan = faults if faults is not None else FaultPlan()
        self._segments, self._side, self._seed = segments, side, seed
        self._listener, self._recording = listener, recording
        self._random = Random(seed)
        self.injected = Injected()
        self.boots: list[int] = []
        self.report: Report | None = None
        self.overrun_samples = self.cut_off_packets = self.line_bytes = 0
        self._faults = FrameFaults(self._plan, seed, self.injected)
        self._outing: Outing | None = None
        self._source: SampleSource | None = None
        # The same seed: the same chip and the same crystal, at every rate.
        error = Imu(seed=seed).clock_error if recording is None else 0.0
        self._clock = PodClock(self._plan, error)
        self._setting = SensorSetting(0.0, 1, 0)
        self._begun = asyncio.Event()
        self._switched = asyncio.Event()
        self._gone = asyncio.Event()
        self._powered = False
        self._zero_s = 0.0
        self._given_up_before = 0
        self._send: Send | None = None
        self._waiting: deque[bytes] = deque()  # packets of the firmware, in COBS
        self._befallen: deque[bytes] = deque()  # frames at the door of the host's line
        self._again: asyncio.TimerHandle | None = None
        self._splitter, self._bench_splitter = Splitter(), Splitter()
        self._board: Qemu | None = None

    async def start(self) -> None:
        """Switch it on. Raises FirmwareError where it does not start."""
        firmware = await asyncio.get_running_loop().run_in_executor(None, build_firmware)
        self._board = Qemu(
            firmware.elf, Line(self._heard, self._gone.set), Line(self._heard_on_bench, self._gone.set)
        )
        self._powered = True
        await self._boot()
        await super().start()
        self._begin_work(self._live())

    async def stop(self) -> None:
        """Switch it off for good. Raises what ended its work, if anything did."""
        try:
            await super().stop()
        finally:
            if self._board is not None:
                self._board.power_off()

    @property
    def truth(self) -> Truth:
        """What the runner did so far, on the pod's clock from the first sample of the outing on."""
        if self._outing is None:
            return Truth(np.zeros(0, STRIDE), ())
        return self._outing.truth.put_forward(self._plan.clock_fast_s)

    @property
    def pid(self) -> int | None:
        """Of the process that the board is; None while it is off."""
        return None if self._board is None else self._board.pid

    # What the host does.

    def attached(self, send: Send) -> None:
        """A host is connected."""
        self._send = send
        self._hand_on()

    def detached(self) -> None:
        """The host is gone. The firmware goes on, and keeps what its memory holds."""
        self._send = None
        if self._again is not None:
            self._again.cancel()

    def written(self, channel: str, data: bytes) -> None:
        """The host wrote."""
        if channel == WRITE_CHANNEL and self._board is not None:
            self._board.line.write(pack(data))

    def read(self, channel: str) -> bytes:
        """There are no characteristics: its way is a serial line."""
        raise KeyError(channel)

    # What befalls the pod.

    def power_off(self) -> None:
        """No power: what it kept in memory is gone."""
        self._powered = False
        self._waiting.clear()
        self._befallen.clear()
        self._setting = SensorSetting(0.0, 1, 0)
        if self._board is not None:
            self._board.power_off()

    def power_on(self) -> None:
        """It starts anew, within some tenths of a second."""
        self._powered = True
        self._switched.set()

    def set_battery(self, percent: int) -> None:
        """Its charge is another from now on, and it has a gauge that says so."""
        if self._board is not None:
            self._board.bench.write(bench_line.battery(percent))

    def hang(self) -> None:
        """Its firmware stands still, until the watchdog resets it."""
        if self._board is not None:
            self._board.bench.write(bench_line.hang())

    # What the pod does by itself.

    async def _live(self) -> None:
        async with asyncio.TaskGroup() as group:
            for work in (self._keep_on(), self._be_out(), self._watch()):
                group.create_task(work)

    async def _keep_on(self) -> None:
        while True:
            await self._switched.wait()
            self._switched.clear()
            if self._powered:
                await self._boot()

    async def _boot(self) -> None:
        assert self._board is not None
        self._splitter, self._bench_splitter = Splitter(), Splitter()
        await self._board.power_on(self._random.getrandbits(32))
        # Switched off meanwhile, there is nothing to listen to.
        self._board.line.listen(self._send is not None)

    async def _watch(self) -> None:
        await self._gone.wait()
        raise FirmwareError("qemu-system-arm has ended by itself")

    async def _be_out(self) -> None:
        await self._begun.wait()
        timeline = FirmwareTimeline(self._plan, self, self._medium, self.injected)
        async with asyncio.TaskGroup() as group:
            for work in (self._sample(), self._ask_often(), timeline.play()):
                group.create_task(work)

    def _begin(self, rate_hz: float) -> None:
        """The sensor is set for the first time: the first sample is taken now. As of the other simulated pods
        this rate stays."""
        self._zero_s = self._now_s()
        self._clock.begin(self._zero_s)
        if self._recording is not None:
            self._source = self._recording
        else:
            imu = Imu(rate_hz=rate_hz, seed=self._seed)
            self._outing = self._source = Outing(
                self._segments, imu=imu, side=self._side, seed=self._seed, listener=self._listener
            )
        self._begun.set()

    async def _sample(self) -> None:
        assert self._source is not None
        while True:
            t_us, raw = self._source.take(self._setting.watermark)
            if not len(t_us):
                return  # the recording is over
            await asyncio.sleep(max(0.0, self._clock.due_s(int(t_us[-1])) - self._now_s()))
            if self._setting.rate_hz > 0.0:
                self._fill_fifo(t_us, raw)

    def _fill_fifo(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        assert self._board is not None
        if self._board.bench.unsent_bytes > FIFO_BYTES:
            self.overrun_samples += len(t_us)
            return
        ticks_us = (self._clock.taken_us(t_us) % (1 << 32)).astype(np.uint32)
        self._board.bench.write(bench_line.samples(ticks_us, raw))

    async def _ask_often(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            if self._board is not None:
                self._board.bench.write(bench_line.ask_report())

    def _heard_on_bench(self, data: bytes) -> None:
        for packet in self._bench_splitter.feed(data):
            frame = unpack(packet)
            if isinstance(frame, BadFrame):
                continue  # a reset has cut it off
            match bench_line.read(frame):
                case SensorSetting() as setting:
                    self._set_sensor(setting)
                case Report() as report:
                    self.report = report
                    self.injected.given_up = self._given_up_before + report.given_up
                case Started():
                    self._started()

    def _started(self) -> None:
        """The firmware has begun anew; the sensor is off."""
        self._setting = SensorSetting(0.0, 1, 0)
        self._given_up_before = self.injected.given_up
        self._clock.boot(self._now_s(), 0)

    def _set_sensor(self, setting: SensorSetting) -> None:
        assert self._board is not None
        self._setting = setting
        if setting.rate_hz > 0.0 and not self._begun.is_set():
            self._begin(setting.rate_hz)
        self._board.bench.write(bench_line.is_set(setting.token))

    # The relay from the firmware's line to the host's.

    def _heard(self, data: bytes) -> None:
        self.line_bytes += len(data)
        self._waiting.extend(self._splitter.feed(data))
        self._hand_on()

    def _hand_on(self) -> None:
        """Hand on what the host's line takes. While it takes nothing the firmware's line is not read."""
        while self._send is not None and (self._waiting or self._befallen):
            if not self._befallen:
                self._befallen.extend(self._befall(self._waiting.popleft()))
                continue
            if not self._send(NOTIFY_CHANNEL, self._befallen[0]):
                self._try_again()
                break
            self._befallen.popleft()
        if self._board is not None:
            self._board.line.listen(self._send is not None and not self._waiting and not self._befallen)

    def _befall(self, packet: bytes) -> tuple[bytes, ...]:
        frame = unpack(packet)
        if isinstance(frame, BadFrame) or len(frame) < HEADER.size:
            self.cut_off_packets += 1  # a serial line's host throws it away as well
            return ()
        _, _, boot, _ = HEADER.unpack_from(frame)
        if not self.boots or self.boots[-1] != boot:
            self.boots.append(boot)
        return self._faults.befall(frame, self._pod_s())

    def _try_again(self) -> None:
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(TRY_AGAIN_S, self._hand_on)

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    def _pod_s(self) -> float:
        """Seconds since the outing began, less than 0 before it did."""
        return self._now_s() - self._zero_s if self._begun.is_set() else -1.0
