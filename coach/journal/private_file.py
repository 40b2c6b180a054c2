"""Files that only the runner may read, and files moved out of the way instead of written over."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database. It makes these with the mode of the database itself."""


def made_for_the_owner(path: Path) -> None:
    """The file, empty where it was not there, with mode 0600; the same for what lies beside it.

    Raises:
        OSError: it cannot be made, or belongs to somebody else.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for name in ("", *BESIDE):
        part = path.with_name(path.name + name)
        if part.exists() and part.stat().st_mode & 0o077:
            part.chmod(0o600)


def set_aside(path: Path) -> Path:
    """Move a database, with what lies beside it, to the next free name `.damaged-N`; gives the new path.

    Raises:
        OSError: it cannot be moved.
    """
    aside = path
    for n in count(1):
        aside = path.with_name(f"{path.name}.damaged-{n}")
        if not any(aside.with_name(aside.name + name).exists() for name in ("", *BESIDE)):
            break
    for name in BESIDE:
        part = path.with_name(path.name + name)
        if part.exists():
            part.rename(aside.with_name(aside.name + name))
    path.rename(aside)
    return aside
