"""For how long a runner has had symptoms: an episode of the pain log, and what three months of it mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from coach.care.pain import of_leg
from coach.care.records import Leg, Pain

SYMPTOM = 1
"""Of 10: from here on an entry is of a day with symptoms. Our choice."""
RELIEF = timedelta(days=28)
"""An episode is over when no symptom was told for longer than this. Our choice."""
THREE_MONTHS = timedelta(days=91)
"""13 weeks. The project's source article speaks of a few months without relief; the number is our choice."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of weeks with symptoms in one leg.

    Attributes:
        leg: whose.
        first, last: the days of its first and its last symptom.
        until: up to when it is counted: today, or its last symptom where it is relieved.
        is_relieved: whether the leg was told to be free of pain after its last symptom.
    """

    leg: Leg
    first: date
    last: date
    until: date
    is_relieved: bool

    @property
    def weeks(self) -> int:
        """Whole weeks since its first symptom."""
        return (self.until - self.first).days // 7

    @property
    def is_long(self) -> bool:
        """Whether it has lasted three months."""
        return self.until - self.first >= THREE_MONTHS


def current_episode(pains: Sequence[Pain], today: date) -> Episode | None:
    """The episode that goes on, of the leg that has had it for longer; None where there is none.

    Args:
        pains: the log, in any order.
        today: up to which weeks are counted; a symptom that is dated later moves it.
    """
    legs: tuple[Leg, ...] = get_args(Leg)
    going_on = [one for leg in legs if (one := episode_of(pains, leg, today)) is not None]
    return min(going_on, key=lambda one: one.first, default=None)


def episode_of(pains: Sequence[Pain], leg: Leg, today: date) -> Episode | None:
    """The episode of one leg that goes on; None where there is none."""
    told = of_leg(pains, leg)
    days = [pain.at.date() for pain in told if pain.score >= SYMPTOM]
    if not days or today - days[-1] > RELIEF:
        return None
    first = days[-1]
    for day in reversed(days):
        if first - day > RELIEF:
            break
        first = day
    is_relieved = any(pain.score < SYMPTOM and pain.at.date() > days[-1] for pain in told)
    return Episode(leg, first, days[-1], days[-1] if is_relieved else max(today, days[-1]), is_relieved)
