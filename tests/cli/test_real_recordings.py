"""`coach replay` on recordings of people, as they lie."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Coach


def test_a_recording_with_several_sensors_says_what_to_choose_and_opens_then(
    coach: Coach, data_dir: Path
) -> None:
    path = data_dir / "gaitmap" / "imu_sample.csv"
    refused = coach("replay", path)
    assert refused.returncode == 1
    assert "--sensor" in refused.stderr
    opened = coach("replay", path, "--sensor", "left_sensor", "--rate", "204.8", "--json")
    assert json.loads(opened.stdout)["summary"]["strides"] > 10


def test_an_accelerometer_alone_gives_cadence_and_no_length(coach: Coach, data_dir: Path) -> None:
    run = coach("replay", data_dir / "adept" / "acc_running_left_ankle_first720s.csv.gz", "--json")
    document = json.loads(run.stdout)
    assert document["source"]["sensors"] == "accelerometer"
    assert 150 < document["summary"]["cadence_spm"] < 165
    assert document["summary"]["distance_m"] is None
    assert {stride["strike_angle_deg"] for stride in document["strides"]} == {None}


def test_a_folder_of_walks_gives_one_line_each(coach: Coach, data_dir: Path) -> None:
    run = coach("replay", data_dir / "ipol")
    lines = [line for line in run.stdout.splitlines() if ".txt" in line]
    assert (run.returncode, len(lines)) == (0, 6)
