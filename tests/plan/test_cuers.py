"""Coach, plan and load guard speak with one voice."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from cadence.cue import CueKind, CueReason, CueStatus
from coach.coach_settings import CoachSettings
from coach.cuers import ALONE_US, Cuers, cuers_of
from coach.load.longest import Longest
from coach.plan.run_walk import PlanError
from coach.run_settings import RunSettings, read_settings

from .planned_runs import PlannedRun

TOLD = RunSettings(coach=CoachSettings(baseline_spm=160.0, baseline_speed_m_s=3.0))
"""A runner of 160 steps a minute at 3 m/s, whose target is 168."""
LONGEST = Longest(3000.0, math.nan, math.nan, math.nan)
BURST = ("BURST_UP", "BELOW_TARGET")


def cued(**settings: object) -> PlannedRun:
    return PlannedRun(cuers_of(replace(TOLD, **settings)))  # type: ignore[arg-type]


def told(run: PlannedRun) -> list[tuple[str, str]]:
    return [(kind, reason) for _, kind, reason in run.heard]


@pytest.fixture(scope="module")
def first_burst_s() -> float:
    """When the metronome first sounds for one who runs below the target from the start."""
    run = cued().run(600)
    return next(t_s for t_s, kind, reason in run.heard if (kind, reason) == BURST)


def test_alone_the_coach_says_what_it_would_say_by_itself() -> None:
    settings = replace(TOLD, plan="", longest=None)
    by_itself = PlannedRun(cuers_of(settings)).run(900).walk(20).run(600)
    again = PlannedRun(cuers_of(settings).coach or Cuers()).run(900).walk(20).run(600)
    assert by_itself.records().tobytes() == again.records().tobytes()
    assert len(by_itself.cues) > 4


def test_a_burst_ends_before_the_runner_is_told_to_walk(first_burst_s: float) -> None:
    plan = f"{first_burst_s + 5:.0f}s:60s"  # the break comes some seconds into the burst
    run = cued(plan=plan).run(first_burst_s + 60)
    walk_at = told(run).index(("WALK", "PLAN"))
    assert told(run)[:walk_at] == [("RUN", "PLAN"), BURST, ("SILENCE", "WALKING")]
    assert run.cues[walk_at - 1]["t_s"] == run.cues[walk_at]["t_s"]


def test_the_coach_is_silent_in_a_walk_break_even_for_one_who_runs_on() -> None:
    run = cued(plan="10s:20").run(1200)
    assert told(run) == [("RUN", "PLAN"), ("WALK", "PLAN"), ("WALK", "PLAN")]
    assert isinstance(run.cuer, Cuers)
    assert run.cuer.coach is not None
    assert run.cuer.coach.status is CueStatus.WALKING


def test_the_coach_is_back_when_the_plan_says_run(first_burst_s: float) -> None:
    run = cued(plan="10s:60sx1").run(100 + first_burst_s)
    assert BURST in told(run)[told(run).index(("ON_TARGET", "PLAN")) :]


def test_with_paused_cues_the_cadence_is_left_alone_and_the_rest_goes_on() -> None:
    run = cued(plan="10:1x2", longest=LONGEST, cues_paused=True).run(1500)
    kinds = {kind for kind, _ in told(run)}
    assert kinds == {"RUN", "WALK", "WARNING", "ON_TARGET"}
    assert isinstance(run.cuer, Cuers)
    assert run.cuer.coach is None


def test_the_guard_waits_until_it_can_be_heard_alone(first_burst_s: float) -> None:
    """It passes 110 % while the metronome sounds, so its line comes after that."""
    passed_m = 3.0 * (first_burst_s + 10.0)
    run = cued(longest=replace(LONGEST, distance_m=passed_m / 1.1)).run(first_burst_s + 120)
    assert told(run)[:3] == [BURST, ("SILENCE", "OVER"), ("WARNING", "LOAD")]
    silence_s, warning_s = run.heard[1][0], run.heard[2][0]
    assert ALONE_US / 1e6 <= warning_s - silence_s <= ALONE_US / 1e6 + 1.0


@pytest.mark.parametrize("seconds_before", [4.0, 0.5, -0.5, -4.0])
def test_the_guard_keeps_clear_of_a_change_of_the_plan(seconds_before: float) -> None:
    passed_m = 3.0 * (303.75 - seconds_before)
    settings = {"longest": replace(LONGEST, distance_m=passed_m / 1.1), "cues_paused": True}
    run = cued(plan="5:1", **settings).run(330)
    (warning_s,) = [t_s for t_s, kind, _ in run.heard if kind == "WARNING"]
    others_s = [t_s for t_s, kind, _ in run.heard if kind != "WARNING"]
    assert min(abs(warning_s - t_s) for t_s in others_s) >= ALONE_US / 1e6
    assert warning_s <= 315.0


def test_the_same_run_is_cued_the_same_however_time_goes_by() -> None:
    settings = replace(TOLD, plan="90s:60s", longest=LONGEST)
    run = PlannedRun(cuers_of(settings)).walk(30).run(400).stand(30).run(500).walk(60).run(600)
    rng = np.random.default_rng(6)
    for _ in range(5):
        other = cuers_of(settings)
        asked = sorted(int(t) for t in rng.uniform(0, run.t_us, 300))
        cues = []
        for t_us, one in run.strides:
            while asked and asked[0] < t_us:
                cues += other.advance(asked.pop(0))
            cues += other.take_stride(one, t_us)
        cues += other.advance(run.t_us)
        assert b"".join(cue.tobytes() for cue in cues) == run.records().tobytes()
    times_s = run.records()["t_s"]
    assert (np.diff(times_s) >= 0.0).all()
    assert {CueReason.PLAN, CueReason.LOAD, CueReason.BELOW_TARGET} <= set(run.records()["reason"])
    assert (run.records()["kind"] == CueKind.WARNING).sum() == 1


def test_a_loss_of_signal_ends_a_burst_and_leaves_the_plan(first_burst_s: float) -> None:
    run = cued(plan="20:1").run(first_burst_s + 5)
    run.cues += run.cuer.take_loss()
    run.stand(30).run(20)
    assert told(run) == [("RUN", "PLAN"), BURST, ("SILENCE", "SIGNAL")]


@pytest.mark.parametrize(
    "settings",
    [
        RunSettings(plan="4:1x6"),
        RunSettings(plan="30s:90s", cues_paused=True),
        RunSettings(longest=Longest(5000.5, 0.1 + 0.2, 0.0, 1234.5)),
    ],
)
def test_a_recording_keeps_what_was_planned(settings: RunSettings) -> None:
    assert read_settings(settings.to_mapping()) == settings


def test_what_a_recording_has_of_no_plan_is_none() -> None:
    assert read_settings({"plan": "banana", "cues_paused": "perhaps"}) == RunSettings()
    with pytest.raises(PlanError):
        cuers_of(RunSettings(plan="banana"))


@pytest.mark.parametrize(("plan", "warned"), [("30", False), ("", True)])
def test_in_a_run_to_a_plan_the_guard_leaves_the_dose_alone(plan: str, warned: bool) -> None:
    run = cued(plan=plan, longest=Longest(50_000.0, math.nan, math.nan, 1000.0)).run(1200)
    assert (("WARNING", "LOAD") in told(run)) == warned
