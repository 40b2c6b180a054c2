"""Across runs: what a stage may ask for, when the next begins, and how feedback fades."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.coach_settings import CoachSettings
from coach.run_facts import BAND_SPM, RunFacts
from coach.stages import FADED_RUNS, HELD_SHARE, Stage, coach_settings, next_stage

FIRST_DAY = date(2026, 3, 2)
FOUR_WEEKS = timedelta(days=28)
NAN = math.nan


def facts(
    day: int,
    *,
    own_spm: float = 164.0,
    cadence_spm: float | None = None,
    minutes: float = 30.0,
    own_minutes: float = 2.0,
    on_target: float = 0.0,
    speed_m_s: float = 3.0,
) -> RunFacts:
    """Of a run so many days after the first."""
    return RunFacts(
        day=FIRST_DAY + timedelta(days=day),
        level_s=60.0 * minutes,
        cadence_spm=own_spm if cadence_spm is None else cadence_spm,
        speed_m_s=speed_m_s,
        own_s=60.0 * min(own_minutes, minutes),
        own_spm=own_spm,
        own_speed_m_s=speed_m_s,
        on_target_s=60.0 * minutes * on_target,
    )


@dataclass
class Season:
    """What a coach does over months.

    Attributes:
        runs, stages: so far.
    """

    runs: list[RunFacts] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)

    def settings(self, day: int) -> CoachSettings:
        """What the coach is told before a run; the stage that begins with it is entered."""
        today = FIRST_DAY + timedelta(days=day)
        begun = next_stage(self.stages, self.runs, today)
        if begun is not None:
            self.stages.append(begun)
        return coach_settings(self.stages, self.runs, today)

    def held(self, days: list[int], **kind: float) -> None:
        """Runs on which the target of the stage is held."""
        for day in days:
            target_spm = self.settings(day).target_spm
            self.runs.append(facts(day, cadence_spm=target_spm, on_target=0.9, **kind))

    @property
    def targets(self) -> list[float]:
        return [stage.target_spm for stage in self.stages]


class TestTheFirstStage:
    def test_needs_a_minute_of_the_runners_own_running(self) -> None:
        season = Season()
        assert season.settings(0) == CoachSettings()
        season.runs.append(facts(0, own_minutes=0.5))
        assert season.settings(2) == CoachSettings()
        season.runs.append(facts(2, own_minutes=0.6, own_spm=166.0))
        told = season.settings(4)
        assert told.baseline_spm == pytest.approx((164 * 0.5 + 166 * 0.6) / 1.1)
        assert told.target_spm == pytest.approx(1.05 * told.baseline_spm)
        assert told.baseline_speed_m_s == pytest.approx(3.0)

    @pytest.mark.parametrize(("own_spm", "target_spm"), [(150, 157.5), (172, 180), (178, 180), (186, 186)])
    def test_asks_for_five_percent_and_180_at_most_and_never_slows(
        self, own_spm: float, target_spm: float
    ) -> None:
        season = Season([facts(0, own_spm=own_spm)])
        assert season.settings(1).target_spm == pytest.approx(target_spm)

    def test_of_a_runner_whose_speed_is_not_known_has_none(self) -> None:
        season = Season([facts(0, speed_m_s=NAN)])
        told = season.settings(1)
        assert told.target_spm is not None
        assert told.baseline_speed_m_s is None

    def test_of_a_runner_who_never_runs_does_not_begin(self) -> None:
        season = Season([facts(day, minutes=0.0, own_spm=NAN) for day in range(20)])
        assert season.settings(21) == CoachSettings()


class TestTheNextStage:
    def test_begins_when_the_target_was_held_for_a_week(self) -> None:
        season = Season([facts(0)])
        season.held([1, 3, 5, 7])
        assert len(season.stages) == 1
        told = season.settings(8)
        assert len(season.stages) == 2
        assert told.baseline_spm == pytest.approx(1.05 * 164)
        assert told.target_spm == pytest.approx(min(180, 1.05**2 * 164, 1.1 * 164))

    def test_builds_on_no_more_than_the_target_that_was_asked_for(self) -> None:
        season = Season([facts(0)])
        for day in (1, 3, 5, 7):
            season.settings(day)
            season.runs.append(facts(day, cadence_spm=176.0, on_target=0.75))
        assert season.settings(8).baseline_spm == pytest.approx(1.05 * 164)

    @pytest.mark.parametrize("share", [0.0, 0.5, HELD_SHARE - 0.01])
    def test_waits_while_it_is_not_held(self, share: float) -> None:
        season = Season([facts(0)])
        for day in range(1, 60, 2):
            told = season.settings(day)
            season.runs.append(facts(day, cadence_spm=told.target_spm, on_target=share))
        assert len(season.stages) == 1

    def test_waits_while_there_is_too_little_running_to_show_it(self) -> None:
        season = Season([facts(0)])
        season.held([1, 8, 15, 22, 29, 36], minutes=9)
        assert len(season.stages) == 1

    def test_asks_for_no_more_than_ten_percent_over_the_baseline_of_four_weeks_before(self) -> None:
        season = Season([facts(0, own_spm=150.0)])
        season.held(list(range(1, 60, 2)))
        assert [round(target) for target in season.targets[:2]] == [158, 165]
        third = season.stages[2]
        # 10 % over 150 holds until the second stage is four weeks old
        assert third.started - season.stages[1].started >= FOUR_WEEKS
        assert third.target_spm == pytest.approx(min(180, 1.1 * season.stages[1].baseline_spm), rel=0.01)


class TestTheEndOfTheRoad:
    def reached(self) -> Season:
        season = Season([facts(0, own_spm=172.0)])
        season.held([1, 3, 5, 7, 9], own_spm=173.0)
        assert season.targets == [180.0]
        return season

    def test_is_reached_when_the_runner_is_there_by_themselves(self) -> None:
        season = self.reached()
        season.held([11, 13, 15, 17], own_spm=179.0)
        told = season.settings(19)
        assert told.baseline_spm == pytest.approx(179.0, abs=1.0)
        assert told.target_spm == 180.0
        assert season.stages[-1].why == "your own cadence is there"
        assert told.baseline_spm >= told.target_spm - BAND_SPM  # the policy leaves such a runner alone

    def test_is_not_left_for_a_step_or_two(self) -> None:
        season = self.reached()
        season.held(list(range(11, 40, 2)), own_spm=179.0)
        before = len(season.stages)
        season.held(list(range(41, 80, 2)), own_spm=177.5)
        assert len(season.stages) == before

    def test_is_left_by_a_runner_who_falls_back(self) -> None:
        season = self.reached()
        season.held(list(range(11, 40, 2)), own_spm=179.0)
        season.held(list(range(41, 60, 2)), own_spm=168.0)
        assert season.stages[-1].why == "your own cadence fell back"
        assert season.stages[-1].baseline_spm < 178.0
        assert season.targets[-1] == 180.0


class TestABreak:
    def test_of_four_weeks_begins_anew_from_what_the_runner_brings(self) -> None:
        season = Season([facts(0)])
        season.held([1, 3, 5, 7, 9, 11])
        assert season.settings(11 + 29) == CoachSettings()
        season.runs.append(facts(40, own_spm=160.0))
        told = season.settings(42)
        assert told.baseline_spm == 160.0
        assert told.target_spm == pytest.approx(168.0)

    def test_of_less_does_not(self) -> None:
        season = Season([facts(0)])
        season.held([1, 3, 5, 7, 9, 11])
        before = season.settings(13).target_spm
        assert season.settings(11 + 28).target_spm == before

    def test_is_not_over_before_enough_was_seen(self) -> None:
        """Neither is the old target asked for after a run too short to tell anything."""
        season = Season([facts(0)])
        season.held([1, 3, 5, 7, 9, 11])
        season.settings(60)
        season.runs.append(facts(60, own_spm=160.0, minutes=0.5))
        assert season.settings(61) == CoachSettings()
        season.runs.append(facts(61, own_spm=160.0))
        assert season.settings(62).baseline_spm == pytest.approx(160.0)


class TestFading:
    def fade(self, *held: bool) -> float:
        season = Season([facts(0, own_spm=150.0)])
        season.settings(1)
        for held_one in held:
            season.runs.append(facts(1, own_spm=150.0, on_target=0.8 if held_one else 0.3))
        return season.settings(1).fade

    def test_grows_with_each_run_that_held_the_target_up_to_all(self) -> None:
        fades = [self.fade(*[True] * runs) for runs in range(FADED_RUNS + 4)]
        assert fades[: FADED_RUNS + 1] == pytest.approx(np.arange(FADED_RUNS + 1) / FADED_RUNS)
        assert fades[FADED_RUNS:] == [1.0] * 4

    def test_comes_back_with_each_run_that_did_not(self) -> None:
        assert self.fade(True, True, True, False) == pytest.approx(2 / FADED_RUNS)
        assert self.fade(False, False, True) == pytest.approx(1 / FADED_RUNS)

    def test_begins_anew_with_a_stage(self) -> None:
        season = Season([facts(0)])
        season.held([1, 3, 5, 7])
        assert season.settings(7).fade > 0
        assert season.settings(8).fade == 0.0

    def test_a_run_without_level_running_leaves_it(self) -> None:
        season = Season([facts(0)])
        season.held([1, 3])
        before = season.settings(4).fade
        season.runs.append(facts(4, minutes=0.0, own_spm=NAN))
        assert season.settings(5).fade == before


class TestATargetThatWasAskedFor:
    def test_takes_the_place_of_the_stages_alone(self) -> None:
        season = Season([facts(0)])
        plain = season.settings(1)
        asked = coach_settings(season.stages, season.runs, FIRST_DAY + timedelta(days=1), target_spm=170.0)
        assert asked.target_spm == 170.0
        assert asked.baseline_spm == plain.baseline_spm

    def test_holds_without_a_stage_too(self) -> None:
        assert coach_settings([], [], FIRST_DAY, target_spm=170.0) == CoachSettings(target_spm=170.0)


def random_season(seed: int) -> Season:
    """A year of a runner who does as runners do: holds a target or not, rests, falls back, runs little."""
    rng = np.random.default_rng(seed)
    season, day, own_spm = Season(), 0, rng.uniform(148, 184)
    willing = rng.uniform(0.3, 1.0)
    while day < 365:
        target_spm = season.settings(day).target_spm
        held = target_spm is not None and rng.random() < willing
        cadence_spm = rng.normal(target_spm, 1.0) if held and target_spm else own_spm
        season.runs.append(
            facts(
                day,
                own_spm=own_spm if rng.random() < 0.9 else NAN,
                cadence_spm=cadence_spm,
                minutes=rng.choice([0.2, 10.0, 30.0, 60.0]),
                own_minutes=rng.choice([0.0, 0.5, 3.0]),
                on_target=rng.uniform(0.7, 1.0) if held else rng.uniform(0.0, 0.8),
                speed_m_s=3.0 if rng.random() < 0.8 else NAN,
            )
        )
        if math.isnan(season.runs[-1].own_spm):
            season.runs[-1] = facts(day, own_minutes=0.0, own_spm=NAN, cadence_spm=cadence_spm)
        own_spm += 0.1 * (cadence_spm - own_spm) + rng.normal(0, 0.3)
        day += int(rng.choice([1, 2, 3, 5, 35], p=[0.3, 0.4, 0.2, 0.08, 0.02]))
    return season


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_whatever_happens_the_rules_hold(seed: int) -> None:
    season = random_season(seed)
    for index, stage in enumerate(season.stages):
        assert stage.baseline_spm <= stage.target_spm <= max(180.0, stage.baseline_spm)
        assert stage.target_spm <= 1.05 * stage.baseline_spm + 1e-9
        asks = stage.target_spm > stage.baseline_spm + BAND_SPM
        earlier = [one for one in season.stages[:index] if stage.started - one.started >= FOUR_WEEKS]
        since_break = [one for one in earlier if not broken_between(one, stage, season.runs)]
        if since_break and asks:
            assert stage.target_spm <= 1.10 * since_break[-1].baseline_spm + 1e-9
        if index and stage.why != "your own cadence":
            before = season.stages[index - 1]
            assert stage.started - before.started >= timedelta(days=7)
            if stage.why != "your own cadence fell back":
                assert stage.target_spm >= before.target_spm
    days = [stage.started for stage in season.stages]
    assert days == sorted(set(days))


def broken_between(earlier: Stage, later: Stage, runs: list[RunFacts]) -> bool:
    """Whether four weeks without a run lie between the beginnings of two stages."""
    days = [run.day for run in runs if earlier.started <= run.day < later.started]
    return any(
        after - before > FOUR_WEEKS for before, after in pairwise([earlier.started, *days, later.started])
    )


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_the_stages_are_the_same_whenever_they_are_asked_for(seed: int) -> None:
    """Asking again on the same day begins nothing twice, and nothing but the past counts."""
    season = random_season(seed)
    for stage in season.stages:
        past = [run for run in season.runs if run.day < stage.started]
        before = [one for one in season.stages if one.started < stage.started]
        assert next_stage(before, past, stage.started) == stage
        assert next_stage([*before, stage], past, stage.started) is None


@pytest.mark.parametrize("own_spm", [150.0, 164.0, 172.0, 176.0])
def test_who_holds_every_target_comes_to_180_in_twelve_weeks(own_spm: float) -> None:
    season = Season([facts(0, own_spm=own_spm)])
    for week in range(12):
        for weekday in (1, 3, 5, 7):
            day = 7 * week + weekday
            target_spm = season.settings(day).target_spm
            assert target_spm is not None
            season.runs.append(facts(day, own_spm=own_spm, cadence_spm=target_spm - 0.5, on_target=0.85))
            own_spm += 0.15 * (target_spm - 0.5 - own_spm)
    assert season.targets[-1] == pytest.approx(180.0, abs=2.0)
    assert own_spm > 177.0
