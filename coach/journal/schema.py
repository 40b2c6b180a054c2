"""The tables of the journal, and how an older journal becomes one of this version.

Every version is a script that stays as it was; the next is appended. The version stands in the file's
`user_version`, and `application_id` tells a journal from the databases of other programs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

APPLICATION_ID = 0x43614A6F
"""The letters "CaJo". Our choice."""

# The numbers of the records have no declared type: a REAL column stores a whole number as an integer, and
# minus zero would come back as zero.
_FIRST = """
CREATE TABLE runs (
    run_id INTEGER PRIMARY KEY AUTOINCREMENT,  -- the number of a deleted run is not given again
    runner TEXT NOT NULL,
    started_us INTEGER NOT NULL,               -- since 1970 UTC
    utc_offset_s INTEGER NOT NULL,             -- of the local time where it was run
    duration_s NOT NULL,
    stationary_s NOT NULL,
    finished INTEGER NOT NULL,
    pod TEXT NOT NULL,
    device TEXT NOT NULL,
    recording TEXT NOT NULL,
    told_baseline_spm, told_baseline_speed_m_s, told_target_spm, told_fade NOT NULL,
    baseline_spm,
    target_spm,
    -- What is worked out when the run is finished; NULL where it is not known.
    strides INTEGER, running_strides INTEGER, bursts INTEGER,
    running_s, walking_s, distance_m, cadence_spm, speed_m_s,
    level_s, level_cadence_spm, level_speed_m_s, own_s, own_spm, own_speed_m_s, on_target_s
);
CREATE INDEX runs_by_start ON runs (runner, started_us);

CREATE TABLE strides (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    n INTEGER NOT NULL,
    t_toe_off_s, t_contact_s, t_mid_stance_s, stride_time_s, cadence_spm, contact_time_s, stride_length_m,
    speed_m_s, climb_m, grade_percent, flight_time_s, strike_angle_deg, impact_g,
    clipped INTEGER NOT NULL, activity INTEGER NOT NULL, side INTEGER NOT NULL, good INTEGER NOT NULL,
    PRIMARY KEY (run_id, n)
) WITHOUT ROWID;

CREATE TABLE cues (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    n INTEGER NOT NULL,
    t_s, kind INTEGER NOT NULL, reason INTEGER NOT NULL, tempo_spm,
    PRIMARY KEY (run_id, n)
) WITHOUT ROWID;

CREATE TABLE updates (
    run_id INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    n INTEGER NOT NULL,
    t_s, cadence_spm, speed_m_s, stride_length_m, activity INTEGER NOT NULL,
    PRIMARY KEY (run_id, n)
) WITHOUT ROWID;

CREATE TABLE stages (
    stage_id INTEGER PRIMARY KEY,
    runner TEXT NOT NULL,
    started_on TEXT NOT NULL,                  -- YYYY-MM-DD
    baseline_spm NOT NULL, baseline_speed_m_s, target_spm NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX stages_by_start ON stages (runner, started_on);
"""

_CARE = """
ALTER TABLE runs ADD COLUMN surface TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN plan TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN climb_m;
ALTER TABLE runs ADD COLUMN fast_m;
ALTER TABLE runs ADD COLUMN achilles_dose;
ALTER TABLE runs ADD COLUMN plan_kept_share;
-- Whether what a run asked of the body was worked out: not in one that an older version finished.
ALTER TABLE runs ADD COLUMN load_known INTEGER NOT NULL DEFAULT 0;

CREATE TABLE pains (
    pain_id INTEGER PRIMARY KEY AUTOINCREMENT,
    runner TEXT NOT NULL,
    at_us INTEGER NOT NULL,                    -- since 1970 UTC
    utc_offset_s INTEGER NOT NULL,
    score INTEGER NOT NULL,
    moment TEXT NOT NULL,                      -- during, after, morning
    side TEXT NOT NULL,
    snap INTEGER NOT NULL,
    cleared INTEGER NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX pains_by_time ON pains (runner, at_us);

CREATE TABLE routines (
    routine_id INTEGER PRIMARY KEY AUTOINCREMENT,
    runner TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    utc_offset_s INTEGER NOT NULL,
    routine TEXT NOT NULL,
    leg TEXT,
    load_kg NOT NULL,
    duration_s NOT NULL,
    finished INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    sets TEXT NOT NULL                         -- JSON: a list of {"reps", "lowering_s": [..], "completed"}
);
CREATE INDEX routines_by_time ON routines (runner, at_us);
"""

MIGRATIONS: Sequence[str] = (_FIRST, _CARE)
"""What makes version n+1 of version n."""


def version_of(connection: sqlite3.Connection) -> int:
    """The version that a file is of; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Whether a file is the database of another program."""
    if connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID:
        return False
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Bring a file to the version of this program, in one transaction: all of it or nothing.

    Raises:
        sqlite3.Error: it cannot be done; the file is as it was.
    """
    if version_of(connection) >= len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        for script in migrations[version_of(connection) :]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> list[str]:
    """One by one: `executescript` would end the transaction."""
    statements, begun = [], ""
    for line in script.splitlines(keepends=True):
        begun += line
        if sqlite3.complete_statement(begun):
            statements.append(begun)
            begun = ""
    return [*statements, begun] if begun.strip() else statements
