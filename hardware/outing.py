"""The endless outing of a simulated runner: raw samples, made little by little as a pod needs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, Side
from hardware.imu import Imu
from hardware.listener import Listener
from hardware.other_foot import beside as go_beside
from hardware.runner import Body, Runner, Segment, TrueSegment, follow

Floats = NDArray[np.float64]

CHUNK_S = 0.5
"""Motion made at a time. It costs 1.5 ms on one core of a 2020s server, so a loop that makes it between
two frames is never late by more than a fraction of one. Our choice."""

INSTANTS = ("t_toe_off_s", "t_contact_s", "t_mid_stance_s")
"""Of a STRIDE record, those that are on a clock."""

KEPT_S = 1.0
"""Of the motion that has been measured: more than the filter of any sensor looks back."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the runner really did, as far as it was measured, on the clock of the samples.

    Attributes:
        strides: STRIDE records.
        segments: what was done when, by the pace planned; neighbours of one pace are joined.
    """

    strides: NDArray[np.void]
    segments: tuple[TrueSegment, ...]

    def put_forward(self, by_s: Callable[[Floats], Floats]) -> Truth:
        """The same on a clock that is ahead by `by_s`, which depends on the instant; any shape."""
        strides = self.strides.copy()
        for name in INSTANTS:
            strides[name] += by_s(strides[name])
        edges_s = np.array([[part.t_start_s, part.t_end_s] for part in self.segments]).reshape(-1, 2)
        edges_s += by_s(edges_s)
        parts = zip(self.segments, edges_s, strict=True)
        return Truth(
            strides,
            tuple(replace(part, t_start_s=float(begin), t_end_s=float(end)) for part, (begin, end) in parts),
        )


class Outing:
    """A runner who goes through segments over and over, and the sensor on the shoe.

    Of a runner who hears nothing the samples are those of `runner.simulate` with the same segments, seed,
    side and body, bit for bit.
    Only the last second of motion is kept; of the truth a stride takes some 80 bytes.

    Attributes:
        imu: the sensor.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        *,
        imu: Imu | None = None,
        side: Side = Side.RIGHT,
        body: Body | None = None,
        seed: int = 1,
        listener: Listener | None = None,
        beside: int | None = None,
    ) -> None:
        """
        Args:
            segments: what the runner does; begun again when they are over.
            imu: the sensor, fresh; by default an LSM6DS3TR-C at 208 Hz on the instep, of the same seed.
            side: the foot that carries it.
            body: what this runner is like.
            seed: of the runner's variability; of this foot's alone where it is the other one.
            listener: how this runner answers to what is heard, fresh; None for one who hears nothing. An
                answer begins some chunks after what is heard, 0.5 to 1.5 s: a person needs no less.
            beside: seed of the runner whose other foot this is, one who hears nothing; None for a runner with
                one sensor.

        Raises ValueError when the segments hold no time at all.
        """
        if not sum(segment.duration_s for segment in segments) > 0.0:
            raise ValueError("an outing needs at least one segment that lasts some time")
        self.imu = imu if imu is not None else Imu(seed=seed)
        self._runner = Runner(seed=seed, side=side, mounting=self.imu.mounting, body=body)
        if beside is None:
            self._parts = follow(self._runner, cycle(segments), listener)
        else:
            self._parts = go_beside(self._runner, Runner(seed=beside), cycle(segments))
        self._measured_s = self._runner.t_s
        self._t_us = np.zeros(0, np.int64)
        self._raw = np.zeros((0, 6), np.int16)
        self._open: list[np.void] = []
        self._closed = bytearray()
        self._done: list[TrueSegment] = []

    def take(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
        """The next samples.

        Returns:
            t_us: int64 (count,), the pod's clock, 0 at the first sample ever.
            raw: int16 (count, 6), acceleration then rotation, in counts.
        """
        while len(self._t_us) < count:
            self._go_on()
        t_us, self._t_us = np.split(self._t_us, [count])
        raw, self._raw = np.split(self._raw, [count])
        return t_us, raw

    @property
    def begins_s(self) -> float:
        """When the first sample is taken, in s of the runner: 0, but for the other foot, which sets out in
        the middle of a stride."""
        while not self._done:
            self._go_on()
        return self._done[0].t_start_s

    @property
    def truth(self) -> Truth:
        """What the runner did so far, up to a chunk ahead of the samples that were taken."""
        if not self._done:
            return Truth(_records(self._closed), ())
        edges = self.imu.recording_time_s(
            np.array([[part.t_start_s, min(part.t_end_s, self._measured_s)] for part in self._done])
        )
        parts = zip(edges, self._done, strict=True)
        segments = (TrueSegment(float(begin), float(end), part.pace) for (begin, end), part in parts)
        return Truth(
            _records(self._closed), tuple(part for part in segments if part.t_start_s < part.t_end_s)
        )

    def stride_at(self, t_s: float) -> np.void | None:
        """The stride closed last before an instant on the samples' clock; None when there is none among
        the last few. The instant must not be far from the samples taken last."""
        lately = _records(self._closed[-8 * STRIDE.itemsize :])
        lately = lately[lately["t_mid_stance_s"] <= t_s]
        if not len(lately):
            return None
        last: np.void = lately[-1]
        return last

    def _go_on(self) -> None:
        until_s = self._measured_s + CHUNK_S
        while self._runner.t_s < until_s:
            part, truth = next(self._parts)
            self._open += truth
            if self._done and self._done[-1].pace == part.pace:
                part = replace(part, t_start_s=self._done.pop().t_start_s)
            self._done.append(part)
        t_us, raw = self.imu.measure(self._runner.motion, until_s)
        self._measured_s = until_s
        self._runner.motion.forget_before(until_s - KEPT_S)
        self._t_us = np.concatenate([self._t_us, t_us])
        self._raw = np.concatenate([self._raw, raw])
        self._close_strides(t_us, raw)

    def _close_strides(self, t_us: NDArray[np.int64], raw: NDArray[np.int16]) -> None:
        """Keep the truth of the strides that were measured to their end."""
        limit = np.iinfo(np.int16).max
        clipped_s = t_us[((raw >= limit) | (raw <= -limit)).any(axis=1)] * 1e-6
        still_open = []
        begin_s = _end_s(self._closed)
        for stride in self._open:
            record = stride.copy()
            for name in INSTANTS:
                record[name] = self.imu.recording_time_s(record[name])
            end_s = float(record["t_mid_stance_s"])
            touched = bool(((clipped_s > begin_s) & (clipped_s <= end_s)).any())
            stride["clipped"] = record["clipped"] = stride["clipped"] or touched
            begin_s = end_s
            if len(t_us) and end_s <= t_us[-1] * 1e-6:
                self._closed += record.tobytes()
            else:
                still_open.append(stride)
        self._open = still_open


def _records(data: bytes | bytearray) -> NDArray[np.void]:
    return np.frombuffer(bytes(data), STRIDE)


def _end_s(data: bytearray) -> float:
    """The end of the last of some records."""
    return float(_records(data[-STRIDE.itemsize :])["t_mid_stance_s"][-1]) if data else -np.inf
