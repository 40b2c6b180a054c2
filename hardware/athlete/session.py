"""An athlete recorded: samples of the pod on the working foot, and every repetition that was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.rep import REP
from cadence.sample import SampleBlock, Sensor
from cadence.stride import Side
from hardware.athlete.exercise import Exercise
from hardware.imu import Imu
from hardware.runner import Recorder, Runner, Segment, follow


@dataclass(frozen=True)
class Session:
    """A recording of a simulated athlete with its truth.

    Attributes:
        block: all samples.
        reps: REP records, times on the clock of the recording.
        sets: to which set each belongs, from 0, shape (n,).
        meant_lowering_s: how long each way down lasts to its very ends, shape (n,).
        sensor: as of a `SampleSource`.
    """

    block: SampleBlock
    reps: NDArray[np.void]
    sets: NDArray[np.int64]
    meant_lowering_s: NDArray[np.float64]
    sensor: Sensor


def record(
    segments: Sequence[Segment], *, imu: Recorder | None = None, side: Side = Side.RIGHT, seed: int = 1
) -> Session:
    """Record an athlete who goes through segments, from the first sample on.

    Args:
        segments: what is done; sets are `Exercise` movements.
        imu: the sensor, fresh; by default an LSM6DS3TR-C at 208 Hz on the instep, of the same seed.
        side: the foot that carries it.
        seed: of the variability of steps and standing.
    """
    recorder = imu if imu is not None else Imu(seed=seed)
    runner = Runner(seed=seed, side=side, mounting=recorder.mounting)
    done: list[tuple[float, Exercise]] = []
    for segment in segments:
        begin_s = runner.t_s
        for part, _ in follow(runner, [segment]):
            begin_s = part.t_start_s
        if isinstance(segment.movement, Exercise):
            done.append((begin_s, segment.movement))
    block = recorder.block(runner.motion, runner.t_s)
    reps = np.concatenate(
        [np.zeros(0, REP), *(_moved(exercise.truth, begin_s) for begin_s, exercise in done)]
    )
    for name in ("t_start_s", "t_top_s", "t_end_s"):
        reps[name] = recorder.recording_time_s(reps[name])
    sets = np.repeat(np.arange(len(done)), [exercise.reps for _, exercise in done])
    meant_s = np.concatenate([np.zeros(0), *(exercise.meant_lowering_s for _, exercise in done)])
    return Session(block, reps, sets, meant_s, recorder.sensor)


def _moved(reps: NDArray[np.void], by_s: float) -> NDArray[np.void]:
    for name in ("t_start_s", "t_top_s", "t_end_s"):
        reps[name] += by_s
    return reps
