"""The CSV importer: what it reads, and what it says when it cannot."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadence.sample import GRAVITY_M_S2
from firmware_bridge import csv_rows, importers
from firmware_bridge.importers import CsvOptions, open_csv, parse_columns
from firmware_bridge.source import SampleSource, SourceError

from .csv_files import DATES, DEG, MOTION, PLAIN, T_S, read, rows, write


def assert_is_the_walk(path: Path, **options: object) -> None:
    block = read(path, **options)
    np.testing.assert_array_equal(block.t_us, np.rint(T_S * 1e6))
    np.testing.assert_allclose(block.motion, MOTION, atol=2e-4)


# What is promised of every recording


def test_a_recording_is_a_sample_source(tmp_path: Path) -> None:
    source: SampleSource = open_csv(write(tmp_path, PLAIN))
    blocks = list(source.blocks())
    assert (source.path, source.format) == (str(tmp_path / "run.csv"), "csv")
    assert source.rate_hz == pytest.approx(200)
    assert source.sensor.has_gyroscope
    assert source.notes == ()
    assert blocks[0].t_us.dtype == np.int64
    assert blocks[0].t_us[0] == 0
    assert blocks[0].motion.dtype == np.float32
    assert blocks[0].motion.flags.c_contiguous


def test_time_starts_at_zero_whatever_the_clock_showed(tmp_path: Path) -> None:
    table = "t_s,ax,ay,az\n" + rows(1.6e9 + T_S, MOTION[:, :3])
    np.testing.assert_array_equal(read(write(tmp_path, table)).t_us, np.rint(T_S * 1e6))


# How a table may be written


@pytest.mark.parametrize(
    ("delimiter", "decimal"),
    [(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ","), ("|", "."), (" ", ".")],
)
def test_any_usual_delimiter_and_decimal_comma(tmp_path: Path, delimiter: str, decimal: str) -> None:
    names = "t_s,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z".replace(",", delimiter)
    table = rows(T_S, MOTION, delimiter=delimiter).replace(".", decimal)
    assert_is_the_walk(write(tmp_path, f"{names}\n{table}"))


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\n\n").encode(),
        lambda text: text.rstrip("\n").encode(),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.replace(",", ", ").encode(),
        lambda text: text.replace("\n", ",\n").encode(),
        lambda text: ("# " + text).encode(),
        lambda text: ('"' + text.replace(",", '","').replace("\n", '"\n"'))[:-1].encode(),
    ],
    ids=[
        "bom",
        "crlf",
        "cr",
        "utf16",
        "blank-lines",
        "no-last-end",
        "gzip-by-content",
        "spaces",
        "trailing-comma",
        "hash",
        "quoted",
    ],
)
def test_any_usual_text_file(tmp_path: Path, encode: object) -> None:
    assert_is_the_walk(write(tmp_path, encode(PLAIN)))  # type: ignore[operator]


@pytest.mark.parametrize(
    "header",
    [
        "time,aX,aY,aZ,gX,gY,gZ",
        "timestamp,AccX,AccY,AccZ,GyroX,GyroY,GyroZ",
        "Time (s),Accelerometer X (m/s²),Accelerometer Y (m/s²),Accelerometer Z (m/s²),"
        "Gyroscope X (rad/s),Gyroscope Y (rad/s),Gyroscope Z (rad/s)",
        "t [s],acc.x [m/s^2],acc.y [m/s^2],acc.z [m/s^2],omega.x [rad/s],omega.y [rad/s],omega.z [rad/s]",
        "seconds_elapsed,accelerometerAccelerationX,accelerometerAccelerationY,accelerometerAccelerationZ,"
        "gyroRotationX(rad/s),gyroRotationY(rad/s),gyroRotationZ(rad/s)",
        "TIME,ACC_X,ACC_Y,ACC_Z,GYR_X,GYR_Y,GYR_Z",
        "elapsed,ax_ms2,ay_ms2,az_ms2,wx_rads,wy_rads,wz_rads",
        "t,Acceleration x,Acceleration y,Acceleration z,"
        "Angular velocity x,Angular velocity y,Angular velocity z",
    ],
)
def test_columns_are_known_by_many_spellings(tmp_path: Path, header: str) -> None:
    assert_is_the_walk(write(tmp_path, header + "\n" + rows(T_S, MOTION)))


def test_columns_may_stand_in_any_order_among_others(tmp_path: Path) -> None:
    other = np.full(len(T_S), 7.0)
    order = [5, 0, 3, 2, 4, 1]
    names = [["ax", "ay", "az", "gx", "gy", "gz"][column] for column in order]
    header = "mag_x," + ",".join(names) + ",linear_acc_x,time_s,temp\n"
    assert_is_the_walk(write(tmp_path, header + rows(other, MOTION[:, order], other, T_S, other)))


def test_text_columns_are_passed_over(tmp_path: Path) -> None:
    lines = PLAIN.splitlines()
    table = [f"{lines[0]},foot", *(f"{line},left foot" for line in lines[1:])]
    assert_is_the_walk(write(tmp_path, "\n".join(table)))


def test_an_acceleration_without_gravity_is_not_taken(tmp_path: Path) -> None:
    names = ",".join(f"Linear Acceleration {axis} (m/s^2)" for axis in "xyz")
    with pytest.raises(SourceError, match="no acceleration columns found"):
        open_csv(write(tmp_path, f"Time (s),{names}\n" + rows(T_S, MOTION[:, :3])))


def test_x_y_z_alone_are_an_acceleration(tmp_path: Path) -> None:
    block = read(write(tmp_path, "t_s,x,y,z\n" + rows(T_S, MOTION[:, :3])))
    np.testing.assert_allclose(block.motion[:, :3], MOTION[:, :3], atol=2e-4)


def test_an_accelerometer_alone_has_no_rotation(tmp_path: Path) -> None:
    path = write(tmp_path, "t_s,acc_x,acc_y,acc_z\n" + rows(T_S, MOTION[:, :3]))
    assert not open_csv(path).sensor.has_gyroscope
    assert np.isnan(read(path).motion[:, 3:]).all()


def test_rows_above_the_header_and_a_row_of_units(tmp_path: Path) -> None:
    above = "A pod, serial 17\nTotal samples: 600\n\nTime,Gyro,,,Accel,,,\n"
    header = "Time,Gyro X,Gyro Y,Gyro Z,Accel X,Accel Y,Accel Z,\n[ms],[deg/s],[deg/s],[deg/s],[g],[g],[g],\n"
    table = rows(T_S * 1e3, MOTION[:, 3:] * DEG, MOTION[:, :3] / GRAVITY_M_S2).replace("\n", ",\n")
    path = write(tmp_path, above + header + table)
    assert open_csv(path).notes == ()
    assert_is_the_walk(path)


def test_merged_cells_above_the_axes(tmp_path: Path) -> None:
    header = ",Accelerometer,,,Gyroscope,,\ntime_s,x,y,z,x,y,z\n"
    assert_is_the_walk(write(tmp_path, header + rows(T_S, MOTION)))


def test_a_nameless_first_column_of_row_numbers(tmp_path: Path) -> None:
    lines = [f"{row},{line}" for row, line in enumerate(rows(T_S, MOTION).splitlines())]
    names = "t_s,ax,ay,az,gx,gy,gz"
    assert_is_the_walk(write(tmp_path, "\n".join([f",{names}", *lines]), "pandas.csv"))
    assert_is_the_walk(write(tmp_path, "\n".join([names, *lines]), "r.csv"))


# Several sensors, and the user's own choice of columns


@pytest.mark.parametrize(
    "header",
    [
        "s,left,left,left,left,left,left,right,right,right,right,right,right\n"
        "n,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z,acc_x,acc_y,acc_z,gyr_x,gyr_y,gyr_z\n",
        "n,left_ax,left_ay,left_az,left_gx,left_gy,left_gz,right_ax,right_ay,right_az,right_gx,right_gy,right_gz\n",
    ],
    ids=["two-header-rows", "prefixes"],
)
def test_of_several_sensors_one_is_chosen_by_name(tmp_path: Path, header: str) -> None:
    path = write(tmp_path, header + rows(np.arange(len(T_S)), MOTION * 1.1, MOTION))
    assert_is_the_walk(path, sensor="right", rate_hz=200.0)
    with pytest.raises(SourceError, match=r"2 sensors \(left, right\); give --sensor NAME and --rate HZ"):
        open_csv(path)
    with pytest.raises(SourceError, match="no sensor 'hip'; the file has left, right"):
        open_csv(path, CsvOptions(sensor="hip"))


def test_sensor_of_a_file_that_has_only_one(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="leave out --sensor"):
        open_csv(write(tmp_path, PLAIN), CsvOptions(sensor="left"))


def test_two_columns_of_one_meaning_are_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "t_s,ax,ay,az,ax\n" + rows(T_S, MOTION[:, :3], MOTION[:, 0]))
    with pytest.raises(SourceError, match=r"'ax' \(column 2\) and 'ax' \(column 5\) both read as ax"):
        open_csv(path)
    assert len(read(path, columns=parse_columns("t=t_s,ax=2,ay=ay,az=az")).t_us) == 600


@pytest.mark.parametrize(
    "mapping",
    ["t=when,ax=p,ay=q,az=r,gx=u,gy=V,gz=w", "t=1,ax=2,ay=3,az=4,gx=5,gy=6,gz=7"],
    ids=["names", "numbers"],
)
def test_columns_named_by_the_user(tmp_path: Path, mapping: str) -> None:
    path = write(tmp_path, "when,p,q,r,u,v,w\n" + rows(T_S, MOTION))
    assert_is_the_walk(path, columns=parse_columns(mapping))


def test_columns_by_number_in_a_file_without_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, rows(T_S, MOTION))
    assert_is_the_walk(path, columns=parse_columns("t=1,ax=2,ay=3,az=4,gx=5,gy=6,gz=7"))
    with pytest.raises(SourceError, match=r"no acceleration columns found: columns are 1, 2, .* --columns"):
        open_csv(path)


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no column 'foo'; columns are t_s, acc_x_m_s2,"):
        open_csv(
            write(tmp_path, PLAIN), CsvOptions(columns=parse_columns("ax=foo,ay=acc_y_m_s2,az=acc_z_m_s2"))
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ax=1,ay=2", "az= is missing"),
        ("ax=1,ay=2,az=3,gx=4", "gy=, gz= is missing"),
        ("ax=1,ax=2,ay=3,az=4", "ax= is given twice"),
        ("ax=1,bx=2", "'bx=2' is not one of"),
        ("", "'' is not one of"),
    ],
)
def test_a_wrong_mapping_of_columns(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse_columns(text)


# Time


@pytest.mark.parametrize(
    ("name", "factor"), [("t_s", 1), ("t_ms", 1e3), ("time_us", 1e6), ("Time (ns)", 1e9), ("ms", 1e3)]
)
@pytest.mark.parametrize("told", [True, False], ids=["in-the-header", "inferred"])
def test_units_of_time(tmp_path: Path, name: str, factor: float, told: bool) -> None:
    header = f"{name if told else 'time'},ax,ay,az,gx,gy,gz\n"
    path = write(tmp_path, header + rows(T_S * factor, MOTION))
    assert_is_the_walk(path)
    assert any("time in column" in note for note in open_csv(path).notes) != told


@pytest.mark.parametrize(
    "spell",
    [
        lambda iso: iso,
        lambda iso: iso.replace("T", " "),
        lambda iso: iso + "Z",
        lambda iso: iso + "+02:00",
        lambda iso: iso.replace("-", "/"),
        lambda iso: f"{iso[8:10]}.{iso[5:7]}.{iso[:4]} {iso[11:]}",
        lambda iso: (
            f"{iso[5:7]}/{iso[8:10]}/{iso[:4]} {int(iso[11:13]) % 12 or 12}{iso[13:]} "
            + ("PM" if iso[11:13] == "23" else "AM")
        ),
        lambda iso: iso[11:],
    ],
    ids=["iso", "blank", "zulu", "zone", "slashes", "day-first", "us", "clock"],
)
def test_dates_and_times_of_day_over_midnight(tmp_path: Path, spell: object) -> None:
    cells = [spell(iso) for iso in DATES.astype(str).tolist()]  # type: ignore[operator]
    table = zip(cells, rows(MOTION).splitlines(), strict=True)
    path = write(tmp_path, "time,ax,ay,az,gx,gy,gz\n" + "".join(f"{cell},{line}\n" for cell, line in table))
    assert_is_the_walk(path)


def test_a_sample_counter_with_the_rate_above_the_header(tmp_path: Path) -> None:
    count = np.arange(len(T_S)) + 1.0
    count[300:] += 7
    header = "Acquisition frequency: 200 Hz\nPacketCounter\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X\tGyr_Y\tGyr_Z\n"
    path = write(tmp_path, header + rows(count, MOTION, delimiter="\t"))
    steps = np.diff(read(path).t_us)
    assert steps[299] == 8 * 5000, "skipped counts are a gap"
    assert set(np.delete(steps, 299)) == {5000}
    assert open_csv(path).rate_hz == 200


def test_no_time_at_all_needs_a_rate(tmp_path: Path) -> None:
    path = write(tmp_path, "ax,ay,az,gx,gy,gz\n" + rows(MOTION))
    with pytest.raises(SourceError, match="no time column; give --rate HZ"):
        open_csv(path)
    assert_is_the_walk(path, rate_hz=200.0)


@pytest.mark.parametrize("rate_hz", [0.0, -5.0, float("nan"), float("inf")])
def test_a_rate_that_makes_no_time(tmp_path: Path, rate_hz: float) -> None:
    with pytest.raises(SourceError, match="makes no time; give --rate HZ"):
        open_csv(write(tmp_path, PLAIN), CsvOptions(rate_hz=rate_hz))


def test_a_rate_told_by_the_user_overrides_time_stamps(tmp_path: Path) -> None:
    path = write(tmp_path, PLAIN)
    assert open_csv(path, CsvOptions(rate_hz=100.0)).rate_hz == 100
    np.testing.assert_array_equal(np.diff(read(path, rate_hz=100.0).t_us), 10_000)


def test_a_time_that_counts_by_one_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path, "time,ax,ay,az\n" + rows(np.arange(len(T_S)), MOTION[:, :3]))
    with pytest.raises(SourceError, match="counts up by one: give --rate HZ"):
        open_csv(path)
    assert read(path, rate_hz=200.0).t_us[1] == 5000


def test_repeated_time_stamps_stay_and_do_not_spoil_the_rate(tmp_path: Path) -> None:
    bursts = np.floor(np.arange(len(T_S)) / 10) * 0.05
    path = write(tmp_path, "t_s,ax,ay,az\n" + rows(bursts, MOTION[:, :3]))
    np.testing.assert_array_equal(read(path).t_us, np.rint(bursts * 1e6))
    assert open_csv(path).rate_hz == pytest.approx(200, rel=0.02)


def test_a_long_gap_does_not_spoil_the_rate(tmp_path: Path) -> None:
    late = T_S + np.where(np.arange(len(T_S)) > 200, 3600.0, 0.0)
    assert open_csv(write(tmp_path, "t_s,ax,ay,az\n" + rows(late, MOTION[:, :3]))).rate_hz == pytest.approx(
        200
    )


def test_time_that_stands_still(tmp_path: Path) -> None:
    path = write(tmp_path, "t_s,ax,ay,az\n" + rows(T_S * 0, MOTION[:, :3]))
    with pytest.raises(SourceError, match="time stands still"):
        open_csv(path)


def test_time_going_backwards_is_an_error_at_its_line(tmp_path: Path) -> None:
    swapped = T_S.copy()
    swapped[400] = 0.5
    recording = open_csv(write(tmp_path, "t_s,ax,ay,az\n" + rows(swapped, MOTION[:, :3])))
    blocks = recording.blocks()
    assert len(next(blocks).t_us) == 400
    with pytest.raises(
        SourceError, match=r"line 402: time goes backwards, from 1\.995000 to 0\.500000 s; sort"
    ):
        next(blocks)


# Values that are missing


@pytest.mark.parametrize("hole", ["", "nan", "NaN", "NA", " ", "null", "-", "inf"])
def test_a_missing_value_is_nan(tmp_path: Path, hole: str) -> None:
    lines = PLAIN.splitlines()
    for row, column in ((5, 1), (9, 6), (9, 2)):
        cells = lines[row].split(",")
        cells[column] = hole
        lines[row] = ",".join(cells)
    block = read(write(tmp_path, "\n".join(lines)))
    expected = MOTION.copy()
    expected[4, 0] = expected[8, 5] = expected[8, 1] = np.nan
    np.testing.assert_allclose(block.motion, expected, atol=2e-4)


@pytest.mark.parametrize("huge", ["inf", "-inf", "1e39", "1e300"])
def test_numbers_beyond_any_sensor_are_missing(tmp_path: Path, huge: str) -> None:
    lines = PLAIN.splitlines()
    for row in (30, 31, 32):
        lines[row] = ",".join([*lines[row].split(",")[:5], huge, huge])
    motion = read(write(tmp_path, "\n".join(lines))).motion
    assert np.isnan(motion).sum() == 6
    lines[30] = ",".join([huge, *lines[30].split(",")[1:]])
    recording = open_csv(write(tmp_path, "\n".join(lines)))
    assert sum(len(block.t_us) for block in recording.blocks()) == 599
    assert recording.skipped_rows == 1


def test_a_row_without_its_last_cells_has_missing_values(tmp_path: Path) -> None:
    lines = PLAIN.splitlines(keepends=True)
    lines[50] = ",".join(lines[50].split(",")[:4]) + "\n"
    motion = read(write(tmp_path, "".join(lines))).motion
    assert np.isnan(motion).sum() == 3
    assert np.isnan(motion[49, 3:]).all()


def test_a_row_without_a_time_is_left_out_and_counted(tmp_path: Path) -> None:
    lines = PLAIN.splitlines(keepends=True)
    lines[50] = "," + lines[50].split(",", 1)[1]
    recording = open_csv(write(tmp_path, "".join(lines)))
    assert sum(len(block.t_us) for block in recording.blocks()) == 599
    assert recording.skipped_rows == 1
    assert recording.notes[-1].startswith("1 row is left out")


@pytest.mark.parametrize("characters", range(1, 60))
def test_a_last_row_that_is_cut_off_is_left_out_and_counted(tmp_path: Path, characters: int) -> None:
    last = PLAIN.splitlines()[-1]
    recording = open_csv(write(tmp_path, PLAIN[: -len(last) - 1] + last[:characters]))
    samples = sum(len(block.t_us) for block in recording.blocks())
    assert samples + recording.skipped_rows == 600
    if characters < last.rindex(","):
        assert recording.skipped_rows == 1


def test_columns_that_begin_to_fill_late(tmp_path: Path) -> None:
    lines = PLAIN.splitlines()
    for row in range(1, 6):
        lines[row] = lines[row].split(",")[0] + ",,,,,,"
    block = read(write(tmp_path, "\n".join(lines)))
    assert len(block.t_us) == 600
    assert np.isnan(block.motion[:5]).all()


# Units of motion


@pytest.mark.parametrize(("acc_unit", "acc_factor"), [("g", 1 / GRAVITY_M_S2), ("m/s2", 1.0)])
@pytest.mark.parametrize(("gyro_unit", "gyro_factor"), [("dps", DEG), ("rad/s", 1.0)])
@pytest.mark.parametrize("how", ["inferred", "header", "options"])
def test_units_of_motion(
    tmp_path: Path, acc_unit: str, acc_factor: float, gyro_unit: str, gyro_factor: float, how: str
) -> None:
    acc, gyro = (f" ({acc_unit})", f" ({gyro_unit})") if how == "header" else ("", "")
    header = f"t_s,ax{acc},ay{acc},az{acc},gx{gyro},gy{gyro},gz{gyro}\n"
    path = write(tmp_path, header + rows(T_S, MOTION * ([acc_factor] * 3 + [gyro_factor] * 3), digits=8))
    options = {"acc_unit": acc_unit, "gyro_unit": gyro_unit} if how == "options" else {}
    assert_is_the_walk(path, **options)
    notes = open_csv(path, CsvOptions(**options)).notes  # type: ignore[arg-type]
    assert len(notes) == (2 if how == "inferred" else 0)


def test_raw_counts_are_not_taken_for_a_unit(tmp_path: Path) -> None:
    path = write(tmp_path, "t_s,ax,ay,az\n" + rows(T_S, MOTION[:, :3] * 209))
    with pytest.raises(SourceError, match=r"unit of the accelerations cannot be told.* give --acc-unit"):
        open_csv(path)


def test_a_clipped_sensor_tells_its_limit(tmp_path: Path) -> None:
    clipped = MOTION * [3, 3, 3, 1, 1, 1]
    clipped[:, 0] = np.clip(clipped[:, 0], -20, 20)
    recording = open_csv(write(tmp_path, PLAIN.split("\n")[0] + "\n" + rows(T_S, clipped)))
    assert recording.sensor.acc_limit_m_s2 == pytest.approx(20, rel=1e-5)
    assert recording.sensor.gyro_limit_rad_s == float("inf")
    assert any("count as clipped" in note for note in recording.notes)
    motion = np.concatenate([block.motion for block in recording.blocks()])
    assert (np.abs(motion[:, 0]) >= recording.sensor.acc_limit_m_s2).sum() == (
        np.abs(clipped[:, 0]) == 20
    ).sum()


# In general

FINITE = st.floats(-150, 150, allow_nan=False)


@given(
    values=st.lists(st.lists(FINITE, min_size=6, max_size=6), min_size=15, max_size=60),
    steps=st.integers(1, 40),
    dialect=st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("\t", ","), (" ", "."), ("|", ".")]),
    end=st.sampled_from(["\n", "\r\n"]),
    piece=st.integers(30, 4000),
    packed=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_samples_in_any_dialect_come_back_whatever_the_size_of_the_pieces(
    tmp_path: Path,
    values: list[list[float]],
    steps: int,
    dialect: tuple[str, str],
    end: str,
    piece: int,
    packed: bool,
) -> None:
    motion = np.array(values)
    t_s = np.arange(len(values)) * steps / 1000
    delimiter, decimal = dialect
    names = delimiter.join(
        ["t_s", "acc_x_m_s2", "acc_y_m_s2", "acc_z_m_s2", "gyr_x_rad_s", "gyr_y_rad_s", "gyr_z_rad_s"]
    )
    table = rows(t_s, motion, delimiter=delimiter, digits=9).replace(".", decimal)
    content = f"{names}\n{table}".replace("\n", end).encode()
    path = write(tmp_path, gzip.compress(content) if packed else content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "CHUNK_CHARS", piece)
        block = read(path)
    np.testing.assert_array_equal(block.t_us, np.rint(t_s * 1e6))
    np.testing.assert_array_equal(block.motion, np.round(motion, 9).astype(np.float32))


def test_a_look_ahead_shorter_than_the_file_changes_nothing_but_what_it_can_see(tmp_path: Path) -> None:
    path = write(tmp_path, PLAIN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "CHUNK_CHARS", 2000)
        patch.setattr(importers, "LOOK_AHEAD_ROWS", 100)
        assert_is_the_walk(path)


LARGE = """
import resource, sys
from firmware_bridge.importers import CsvOptions, open_csv
def read(path):
    return sum(len(block.t_us) for block in open_csv(path, CsvOptions(rate_hz=200)).blocks())
def peak_mb():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << (20 if sys.platform == "darwin" else 10))
read(sys.argv[1])
before = peak_mb()
print(read(sys.argv[2]), peak_mb() - before)
"""


@pytest.mark.skipif(os.name != "posix", reason="peak memory is measured by getrusage")
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    header, body, copies = b"ax,ay,az,gx,gy,gz\n", rows(MOTION).encode(), 2000
    small, large = write(tmp_path, header + body, "small.csv"), tmp_path / "large.csv"
    with large.open("wb") as file:
        file.write(pack(header))
        packed = pack(body)
        for _ in range(copies):
            file.write(packed)
    told = subprocess.run(
        [sys.executable, "-c", LARGE, small, large], capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(told[0]) == copies * len(T_S)
    # The look ahead is 8 MB as read, and a few times that while it is judged; the file is 60 MB of text.
    assert float(told[1]) < 45
