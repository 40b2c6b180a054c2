"""What the detector makes of simulated runners, whose every stride is known exactly.

It proves the code, not the accuracy on people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.by_contact import (
    ContactErrors,
    ContactTruth,
    contact_errors,
    extra_percent,
    found_percent,
    given_percent,
    largest,
    mean,
    median,
    pool,
    spread,
    spread_within,
)
from benchmarks.recordings import find_strides
from benchmarks.table import Row, Table, at_least, at_most, within
from cadence.detector import StepDetector
from cadence.sample import SampleBlock
from hardware.gait import Pace, Strike
from hardware.imu import BMI270, ICM42688P, LSM6DS3TR_C, Imu, ImuSpec
from hardware.runner import STEADY_BODY, Segment, simulate

Floats = NDArray[np.float64]

SETTLED_S = 3.0
"""Recordings start in mid-run; what comes before this does not count."""
UNFINISHED_S = 1.0
"""Recordings end in mid-run; a contact so shortly before the end has no whole stride after it."""
RUN_S = 24.0
GRADES_PERCENT = (-8.0, 0.0, 8.0)
"""Each recording has one of these, so that each meets every cadence, speed and strike."""
SHARP_HZ = 200.0
"""The aim for events is for sensors at this rate and more."""
STEP_SPM = 10.0
EVENTS = {"contact_s": "contact", "toe_off_s": "toe-off", "contact_time_s": "contact time"}
NEXT_STRIDE_FIELDS = ("t_toe_off_s", "stride_time_s", "stride_length_m")
"""What the stride after a contact tells, in the order of `ContactTruth`."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Runners and sensors; every combination is one recording."""

    cadences_spm: tuple[float, ...] = (150.0, 165.0, 180.0, 200.0)
    speeds_m_s: tuple[float, ...] = (2.0, 3.0, 4.5)
    strikes: tuple[Strike, ...] = tuple(Strike)
    sensors: tuple[tuple[ImuSpec, float], ...] = (
        (LSM6DS3TR_C, 104.0),
        (LSM6DS3TR_C, 208.0),
        (BMI270, 200.0),
        (ICM42688P, 500.0),
    )

    def paces(self) -> Iterator[Pace]:
        for i, cadence in enumerate(self.cadences_spm):
            for j, speed in enumerate(self.speeds_m_s):
                for k, strike in enumerate(self.strikes):
                    grade = GRADES_PERCENT[(i + j + k) % len(GRADES_PERCENT)]
                    yield Pace(cadence_spm=cadence, speed_m_s=speed, strike=strike, grade_percent=grade)


def measure(grid: Grid | None = None) -> Table:
    """All measures on simulated runners."""
    grid = grid or Grid()
    rows = list(_cadence_steps(grid.cadences_spm))
    for spec, rate_hz in grid.sensors:
        rows += _rows_of_sensor(spec, rate_hz, list(grid.paces()))
    title = "Simulated runners, against exact truth: it proves the code, not the accuracy on people"
    return Table(title, tuple(rows))


def _cadence_steps(cadences_spm: tuple[float, ...]) -> Iterator[Row]:
    strides = [strides_until_told(cadence, cadence + STEP_SPM) for cadence in cadences_spm]
    what = f"cadence step of +{STEP_SPM:g} spm: strides until the live estimate is within 1 spm"
    yield Row(f"{what}, worst", "strides", float(max(strides)), at_most(2), at_most(1))


def strides_until_told(before_spm: float, after_spm: float) -> float:
    """How many strides of a new cadence are complete when the live estimate is first within 1 spm of it;
    infinite when it never is."""
    pace = Pace(cadence_spm=before_spm)
    segments = [Segment(20.0, pace), Segment(10.0, replace(pace, cadence_spm=after_spm))]
    run = simulate(segments, body=STEADY_BODY)
    changed_s = run.truth_segments[-1].t_start_s
    contacts = run.truth_strides["t_contact_s"]
    whole = run.whole()
    detector = StepDetector(run.sensor)
    cut = int(np.searchsorted(whole.t_us, changed_s * 1e6))
    detector.feed(SampleBlock(whole.t_us[:cut], whole.motion[:cut]))
    for index in range(cut, len(whole.t_us)):
        detector.feed(SampleBlock(whole.t_us[index : index + 1], whole.motion[index : index + 1]))
        if abs(detector.live.cadence_spm - after_spm) <= 1.0:
            return float(((contacts > changed_s) & (contacts < whole.t_us[index] * 1e-6)).sum())
    return np.inf


