"""Strides as text for other programs: the JSON document of a replay, and CSV."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, to_dict
from coach.cue_files import heard_cues
from coach.files import written_whole
from coach.replay import Replay
from coach.summary import Summary
from coach.two_feet.asymmetry import asymmetry_dict
from firmware_bridge.readings import CadenceUpdate, Losses
from firmware_bridge.source import Described

SCHEMA = "cadence-coach/replay/1"


def json_lines(source: Described, replay: Replay) -> Iterator[str]:
    """The JSON document of a recording, a line at a time: it may hold a hundred thousand strides."""
    counters = replay.counters
    head: dict[str, Any] = {
        "path": source.path,
        "format": source.format,
        "sensors": sensors(source) if counters.samples or not replay.updates else None,
        "samples": counters.samples,
        "duration_s": number(counters.duration_s),
        "rate_hz": number(source.rate_hz),
        "clipped_samples": counters.clipped_samples,
        "gaps": counters.gaps,
    }
    if replay.losses is not None:
        head["device"] = replay.device
        head["losses"] = losses_dict(replay.losses)
    yield f'{{"schema": {json.dumps(SCHEMA)},\n'
    yield f' "source": {json.dumps(head)},\n'
    summary = summary_dict(replay.summary)
    if replay.asymmetry is not None:
        summary["asymmetry"] = asymmetry_dict(replay.asymmetry)
    if replay.plan is not None:
        summary["plan"] = replay.plan.to_dict()
    yield f' "summary": {json.dumps(summary)},\n'
    yield from _json_list("strides", (to_dict(stride) for stride in replay.strides))
    if replay.updates:
        yield ",\n"
        yield from _json_list("updates", (update_dict(update) for update in replay.updates))
    if replay.coached:
        yield ",\n"
        yield from _json_list("cues", heard_cues(replay.cues, counters.duration_s))
    yield "\n}\n"


def _json_list(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f' "{name}": ['
    for index, row in enumerate(rows):
        yield f"{',' if index else ''}\n  {json.dumps(row, allow_nan=False)}"
    yield "\n ]"


def summary_dict(summary: Summary) -> dict[str, Any]:
    """The sums of a recording, for JSON."""
    return {
        "strides": summary.strides,
        "running_strides": summary.running_strides,
        "cadence_spm": number(summary.cadence_spm),
        "distance_m": number(summary.distance_m),
        "stationary_s": number(summary.stationary_s),
        "walking_s": number(summary.walking_s),
        "running_s": number(summary.running_s),
        "unknown_s": number(summary.unknown_s),
    }


def losses_dict(losses: Losses) -> dict[str, Any]:
    """What a link lost, for JSON."""
    return {field.name: getattr(losses, field.name) for field in fields(losses)}


def update_dict(update: CadenceUpdate) -> dict[str, Any]:
    """One ready-made cadence, for JSON."""
    return {
        "t_s": number(update.t_s),
        "cadence_spm": number(update.cadence_spm),
        "speed_m_s": number(update.speed_m_s),
        "stride_length_m": number(update.stride_length_m),
        "activity": update.activity.name.lower(),
    }


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


def sensors(source: Described) -> str:
    """Which sensors took the recording, in the words of the JSON document."""
    return "accelerometer+gyroscope" if source.sensor.has_gyroscope else "accelerometer"


def number(value: float) -> float | None:
    """A number for JSON, to the sixth decimal; None when it is not known."""
    return round(value, 6) if math.isfinite(value) else None
