"""Start-up: how long `coach` takes before it answers, each figure the median of several processes."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.stopwatch import seconds
from benchmarks.table import Bound, Row, Table, at_most
from hardware.gait import Pace
from hardware.imu import BMI270, Imu
from hardware.runner import simulate
from hardware.scenarios import session

COACH = "from coach.cli.main import main; main()"
HEADER = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s"

FIGURES: dict[str, tuple[str, Bound | None]] = {
    "help_s": ("coach --help", at_most(0.4)),
    "replay_s": ("coach replay, ten minutes, warm cache", at_most(1.5)),
    "replay_json_s": ("the same with --json", None),
    "replay_gzip_s": ("the same of a gzip file", None),
    "import_detector_s": ("import of the detector, with Python's own start", None),
    "import_command_line_s": ("import of the command line, with Python's own start", None),
    "python_s": ("Python's own start", None),
}
"""What is measured, in words, and what it must be."""


def measure(*, recording_s: float = 600.0, rounds: int = 5) -> dict[str, float]:
    """Wall times in s.

    Args:
        recording_s: length of the simulated recording that is replayed, at 200 Hz.
        rounds: processes started for each figure, after one to warm up.

    Raises subprocess.CalledProcessError when a command fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "run.csv"
        _write(recording, recording_s)
        packed = recording.with_suffix(".csv.gz")
        packed.write_bytes(gzip.compress(recording.read_bytes(), compresslevel=1))
        return {
            "help_s": _median_s(COACH, "--help", rounds=rounds),
            "replay_s": _median_s(COACH, "replay", str(recording), rounds=rounds),
            "replay_json_s": _median_s(COACH, "replay", str(recording), "--json", rounds=rounds),
            "replay_gzip_s": _median_s(COACH, "replay", str(packed), rounds=rounds),
            "import_detector_s": _median_s("import cadence.detector", rounds=rounds),
            "import_command_line_s": _median_s("import coach.cli.main", rounds=rounds),
            "python_s": _median_s("pass", rounds=rounds),
        }


def to_table(figures: dict[str, float]) -> Table:
    rows = (Row(what, "s", figures[name], must) for name, (what, must) in FIGURES.items())
    return Table("Start-up", tuple(rows))


def _median_s(program: str, *arguments: str, rounds: int) -> float:
    command = [sys.executable, "-c", program, *arguments]
    # The packages are found wherever this process found them, installed or not.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}

    def go() -> None:
        subprocess.run(command, env=environment, capture_output=True, check=True)

    go()
    return median(seconds(go) for _ in range(rounds))


def _write(path: Path, duration_s: float) -> None:
    run = simulate(session(Pace(), duration_s), imu=Imu(BMI270, rate_hz=200.0))
    whole = run.whole()
    table = np.column_stack([whole.t_us * 1e-6, whole.motion])
    np.savetxt(path, table, fmt=["%.6f"] + ["%.5f"] * 6, delimiter=",", header=HEADER, comments="")
