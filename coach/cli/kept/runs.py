"""A run of the journal, as the user names it."""

from __future__ import annotations

from coach.cli.errors import CommandError
from coach.cli.journal.command import LATEST, chosen_run
from coach.home import journal_path
from coach.journal.run_head import RunHead
from coach.journal.store import Journal
from coach.kept_run import ME

NOTHING_YET = "there is no run in the journal yet; 'coach run' or 'coach demo' makes one"


def named_run(journal: Journal, run: str) -> RunHead | None:
    """The run of a number; for LATEST the newest of the user's own, or of a demo where they have none. None
    where the journal is empty and no number was named.

    Raises:
        JournalError: there is no such run.
        typer.BadParameter: it is no name of a run.
    """
    if run != LATEST:
        return chosen_run(journal, run)
    return journal.latest(ME) or journal.latest(None)


def is_nothing_kept(run: str) -> bool:
    """Whether there is no journal yet: a look at nothing makes no file.

    Raises:
        CommandError: there is none, though a run of it was named by its number.
    """
    if journal_path().exists():
        return False
    if run != LATEST:
        raise CommandError(f"there is no run {run}: {NOTHING_YET}")
    return True
