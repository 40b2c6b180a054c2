"""How all pictures look."""

from __future__ import annotations

from typing import Any

FORMATS = ("png", "svg")
INK, FAINT = "#22303c", "#c9d1d8"

STYLE: dict[Any, Any] = {
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#e9edf0",
    "grid.linewidth": 0.8,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "svg.hashsalt": "coach",  # with UNDATED: equal pictures are equal files
}
UNDATED: dict[str, dict[str, str | None]] = {"png": {}, "svg": {"Date": None}}
