"""Files that are whole or not there at all, and that only their owner can read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, in binary, that takes its name only when the block ends without an error.

    What stood under the name before stays until then. Only the owner can read it: it tells of their health.
    A pipe or a device is written to as it is.

    Raises:
        OSError: it cannot be written; `filename` is the path as given and `strerror` says so.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        partial = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            with open(partial, "wb", opener=_private) as file:
                yield file
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror or error}", str(path)) from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
