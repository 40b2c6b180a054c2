"""Strides as text for other programs: the JSON document of a replay, and CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, to_dict
from coach.files import written_whole
from coach.replay import Replay
from firmware_bridge.source import SampleSource

SCHEMA = "cadence-coach/replay/1"


def json_lines(source: SampleSource, replay: Replay) -> Iterator[str]:
    """The JSON document of a recording, a line at a time: it may hold a hundred thousand strides."""
    counters, summary = replay.counters, replay.summary
    head = {
        "path": source.path,
        "format": source.format,
        "sensors": sensors(source),
        "samples": counters.samples,
        "duration_s": number(counters.duration_s),
        "rate_hz": number(source.rate_hz),
        "clipped_samples": counters.clipped_samples,
        "gaps": counters.gaps,
    }
    sums = {
        "strides": summary.strides,
        "running_strides": summary.running_strides,
        "cadence_spm": number(summary.cadence_spm),
        "distance_m": number(summary.distance_m),
        "stationary_s": number(summary.stationary_s),
        "walking_s": number(summary.walking_s),
        "running_s": number(summary.running_s),
        "unknown_s": number(summary.unknown_s),
    }
    yield f'{{"schema": {json.dumps(SCHEMA)},\n'
    yield f' "source": {json.dumps(head)},\n'
    yield f' "summary": {json.dumps(sums)},\n'
    yield ' "strides": ['
    for index, stride in enumerate(replay.strides):
        yield f"{',' if index else ''}\n  {json.dumps(to_dict(stride), allow_nan=False)}"
    yield "\n ]}\n"


def write_csv(path: Path, strides: NDArray[np.void]) -> None:
    """One row a stride, the fields of the stride record as columns; what is not known is left empty.

    Raises:
        OSError: the file cannot be written.
    """
    columns = list(to_dict(np.zeros(1, dtype=STRIDE)[0]))
    with written_whole(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        table = csv.DictWriter(text, columns, lineterminator="\n")
        table.writeheader()
        table.writerows(to_dict(stride) for stride in strides)


def sensors(source: SampleSource) -> str:
    """Which sensors took the recording, in the words of the JSON document."""
    return "accelerometer+gyroscope" if source.sensor.has_gyroscope else "accelerometer"


def number(value: float) -> float | None:
    """A number for JSON, to the sixth decimal; None when it is not known."""
    return round(value, 6) if math.isfinite(value) else None
