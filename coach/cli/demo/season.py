"""A demo's season: months of runs, each made stride by stride, with the same coach and the same stages.

Sensor and detector are left out, since hundreds of hours of motion would take too long: see
`hardware.stride_run`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cadence.cue import CUE
from cadence.stride import STRIDE
from coach.cli.demo.ears import hear
from coach.cli.demo.runner import DemoRunner
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.cue_files import count_bursts
from coach.run_facts import RunFacts, run_facts
from coach.stages import Stage, coach_settings, next_stage
from hardware.gait import Pace
from hardware.listener import Listener, Temper, next_own_spm
from hardware.stride_run import StrideLevelRun

DAYS_OF_RUNS = (0, 2, 4, 6)
"""In each week; our choice: Tuesday, Thursday, Saturday and Monday, so to speak."""
RUN_S = 30.0 * 60.0
MEASURED_RUNS = 2
"""Before the season, without a coach, to know the runner's own cadence."""
FIRST_DAY = date(2026, 1, 5)
"""A season of a simulated runner needs some calendar. It is the same one at every call."""


@dataclass(frozen=True, slots=True)
class SeasonRun:
    """One run of a season.

    Attributes:
        day: since the season began, from 0.
        baseline_spm, target_spm: of the stage.
        cadence_spm, speed_m_s, step_length_m: means of the run's level running.
        bursts: how often the metronome began.
    """

    day: int
    baseline_spm: float
    target_spm: float
    cadence_spm: float
    speed_m_s: float
    step_length_m: float
    bursts: int


@dataclass(slots=True)
class History:
    """What is known of a runner before a run.

    Attributes:
        own_spm: the cadence that they fall into by themselves; it moves with what becomes habit.
        stages, facts: so far.
    """

    own_spm: float
    stages: list[Stage]
    facts: list[RunFacts]

    def settings(self, day: date) -> CoachSettings:
        """What the coach is told on a day; the stage that begins with it is entered."""
        begun = next_stage(self.stages, self.facts, day)
        if begun is not None:
            self.stages.append(begun)
        return coach_settings(self.stages, self.facts, day)


def measured(runner: DemoRunner) -> History:
    """The history of a runner who has run without a coach so far."""
    history = History(runner.preferred_spm, [], [])
    for run in range(MEASURED_RUNS):
        day = FIRST_DAY - timedelta(days=2 * (MEASURED_RUNS - run))
        strides, _ = _run(runner, history.own_spm, None, seed=_seed(runner, -1 - run))
        history.facts.append(run_facts(day, strides, np.zeros(0, CUE), None))
    return history


def season(runner: DemoRunner, weeks: int) -> Iterator[SeasonRun]:
    """The runs of so many weeks."""
    history = measured(runner)
    for number in range(weeks * len(DAYS_OF_RUNS)):
        week, run = divmod(number, len(DAYS_OF_RUNS))
        since = 7 * week + DAYS_OF_RUNS[run]
        day = FIRST_DAY + timedelta(days=since)
        coach = Coach(history.settings(day))
        strides, cues = _run(runner, history.own_spm, coach, seed=_seed(runner, number))
        facts = run_facts(day, strides, cues, coach.target_spm)
        history.facts.append(facts)
        history.own_spm = next_own_spm(history.own_spm, facts.cadence_spm)
        stage = history.stages[-1]
        bursts = count_bursts(cues)
        step_length_m = 60.0 * facts.speed_m_s / facts.cadence_spm
        yield SeasonRun(
            since,
            stage.baseline_spm,
            stage.target_spm,
            facts.cadence_spm,
            facts.speed_m_s,
            step_length_m,
            bursts,
        )


def _run(
    runner: DemoRunner, own_spm: float, coach: Coach | None, *, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """One run: STRIDE and CUE records."""
    listener = Listener(Temper(runner.compliance))
    run = StrideLevelRun(listener, Pace(cadence_spm=own_spm, speed_m_s=runner.speed_m_s), seed=seed)
    strides, cues = [], []
    while run.t_s < RUN_S:
        strides.append(run.next_stride())
        if coach is not None:
            said = coach.take_stride(strides[-1], round(run.t_s * 1e6))
            hear(listener, said)
            cues += said
    return np.array(strides, STRIDE), np.array(cues, CUE)


def _seed(runner: DemoRunner, number: int) -> int:
    return int(np.random.SeedSequence([runner.seed, number + MEASURED_RUNS]).generate_state(1)[0])
