"""How a plan of running and walking is written."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.plan.run_walk import MOST_TIMES, PARTS_S, PlanError, RunWalkPlan, format_plan, parse_plan

PART_S = st.integers(*PARTS_S)
PLANS = st.one_of(
    st.builds(RunWalkPlan, PART_S, PART_S, st.none() | st.integers(1, MOST_TIMES)),
    st.builds(RunWalkPlan, PART_S, st.just(0), st.just(1)),
)


@pytest.mark.parametrize(
    ("text", "run_s", "walk_s", "times"),
    [
        ("4:1x6", 240, 60, 6),
        ("4:1 x 6", 240, 60, 6),
        ("4:1X6", 240, 60, 6),
        ("4:1*6", 240, 60, 6),
        ("4:1×6", 240, 60, 6),
        ("4:1", 240, 60, None),
        ("30s:90sx10", 30, 90, 10),
        ("30s:30s x 10", 30, 30, 10),
        ("1.5:1x8", 90, 60, 8),
        ("1,5:1x8", 90, 60, 8),
        ("4min:1min", 240, 60, None),
        ("2m : 30s x5", 120, 30, 5),
        ("30", 1800, 0, 1),
    ],
)
def test_a_plan_is_read_as_people_write_it(text: str, run_s: int, walk_s: int, times: int | None) -> None:
    assert parse_plan(text) == RunWalkPlan(run_s, walk_s, times)


@pytest.mark.parametrize(
    "text",
    ["", "banana", "4:1x", "4:1x0", "4:1x6x6", ":1x6", "4:x6", "-4:1x6", "0:1x6", "4:0x6", "4:1x1e3",
     "4:1x201", "5s:5sx3", "4h:1x2", "0.333:1x4", "99999:1", "4:1x6 and on", "\u0664:\u0661",
     "nan:1", "4:1\n5"],
)  # fmt: skip
def test_what_is_no_plan_is_told_in_one_line_with_an_example(text: str) -> None:
    with pytest.raises(PlanError) as told:
        parse_plan(text)
    assert "4:1x6" in str(told.value)
    assert "\n" not in str(told.value)


@given(PLANS)
def test_what_is_written_is_read_as_the_same_plan(plan: RunWalkPlan) -> None:
    assert parse_plan(format_plan(plan)) == plan


@given(st.text(max_size=12))
def test_any_text_is_a_plan_or_told_to_be_none(text: str) -> None:
    try:
        plan = parse_plan(text)
    except PlanError:
        return
    assert parse_plan(format_plan(plan)) == plan


@pytest.mark.parametrize("text", ["4:1x6", "4:1", "30s:90sx10", "30"])
def test_the_shortest_form_stays_as_it_is(text: str) -> None:
    assert format_plan(parse_plan(text)) == text


@given(PLANS)
def test_its_parts_follow_each_other_and_begin_with_running(plan: RunWalkPlan) -> None:
    parts = list(islice(plan.intervals(), 500))
    assert (parts[0].part, parts[0].start_s) == ("run", 0)
    for before, after in pairwise(parts):
        assert before.end_s == after.start_s
        assert before.part != after.part
    if plan.times is not None:
        assert parts[-1].end_s == plan.times * (plan.run_s + plan.walk_s)
