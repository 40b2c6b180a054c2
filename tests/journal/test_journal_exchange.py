"""The data is the runner's: all of it goes out as JSON and CSV, and moves to another machine without loss."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.stride import STRIDE, to_dict
from coach.journal.columns import UPDATE, column_names, columns_of, records_of
from coach.journal.errors import JournalError
from coach.journal.exchange_csv import export_csv
from coach.journal.exchange_json import SCHEMA, export_json, import_json
from coach.journal.run_head import loads_of
from coach.journal.store import Journal
from coach.stages import Stage

from .kept_runs import (
    HEEL_DROPS,
    PAIN,
    STARTED,
    UPDATES,
    any_records,
    begin,
    bits,
    burst,
    keep,
    same,
    strides,
)

STAGE = Stage(date(2026, 3, 1), 160.5, float("nan"), 168.5, "your own cadence")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The journal of another machine."""
    return tmp_path / "other" / "journal.db"


def filled(journal: Journal) -> None:
    keep(journal, recording="/here/a.mcap")
    cut_off = begin(journal, started=STARTED + timedelta(days=1))
    journal.add(cut_off, strides(7), burst(1.0), UPDATES)
    keep(journal, strides(0), runner="demo 3", started=STARTED + timedelta(days=2))
    journal.flush()
    journal.add_stage(STAGE)
    journal.add_stage(STAGE, "demo 3")
    journal.set_surface(1, "trail")
    for runner in ("me", "simulated"):
        journal.add_pain(PAIN, runner)
        journal.add_routine(HEEL_DROPS, runner)


def care(journal: Journal) -> list[Any]:
    return [(runner, journal.pains(runner), journal.routines(runner)) for runner in journal.care_runners()]


@settings(max_examples=60)
@given(any_records(STRIDE), any_records(CUE), any_records(UPDATE))
def test_columns_give_the_records_again_bit_for_bit(
    found: NDArray[np.void], cues: NDArray[np.void], updates: NDArray[np.void]
) -> None:
    for records in (found, cues, updates):
        text = json.dumps(columns_of(records)).replace("Infinity", "1e999")
        again = records_of(json.loads(text), records.dtype)
        assert again.dtype == records.dtype
        assert bits(again) == bits(records)


def test_columns_have_the_words_and_the_short_numbers_of_the_stride_record() -> None:
    columns = columns_of(strides(2, spm=172.7))
    assert column_names(STRIDE) == list(columns) == list(to_dict(strides(1)[0]))
    assert [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] == [
        to_dict(stride) for stride in strides(2, spm=172.7)
    ]


