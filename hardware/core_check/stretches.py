"""What the routes are compared on: a representative few stretches, or all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hardware.core_check.adversarial import every_spoiled, hours_long
from hardware.core_check.people import people
from hardware.core_check.simulated import grid, outings, running
from hardware.core_check.trace import Stretch

_COACHED_S = 90.0  # until the policy has spoken, at a stride and between
_SPOILED_S = 8.0


def representative() -> Iterator[Stretch]:
    """A minute of simulated runs of each kind, and every way to spoil one: seconds on every route."""
    yield running(_COACHED_S)
    yield running(2 * _SPOILED_S, has_gyroscope=False)
    yield from grid(every=13, seconds=_SPOILED_S)
    yield from every_spoiled(_SPOILED_S)


def full(recordings: Path | None) -> Iterator[Stretch]:
    """Everything: people where their recordings are at hand, the whole grid, outings, all that is spoiled,
    three hours on end."""
    if recordings is not None:
        yield from people(recordings)
    yield running(_COACHED_S)
    yield running(_COACHED_S, has_gyroscope=False)
    yield from grid()
    yield from outings()
    yield from every_spoiled(2 * _SPOILED_S)
    yield from every_spoiled(2 * _SPOILED_S, has_gyroscope=False)
    yield hours_long()
