"""The head of a run: what the journal tells of it without reading its strides."""

from __future__ import annotations

import math
from dataclasses import asdict, astuple, dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np

from cadence.cue import CUE
from cadence.stride import STRIDE, Activity
from coach.coach_settings import CoachSettings
from coach.cue_files import count_bursts
from coach.journal.rows import Row, known, records_of_rows, updates_of
from coach.kept_run import KeptRun
from coach.run_facts import RunFacts, run_facts
from coach.summary import summarise, summarise_updates

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sums:
    """A finished run in numbers; NaN where one is not known.

    Attributes:
        strides, running_strides: how many.
        bursts: how often the metronome was started.
        running_s, walking_s: of the duration.
        distance_m: as `summarise` has it.
        cadence_spm, speed_m_s: medians over the running.
    """

    strides: int
    running_strides: int
    bursts: int
    running_s: float
    walking_s: float
    distance_m: float
    cadence_spm: float
    speed_m_s: float


@dataclass(frozen=True, slots=True)
class RunHead:
    """What the journal tells of a run at once. The fields up to `target_spm` are those of a KeptRun.

    Attributes:
        sums, facts: worked out when the run is finished; None before.
    """

    run_id: int
    runner: str
    started: datetime
    duration_s: float
    stationary_s: float
    finished: bool
    pod: str
    device: str
    recording: str
    settings: CoachSettings
    baseline_spm: float | None
    target_spm: float | None
    sums: Sums | None
    facts: RunFacts | None

    @property
    def on_target_share(self) -> float:
        """Of the easy level running; NaN where there was none, or no target."""
        if self.facts is None or self.target_spm is None or not self.facts.level_s:
            return math.nan
        return self.facts.on_target_s / self.facts.level_s

    def kept_run(self, strides: list[Row], cues: list[Row], updates: list[Row]) -> KeptRun:
        """The whole run, with its records."""
        shared = {field.name: getattr(self, field.name) for field in fields(KeptRun)[:_SHARED]}
        return KeptRun(
            **shared,
            strides=records_of_rows(strides, STRIDE),
            cues=records_of_rows(cues, CUE),
            updates=updates_of(updates),
        )


_SHARED = [field.name for field in fields(RunHead)].index("sums")

_TOLD = [f"told_{field.name}" for field in fields(CoachSettings)]
_SUMS = [field.name for field in fields(Sums)]
_FACTS = [
    "level_s",
    "level_cadence_spm",
    "level_speed_m_s",
    "own_s",
    "own_spm",
    "own_speed_m_s",
    "on_target_s",
]
"""Columns, in the order of the fields of RunFacts after its day."""

BEGUN = (
    "runner", "started_us", "utc_offset_s", "duration_s", "stationary_s", "finished", "pod", "device",
    "recording", *_TOLD, "baseline_spm", "target_spm",
)  # fmt: skip
"""Columns of a run without what is worked out of it."""
COLUMNS = ("run_id", *BEGUN, *_SUMS, *_FACTS)


def started_columns(started: datetime) -> tuple[int, int]:
    """A moment as UTC in µs and the local offset in seconds.

    Raises:
        ValueError: the moment has no offset.
    """
    offset = started.utcoffset()
    if offset is None:
        raise ValueError("the start of a run needs the offset of the local time")
    return (started - _EPOCH) // timedelta(microseconds=1), int(offset.total_seconds())


def begun_row(run: KeptRun) -> Row:
    """A run as the values of BEGUN."""
    return (
        run.runner, *started_columns(run.started), run.duration_s, run.stationary_s, run.finished, run.pod,
        run.device, run.recording, *astuple(run.settings), run.baseline_spm, run.target_spm,
    )  # fmt: skip


def head_of(row: Row) -> RunHead:
    """The head, of a row of COLUMNS."""
    value: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    offset = timezone(timedelta(seconds=value["utc_offset_s"]))
    started = (_EPOCH + timedelta(microseconds=value["started_us"])).astimezone(offset)
    worked_out = value["strides"] is not None
    counts = (value["strides"], value["running_strides"], value["bursts"])
    return RunHead(
        run_id=value["run_id"],
        runner=value["runner"],
        started=started,
        duration_s=value["duration_s"],
        stationary_s=value["stationary_s"],
        finished=bool(value["finished"]),
        pod=value["pod"],
        device=value["device"],
        recording=value["recording"],
        settings=CoachSettings(*(value[name] for name in _TOLD)),
        baseline_spm=value["baseline_spm"],
        target_spm=value["target_spm"],
        sums=Sums(*counts, *(known(value[name]) for name in _SUMS[len(counts) :])) if worked_out else None,
        facts=RunFacts(started.date(), *(known(value[name]) for name in _FACTS)) if worked_out else None,
    )


def worked_out(run: KeptRun) -> dict[str, Any]:
    """What is worked out of a finished run, by column."""
    if len(run.strides) or not run.updates:
        summary = summarise(run.strides, duration_s=run.duration_s, stationary_s=run.stationary_s)
        speeds = run.strides["speed_m_s"][run.strides["activity"] == Activity.RUNNING]
    else:
        summary = summarise_updates(run.updates)
        speeds = np.array([u.speed_m_s for u in run.updates if u.activity is Activity.RUNNING])
    speeds = speeds[np.isfinite(speeds)]
    facts = run_facts(run.started.date(), run.strides, run.cues, run.target_spm)
    sums = Sums(
        strides=summary.strides,
        running_strides=summary.running_strides,
        bursts=count_bursts(run.cues),
        running_s=summary.running_s,
        walking_s=summary.walking_s,
        distance_m=summary.distance_m,
        cadence_spm=summary.cadence_spm,
        speed_m_s=float(np.median(speeds)) if len(speeds) else math.nan,
    )
    return {**asdict(sums), **dict(zip(_FACTS, astuple(facts)[1:], strict=True))}


def head_dict(head: RunHead) -> dict[str, Any]:
    """What the journal tells of a run at once, for JSON; None where a value is not known."""
    entry = {field.name: getattr(head, field.name) for field in fields(RunHead)[:_SHARED]}
    sums = dict.fromkeys(_SUMS) if head.sums is None else asdict(head.sums)
    facts = (None,) * len(_FACTS) if head.facts is None else astuple(head.facts)[1:]
    return finite(
        {
            **entry,
            "started": head.started.isoformat(),
            "settings": asdict(head.settings),
            **sums,
            **dict(zip(_FACTS, facts, strict=True)),
            "on_target_share": head.on_target_share,
        }
    )


def finite(entry: dict[str, Any]) -> dict[str, Any]:
    """The same with None for a number that is not known."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in entry.items()
    }
