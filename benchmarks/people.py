"""What the detector makes of recordings of people, against the truth that came with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

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
    match_contacts,
    mean,
    median,
    pool,
    spread,
    spread_within,
)
from benchmarks.by_stride import StrideScore, score_by_stride
from benchmarks.recordings import find_strides, read_columns, with_truth
from benchmarks.table import Row, Table, at_least, at_most, within
from cadence.stride import Activity
from firmware_bridge.importers import CsvOptions, open_csv

Floats = NDArray[np.float64]

MID_RUN_S = 3.0
"""The treadmill trials start in mid-run; what comes before this does not count."""


def measure(data: Path, *, every: int = 1) -> Table:
    """All measures on people.

    Args:
        data: the folder of recordings.
        every: only every so many of the trials of each set, for a quick look.
    """
    rows = [
        *_motion_capture_running(data, every),
        *_motion_capture_walking(data, every),
        *_force_plate(data, every),
        *_outdoors(data),
        *_hobby_pod(data),
        *_pressure_walkway(data),
        *_gaitmap(data),
        *_clinic(data),
        *_closed_loop(data),
    ]
    return Table("Recordings of people, against the reference of each", tuple(rows))


def _score_vicon(data: Path, kind: str, every: int) -> StrideScore:
    trials = list(with_truth(data / "pyshoe_vicon" / kind))[::every]
    return score_by_stride((find_strides(open_csv(path)), truth) for path, truth in trials)


def _motion_capture_running(data: Path, every: int) -> Iterator[Row]:
    score = _score_vicon(data, "run", every)
    what = f"Vicon running, {score.truth_strides} strides"
    yield Row(f"{what}: found", "%", score.found_percent, at_least(99), at_least(100))
    yield Row(f"{what}: extra", "%", score.extra_percent, at_most(1), at_most(0))
    yield Row(f"{what}: length given", "%", score.length_given_percent_of_found, at_least(98), at_least(100))
    yield Row(f"{what}: cadence, mean abs error", "spm", score.cadence_mae_spm, at_most(1), at_most(0.4))
    length = score.length_median_abs_percent
    yield Row(f"{what}: length, median abs error", "%", length, at_most(2), at_most(1))
    yield Row(f"{what}: length, median error", "%", score.length_bias_percent)
    yield Row(f"{what}: sum of lengths", "%", score.distance_percent, within(1.5), within(0.5))
    worst = score.worst_trial_percent
    yield Row(f"{what}: worst trial over 15 m", "%", worst, at_most(6), at_most(2.5))


def _motion_capture_walking(data: Path, every: int) -> Iterator[Row]:
    score = _score_vicon(data, "walk", every)
    what = f"Vicon walking, {score.truth_strides} strides"
    yield Row(f"{what}: found", "%", score.found_percent, at_least(99), at_least(100))
    yield Row(f"{what}: extra", "%", score.extra_percent)
    yield Row(f"{what}: length given", "%", score.length_given_percent_of_found)
    yield Row(f"{what}: cadence, mean abs error", "spm", score.cadence_mae_spm)
    length = score.length_median_abs_percent
    yield Row(f"{what}: length, median abs error", "%", length, at_most(2), at_most(1))
    yield Row(f"{what}: length, median error", "%", score.length_bias_percent)
    yield Row(f"{what}: sum of lengths", "%", score.distance_percent, within(1.5), within(0.5))
    yield Row(f"{what}: worst trial over 15 m", "%", score.worst_trial_percent)


def _force_plate(data: Path, every: int) -> Iterator[Row]:
    speeds: list[float] = []
    trials: list[ContactErrors] = []
    for path, truth in list(with_truth(data / "fukuchi_virtual"))[::every]:
        truth = truth[truth["t_contact_20N_s"] > MID_RUN_S]
        known = ContactTruth(
            truth["t_contact_20N_s"],
            truth["t_toe_off_20N_s"],
            truth["stride_time_s"],
            truth["stride_length_m"],
        )
        speeds.append(float(path.name.split("_T")[1][:2]) / 10.0)
        trials.append(contact_errors(find_strides(open_csv(path)), known))
    what = f"Force plate running, {sum(trial.truth_contacts for trial in trials)} contacts"
    yield Row(f"{what}: found", "%", found_percent(trials), at_least(99.5), at_least(100))
    yield Row(f"{what}: extra", "%", extra_percent(trials), at_most(0.5), at_most(0))
    yield Row(f"{what}: all told", "%", given_percent(trials), at_least(95), at_least(97))
    stride_time = 1e3 * mean(np.abs(pool(trials, "stride_time_s")))
    yield Row(f"{what}: stride time, mean abs error", "ms", stride_time, at_most(6), at_most(3))
    for name, event in (("contact_s", "contact"), ("toe_off_s", "toe-off")):
        yield Row(f"{what}: {event}, bias", "ms", 1e3 * mean(pool(trials, name)))
        yield Row(f"{what}: {event}, spread", "ms", 1e3 * spread(pool(trials, name)))
        narrow = 1e3 * spread_within(trials, name)
        yield Row(f"{what}: {event}, spread within a trial", "ms", narrow, at_most(8), at_most(4))
    by_speed = {
        speed: [trial for trial, at in zip(trials, speeds, strict=True) if at == speed]
        for speed in sorted(set(speeds))
    }
    for speed, some in by_speed.items():
        bias = 1e3 * mean(pool(some, "contact_time_s"))
        yield Row(f"{what}: contact time, bias at {speed} m/s", "ms", bias, within(10), within(4))
    wide = 1e3 * spread(pool(trials, "contact_time_s"))
    yield Row(f"{what}: contact time, spread", "ms", wide, at_most(15), at_most(8))
    narrow = 1e3 * spread_within(trials, "contact_time_s")
    yield Row(f"{what}: contact time, spread within a trial", "ms", narrow, at_most(8), at_most(4))
    for speed, some in by_speed.items():
        bias = 100.0 * median(pool(some, "length"))
        yield Row(f"{what}: length, bias at {speed} m/s", "%", bias, within(2), within(0.5))
    means = 100.0 * np.abs([mean(trial.pooled("length")) for trial in trials])
    average = mean(means[np.isfinite(means)])
    yield Row(f"{what}: mean length of a trial, mean abs", "%", average, at_most(2.5), at_most(1))
    yield Row(f"{what}: mean length of a trial, worst", "%", largest(means), at_most(6), at_most(3))


def _outdoors(data: Path) -> Iterator[Row]:
    """Twelve minutes with an accelerometer alone, against a second sensor on the hip.

    The hip's cadence is the peak of a spectrum under a Hann window: it tells of the window's middle more than
    of its ends, where in some windows the runner starts or stops. The strides are weighted alike.
    """
    folder = data / "adept"
    strides = find_strides(open_csv(folder / "acc_running_left_ankle_first720s.csv.gz"))
    swing = (strides["t_toe_off_s"] + strides["t_contact_s"]) / 2.0
    windows = read_columns(folder / "windows20s_first720s.csv", ("t_start_s", "reference_hip_spm", "running"))
    weighted, plain = [], []
    for start, reference, running in zip(*windows.values(), strict=True):
        within_window_s = swing - float(start)
        inside = (
            (within_window_s >= 0.0) & (within_window_s < 20.0) & (strides["activity"] == Activity.RUNNING)
        )
        if running == "True":
            weights = np.sin(np.pi * within_window_s[inside] / 20.0) ** 2
            cadence = strides["cadence_spm"][inside].astype(np.float64)
            weighted.append(weighted_median(cadence, weights) - float(reference))
            plain.append(weighted_median(cadence, np.ones_like(weights)) - float(reference))
    what = f"adept outdoor run, {len(weighted)} windows of 20 s"
    # A window without a cadence is a failure, not one window less.
    error = float(np.mean(np.abs(weighted)))
    yield Row(f"{what}: cadence against the hip, mean abs", "spm", error, at_most(0.5), at_most(0.3))
    yield Row("adept: the same, all strides of a window alike", "spm", float(np.mean(np.abs(plain))))
    standing = float(((swing > 412.0) & (swing < 481.0)).sum())
    yield Row("adept: strides while the runner stands", "strides", standing, within(0), within(0))


def weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The middle value by weight, of those that are known; NaN when there is none."""
    known = np.isfinite(values)
    if not known.any():
        return float("nan")
    order = np.argsort(values[known])
    share = np.cumsum(weights[known][order]) / weights[known].sum()
    return float(values[known][order][np.searchsorted(share, 0.5)])


