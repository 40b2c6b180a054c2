"""Small recordings written by hand for the tests of the command line."""

from __future__ import annotations

import math
from pathlib import Path

HEAD = "t_s,acc_x_m_s2,acc_y_m_s2,acc_z_m_s2,gyr_x_rad_s,gyr_y_rad_s,gyr_z_rad_s\n"


def standing(seconds: float = 6.0, rate_hz: float = 100.0) -> str:
    """A pod that lies still, and trembles as every sensor does."""
    rows = []
    for index in range(int(seconds * rate_hz)):
        tremble = 0.02 * math.sin(1.7 * index)
        rows.append(
            f"{index / rate_hz:.4f},{0.1 + tremble:.4f},{-0.2 - tremble:.4f},{9.8 + tremble:.4f},"
            f"{0.001 * math.sin(index):.5f},{0.001 * math.cos(index):.5f},0.00050\n"
        )
    return HEAD + "".join(rows)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
