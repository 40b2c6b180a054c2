"""The force model against force plates, from real data alone.

Two questions. What is the peak worth in body weights, from the detector's own times and from the plate's? And
does it move the right way when the runner does something else: run faster, or take quicker steps at the same
speed? The second is what people are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.by_contact import match_contacts, mean, spread
from benchmarks.people import MID_RUN_S
from benchmarks.recordings import find_strides, read_columns, with_truth
from benchmarks.table import Row, Table, at_least, at_most
from cadence.sample import GRAVITY_M_S2
from coach.load.force import peak_force_bw, peak_forces_bw
from firmware_bridge.importers import open_csv

Floats = NDArray[np.float64]

PLATE_HZ = 500.0
PLATE_SAMPLES = 2480
"""Of one trial of the treadmill; what is behind them belongs to none."""
STANCE_BW = 0.065
"""About 50 N of this runner: what is less is flight, or noise."""


@dataclass(frozen=True, slots=True)
class PlateTrial:
    """One trial on a force plate, as means over its steps.

    Attributes:
        speed_m_s, cadence_spm: of the runner.
        peak_bw: measured.
        model_bw: of the plate's own contact and flight times.
    """

    speed_m_s: float
    cadence_spm: float
    peak_bw: float
    model_bw: float


@dataclass(frozen=True, slots=True)
class PodTrial:
    """One trial with a pod on the foot and a plate below: model and measured peak of each stance that the
    detector found, in body weights, shape (n,).

    Attributes:
        runner, side: by name, L or R.
        speed_m_s: of the belt.
        pod_bw: by the model, from the detector's times.
        plate_bw: by the model, from the plate's times at 20 N.
        peak_bw: measured.
    """

    runner: str
    side: str
    speed_m_s: float
    pod_bw: Floats
    plate_bw: Floats
    peak_bw: Floats


def measure(data: Path, *, every: int = 1) -> Table:
    """All measures of the model.

    Args:
        data: the folder of recordings.
        every: only every so many of the pod's trials, for a quick look.
    """
    rows = [*_pod_rows(pod_trials(data, every)), *_plate_rows(plate_trials(data))]
    return Table("Force model (Morin 2005) on people, against force plates", tuple(rows))


def pod_trials(data: Path, every: int = 1) -> list[PodTrial]:
    """The trials of `fukuchi_virtual`."""
    folder = data / "fukuchi_virtual"
    runners = read_columns(folder / "runners.csv", ("runner", "mass_kg"))
    mass_kg = dict(zip(runners["runner"], map(float, runners["mass_kg"]), strict=True))
    return [
        _pod_trial(path, truth, mass_kg[path.name.split("_")[0]])
        for path, truth in list(with_truth(folder))[::every]
    ]


def _pod_trial(path: Path, truth: NDArray[np.void], mass_kg: float) -> PodTrial:
    runner, speed, side = path.name.removesuffix(".csv.gz").split("_")
    truth = truth[truth["t_contact_20N_s"] > MID_RUN_S]
    strides = find_strides(open_csv(path))
    record, matched = match_contacts(strides["t_contact_s"].astype(np.float64), truth["t_contact_20N_s"])
    told = record + 1 < len(strides)  # a stance is told by the record after its contact
    record, matched = record[told], matched[told]
    contact_s = truth["contact_time_20N_s"][matched]
    flight_s = truth["stride_time_s"][matched] / 2.0 - contact_s
    return PodTrial(
        runner,
        side,
        float(speed[1:]) / 10.0,
        peak_forces_bw(strides)[record + 1],
        peak_force_bw(contact_s, flight_s),
        truth["peak_vgrf_N"][matched] / (mass_kg * GRAVITY_M_S2),
    )


def _pod_rows(trials: list[PodTrial]) -> Iterator[Row]:
    stances = sum(len(trial.peak_bw) for trial in trials)
    what = f"Foot pod, {stances} stances"
    told = np.concatenate([np.isfinite(trial.pod_bw) for trial in trials])
    yield Row(f"{what}: peak told", "%", 100.0 * mean(told.astype(np.float64)))
    for name, of in (("detector's times", "pod_bw"), ("plate's times", "plate_bw")):
        errors = [_known(getattr(trial, of) - trial.peak_bw) for trial in trials]
        together = np.concatenate(errors)
        narrow = float(np.median([spread(error) for error in errors]))
        share = np.concatenate([_known(getattr(trial, of) / trial.peak_bw - 1.0) for trial in trials])
        yield Row(f"{what}: peak from the {name}, bias", "BW", mean(together))
        yield Row(f"{what}: peak from the {name}, spread", "BW", spread(together))
        yield Row(f"{what}: peak from the {name}, spread within a trial", "BW", narrow)
        yield Row(f"{what}: peak from the {name}, bias as a share", "%", 100.0 * mean(share))
        yield Row(f"{what}: peak from the {name}, mean abs error", "%", 100.0 * mean(np.abs(share)))
    pairs = _pairs_of_speeds(trials)
    right = np.sign(pairs[:, 0]) == np.sign(pairs[:, 1])
    what = f"Foot pod, {len(pairs)} pairs of speeds of one foot"
    yield Row(f"{what}: change has the right sign", "%", 100.0 * mean(right.astype(np.float64)), at_least(90))
    yield Row(f"{what}: error of the change, mean", "%", mean(pairs[:, 0] - pairs[:, 1]))
    yield Row(f"{what}: error of the change, spread", "%", spread(pairs[:, 0] - pairs[:, 1]))


def _pairs_of_speeds(trials: list[PodTrial]) -> Floats:
    """By how many per cent the mean peak differs between any two trials of a foot at different speeds, by
    the model from the pod's times and measured: shape (n, 2)."""
    pairs = [
        (_change(_mean(fast.pod_bw), _mean(slow.pod_bw)), _change(_mean(fast.peak_bw), _mean(slow.peak_bw)))
        for slow, fast in permutations(trials, 2)
        if (slow.runner, slow.side) == (fast.runner, fast.side) and slow.speed_m_s < fast.speed_m_s
    ]
    return np.array(pairs).reshape(-1, 2)


