"""A new file that a thread of its own writes, so that a slow disk never holds up a run.

An fsync takes from a tenth of a millisecond on a laptop to half a second on a memory card. It is asked
for all the same: without it the system keeps written bytes to itself for half a minute.
"""

from __future__ import annotations

import os
from contextlib import suppress
from io import FileIO
from pathlib import Path
from queue import SimpleQueue
from threading import Thread


class DiskFile:
    """A file that only its owner may read, open for appending; takes bytes by `write`, `tell`
    and `flush` as a binary stream does.

    Bytes are collected until `flush` hands them to the thread. Nothing but the making raises OSError:
    the first failure of the disk ends the writing and stands in `error`.

    Attributes:
        error: the system's words for the failure; None while all is well.
    """

    def __init__(self, path: Path) -> None:
        """Make the file.

        Raises:
            FileExistsError: there is one of that name.
            OSError: it cannot be made.
        """
        self.error: str | None = None
        self._folder = path.parent
        self._file = FileIO(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600))
        self._collected = bytearray()
        self._length = 0
        self._work: SimpleQueue[bytes | None] = SimpleQueue()
        self._thread = Thread(target=self._write_all, name="recording", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._collected += data
        self._length += len(data)
        return len(data)

    def tell(self) -> int:
        """How many bytes were taken."""
        return self._length

    def flush(self) -> None:
        """Send to the disk what was taken. Does not wait for it."""
        self._work.put(bytes(self._collected))
        self._collected.clear()

    def close(self) -> None:
        """Send the rest to the disk and wait until it is there, or until it is known that it cannot be."""
        self.flush()
        self._work.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        try:
            with self._file:
                _sync_folder(self._folder)
                while (data := self._work.get()) is not None:
                    rest = memoryview(data)
                    while rest:
                        rest = rest[self._file.write(rest) :]
                    if self._work.empty():  # else what waits is written first: one fsync serves both
                        os.fsync(self._file.fileno())
                os.fsync(self._file.fileno())
        except OSError as error:
            self.error = (error.strerror or str(error)).lower()


def _sync_folder(folder: Path) -> None:
    """Keep the file's name through a power loss, where the system lets a folder be synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):  # some file systems cannot; the file is no worse for it
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
