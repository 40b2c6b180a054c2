"""What there is to do on a day, for each kind of runner."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.care.advice import HEEL_LIFT
from coach.care.day import Item, Log
from coach.care.pain import verdict
from coach.care.progress import RAISE_FIRST
from coach.care.today import NO_RUN, today
from coach.plan.buildup import STEPS

from .logs import at, mornings, pain, routine, run

RUNS = [run(0), run(2), run(4)]
LOG = Log(runs=RUNS, pains=[], routines=[], longest_m=5000.0, plan=STEPS[0])
"""Who runs 5 km every second day."""
NEWCOMER = Log(runs=[], pains=[], routines=[], longest_m=None, plan=STEPS[0])


def items(log: Log, day: float, hour: int = 12) -> dict[str, Item]:
    return {item.what.split(":")[0].split(",")[0]: item for item in today(log, at(day, hour)).items}


def the_run(log: Log, day: float) -> Item | None:
    return next((item for item in today(log, at(day)).items if item.what.startswith("run")), None)


class TestANewcomer:
    def test_is_told_what_to_do_first(self) -> None:
        day = today(NEWCOMER, at(0))
        assert day.progression_allowed
        assert day.reasons[0] == NO_RUN
        assert [item.what.split(":")[0] for item in day.items] == [
            "warm-up", "run 1 min, walk 2 min, 8 times", "cool-down", "calf raises, left leg",
            "calf raises, right leg", "trunk and hips",
        ]  # fmt: skip
        assert not any(item.done for item in day.items)
        assert all(item.command.startswith("coach ") for item in day.items)

    def test_who_runs_already_is_not_held_to_walk_breaks(self) -> None:
        first = the_run(NEWCOMER, 0)
        assert first is not None
        assert first.command == f"coach run --pod POD --plan {STEPS[0]}"
        assert "if you run already" in first.why

    def test_a_plan_is_gone_on_with_every_second_day(self) -> None:
        log = replace(NEWCOMER, runs=[run(0, 2.0, plan=STEPS[0])], longest_m=2000.0, plan=STEPS[1])
        assert the_run(log, 1) is None
        assert items(log, 1)["rest from running; bike or swim if you like"].why.startswith("a day between")
        second = the_run(log, 2)
        assert second is not None
        assert second.what == "run 2 min, walk 2 min, 6 times"
        assert second.command == f"coach run --pod 'ble:Pod 7' --plan {STEPS[1]}"

    def test_a_plan_without_a_break_is_told_in_minutes(self) -> None:
        log = replace(NEWCOMER, runs=[run(0, 4.0, plan="28")], longest_m=4000.0, plan="30")
        last = the_run(log, 2)
        assert last is not None
        assert last.what == "run 30 min without a break"


class TestARunner:
    def test_runs_no_more_than_a_tenth_beyond_the_longest_of_thirty_days(self) -> None:
        next_run = the_run(LOG, 6)
        assert next_run is not None
        assert next_run.what == "run, at most 5.5 km"
        assert "5.0 km" in next_run.why
        assert next_run.command == "coach run --pod 'ble:Pod 7'"

    @pytest.mark.parametrize(("longest_m", "km"), [(10_000.0, "11.0"), (5_090.0, "5.5"), (5_091.0, "5.6")])
    def test_the_limit_is_rounded_down(self, longest_m: float, km: str) -> None:
        next_run = the_run(replace(LOG, longest_m=longest_m), 6)
        assert next_run is not None
        assert next_run.what == f"run, at most {km} km"

    def test_without_a_known_distance_no_number_is_made_up(self) -> None:
        next_run = the_run(replace(LOG, longest_m=math.nan), 6)
        assert next_run is not None
        assert "km" not in next_run.what

    @pytest.mark.parametrize(("percent", "rests"), [(110.0, False), (110.1, True), (math.nan, False)])
    def test_rests_on_the_day_after_a_spike(self, percent: float, rests: bool) -> None:
        log = replace(LOG, runs=[*RUNS, run(6, 5.5, percent=percent)])
        assert (the_run(log, 7) is None) == rests

    @pytest.mark.parametrize(("days", "rests"), [(2, False), (3, True)])
    def test_rests_after_three_days_in_a_row(self, days: int, rests: bool) -> None:
        log = replace(LOG, runs=[run(day) for day in range(days)])
        assert (the_run(log, days) is None) == rests

    def test_who_ran_today_has_run_for_today(self) -> None:
        done = the_run(LOG, 4)
        assert done is not None
        assert done.done
        assert "5.0 km" in done.why
        assert "warm-up" not in items(LOG, 4)
        assert not items(LOG, 4)["cool-down"].done

    def test_what_was_done_today_is_ticked_and_what_was_broken_off_is_not(self) -> None:
        log = replace(LOG, routines=[routine(6, "warm-up"), routine(6, "cool-down", finished=False)])
        assert items(log, 6)["warm-up"].done
        assert not items(log, 6)["cool-down"].done

    def test_after_a_month_without_a_run_begins_again_with_walk_breaks(self) -> None:
        again = the_run(replace(LOG, longest_m=None), 40)
        assert again is not None
        assert again.command.endswith(f"--plan {STEPS[0]}")
        assert "no run of 500 m or more in 30 days" in again.why

    def test_is_told_where_it_is_always_the_same_surface(self) -> None:
        next_run = the_run(replace(LOG, surface_hint="All on one surface (road)."), 6)
        assert next_run is not None
        assert "road" in next_run.why

    @pytest.mark.parametrize("day", [6, 7])
    def test_a_leg_that_comes_back_from_pain_is_not_told_to_try_another_surface(self, day: int) -> None:
        pains = mornings(5, 4, 0, 0)[: day - 4]
        next_run = the_run(replace(LOG, pains=pains, surface_hint="All on one surface (road)."), day)
        assert next_run is not None
        assert "road" not in next_run.why

    def test_a_simulated_pod_is_not_proposed(self) -> None:
        next_run = the_run(replace(LOG, runs=[run(0, pod="sim:hill")]), 6)
        assert next_run is not None
        assert next_run.command == "coach run --pod POD"

    def test_of_two_pods_both_are_named_and_for_a_leg_its_own(self) -> None:
        log = replace(LOG, runs=[run(0, pod="left=ble:A B + right=ble:C")])
        next_run = the_run(log, 6)
        assert next_run is not None
        assert next_run.command.startswith("coach run --pod 'left=ble:A B' --pod right=ble:C")
        assert items(log, 6)["calf raises"].command.endswith("--leg right --pod ble:C")


class TestStrength:
    @pytest.mark.parametrize(("day", "is_due"), [(1, False), (2, True)])
    def test_calf_raises_come_every_second_day(self, day: int, is_due: bool) -> None:
        log = replace(LOG, routines=[routine(0, "calf-raises", leg, 12) for leg in ("left", "right")])
        assert ("calf raises" in items(log, day)) == is_due
        assert items(log, 0)["calf raises"].done

    @pytest.mark.parametrize(("day", "is_due"), [(2, False), (3, True)])
    def test_trunk_and_hips_every_third(self, day: int, is_due: bool) -> None:
        assert (
            "trunk and hips" in items(replace(LOG, routines=[routine(0, "trunk-and-hips")]), day)
        ) == is_due

    @pytest.mark.parametrize(("day", "is_due"), [(6, False), (7, True)])
    def test_heel_drops_come_with_symptoms_of_a_week(self, day: int, is_due: bool) -> None:
        log = replace(LOG, pains=[pain(0, 3, "after"), *mornings(1, 2, 1)])
        assert ("heel drops" in items(log, day)) == is_due

    def test_heel_drops_are_for_the_leg_that_hurts_with_the_load_that_is_due(self) -> None:
        done = routine(6, "heel-drops", "right", 8, 8, 8, load_kg=2.5)
        log = replace(LOG, pains=[pain(0, 3, "after", "right")], routines=[done])
        drops = items(log, 7)["heel drops"]
        assert drops.what == "heel drops, right leg: 3 × 8 with 5 kg"
        assert drops.command == "coach routine heel-drops --leg right --pod 'ble:Pod 7'"
        assert items(log, 6)["heel drops"].done

    @pytest.mark.parametrize(("day", "is_due"), [(61, False), (62, True), (88, True), (89, False)])
    def test_after_the_symptoms_they_go_on_every_second_day_for_four_weeks(
        self, day: int, is_due: bool
    ) -> None:
        log = replace(LOG, pains=[pain(0, 3, "after")], routines=[routine(60, "heel-drops", "left", 8, 8, 8)])
        assert ("heel drops" in items(log, day)) == is_due

    def test_calf_raises_of_a_leg_with_heel_drops_come_once_a_week(self) -> None:
        log = replace(
            LOG,
            pains=[pain(0, 3, "after")],
            routines=[routine(8, "calf-raises", leg, 12) for leg in ("left", "right")],
        )
        due = [
            [item.what for item in today(log, at(day)).items if item.what.startswith("calf")]
            for day in (14, 15)
        ]
        right, left = (f"calf raises, {leg} leg: up to 14" for leg in ("right", "left"))
        assert due == [[right], [left, right]]


class TestPain:
    def test_over_five_is_a_day_of_rest(self) -> None:
        log = replace(LOG, pains=[pain(0, 3, "after"), pain(8, 6, "during")])
        day = today(log, at(8, 21))
        assert not day.progression_allowed
        assert "over 5 of 10" in day.reasons[0]
        found = [item.what for item in day.items]
        assert found[0].startswith("rest, and ice")
        assert not any("left" in what or what.startswith("run") for what in found)

    def test_the_other_leg_goes_on(self) -> None:
        log = replace(LOG, pains=[pain(8, 6, "during")])
        assert f"calf raises, right leg: up to {RAISE_FIRST}" in [i.what for i in today(log, at(8, 21)).items]

    def test_the_morning_is_asked_for_on_the_next_day_and_ticked_when_it_was_told(self) -> None:
        log = replace(LOG, pains=[pain(8, 4, "after")])
        asked = "tell how the leg was this morning"
        assert asked not in items(log, 8, 21)
        assert items(log, 9)[asked].command == "coach pain N --when morning --side left"
        assert items(replace(log, pains=[*log.pains, *mornings(9, 1)]), 9)[asked].done
        assert asked not in items(log, 10)

    def test_and_every_morning_of_a_stop(self) -> None:
        assert "tell how the leg was this morning" in items(replace(LOG, pains=[pain(0, 6, "after")]), 9)

    def test_from_the_first_settled_morning_on_one_runs_half_as_far(self) -> None:
        log = replace(LOG, pains=[pain(4, 6, "during"), *mornings(5, 2)])
        next_run = the_run(log, 6)
        assert next_run is not None
        assert next_run.what == "run, at most 2.5 km, easy, without cues"

    @pytest.mark.parametrize(("settled", "cues"), [(1, ", easy, without cues"), (2, "")])
    def test_a_plan_waits_until_the_leg_is_back(self, settled: int, cues: str) -> None:
        runs = [run(n, 3.6, plan=STEPS[7]) for n in (0, 2, 4)]
        pains = [pain(4, 6, "during"), *mornings(5, *[2] * settled)]
        log = replace(LOG, runs=runs, pains=pains, longest_m=3600.0, plan=STEPS[8])
        next_run = the_run(log, 8)
        assert next_run is not None
        assert next_run.what == f"run, at most 1.8 km{cues}"
        assert "--plan" not in next_run.command

    @pytest.mark.parametrize(
        ("again_km", "km"),
        [((), "2.5"), ((2.0,), "2.5"), ((2.5,), "2.7"), ((2.5, 4.0), "4.4"), ((5.0,), "5.5")],
    )
    def test_who_comes_back_begins_with_half_and_goes_a_tenth_further_each_time(
        self, again_km: tuple[float, ...], km: str
    ) -> None:
        again = [run(8 + 2 * n, length) for n, length in enumerate(again_km)]
        log = replace(LOG, pains=[pain(4, 6, "during"), *mornings(5, 2, 2)], runs=[*RUNS, *again])
        next_run = the_run(log, 20)
        assert next_run is not None
        assert next_run.what == f"run, at most {km} km"
        assert "coming back" in next_run.why

    def test_who_comes_back_may_lift_both_heels(self) -> None:
        log = replace(LOG, pains=[pain(4, 6, "during"), *mornings(5, 2, 2)])
        assert HEEL_LIFT in today(log, at(7)).reasons
        assert HEEL_LIFT not in today(log, at(60)).reasons

    def test_after_a_snap_there_is_a_doctor_and_nothing_else(self) -> None:
        day = today(replace(LOG, pains=[pain(8, 2, "during", snap=True)]), at(9))
        assert [item.what for item in day.items] == ["see a doctor today"]
        assert day.items[0].command == "coach pain N --when morning --side left --cleared"

    def test_three_months_of_it_are_told(self) -> None:
        log = replace(LOG, pains=[pain(day, 2, "after") for day in range(0, 99, 7)])
        assert any("physical therapist" in line for line in today(log, at(98)).reasons)


def test_the_document_is_what_is_printed() -> None:
    document = today(NEWCOMER, at(0)).to_dict()
    assert list(document) == ["items", "progression_allowed", "reasons"]
    assert document["items"][0] == {
        "what": "warm-up", "command": "coach routine warm-up", "done": False,
        "why": "moving stretches prepare calf and tendon for the run",
    }  # fmt: skip


days = st.integers(0, 60)
any_run = st.builds(run, days, st.floats(0.1, 40) | st.just(math.nan), plan=st.sampled_from(["", *STEPS]))
any_pain = st.builds(
    pain, days, st.integers(0, 10), st.sampled_from(["during", "after", "morning"]),
    st.sampled_from(["left", "right", "both"]), snap=st.booleans(), cleared=st.booleans(),
)  # fmt: skip
any_exercise = st.builds(
    routine, days, st.sampled_from(["heel-drops", "calf-raises"]), st.sampled_from(["left", "right"]),
    st.integers(0, 60),
)  # fmt: skip
any_log = st.builds(
    Log, st.lists(any_run), st.lists(any_pain), st.lists(any_exercise),
    st.none() | st.floats(10, 50_000) | st.just(math.nan), st.sampled_from(["", *STEPS]),
)  # fmt: skip


@given(any_log, days)
def test_any_log_even_of_days_to_come_gives_a_day(log: Log, day: int) -> None:
    longest_m = log.longest_m if log.runs else None
    found = today(replace(log, longest_m=longest_m), at(day))
    assert found.items
    assert found.reasons
    if not verdict(log.pains).exercise_allowed:
        assert len(found.items) == 1
    assert len({item.what for item in found.items}) == len(found.items)
