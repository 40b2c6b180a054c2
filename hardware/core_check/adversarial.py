"""Stretches such as no sensor should give: a simulated run, spoiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hardware.core_check.simulated import running
from hardware.core_check.taken import LEARNING, LONGEST_STEP_US, stretch_of
from hardware.core_check.trace import Stretch
from hardware.imu import Imu
from hardware.runner import simulate
from hardware.scenarios import scenario

HOURS_LONG_S = 3.1 * 3600.0
HOURS_LONG_RATE_HZ = 52.0

Spoiled = Callable[[NDArray[np.int32], NDArray[np.float32]], None]
"""Changes steps, int32 (n,), and motion, float32 (n, 6), where they are."""


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
    for value in (np.nan, -np.nan, np.inf, -np.inf, 3e38, -1e20):
        motion[chance.integers(0, len(motion), 60), chance.integers(0, 6, 60)] = value


def _nothing_but_nan(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = np.nan


def _at_the_edge_of_belief(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    """As large as the detector lets in, so that squares and sums of them grow as large as they can."""
    motion[:] = np.sign(motion) * np.array([1800, 1800, 1800, 180, 180, 180], np.float32)


def _noise(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = np.random.default_rng(2).normal(0.0, [90, 90, 90, 20, 20, 20], motion.shape)


def _odd_steps(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    steps = [0, 0, 1, 7, 1000, 4999, 5000, 5001, 9615, 60_000, 60_001, 1_000_000]
    steps_us[:] = np.random.default_rng(3).choice(steps, len(steps_us))


def _steps_of_zero(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    steps_us[:] = 0


def _steps_of_a_second(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    steps_us[:] = 1_000_000


def _huge_steps(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    steps_us[::997] = LONGEST_STEP_US


def _backward(steps_us: NDArray[np.int32], motion: NDArray[np.float32]) -> None:
    motion[:] = motion[::-1].copy()


SPOILED: dict[str, Spoiled] = {
    "saturated": _saturated,
    "denormal": _denormal,
    "fading into denormals": _fading,
    "constant": _constant,
    "zero": _zero,
    "not numbers": _not_numbers,
    "nothing but NaN": _nothing_but_nan,
    "at the edge of belief": _at_the_edge_of_belief,
    "noise": _noise,
    "odd steps": _odd_steps,
    "steps of zero": _steps_of_zero,
    "steps of a second": _steps_of_a_second,
    "huge steps": _huge_steps,
    "backward": _backward,
}


def spoiled(what: str, seconds: float, *, has_gyroscope: bool = True) -> Stretch:
    """A run, spoiled as one of SPOILED."""
    whole = running(seconds, has_gyroscope=has_gyroscope)
    steps_us, motion = whole.steps_us.copy(), whole.motion.copy()
    SPOILED[what](steps_us, motion)
    name = what if has_gyroscope else f"{what}, accelerometer alone"
    return replace(whole, name=name, policy_settings=LEARNING, steps_us=steps_us, motion=motion)


def every_spoiled(seconds: float, *, has_gyroscope: bool = True) -> Iterator[Stretch]:
    """The run, spoiled in every way."""
    return (spoiled(what, seconds, has_gyroscope=has_gyroscope) for what in SPOILED)


def hours_long() -> Stretch:
    """An outing over and over, at a low rate, until counters and clocks have grown."""
    run = simulate(scenario("coached", 600.0), imu=Imu(rate_hz=HOURS_LONG_RATE_HZ))
    once = stretch_of("hours long", run.whole(), run.sensor, learning=True)
    times = int(np.ceil(HOURS_LONG_S * 1e6 / once.steps_us.sum()))
    usual_us = np.int32(np.median(once.steps_us))
    steps_us = np.tile(np.maximum(once.steps_us, usual_us // 2), times)
    return replace(once, steps_us=steps_us, motion=np.tile(once.motion, (times, 1)))
