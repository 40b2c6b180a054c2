"""Numbers in the names of simulated pods and faults."""

from __future__ import annotations

import math


def finite(text: str) -> float | None:
    """The number that a text is; None when it is none, or not a finite one."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
