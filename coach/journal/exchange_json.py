"""The whole journal as one JSON document and back, without loss."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from cadence.cue import CUE
from cadence.stride import STRIDE
from coach.coach_settings import CoachSettings
from coach.files import written_whole
from coach.journal.care_rows import pain_dict, pain_of_dict, routine_dict, routine_of_dict
from coach.journal.columns import UPDATE, columns_of, records_of
from coach.journal.errors import JournalError
from coach.journal.rows import known, record_rows, update_rows, updates_of
from coach.journal.run_head import RunHead, finite, head_dict
from coach.journal.store import Journal, Taken
from coach.kept_run import KeptRun
from coach.stages import Stage

NAME = "cadence-coach/journal/"
VERSION = 2
SCHEMA = f"{NAME}{VERSION}"
_KNOWN = tuple(f"{NAME}{version}" for version in range(1, VERSION + 1))


def export_json(journal: Journal, to: Path | TextIO) -> int:
    """Write everything as one document; gives how many runs it holds.

    The records of a run are columns, as `columns_of` has them.

    Raises:
        JournalError: the journal cannot be read.
        OSError: the file cannot be written; what stood there before is still there.
    """
    if isinstance(to, Path):
        with written_whole(to) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as text:
            return export_json(journal, text)
    heads = journal.runs(None)
    to.write(f'{{"schema": {json.dumps(SCHEMA)},\n "runs": [')
    for index, head in enumerate(heads):
        to.write(",\n  " if index else "\n  ")
        to.writelines(_run_text(head, journal.load(head.run_id)))
    stages = [_stage_dict(name, stage) for name in journal.stage_runners() for stage in journal.stages(name)]
    to.write("\n ],\n")
    to.write(f' "stages": {json.dumps(stages, allow_nan=False)},\n')
    runners = journal.care_runners()
    pains = [{"runner": name, **pain_dict(pain)} for name in runners for pain in journal.pains(name)]
    done = [{"runner": name, **routine_dict(one)} for name in runners for one in journal.routines(name)]
    to.write(f' "pains": {json.dumps(pains, allow_nan=False)},\n')
    to.write(f' "routines": {json.dumps(done, allow_nan=False)}\n}}\n')
    return len(heads)


def import_json(journal: Journal, path: Path) -> Taken:
    """Take in a document of `export_json`, of this version or an older one, all or nothing. What is here
    already is passed over.

    Raises:
        JournalError: the file cannot be read, or is no such document, or the journal cannot be written.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except ValueError:
        raise JournalError(
            f"{path}: this is neither a recording nor JSON: take a recording of a run, or the file of "
            "'coach journal export --json'"
        ) from None
    schema = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(schema, str) or not schema.startswith(NAME):
        raise JournalError(f"{path}: this is not a journal: take the file of 'coach journal export --json'")
    if schema not in _KNOWN:
        raise JournalError(
            f"{path}: this is '{schema}' and this program knows '{SCHEMA}': update the program"
        )
    if schema == _KNOWN[0]:
        document |= {"pains": [], "routines": []}
    try:
        runs = [_run_of(entry) for entry in document["runs"]]
        stages = [_stage_of(entry) for entry in document["stages"]]
        pains = [(str(entry["runner"]), pain_of_dict(entry)) for entry in document["pains"]]
        routines = [(str(entry["runner"]), routine_of_dict(entry)) for entry in document["routines"]]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
        raise JournalError(f"{path}: the document is damaged: {what}; nothing was taken") from None
    return journal.take_in(runs, stages, pains, routines)


def _run_text(head: RunHead, run: KeptRun) -> Iterator[str]:
    yield json.dumps(head_dict(head), allow_nan=False)[:-1]
    updates = np.array(update_rows(run.updates), UPDATE)
    for name, records in (("strides", run.strides), ("cues", run.cues), ("updates", updates)):
        yield f',\n   "{name}": {{'
        for index, (column, values) in enumerate(columns_of(records).items()):
            # JSON has no word for infinity, but this number is read as it everywhere.
            text = json.dumps(values).replace("Infinity", "1e999")
            yield f'{"," if index else ""}\n    "{column}": {text}'
        yield "}"
    yield "}"


def _run_of(entry: dict[str, Any]) -> KeptRun:
    started = datetime.fromisoformat(entry["started"])
    if started.utcoffset() is None:
        raise ValueError("the start of a run lacks the offset of the local time")
    told = entry["settings"]
    return KeptRun(
        run_id=0,
        runner=str(entry["runner"]),
        started=started,
        duration_s=float(entry["duration_s"]),
        stationary_s=float(entry["stationary_s"]),
        finished=bool(entry["finished"]),
        pod=str(entry["pod"]),
        device=str(entry["device"]),
        recording=str(entry["recording"]),
        settings=CoachSettings(
            _maybe(told["baseline_spm"]),
            _maybe(told["baseline_speed_m_s"]),
            _maybe(told["target_spm"]),
            float(told["fade"]),
        ),
        baseline_spm=_maybe(entry["baseline_spm"]),
        target_spm=_maybe(entry["target_spm"]),
        surface=str(entry.get("surface", "")),  # version 1 has none
        plan=str(entry.get("plan", "")),
        strides=records_of(entry["strides"], STRIDE),
        cues=records_of(entry["cues"], CUE),
        updates=updates_of(record_rows(records_of(entry["updates"], UPDATE))),
    )


def _stage_dict(runner: str, stage: Stage) -> dict[str, Any]:
    return finite({"runner": runner, **asdict(stage), "started": stage.started.isoformat()})


def _stage_of(entry: dict[str, Any]) -> tuple[str, Stage]:
    stage = Stage(
        started=date.fromisoformat(entry["started"]),
        baseline_spm=float(entry["baseline_spm"]),
        baseline_speed_m_s=known(entry["baseline_speed_m_s"]),
        target_spm=float(entry["target_spm"]),
        why=str(entry["why"]),
    )
    return str(entry["runner"]), stage


def _maybe(value: float | None) -> float | None:
    return None if value is None else float(value)
