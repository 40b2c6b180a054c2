"""What the repetition counter makes of simulated athletes, and of everything that is no exercise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from benchmarks.recordings import DATA
from benchmarks.table import Row, Table, at_least, at_most, within
from cadence.reps.counter import RepCounter
from cadence.stride import Activity, Side
from firmware_bridge.importers import CsvOptions, open_csv
from hardware.athlete.exercise import Exercise, ExerciseName
from hardware.athlete.fidgets import MANNERS, Fidget
from hardware.athlete.session import Session, record
from hardware.gait import Pace, Strike
from hardware.imu import BMI270, ICM42688P, LSM6DS3TR_C, Imu, ImuSpec
from hardware.motion import HEEL, INSTEP, OUTSIDE, Mounting
from hardware.runner import Segment, doing
from hardware.scenarios import scenario

Floats = NDArray[np.float64]

NAMES: tuple[ExerciseName, ...] = ("calf-raises", "heel-drops")
PLACES = (INSTEP, OUTSIDE, HEEL)
SENSORS: tuple[tuple[ImuSpec, float], ...] = (
    (BMI270, 50.0),
    (ICM42688P, 100.0),
    (LSM6DS3TR_C, 208.0),
    (BMI270, 400.0),
)
UNSTEADY = 2.0
"""Twice the usual sway."""

WALKS = [(speed, cadence) for speed in (0.3, 0.6, 1.0, 1.4, 1.9) for cadence in (70.0, 95.0, 125.0)]
RUNS = [(speed, cadence) for speed in (1.6, 2.5, 3.5, 4.5) for cadence in (150.0, 170.0, 190.0)]
SCENARIOS = ("stand", "stops", "session", "bends", "hill")

RECORDINGS: tuple[tuple[str, CsvOptions | None], ...] = (
    ("pyshoe_vicon/*/????-??-??-??-??-??.csv.gz", None),
    ("fukuchi_virtual/*.csv.gz", None),
    ("wearable_my_foot/*.csv", None),
    ("tripod/PWS_?F.csv", None),
    ("ipol/*_?f.txt", None),
    ("xio/*.csv", None),
    ("gaitmap/imu_sample.csv", CsvOptions(sensor="left_sensor", rate_hz=204.8)),
    ("gaitmap/imu_sample.csv", CsvOptions(sensor="right_sensor", rate_hz=204.8)),
)
"""All there are of feet with a gyroscope. Left out are `adept`, an accelerometer alone, and what holds no
samples of a sensor: forces, positions, truth, what a commercial pod made of a run."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Athletes and sensors; every combination is one set."""

    tempos_s: tuple[float, ...] = (1.0, 1.5, 2.0, 3.0, 4.5, 6.0, 8.0)
    amplitudes: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8, 1.0)
    sways: tuple[float, ...] = (0.0, 1.0)
    sensors: tuple[tuple[ImuSpec, float], ...] = SENSORS
    reps: int = 8


@dataclass(frozen=True, slots=True)
class Counted:
    """What the counter made of some sets.

    Attributes:
        exact: of each set, whether as many were counted as were done, shape (sets,).
        lowering_off_s, kind_right, late_s, meant_off_s: of each repetition of those: error of the time of
            the way down, whether the kind is right, how long after its end it was told, and how much shorter
            or longer the time is than that from the very first to the very last movement.
    """

    exact: NDArray[np.bool_]
    lowering_off_s: Floats
    kind_right: NDArray[np.bool_]
    late_s: Floats
    meant_off_s: Floats


def sets_of(grid: Grid) -> Iterator[Session]:
    """Each set of a grid recorded, on a pod that sits anyhow. Cheats and fatigue come by turns."""
    combinations = product(NAMES, grid.tempos_s, grid.amplitudes, grid.sways, grid.sensors)
    for seed, (name, tempo_s, amplitude, sway, (spec, rate_hz)) in enumerate(combinations, start=1):
        exercise = Exercise(
            name,
            grid.reps,
            tempo_s,
            amplitude,
            fatigue=0.3 if amplitude > 0.3 and seed % 2 else 0.0,
            sway=sway,
            hesitations=2 if tempo_s >= 3.0 and seed % 5 == 0 else 0,
            halves=seed % 3,
            bounces=tempo_s >= 3.0 and amplitude > 0.3 and seed % 7 == 0,
            from_below=name == "heel-drops" and amplitude > 0.3 and seed % 4 == 0,
            seed=seed,
        )
        side = Side.LEFT if seed % 2 else Side.RIGHT
        segments = [Segment(4.0), doing(exercise), Segment(3.0)]
        yield record(segments, imu=_any_imu(spec, rate_hz, seed), side=side, seed=seed)


