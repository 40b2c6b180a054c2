"""What follows from the pain log: each rule at its borders, and what lifts a stop."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.care.advice import (
    ACTIVE_REST,
    DOCTOR_TODAY,
    HEEL_LIFT,
    REST_AND_ICE,
    STOPPED,
    advice,
    reasons,
)
from coach.care.pain import (
    RETURNING,
    SOURCES,
    Rule,
    cues_allowed,
    is_returning,
    leg_verdict,
    progression_allowed,
    verdict,
)
from coach.care.records import Pain, When

from .logs import at, mornings, pain


def test_where_nothing_was_told_all_is_allowed() -> None:
    found = verdict([])
    assert (found.rule, found.side) == (Rule.NOTHING_TOLD, None)
    assert found.progression_allowed
    assert found.cues_allowed
    assert found.running_allowed
    assert found.exercise_allowed


@pytest.mark.parametrize("when", ["during", "after"])
@pytest.mark.parametrize(
    ("score", "rule"), [(0, Rule.ALLOWED), (5, Rule.ALLOWED), (6, Rule.OVER_FIVE), (10, Rule.OVER_FIVE)]
)
def test_pain_up_to_five_during_and_after_is_allowed_and_over_five_stops(
    when: When, score: int, rule: Rule
) -> None:
    log = [pain(0, score, when)]
    assert verdict(log).rule is rule
    assert progression_allowed(log) == cues_allowed(log) == (rule is Rule.ALLOWED)


@pytest.mark.parametrize(
    ("score", "rule"), [(2, Rule.ALLOWED), (3, Rule.NOT_SETTLED), (5, Rule.NOT_SETTLED), (6, Rule.OVER_FIVE)]
)
def test_a_morning_has_settled_up_to_two(score: int, rule: Rule) -> None:
    log = [pain(0, 4, "after"), pain(1, score, "morning")]
    assert verdict(log).rule is rule
    assert verdict(log).since == (None if rule is Rule.ALLOWED else date(2026, 6, 2))


def test_or_as_is_usual_for_the_runner_but_never_above_three() -> None:
    usual_three = mornings(0, 3, 3, 3)
    assert leg_verdict([*usual_three[:2], pain(3, 3, "morning")], "left").since == date(2026, 6, 4)
    assert leg_verdict([*usual_three, pain(3, 3, "morning")], "left").settled_mornings == 1
    assert leg_verdict([*usual_three, pain(3, 4, "morning")], "left").settled_mornings == 0
    usual_four = mornings(0, 4, 4, 4, 4)
    assert leg_verdict([*usual_four, pain(4, 4, "morning")], "left").settled_mornings == 0
    assert leg_verdict([*usual_four, pain(4, 3, "morning")], "left").settled_mornings == 1


def test_what_is_usual_is_told_by_the_last_two_weeks() -> None:
    usual_three = mornings(0, 3, 3, 3)
    assert leg_verdict([*usual_three, pain(14, 3, "morning")], "left").settled_mornings == 1
    assert leg_verdict([*usual_three, pain(15, 3, "morning")], "left").settled_mornings == 0


def test_two_settled_mornings_lift_a_stop() -> None:
    log = [pain(0, 6, "during"), *mornings(1, 2, 2)]
    assert not progression_allowed(log[:2])
    assert verdict(log[:2]).settled_mornings == 1
    assert progression_allowed(log)
    assert verdict(log).lifted == date(2026, 6, 3)


@pytest.mark.parametrize(
    "between",
    [
        pain(2, 3, "morning"),
        pain(1, 6, "after"),
        pain(1, 2, "morning", note="told twice"),
        pain(2, 0, "morning", side="right"),
        pain(2, 0, "after"),
    ],
    ids=["not settled", "over five again", "the same morning", "the other leg", "no morning"],
)
def test_and_nothing_less(between: Pain) -> None:
    log = [pain(0, 6, "during"), pain(1, 2, "morning"), between]
    assert not progression_allowed(log)


def test_a_morning_of_the_day_of_the_pain_lifts_nothing() -> None:
    log = [pain(0, 6, "during"), Pain(at(0, 23), 0, "morning", "left"), pain(1, 0, "morning")]
    assert verdict(log).settled_mornings == 1


def test_a_run_is_allowed_again_from_the_first_settled_morning_on() -> None:
    log = [pain(0, 6, "during"), pain(1, 2, "morning")]
    assert not verdict(log[:1]).running_allowed
    assert verdict(log).running_allowed
    assert not verdict(log).progression_allowed


def test_the_worse_leg_counts() -> None:
    log = [pain(0, 7, "after", "right"), pain(0, 3, "after", "left")]
    assert verdict(log).side == "right"
    assert leg_verdict(log, "left").progression_allowed
    assert verdict([pain(0, 7, "after", "both")]).side == "both"
    assert progression_allowed([pain(0, 7, "after", "both"), *mornings(1, 1, 1, side="both")])


def test_a_snap_stops_everything_until_a_doctor_has_cleared_it() -> None:
    log = [pain(0, 1, "during", snap=True)]
    for later in ([], mornings(1, 0, 0, 0), [pain(9, 8, "after")]):
        found = verdict([*log, *later])
        assert found.rule is Rule.SNAP
        allowed = {found.progression_allowed, found.running_allowed, found.exercise_allowed}
        assert allowed == {False}
    assert progression_allowed([*log, pain(40, 2, "morning", cleared=True)])
    assert progression_allowed([*log, pain(40, 5, "after", cleared=True)])
    assert verdict([*log, pain(40, 6, "after", cleared=True)]).rule is Rule.OVER_FIVE
    assert verdict([*log, pain(40, 3, "morning", cleared=True)]).rule is Rule.NOT_SETTLED
    assert verdict([*log, pain(40, 0, "morning", "right", cleared=True)]).rule is Rule.SNAP


def test_who_comes_back_is_returning_for_four_weeks() -> None:
    log = [pain(0, 6, "during"), *mornings(1, 0, 0)]
    lifted = date(2026, 6, 3)
    assert is_returning(log, lifted + RETURNING)
    assert not is_returning(log, lifted + RETURNING + timedelta(days=1))
    assert not is_returning(log[:2], lifted)
    assert not is_returning([pain(0, 5, "during")], lifted)


entries = st.builds(
    pain, st.integers(0, 40), st.integers(0, 10), st.sampled_from(["during", "after", "morning"]),
    st.sampled_from(["left", "right", "both"]), snap=st.booleans(), cleared=st.booleans(),
)  # fmt: skip


@given(st.lists(entries, max_size=12), st.randoms())
def test_any_log_in_any_order_is_judged_and_advised(log: list[Pain], chance: object) -> None:
    found = verdict(log)
    assert found.cues_allowed == found.progression_allowed == (found.since is None)
    assert found.running_allowed >= found.progression_allowed
    assert reasons(log, at(20))
    assert advice(log, at(20))
    assert set(SOURCES) == set(Rule)


def test_an_entry_of_a_day_to_come_counts_and_is_told() -> None:
    log = [pain(300, 7, "after")]
    assert not progression_allowed(log)
    assert any("dated later than now" in line for line in reasons(log, at(0)))
    assert not any("dated later" in line for line in reasons(log, at(301)))


class TestAdvice:
    def test_over_five_is_rest_and_ice_first_then_active_rest(self) -> None:
        lines = advice([pain(0, 6, "during")], at(0, 21))
        assert lines[:3] == [REST_AND_ICE, STOPPED, ACTIVE_REST]
        assert "2 settled mornings" in lines[3]
        assert "--when morning --side left" in lines[3]

    def test_the_heel_lift_is_for_both_shoes_and_while_returning(self) -> None:
        log = [pain(0, 6, "during"), *mornings(1, 1, 1)]
        assert "both shoes" in HEEL_LIFT
        assert HEEL_LIFT in advice(log[:2], at(1))
        assert HEEL_LIFT in advice(log, at(2))
        assert HEEL_LIFT not in advice(log[:1], at(0, 21))
        assert HEEL_LIFT not in advice([pain(0, 4, "after")], at(0, 21))

    def test_one_more_morning_is_one_morning(self) -> None:
        said = " ".join(advice([pain(0, 6, "during"), pain(1, 2, "morning")], at(1)))
        assert "1 more settled morning:" in said

    def test_pain_that_is_allowed_is_asked_for_again_in_the_morning(self) -> None:
        lines = advice([pain(0, 4, "after", "right")], at(0, 21))
        assert "settled by the next morning" in lines[0]
        assert "coach pain N --when morning --side right" in lines[1]

    def test_a_snap_is_a_doctor_today_and_nothing_else_to_do(self) -> None:
        lines = advice([pain(0, 8, "during", snap=True)], at(0, 21))
        assert lines[0] == DOCTOR_TODAY
        assert "--cleared" in lines[1]
        assert len(lines) == 2

    def test_no_advice_says_how_to_land_or_what_one_has(self) -> None:
        logs = [[], [pain(0, 8, "during", snap=True)], [pain(0, 6, "after")], [pain(0, 4, "after")],
                mornings(0, 3), [pain(d, 3, "after") for d in range(0, 100, 7)]]  # fmt: skip
        said = " ".join(
            line for log in logs for line in (*advice(log, at(99)), *reasons(log, at(99)))
        ).lower()
        for word in ("land", "softer", "forefoot", "you have tend", "diagnos"):
            assert word not in said