@dataclass(frozen=True, slots=True)
class _Run:
    """Errors of one recording: by contact, and of the fields that belong to a contact."""

    contacts: ContactErrors
    strike_angle_deg: Floats
    climb_m: Floats
    impact: Floats  # relative, of strides in which nothing was clipped


def _run(pace: Pace, imu: Imu, seed: int) -> _Run:
    run = simulate([Segment(RUN_S, pace)], imu=imu, seed=seed)
    strides = find_strides(run)
    every = run.truth_strides
    end_s = every["t_mid_stance_s"][-1] - UNFINISHED_S
    counted = np.flatnonzero((every["t_contact_s"] > SETTLED_S) & (every["t_contact_s"] < end_s))
    truth, following = every[counted], every[counted + 1]
    known = ContactTruth(
        truth["t_contact_s"], *(following[name].astype(np.float64) for name in NEXT_STRIDE_FIELDS)
    )
    contacts = contact_errors(strides, known)
    found, true = strides[contacts.record], truth[contacts.truth]

    def error(name: str) -> Floats:
        return np.asarray(found[name] - true[name], dtype=np.float64)

    return _Run(
        contacts,
        _finite(error("strike_angle_deg")),
        _finite(error("climb_m")),
        _finite((error("impact_g") / true["impact_g"])[~found["clipped"] & ~true["clipped"]]),
    )


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _rows_of_sensor(spec: ImuSpec, rate_hz: float, paces: list[Pace]) -> Iterator[Row]:
    seeded = enumerate(paces, start=1)
    runs = [_run(pace, Imu(spec, rate_hz=rate_hz, seed=seed), seed) for seed, pace in seeded]
    contacts = [run.contacts for run in runs]
    what = f"{spec.name} at {rate_hz:g} Hz"
    yield Row(f"{what}: contacts found", "%", found_percent(contacts), aim=at_least(100))
    yield Row(f"{what}: extra", "%", extra_percent(contacts), aim=at_most(0))
    yield Row(f"{what}: all told", "%", given_percent(contacts), aim=at_least(95))
    stride_time = 1e3 * mean(np.abs(pool(contacts, "stride_time_s")))
    yield Row(f"{what}: stride time, mean abs error", "ms", stride_time, aim=at_most(3))
    sharp = at_most(4) if rate_hz >= SHARP_HZ else None
    for name, event in EVENTS.items():
        errors = 1e3 * pool(contacts, name)
        yield Row(f"{what}: {event}, bias", "ms", mean(errors))
        yield Row(f"{what}: {event}, spread", "ms", spread(errors), aim=sharp)
        narrow = 1e3 * spread_within(contacts, name)
        yield Row(f"{what}: {event}, spread within a run", "ms", narrow, aim=sharp)
    length = pool(contacts, "length")
    yield Row(f"{what}: length, bias", "%", 100.0 * median(length), aim=within(0.5))
    yield Row(f"{what}: length, median abs error", "%", 100.0 * median(np.abs(length)), aim=at_most(1))
    means = np.abs([mean(run.pooled("length")) for run in contacts])
    yield Row(f"{what}: mean length of a run, worst", "%", 100.0 * largest(means), aim=at_most(3))
    for values, name, unit in (
        (np.concatenate([run.strike_angle_deg for run in runs]), "strike angle", "deg"),
        (100.0 * np.concatenate([run.climb_m for run in runs]), "climb of a stride", "cm"),
        (100.0 * np.concatenate([run.impact for run in runs]), "impact", "%"),
    ):
        yield Row(f"{what}: {name}, bias", unit, mean(values))
        yield Row(f"{what}: {name}, spread", unit, spread(values))