def test_a_journal_moves_to_another_machine_without_loss(path: Path, other: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    with Journal(path) as here, Journal(other) as there:
        filled(here)
        assert export_json(here, file) == 3
        assert import_json(there, file) == (3, 0, 4)
        for one, its_copy in zip(here.runs(None), there.runs(None), strict=True):
            assert same(here.load(one.run_id), there.load(its_copy.run_id))
            assert repr((one.sums, one.facts)) == repr((its_copy.sums, its_copy.facts))
        for runner in ("me", "demo 3"):
            assert repr(there.stages(runner)) == repr([STAGE])
        assert there.runs()[0].surface == "trail"
        assert care(there) == care(here)
        assert [runner for runner, *_ in care(there)] == ["me", "simulated"]
        assert there.pains()[0].at.utcoffset() == PAIN.at.utcoffset()


def test_what_is_here_already_is_passed_over(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    with Journal(path) as journal:
        filled(journal)
        export_json(journal, file)
        assert import_json(journal, file) == (0, 3, 0)
        journal.delete(1)
        assert import_json(journal, file) == (1, 2, 0)
        assert len(journal.runs(None)) == 3
        assert len(journal.stages()) == 1


def test_the_document_names_its_schema_and_is_plain_json(path: Path) -> None:
    text = io.StringIO()
    with Journal(path) as journal:
        filled(journal)
        export_json(journal, text)
    document = json.loads(text.getvalue(), parse_constant=pytest.fail)
    assert list(document) == ["schema", "runs", "stages", "pains", "routines"]
    assert document["schema"] == SCHEMA == "cadence-coach/journal/2"
    run = document["runs"][0]
    assert (run["runner"], run["started"]) == ("me", "2026-03-29T07:15:01.234567+02:00")
    assert run["cadence_spm"] == pytest.approx(170.0)
    assert set(run["strides"]["side"]) == {"left"}
    assert run["strides"]["flight_time_s"] == [None] * 40
    assert run["cues"]["kind"] == ["burst_up", "silence"]
    assert document["stages"][0]["why"] == "your own cadence"
    assert run["surface"] == "trail"
    assert document["pains"][0] == {
        "runner": "me", "at": "2026-03-29T07:15:01.234567+02:00", "score": 4, "when": "after",
        "side": "left", "snap": False, "cleared": False, "note": "at the heel, \u201cdull\u201d",
    }  # fmt: skip
    assert document["routines"][0]["sets"] == [
        {"reps": 8, "lowering_s": [3.1, 2.75], "completed": True},
        {"reps": 6, "lowering_s": [], "completed": False},
    ]


def test_a_document_of_version_1_is_taken_in(path: Path, tmp_path: Path) -> None:
    def older(document: dict[str, Any]) -> None:
        document["schema"] = "cadence-coach/journal/1"
        for name in ("pains", "routines"):
            document.pop(name)
        for run in document["runs"]:
            for name in ("surface", "plan", "climb_m", "fast_m", "achilles_dose"):
                run.pop(name)

    file = tmp_path / "older.json"
    file.write_text(json.dumps(document_with(older)))
    with Journal(path) as journal:
        assert import_json(journal, file) == (1, 0, 0)
        (head,) = journal.runs()
        assert (head.surface, head.plan) == ("", "")
        assert head.sums is not None
        found = {name: getattr(head.sums, name) for name in ("climb_m", "fast_m", "achilles_dose")}
        assert repr(found) == repr(loads_of(journal.load(head.run_id), []))


def test_an_empty_journal_goes_out_and_in(path: Path, other: Path, tmp_path: Path) -> None:
    with Journal(path) as here, Journal(other) as there:
        assert export_json(here, tmp_path / "none.json") == 0
        assert import_json(there, tmp_path / "none.json") == (0, 0, 0)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_has_one_file_a_table(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    with Journal(path) as journal:
        filled(journal)
        paths = export_csv(journal, folder)
    assert [file.name for file in paths] == [
        "runs.csv", "strides.csv", "cues.csv", "updates.csv", "stages.csv", "pains.csv",
        "routines.csv",
    ]  # fmt: skip
    runs, found, cues, updates, stages, pains, routines = map(rows_of, paths)
    assert [(run["run_id"], run["runner"], run["finished"]) for run in runs] == [
        ("1", "me", "True"),
        ("2", "me", "False"),
        ("3", "demo 3", "True"),
    ]
    assert (runs[0]["told_fade"], runs[0]["on_target_share"], runs[1]["cadence_spm"]) == ("0.25", "1.0", "")
    assert [stride["run_id"] for stride in found] == ["1"] * 40 + ["2"] * 7
    assert (found[0]["cadence_spm"], found[0]["flight_time_s"], found[0]["signal"]) == ("170.0", "", "good")
    assert [cue["kind"] for cue in cues] == ["burst_up", "silence"] * 3
    assert [update["cadence_spm"] for update in updates] == ["168.0", "170.0"]
    assert [stage["baseline_speed_m_s"] for stage in stages] == ["", ""]
    assert [(run["surface"], run["plan"]) for run in runs] == [("trail", ""), ("", ""), ("", "")]
    assert [(pain["runner"], pain["score"], pain["when"]) for pain in pains] == [
        ("me", "4", "after"),
        ("simulated", "4", "after"),
    ]
    assert [(one["leg"], one["set"], one["reps"], one["lowering_s"]) for one in routines] == [
        ("right", "1", "8", "3.1 2.75"),
        ("right", "2", "6", ""),
    ] * 2


@pytest.mark.skipif(os.name != "posix", reason="this system has no file modes")
def test_what_goes_out_only_the_runner_can_read(path: Path, tmp_path: Path) -> None:
    with Journal(path) as journal:
        keep(journal)
        export_json(journal, tmp_path / "all.json")
        paths = [tmp_path / "all.json", *export_csv(journal, tmp_path / "tables")]
    assert {file.stat().st_mode & 0o777 for file in paths} == {0o600}
    assert (tmp_path / "tables").stat().st_mode & 0o777 == 0o700


def document_with(change: Any) -> dict[str, Any]:
    """What a journal of one run writes, changed."""
    text = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.db") as journal:
        keep(journal)
        journal.add_stage(STAGE)
        journal.add_pain(PAIN)
        journal.add_routine(HEEL_DROPS)
        export_json(journal, text)
    document: dict[str, Any] = json.loads(text.getvalue())
    change(document)
    return document


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda d: d.pop("schema"), "this is not a journal"),
        (lambda d: d.update(schema="cadence-coach/replay/1"), "this is not a journal"),
        (lambda d: d.update(schema="cadence-coach/journal/3"), "update the program"),
        (lambda d: d.pop("pains"), "'pains' is missing"),
        (lambda d: d["pains"][0].update(score=11), "11 is no pain"),
        (lambda d: d["pains"][0].update(side="middle"), "'middle' is none of left, right, both"),
        (lambda d: d["pains"][0].update(at="2026-03-29T07:15:01"), "lacks the offset"),
        (lambda d: d["pains"][0].update(note="\ud800"), "the document is damaged|surrogates"),
        (lambda d: d["pains"][0].update(at="0001-01-01T00:00:00+14:00"), "is no time"),
        (lambda d: d["routines"][0].update(load_kg=-5.0), "-5.0 is no amount"),
        (lambda d: d["routines"][0].update(load_kg=float("nan")), "nan is no amount"),
        (lambda d: d["routines"][0]["sets"][0].update(lowering_s=[float("nan")]), "nan is no amount"),
        (lambda d: d["routines"][0].update(routine="dance"), "'dance' is none of"),
        (lambda d: d["routines"][0]["sets"][0].pop("reps"), "'reps' is missing"),
        (lambda d: d["routines"][0].update(leg="both"), "'both' is none of left, right"),
        (lambda d: d.pop("runs"), "'runs' is missing"),
        (lambda d: d.update(runs=[7]), "the document is damaged"),
        (lambda d: d["runs"][0].pop("pod"), "'pod' is missing"),
        (lambda d: d["runs"][0].update(started="2026-03-29T07:15:01"), "lacks the offset"),
        (lambda d: d["runs"][0].update(started="yesterday"), "yesterday"),
        (lambda d: d["runs"][0].update(duration_s="long"), "long"),
        (lambda d: d["runs"][0].update(duration_s=None), "the document is damaged"),
        (lambda d: d["runs"][0]["strides"]["impact_g"].pop(), "not of one length"),
        (lambda d: d["runs"][0]["strides"]["impact_g"].__setitem__(3, "hard"), "something else than numbers"),
        (lambda d: d["runs"][0]["strides"]["clipped"].__setitem__(3, 2), "something else than true"),
        (lambda d: d["runs"][0]["strides"]["activity"].__setitem__(3, "flying"), "'flying' is no activity"),
        (lambda d: d["stages"][0].update(started="May"), "the document is damaged"),
    ],
)
def test_a_document_that_is_none_is_told_and_nothing_is_taken(
    path: Path, tmp_path: Path, change: Any, line: str
) -> None:
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(document_with(change)))
    with Journal(path) as journal:
        with pytest.raises(JournalError, match=line) as told:
            import_json(journal, file)
        assert str(told.value).startswith(f"{file}: ")
        assert journal.runs(None) == []
        assert journal.care_runners() == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{", b"[1, 2]", b"7"])
def test_a_file_that_is_no_document_is_told(path: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd"
    file.write_bytes(content)
    with Journal(path) as journal, pytest.raises(JournalError, match="journal export --json"):
        import_json(journal, file)
    with Journal(path) as journal, pytest.raises(JournalError, match="cannot be read"):
        import_json(journal, tmp_path / "nowhere")
