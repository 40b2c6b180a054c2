"""A plan is said to the runner: one cue at each change, at its time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Activity
from coach.plan.follow import LASTS_US, REMIND_AFTER_US, REMIND_LEFT_US, PlanFollower
from coach.plan.run_walk import parse_plan
from firmware_bridge.readings import CadenceUpdate

from .planned_runs import PlannedRun, heard

BEGUN_S = 0.75 + LASTS_US / 1e6
"""Of one who runs from the first stride on."""


def planned(plan: str) -> PlannedRun:
    return PlannedRun(PlanFollower(parse_plan(plan)))


def kinds(run: PlannedRun) -> list[str]:
    return [kind for _, kind, _ in run.heard]


def test_who_follows_hears_one_cue_at_each_change_and_one_at_the_end() -> None:
    run = planned("2:1x2").run(BEGUN_S + 121).walk(60).run(120).walk(70)
    assert run.heard == [
        (BEGUN_S, "RUN", "PLAN"),
        (BEGUN_S + 120, "WALK", "PLAN"),
        (BEGUN_S + 180, "RUN", "PLAN"),
        (BEGUN_S + 300, "WALK", "PLAN"),
        (BEGUN_S + 360, "ON_TARGET", "PLAN"),
    ]
    assert planned("2:1x2").run(3000).heard[-1][1:] == ("ON_TARGET", "PLAN")


def test_it_begins_with_running_that_lasts_so_that_one_can_walk_to_warm_up() -> None:
    run = planned("2:1").walk(300)
    assert run.heard == []
    run.run(2.5).walk(5)  # a few strides to cross a road
    assert run.heard == []
    run.run(10)
    ((begun_s, kind, _),) = run.heard
    assert kind == "RUN"
    assert 307.5 + LASTS_US / 1e6 <= begun_s <= 307.5 + LASTS_US / 1e6 + 2.0


def test_strides_of_a_poor_signal_do_not_begin_it() -> None:
    assert planned("2:1").run(30, good=False).heard == []


def test_running_that_a_stop_came_between_is_not_of_one_piece() -> None:
    assert planned("2:1").run(2.5).stand(10).run(2.5).stand(10).run(2.5).heard == []


def test_who_runs_on_into_a_walk_break_is_told_once_more_and_only_once() -> None:
    run = planned("2:2x2").run(BEGUN_S + 240)
    begun_s = BEGUN_S + 120
    (first_s, again_s) = [t_s for t_s, kind, _ in run.heard if kind == "WALK"]
    assert first_s == begun_s
    assert REMIND_AFTER_US <= (again_s - begun_s) * 1e6 <= REMIND_AFTER_US + 750_000


def test_who_is_told_once_more_in_one_break_is_told_once_more_in_the_next() -> None:
    assert kinds(planned("2:1x2").run(BEGUN_S + 362)) == [
        "RUN", "WALK", "WALK", "RUN", "WALK", "WALK", "ON_TARGET",
    ]  # fmt: skip


def test_right_before_the_next_cue_nobody_is_told_once_more() -> None:
    short_s = (REMIND_AFTER_US + REMIND_LEFT_US) / 1e6 - 1.0
    assert kinds(planned(f"2:{short_s:.0f}sx2").run(BEGUN_S + 300)) == [
        "RUN", "WALK", "RUN", "WALK", "ON_TARGET",
    ]  # fmt: skip


def test_who_walks_when_the_plan_says_run_is_left_in_peace() -> None:
    assert kinds(planned("4:1x2").run(10).walk(229)) == ["RUN"]


def test_a_run_without_a_break_has_a_begin_and_an_end() -> None:
    assert kinds(planned("10").run(620)) == ["RUN", "ON_TARGET"]


def test_a_plan_without_an_end_goes_on() -> None:
    assert kinds(planned("1:1").run(BEGUN_S + 60).walk(3600 - 60)) == ["RUN", *["WALK", "RUN"] * 30]


def test_time_without_strides_goes_by_as_well() -> None:
    assert kinds(planned("1:1x3").run(10).stand(400)) == [
        "RUN", "WALK", "RUN", "WALK", "RUN", "WALK", "ON_TARGET",
    ]  # fmt: skip


def test_ready_made_cadence_is_followed_too() -> None:
    follower = PlanFollower(parse_plan("1:1x1"))
    cues = []
    for t in range(200):
        cues += follower.take_update(CadenceUpdate(float(t), 160.0, 3.0, 2.2, Activity.RUNNING))
    assert heard(cues) == [
        (3.0, "RUN", "PLAN"), (63.0, "WALK", "PLAN"), (83.0, "WALK", "PLAN"), (123.0, "ON_TARGET", "PLAN"),
    ]  # fmt: skip


SPELLS = st.lists(
    st.tuples(st.sampled_from(["run", "walk", "stand"]), st.integers(1, 90)), min_size=1, max_size=12
)


@given(SPELLS, st.sampled_from(["30s:30s", "1:1x3", "90s:20sx2", "2"]), st.lists(st.integers(0, 900)))
def test_it_says_the_same_however_often_it_is_asked_in_between(
    spells: list[tuple[str, int]], plan: str, asked_s: list[int]
) -> None:
    run = planned(plan)
    for what, seconds in spells:
        getattr(run, what)(seconds)
    other = PlanFollower(parse_plan(plan))
    asked_us = sorted(t * 1_000_000 for t in asked_s)
    said = []
    for t_us, one in run.strides:
        while asked_us and asked_us[0] < t_us:
            said += other.advance(asked_us.pop(0))
        said += other.take_stride(one, t_us)
    said += other.advance(run.t_us)
    assert heard(said) == run.heard
    times_s = [t_s for t_s, _, _ in run.heard]
    assert times_s == sorted(times_s)


@pytest.mark.parametrize("plan", ["2:1x2", "1:1"])
def test_a_break_is_on_from_its_cue_to_the_next(plan: str) -> None:
    follower = PlanFollower(parse_plan(plan))
    run = PlannedRun(follower)
    on = []
    for _ in range(300):
        run.run(1)
        on.append((kinds(run)[-1:] == ["WALK"], follower.walks))
    assert all(cued == walks for cued, walks in on)
    assert {walks for _, walks in on} == {False, True}