def _hobby_pod(data: Path) -> Iterator[Row]:
    strides = find_strides(open_csv(data / "wearable_my_foot" / "test-run.csv"))
    count = float(len(strides))
    yield Row("wearable_my_foot run: strides", "strides", count, within(3, about=142), within(0, about=142))


def _pressure_walkway(data: Path) -> Iterator[Row]:
    """Treadmill walking with OptoGait, whose clock is another: feet are aligned by their contacts."""
    folder = data / "tripod"
    names = ("L/R", "Split", "TContact")
    sides, instants, contacts = read_columns(folder / "PWS_optogait.csv", names).values()
    cadence: list[float] = []
    errors: list[Floats] = []
    for side, file in (("L", "PWS_LF.csv"), ("R", "PWS_RF.csv")):
        strides = find_strides(open_csv(folder / file))
        steps = [
            (float(instant), float(contact) if contact else np.nan)
            for foot, instant, contact in zip(sides, instants, contacts, strict=True)
            if foot == side and instant
        ]
        true_s, true_contact_time_s = np.array(steps).T
        found_s = strides["t_contact_s"].astype(np.float64)
        record, truth = match_contacts(found_s, true_s + clock_offset_s(found_s, true_s))
        joined = (np.diff(record) == 1) & (np.diff(truth) == 1)
        found_time_s, true_time_s = np.diff(found_s[record])[joined], np.diff(true_s[truth])[joined]
        cadence.append(120.0 / mean(found_time_s) - 120.0 / mean(true_time_s))
        contact_time = strides["contact_time_s"][record[1:]][joined] - true_contact_time_s[truth[:-1]][joined]
        errors.append(contact_time[np.isfinite(contact_time)])
    what = "tripod treadmill walking against OptoGait"
    yield Row(f"{what}: cadence, worse foot", "spm", float(np.abs(cadence).max()), at_most(0.5))
    together = 1e3 * np.concatenate(errors)
    yield Row(f"{what}: contact time, bias", "ms", mean(together))
    yield Row(f"{what}: contact time, spread", "ms", spread(together))
    yield Row(f"{what}: strides compared", "strides", float(len(together)))


