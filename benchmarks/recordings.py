"""Recordings of people, where they lie and what is known of them, and their strides."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cadence.detector import StepDetector
from cadence.stride import STRIDE
from firmware_bridge.source import SampleSource

DATA = Path(os.environ.get("CADENCE_DATA") or Path(__file__).parents[2] / "shared" / "data")
"""The folder of recordings; they are not part of the repository."""


def find_strides(source: SampleSource) -> NDArray[np.void]:
    """All strides of a recording: STRIDE, shape (n,)."""
    detector = StepDetector(source.sensor)
    return np.concatenate([np.empty(0, dtype=STRIDE), *(detector.feed(block) for block in source.blocks())])


def read_table(path: Path) -> NDArray[np.void]:
    """A comma separated table of numbers with one header row: a structured array, shape (n,)."""
    return np.atleast_1d(np.genfromtxt(path, delimiter=",", names=True, encoding="utf-8"))


def read_columns(path: Path, names: Iterable[str]) -> dict[str, list[str]]:
    """Some columns of a comma separated table, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] or "" for row in rows] for name in names}


def with_truth(folder: Path) -> Iterator[tuple[Path, NDArray[np.void]]]:
    """Each recording of a folder that has its truth beside it, and that truth."""
    for truth in sorted(folder.glob("*.truth.csv")):
        yield truth.with_name(truth.name.replace(".truth.csv", ".csv.gz")), read_table(truth)
