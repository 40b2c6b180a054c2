"""What is kept beside running: pains and routines come back as they were, and go when the runner says so."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.care.records import Pain, RoutineDone, Set
from coach.journal.care_rows import (
    pain_dict,
    pain_of_dict,
    pain_of_row,
    pain_row,
    routine_dict,
    routine_of_dict,
    routine_of_row,
    routine_row,
)
from coach.journal.errors import JournalError
from coach.journal.store import Journal

from .kept_runs import HEEL_DROPS, PAIN, SETTINGS, STARTED, keep

moments = st.datetimes(
    datetime(1990, 1, 1), datetime(2100, 1, 1),
    timezones=st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)  # fmt: skip
legs = st.sampled_from(["left", "right"])
any_pain = st.builds(
    Pain, moments, st.integers(0, 10), st.sampled_from(["during", "after", "morning"]),
    st.sampled_from(["left", "right", "both"]), st.booleans(), st.booleans(), st.text(max_size=20),
)  # fmt: skip
seconds = st.floats(0, 1e6)
any_set = st.builds(Set, st.integers(0, 60), st.lists(seconds, max_size=4).map(tuple), st.booleans())
any_routine = st.builds(
    RoutineDone, moments, st.sampled_from(["warm-up", "calf-raises", "heel-drops"]), st.none() | legs,
    st.lists(
        any_set, max_size=3
    ).map(tuple),
    seconds, seconds, st.booleans(), st.booleans(),
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


@settings(max_examples=80)
@given(any_pain, any_routine)
def test_entries_come_back_as_they_were(pain: Pain, routine: RoutineDone) -> None:
    assert pain_of_dict(pain_dict(pain)) == pain_of_row(pain_row(pain, "me")[1:]) == pain
    assert routine_of_dict(routine_dict(routine)) == routine_of_row(routine_row(routine, "me")[1:]) == routine
    assert pain_of_row(pain_row(pain, "me")[1:]).at.utcoffset() == pain.at.utcoffset()


def test_they_are_told_by_runner_the_oldest_first(path: Path) -> None:
    earlier = replace(PAIN, at=STARTED - timedelta(days=1), score=2)
    warm_up = RoutineDone(STARTED - timedelta(days=2), "warm-up", None, (), 0.0, 300.0, False, False)
    with Journal(path) as journal:
        for pain in (PAIN, earlier):
            journal.add_pain(pain)
        for routine in (HEEL_DROPS, warm_up):
            journal.add_routine(routine)
        journal.add_pain(PAIN, "simulated")
    with Journal(path) as journal:
        assert journal.pain_log() == [(2, earlier), (1, PAIN)]
        assert journal.pains("simulated") == [PAIN]
        assert journal.routines() == [warm_up, HEEL_DROPS]
        assert journal.routines("simulated") == []
        assert (journal.latest_pain(), journal.latest_pain("simulated")) == (2, 3)
        assert journal.latest_pain("nobody") is None


def test_an_entry_that_is_removed_is_gone_from_the_file_too(path: Path) -> None:
    with Journal(path) as journal:
        number = journal.add_pain(replace(PAIN, note="Rosinante"))
        with pytest.raises(JournalError, match=f"no entry {number} in the pain log"):
            journal.remove_pain(number, "simulated")
        journal.remove_pain(number)
        assert journal.pains() == []
        for part in path.parent.iterdir():
            assert b"Rosinante" not in part.read_bytes()
        assert journal.add_pain(PAIN) > number, "a number is not given twice"


def test_an_entry_needs_the_offset_of_its_time(path: Path) -> None:
    naive = datetime(2026, 1, 1)
    with Journal(path) as journal:
        for entry in (lambda: journal.add_pain(replace(PAIN, at=naive)),
                      lambda: journal.add_routine(replace(HEEL_DROPS, at=naive))):  # fmt: skip
            with pytest.raises(ValueError, match="offset"):
                entry()


def test_an_entry_of_nonsense_is_told_and_can_be_removed(path: Path) -> None:
    with Journal(path) as journal:
        number = journal.add_pain(PAIN)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE pains SET score = 'much'")
    with Journal(path) as journal:
        with pytest.raises(JournalError, match=f"coach pain --remove {number}"):
            journal.pains()
        journal.remove_pain(number)
        assert journal.pains() == []


def test_a_run_keeps_its_surface_and_its_plan(path: Path) -> None:
    with Journal(path) as journal:
        run_id = journal.begin_run(
            started=STARTED, pod="sim", settings=SETTINGS, surface="grass", plan="4:1x6"
        )
        assert (journal.head(run_id).surface, journal.head(run_id).plan) == ("grass", "4:1x6")
        journal.set_surface(run_id, "sand")
        journal.finish_run(run_id)
        assert (journal.load(run_id).surface, journal.load(run_id).plan) == ("sand", "4:1x6")
        with pytest.raises(JournalError, match="no run 99"):
            journal.set_surface(99, "road")


def test_the_last_run_goes_and_the_pain_log_stays(path: Path) -> None:
    with Journal(path) as journal:
        journal.add_pain(PAIN)
        journal.delete(keep(journal))
        assert journal.pains() == [PAIN]


def test_of_a_damaged_journal_pains_and_routines_are_kept(path: Path) -> None:
    with Journal(path) as journal:
        journal.add_pain(PAIN)
        journal.add_routine(HEEL_DROPS)
        for day in range(8):
            keep(journal, started=STARTED + timedelta(days=day))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 4096])
    with Journal(path) as journal:
        assert "the journal was damaged" in journal.note
        assert (journal.pains(), journal.routines()) == ([PAIN], [HEEL_DROPS])