def clock_offset_s(found_s: Floats, true_s: Floats) -> float:
    """What to add to the true instants so that most of them meet a found one: the fullest bin of all
    differences, then their median about it."""
    differences = (found_s[:, None] - true_s).ravel()
    if len(differences) == 0:
        return np.nan
    bins = np.arange(differences.min(), differences.max() + 0.1, 0.05)
    count, edges = np.histogram(differences, bins)
    near = np.abs(differences - edges[count.argmax()] - 0.025) < 0.1
    return float(np.median(differences[near]))


def _gaitmap(data: Path) -> Iterator[Row]:
    """Overground walking, both feet, events marked by hand."""
    folder = data / "gaitmap"
    feet, contact, toe_off, start = read_columns(
        folder / "stride_events_sample.csv", ("foot", "ic", "tc", "min_vel")
    ).values()
    rate_hz = 204.8
    trials = []
    for foot in ("left", "right"):
        marked = [
            (float(ic), float(tc))
            for which, ic, tc, at in zip(feet, contact, toe_off, start, strict=True)
            if which == foot and ic and tc and at
        ]
        marks = np.array(sorted(marked)) / rate_hz
        options = CsvOptions(sensor=f"{foot}_sensor", rate_hz=rate_hz)
        strides = find_strides(open_csv(folder / "imu_sample.csv", options))
        trials.append(contact_errors(strides, _swings(marks)))
    yield from _walking_rows("gaitmap walking, marked by hand", trials)


def _clinic(data: Path) -> Iterator[Row]:
    """Clinical walking, both feet, swings marked in samples at 100 Hz."""
    trials = []
    for path in sorted((data / "ipol").glob("*.json")):
        events = json.loads(path.read_text(encoding="utf-8"))
        for name, foot in (("LeftFootEvents", "lf"), ("RightFootEvents", "rf")):
            toe_off_contact = np.array(events[name], dtype=np.float64) / 100.0
            table = path.with_name(f"{path.stem}_{foot}.txt")
            strides = find_strides(open_csv(table, CsvOptions(rate_hz=100.0)))
            trials.append(contact_errors(strides, _swings(toe_off_contact[:, ::-1])))
    yield from _walking_rows("ipol clinical walking, swings marked", trials)


def _swings(contact_toe_off_s: Floats) -> ContactTruth:
    """From the contact and the toe-off of each swing, shape (n, 2); toe-off comes before the contact."""
    contact_s, toe_off_s = contact_toe_off_s.T
    stride_time_s = np.append(np.diff(contact_s), np.nan)
    # Where a stride is left out, the next swing in the list belongs to a later stance.
    stride_time_s[stride_time_s > 2.0] = np.nan
    following = np.where(np.isfinite(stride_time_s), np.append(toe_off_s[1:], np.nan), np.nan)
    return ContactTruth(contact_s, following, stride_time_s, np.full(len(contact_s), np.nan))


def _walking_rows(what: str, trials: list[ContactErrors]) -> Iterator[Row]:
    what = f"{what}, {sum(trial.truth_contacts for trial in trials)} contacts"
    yield Row(f"{what}: found", "%", found_percent(trials))
    yield Row(f"{what}: extra", "%", extra_percent(trials))
    yield Row(f"{what}: stride time, mean abs error", "ms", 1e3 * mean(np.abs(pool(trials, "stride_time_s"))))
    yield Row(f"{what}: contact time, bias", "ms", 1e3 * mean(pool(trials, "contact_time_s")))
    yield Row(f"{what}: contact time, spread", "ms", 1e3 * spread(pool(trials, "contact_time_s")))


def _closed_loop(data: Path) -> Iterator[Row]:
    strides = find_strides(open_csv(data / "xio" / "short_walk.csv"))
    what = "xio walk, a loop of about 25 m on the level"
    yield Row(f"{what}: strides", "strides", float(len(strides)))
    yield Row(f"{what}: sum of lengths", "m", float(np.nansum(strides["stride_length_m"])))
    yield Row(f"{what}: sum of climbs", "m", float(np.nansum(strides["climb_m"])))
