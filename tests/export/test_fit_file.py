"""The FIT file of a run, as two readers that know nothing of this project read it."""

from __future__ import annotations

import io
import math
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fitdecode
import numpy as np
import pytest
from garmin_fit_sdk import Decoder, Stream
from hypothesis import given
from hypothesis import strategies as st

from coach.export.fit_file import FIT_EPOCH, FitError, fit_bytes, one_foot, write_fit
from coach.kept_run import KeptRun
from coach.summary import summarise

from ..report.kept_runs import (
    LOST_S,
    REST_S,
    STARTED,
    coached_run,
    long_run,
    sensor_run,
    short_run,
    walked_run,
)

Messages = dict[str, list[dict[str, Any]]]
BEGIN = STARTED.astimezone(UTC).replace(microsecond=0)


def read_by_garmin(data: bytes) -> Messages:
    """By Garmin's own reader. Raises AssertionError for a file that it finds fault with."""
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    return {name.removesuffix("_mesgs"): rows for name, rows in messages.items()}


def read_by_fitdecode(data: bytes) -> Messages:
    """By fitdecode, which checks the CRC and raises at any fault."""
    found: Messages = defaultdict(list)
    with fitdecode.FitReader(
        io.BytesIO(data), check_crc=fitdecode.CrcCheck.RAISE, error_handling=fitdecode.ErrorHandling.RAISE
    ) as reader:
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                found[frame.name].append({f.name: f.value for f in frame.fields if f.value is not None})
    return found


READERS = [read_by_garmin, read_by_fitdecode]
RUNS = [coached_run, sensor_run, short_run, walked_run]


@pytest.fixture(scope="module", params=READERS, ids=["garmin", "fitdecode"])
def told(request: pytest.FixtureRequest) -> Messages:
    """What a reader finds in the file of the coached run."""
    found: Messages = request.param(fit_bytes(coached_run()))
    return found


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("make", RUNS)
def test_any_run_makes_a_file_that_readers_accept(make: type[KeptRun], read: Any) -> None:
    found = read(fit_bytes(make()))
    for name in ("file_id", "session", "activity"):
        assert len(found[name]) == 1
    assert found["file_id"][0]["type"] == "activity"
    assert len(found["lap"]) == found["session"][0]["num_laps"]
    numbers = [v for rows in found.values() for row in rows for v in row.values() if isinstance(v, float)]
    assert all(math.isfinite(value) for value in numbers)


def test_the_totals_are_those_of_the_run(told: Messages) -> None:
    run, session = coached_run(), told["session"][0]
    summary = summarise(run.strides, duration_s=run.duration_s, stationary_s=run.stationary_s)
    assert session["sport"] == "running"
    assert session["total_distance"] == pytest.approx(summary.distance_m, abs=0.01)
    assert session["total_strides"] == summary.strides
    assert session["total_elapsed_time"] == pytest.approx(run.duration_s, abs=1.0)
    rested_s = 8.0 + (REST_S[1] - REST_S[0])
    assert session["total_timer_time"] == pytest.approx(session["total_elapsed_time"] - rested_s, abs=4.0)
    assert told["activity"][0]["total_timer_time"] == session["total_timer_time"]
    assert session["enhanced_avg_speed"] == pytest.approx(
        session["total_distance"] / session["total_timer_time"], abs=0.001
    )


def test_there_is_a_lap_each_kilometre_and_they_add_up(told: Messages) -> None:
    session, laps = told["session"][0], told["lap"]
    assert [lap["lap_trigger"] for lap in laps] == ["distance", "session_end"]
    assert laps[0]["total_distance"] == pytest.approx(1000.0, abs=0.01)
    for name in ("total_distance", "total_strides", "total_elapsed_time", "total_timer_time"):
        assert sum(lap[name] for lap in laps) == pytest.approx(session[name], abs=0.02)
    assert laps[1]["start_time"] == laps[0]["timestamp"]


def test_cadence_is_counted_by_one_foot(told: Messages) -> None:
    whole = {
        round((row["timestamp"] - BEGIN).total_seconds()): row["cadence"] + row["fractional_cadence"]
        for row in told["record"]
        if "cadence" in row
    }
    running = [value for second, value in whole.items() if 40 < second < 170]
    assert float(np.mean(running)) == pytest.approx(82.0, abs=0.5)
    session = told["session"][0]
    both_feet = 2 * (session["avg_running_cadence"] + session["avg_fractional_cadence"])
    good = coached_run().strides[coached_run().strides["good"]]
    times = good["stride_time_s"][np.isfinite(good["stride_time_s"])]
    assert both_feet == pytest.approx(120.0 * len(times) / times.sum(), abs=0.5)


