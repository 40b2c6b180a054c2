"""Accuracy: of the detector on recordings of people and on simulated runners, in tables kept apart, and
of the force model on people alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks import force, people, simulated
from benchmarks.recordings import DATA
from benchmarks.simulated import Grid
from benchmarks.table import Table


def run(data: Path = DATA, *, every: int = 1, grid: Grid | None = None) -> list[Table]:
    """Measure all; where the recordings of people are not at hand, simulated runners alone.

    Args:
        data: the folder of recordings.
        every: only every so many trials of people, for a quick look.
        grid: the simulated runners and sensors.
    """
    of_people = [people.measure(data, every=every), force.measure(data, every=every)] if data.is_dir() else []
    return [*of_people, simulated.measure(grid)]


def to_json(tables: list[Table]) -> dict[str, Any]:
    return {"tables": [table.to_json() for table in tables]}
