"""Stretches of simulated runners: a grid of paces, strikes, feet, sensors and rates, and whole outings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import product

from cadence.stride import Activity, Side
from hardware.core_check.taken import stretch_of
from hardware.core_check.trace import Stretch
from hardware.gait import Pace, Strike
from hardware.imu import BMI270, ICM42688P, LSM6DS3TR_C, Imu, ImuSpec
from hardware.runner import STEADY_BODY, Body, Segment, simulate
from hardware.scenarios import SCENARIOS, scenario

CADENCES_SPM = (150.0, 165.0, 180.0, 200.0)
SPEEDS_M_S = (2.0, 3.0, 4.5)
GRADES_PERCENT = (-8.0, 0.0, 8.0)
SENSORS: tuple[tuple[ImuSpec, float], ...] = (
    (LSM6DS3TR_C, 208.0),
    (BMI270, 100.0),
    (ICM42688P, 1000.0),
    (LSM6DS3TR_C, 52.0),
    (BMI270, 200.0),
    (LSM6DS3TR_C, 833.0),
    (ICM42688P, 500.0),
    (LSM6DS3TR_C, 104.0),
    (ICM42688P, 50.0),
    (BMI270, 400.0),
    (LSM6DS3TR_C, 416.0),
)
"""From the lowest rate that the detector is made for to the highest."""
BODIES = (Body(), Body(ring_m_s2=60.0), STEADY_BODY, Body(hardness=1.8, contact_factor=0.85))
"""As people are; with a pod that rattles; every stride alike; a hard and short contact."""
GRID_S = 16.0
OUTING_S = 60.0


@lru_cache
def running(seconds: float, *, has_gyroscope: bool = True) -> Stretch:
    """Standing, running below the target, a walk, and standing again."""
    run = simulate(
        [
            Segment(1.0),
            Segment(seconds, Pace()),
            Segment(5.0, Pace(Activity.WALKING, cadence_spm=110, speed_m_s=1.4)),
            Segment(2.0),
        ]
    )
    name = "running" if has_gyroscope else "running, accelerometer alone"
    return stretch_of(name, run.whole(), replace(run.sensor, has_gyroscope=has_gyroscope))


def grid(every: int = 1, seconds: float = GRID_S) -> Iterator[Stretch]:
    """Every combination of cadence, speed and strike, on each foot. Sensors, bodies and grades go round,
    each at a pace of its own, so that they meet all of those.

    Args:
        every: only every so many of them.
        seconds: how long each is.
    """
    paces = product(CADENCES_SPM, SPEEDS_M_S, Strike, (Side.LEFT, Side.RIGHT))
    for number, (cadence_spm, speed_m_s, strike, side) in enumerate(paces):
        if number % every:
            continue
        spec, rate_hz = SENSORS[number % len(SENSORS)]
        grade = GRADES_PERCENT[number // 7 % len(GRADES_PERCENT)]
        pace = Pace(cadence_spm=cadence_spm, speed_m_s=speed_m_s, strike=strike, grade_percent=grade)
        run = simulate(
            [Segment(seconds, pace)],
            imu=Imu(spec, rate_hz=rate_hz, seed=number),
            side=side,
            body=BODIES[number // 5 % len(BODIES)],
            seed=number,
        )
        name = (
            f"{cadence_spm:g} spm, {speed_m_s:g} m/s, {strike.value}, {side.name.lower()}, {grade:+g} %, "
            f"{spec.name} at {rate_hz:g} Hz"
        )
        yield stretch_of(name, run.whole(), run.sensor)


def outings() -> Iterator[Stretch]:
    """Every named thing that a simulated runner does."""
    for name in SCENARIOS:
        run = simulate(scenario(name, OUTING_S))
        yield stretch_of(f"outing: {name}", run.whole(), run.sensor, learning=True)
