"""What a guide wants to be heard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spoken:
    """One thing to be heard.

    Attributes:
        t_s: when, since the beginning.
        words: to say; empty for a tick.
    """

    t_s: float
    words: str = ""
