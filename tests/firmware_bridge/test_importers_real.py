"""Recordings made by others open as they lie, without an option where none is needed."""

from __future__ import annotations

import gzip
import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, Sensor
from firmware_bridge.importers import CsvOptions, CsvRecording, open_csv
from firmware_bridge.source import SourceError

from .csv_files import read

DATA = Path(os.environ.get("CADENCE_DATA") or Path(__file__).parents[3] / "shared" / "data")
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"there are no real recordings in {DATA}")


@dataclass(frozen=True)
class Table:
    """How one source writes its recordings, said independently of the importer."""

    pattern: str
    columns: tuple[int, ...]
    acc_m_s2: float = 1.0
    gyro_rad_s: float = 1.0
    skip: int = 1
    delimiter: str = ","


TABLES = (
    Table("pyshoe_vicon/*/????-??-??-??-??-??.csv.gz", (1, 2, 3, 4, 5, 6)),
    Table("fukuchi_virtual/*.csv.gz", (1, 2, 3, 4, 5, 6)),
    Table("adept/acc_*.csv.gz", (2, 3, 4), acc_m_s2=GRAVITY_M_S2),
    Table("wearable_my_foot/*.csv", (1, 2, 3, 4, 5, 6), GRAVITY_M_S2, math.radians(1)),
    Table("tripod/PWS_?F.csv", (4, 5, 6, 1, 2, 3), GRAVITY_M_S2, math.radians(1), skip=7),
    Table("ipol/*_?f.txt", (1, 2, 3, 4, 5, 6), skip=2, delimiter="\t"),
    Table("xio/*.csv", (4, 5, 6, 1, 2, 3), GRAVITY_M_S2, math.radians(1)),
)
RECORDINGS = [(path, table) for table in TABLES for path in sorted(DATA.glob(table.pattern))]
NAMES = [str(path.relative_to(DATA)) for path, _ in RECORDINGS]