def plate_trials(data: Path) -> list[PlateTrial]:
    """The level trials of `alcantara_grf`: one runner, ground reaction force in body weights."""
    folder = data / "alcantara_grf"
    force_bw = np.loadtxt(folder / "GRF_one_sub.csv", delimiter=",")[:, :PLATE_SAMPLES]
    told = read_columns(folder / "Sub_Info_one_sub.csv", ("Speed", "Slope"))
    return [
        _plate_trial(float(speed), trial)
        for speed, slope, trial in zip(told["Speed"], told["Slope"], force_bw, strict=True)
        if float(slope) == 0.0
    ]


def _plate_trial(speed_m_s: float, force_bw: Floats) -> PlateTrial:
    """Steps of either foot in turn, each from its contact to the next one's."""
    stance = (force_bw > STANCE_BW).astype(np.int8)
    contact = np.flatnonzero(np.diff(stance) == 1)
    toe_off = np.flatnonzero(np.diff(stance) == -1)
    toe_off = toe_off[toe_off > contact[0]][: len(contact) - 1]
    contact_s = (toe_off - contact[:-1]) / PLATE_HZ
    step_s = np.diff(contact) / PLATE_HZ
    peaks = np.maximum.reduceat(force_bw[: contact[-1]], contact[:-1])
    model = peak_force_bw(contact_s, step_s - contact_s)
    return PlateTrial(speed_m_s, 60.0 / float(step_s.mean()), float(peaks.mean()), float(model.mean()))


def _plate_rows(trials: list[PlateTrial]) -> Iterator[Row]:
    what = f"Force treadmill, one runner, {len(trials)} level trials"
    errors = np.array([_change(trial.model_bw, trial.peak_bw) for trial in trials])
    yield Row(f"{what}: peak from the plate's times, bias", "%", mean(errors))
    yield Row(f"{what}: peak from the plate's times, spread", "%", spread(errors))
    series = _one_speed(trials)
    low, high = series[0].cadence_spm, series[-1].cadence_spm
    what = f"Force treadmill, {len(series)} trials at one speed, {low:.0f} to {high:.0f} spm"
    yield Row(f"{what}: peak for 10 spm more, measured", "%", _slope_percent(series, "peak_bw"))
    model = _slope_percent(series, "model_bw")
    yield Row(f"{what}: peak for 10 spm more, model", "%", model, at_most(0))


def _one_speed(trials: list[PlateTrial]) -> list[PlateTrial]:
    """The trials at the speed that has most of them, by cadence."""
    speeds = [trial.speed_m_s for trial in trials]
    speed = max(speeds, key=speeds.count)
    return sorted(
        (trial for trial in trials if trial.speed_m_s == speed), key=lambda trial: trial.cadence_spm
    )


def _slope_percent(trials: list[PlateTrial], peak: str) -> float:
    """What 10 spm more change of a peak, in per cent of its mean, by least squares over the trials."""
    peaks = np.array([getattr(trial, peak) for trial in trials])
    slope, _ = np.polyfit([trial.cadence_spm for trial in trials], peaks, 1)
    return float(1000.0 * slope / peaks.mean())


def _change(value: float, from_: float) -> float:
    return 100.0 * (value / from_ - 1.0)


def _known(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _mean(values: Floats) -> float:
    return mean(_known(values))
