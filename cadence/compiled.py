"""The core's machine code on the host: compiled by Numba once and kept.

The cache folder is named after a hash of the core's sources, because Numba itself notices only an edit
of the file that holds the cached function, not of those it calls. Where no folder can be written the
core is compiled afresh in each process.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def source_hash() -> str:
    """A hash of every source the machine code depends on, the Python and Numba versions included."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    here = Path(__file__).parent
    beside = [Path(__file__), here / "host_loop.py", here / "tally.py"]
    for path in sorted([*(here / "core").glob("*.py"), *beside]):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    digest.update(f"{sys.version_info} {version('numba')} {version('numpy')}".encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Where this version of the core keeps its machine code; `COACH_CACHE` moves it."""
    import platformdirs

    base = os.environ.get("COACH_CACHE") or platformdirs.user_cache_dir("cadence-coach", appauthor=False)
    return Path(base) / f"core-{source_hash()}"


def is_cached() -> bool:
    """Whether loading the core will find its machine code."""
    try:
        return any(cache_folder().rglob("*.nbc"))
    except OSError:
        return False


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def load() -> Any:
    """The module with `init` and `feed_block`, compiled or about to be on first call."""
    import numba

    config: Any = numba.config

    folder = cache_folder()
    keep = _writable(folder)
    before = config.CACHE_DIR
    if keep:
        config.CACHE_DIR = str(folder)
    try:
        from cadence import host_loop

        if keep:
            host_loop.keep_compiled()
        return host_loop
    finally:
        config.CACHE_DIR = before
