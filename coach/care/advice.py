"""What is said after a look at the pain log: options, never a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from coach.care.pain import (
    MOST_ALLOWED,
    SETTLED,
    SETTLED_MORNINGS,
    USUAL_MOST,
    Rule,
    Verdict,
    is_returning,
    told_later,
    verdict,
)
from coach.care.records import Pain, Side
from coach.care.timeline import Episode, current_episode

TORN = (
    "A sudden snap, or a leg that cannot push off or rise on the toes, can mean a torn tendon, and the first "
    "days matter. Do not run, stretch or exercise that leg until it was looked at."
)
DOCTOR_TODAY = f"See a doctor today. {TORN}"
CLEARED_COMMAND = "coach pain N --when morning --side {} --cleared"
CLEARED = (
    "Everything here is stopped until then. Once a doctor says that training may go on, tell it with the "
    f"pain you have: '{CLEARED_COMMAND}'."
)
REST_AND_ICE = "Rest and ice come first: no running until a morning has settled."
RUN_AGAIN = (
    "A short easy run is fine again, at most half your longest of a month, if pain stays within {} of 10."
)
ACTIVE_REST = (
    "Active rest keeps you fit: bike, swim or strength work, as long as it does not bring the pain back."
)
HEEL_LIFT = "While you come back to running, a heel lift of 5 mm is an option, always in both shoes."
STOPPED = (
    "Cadence target, distance and exercise load stay where they are, and runs are without cadence cues, "
    "until it has settled."
)
TELL_TOMORROW = "Tell how it is tomorrow morning: 'coach pain N --when morning --side {}'."
TELL_MORNINGS = (
    "Load and cadence may go up again after {} settled {}: at most {} of 10, or {} where that is usual for "
    "you. "
    "Tell each: 'coach pain N --when morning --side {}'."
)
THERAPIST = (
    "That is three months or more. People whose Achilles tendon hurts for months often have tendinosis, worn "
    "tissue, rather than tendonitis, an inflammation, and that asks for another treatment: slow, loaded heel "
    "drops. A physical therapist can tell, and can lead you through it: make an appointment."
)


def reasons(pains: Sequence[Pain], now: datetime) -> list[str]:
    """Why progression is stopped or allowed, in plain words.

    Args:
        pains: the log, in any order.
        now: with the offset of the local time.
    """
    found = verdict(pains)
    words = [_rule_words(found, is_returning(pains, now.date()))]
    episode = current_episode(pains, now.date())
    if episode is not None and episode.weeks:
        weeks = f"{episode.weeks} week{'' if episode.weeks == 1 else 's'}"
        went = f"went on until {episode.last}, in all" if episode.is_relieved else "have gone on"
        words.append(f"Symptoms of the {episode.leg} leg {went} for {weeks}.")
    if told_later(pains, now):
        words.append(
            "An entry is dated later than now, so the clock was wrong once; it counts. "
            "'coach pain' shows it, 'coach pain --remove N' takes it out."
        )
    return words


def advice(pains: Sequence[Pain], now: datetime) -> list[str]:
    """What a runner can do, the most urgent first.

    Args:
        pains: the log, in any order.
        now: with the offset of the local time.
    """
    found = verdict(pains)
    if found.side is None:
        return ["Tell pain as it is, from 0 to 10: 'coach pain 2 --when after --side left'."]
    if found.rule is Rule.SNAP:
        return [DOCTOR_TODAY, CLEARED.format(found.side)]
    lines = _stopped(found) if not found.progression_allowed else _allowed(pains, found.side, now.date())
    return [*lines, *long_words(current_episode(pains, now.date()))]


def long_words(episode: Episode | None) -> list[str]:
    """What three months of symptoms mean; nothing before, nor once the leg is free of pain."""
    return [THERAPIST] if episode is not None and episode.is_long and not episode.is_relieved else []


def _stopped(found: Verdict) -> list[str]:
    assert found.side is not None  # of an entry
    left = SETTLED_MORNINGS - found.settled_mornings
    mornings = TELL_MORNINGS.format(
        f"{left} more" if found.settled_mornings else left, "morning" if left == 1 else "mornings", SETTLED,
        USUAL_MOST,
        found.side,
    )  # fmt: skip
    if found.running_allowed:
        return [RUN_AGAIN.format(MOST_ALLOWED), STOPPED, HEEL_LIFT, mornings]
    return [REST_AND_ICE, STOPPED, ACTIVE_REST, mornings]


def _allowed(pains: Sequence[Pain], side: Side, today: date) -> list[str]:
    last = max(pains, key=lambda pain: pain.at)
    lines = []
    if last.when != "morning" and last.score:
        lines.append(
            f"Up to {MOST_ALLOWED} during and just after is allowed if it has settled by the next morning."
        )
        lines.append(TELL_TOMORROW.format(last.side))
    elif last.score and not is_returning(pains, today):
        lines.append("It has settled enough to go on as planned.")
    if is_returning(pains, today):
        lines.append(
            "Come back in small steps: 'coach today' keeps each run within what the last month prepared."
        )
        lines.append(HEEL_LIFT)
    return lines or ["No pain: go on as planned."]


def _rule_words(found: Verdict, returning: bool) -> str:
    where = {"left": "in the left leg", "right": "in the right leg", "both": "in both legs", None: ""}[
        found.side
    ]
    since = "" if found.since is None else f"{found.since:%Y-%m-%d}"
    allowed = f"All may go on: pain within {MOST_ALLOWED} of 10 and settled by morning, as far as told."
    if returning:
        allowed = f"Since {found.lifted:%Y-%m-%d} load may go up again, in small steps."
    return {
        Rule.NOTHING_TOLD: "No pain was told.",
        Rule.ALLOWED: allowed,
        Rule.NOT_SETTLED: f"Pain {where} had not settled by the morning of {since}.",
        Rule.OVER_FIVE: f"Pain {where} was over {MOST_ALLOWED} of 10 on {since}.",
        Rule.SNAP: f"A sudden snap or no push-off {where} was told on {since}: see a doctor today.",
    }[found.rule]
