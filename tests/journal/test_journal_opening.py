"""What is opened: an older journal is brought up, a newer one is left alone, a damaged one is kept aside."""

from __future__ import annotations

import os
import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from coach.journal import opening
from coach.journal.errors import JournalError
from coach.journal.run_head import loads_of
from coach.journal.schema import APPLICATION_ID, MIGRATIONS, migrate, version_of
from coach.journal.store import Journal

from .kept_runs import STARTED, keep, strides

VERSION_1 = f"""
CREATE TABLE runs (
    run_id INTEGER PRIMARY KEY AUTOINCREMENT, runner TEXT NOT NULL,
    started_us INTEGER NOT NULL, utc_offset_s INTEGER NOT NULL, duration_s NOT NULL, stationary_s NOT NULL,
    finished INTEGER NOT NULL, pod TEXT NOT NULL, device TEXT NOT NULL, recording TEXT NOT NULL,
    told_baseline_spm, told_baseline_speed_m_s, told_target_spm, told_fade NOT NULL,
    baseline_spm, target_spm,
    strides INTEGER, running_strides INTEGER, bursts INTEGER,
    running_s, walking_s, distance_m, cadence_spm, speed_m_s,
    level_s, level_cadence_spm, level_speed_m_s, own_s, own_spm, own_speed_m_s, on_target_s);
CREATE INDEX runs_by_start ON runs (runner, started_us);
CREATE TABLE strides (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, n INTEGER NOT NULL,
    t_toe_off_s, t_contact_s, t_mid_stance_s, stride_time_s, cadence_spm, contact_time_s, stride_length_m,
    speed_m_s, climb_m, grade_percent, flight_time_s, strike_angle_deg, impact_g,
    clipped INTEGER NOT NULL, activity INTEGER NOT NULL, side INTEGER NOT NULL, good INTEGER NOT NULL,
    PRIMARY KEY (run_id, n)) WITHOUT ROWID;
CREATE TABLE cues (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, n INTEGER NOT NULL,
    t_s, kind INTEGER NOT NULL, reason INTEGER NOT NULL, tempo_spm,
    PRIMARY KEY (run_id, n)) WITHOUT ROWID;
CREATE TABLE updates (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, n INTEGER NOT NULL,
    t_s, cadence_spm, speed_m_s, stride_length_m, activity INTEGER NOT NULL,
    PRIMARY KEY (run_id, n)) WITHOUT ROWID;
CREATE TABLE stages (
    stage_id INTEGER PRIMARY KEY, runner TEXT NOT NULL, started_on TEXT NOT NULL,
    baseline_spm NOT NULL, baseline_speed_m_s, target_spm NOT NULL, why TEXT NOT NULL);
CREATE INDEX stages_by_start ON stages (runner, started_on);
INSERT INTO runs VALUES (7, 'me', 1774761301000000, 7200, 61.5, 1.5, 1, 'ble:Pod 7', 'Pod 7', '',
    164.5, NULL, 172.7, 0.25, 164.5, 172.0, 1, 1, 1, 0.7, 0.0, 2.1, 170.0, 3.0,
    0.7, 170.0, 3.0, 0.7, 170.0, 3.0, 0.7);
INSERT INTO strides VALUES (7, 0, 0.2, 0.6, 0.7, 0.7, 170.0, 0.25, 2.1, 3.0,
    NULL, NULL, NULL, NULL, 9.5, 1, 3, 1, 1);
INSERT INTO cues VALUES (7, 0, 0.7, 1, 1, 172.0);
INSERT INTO stages VALUES (1, 'me', '2026-03-01', 164.5, NULL, 172.7, 'your own cadence');
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""
"""A journal as version 1 made it. It stays as it is when later versions come."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.db"


def made(path: Path, script: str) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def test_a_journal_of_version_1_is_read(path: Path) -> None:
    made(path, VERSION_1)
    with Journal(path) as journal:
        (head,) = journal.runs()
        assert (head.run_id, head.started.isoformat()) == (7, "2026-03-29T07:15:01+02:00")
        run = journal.load(7)
        assert (len(run.strides), len(run.cues), run.strides["impact_g"][0]) == (1, 1, 9.5)
        assert journal.stages()[0].target_spm == 172.7
        assert (run.surface, run.plan, journal.pains(), journal.routines()) == ("", "", [], [])
        assert keep(journal) == 8
    with closing(sqlite3.connect(path)) as connection:
        assert version_of(connection) == len(MIGRATIONS)


def test_of_a_run_of_version_1_the_load_is_worked_out(path: Path) -> None:
    made(path, VERSION_1)
    with Journal(path) as journal:
        (head,) = journal.runs()
        assert head.sums is not None
        found = {name: getattr(head.sums, name) for name in ("climb_m", "fast_m", "achilles_dose")}
        assert repr(found) == repr(loads_of(journal.load(7), []))
        assert head.sums.distance_m == 2.1


def test_a_run_of_version_1_that_is_damaged_does_not_keep_the_journal_shut(path: Path) -> None:
    made(path, VERSION_1 + "UPDATE strides SET activity = 'fast';")
    for _ in range(2):
        with Journal(path) as journal:
            (head,) = journal.runs()
            assert head.sums is not None
            assert np.isnan(head.sums.achilles_dose)


