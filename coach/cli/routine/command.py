"""`coach routine`: guide, count, keep in the journal, propose what comes next."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from coach import clock
from coach.audio.sink import Narrator, Silent, SoundError
from coach.audio.sounds import SoundSettings, open_narrator
from coach.care.advice import DOCTOR_TODAY
from coach.care.pain import verdict
from coach.care.progress import Proposal, calf_raise_proposal, heel_drop_proposal
from coach.care.records import RoutineDone, RoutineName, Set
from coach.cli.errors import CommandError, say
from coach.cli.pods.links import check_pod, loop_lapse
from coach.cli.pods.names import PodName, parse_pod_name
from coach.cli.routine.session import Outcome, count_with_pod, guide
from coach.cli.routine.view import print_done, print_how
from coach.home import journal_path
from coach.journal.errors import JournalError
from coach.journal.store import Journal
from coach.kept_run import ME, SIMULATED
from coach.routines.catalogue import COUNTED, GUIDED
from coach.routines.exercise import Counted, Guided
from coach.routines.timeline import timeline
from firmware_bridge.links.link import LinkError
from firmware_bridge.source import SourceError

MOST_REPS = 200
"""In one set; more is a slip of the finger. Our choice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks of a routine.

    Attributes:
        name: which.
        leg: which leg works.
        pod: who counts.
        reps: told by the runner, of each set.
        load_kg: carried; None for what was proposed last time.
        show: show what is in it and do nothing.
        sound: None for the speakers where there are any.
        lapse: how many times faster than real time a guided routine goes.
        seconds: after which the pod is not followed any more; None until all is done.
        faults: of a simulated pod.
        runner: whose journal; None for the runner's own, or that of simulated runs.
        journal: whether it is kept.
        as_json: one document and nothing else.
    """

    name: RoutineName
    leg: Literal["left", "right"] | None = None
    pod: str | None = None
    reps: str | None = None
    load_kg: float | None = None
    show: bool = False
    sound: str | None = None
    lapse: float = 1.0
    seconds: float | None = None
    faults: str = ""
    runner: str | None = None
    journal: bool = True
    as_json: bool = False


def do_routine(asked: Asked) -> None:
    """Do a routine, or show it.

    Raises:
        CommandError: something is missing or cannot be, in one line that says what to do.
    """
    routine = GUIDED.get(asked.name) or COUNTED[asked.name]
    if asked.show:
        print_how(routine, as_json=asked.as_json)
        return
    try:
        if isinstance(routine, Guided):
            _guided(asked, routine)
        else:
            _counted(asked, routine)
    except (LinkError, SourceError, JournalError) as error:
        raise CommandError(str(error)) from None


def _guided(asked: Asked, routine: Guided) -> None:
    for name, value in (("--leg", asked.leg), ("--pod", asked.pod), ("--reps", asked.reps)):
        if value is not None:
            raise CommandError(f"{routine.name} is guided by time and takes no {name}")
    if asked.journal and journal_path().exists():
        with Journal() as journal:
            if not verdict(journal.pains(asked.runner or ME)).exercise_allowed:
                raise CommandError(f"{routine.title}: {DOCTOR_TODAY}")
    began = clock.now()
    narrator = _narrator(asked, is_watched=_is_watched(asked) and asked.lapse == 1.0)
    outcome = asyncio.run(guide(timeline(routine), narrator, lapse=asked.lapse, show=not asked.as_json))
    _keep_and_tell(asked, _done(asked, began, outcome, load_kg=0.0), asked.runner or ME)


def _counted(asked: Asked, routine: Counted) -> None:
    if asked.leg is None:
        raise CommandError(f"which leg? say --leg left or --leg right: {routine.name} work one leg at a time")
    if asked.pod is not None and asked.reps is not None:
        raise CommandError("either the pod counts (--pod) or you tell (--reps), not both")
    name = None if asked.pod is None else parse_pod_name(asked.pod)
    runner = asked.runner or (SIMULATED if name is not None and name.kind == "sim" else ME)
    began = clock.now()
    proposal = _proposed(asked, runner, began)
    if proposal is not None and not proposal.sets:
        raise CommandError(f"{routine.title}: {proposal.why}")
    load_kg = asked.load_kg
    if load_kg is None:
        load_kg = 0.0 if proposal is None else proposal.load_kg
    if asked.reps is not None:
        sets = _told_sets(asked.reps, routine)
        outcome = Outcome(sets, 0.0, finished=len(sets) >= routine.sets_enough)
    elif name is not None:
        outcome = _with_pod(asked, name, routine)
    else:
        raise CommandError(
            "who counts? name the pod on that shoe with --pod, or tell what you did with --reps 8,8,7; "
            f"'coach routine {routine.name} --list' shows how it is done"
        )
    _keep_and_tell(asked, _done(asked, began, outcome, load_kg), runner)


def _with_pod(asked: Asked, name: PodName, routine: Counted) -> Outcome:
    check_pod(name, asked.faults)
    assert asked.leg is not None
    lapse = loop_lapse(name)
    narrator = _narrator(asked, is_watched=_is_watched(asked) and lapse in (None, 1.0))
    counting = count_with_pod(
        routine, asked.leg, name, narrator, faults=asked.faults, seconds=asked.seconds, show=not asked.as_json
    )
    if lapse is None:
        outcome = asyncio.run(counting)
    else:
        from hardware.lapse import run_lapsed

        outcome = run_lapsed(counting, lapse)
    if outcome.lost:
        say(f"not all came from the pod ({outcome.lost}): a repetition in between may not be counted")
    return outcome


def _told_sets(text: str, routine: Counted) -> tuple[Set, ...]:
    try:
        every = [int(part) for part in text.split(",")]
    except ValueError:
        every = []
    if not every or not all(0 < reps <= MOST_REPS for reps in every):
        raise CommandError(f"--reps {text}: tell the repetitions of each set, as in --reps 8,8,7")
    return tuple(Set(reps, (), completed=reps >= routine.reps) for reps in every)


def _done(asked: Asked, began: datetime, outcome: Outcome, load_kg: float) -> RoutineDone:
    return RoutineDone(
        at=began,
        routine=asked.name,
        leg=asked.leg,
        sets=outcome.sets,
        load_kg=load_kg,
        duration_s=outcome.duration_s,
        finished=outcome.finished,
        counted=asked.pod is not None,
    )


def _proposed(asked: Asked, runner: str, now: datetime) -> Proposal | None:
    if not asked.journal:
        return None
    with Journal() as journal:
        return _proposal(asked, journal, runner, now)


def _proposal(asked: Asked, journal: Journal, runner: str, now: datetime) -> Proposal | None:
    if asked.leg is None:
        return None
    propose = heel_drop_proposal if asked.name == "heel-drops" else calf_raise_proposal
    return propose(journal.routines(runner), journal.pains(runner), asked.leg, now)


def _keep_and_tell(asked: Asked, done: RoutineDone, runner: str) -> None:
    """What cannot be kept is told nevertheless: the sets were hard work."""
    proposal, trouble = None, None
    if asked.journal:
        try:
            with Journal() as journal:
                if journal.note:
                    say(journal.note)
                # An exercise of which nothing was done, such as with a pod that never came, is none.
                if done.sets or done.routine in GUIDED:
                    journal.add_routine(done, runner)
                proposal = _proposal(asked, journal, runner, clock.now())
        except JournalError as error:
            trouble = error
    if asked.as_json:
        json.dump(_document(done, proposal), sys.stdout, indent=2, allow_nan=False)
        print()
    else:
        print_done(done, proposal)
    if trouble is not None:
        raise CommandError(f"it is not kept in the journal: {trouble}")


def _document(done: RoutineDone, proposal: Proposal | None) -> dict[str, Any]:
    return {
        "routine": done.routine,
        "leg": done.leg,
        "sets": [
            {"reps": one.reps, "lowering_s": list(one.lowering_s), "completed": one.completed}
            for one in done.sets
        ],
        "load_kg": done.load_kg,
        "duration_s": done.duration_s,
        "finished": done.finished,
        "proposal": None if proposal is None else proposal.to_dict(),
    }


def _is_watched(asked: Asked) -> bool:
    return sys.stdout.isatty() and not asked.as_json


def _narrator(asked: Asked, *, is_watched: bool) -> Narrator:
    """Unasked, it is silent where nobody watches, or time is not theirs."""
    name = asked.sound or ("speakers" if is_watched else "none")
    try:
        return open_narrator(SoundSettings(name), tell=say)
    except SoundError as error:
        if asked.sound is not None:
            raise CommandError(str(error)) from None
        say(f"{error}. The routine goes on without sound")
        return Silent()
