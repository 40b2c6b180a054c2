"""Made-up recordings for the tests of the CSV importer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, SampleBlock
from firmware_bridge.importers import CsvOptions, open_csv

DEG = 180 / np.pi


def walk(samples: int = 600, rate_hz: float = 200.0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A foot that rocks and shakes about 1 g: times in s, shape (n,); m/s² and rad/s, shape (n, 6)."""
    t_s = np.arange(samples) / rate_hz
    pitch = 0.6 * np.sin(2 * np.pi * 0.9 * t_s)
    motion = np.zeros((samples, 6))
    motion[:, 0] = -GRAVITY_M_S2 * np.sin(pitch) + 6.0 * np.sin(2 * np.pi * 3.7 * t_s) ** 9
    motion[:, 1] = 0.3 * np.cos(2 * np.pi * 2.3 * t_s)
    motion[:, 2] = GRAVITY_M_S2 * np.cos(pitch) + 7.0 * np.cos(2 * np.pi * 2.9 * t_s) ** 9
    motion[:, 3] = 0.4 * np.sin(2 * np.pi * 1.7 * t_s)
    motion[:, 4] = 0.6 * 2 * np.pi * 0.9 * np.cos(2 * np.pi * 0.9 * t_s)
    motion[:, 5] = 0.2 * np.cos(2 * np.pi * 1.3 * t_s)
    return t_s, motion


def rows(*columns: NDArray[np.float64], delimiter: str = ",", digits: int = 6) -> str:
    """Lines of numbers from columns, each of shape (n,) or (n, k)."""
    table = np.column_stack(columns)
    return "".join(delimiter.join(f"{value:.{digits}f}" for value in row) + "\n" for row in table.tolist())


def write(folder: Path, text: str | bytes, name: str = "run.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path | str, **options: object) -> SampleBlock:
    """The whole recording in one block."""
    blocks = list(open_csv(path, CsvOptions(**options)).blocks())  # type: ignore[arg-type]
    return SampleBlock(
        np.concatenate([block.t_us for block in blocks]), np.concatenate([block.motion for block in blocks])
    )


T_S, MOTION = walk()
PLAIN = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s\n" + rows(T_S, MOTION)
DATES = np.datetime64("2018-10-25T23:59:59.000") + np.rint(T_S * 1e6).astype("timedelta64[us]")
