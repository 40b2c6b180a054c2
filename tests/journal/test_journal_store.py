"""The journal keeps runs as they were, tells their numbers, and forgets what the runner deletes."""

from __future__ import annotations

import math
import os
import sqlite3
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.stride import STRIDE, Side
from coach.journal.errors import JournalError
from coach.journal.store import Journal
from coach.run_facts import run_facts
from coach.stages import Stage

from .kept_runs import (
    SETTINGS,
    STARTED,
    UPDATES,
    any_records,
    begin,
    bits,
    burst,
    keep,
    strides,
    told,
)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "journal.db"


@settings(max_examples=60)
@given(any_records(STRIDE), any_records(CUE))
def test_any_record_comes_back_bit_for_bit(records: NDArray[np.void], cues: NDArray[np.void]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        with Journal(path) as journal:
            run_id = begin(journal)
            journal.add(run_id, records, list(cues))
        with Journal(path) as journal:
            run = journal.load(run_id)
    assert run.strides.dtype == STRIDE
    assert run.cues.dtype == CUE
    assert bits(run.strides) == bits(records)
    assert bits(run.cues) == bits(cues)


def test_a_run_comes_back_as_it_was(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal, recording="/far/away.mcap")
        for at in range(0, 40, 3):
            journal.add(run_id, strides(40)[at : at + 3])
            journal.flush()
        journal.add(run_id, updates=UPDATES)
        journal.add(run_id, cues=burst(5.0))
        told(journal, run_id, 61.5)
        journal.finish_run(run_id)
    with Journal(path) as journal:
        run = journal.load(run_id)
    assert bits(run.strides) == bits(strides(40))
    assert bits(run.cues) == bits(burst(5.0))
    assert repr(run.updates) == repr(UPDATES)
    assert (run.started, run.started.utcoffset()) == (STARTED, timedelta(hours=2))
    assert (run.runner, run.pod, run.device, run.recording) == ("me", "sim:hill", "Pod 7", "/far/away.mcap")
    assert (run.duration_s, run.stationary_s, run.finished) == (61.5, 1.5, True)
    assert (run.settings, run.baseline_spm, run.target_spm) == (SETTINGS, 164.25, 172.0)


def test_the_head_tells_the_numbers_of_a_finished_run(path: Path) -> None:
    with Journal(path) as journal:
        run_id = keep(journal)
        (head,) = journal.runs()
        run = journal.load(run_id)
    assert head.sums is not None
    assert head.sums.strides == head.sums.running_strides == 40
    assert head.sums.bursts == 1
    assert head.sums.cadence_spm == pytest.approx(170.0)
    assert head.sums.speed_m_s == pytest.approx(3.0)
    assert head.sums.distance_m == pytest.approx(3.0 * 40 * 120 / 170, rel=1e-6)
    assert 20 < head.sums.running_s < 61.5
    assert head.facts == run_facts(STARTED.date(), run.strides, run.cues, 172.0)
    assert head.on_target_share == pytest.approx(1.0)


def test_what_is_fast_is_told_by_the_runs_of_the_four_weeks_before(path: Path) -> None:
    fast = strides(40)
    fast["speed_m_s"] = 4.0
    with Journal(path) as journal:
        first = keep(journal, fast)
        usual = keep(journal, started=STARTED + timedelta(days=1))
        faster = keep(journal, fast, started=STARTED + timedelta(days=2))
        long_after = keep(journal, fast, started=STARTED + timedelta(days=40))
        sums = {head.run_id: head.sums for head in journal.runs()}
    fast_m = [one.fast_m if (one := sums[run]) else math.nan for run in (first, usual, faster, long_after)]
    assert fast_m == [0.0, 0.0, pytest.approx(3.0 * 40 * 120 / 170, rel=1e-6), 0.0]


def test_the_load_of_a_run_with_two_pods_is_that_of_the_foot_that_told_more(path: Path) -> None:
    both = np.concatenate([strides(40), strides(30)])
    both["flight_time_s"] = 0.1
    both["side"][40:] = Side.RIGHT
    both.sort(order="t_mid_stance_s")
    with Journal(path) as journal:
        two, one = keep(journal, both), keep(journal, both[both["side"] == Side.LEFT])
        doses = [journal.head(run).sums for run in (two, one)]
    assert doses[0] is not None
    assert doses[1] is not None
    assert doses[0].achilles_dose == doses[1].achilles_dose > 0.0


def test_a_run_of_ready_made_cadence_has_numbers_too(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal)
        journal.add(run_id, updates=UPDATES)
        journal.finish_run(run_id)
        head = journal.head(run_id)
    assert head.sums is not None
    assert (head.sums.cadence_spm, head.sums.speed_m_s, head.duration_s) == (169.0, 2.6, 1.5)
    assert math.isnan(head.on_target_share)


def test_a_run_without_a_stride_is_kept_and_its_numbers_are_not_known(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal)
        journal.finish_run(run_id)
        head = journal.head(run_id)
    assert head.finished
    assert head.sums is not None
    assert math.isnan(head.sums.cadence_spm)
    assert head.facts is not None
    assert math.isnan(head.facts.own_spm)


def test_runs_are_told_by_runner_the_oldest_first(path: Path) -> None:
    with Journal(path) as journal:
        newer = keep(journal, started=STARTED + timedelta(days=1))
        older = keep(journal)
        of_a_demo = keep(journal, runner="demo 3", started=STARTED + timedelta(days=2))
        assert [head.run_id for head in journal.runs()] == [older, newer]
        assert [head.run_id for head in journal.runs("demo 3")] == [of_a_demo]
        assert [head.run_id for head in journal.runs(None)] == [older, newer, of_a_demo]
        latest = journal.latest()
        assert latest is not None
        assert latest.run_id == newer
        assert journal.latest("nobody") is None


def test_a_run_needs_the_offset_of_its_start(path: Path) -> None:
    with Journal(path) as journal, pytest.raises(ValueError, match="offset"):
        begin(journal, started=datetime(2026, 1, 1))


def test_stages_come_back(path: Path) -> None:
    first = Stage(date(2026, 3, 1), 160.5, float("nan"), 168.5, "your own cadence")
    second = Stage(date(2026, 3, 15), 168.0, 2.9, 176.0, "168 held for a week")
    with Journal(path) as journal:
        journal.add_stage(second)
        journal.add_stage(first)
        journal.add_stage(first, "demo 3")
        assert repr(journal.stages()) == repr([first, second])
        assert journal.stage_runners() == ["demo 3", "me"]


def test_what_is_deleted_is_gone_from_the_file_too(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal, runner="Rosinante", recording="/far/away.mcap")
        journal.add(run_id, strides(10))
        journal.finish_run(run_id)
        journal.add_stage(Stage(date(2026, 3, 1), 160.5, 3.0, 168.5, "Rosinante's own"), "Rosinante")
        assert journal.delete(run_id) == ""
        assert journal.runs(None) == []
        assert journal.stages("Rosinante") == []
        for part in path.parent.iterdir():
            assert b"Rosinante" not in part.read_bytes()
        with pytest.raises(JournalError, match=f"no run {run_id}"):
            journal.load(run_id)
        assert keep(journal) > run_id, "a number is not given twice"


def test_a_recording_among_the_coachs_own_goes_with_its_run_and_another_stays(path: Path) -> None:
    ours = path.parent / "runs" / "a.mcap"
    theirs = path.parent.parent / "b.mcap"
    ours.parent.mkdir(parents=True)
    for recording in (ours, theirs):
        recording.write_bytes(b"x")
    with Journal(path) as journal:
        assert journal.delete(keep(journal, recording=str(ours))) == ""
        assert journal.delete(keep(journal, recording=str(theirs))) == str(theirs)
        with pytest.raises(JournalError, match="no run 99"):
            journal.delete(99)
    assert (ours.exists(), theirs.exists()) == (False, True)


@pytest.mark.skipif(os.name != "posix", reason="this system has no file modes")
def test_only_the_runner_can_read_it_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        with Journal(path) as journal:
            begin(journal)
            parts = sorted(path.parent.iterdir())
            assert [part.name for part in parts] == [
                "journal.db", "journal.db-shm", "journal.db-wal", "journal.db.run-1",
            ]  # fmt: skip
            assert {part.stat().st_mode & 0o777 for part in parts} == {0o600}
            assert path.parent.stat().st_mode & 0o777 == 0o700
        path.chmod(0o644)
        Journal(path).close()
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_a_two_hour_run_is_quick_to_write_and_to_load(path: Path) -> None:
    records = strides(10_000)
    with Journal(path) as journal:
        run_id = begin(journal)
        start = time.process_time()
        for at in range(len(records)):
            journal.add(run_id, records[at : at + 1])
        assert time.process_time() - start < 0.001 * len(records) / 10
        journal.finish_run(run_id)
        start = time.process_time()
        run = journal.load(run_id)
        assert time.process_time() - start < 0.3
    assert bits(run.strides) == bits(records)
    start = time.process_time()
    Journal(path).close()
    assert time.process_time() - start < 0.02


def test_a_row_of_nonsense_is_told_and_can_be_deleted(path: Path) -> None:
    with Journal(path) as journal:
        run_id = keep(journal)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE strides SET activity = 'fast' WHERE n = 3")
    connection.close()
    with Journal(path) as journal:
        with pytest.raises(JournalError, match=f"coach journal delete {run_id}"):
            journal.load(run_id)
        journal.delete(run_id)
        assert journal.runs() == []
