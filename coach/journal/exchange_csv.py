"""The whole journal as CSV, one file a table, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.stride import STRIDE
from coach.care.records import Pain, RoutineDone, Set
from coach.files import written_whole
from coach.home import made_private
from coach.journal.care_rows import pain_dict, routine_dict
from coach.journal.columns import UPDATE, column_names, columns_of
from coach.journal.rows import update_rows
from coach.journal.run_head import COLUMNS, RunHead, finite, head_dict
from coach.journal.store import Journal
from coach.kept_run import KeptRun
from coach.stages import Stage

_RUN_COLUMNS = [
    "run_id",
    "runner",
    "started",
    *(name for name in COLUMNS[1:] if name not in ("runner", "started_us", "utc_offset_s")),
    "on_target_share",
]
_STAGE_COLUMNS = ["runner", *(field.name for field in fields(Stage))]
_PAIN_COLUMNS = ["runner", *(field.name for field in fields(Pain))]
_ROUTINE_COLUMNS = [
    "runner",
    *(field.name for field in fields(RoutineDone) if field.name != "sets"),
    "set",
    *(field.name for field in fields(Set)),
]

_Records = Callable[[KeptRun], NDArray[np.void]]


def export_csv(journal: Journal, folder: Path) -> list[Path]:
    """Write `runs.csv`, `strides.csv`, `cues.csv`, `updates.csv`, `stages.csv`, `pains.csv` and
    `routines.csv`; gives their paths. A routine has a row a set, or one row where it has no sets.

    What is not known is left empty.

    Raises:
        JournalError: the journal cannot be read.
        OSError: a file cannot be written.
    """
    made_private(folder)
    heads = journal.runs(None)
    stages = (
        list(finite({"runner": runner, **asdict(stage)}).values())
        for runner in journal.stage_runners()
        for stage in journal.stages(runner)
    )
    pains = (
        list({"runner": runner, **pain_dict(pain)}.values())
        for runner in journal.care_runners()
        for pain in journal.pains(runner)
    )
    records: dict[str, tuple[np.dtype[np.void], _Records]] = {
        "strides": (STRIDE, lambda run: run.strides),
        "cues": (CUE, lambda run: run.cues),
        "updates": (UPDATE, lambda run: np.array(update_rows(run.updates), UPDATE)),
    }
    return [
        _written(folder / "runs.csv", _RUN_COLUMNS, map(_run_row, heads)),
        *(
            _written(
                folder / f"{name}.csv", ["run_id", *column_names(dtype)], _record_rows(journal, heads, of)
            )
            for name, (dtype, of) in records.items()
        ),
        _written(folder / "stages.csv", _STAGE_COLUMNS, stages),
        _written(folder / "pains.csv", _PAIN_COLUMNS, pains),
        _written(folder / "routines.csv", _ROUTINE_COLUMNS, _routine_rows(journal)),
    ]


def _run_row(head: RunHead) -> list[Any]:
    entry = head_dict(head)
    entry |= {f"told_{name}": value for name, value in entry["settings"].items()}
    return [entry[name] for name in _RUN_COLUMNS]


def _record_rows(journal: Journal, heads: list[RunHead], of: _Records) -> Iterator[list[Any]]:
    for head in heads:
        columns = columns_of(of(journal.load(head.run_id)))
        for row in zip(*columns.values(), strict=True):
            yield [head.run_id, *row]


def _routine_rows(journal: Journal) -> Iterator[list[Any]]:
    for runner in journal.care_runners():
        for routine in journal.routines(runner):
            entry = {"runner": runner, **routine_dict(routine)}
            shared = [entry[name] for name in _ROUTINE_COLUMNS[: _ROUTINE_COLUMNS.index("set")]]
            for number, one in enumerate(routine.sets, 1):
                lowering_s = " ".join(map(str, one.lowering_s))
                yield [*shared, number, one.reps, lowering_s, one.completed]
            if not routine.sets:
                yield [*shared, "", "", "", ""]


def _written(path: Path, columns: list[str], rows: Iterable[list[Any]]) -> Path:
    with written_whole(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)
    return path
