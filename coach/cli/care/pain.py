"""`coach pain`: keep the pain log, and say what follows from it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from coach import clock
from coach.care.advice import DOCTOR_TODAY, advice, reasons
from coach.care.pain import SOURCES, verdict
from coach.care.records import WORST_PAIN, Pain, Side, When
from coach.cli.journal.command import LATEST, opened_journal
from coach.cli.view import console, table
from coach.home import journal_path
from coach.journal.care_rows import pain_dict
from coach.journal.errors import JournalError
from coach.journal.store import Journal

SCHEMA = "cadence-coach/pain/1"
SHOWN = 20
"""Entries that a screen has room for. Our choice."""
_Log = list[tuple[int, Pain]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a user tells; the fields are those of a Pain."""

    score: str | None = None
    when: When | None = None
    side: Side | None = None
    snap: bool = False
    cleared: bool = False
    note: str = ""


def tell_pain(told: Told, *, runner: str, as_json: bool) -> None:
    """Append to the log, and say what follows.

    Raises:
        typer.BadParameter: something is missing or cannot be.
        CommandError: the journal cannot be written.
    """
    pain = _pain(told)
    with opened_journal() as journal:
        number = journal.add_pain(pain, runner)
        log = journal.pain_log(runner)
    if as_json:
        _print_json({"entry": {"number": number, **pain_dict(pain)}}, log)
        return
    out = console()
    out.print(Text(f"kept: {_words(pain)}", style="bold"))
    _print_advice(log)
    out.print()
    out.print(Text(f"A slip? 'coach pain --remove {LATEST}' takes it out again.", style="dim"))


def show_log(*, runner: str, as_json: bool) -> None:
    """Print the log, the newest first, and what follows from it.

    Raises:
        CommandError: the journal cannot be read.
    """
    log: _Log = []
    if journal_path().exists():  # a look at nothing makes no file
        with opened_journal() as journal:
            log = journal.pain_log(runner)
    if as_json:
        entries = [{"number": number, **pain_dict(pain)} for number, pain in log]
        _print_json({"entry": entries[-1] if entries else None, "entries": entries}, log)
        return
    if log:
        rows = table()
        for head in ("no.", "pain", "when", "leg", "told at", ""):
            rows.add_column(head, no_wrap=True, justify="right" if head in ("no.", "pain") else "left")
        for number, pain in log[: -SHOWN - 1 : -1]:
            rows.add_row(
                str(number), str(pain.score), pain.when, pain.side, f"{pain.at:%Y-%m-%d %H:%M}",
                Text(_marks(pain)),
            )  # fmt: skip
        console().print(rows)
        if len(log) > SHOWN:
            console().print(
                Text(f"{len(log) - SHOWN} earlier: 'coach pain --json' has them all", style="dim")
            )
        console().print()
    _print_advice(log)


def remove_pain(number: str, *, runner: str, as_json: bool) -> None:
    """Take an entry out of the log.

    Raises:
        typer.BadParameter: it is no number of an entry.
        CommandError: there is no such entry, or the journal cannot be written.
    """
    with opened_journal() as journal:
        which = _number(journal, number, runner)
        removed = None
        with suppress(JournalError):  # a damaged entry cannot be shown, but it can be taken out
            removed = dict(journal.pain_log(runner)).get(which)
        journal.remove_pain(which, runner)
        log = journal.pain_log(runner)
    if as_json:
        entry = None if removed is None else {"number": which, **pain_dict(removed)}
        _print_json({"removed": entry, "entry": None}, log)
        return
    console().print(
        Text(f"taken out: {f'entry {which}' if removed is None else _words(removed)}", style="bold")
    )
    _print_advice(log)


def _number(journal: Journal, text: str, runner: str) -> int:
    if text == LATEST:
        latest = journal.latest_pain(runner)
        if latest is None:
            raise JournalError("the pain log is empty")
        return latest
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise typer.BadParameter(f"'{text}' is neither a number nor '{LATEST}'", param_hint="--remove")
    return int(text)


def _pain(told: Told) -> Pain:
    """Raises typer.BadParameter, in one line that says what to do."""
    if told.snap and told.cleared:
        raise typer.BadParameter("a snap that is told now was not looked at yet", param_hint="--cleared")
    if told.score is None:
        urgent = f"{DOCTOR_TODAY} " if told.snap else ""
        raise typer.BadParameter(
            f"{urgent}Add the pain from 0 to {WORST_PAIN}, as in: coach pain 4 --when after --side left",
            param_hint="SCORE",
        )
    score = _score(told.score)
    if told.side is None and (score or told.snap):
        raise typer.BadParameter("which leg? --side left, right or both", param_hint="--side")
    if told.when is None and not told.snap:
        raise typer.BadParameter("when? --when during, after or morning", param_hint="--when")
    try:
        told.note.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("this is no text: write it in UTF-8", param_hint="--note") from None
    return Pain(
        clock.now(), score, told.when or "during", told.side or "both", told.snap, told.cleared, told.note
    )


def _score(text: str) -> int:
    if text.startswith("-") and not text[1:2].isdigit():
        raise typer.BadParameter(
            f"there is no option {text}; 'coach pain --help' lists them", param_hint="SCORE"
        )
    if not (text.isascii() and text.isdigit() and len(text) <= 2) or int(text) > WORST_PAIN:
        raise typer.BadParameter(
            f"'{text}' is no pain: tell a whole number from 0, none, to {WORST_PAIN}, the worst",
            param_hint="SCORE",
        )
    return int(text)


def _print_json(document: dict[str, Any], log: _Log) -> None:
    pains = [pain for _, pain in log]
    found, now = verdict(pains), clock.now()
    document = {
        "schema": SCHEMA,
        **document,
        "rule": str(found.rule),
        "source": SOURCES[found.rule],
        "progression_allowed": found.progression_allowed,
        "cues_allowed": found.cues_allowed,
        "reasons": reasons(pains, now),
        "advice": advice(pains, now),
    }
    print(json.dumps(document, indent=1, allow_nan=False))


def _print_advice(log: _Log) -> None:
    pains = [pain for _, pain in log]
    out, found, now = console(), verdict(pains), clock.now()
    for line in reasons(pains, now):
        out.print(Text(line, style="" if found.progression_allowed else "yellow"))
    for line in advice(pains, now):
        rows = Table.grid()
        rows.add_row("- ", Text(line, overflow="fold"))
        out.print(rows)


def _words(pain: Pain) -> str:
    leg = "both legs" if pain.side == "both" else f"{pain.side} leg"
    when = {"during": "during", "after": "after", "morning": "in the morning"}[pain.when]
    marks = _marks(pain)
    return f"{pain.score} of {WORST_PAIN} {when}, {leg}, {pain.at:%Y-%m-%d %H:%M}{marks and f', {marks}'}"


def _marks(pain: Pain) -> str:
    marks = ("snap or no push-off" if pain.snap else "", "cleared" if pain.cleared else "", pain.note)
    return ", ".join(filter(None, marks))
