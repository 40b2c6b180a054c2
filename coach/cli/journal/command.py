"""`coach journal`: list, show, delete, export and import what is kept of the runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from cadence.cue import cue_to_dict
from cadence.stride import to_dict
from coach.cli.errors import CommandError, say
from coach.home import journal_path
from coach.journal.errors import JournalError
from coach.journal.run_head import RunHead, head_dict
from coach.journal.store import Journal
from coach.kept_run import ME
from coach.stride_files import update_dict
from firmware_bridge.recording_format import is_recording

LIST_SCHEMA = "cadence-coach/journal-list/1"
RUN_SCHEMA = "cadence-coach/run/1"
LATEST = "latest"


@contextmanager
def opened_journal() -> Iterator[Journal]:
    """The runner's journal; what there is to say of its opening goes to stderr.

    Raises:
        CommandError: it cannot be opened, or what was done in the block could not be.
    """
    try:
        with Journal() as journal:
            if journal.note:
                say(journal.note)
            yield journal
    except JournalError as error:
        raise CommandError(str(error)) from None


def chosen_run(journal: Journal, run: str) -> RunHead:
    """The run that the user named by its number or as the latest of their own.

    Raises:
        JournalError: there is none.
        typer.BadParameter: it is no name of a run.
    """
    if run == LATEST:
        head = journal.latest(ME)
        if head is None:
            raise JournalError("there is no run in the journal yet; 'coach run' makes one")
        return head
    if not (run.isascii() and run.isdigit() and len(run) < 19):
        raise typer.BadParameter(f"'{run}' is neither a number nor '{LATEST}'", param_hint="RUN")
    return journal.head(int(run))


def list_runs(*, as_json: bool, demos: bool) -> None:
    """Print the runs, the newest first."""
    path = journal_path()
    kept: list[RunHead] = []
    if path.exists():  # a look at nothing makes no file
        with opened_journal() as journal:
            kept = journal.runs(None)
    heads = [head for head in kept if (head.runner != ME) == demos][::-1]
    if as_json:
        document = {"schema": LIST_SCHEMA, "path": str(path), "runs": [head_dict(head) for head in heads]}
        print(json.dumps(document, indent=1, allow_nan=False))
        return
    from coach.cli.journal.view import print_runs

    print_runs(path, heads, demos=demos, others=len(kept) - len(heads))


def show_run(run: str, *, as_json: bool) -> None:
    """Print one run."""
    with opened_journal() as journal:
        head = chosen_run(journal, run)
        kept = journal.load(head.run_id)
    if as_json:
        document = {
            "schema": RUN_SCHEMA,
            "run": head_dict(head),
            "strides": [to_dict(stride) for stride in kept.strides],
            "cues": [cue_to_dict(cue) for cue in kept.cues],
            "updates": [update_dict(update) for update in kept.updates],
        }
        print(json.dumps(document, indent=1, allow_nan=False))
        return
    from coach.cli.journal.view import print_run

    print_run(head, kept)


def delete_run(run: str, *, yes: bool) -> None:
    """Remove one run, once the user has said so."""
    with opened_journal() as journal:
        head = chosen_run(journal, run)
        what = f"run {head.run_id} of {head.started:%Y-%m-%d %H:%M}"
        if not yes:
            if not sys.stdin.isatty():
                raise CommandError(f"{what} was not deleted: add --yes where nobody can be asked")
            if not typer.confirm(f"Delete {what} for good?"):
                say("nothing was deleted")
                return
        left = journal.delete(head.run_id)
    print(f"deleted: {what}")
    if left:
        print(f"its recording is still in {left}")


def export_all(as_json: Path | None, csv: Path | None) -> None:
    """Write out everything."""
    from coach.journal.exchange_csv import export_csv
    from coach.journal.exchange_json import export_json

    with opened_journal() as journal:
        if csv is not None:
            for path in export_csv(journal, csv):
                say(f"written: {path}")
        if as_json == Path("-"):
            export_json(journal, sys.stdout)
        elif as_json is not None:
            count = export_json(journal, as_json)
            say(f"written: {as_json}, with {_runs(count)}")


def import_all(file: Path) -> None:
    """Take in what another journal wrote out, or the recording of one run."""
    # A pipe gives its bytes once: what comes through one is a document.
    if file.is_file() and not file.stat().st_size:
        raise CommandError(f"{file}: the file is empty, and nothing was taken")
    if file.is_file() and is_recording(file):
        _import_recording(file)
        return
    from coach.journal.exchange_json import import_json

    with opened_journal() as journal:
        taken = import_json(journal, file)
    here = f", {taken.here} already here" if taken.here else ""
    entries = f"; {_entries(taken.entries)} of the pain log and of routines" if taken.entries else ""
    print(f"{_runs(taken.runs)} taken in{here}{entries}")


def _import_recording(file: Path) -> None:
    from coach.cli.progress import tell_if_compiling
    from coach.journal.exchange_recording import import_recording

    with opened_journal() as journal:
        tell_if_compiling()
        head, was_here = import_recording(journal, file)
    what = f"run {head.run_id} of {head.started:%Y-%m-%d %H:%M}"
    print(f"already here: {what}" if was_here else f"taken in: {what}")


def _runs(count: int) -> str:
    return f"{count} run{'' if count == 1 else 's'}"


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"
