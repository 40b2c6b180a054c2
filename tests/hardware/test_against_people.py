"""The simulated shoe moves as the shoes of people do.

The recordings are pods computed from markers on twelve runners, smoothed at 50 Hz; the simulated sensor
is smoothed alike. Times are scaled between the true contacts and toe-offs.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, filtfilt

from hardware.gait import Pace, Strike
from hardware.runner import STEADY_BODY, Runner

Floats = NDArray[np.float64]
STANCE = np.arange(100) / 100.0
SWING = np.arange(201) / 200.0


def phases(t: Floats, values: Floats, contact: float, toe_off: float, next_contact: float) -> Floats:
    """Values at fixed shares of stance and swing."""
    at = np.concatenate([contact + (toe_off - contact) * STANCE, toe_off + (next_contact - toe_off) * SWING])
    return np.stack([np.interp(at, t, column) for column in values.T], axis=1)


def recorded(path: Path) -> tuple[Floats, float]:
    """Mean force forward, force up (sensor axes) and pitch rate of a trial; its mean stride time."""
    samples = np.loadtxt(path, delimiter=",", skiprows=1)
    truth = np.genfromtxt(str(path).replace(".csv.gz", ".truth.csv"), delimiter=",", names=True)
    contact, toe_off = truth["t_contact_20N_s"], truth["t_toe_off_20N_s"]
    strides = [
        phases(samples[:, 0], samples[:, [1, 3, 5]], *events)
        for events in zip(contact[:-1], toe_off[:-1], contact[1:], strict=True)
        if events[2] - events[0] < 1.0
    ]
    return np.median(strides, axis=0), float(np.nanmean(truth["stride_time_s"]))


def simulated(pace: Pace) -> Floats:
    """The same of a simulated runner."""
    runner = Runner(body=STEADY_BODY)
    truth = [runner.stride(pace) for _ in range(4)]
    t = np.arange(0.0, runner.t_s, 0.001)
    smooth = filtfilt(*butter(2, 2 * 50.0 / 1000.0), runner.motion.sense(t), axis=0)
    events = truth[1]["t_contact_s"], truth[2]["t_toe_off_s"], truth[2]["t_contact_s"]
    return phases(t, smooth[:, [0, 2, 4]], *events)


@pytest.mark.parametrize(("tag", "speed"), [("T25", 2.5), ("T35", 3.5), ("T45", 4.5)])
def test_waveforms_correlate_with_those_of_people(data_dir: Path, tag: str, speed: float) -> None:
    folder = data_dir / "fukuchi_virtual"
    with (folder / "runners.csv").open() as file:
        strikes = {row["runner"]: row for row in csv.DictReader(file)}
    found = []
    for path in sorted(folder.glob(f"*_{tag}_R.csv.gz")):
        kind = strikes[path.name.split("_")[0]][f"strike_right_{speed}"]
        person, stride_time_s = recorded(path)
        strike = {"Rearfoot": Strike.HEEL, "Midfoot": Strike.MID, "Forefoot": Strike.FORE}[kind]
        model = simulated(Pace(cadence_spm=120.0 / stride_time_s, speed_m_s=speed, strike=strike))
        found.append([np.corrcoef(a, b)[0, 1] for a, b in zip(person.T, model.T, strict=True)])
    forward, up, pitch = np.median(found, axis=0)
    assert pitch > 0.95
    assert forward > 0.85
    assert up > 0.6
