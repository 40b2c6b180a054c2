"""What to do today: from the pain log, the runs, the routines that were done and the plan.

How the parts are spread over the days is our choice; what the parts are is the project's source article.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import get_args

from coach.care.advice import CLEARED_COMMAND, HEEL_LIFT, TORN, long_words, reasons
from coach.care.day import Day, Item, Log
from coach.care.pain import Rule, Verdict, is_returning, leg_verdict, verdict
from coach.care.progress import (
    Proposal,
    calf_raise_proposal,
    heel_drop_proposal,
    raise_progress,
    raise_words,
)
from coach.care.records import Leg, RoutineDone, RoutineName, RunDone
from coach.care.timeline import current_episode, episode_of
from coach.load.spike import LEAST_RUN_M, WARN_PERCENT, WINDOW
from coach.load.words import at_most_km
from coach.plan.run_walk import parse_plan

RUN_DAYS = 3
"""After so many days of running in a row comes a day of rest. Our choice."""
RETURN_SHARE = 0.5
"""Of the longest run of 30 days, for the first run after a stop; the next ones go a tenth further. Our
choice."""
DROPS_FROM = timedelta(days=7)
"""Symptoms of a week bring heel drops: rest and ice come first. Our choice."""
DROPS_GO_ON = timedelta(days=28)
DROPS_DAYS = 2
"""Without symptoms heel drops go on every second day, until there was none for four weeks. Our choice."""
RAISE_DAYS = 2
RAISE_DAYS_WITH_DROPS = 7
TRUNK_DAYS = 3
"""Days from one to the next. Our choice."""
NO_RUN = "No run is kept yet: the first one that 'coach run' keeps is what the next days build on."
NO_RUN_LATELY = f"no run of {LEAST_RUN_M:.0f} m or more in {WINDOW.days} days"

_LEGS: tuple[Leg, ...] = get_args(Leg)


def today(log: Log, now: datetime) -> Day:
    """What to do today.

    Args:
        log: so far.
        now: with the offset of the local time.
    """
    found = verdict(log.pains)
    why = reasons(log.pains, now)
    if found.rule is Rule.SNAP:
        cleared = CLEARED_COMMAND.format(found.side)
        item = Item(
            "see a doctor today", cleared, False, f"{TORN} Once a doctor says that training may go on:"
        )
        return Day((item,), found.progression_allowed, tuple(why))
    day = now.date()
    items = [
        *_morning(log, found, day),
        *_running(log, found, now),
        *_heel_drops(log, now),
        *_calf_raises(log, now),
        *_trunk(log, found, day),
    ]
    returning = [HEEL_LIFT] if is_returning(log.pains, day) else []
    long = long_words(current_episode(log.pains, day))
    first = [] if log.runs else [NO_RUN]
    raises = filter(None, [raise_words(raise_progress(log.routines, now))])
    return Day(tuple(items), found.progression_allowed, (*first, *why, *long, *returning, *raises))


def _morning(log: Log, found: Verdict, day: date) -> list[Item]:
    """Due on the morning after pain, and every morning of a stop."""
    yesterday = [pain for pain in log.pains if pain.score and pain.at.date() == day - timedelta(days=1)]
    if not yesterday and (found.since is None or found.since >= day):
        return []
    side = max(yesterday, key=lambda pain: pain.at).side if yesterday else found.side
    return [
        Item(
            "tell how the leg was this morning",
            f"coach pain N --when morning --side {side}",
            any(pain.when == "morning" and pain.at.date() == day for pain in log.pains),
            "whether it has settled by the morning decides how it goes on",
        )
    ]


def _running(log: Log, found: Verdict, now: datetime) -> list[Item]:
    day = now.date()
    ran = [run for run in log.runs if run.started.date() == day]
    items = [_ran(ran)] if ran else []
    if not found.running_allowed:
        why = "no running until a morning has settled; active rest keeps you fit"
        return [*items, Item("rest, and ice; bike or swim if that does not hurt", "", False, why)]
    cool_down = _routine(log, "cool-down", day, "cool-down", "still calf stretches while the calf is warm")
    if ran:
        return [*items, cool_down]
    rest = _rest_why(log, day)
    if rest:
        return [Item("rest from running; bike or swim if you like", "", False, rest)]
    warm_up = _routine(log, "warm-up", day, "warm-up", "moving stretches prepare calf and tendon for the run")
    return [warm_up, _run(log, found, now), cool_down]


def _rest_why(log: Log, day: date) -> str:
    """Why there is no running on a day; empty for a day to run."""
    days = {run.started.date() for run in log.runs}
    yesterday = day - timedelta(days=1)
    if yesterday not in days:
        return ""
    if any(run.started.date() == yesterday and run.spike_percent > WARN_PERCENT for run in log.runs):
        return "yesterday's run was more than 110 % of the longest of the 30 days before"
    if _plan(log):
        return "a day between runs while you build up"
    if all(day - timedelta(days=back) in days for back in range(1, RUN_DAYS + 1)):
        return f"you ran {RUN_DAYS} days in a row"
    return ""


def _run(log: Log, found: Verdict, now: datetime) -> Item:
    # A leg that comes back from pain begins with less than it did, whatever plan it was at; and it has enough
    # to get used to without another surface.
    comes_back = not found.progression_allowed or is_returning(log.pains, now.date())
    plan = "" if comes_back and log.longest_m is not None else _plan(log)
    command = f"coach run {_pods(log.runs)}" + (f" --plan {plan}" if plan else "")
    if plan:
        what = _plan_words(plan)
        why = "walk breaks while you build up" if parse_plan(plan).walk_s else "the next step as you build up"
        if not log.runs:
            why = "to begin with; if you run already, run as you are used to, without --plan"
        elif log.longest_m is None:
            why = f"{NO_RUN_LATELY}: begin again with walk breaks"
    else:
        what, why = _at_most(log, found, now.date())
    hint = f". {log.surface_hint}" if log.surface_hint and not comes_back else ""
    return Item(what, command, False, why + hint)


def _plan_words(plan: str) -> str:
    parsed = parse_plan(plan)
    if not parsed.walk_s:
        return f"run {parsed.run_s / 60:g} min without a break"
    turn = f"run {parsed.run_s / 60:g} min, walk {parsed.walk_s / 60:g} min"
    return f"{turn}, in turns" if parsed.times is None else f"{turn}, {parsed.times} times"


def _at_most(log: Log, found: Verdict, day: date) -> tuple[str, str]:
    """The run of one who runs through, and why."""
    longest_m = log.longest_m
    if longest_m is None:
        return "run, short and easy", NO_RUN_LATELY
    if math.isnan(longest_m):
        return "run, no longer than you are used to", "no run of 30 days tells its distance"
    longest = f"the longest of 30 days, {longest_m / 1000.0:.1f} km"
    half_m = RETURN_SHARE * longest_m
    if not found.progression_allowed:
        return f"run, at most {at_most_km(half_m)} km, easy, without cues", f"half of {longest}: {found.rule}"
    most_m = WARN_PERCENT / 100.0 * longest_m
    if not is_returning(log.pains, day):
        return f"run, at most {at_most_km(most_m)} km", f"up to 110 % of {longest}"
    since = [run.distance_m for run in log.runs if found.lifted and run.started.date() >= found.lifted]
    again_m = max((known for known in since if math.isfinite(known)), default=0.0)
    back_m = min(max(half_m, WARN_PERCENT / 100.0 * again_m), most_m)
    why = f"you are coming back: half of {longest}, and a tenth more each time"
    return f"run, at most {at_most_km(back_m)} km", why


def _ran(ran: Sequence[RunDone]) -> Item:
    known = [run.distance_m for run in ran if math.isfinite(run.distance_m)]
    how_far = f"{sum(known) / 1000.0:.1f} km" if known else "a run"
    return Item("run", "coach report", True, f"done: {how_far} today; that is enough for a day")


def _heel_drops(log: Log, now: datetime) -> list[Item]:
    items = []
    day = now.date()
    for leg in _LEGS:
        if not _needs_drops(log, leg, day):
            continue
        found = leg_verdict(log.pains, leg)
        done = _done_on(log.routines, "heel-drops", leg, day)
        if not done and found.rule is Rule.OVER_FIVE and not found.running_allowed:
            continue  # rest comes first
        proposal = heel_drop_proposal(log.routines, log.pains, leg, now)
        items.append(_counted("heel-drops", "heel drops", leg, proposal, done, log))
    return items


def _calf_raises(log: Log, now: datetime) -> list[Item]:
    items = []
    day = now.date()
    for leg in _LEGS:
        done = _done_on(log.routines, "calf-raises", leg, day)
        every = RAISE_DAYS_WITH_DROPS if _needs_drops(log, leg, day) else RAISE_DAYS
        is_due = _days_since(log.routines, "calf-raises", leg, day) >= every
        if done or (is_due and leg_verdict(log.pains, leg).running_allowed):
            proposal = calf_raise_proposal(log.routines, log.pains, leg, now)
            items.append(_counted("calf-raises", "calf raises", leg, proposal, done, log))
    return items


def _trunk(log: Log, found: Verdict, day: date) -> list[Item]:
    name: RoutineName = "trunk-and-hips"
    done = _done_on(log.routines, name, None, day)
    if not done and _days_since(log.routines, name, None, day) < TRUNK_DAYS:
        return []
    why = "strength above the knee keeps the leg in line"
    if not found.running_allowed:
        why = f"{why}; it is active rest too"
    return [_routine(log, name, day, "trunk and hips", why)]


def _needs_drops(log: Log, leg: Leg, day: date) -> bool:
    """Whether heel drops are due: daily in an episode of symptoms, after it every second day for a while."""
    since = _days_since(log.routines, "heel-drops", leg, day)
    episode = episode_of(log.pains, leg, day)
    if episode is not None and (since < math.inf or day - episode.first >= DROPS_FROM):
        return True
    return since == 0 or DROPS_DAYS <= since <= DROPS_GO_ON.days


def _counted(name: RoutineName, words: str, leg: Leg, proposal: Proposal, done: bool, log: Log) -> Item:
    what = f"{words}, {leg} leg" if done else f"{words}, {leg} leg: {proposal.words}"
    command = f"coach routine {name} --leg {leg} --pod {_pod(log.runs, leg)}"
    return Item(what, command, done, "done" if done else proposal.why)


def _routine(log: Log, name: RoutineName, day: date, what: str, why: str) -> Item:
    return Item(what, f"coach routine {name}", _done_on(log.routines, name, None, day), why)


def _done_on(routines: Sequence[RoutineDone], name: RoutineName, leg: Leg | None, day: date) -> bool:
    return any(one.at.date() == day for one in routines if _is(one, name, leg))


def _days_since(routines: Sequence[RoutineDone], name: RoutineName, leg: Leg | None, day: date) -> float:
    """Infinity where it never was; 0 where the clock was set back since."""
    days = [one.at.date() for one in routines if _is(one, name, leg)]
    return max((day - max(days)).days, 0) if days else math.inf


def _is(routine: RoutineDone, name: RoutineName, leg: Leg | None) -> bool:
    return routine.routine == name and routine.leg == leg and routine.finished


def _plan(log: Log) -> str:
    """The plan of a runner who builds up: after 30 days without a run, or a run with a plan. Our choice."""
    if log.longest_m is None:
        return log.plan
    return log.plan if max(log.runs, key=lambda run: run.started).plan else ""


def _pods(runs: Sequence[RunDone]) -> str:
    """The runner's own, one or both, as named last; else the word for one."""
    return " ".join(f"--pod {shlex.quote(pod)}" for pod in _own_pods(runs)) or "--pod POD"


def _pod(runs: Sequence[RunDone], leg: Leg) -> str:
    """The one of a leg."""
    pods = _own_pods(runs)
    of_leg = [pod.removeprefix(f"{leg}=") for pod in pods if pod.startswith(f"{leg}=")]
    return shlex.quote((of_leg or pods)[0]) if pods else "POD"


def _own_pods(runs: Sequence[RunDone]) -> list[str]:
    own = [run for run in runs if not run.pod.startswith(("sim", "left=sim", "right=sim", "file:"))]
    return max(own, key=lambda run: run.started).pod.split(" + ") if own else []