def test_what_version_1_made_is_what_the_first_migration_makes(path: Path) -> None:
    def tables(connection: sqlite3.Connection) -> dict[str, list[object]]:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master ORDER BY name")]
        return {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in names}

    made(path, VERSION_1)
    with (
        closing(sqlite3.connect(path)) as old,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as new,
    ):
        migrate(new, MIGRATIONS[:1])
        assert tables(new) == tables(old)


def test_each_migration_that_is_missing_runs_once_and_in_order() -> None:
    scripts = ["CREATE TABLE a (x);", "ALTER TABLE a ADD y; -- one; two\nINSERT INTO a VALUES (1, 2);"]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, scripts[:1])
        assert version_of(connection) == 1
        migrate(connection, scripts)
        migrate(connection, scripts)
        assert version_of(connection) == 2
        assert connection.execute("SELECT * FROM a").fetchall() == [(1, 2)]


def test_a_migration_that_fails_leaves_the_journal_as_it_was() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, ["CREATE TABLE a (x);"])
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, ["CREATE TABLE a (x);", "ALTER TABLE a ADD y;\nSELECT nonsense;"])
        assert version_of(connection) == 1
        assert [column[1] for column in connection.execute("PRAGMA table_info(a)")] == ["x"]


def test_a_journal_of_a_newer_version_is_not_touched(path: Path) -> None:
    newer = len(MIGRATIONS) + 1
    made(path, VERSION_1 + f"PRAGMA user_version = {newer};")
    path.chmod(0o600)
    before = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(JournalError, match=rf"version {newer} .* update the program"):
        Journal(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(path.parent.iterdir()) == [path]


def test_the_database_of_another_program_is_not_touched(path: Path) -> None:
    made(path, "CREATE TABLE recipes (x);")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="another program"):
        Journal(path)
    assert path.read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has no file modes")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file in the way")
    with pytest.raises(JournalError, match="cannot be kept here"):
        Journal(tmp_path / "home" / "journal.db")


def test_a_folder_in_the_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(JournalError, match="cannot be kept here"):
        Journal(path)


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_kept_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    for n in (1, 2):
        path.write_bytes(content)
        aside = path.with_name(f"journal.db.damaged-{n}")
        with Journal(path) as journal:
            assert journal.note == (
                f"the journal was damaged: nothing could be read; the old file is {aside}"
            )
            assert aside.read_bytes() == content
            keep(journal)
        assert {aside.stat().st_mode & 0o077, path.stat().st_mode & 0o077} == {0}
        path.unlink()


def filled(path: Path, runs: int = 8) -> None:
    with Journal(path) as journal:
        for n in range(runs):
            keep(journal, strides(300, spm=160.0 + n), started=STARTED + timedelta(days=n))


def test_of_a_truncated_journal_the_heads_of_runs_are_kept(path: Path) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with Journal(path) as journal:
        assert "8 runs could be read, " in journal.note
        assert path.with_name("journal.db.damaged-1").read_bytes() == whole[: len(whole) // 2]
        assert [head.sums and head.sums.strides for head in journal.runs()] == [300] * 8
    with Journal(path) as journal:
        assert journal.note == ""


def test_a_bad_page_costs_the_runs_that_lie_on_it(path: Path) -> None:
    filled(path)
    damaged = bytearray(path.read_bytes())
    page = damaged.index(np.float64(120.0 / 164.0 * 150).tobytes()[::-1]) // 4096  # stride 150 of the fifth
    damaged[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(damaged)
    with Journal(path) as journal:
        assert "8 runs could be read, 7 of them whole" in journal.note
        found = [len(journal.load(head.run_id).strides) for head in journal.runs()]
    assert found[:4] + found[5:] == [300] * 7
    assert 200 < found[4] < 300, "read from both ends"


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_cost_a_clear_line_at_most(path: Path, seed: int) -> None:
    told: list[str] = []
    filled(path, 4)
    chance = random.Random(seed)
    damaged = bytearray(path.read_bytes())
    for at in chance.sample(range(100, len(damaged)), 40):
        damaged[at] ^= chance.randrange(1, 256)
    path.write_bytes(damaged)
    with Journal(path) as journal:
        if journal.note:
            aside = path.with_name("journal.db.damaged-1")
            assert str(aside) in journal.note
            assert aside.read_bytes() == damaged
        for run_id in range(1, 5):
            try:
                journal.load(run_id)
            except JournalError as error:
                told.append(str(error))
    assert [line for line in told if "\n" in line] == []


def test_damage_met_later_is_found_at_the_next_opening(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "CHECKED_BYTES", 0)  # as of a large journal
    filled(path)
    damaged = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'strides'").fetchone()
    damaged[(root - 1) * 4096 : root * 4096] = b"\xee" * 4096
    path.write_bytes(damaged)
    with Journal(path) as journal, pytest.raises(JournalError, match="it is damaged"):
        journal.load(1)
    with Journal(path) as journal:
        assert "8 runs could be read" in journal.note
        assert len(journal.runs()) == 8
    with Journal(path) as journal:
        assert journal.note == ""


def test_what_a_crash_left_in_the_log_is_read(path: Path, tmp_path: Path) -> None:
    with Journal(path) as journal:
        keep(journal)
        copy = tmp_path / "copy.db"
        for name in ("", "-wal"):
            copy.with_name(copy.name + name).write_bytes(path.with_name(path.name + name).read_bytes())
    with Journal(copy) as journal:
        assert journal.note == ""
        assert len(journal.runs()) == 1
