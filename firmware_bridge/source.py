"""The one face of every recording: a source of sample blocks.

A CSV file, a pod's own recording and a live link look alike from here on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from cadence.sample import SampleBlock, Sensor


class SourceError(Exception):
    """A recording cannot be read. The message is one plain line that says what to do."""


class Described(Protocol):
    """What is known of a recording beside its samples.

    Attributes:
        path: where it lies, as the user named it.
        format: a short name of the file format, such as "csv".
        sensor: what is known of the sensor.
        rate_hz: the usual sample rate, from the time stamps or as told.
        notes: what had to be inferred, one plain line each, to be shown to the user.
    """

    @property
    def path(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def sensor(self) -> Sensor: ...
    @property
    def rate_hz(self) -> float: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


class SampleSource(Described, Protocol):
    """A recording of samples opened for reading."""

    def blocks(self) -> Iterator[SampleBlock]:
        """Yield the samples in order, once. Raises SourceError at the row that cannot be read."""
        ...
