"""What follows from the pain log: whether load and cadence may go up, by named rules.

The rules are those of Silbernagel's pain monitoring (2007, 10.1177/0363546506298279): pain up to 5 of 10
during and just after running or exercise is allowed, and must have settled by the next morning. What
"settled" means in numbers, and what lifts a stop, is our choice. Each leg is judged by itself, and the worse
one counts.

Everything here is a pure function of the pain log. An entry counts whatever the clock says now: one that is
dated later than now was told before the clock was set back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import get_args

from coach.care.records import Leg, Pain, Side

MOST_ALLOWED = 5
"""Of 10, during and just after: Silbernagel's pain monitoring."""
SETTLED = 2
"""Of 10: a morning up to this has settled, whatever is usual. Our choice."""
USUAL_MOST = 3
"""Of 10: a morning above this has not settled, however usual it has become. Our choice."""
USUAL_SPAN = timedelta(days=14)
USUAL_LEAST = 3
"""Usual is the median morning of the two weeks before, where at least three were told. Our choice."""
SETTLED_MORNINGS = 2
"""So many mornings that have settled, on days in a row of the log, lift a stop. Our choice."""
RETURNING = timedelta(days=28)
"""So long after a stop was lifted a runner is returning. Our choice."""


class Rule(StrEnum):
    """The rule that is in force, the gravest last."""

    NOTHING_TOLD = "no pain told"
    ALLOWED = "up to 5 of 10, settled by morning"
    NOT_SETTLED = "not settled by morning"
    OVER_FIVE = "over 5 of 10"
    SNAP = "sudden snap or no push-off"


_MONITORING = "pain monitoring, Silbernagel 2007, 10.1177/0363546506298279"
SOURCES = {
    Rule.NOTHING_TOLD: "our choice",
    Rule.ALLOWED: _MONITORING,
    Rule.NOT_SETTLED: f"{_MONITORING}; what counts as settled is our choice",
    Rule.OVER_FIVE: _MONITORING,
    Rule.SNAP: "signs of a torn tendon: a matter for a doctor alone",
}
"""Where each rule is from."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the pain log says of one leg, or of both.

    Attributes:
        rule: in force.
        side: whose it is; None where nothing was told.
        since: the day of the entry that last broke the rule; None while none is broken.
        settled_mornings: in a row since then, of the SETTLED_MORNINGS that lift a stop.
        lifted: the day on which the last stop was lifted; None where there was none, or one is in force.
    """

    rule: Rule
    side: Side | None
    since: date | None = None
    settled_mornings: int = 0
    lifted: date | None = None

    @property
    def progression_allowed(self) -> bool:
        """Whether load, repetitions and the cadence target may go up."""
        return self.rule in (Rule.NOTHING_TOLD, Rule.ALLOWED)

    @property
    def cues_allowed(self) -> bool:
        """Whether a run may have cadence cues: they pause as long as progression is stopped. Our choice."""
        return self.progression_allowed

    @property
    def running_allowed(self) -> bool:
        """Whether to run at all: while progression is stopped, from the first settled morning on. Our
        choice."""
        return self.progression_allowed or (self.exercise_allowed and self.settled_mornings > 0)

    @property
    def exercise_allowed(self) -> bool:
        """False after a snap: then nothing but a doctor."""
        return self.rule is not Rule.SNAP


def verdict(pains: Sequence[Pain]) -> Verdict:
    """What the pain log says: of the leg with the graver rule, or the later one of the same rule.

    Args:
        pains: the log, in any order.
    """
    left, right = leg_verdict(pains, "left"), leg_verdict(pains, "right")
    if left.side is not None and replace(left, side="right") == right:
        return replace(left, side="both")
    grave = list(Rule)
    return max(left, right, key=lambda one: (grave.index(one.rule), one.since or one.lifted or date.min))


def progression_allowed(pains: Sequence[Pain]) -> bool:
    """Whether load, repetitions and the cadence target may go up."""
    return verdict(pains).progression_allowed


def cues_allowed(pains: Sequence[Pain]) -> bool:
    """Whether a run may have cadence cues."""
    return verdict(pains).cues_allowed


def leg_verdict(pains: Sequence[Pain], leg: Leg) -> Verdict:
    """What the pain log says of one leg; entries of both sides are of it too."""
    log = of_leg(pains, leg)
    if not log:
        return Verdict(Rule.NOTHING_TOLD, None)
    now = Verdict(Rule.ALLOWED, leg)
    for index, pain in enumerate(log):
        now = _after(now, pain, log[:index], leg)
    return now


def of_leg(pains: Sequence[Pain], leg: Leg) -> list[Pain]:
    """The entries that are of a leg, the oldest first."""
    return sorted((pain for pain in pains if pain.side in (leg, "both")), key=lambda pain: pain.at)


def has_settled(morning: Pain, before: Sequence[Pain]) -> bool:
    """Whether a morning is one to go on from: at most SETTLED, or as usual and at most USUAL_MOST.

    Args:
        morning: an entry of the morning.
        before: the entries of that leg before it.
    """
    return morning.score <= max(SETTLED, min(_usual(morning, before), USUAL_MOST))


def is_returning(pains: Sequence[Pain], today: date) -> bool:
    """Whether a stop was lifted in the last RETURNING, and none is in force."""
    lifted = verdict(pains).lifted
    return lifted is not None and today - lifted <= RETURNING


def was_tolerated(pains: Sequence[Pain], begun: datetime) -> bool:
    """Whether no entry from the begin of a run to the end of the next day breaks a rule."""
    until = begun.date() + timedelta(days=1)
    for leg in get_args(Leg):
        log = of_leg(pains, leg)
        for index, pain in enumerate(log):
            if pain.at >= begun and pain.at.date() <= until and _broken(pain, log[:index]) is not None:
                return False
    return True


def told_later(pains: Sequence[Pain], now: datetime) -> list[Pain]:
    """The entries that are dated later than now: the clock was set back, or was wrong."""
    return [pain for pain in pains if pain.at > now]


def _usual(morning: Pain, before: Sequence[Pain]) -> float:
    scores = [pain.score for pain in before if pain.when == "morning" and morning.at - pain.at <= USUAL_SPAN]
    return median(scores) if len(scores) >= USUAL_LEAST else 0.0


def _broken(pain: Pain, before: Sequence[Pain]) -> Rule | None:
    """The rule that an entry breaks by itself."""
    if pain.snap:
        return Rule.SNAP
    if pain.score > MOST_ALLOWED:
        return Rule.OVER_FIVE
    return Rule.NOT_SETTLED if pain.when == "morning" and not has_settled(pain, before) else None


def _after(now: Verdict, pain: Pain, before: Sequence[Pain], leg: Leg) -> Verdict:
    """The verdict once one more entry is told."""
    if now.rule is Rule.SNAP and not (pain.snap or pain.cleared):
        return now
    day = pain.at.date()
    broken = _broken(pain, before)
    if broken is not None:
        return Verdict(broken, leg, day)
    if now.since is None:
        return now
    told_before = any(one.when == "morning" and one.at.date() == day for one in before)
    is_new_morning = pain.when == "morning" and day > now.since and not told_before
    mornings = now.settled_mornings + is_new_morning
    if pain.cleared or mornings >= SETTLED_MORNINGS:
        return Verdict(Rule.ALLOWED, leg, lifted=day)
    return replace(now, settled_mornings=mornings)
