"""The head of a run: what the journal tells of it without reading its strides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np

from cadence.cue import CUE
from cadence.stride import STRIDE, Activity
from coach.coach_settings import CoachSettings
from coach.counted import counted
from coach.cue_files import count_bursts
from coach.journal.moments import columns_of_moment, moment_of
from coach.journal.rows import Row, known, records_of_rows, updates_of
from coach.kept_run import KeptRun
from coach.run_facts import RunFacts, run_facts
from coach.summary import summarise, summarise_updates


@dataclass(frozen=True, slots=True)
class Sums:
    """A finished run in numbers; NaN where one is not known.

    Attributes:
        strides, running_strides: how many.
        bursts: how often the metronome was started.
        running_s, walking_s: of the duration.
        distance_m: as `summarise` has it.
        cadence_spm, speed_m_s: medians over the running.
        climb_m, fast_m, achilles_dose: as `load_sums` has them.
        plan_kept_share: of the time of its plan.
    """

    strides: int
    running_strides: int
    bursts: int
    running_s: float
    walking_s: float
    distance_m: float
    cadence_spm: float
    speed_m_s: float
    climb_m: float
    fast_m: float
    achilles_dose: float
    plan_kept_share: float


@dataclass(frozen=True, slots=True)
class RunHead:
    """What the journal tells of a run at once. The fields up to `plan` are those of a KeptRun.

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
    surface: str
    plan: str
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
_LOADS = ("climb_m", "fast_m", "achilles_dose")
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
    "recording", *_TOLD, "baseline_spm", "target_spm", "surface", "plan",
)  # fmt: skip
"""Columns of a run without what is worked out of it."""
COLUMNS = ("run_id", *BEGUN, *_SUMS, *_FACTS)


def begun_row(run: KeptRun) -> Row:
    """A run as the values of BEGUN."""
    return (
        run.runner, *columns_of_moment(run.started), run.duration_s, run.stationary_s, run.finished, run.pod,
        run.device, run.recording, *astuple(run.settings), run.baseline_spm, run.target_spm,
        run.surface, run.plan,
    )  # fmt: skip


def head_of(row: Row) -> RunHead:
    """The head, of a row of COLUMNS."""
    value: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
    started = moment_of(value["started_us"], value["utc_offset_s"])
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
        surface=value["surface"],
        plan=value["plan"],
        sums=Sums(*counts, *(known(value[name]) for name in _SUMS[len(counts) :])) if worked_out else None,
        facts=RunFacts(started.date(), *(known(value[name]) for name in _FACTS)) if worked_out else None,
    )


def worked_out(run: KeptRun, earlier: Sequence[RunFacts]) -> dict[str, Any]:
    """What is worked out of a finished run, by column; arguments as for `loads_of`."""
    if len(run.strides) or not run.updates:
        summary = summarise(run.strides, duration_s=run.duration_s, stationary_s=run.stationary_s)
        strides = counted(run.strides)
        speeds = strides["speed_m_s"][strides["activity"] == Activity.RUNNING]
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
        **loads_of(run, earlier),
        plan_kept_share=_plan_kept_share(run),
    )
    return {**asdict(sums), **dict(zip(_FACTS, astuple(facts)[1:], strict=True))}


def loads_of(run: KeptRun, earlier: Sequence[RunFacts]) -> dict[str, float]:
    """Of what a run asked of the body, the sums by column; NaN where the pod sends no strides.

    Args:
        run: finished.
        earlier: the runner's runs of the weeks before it, which tell their usual easy speed.
    """
    if run.updates and not len(run.strides):
        return dict.fromkeys(_LOADS, math.nan)
    from coach.load.sums import load_sums, usual_easy_speed_m_s  # heavier than a list of runs needs

    sums = load_sums(counted(run.strides), usual_easy_speed_m_s(earlier))
    return {name: float(getattr(sums, name)) for name in _LOADS}


def _plan_kept_share(run: KeptRun) -> float:
    if not run.plan:
        return math.nan
    from coach.plan.kept import plan_kept, running_spans_s
    from coach.plan.run_walk import PlanError, parse_plan

    try:
        plan = parse_plan(run.plan)
    except PlanError:  # of a document that was taken in
        return math.nan
    return plan_kept(plan, run.cues, running_spans_s(run.strides, run.updates), run.duration_s).kept_share


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
