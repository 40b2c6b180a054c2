"""What is built once and kept, in the folder of `cadence.compiled`; `COACH_CACHE` moves it.

Several processes may ask for the same at once: each builds its own, the first to be done is taken.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of a build.

    Args:
        name: of the build, with a hash of all that goes in.
        make: fills an empty folder, where there is none of that name yet.
    """
    base = _base()
    folder = base / name
    if folder.is_dir():
        return folder
    # Made beside it and then given its name: nobody sees half a build.
    with tempfile.TemporaryDirectory(dir=base, prefix="half-") as half:
        whole = Path(half) / name
        whole.mkdir()
        make(whole)
        try:
            whole.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster, with the same
                raise
    return folder


def _base() -> Path:
    """Where nothing can be written, a folder of this process alone."""
    import platformdirs

    base = Path(
        os.environ.get("COACH_CACHE") or platformdirs.user_cache_dir("cadence-coach", appauthor=False)
    )
    try:
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=base):
            return base
    except OSError:
        return Path(_scratch().name)


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """Removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="cadence-kept-")
