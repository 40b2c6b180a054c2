"""Pains and routines as rows of the journal's tables and as entries for JSON, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from coach.care.records import WORST_PAIN, Leg, Pain, RoutineDone, RoutineName, Set, Side, When
from coach.journal.moments import columns_of_moment, moment_of

PAIN_COLUMNS = ("runner", "at_us", "utc_offset_s", "score", "moment", "side", "snap", "cleared", "note")
ROUTINE_COLUMNS = (
    "runner", "at_us", "utc_offset_s", "routine", "leg", "load_kg", "duration_s", "finished", "counted",
    "sets",
)  # fmt: skip


def pain_row(pain: Pain, runner: str) -> tuple[Any, ...]:
    """An entry of the pain log as the values of PAIN_COLUMNS. Raises ValueError where its time has no
    offset."""
    at = columns_of_moment(pain.at)
    return (runner, *at, pain.score, pain.when, pain.side, pain.snap, pain.cleared, pain.note)


def pain_of_row(row: Sequence[Any]) -> Pain:
    """The entry, of a row of PAIN_COLUMNS without the runner.

    Raises:
        TypeError, ValueError, ArithmeticError: there is nonsense in the row.
    """
    at_us, offset_s, score, when, side, snap, cleared, note = row
    return _pain(moment_of(at_us, offset_s), score, when, side, snap, cleared, note)


def routine_row(routine: RoutineDone, runner: str) -> tuple[Any, ...]:
    """A routine as the values of ROUTINE_COLUMNS. Raises ValueError where its time has no offset, or
    a time in it is not finite."""
    sets = json.dumps([asdict(one) for one in routine.sets], allow_nan=False)
    return (
        runner, *columns_of_moment(routine.at), routine.routine, routine.leg, routine.load_kg,
        routine.duration_s, routine.finished, routine.counted, sets,
    )  # fmt: skip


def routine_of_row(row: Sequence[Any]) -> RoutineDone:
    """The routine, of a row of ROUTINE_COLUMNS without the runner.

    Raises:
        KeyError, TypeError, ValueError, ArithmeticError: there is nonsense in the row.
    """
    at_us, offset_s, routine, leg, load_kg, duration_s, finished, counted, sets = row
    at = moment_of(at_us, offset_s)
    return _routine(at, routine, leg, json.loads(sets), load_kg, duration_s, finished, counted)


def pain_dict(pain: Pain) -> dict[str, Any]:
    """An entry of the pain log for JSON."""
    return {**asdict(pain), "at": pain.at.isoformat()}


def pain_of_dict(entry: dict[str, Any]) -> Pain:
    """The entry, of what `pain_dict` gave.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    told = (entry[name] for name in ("score", "when", "side", "snap", "cleared", "note"))
    return _pain(_moment(entry["at"]), *told)


def routine_dict(routine: RoutineDone) -> dict[str, Any]:
    """A routine for JSON."""
    return {**asdict(routine), "at": routine.at.isoformat(), "sets": [asdict(one) for one in routine.sets]}


def routine_of_dict(entry: dict[str, Any]) -> RoutineDone:
    """The routine, of what `routine_dict` gave.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    names = ("routine", "leg", "sets", "load_kg", "duration_s", "finished", "counted")
    return _routine(_moment(entry["at"]), *(entry[name] for name in names))


def _pain(
    at: datetime, score: Any, when: Any, side: Any, snap: object, cleared: object, note: object
) -> Pain:
    if type(score) is not int or not 0 <= score <= WORST_PAIN:
        raise ValueError(f"{score!r} is no pain from 0 to {WORST_PAIN}")
    words = str(note)
    words.encode()  # a ValueError where it cannot be written
    _check_time(at)
    return Pain(at, score, _one_of(When, when), _one_of(Side, side), bool(snap), bool(cleared), words)


def _routine(
    at: datetime, routine: Any, leg: Any, sets: Any, load_kg: Any, duration_s: Any, finished: object,
    counted: object,
) -> RoutineDone:  # fmt: skip
    _check_time(at)
    return RoutineDone(
        at=at,
        routine=_one_of(RoutineName, routine),
        leg=None if leg is None else _one_of(Leg, leg),
        sets=tuple(
            Set(int(one["reps"]), tuple(map(_amount, one["lowering_s"])), bool(one["completed"]))
            for one in sets
        ),
        load_kg=_amount(load_kg),
        duration_s=_amount(duration_s),
        finished=bool(finished),
        counted=bool(counted),
    )


def _check_time(at: datetime) -> None:
    """Raises ValueError for a time that the journal could not give back."""
    try:
        moment_of(*columns_of_moment(at))
    except ArithmeticError:
        raise ValueError(f"{at} is no time of a person's") from None


def _amount(value: Any) -> float:
    if not 0.0 <= float(value) < math.inf:
        raise ValueError(f"{value!r} is no amount")
    return float(value)


def _one_of(words: Any, value: Any) -> Any:
    if value not in get_args(words):
        raise ValueError(f"{value!r} is none of {', '.join(get_args(words))}")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.utcoffset() is None:
        raise ValueError("the time of an entry lacks the offset of the local time")
    return moment
