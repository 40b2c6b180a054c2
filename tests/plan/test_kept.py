"""What was done of a plan, part by part."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cadence.cue import CUE
from cadence.stride import STRIDE, Activity
from coach.plan.follow import PlanFollower
from coach.plan.kept import PlanKept, kept_words, plan_kept, running_spans_s
from coach.plan.run_walk import parse_plan
from firmware_bridge.readings import CadenceUpdate

from .planned_runs import PlannedRun

BEGUN_S = 3.75


def kept(plan: str, *spells: tuple[str, float]) -> PlanKept:
    """Of a runner who does these spells after the cue that begins the plan."""
    run = PlannedRun(PlanFollower(parse_plan(plan))).run(BEGUN_S)
    for what, seconds in spells:
        getattr(run, what)(seconds)
    return plan_kept(parse_plan(plan), run.records(), running_spans_s(run.stride_records(), ()), run.t_s)


def shares(of: PlanKept) -> list[float]:
    return [each.kept_share for each in of.intervals]


def test_who_does_all_of_it_has_kept_all_of_it() -> None:
    done = kept("2:1x2", ("run", 120), ("walk", 60), ("run", 120), ("walk", 60))
    assert [each.part for each in done.intervals] == ["run", "walk", "run", "walk"]
    assert [each.start_s - BEGUN_S for each in done.intervals] == [0, 120, 180, 300]
    assert shares(done) == pytest.approx([1.0] * 4, abs=0.02)
    assert done.kept_share == pytest.approx(1.0, abs=0.01)


def test_a_walk_break_that_is_run_through_is_not_kept() -> None:
    done = kept("2:1x1", ("run", 180))
    assert shares(done) == pytest.approx([1.0, 0.0], abs=0.02)
    assert done.kept_share == pytest.approx(2 / 3, abs=0.01)


def test_standing_keeps_a_walk_break_but_not_a_part_to_run() -> None:
    done = kept("2:1x1", ("run", 60), ("stand", 60), ("stand", 60))
    assert shares(done) == pytest.approx([0.5, 1.0], abs=0.02)


def test_parts_after_the_end_of_the_run_are_not_kept() -> None:
    done = kept("2:1x3", ("run", 120), ("walk", 30))
    assert shares(done) == pytest.approx([1.0, 0.5, 0.0, 0.0, 0.0, 0.0], abs=0.02)
    assert done.kept_share == pytest.approx(150 / 540, abs=0.01)


def test_a_plan_without_an_end_ends_with_the_run() -> None:
    done = kept("2:1", ("run", 120), ("walk", 60), ("run", 30))
    assert len(done.intervals) == 3
    assert done.intervals[-1].end_s == pytest.approx(BEGUN_S + 210)
    assert done.kept_share == pytest.approx(1.0, abs=0.02)


def test_who_never_ran_never_began() -> None:
    never = plan_kept(parse_plan("2:1x3"), np.zeros(0, CUE), np.zeros((0, 2)), 900.0)
    assert (never.intervals, never.kept_share) == ((), 0.0)
    assert "did not begin" in kept_words(never)


def test_ready_made_cadence_tells_when_the_runner_ran() -> None:
    updates = [
        CadenceUpdate(t, 160.0, 3.0, 2.2, Activity.RUNNING if t < 50 else Activity.WALKING)
        for t in (0.0, 1.0, 2.0, 20.0, 60.0, 61.0)
    ]
    spans = running_spans_s(np.zeros(0, STRIDE), updates)
    assert spans.tolist() == [[0.0, 1.0], [1.0, 2.0], [2.0, 5.0], [20.0, 23.0]]


def test_it_is_told_in_a_sentence_and_in_json() -> None:
    done = kept("2:1x2", ("run", 120), ("walk", 60), ("run", 180))
    assert kept_words(done).startswith("Of the plan 2:1x2 you did 2 of 2 parts to run and 1 of 2 walk breaks")
    document = json.loads(json.dumps(done.to_dict(), allow_nan=False))
    assert set(document) == {"plan", "intervals", "kept_share"}
    assert set(document["intervals"][0]) == {"part", "start_s", "end_s", "kept_share"}
    assert kept_words(kept("2", ("run", 120))).startswith("Of the plan 2 you did 1 of 1 part to run,")