def as_written(path: Path, table: Table) -> NDArray[np.float64]:
    """The motion of a recording in SI units, shape (n, 3 or 6), read the slow way."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    cells = [line.split(table.delimiter) for line in text.splitlines()[table.skip :]]
    motion = np.array([[float(row[column]) for column in table.columns] for row in cells])
    return motion * ([table.acc_m_s2] * 3 + [table.gyro_rad_s] * 3)[: len(table.columns)]


def test_every_source_has_recordings_here() -> None:
    assert {table.pattern for _, table in RECORDINGS} == {table.pattern for table in TABLES}


@pytest.mark.parametrize(("path", "table"), RECORDINGS, ids=NAMES)
def test_it_opens_as_it_lies(path: Path, table: Table) -> None:
    recording = open_csv(path)
    blocks = list(recording.blocks())
    t_us = np.concatenate([block.t_us for block in blocks])
    motion = np.concatenate([block.motion for block in blocks])
    expected = as_written(path, table)
    assert recording.skipped_rows == 0
    assert recording.sensor.has_gyroscope == (expected.shape[1] == 6)
    np.testing.assert_array_equal(motion[:, : expected.shape[1]], expected.astype(np.float32))
    assert t_us[0] == 0
    assert (np.diff(t_us) >= 0).all()
    assert len(t_us) / (t_us[-1] / 1e6) == pytest.approx(recording.rate_hz, rel=0.05)


def opened(path: str, **options: object) -> CsvRecording:
    return open_csv(DATA / path, CsvOptions(**options))  # type: ignore[arg-type]


def test_dates_with_nanoseconds_and_an_accelerometer_alone() -> None:
    recording = opened("adept/acc_running_left_ankle_first720s.csv.gz")
    assert not recording.sensor.has_gyroscope
    assert recording.rate_hz == pytest.approx(100, abs=1e-3)
    assert sum(len(block.t_us) for block in recording.blocks()) == 72_000
    assert recording.sensor.acc_limit_m_s2 == math.inf, "no sample stands at a limit"


def test_milliseconds_g_and_degrees_that_no_header_tells() -> None:
    recording = opened("wearable_my_foot/test-run.csv")
    assert recording.rate_hz == pytest.approx(88.9, abs=0.1)
    assert len(recording.notes) == 4
    assert recording.sensor.acc_limit_m_s2 == pytest.approx(15.98 * GRAVITY_M_S2, abs=0.1)
    assert recording.sensor.gyro_limit_rad_s == math.inf


def test_seven_header_rows_with_units() -> None:
    recording = opened("tripod/PWS_LF.csv")
    assert recording.rate_hz == pytest.approx(128, abs=1e-3)
    assert recording.notes == ()


def test_repeated_time_stamps_are_kept() -> None:
    assert (np.diff(read(DATA / "xio/short_walk.csv").t_us) == 0).any()


@pytest.mark.parametrize("foot", ["lf", "rf"])
def test_skipped_sample_counts_are_gaps(foot: str) -> None:
    steps_us = np.diff(read(DATA / f"ipol/1-1_{foot}.txt").t_us)
    assert set(np.unique(steps_us)) > {10_000}
    assert (steps_us % 10_000 == 0).all()


def test_two_sensors_without_a_time_ask_for_both_options() -> None:
    path = "gaitmap/imu_sample.csv"
    with pytest.raises(SourceError, match=r"\(left_sensor, right_sensor\); give --sensor NAME and --rate HZ"):
        opened(path)
    with pytest.raises(SourceError, match="give --rate HZ"):
        opened(path, sensor="left_sensor")
    left, right = (read(DATA / path, sensor=f"{side}_sensor", rate_hz=204.8) for side in ("left", "right"))
    assert len(left.t_us) == len(right.t_us) == 7928
    assert left.motion[0, 0] == pytest.approx(0.88081, abs=1e-5)
    assert right.motion[0, 0] == pytest.approx(0.31155, abs=1e-5)
    assert right.motion[0, 3] == pytest.approx(math.radians(-0.32304), abs=1e-6)


def test_a_clipping_gyroscope_is_seen_and_a_smooth_one_is_not() -> None:
    real = [open_csv(path).sensor for path, table in RECORDINGS if "pyshoe" in table.pattern]
    clipped = [sensor.gyro_limit_rad_s for sensor in real if sensor.gyro_limit_rad_s < math.inf]
    assert len(clipped) >= len(real) / 2
    assert all(8.9 < limit < 9.3 for limit in clipped)
    assert {sensor.acc_limit_m_s2 for sensor in real} == {math.inf}
    virtual = [open_csv(path).sensor for path, table in RECORDINGS if "virtual" in table.pattern]
    assert set(virtual) == {Sensor()}


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("adept/windows20s_first720s.csv", "no acceleration columns found: columns are t_start_s,"),
        ("gaitmap/mocap_sample.csv", "no acceleration columns found: columns are column 1, L_TOE x,"),
        ("gaitmap/stride_events_sample.csv", "no acceleration columns found: columns are s_id, foot,"),
        ("tripod/PWS_optogait.csv", "no acceleration columns found: columns are column 1, #, L/R,"),
        ("alcantara_grf/GRF_one_sub.csv", "no acceleration columns found: columns are 1, 2,"),
        ("alcantara_grf/Sub_Info_one_sub.csv", "no acceleration columns found: columns are Sub,"),
        ("alcantara_grf/LICENSE", "no rows of numbers"),
        ("ipol/1-1.json", "no rows of numbers"),
        ("wearable_my_foot/stryd-up-and-down.fit", "this is a binary file"),
        ("README.md", "no rows of numbers"),
        ("adept", "this is a folder"),
    ],
)
def test_what_is_no_recording_gives_one_plain_line(path: str, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        opened(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ["position.csv.gz", "truth.csv"])
def test_truth_beside_a_recording_is_no_recording(kind: str) -> None:
    for path in DATA.glob(f"pyshoe_vicon/*/*.{kind}"):
        with pytest.raises(SourceError, match="no acceleration columns found"):
            open_csv(path)
