"""The wall clock, in one place: what a command calls today is what tests may set."""

from __future__ import annotations

from datetime import datetime


def now() -> datetime:
    """This moment, with the offset of the local time."""
    return datetime.now().astimezone()
