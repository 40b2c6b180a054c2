"""Wall time of things that run more than once."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(job: Callable[[], object]) -> float:
    """How long one go takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start
