"""For how long there were symptoms, and what is said after three months of them."""

from __future__ import annotations

import pytest

from coach.care.advice import advice, reasons
from coach.care.records import Pain
from coach.care.timeline import current_episode

from .logs import at, pain


def weekly(first: int, last: int, score: int = 2) -> list[Pain]:
    return [pain(day, score, "after") for day in range(first, last + 1, 7)]


def day(n: int) -> object:
    return at(n).date()


def test_where_there_is_no_symptom_there_is_no_episode() -> None:
    assert current_episode([], at(0).date()) is None
    assert current_episode([pain(0, 0, "after")], at(0).date()) is None
    assert current_episode([pain(0, 1, "after")], at(0).date()) is not None


@pytest.mark.parametrize(("gap", "weeks"), [(28, 4), (29, 0)])
def test_four_weeks_without_a_symptom_end_an_episode(gap: int, weeks: int) -> None:
    episode = current_episode([pain(0, 3, "after"), pain(gap, 3, "after")], at(gap).date())
    assert episode is not None
    assert episode.weeks == weeks


@pytest.mark.parametrize(("later", "goes_on"), [(28, True), (29, False)])
def test_it_goes_on_for_four_weeks_after_the_last_symptom(later: int, goes_on: bool) -> None:
    assert (current_episode([pain(0, 3, "after")], at(later).date()) is not None) == goes_on


def test_each_leg_has_its_own_and_the_longer_counts() -> None:
    log = [pain(0, 3, "after", "right"), pain(14, 3, "after", "both"), pain(20, 3, "after", "left")]
    episode = current_episode(log, at(21).date())
    assert episode is not None
    assert (episode.leg, episode.first, episode.last, episode.weeks) == ("right", day(0), day(14), 3)


@pytest.mark.parametrize(("days", "is_told"), [(90, False), (91, True)])
def test_after_three_months_a_physical_therapist_is_advised(days: int, is_told: bool) -> None:
    said = " ".join(advice(weekly(0, 84), at(days)))
    assert ("physical therapist" in said) == is_told
    assert ("often have tendinosis" in said) == is_told


@pytest.mark.parametrize(("days", "weeks"), [(6, ""), (7, "1 week."), (13, "1 week."), (91, "13 weeks.")])
def test_the_weeks_of_symptoms_are_told(days: int, weeks: str) -> None:
    said = " ".join(reasons(weekly(0, days), at(days)))
    assert ("Symptoms of the left leg have gone on for " + weeks in said) == bool(weeks)


def test_weeks_end_with_the_last_symptom_once_the_leg_is_told_to_be_free_of_pain() -> None:
    log = [*weekly(0, 84), pain(85, 0, "morning")]
    said = " ".join(reasons(log, at(100)))
    assert f"Symptoms of the left leg went on until {day(84)}, in all for 12 weeks." in said
    assert "physical therapist" not in " ".join(advice(log, at(100)))
    assert "physical therapist" in " ".join(advice([*log, pain(91, 1, "after")], at(100)))


def test_once_it_is_free_of_pain_even_a_long_one_asks_for_nobody() -> None:
    said = " ".join(advice([*weekly(0, 105), pain(106, 0, "morning")], at(110)))
    assert "physical therapist" not in said


def test_relief_begins_the_count_anew() -> None:
    log = [*weekly(0, 84), *weekly(120, 127)]
    assert "physical therapist" not in " ".join(advice(log, at(127)))


def test_a_symptom_that_is_dated_later_than_today_counts() -> None:
    episode = current_episode([pain(0, 3, "after"), pain(20, 3, "after")], at(10).date())
    assert episode is not None
    assert episode.weeks == 2
