"""The simulated open pod: does what the firmware of the pod does, on a simulated runner's shoe.

Its outing begins with the first START, or, for a host that only wants the ready-made cadence, some time
after the first host came. From then on the runner runs, whether the pod streams or not. That instant is
the zero of the fault plan, and of the truth's times.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, Side
from firmware_bridge.commands import Command, Info, SetRate, Start, Stop, decode_command
from firmware_bridge.frames import (
    HEADER,
    Ack,
    BadFrame,
    BadReason,
    BatteryFrame,
    Frame,
    Hello,
    Mode,
    Samples,
    Status,
    encode,
    is_sealed,
    samples_that_fit,
)
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, WRITE_CHANNEL
from firmware_bridge.pods.standard_gatt import BATTERY_LEVEL
from hardware import pod_services
from hardware.device import Device
from hardware.faults.frame_faults import FrameFaults
from hardware.faults.plan import FaultPlan, Injected
from hardware.faults.timeline import FaultTimeline
from hardware.frame_buffer import FrameBuffer
from hardware.imu import LSM6DS3TR_C, Imu
from hardware.listener import Listener
from hardware.lost_samples import Span
from hardware.other_foot import Wearer
from hardware.outing import Outing, Truth
from hardware.peripheral import Medium, Send
from hardware.pod_clock import PodClock, as_tick
from hardware.pod_services import RscCadence
from hardware.pod_strides import PodStrides
from hardware.runner import Body, Segment

RATES_HZ = tuple(rate_hz for rate_hz in LSM6DS3TR_C.rates_hz if 52.0 <= rate_hz <= 833.0)
"""What RATE can choose: of the chip's rates those that a detector can use and a radio can carry."""

LONGEST_FRAME_S = 0.05
"""No frame holds more samples than this: it bounds the delay. Our choice."""

UNASKED_S = 3.0
"""A host that has not asked for samples by then wants the ready-made cadence alone. Our choice."""

BATTERY_EVERY_S = 10
FIRMWARE = (1, 0, 0)
MODEL, MANUFACTURER = "CadPod sim", "Cadence Coach"


