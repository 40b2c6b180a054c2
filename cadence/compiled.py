"""Machine code of kernel functions on the host: compiled by Numba once and kept.

The cache folder is named after a hash of the sources, because Numba itself notices only an edit of the
file that holds the cached function, not of those it calls. Where no folder can be written the functions
are compiled afresh in each process.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CORE_SOURCES = tuple(sorted((Path(__file__).parent / "core").glob("*.py")))


@dataclass(frozen=True, slots=True)
class Kernel:
    """Entry points that are compiled together.

    Attributes:
        module: where they stand; it has `ENTRY_POINTS`, the functions whose machine code is kept.
        sources: all files that they depend on.
    """

    module: str
    sources: Sequence[Path]

    def source_hash(self) -> str:
        """A hash of every source the machine code depends on, the Python and Numba versions included."""
        from importlib.metadata import version

        digest = hashlib.sha256()
        for path in [Path(__file__), *self.sources]:
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
        digest.update(f"{sys.version_info} {version('numba')} {version('numpy')}".encode())
        return digest.hexdigest()[:16]

    def cache_folder(self) -> Path:
        """Where this version's machine code is kept; `COACH_CACHE` moves it."""
        import platformdirs

        base = os.environ.get("COACH_CACHE") or platformdirs.user_cache_dir("cadence-coach", appauthor=False)
        return Path(base) / f"{self.module.rpartition('.')[2]}-{self.source_hash()}"

    def is_cached(self) -> bool:
        """Whether loading will find the machine code."""
        try:
            return any(self.cache_folder().rglob("*.nbc"))
        except OSError:
            return False

    def load(self) -> Any:
        """The module, its entry points compiled or about to be on first call."""
        import numba

        config: Any = numba.config

        folder = self.cache_folder()
        keep = _writable(folder)
        before = config.CACHE_DIR
        if keep:
            config.CACHE_DIR = str(folder)
        try:
            module = importlib.import_module(self.module)
            if keep:
                for function in module.ENTRY_POINTS:
                    if hasattr(function, "enable_caching"):  # not as plain Python
                        function.enable_caching()
            return module
        finally:
            config.CACHE_DIR = before


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