def count(sessions: Iterable[Session]) -> Counted:
    """Feed each session to a counter of its own."""
    exact, off_s, right, late_s, meant_s = [], [], [], [], []
    for session in sessions:
        counter = RepCounter(session.sensor)
        found = counter.feed(session.block)
        exact.append(len(found) == len(session.reps))
        if exact[-1]:
            off_s.append(found["lowering_s"] - session.reps["lowering_s"])
            right.append(found["kind"] == session.reps["kind"])
            late_s.append(counter.closed_us / 1e6 - found["t_end_s"])
            meant_s.append(found["lowering_s"] - session.meant_lowering_s)
    parts = (np.concatenate(part) for part in (off_s, right, late_s, meant_s))
    return Counted(np.array(exact), *parts)


def counted_in(segments: list[Segment], seed: int) -> int:
    """How many repetitions are counted in what is none, on a pod that sits anyhow."""
    spec, rate_hz = SENSORS[seed % len(SENSORS)]
    session = record(segments, imu=_any_imu(spec, rate_hz, seed), seed=seed)
    return len(RepCounter(session.sensor).feed(session.block))


def counted_in_recording(path: Path, options: CsvOptions | None = None) -> int:
    """The same in a recording of a person."""
    source = open_csv(path, options)
    counter = RepCounter(source.sensor)
    return sum(len(counter.feed(block)) for block in source.blocks())


def measure(grid: Grid | None = None) -> Table:
    """All measures."""
    grid = grid or Grid()
    usual = count(sets_of(grid))
    unsteady = count(sets_of(Grid(grid.tempos_s, grid.amplitudes, (UNSTEADY,), grid.sensors, grid.reps)))
    rows = [*_rows(usual), *_unsteady_rows(unsteady), *_false_rows()]
    return Table("Repetitions: simulated athletes against exact truth, and what is no exercise", tuple(rows))


def to_json(table: Table) -> dict[str, object]:
    return {"schema": "cadence-coach/benchmark-repetitions/1", "tables": [table.to_json()]}


def _rows(counted: Counted) -> Iterator[Row]:
    off_s, late_s = np.abs(counted.lowering_off_s), counted.late_s
    yield Row("sets", "", float(len(counted.exact)))
    yield Row(
        "sets counted exactly", "%", 100.0 * float(counted.exact.mean()), at_least(99.0), at_least(100.0)
    )
    yield Row(
        "calf raise and heel drop told apart", "%", 100.0 * float(counted.kind_right.mean()), at_least(99.0)
    )
    yield Row("way down: error, median", "s", float(np.median(counted.lowering_off_s)), within(0.05))
    yield Row("way down: |error|, 95 %", "s", float(np.quantile(off_s, 0.95)), at_most(0.15), at_most(0.1))
    yield Row("way down: |error|, largest", "s", float(off_s.max()))
    yield Row("way down: |error| up to 0.15 s", "%", 100.0 * float((off_s <= 0.15).mean()), at_least(95.0))
    meant = float(np.median(counted.meant_off_s))
    yield Row("way down against its very first to its very last movement, median", "s", meant)
    yield Row("told after its end, 95 %", "s", float(np.quantile(late_s, 0.95)), at_most(0.7), at_most(0.5))
    yield Row("told after its end, largest", "s", float(late_s.max()))


def _unsteady_rows(counted: Counted) -> Iterator[Row]:
    who = "twice the usual sway"
    yield Row(f"{who}: sets counted exactly", "%", 100.0 * float(counted.exact.mean()))
    yield Row(
        f"{who}: way down, |error|, 95 %", "s", float(np.quantile(np.abs(counted.lowering_off_s), 0.95))
    )


def _false_rows() -> Iterator[Row]:
    for what, segments in _no_exercise():
        found = sum(counted_in(part, seed) for seed, part in enumerate(segments))
        yield Row(f"counted in {what}", "", float(found), at_most(0))
    paths = [(path, options) for pattern, options in RECORDINGS for path in sorted(DATA.glob(pattern))]
    found_of_people = [counted_in_recording(path, options) for path, options in paths]
    what = f"counted in {len(paths)} recordings of people who walk and run"
    yield Row(what, "", float(sum(found_of_people)) if paths else np.nan, at_most(0))


def _no_exercise() -> Iterator[tuple[str, list[list[Segment]]]]:
    stand = Segment(3.0)
    for activity, paces in ((Activity.WALKING, WALKS), (Activity.RUNNING, RUNS)):
        yield (
            f"simulated {activity.name.lower()}",
            [
                [stand, Segment(15.0, Pace(activity, cadence, speed, strike=list(Strike)[at % 3])), stand] * 2
                for at, (speed, cadence) in enumerate(paces)
            ],
        )
    yield "simulated standing and outings", [scenario(name, 120.0) for name in SCENARIOS] * 3
    for name in MANNERS:
        fidgets = [[Segment(4.0), doing(Fidget(name, seed)), stand] * 2 for seed in range(12)]
        yield f"simulated {name.replace('-', ' ')}", fidgets


def _any_imu(spec: ImuSpec, rate_hz: float, seed: int) -> Imu:
    rotation = Rotation.random(random_state=seed).as_matrix()
    mounting = Mounting(PLACES[seed % len(PLACES)].position_m, rotation)
    return Imu(spec, rate_hz=rate_hz, seed=seed, mounting=mounting)
