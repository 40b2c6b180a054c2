"""Locks between processes that the system takes back when a process ends, however it ends."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_ASK_AGAIN_S = 0.005  # our choice


class FileLock:
    """A lock by a file of its own, held from its making to `release`."""

    def __init__(self, path: Path, *, patience_s: float = 0.0) -> None:
        """Take it.

        Args:
            path: of the file; it is there while the lock is held.
            patience_s: how long to wait for another holder.

        Raises:
            BlockingIOError: it is held by another process, or by this one.
            OSError: there can be no such file.
        """
        self._path = path
        deadline = time.monotonic() + patience_s
        while True:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            if _locked(self._handle) and self._is_the_file():
                return
            os.close(self._handle)
            if time.monotonic() >= deadline:
                raise BlockingIOError(f"{path} is locked")
            time.sleep(_ASK_AGAIN_S)

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Give it back. The file goes."""
        if sys.platform == "win32":  # an open file cannot be removed there
            os.close(self._handle)
            with suppress(OSError):
                self._path.unlink()
        else:
            self._path.unlink(missing_ok=True)
            os.close(self._handle)

    def _is_the_file(self) -> bool:
        """False where the holder before has removed the file between our opening and our locking it."""
        try:
            return os.path.samestat(os.stat(self._path), os.fstat(self._handle))
        except FileNotFoundError:
            return False


def run_lock(journal: Path, run_id: int) -> FileLock:
    """Tells a run that goes on from one that was cut off. Raises as FileLock does."""
    return FileLock(_run_path(journal, run_id))


def is_being_written(journal: Path, run_id: int) -> bool:
    """Whether a run goes on in some process."""
    if not _run_path(journal, run_id).exists():
        return False
    try:
        run_lock(journal, run_id).release()
    except BlockingIOError:
        return True
    return False


def opening_lock(journal: Path, patience_s: float) -> FileLock:
    """Held while a journal is opened: two processes must not both find it new, or damaged."""
    return FileLock(journal.with_name(f"{journal.name}.opening"), patience_s=patience_s)


def _run_path(journal: Path, run_id: int) -> Path:
    return journal.with_name(f"{journal.name}.run-{run_id}")


def _locked(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
