"""Twelve weeks of a runner: first runs, one that is too long, pain, heel drops, and back to running.

Every command is one that a person would type, and what it answers is read where it matters, and as a whole
at the end.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .diary import MONDAY, Diary, open_diary
from .reading import check, check_page, done, looks, looks_around, to_do, warnings
from .runs_kept import POD, kept_run, warned_at_m

LAPSE = "lapse=50"
PACE = f"speed=2.2,spm=166,{LAPSE}"
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
NO_MORE_BUT_A_TENTH = 1.1


@pytest.fixture(scope="module")
def diary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """The runner's diary; the tests of this file are its chapters, in their order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_HOME", str(tmp_path_factory.mktemp("story") / "home"))
        patch.setenv("COLUMNS", "100")
        yield open_diary(patch)


@pytest.fixture(autouse=True)
def at_home(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    """One home for all chapters, in place of one for each test."""
    monkeypatch.setenv("COACH_HOME", diary.home)


class TestWeek1:
    """The first runs."""

    def test_before_there_is_any_run_each_command_says_what_it_needs(self, diary: Diary) -> None:
        assert "No run is kept yet: the first one that 'coach run' keeps" in diary.types("today")
        assert "There is no finished run in the journal yet; 'coach run' makes one" in diary.types("load")
        assert "No pain was told" in diary.types("pain")
        assert "no run is kept yet" in diary.types("journal")
        assert "there is no run in the journal yet" in diary.types("report")
        assert "there is no run in the journal yet" in diary.types("export latest --csv run.csv")
        today, _, _ = looks_around(diary)
        assert today["progression_allowed"]
        assert "run 1 min, walk 2 min, 8 times" in to_do(today)

    @pytest.mark.parametrize(
        ("command", "what_to_do"),
        [
            ("pain 11 --when after --side left", "tell a whole number from 0, none, to 10, the worst"),
            ("pain 3 --when morning", "--side left, right or both"),
            ("routine calf-raises --leg middle", "'left', 'right'"),
            ("routine heel-drops", "--leg left or --leg right"),
            ("routine heel-drops --leg left --reps eight", "--reps 8,8,7"),
            ("run --pod sim --plan tomorrow", "4:1x6"),
            ("journal show 7", "no run 7"),
        ],
    )
    def test_a_slip_is_told_with_what_to_type(self, diary: Diary, command: str, what_to_do: str) -> None:
        said = diary.types(command, fails=True)
        assert what_to_do in " ".join(said.replace("│", " ").split())
        assert said.count("Invalid value") + said.count("coach: ") == 1

    def test_a_first_run_with_walk_breaks_is_led_and_kept(self, diary: Diary) -> None:
        diary.on(1, MON, 18)
        assert "done after 5:54 min" in diary.types("routine warm-up --lapse 2000")
        said = diary.types(
            f"run --pod sim:run-walk,plan=1:1x1,{PACE} --plan 1:1x1 --surface road --seconds 130"
        )
        assert said.index("coach: Run (as planned)") < said.index("coach: Walk (as planned)")
        assert "you did 1 of 1 part to run and 1 of 1 walk break," in " ".join(said.split())
        diary.on(1, MON, 18.2).types("routine cool-down --lapse 2000")
        today, _, _ = looks_around(diary)
        assert done(today) == ["run", "cool-down"]
        assert not any(what.startswith("run") for what in to_do(today))

    def test_one_that_goes_beyond_110_percent_is_told_so_once_while_it_goes_on(self, diary: Diary) -> None:
        diary.on(1, WED, 18).runs(510.4)
        said = diary.on(1, FRI, 18).types(f"run --pod sim:steady,{PACE} --surface road --seconds 290")
        assert said.count("A tenth more than in any run of your last 30 days") == 1
        told = warned_at_m(kept_run(3))
        assert told is not None
        so_far_m, a_stride_before_m = told
        assert a_stride_before_m <= NO_MORE_BUT_A_TENTH * 510.4 < so_far_m
        # Only some minutes were run on Monday: Wednesday's run is measured against nothing.
        assert warnings(diary.on(1, FRI, 19).asks("load")) == [False, False, True]
        today, _, _ = looks_around(diary.on(1, SAT))
        assert "rest from running; bike or swim if you like" in to_do(today)


class TestWeeks2To4:
    """Longer and longer, and once too long."""

    def test_a_tenth_more_is_no_warning_and_a_step_more_is_one(self, diary: Diary) -> None:
        diary.on(2, MON, 18).runs(640.0)
        diary.on(2, WED, 18).runs(704.0)
        said, load = looks(diary, "load")
        assert load["spike_percent"] == 110.0
        assert "no spike: 110 % of the longest" in said
        diary.on(2, FRI, 18).runs(776.0)
        said, load = looks(diary, "load")
        assert load["spike_percent"] == pytest.approx(110.2, abs=0.05)
        assert "distance 776 m, just over 10 % more" in said
        assert warnings(load)[3:] == [False, False, True]

    def test_who_keeps_to_what_is_told_is_not_warned(self, diary: Diary) -> None:
        for week, day in ((3, MON), (3, WED), (3, SAT), (4, TUE)):
            most_m = diary.on(week, day, 9).asks("load")["next_run"]["most_m"]
            diary.runs(most_m // 1.6 * 1.6)
        _, load, _ = looks_around(diary)
        assert not any(warnings(load)[-4:])

    def test_one_long_run_is_told_with_what_a_study_found(self, diary: Diary, tmp_path: Path) -> None:
        diary.on(4, SAT, 9).runs(1600.0)
        said = " ".join(diary.types(f"load --plot {tmp_path / 'load.png'}").split())
        assert "distance 1.6 km, 41 % more" in said
        assert "In a study of 5205 runners a run 30 to 100 % longer" in said
        assert "Keep the next runs at what you are used to" in said
        assert "Next run" not in said
        assert (tmp_path / "load.png").stat().st_size > 10_000
        _, load, _ = looks_around(diary)
        assert load["spike_percent"] == pytest.approx(100.0 * 1600.0 / load["longest_30_days_m"], abs=1e-4)


class TestPain:
    """Week 5: it hurts."""

    def test_pain_over_5_and_a_morning_that_has_not_settled_stop_progression(self, diary: Diary) -> None:
        said = diary.on(4, SAT, 20).types("pain 6 --when after --side right")
        assert "kept: 6 of 10 after, right leg" in said
        assert "Pain in the right leg was over 5 of 10 on 2026-03-28." in said
        _, _, pain = looks_around(diary)
        assert (pain["progression_allowed"], pain["cues_allowed"]) == (False, False)
        diary.on(4, SUN).types("pain 4 --when morning --side right")
        today, _, pain = looks_around(diary)
        assert pain["rule"] == "not settled by morning"
        assert (pain["progression_allowed"], pain["cues_allowed"]) == (False, False)
        advice = " ".join(pain["advice"])
        assert "Rest and ice" in advice
        assert "bike, swim or strength" in advice
        assert to_do(today)[0].startswith("rest, and ice")
        assert not any("run" in what.split() for what in to_do(today))

    def test_a_run_in_spite_of_it_is_not_cued(self, diary: Diary) -> None:
        said = diary.on(5, MON, 18).types(f"run --pod sim:steady,{PACE} --seconds 60 --surface trail")
        assert "the cadence is not cued in this run: your pain log speaks against it" in said
        assert not len(kept_run(diary.asks("load")["runs"][0]["run_id"]).cues)

    def test_it_goes_on_after_two_settled_mornings(self, diary: Diary) -> None:
        diary.on(5, TUE).types("pain 3 --when morning --side right")
        today, _, pain = looks_around(diary)
        assert not pain["progression_allowed"]
        assert not any(what.startswith("run") for what in to_do(today))
        diary.on(5, WED).types("pain 2 --when morning --side right")
        today, _, pain = looks_around(diary)
        assert not pain["progression_allowed"]
        assert "after 1 more settled morning" in " ".join(pain["advice"])
        assert "run, at most 0.8 km, easy, without cues" in to_do(today)
        diary.on(5, THU).types("pain 1 --when morning --side right")
        today, _, pain = looks_around(diary)
        assert (pain["progression_allowed"], pain["cues_allowed"]) == (True, True)
        assert "a heel lift of 5 mm is an option, always in both shoes" in " ".join(pain["advice"])
        assert "run, at most 0.8 km" in to_do(today)  # half of the longest of 30 days


class TestWeeks5To8:
    """Heel drops."""

    def test_sets_that_are_not_completed_bring_no_load(self, diary: Diary) -> None:
        diary.on(5, FRI, 18)
        assert "Stand with the balls of both feet on the edge" in diary.types("routine heel-drops --list")
        said = diary.types("routine heel-drops --leg right --reps 8,8,6")
        assert "Next time: 3 × 8\n    stay at body weight until 3 × 8 are done" in said

    def test_the_pod_counts_3_sets_of_8_and_the_next_load_is_proposed(self, diary: Diary) -> None:
        said = diary.on(6, MON, 18).types(
            f"routine heel-drops --leg right --pod sim:heel-drops,{LAPSE} --sound none"
        )
        assert said.count("8. Set done. Rest 90 seconds") == 2
        assert said.count("8. All sets done. Well done") == 1
        assert "Next time: 3 × 8 with 2.5 kg" in said
        assert "not all came from the pod" not in said
        today, _, _ = looks_around(diary.on(6, WED))
        assert "heel drops, right leg: 3 × 8 with 2.5 kg" in to_do(today)

    def test_what_the_pod_counts_is_told_to_programs_with_each_way_down(self, diary: Diary) -> None:
        counted = diary.on(6, WED, 18).asks(
            f"routine heel-drops --leg right --pod sim:heel-drops,{LAPSE},seed=2"
        )
        assert [(one["reps"], one["completed"]) for one in counted["sets"]] == [(8, True)] * 3
        assert all(2.0 < down_s < 3.5 for one in counted["sets"] for down_s in one["lowering_s"])
        assert (counted["load_kg"], counted["proposal"]["load_kg"]) == (2.5, 5.0)

    def test_the_load_goes_up_with_each_that_is_completed(self, diary: Diary) -> None:
        carried = []
        for week, days in ((6, (FRI,)), (7, (MON, WED, FRI)), (8, (MON, WED, FRI))):
            for day in days:
                told = diary.on(week, day, 18).asks("routine heel-drops --leg right --reps 8,8,8")
                carried.append(told["load_kg"])
            diary.on(week, SAT).types("pain 0 --when morning --side right")
            diary.types("routine trunk-and-hips --lapse 2000")
            today, _, pain = looks_around(diary)
            assert pain["progression_allowed"]
            assert "trunk and hips" in done(today)
        assert carried == [5.0, 7.5, 10.0, 12.5, 15.0, 17.5, 20.0]
        assert "Symptoms" not in " ".join(pain["reasons"])  # they lasted less than a week


class TestWeeks9To12:
    """Back to running."""

    def test_a_long_run_counts_for_thirty_days_to_the_minute(self, diary: Diary) -> None:
        """It was begun on the Saturday of week 4, at nine."""
        today, load, _ = looks_around(diary.on(9, MON, 9))
        assert load["next_run"]["longest_30_days_m"] == pytest.approx(1600.0)
        assert "run, at most 0.8 km" in to_do(today)
        today, load, _ = looks_around(diary.on(9, MON, 9 + 1 / 60))
        assert load["next_run"]["longest_30_days_m"] is None
        assert "run 1 min, walk 2 min, 8 times" in to_do(today)

    def test_it_begins_again_with_walk_breaks_that_grow(self, diary: Diary) -> None:
        for day in (MON, WED, FRI):
            diary.on(9, day, 19).run_walks(1, 2, 8)
        today, _, _ = looks_around(diary.on(9, SAT))
        assert "rest from running; bike or swim if you like" in to_do(today)
        for week, plan in ((10, (2, 2, 6)), (11, (3, 2, 5))):
            today, _, _ = looks_around(diary.on(week, MON))
            assert f"coach run --pod {POD} --plan {plan[0]}:{plan[1]}x{plan[2]}" in json.dumps(today)
            for day in (MON, WED, FRI):
                diary.on(week, day, 19).run_walks(*plan)
        # The programme never leads beyond what its own guard allows.
        _, load, _ = looks_around(diary)
        assert not any(warnings(load)[-9:])

    def test_calf_raises_lead_toward_50_on_both_legs(self, diary: Diary) -> None:
        said = diary.on(12, TUE, 18).types("routine calf-raises --leg left --reps 30")
        assert "Next time: up to 32\n    2 more than your best of four weeks, toward 50" in said
        diary.types("routine calf-raises --leg right --reps 24")
        today, _, _ = looks_around(diary)
        assert (
            "Most calf raises in a set: 30 left, 24 right, toward 50. The right leg is 6 behind."
            in today["reasons"]
        )
        assert done(today) == ["calf raises, left leg", "calf raises, right leg"]

    def test_all_of_it_is_there_in_the_end(self, diary: Diary, tmp_path: Path) -> None:
        diary.on(12, SAT).run_walks(4, 1, 5)
        assert "not a medical device" in diary.types("why")
        _, kept, pain = looks_around(diary)
        assert "Weeks are for information" in diary.types("load")
        assert diary.types("journal").count("\n ") >= len(kept["runs"])
        page = Path(diary.types("report").strip())
        check_page(page)
        assert page.stat().st_mode & 0o077 == 0
        diary.types(f"journal export --json {tmp_path / 'all.json'}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COACH_HOME", str(tmp_path / "another machine"))
            diary.types(f"journal import {tmp_path / 'all.json'}")
            assert diary.asks("load") == kept
            assert diary.asks("pain")["entries"] == pain["entries"]

    def test_of_all_the_runs_with_the_pod_the_guard_spoke_in_one(self, diary: Diary) -> None:
        runs = diary.asks("load")["runs"]
        assert [run["run_id"] for run in runs if warned_at_m(kept_run(run["run_id"])) is not None] == [3]


class TestAnotherRunner:
    """Who has had it for months, and one day feels a snap."""

    def test_three_months_of_it_ask_for_a_physical_therapist(self, diary: Diary) -> None:
        for week in range(12, 12 + 14):
            said = diary.on(week, SUN, 20).types("pain 2 --when after --side left --runner lee")
            assert ("physical therapist" in said) == (week == 25)
        assert "Symptoms of the left leg have gone on for 13 weeks." in said
        assert "make an appointment" in looks(diary, "today --runner lee")[0]

    def test_a_snap_is_for_a_doctor_at_once_and_stops_all_else(self, diary: Diary) -> None:
        said = diary.types("pain 9 --snap --side left --runner lee").splitlines()
        assert "see a doctor today" in said[1]
        _, pain = looks(diary, "pain --runner lee")
        assert pain["advice"][0].startswith("See a doctor today.")
        assert not pain["progression_allowed"]
        _, today = looks(diary, "today --runner lee")
        assert to_do(today) == ["see a doctor today"]
        said_no = diary.types("routine heel-drops --leg left --reps 8,8,8 --runner lee", fails=True)
        assert "see a doctor today" in said_no


def test_every_answer_is_whole_and_keeps_to_its_matter(diary: Diary) -> None:
    assert len(diary.entries) > 150
    assert diary.entries[0].at == MONDAY
    for entry in diary.entries:
        check(entry)
