"""A simulated runner follows a plan: what is cued, what is done, and that a replay says it again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cadence.cue import CUE
from cadence.detector import StepDetector
from coach.coach_settings import CoachSettings
from coach.cuers import cuers_of
from coach.load.longest import Longest
from coach.plan.kept import plan_kept, running_spans_s
from coach.plan.run_walk import parse_plan
from coach.run import coached
from coach.run_settings import RunSettings
from hardware.pod_spec import parse_pod_spec
from hardware.runner import SimulatedRun, simulate

from .planned_runs import heard

PLAN = "60s:40sx3"
SETTINGS = RunSettings(plan=PLAN, longest=Longest(500.0, np.nan, np.nan, np.nan), coach=CoachSettings(150.0))


@pytest.fixture(scope="module")
def outing() -> SimulatedRun:
    segments = parse_pod_spec(f"sim:run-walk,plan={PLAN}").segments()
    segments[-1] = replace(segments[-1], duration_s=20.0)
    return simulate(segments, seed=3, block_s=0.25)


def cues_of(outing: SimulatedRun, blocks_together: int) -> list[np.void]:
    detector, cuers, cues = StepDetector(outing.sensor), cuers_of(SETTINGS), list[np.void]()
    blocks = list(outing.blocks())
    for at in range(0, len(blocks), blocks_together):
        together = blocks[at : at + blocks_together]
        block = replace(
            together[0],
            t_us=np.concatenate([one.t_us for one in together]),
            motion=np.concatenate([one.motion for one in together]),
        )
        coached(detector, cuers, block, cues)
    return cues


def test_who_follows_a_plan_hears_each_change_once_and_keeps_it(outing: SimulatedRun) -> None:
    cues = cues_of(outing, 1)
    planned = [kind for _, kind, reason in heard(cues) if reason == "PLAN"]
    assert planned == ["RUN", "WALK", "RUN", "WALK", "RUN", "WALK", "ON_TARGET"]
    assert [kind for _, kind, reason in heard(cues) if reason == "LOAD"] == ["WARNING"]
    detector = StepDetector(outing.sensor)
    strides = np.concatenate([detector.feed(block) for block in outing.blocks()])
    duration_s = detector.counters.duration_s
    kept = plan_kept(parse_plan(PLAN), np.array(cues, CUE), running_spans_s(strides, ()), duration_s)
    assert len(kept.intervals) == 6
    assert all(each.kept_share > 0.9 for each in kept.intervals)


@pytest.mark.parametrize("together", [7, 100, 10_000])
def test_samples_in_other_blocks_give_the_same_cues(outing: SimulatedRun, together: int) -> None:
    assert heard(cues_of(outing, together)) == heard(cues_of(outing, 1))


def test_a_slip_in_the_plan_of_a_simulated_pod_is_told() -> None:
    with pytest.raises(ValueError, match=r"is no plan.*4:1x6"):
        parse_pod_spec("sim:run-walk,plan=often")
    with pytest.raises(ValueError, match=r"no setting 'plan'.*for run-walk plan"):
        parse_pod_spec("sim:steady,plan=4:1x6")
