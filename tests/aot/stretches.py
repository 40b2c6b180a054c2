"""Stretches of samples for the on-device core: people's, simulated, and such as no sensor should give."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cadence.sample import SampleBlock, Sensor
from hardware.firmware.core_trace import Stretch
from hardware.gait import Pace
from hardware.runner import Segment, simulate

LONGEST_STEP_US = 2_000_000_000
COACHED = (165.0, 3.0, 172.0, 0.0)
"""Settings of the policy: baseline, its speed, target, no fading."""
LEARNING = (0.0, 0.0, 0.0, 0.5)


def stretch_of(block: SampleBlock, sensor: Sensor, policy: tuple[float, ...] = COACHED) -> Stretch:
    """What a recording holds, as the core gets it."""
    steps_us = np.clip(np.diff(block.t_us, prepend=block.t_us[:1]), 0, LONGEST_STEP_US)
    settings = (sensor.acc_limit_m_s2, sensor.gyro_limit_rad_s, float(sensor.has_gyroscope))
    return Stretch(
        np.array(settings, np.float32),
        np.array(policy, np.float32),
        steps_us.astype(np.int32),
        np.ascontiguousarray(block.motion, np.float32),
    )


@lru_cache
def running(seconds: float = 60.0, *, has_gyroscope: bool = True) -> Stretch:
    """Standing, running below the target, a walk, and standing again."""
    segments = [
        Segment(4),
        Segment(seconds, Pace(cadence_spm=165, speed_m_s=3.0)),
        Segment(10, Pace(cadence_spm=110, speed_m_s=1.4)),
        Segment(4),
    ]
    run = simulate(segments)
    sensor = Sensor(
        has_gyroscope=has_gyroscope,
        acc_limit_m_s2=run.sensor.acc_limit_m_s2,
        gyro_limit_rad_s=run.sensor.gyro_limit_rad_s,
    )
    return stretch_of(run.whole(), sensor)


Spoiled = Callable[[NDArray[np.int32], NDArray[np.float32]], None]


def _saturated(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = np.sign(motion) * np.array([157, 157, 157, 40, 40, 40], np.float32)


def _denormal(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion *= np.float32(1e-41)


def _fading(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion *= np.float32(0.97) ** np.arange(len(motion), dtype=np.float32)[:, None]


def _constant(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = (3.0, -4.0, 8.5, 0.0, 0.0, 0.0)


def _zero(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = 0.0


def _not_numbers(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    chance = np.random.default_rng(1)
    for value in (np.nan, np.inf, -np.inf, 3e38, -1e20):
        motion[chance.integers(0, len(motion), 60), chance.integers(0, 6, 60)] = value


def _noise(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = np.random.default_rng(2).normal(0.0, 1.0, motion.shape) * np.float32([90, 90, 90, 20, 20, 20])


def _odd_times(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    chance = np.random.default_rng(3)
    steps_us[:] = chance.choice(
        [0, 0, 1, 7, 1000, 4999, 5000, 5001, 9615, 60_000, 60_001, 1_000_000], len(steps_us)
    )


def _half_an_hour_apart(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    steps_us[::997] = LONGEST_STEP_US - 2_000_000


def _backward(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = motion[::-1].copy()


SPOILED: dict[str, Spoiled] = {
    "saturated": _saturated,
    "denormal": _denormal,
    "fading into denormals": _fading,
    "constant": _constant,
    "zero": _zero,
    "not numbers": _not_numbers,
    "noise": _noise,
    "odd times": _odd_times,
    "half an hour apart": _half_an_hour_apart,
    "backward": _backward,
}


def adversarial(what: str) -> Stretch:
    """The run, spoiled as one of SPOILED; what is said of it is said without a gyroscope too."""
    whole = running(30.0)
    steps_us, motion = whole.steps_us.copy(), whole.motion.copy()
    SPOILED[what](steps_us, motion)
    return Stretch(whole.settings, np.array(LEARNING, np.float32), steps_us, motion)