def test_a_reading_holds_what_the_stride_under_way_knows(told: Messages) -> None:
    strides = coached_run().strides
    second = 100
    at = strides[int(np.searchsorted(strides["t_mid_stance_s"], second, side="right"))]
    (row,) = [row for row in told["record"] if row["timestamp"] == BEGIN + timedelta(seconds=second)]
    assert row["enhanced_speed"] == pytest.approx(float(at["speed_m_s"]), abs=0.001)
    assert row["stance_time"] == pytest.approx(1000.0 * float(at["contact_time_s"]), abs=0.1)
    assert row["step_length"] == pytest.approx(500.0 * float(at["stride_length_m"]), abs=0.1)
    assert 2 * (row["cadence"] + row["fractional_cadence"]) == pytest.approx(
        float(at["cadence_spm"]), abs=0.02
    )


def test_what_is_not_known_is_left_out_and_not_zero(told: Messages) -> None:
    lost = [
        row
        for row in told["record"]
        if LOST_S[0] + 2 < (row["timestamp"] - BEGIN).total_seconds() < LOST_S[1] - 2
    ]
    assert len(lost) >= 6
    for row in lost:
        known = {name for name, value in row.items() if value is not None}
        assert known <= {"timestamp", "distance"}
    assert "vertical_oscillation" not in told["record"][50]


def test_a_standing_runner_has_cadence_zero_and_the_timer_stops(told: Messages) -> None:
    timer = [(row["event_type"], (row["timestamp"] - BEGIN).total_seconds()) for row in told["event"]]
    assert [kind for kind, _ in timer] == ["start", "stop", "start", "stop", "start", "stop_all"]
    stop_s, resume_s = timer[3][1], timer[4][1]
    assert stop_s == pytest.approx(REST_S[0], abs=3.0)
    assert resume_s == pytest.approx(REST_S[1], abs=1.0)
    at = {(row["timestamp"] - BEGIN).total_seconds(): row for row in told["record"]}
    assert at[0.0]["cadence"] == at[stop_s]["cadence"] == at[resume_s]["cadence"] == 0
    assert at[stop_s]["enhanced_speed"] == 0.0
    assert not [second for second in at if stop_s < second < resume_s]


def test_time_goes_forward_and_distance_too(told: Messages) -> None:
    seconds = [row["timestamp"] for row in told["record"]]
    assert seconds == sorted(set(seconds))
    distances = [row["distance"] for row in told["record"]]
    assert distances == sorted(distances)
    assert distances[-1] == pytest.approx(told["session"][0]["total_distance"], abs=5.0)


def test_the_local_time_of_the_run_is_told() -> None:
    activity = read_by_garmin(fit_bytes(coached_run()))["activity"][0]
    local = FIT_EPOCH + timedelta(seconds=activity["local_timestamp"])
    assert local - activity["timestamp"] == STARTED.utcoffset()


def test_a_sensor_without_strides_makes_a_file_too() -> None:
    found = read_by_garmin(fit_bytes(sensor_run()))
    session = found["session"][0]
    assert session["total_distance"] == pytest.approx(2.9 * 222, abs=0.1)
    assert session["total_strides"] == round(166 / 120 * 222)
    assert session["avg_running_cadence"] == 83
    assert "stance_time" not in found["record"][10]
    assert "step_length" not in found["record"][10]


def test_a_pod_without_lengths_gives_no_distance() -> None:
    run = coached_run()
    strides = run.strides.copy()
    for name in ("stride_length_m", "speed_m_s"):
        strides[name] = np.nan
    found = read_by_garmin(fit_bytes(replace(run, strides=strides)))
    assert len(found["lap"]) == 1
    assert "total_distance" not in found["session"][0]
    assert not [row for row in found["record"] if "distance" in row]


def test_walking_alone_is_told_as_walking() -> None:
    assert read_by_garmin(fit_bytes(walked_run()))["session"][0]["sport"] == "walking"


def test_a_half_marathon_has_its_laps() -> None:
    run = long_run(0.5)
    laps = read_by_garmin(fit_bytes(run))["lap"]
    assert [round(lap["total_distance"]) for lap in laps[:-1]] == [1000] * 5
    assert 0.0 < laps[-1]["total_distance"] < 1000.0


@given(st.floats(0.0, 400.0))
def test_a_cadence_of_one_foot_doubled_is_that_of_both(cadence_spm: float) -> None:
    whole, rest = one_foot(cadence_spm)
    assert whole is not None
    assert rest is not None
    assert 0.0 <= rest < 1.0
    assert 2 * (whole + rest) == pytest.approx(cadence_spm, abs=1 / 128)


def test_a_cadence_that_is_not_known_is_none() -> None:
    assert one_foot(math.nan) == (None, None)


def test_a_run_before_the_time_that_fit_knows_is_told_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "old.fit"
    with pytest.raises(FitError, match="run 7 cannot be told in a FIT file"):
        write_fit(path, replace(short_run(), started=datetime(1980, 1, 1, tzinfo=UTC)))
    assert not path.exists()
