"""Where the runner's data lie: a folder that only they can read."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of all data; `COACH_HOME` moves it. It need not be there yet."""
    chosen = os.environ.get("COACH_HOME")
    if chosen:
        return Path(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir("cadence-coach", appauthor=False))


def journal_path() -> Path:
    """The journal's file."""
    return home() / "journal.db"


def runs_folder() -> Path:
    """Where recordings of runs lie."""
    return home() / "runs"


def reports_folder() -> Path:
    """Where reports lie."""
    return home() / "reports"


def made_private(folder: Path) -> Path:
    """The folder, made for its owner alone where it is not there yet.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
