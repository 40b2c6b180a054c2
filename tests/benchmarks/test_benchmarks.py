"""Each benchmark runs, judges by its bounds and keeps the shape of what it prints."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import (
    accuracy,
    coaching,
    cue_latency,
    latency,
    people,
    repetitions,
    simulated,
    startup,
    throughput,
)
from benchmarks.by_contact import ContactTruth, contact_errors, extra_percent, found_percent, given_percent
from benchmarks.by_stride import score_by_stride
from benchmarks.table import Bound, Row, Table, at_least, at_most, within
from cadence.stride import STRIDE
from hardware.gait import Strike
from hardware.imu import LSM6DS3TR_C

SMALL = simulated.Grid((165.0,), (3.0,), (Strike.HEEL,), ((LSM6DS3TR_C, 208.0),))


def perfect_strides(count: int) -> np.ndarray:
    """Strides of 0.7 s with contacts at 0.7, 1.4, ...: a stance of 0.25 s and 2 m each."""
    strides = np.zeros(count, dtype=STRIDE)
    contact = 0.7 * np.arange(1, count + 1)
    strides["t_contact_s"], strides["t_toe_off_s"] = contact, contact - 0.45
    strides["t_mid_stance_s"] = contact + 0.1
    strides["stride_time_s"], strides["contact_time_s"], strides["stride_length_m"] = 0.7, 0.25, 2.0
    return strides


def vicon_truth(strides: np.ndarray) -> np.ndarray:
    names = ["t_start_s", "t_end_s", "stride_time_s", "stride_length_m", "steady"]
    truth = np.ones(len(strides), dtype=[(name, float) for name in names])
    truth["t_end_s"] = strides["t_mid_stance_s"]
    truth["t_start_s"], truth["stride_time_s"], truth["stride_length_m"] = truth["t_end_s"] - 0.7, 0.7, 2.0
    return truth


def plate_truth(strides: np.ndarray) -> ContactTruth:
    contact = strides["t_contact_s"].copy()
    return ContactTruth(contact, contact + 0.25, np.full(len(contact), 0.7), np.full(len(contact), 2.0))


def test_perfect_strides_score_perfectly_by_stride() -> None:
    strides = perfect_strides(10)
    score = score_by_stride([(strides, vicon_truth(strides))])
    assert (score.found_percent, score.extra_percent, score.length_given_percent_of_found) == (100, 0, 100)
    assert score.cadence_mae_spm == pytest.approx(0.0, abs=1e-4)
    assert (score.length_median_abs_percent, score.distance_percent, score.worst_trial_percent) == (0, 0, 0)


def test_a_missed_a_doubled_and_a_long_stride_show_by_stride() -> None:
    strides = perfect_strides(10)
    strides["stride_length_m"][4] = 2.2
    flawed = np.sort(np.append(np.delete(strides, 7), strides[:1]), order="t_contact_s")
    score = score_by_stride([(flawed, vicon_truth(strides))])
    assert (score.found_percent, score.extra_percent) == (90, 10)
    assert score.distance_percent == pytest.approx(100 * 0.2 / 18, abs=1e-4)


def test_a_series_is_broken_by_a_stride_that_is_not_steady() -> None:
    strides = perfect_strides(7)
    truth = vicon_truth(strides)
    strides["stride_time_s"][:2] = 0.6
    truth["steady"][2] = 0  # two strides before it are too few for a series
    assert score_by_stride([(strides, truth)]).cadence_mae_spm == pytest.approx(0.0, abs=1e-4)


def test_perfect_strides_score_perfectly_by_contact() -> None:
    strides = perfect_strides(10)
    errors = contact_errors(strides, plate_truth(strides))
    assert (found_percent([errors]), extra_percent([errors]), given_percent([errors])) == (100, 0, 90)
    for name in ("contact_s", "toe_off_s", "contact_time_s", "stride_time_s", "length"):
        assert np.abs(errors.pooled(name)).max() < 1e-6, name


def test_a_missed_an_extra_and_a_late_contact_show_by_contact() -> None:
    strides = perfect_strides(10)
    truth = plate_truth(strides)
    strides["t_contact_s"][2] += 0.05
    strides["t_contact_s"][6] += 0.2
    errors = contact_errors(strides, truth)
    assert (found_percent([errors]), extra_percent([errors])) == (90, 10)
    assert errors.contact_s.max() == pytest.approx(0.05)


def test_a_recording_without_strides_is_scored() -> None:
    none = perfect_strides(0)
    assert score_by_stride([(none, vicon_truth(perfect_strides(5)))]).found_percent == 0
    assert found_percent([contact_errors(none, plate_truth(perfect_strides(5)))]) == 0


@pytest.mark.parametrize(
    ("bound", "shown", "good", "bad"),
    [
        (at_most(2), "≤ 2", 2.0, 2.1),
        (at_least(99), "≥ 99", 99.0, 98.9),
        (within(1.5), "± 1.5", -1.5, -1.6),
        (within(3, about=142), "142 ± 3", 139.0, 146.0),
    ],
)
def test_a_row_is_judged_by_what_must_be(bound: Bound, shown: str, good: float, bad: float) -> None:
    assert str(bound) == shown
    assert Row("x", "%", good, bound).ok is True
    assert Row("x", "%", bad, bound).ok is False
    assert Row("x", "%", math.nan, bound).ok is False
    assert Row("x", "%", good).ok is None


def test_accuracy_keeps_people_and_simulated_runners_apart(data_dir: Path) -> None:
    real, forces, made_up = accuracy.run(data_dir, every=9, grid=SMALL)
    assert "people" in real.title
    assert "people" in forces.title
    assert "Simulated" in made_up.title
    measures = [row.measure for table in (real, forces, made_up) for row in table.rows]
    assert len(measures) == len(set(measures))
    sources = ("Vicon running", "Vicon walking", "Force plate", "adept", "wearable", "tripod", "gaitmap")
    assert all(
        any(measure.startswith(source) for measure in measures) for source in (*sources, "ipol", "xio")
    )
    document = json.loads(json.dumps(accuracy.to_json([real, forces, made_up]), allow_nan=False))
    keys = {"measure", "unit", "must", "aim", "measured", "ok"}
    assert all(set(row) == keys for table in document["tables"] for row in table["rows"])


def test_without_recordings_of_people_simulated_runners_alone_are_measured(tmp_path: Path) -> None:
    (only,) = accuracy.run(tmp_path / "nowhere", grid=SMALL)
    assert "Simulated" in only.title
    assert all(math.isfinite(row.measured) for row in only.rows)


def test_clocks_that_differ_are_aligned_by_their_contacts() -> None:
    true_s = np.cumsum(np.random.default_rng(1).normal(1.2, 0.04, 60))
    found_s = np.delete(true_s, [5, 30]) + 7.31
    assert people.clock_offset_s(found_s, true_s) == pytest.approx(7.31, abs=0.02)


@pytest.fixture
def few_repetitions(monkeypatch: pytest.MonkeyPatch) -> repetitions.Grid:
    """A grid of one set, and one of everything that is none."""
    monkeypatch.setattr(repetitions, "WALKS", [(1.4, 110.0)])
    monkeypatch.setattr(repetitions, "RUNS", [(3.0, 165.0)])
    monkeypatch.setattr(repetitions, "SCENARIOS", ("stand",))
    monkeypatch.setattr(repetitions, "MANNERS", ("knee-bends",))
    return repetitions.Grid((3.0,), (1.0,), (1.0,), ((LSM6DS3TR_C, 208.0),), reps=3)


def test_repetitions_are_judged_in_sets_and_in_what_is_none(
    few_repetitions: repetitions.Grid, data_dir: Path
) -> None:
    table = repetitions.measure(few_repetitions)
    rows = {row.measure: row for row in table.rows}
    assert len(rows) == len(table.rows)
    assert rows["sets"].measured == 2
    assert all(row.ok is not False for row in table.rows)
    (people,) = (row for measure, row in rows.items() if "recordings of people" in measure)
    assert people.measured == 0.0
    document = json.loads(json.dumps(repetitions.to_json(table), allow_nan=False))
    assert document["schema"] == "cadence-coach/benchmark-repetitions/1"
    assert len(document["tables"][0]["rows"]) == len(rows)


def test_without_recordings_of_people_what_they_would_show_is_unknown(
    few_repetitions: repetitions.Grid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repetitions, "DATA", tmp_path / "nowhere")
    (people,) = (row for row in repetitions.measure(few_repetitions).rows if "people" in row.measure)
    assert math.isnan(people.measured)
    assert people.ok is False


def test_throughput_has_its_keys_and_a_ratio() -> None:
    figures = throughput.measure(recording_s=40.0, tiles=1, rounds=1)
    assert list(figures) == [
        "core_samples_per_s",
        "scipy_samples_per_s",
        "ratio_vs_scipy",
        "gaitmap_samples_per_s",
    ]
    core, scipy, ratio = (figures[name] or 0.0 for name in list(figures)[:3])
    assert core > 0.0
    assert ratio == pytest.approx(core / scipy)


def test_latency_has_its_keys_and_follows_both_pods() -> None:
    figures = latency.measure(seconds=3.0, hour_s=60.0, recording_s=10.0)
    assert list(figures) == [
        "p50_ms", "p99_ms", "strides", "cpu_percent", "rss_mb", "rss_growth_mb_per_h", "samples",
    ]  # fmt: skip
    assert 0.0 < figures["p50_ms"] <= figures["p99_ms"]
    assert figures["strides"] >= 6
    assert figures["samples"] > 60 * 2 * 400
    assert isinstance(latency.to_table(figures), Table)


def test_startup_times_every_command() -> None:
    times = startup.measure(recording_s=20.0, rounds=1)
    assert min(times.values()) > 0.0
    assert isinstance(startup.to_table(times), Table)


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_prints_a_table_or_one_document(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    times = dict.fromkeys(startup.FIGURES, 0.1)
    monkeypatch.setattr(startup, "measure", lambda: times)
    command.main(["startup", *(["--json"] if as_json else [])])
    printed = capsys.readouterr().out
    assert (json.loads(printed) == times) if as_json else ("coach --help" in printed)


def test_coaching_has_its_keys_and_breaks_no_rule() -> None:
    figures = coaching.measure(seeds=(9,), minutes=(6.0,))
    assert figures["runs"] == figures["compliant_runs"] == 1
    assert figures["forbidden_cues"] == figures["flips"] == figures["broken_stage_rules"] == 0
    assert figures["farthest_season_end_spm"] <= 3.0
    assert isinstance(coaching.to_table(figures), Table)


def test_cues_through_the_null_device_come_in_time() -> None:
    figures = cue_latency.measure(cues=10)
    assert figures["cues_unheard"] == 0
    assert figures["cue_max_ms"] <= 100.0  # of a busy machine; the benchmark itself holds the promise
    assert isinstance(cue_latency.to_table(figures), Table)
