"""A run that goes on: a crash costs its last seconds at most, and it goes on when its journal cannot."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from coach.journal.errors import JournalError
from coach.journal.store import Journal

from .kept_runs import STARTED, begin, bits, burst, keep, strides, told

HERE = Path(__file__).parent

PRELUDE = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import importlib.util
spec = importlib.util.spec_from_file_location("kept_runs", {here!r} + "/kept_runs.py")
kept_runs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kept_runs)
from coach.journal.store import Journal
path = Path(sys.argv[1])
def at_this_point():
    print("here", flush=True)
    sys.stdin.readline()
"""

BEGUN = """
with Journal(path) as journal:
    run_id = kept_runs.begin(journal, recording="/somewhere/run.mcap")
    journal.add(run_id, kept_runs.strides(30), kept_runs.burst(5.0))
    kept_runs.told(journal, run_id, 30.0)
    journal.flush()
    journal.add(run_id, kept_runs.strides(2, first_s=30.0))
    at_this_point()
"""

TAKEN_UP = """
with Journal(path) as journal:
    run_id = journal.unfinished().head.run_id
    journal.resume_run(run_id, "again.mcap")
    journal.add(run_id, kept_runs.strides(20, spm=160.0))
    at_this_point()
    journal.flush()
    at_this_point()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


@contextmanager
def process(path: Path, program: str) -> Iterator[subprocess.Popen[str]]:
    """Another process, up to its next point; killed at the end if it still lives."""
    with subprocess.Popen(
        [sys.executable, "-c", PRELUDE.format(here=str(HERE)) + program, str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parents[1],
    ) as running:  # fmt: skip
        reach(running)
        try:
            yield running
        finally:
            running.kill()


def reach(running: subprocess.Popen[str]) -> None:
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"


def go_on(running: subprocess.Popen[str]) -> None:
    assert running.stdin is not None
    running.stdin.write("\n")
    running.stdin.flush()
    reach(running)


@pytest.mark.skipif(os.name != "posix", reason="this system has no SIGKILL")
def test_a_run_that_was_killed_is_taken_up_and_killed_again_loses_nothing(path: Path) -> None:
    with process(path, BEGUN) as running:
        with Journal(path) as journal:
            assert journal.unfinished() is None, "it goes on"
            with pytest.raises(JournalError, match="goes on in another window"):
                journal.delete(1)
            with pytest.raises(JournalError, match="goes on in another window"):
                journal.resume_run(1, "again.mcap")
        running.send_signal(signal.SIGKILL)
        running.wait()

    with Journal(path) as journal:
        cut_off = journal.unfinished()
        assert cut_off is not None
        assert cut_off.last_s == strides(30)["t_mid_stance_s"][-1]
        assert (cut_off.head.recording, cut_off.head.duration_s) == ("/somewhere/run.mcap", 30.0)
        assert cut_off.head.sums is None
        before = journal.load(cut_off.head.run_id)
        assert bits(before.strides) == bits(strides(30))
        assert bits(before.cues) == bits(burst(5.0))

    with process(path, TAKEN_UP):
        pass  # killed before the first of the refill was written
    with Journal(path) as journal:
        assert bits(journal.load(1).strides) == bits(strides(30))

    with process(path, TAKEN_UP) as running:
        go_on(running)
    with Journal(path) as journal:
        refilled = journal.load(1)
        assert bits(refilled.strides) == bits(strides(20, spm=160.0))
        assert len(refilled.cues) == 0
        journal.resume_run(1, "again.mcap")
        journal.add(1, strides(35), burst(5.0))
        journal.finish_run(1)
        assert bits(journal.load(1).strides) == bits(strides(35))
        assert journal.unfinished() is None


def test_a_run_that_cannot_be_taken_up_is_finished_with_what_there_is(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal)
        journal.add(run_id, strides(30))
        told(journal, run_id, 5.0)
    with Journal(path) as journal:
        cut_off = journal.unfinished()
        assert cut_off is not None
        journal.finish_run(cut_off.head.run_id)
        head = journal.head(run_id)
        assert head.duration_s == strides(30)["t_mid_stance_s"][-1], "the strides know it better"
        assert journal.unfinished() is None


def test_taken_up_without_a_refill_it_keeps_what_it_has(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal)
        journal.add(run_id, strides(30))
    with Journal(path) as journal:
        journal.resume_run(run_id, "again.mcap")
        told(journal, run_id, 50.0)
        journal.flush()
        journal.finish_run(run_id)
        assert bits(journal.load(run_id).strides) == bits(strides(30))


def test_the_newest_run_of_the_runner_is_taken_up(path: Path) -> None:
    with Journal(path) as journal:
        begin(journal)
        newest = begin(journal, started=STARTED + timedelta(hours=1))
        begin(journal, runner="demo 1", started=STARTED + timedelta(hours=2))
        keep(journal, started=STARTED + timedelta(hours=3))
        assert journal.unfinished() is None, "they go on here"
    with Journal(path) as journal:
        cut_off = journal.unfinished()
        assert cut_off is not None
        assert cut_off.head.run_id == newest
        assert cut_off.last_s is None


def test_a_full_disk_is_told_and_nothing_is_lost(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal)
        database = journal._database
        database.execute("PRAGMA max_page_count = 20")
        for at in range(0, 5000, 500):
            journal.add(run_id, strides(5000)[at : at + 500])
            journal.flush()
        assert journal.failed == f"the journal is not written: {path}: the disk is full; it is tried again"
        with pytest.raises(JournalError, match="the disk is full"):
            journal.finish_run(run_id)
        database.execute("PRAGMA max_page_count = 1000000")
        journal.flush()
        assert journal.failed is None
        journal.finish_run(run_id)
        assert bits(journal.load(run_id).strides) == bits(strides(5000))


def test_another_program_that_holds_the_file_is_waited_out(path: Path) -> None:
    with Journal(path) as journal:
        run_id = begin(journal)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            journal.add(run_id, strides(5))
            journal.flush()
            assert journal.failed is not None
            assert "another program is writing" in journal.failed
            other.execute("ROLLBACK")
        journal.add(run_id, strides(5, first_s=10.0))
        journal.flush()
        assert journal.failed is None
        journal.finish_run(run_id)
        assert len(journal.load(run_id).strides) == 10


def test_two_processes_write_runs_at_once(path: Path) -> None:
    program = """
for n in range(5):
    with Journal(path) as journal:
        run_id = kept_runs.begin(journal)
        for at in range(20):
            journal.add(run_id, kept_runs.strides(20)[at:at + 1])
            journal.flush()
        journal.finish_run(run_id)
at_this_point()
"""
    with process(path, "at_this_point()" + program) as one, process(path, "at_this_point()" + program) as two:
        for running in (one, two):
            assert running.stdin is not None
            running.stdin.write("\n")
            running.stdin.flush()
        reach(one)
        reach(two)
    with Journal(path) as journal:
        assert journal.note == ""
        assert [head.sums and head.sums.strides for head in journal.runs()] == [20] * 10


def test_two_runs_in_one_journal_do_not_mix(path: Path) -> None:
    with Journal(path) as journal:
        left, right = begin(journal), begin(journal)
        for at in range(10):
            journal.add(left, strides(10)[at : at + 1])
            journal.add(right, strides(10, spm=150.0)[at : at + 1])
            journal.flush()
        journal.finish_run(left)
        journal.finish_run(right)
        assert bits(journal.load(left).strides) == bits(strides(10))
        assert bits(journal.load(right).strides) == bits(strides(10, spm=150.0))