class SimulatedPod(Device):
    """A pod on one shoe of a simulated runner.

    Attributes:
        injected: what befell it so far.
        boots: its boot ids, the newest last.
        commands: all commands it took, for tests.
        mode: what it streams; None while it does not.
    """

    name = "CadPod"
    services = pod_services.SERVICES
    serial_notify_channel = NOTIFY_CHANNEL
    serial_write_channel = WRITE_CHANNEL

    def __init__(
        self,
        medium: Medium,
        segments: Sequence[Segment],
        *,
        rate_hz: float = 208.0,
        side: Side = Side.RIGHT,
        seed: int = 1,
        faults: FaultPlan | None = None,
        first_tick_us: int = 0,
        battery_percent: int = 90,
        rsc_cadence: RscCadence = RscCadence.STEPS,
        listener: Listener | None = None,
        body: Body | None = None,
        wearer: Wearer | None = None,
        is_other: bool = False,
    ) -> None:
        """
        Args:
            medium: the way to the host.
            segments: what the runner does, over and over.
            rate_hz: samples a second, as long as no RATE asks for another.
            side: the foot that carries the pod.
            seed: of runner, sensor, faults and boot ids.
            faults: what shall befall it.
            first_tick_us: what its clock shows at its first start.
            battery_percent: charge, until a fault changes it.
            rsc_cadence: what its running speed and cadence service counts.
            listener: how the runner answers to what is heard, fresh; None for one who hears nothing.
            body: what this foot of the runner is like.
            wearer: who wears it, where they wear two; None for a runner with this pod alone.
            is_other: whether it is on the foot that follows the other.

        Raises ValueError for a rate that it does not have.
        """
        super().__init__(medium)
        self._segments, self._side, self._seed = segments, side, seed
        self._plan = faults if faults is not None else FaultPlan()
        self._first_tick_us, self._battery_percent = first_tick_us, battery_percent
        self._rsc_cadence, self._listener = rsc_cadence, listener
        self._body, self._is_other = body, is_other
        self._wearer = Wearer(seed) if wearer is None else wearer
        self._random = Random(seed)
        self._set_rate(rate_hz)
        self._clock = PodClock(self._plan, self._imu.clock_error)
        self.injected = Injected()
        self.boots: list[int] = []
        self.commands: list[Command] = []
        self.mode: Mode | None = None
        self._buffer = FrameBuffer(FrameFaults(self._plan, seed, self.injected), self.injected, self._pod_s)
        self._outing: Outing | None = None
        self._strides: PodStrides | None = None
        self._send: Send | None = None
        self._unasked: asyncio.TimerHandle | None = None
        self._powered = self._cut_off = False
        self._sequence = 0
        self._zero_s = self._streaming_since_s = 0.0

    async def start(self) -> None:
        """Switch it on."""
        self.power_on()
        await super().start()

    @property
    def truth(self) -> Truth:
        """What the runner did so far, on the pod's clock from the first sample of the outing on."""
        if self._outing is None:
            return Truth(np.zeros(0, STRIDE), ())
        return self._outing.truth.put_forward(self._plan.clock_fast_s)

    @property
    def begins_s(self) -> float:
        """When the first sample of the outing was taken, in s since the runner set out; 0 before."""
        return 0.0 if self._outing is None else self._outing.begins_s

    @property
    def missing(self) -> list[Span]:
        """When samples that the host wanted were kept from it, on the clock of the truth: from the first
        to the last one lost, losses less than `JOINED_S` apart joined.

        It knows of frames dropped, damaged or given up by the pod, and of the time from a restart to the
        next START. What a radio or a line had on its way when it was cut, it does not know of.
        """
        return self._buffer.lost.joined()

    # What the host does.

    def attached(self, send: Send) -> None:
        """A host is connected."""
        self._send = send
        self._buffer.attach(lambda frame: send(NOTIFY_CHANNEL, frame))
        if self._outing is None:
            self._unasked = asyncio.get_running_loop().call_later(UNASKED_S, self._begin)

    def detached(self) -> None:
        """The host is gone. The pod goes on with what it does."""
        self._send = None
        self._buffer.detach()
        if self._unasked is not None:
            self._unasked.cancel()

    def written(self, channel: str, data: bytes) -> None:
        """The host wrote: commands over the UART service, each is acknowledged."""
        if channel != WRITE_CHANNEL or not self._powered:
            return
        decoded = decode_command(data)
        if not isinstance(decoded, BadFrame):
            command, token = decoded
            self.commands.append(command)
            kind = data[1]
            status = self._obey(command)
            self._put(Ack(*self._stamp(), token, kind, status))
            if status is Status.DONE and isinstance(command, Start | Info):
                self._say_hello()
        elif decoded.reason in (BadReason.TYPE, BadReason.VALUE) and is_sealed(data):
            _, kind, _, token = HEADER.unpack_from(data)
            unknown = decoded.reason is BadReason.TYPE
            status = Status.UNKNOWN_COMMAND if unknown else Status.BAD_VALUE
            self._put(Ack(*self._stamp(), token, kind, status))

    def read(self, channel: str) -> bytes:
        """The value of a characteristic that can be read."""
        values = {
            pod_services.RSC_FEATURE: pod_services.RSC_FEATURES,
            BATTERY_LEVEL: bytes([self._battery_percent]),
            pod_services.MANUFACTURER_NAME: MANUFACTURER.encode(),
            pod_services.MODEL_NUMBER: MODEL.encode(),
            pod_services.FIRMWARE_REVISION: ".".join(map(str, FIRMWARE)).encode(),
        }
        return values[channel]

    def _obey(self, command: Command) -> Status:
        match command:
            case Start(mode):
                self._begin()
                if self.mode is None:
                    self._streaming_since_s = self._now_s()
                self.mode, self._cut_off = mode, False
            case Stop():
                self.mode, self._cut_off = None, False
            case SetRate(rate_hz):
                chosen_hz = min((rate for rate in RATES_HZ if rate >= rate_hz), default=RATES_HZ[-1])
                if chosen_hz != self._imu.rate_hz:
                    # The sensor of a simulated runner is set before the run.
                    if self._outing is not None:
                        return Status.BAD_VALUE
                    self._set_rate(chosen_hz)
            case _:
                pass  # target, tick and time of day: taken, and nothing that a host could see comes of it
        return Status.DONE

    # What befalls the pod.

    def power_off(self) -> None:
        """What it kept in memory is gone."""
        self._cut_off |= self.mode is not None
        self._powered, self.mode, self._strides = False, None, None
        self._buffer.clear()

    def power_on(self) -> None:
        """It starts anew and says hello."""
        first = not self.boots
        self._powered, self._sequence = True, 0
        self.boots.append(self._random.getrandbits(32))
        self._clock.boot(self._now_s(), self._first_tick_us if first else 0)
        self._say_hello()

    def set_battery(self, percent: int) -> None:
        """Its charge is another from now on."""
        self._battery_percent = percent
        self._tell_battery()

    # What the pod does by itself.

    def _set_rate(self, rate_hz: float) -> None:
        if rate_hz not in RATES_HZ:
            choice = ", ".join(f"{rate:g}" for rate in RATES_HZ)
            raise ValueError(f"the pod cannot take {rate_hz:g} samples a second: choose one of {choice}")
        # The same seed: the same chip and the same crystal.
        self._imu = Imu(rate_hz=rate_hz, seed=self._seed)

    def _begin(self) -> None:
        """The first sample is taken now."""
        if self._outing is not None:
            return
        self._outing = Outing(
            self._segments,
            imu=self._imu,
            side=self._side,
            body=self._body,
            seed=self._seed,
            listener=self._listener,
            beside=self._wearer.seed if self._is_other else None,
        )
        # Who wears two pods may be out already: what this one did not measure is passed over.
        begins_s = self._outing.begins_s  # first, since it takes its time to make the motion
        self._zero_s = self._wearer.sets_out_s(self._now_s()) + begins_s
        self._clock.begin(self._zero_s)
        self._begin_work(self._be_out(self._outing))

    async def _be_out(self, outing: Outing) -> None:
        timeline = FaultTimeline(self._plan, self, self._medium, self.injected)
        async with asyncio.TaskGroup() as group:
            for work in (self._sample(outing), self._tell_often(outing), timeline.play()):
                group.create_task(work)

    async def _sample(self, outing: Outing) -> None:
        while True:
            t_us, raw = outing.take(self._samples_a_frame())
            await asyncio.sleep(max(0.0, self._clock.due_s(int(t_us[-1])) - self._now_s()))
            if self.mode is not None and self._clock.due_s(int(t_us[0])) >= self._streaming_since_s:
                self._taken(t_us, raw)
            elif self._cut_off:
                self._buffer.lost.add(self._span(t_us))

    def _samples_a_frame(self) -> int:
        at_once = int(LONGEST_FRAME_S * self._imu.rate_hz)
        return max(1, min(at_once, samples_that_fit(self._medium.payload_bytes)))

    def _taken(self, stamp_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        t_us = self._clock.taken_us(stamp_us)
        if self.mode in (Mode.RAW, Mode.BOTH):
            steps = len(t_us) - 1
            between_us = (t_us[-1] - t_us[0]) / steps if steps else 1e6 / self._imu.rate_hz
            period_ns = round(float(between_us) * 1000.0)
            samples = Samples(*self._stamp(), as_tick(t_us[0]), period_ns, raw)
            self._buffer.put(encode(samples), self._span(stamp_us))
        if self.mode in (Mode.STRIDES, Mode.BOTH):
            if self._strides is None:
                self._strides = PodStrides(self._imu, self._side)
            for stride in self._strides.find(t_us, raw):
                self._put(self._strides.frame(*self._stamp(), stride))

    async def _tell_often(self, outing: Outing) -> None:
        seconds = 0
        while True:
            seconds += 1
            await asyncio.sleep(self._zero_s + seconds - self._now_s())
            if self._send is not None:
                stride = outing.stride_at(seconds)
                measurement = pod_services.rsc_measurement(stride, seconds, self._rsc_cadence)
                self._send(pod_services.RSC_MEASUREMENT, measurement)
            if seconds % BATTERY_EVERY_S == 0:
                self._tell_battery()

    def _tell_battery(self) -> None:
        if self.mode is not None:
            tick_us = self._clock.tick_us(self._now_s())
            self._put(BatteryFrame(*self._stamp(), tick_us, self._battery_percent))
        if self._send is not None:
            self._send(BATTERY_LEVEL, struct.pack("<B", self._battery_percent))

    def _say_hello(self) -> None:
        imu = self._imu
        self._put(
            Hello(
                *self._stamp(),
                tick_us=self._clock.tick_us(self._now_s()),
                rate_hz=imu.rate_hz,
                acc_scale=float(imu.acc_scale_m_s2_per_count),
                gyro_scale=float(imu.gyro_scale_rad_s_per_count),
                acc_range_g=16,
                gyro_range_dps=2000,
                has_gyroscope=True,
                streaming=self.mode is not None,
                mode=self.mode if self.mode is not None else Mode.RAW,
                battery_percent=self._battery_percent,
                side=self._side,
                firmware=FIRMWARE,
                core=0,
                model=MODEL,
            )
        )

    def _stamp(self) -> tuple[int, int]:
        """Boot id and the sequence number of the next frame."""
        sequence = self._sequence
        self._sequence = (sequence + 1) % (1 << 32)
        return self.boots[-1], sequence

    def _span(self, stamp_us: NDArray[np.int64]) -> Span:
        """Of some samples, on the clock of the truth."""
        ends_s = np.asarray(stamp_us[[0, -1]] * 1e-6, np.float64)
        start_s, end_s = ends_s + self._plan.clock_fast_s(ends_s)
        return float(start_s), float(end_s)

    def _put(self, frame: Frame) -> None:
        self._buffer.put(encode(frame))

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    def _pod_s(self) -> float:
        """Seconds since the outing began, less than 0 before it did."""
        return -1.0 if self._outing is None else self._now_s() - self._zero_s
