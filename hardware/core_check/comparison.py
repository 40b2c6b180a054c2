"""The routes against each other, stretch by stretch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cadence.core.layout import EVENT_STRIDE
from hardware.core_check.routes import Route
from hardware.core_check.trace import Stretch, Trace, first_difference

BATCH_SAMPLES = 200_000
"""So many, and the last stretch, go through a route at once: few starts, and not all samples in memory."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one route made of one stretch, against the reference.

    Attributes:
        samples: that were compared, the first of the stretch.
        first_difference: the sample, counted from 0, at which it parts from the reference; None where all
            are the same.
    """

    samples: int
    first_difference: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch, and what the routes made of it.

    Attributes:
        stretch: its name.
        samples: how many it has.
        strides: that are found in it.
        verdicts: by the name of the route.
    """

    stretch: str
    samples: int
    strides: int
    verdicts: Mapping[str, Verdict]

    @property
    def is_same(self) -> bool:
        return all(verdict.first_difference is None for verdict in self.verdicts.values())


def compare(
    stretches: Iterable[Stretch],
    reference: Route,
    others: Sequence[Route],
    tell: Callable[[str], None] = lambda what: None,
) -> Iterator[Row]:
    """Take every stretch over every route.

    Args:
        stretches: are asked for as they are needed.
        reference: takes all samples of a stretch.
        others: that can run here.
        tell: is told what is under way.

    Raises as `Route.traces`.
    """
    done = 0
    for batch in _batches(stretches):
        numbers = f"stretches {done + 1} to {done + len(batch)}"
        done += len(batch)
        tell(f"{numbers}: {reference.name}")
        expected = list(reference.traces(batch))
        found: dict[str, list[Trace]] = {}
        for route in others:
            tell(f"{numbers}: {route.name}")
            found[route.name] = list(
                route.traces([stretch.beginning(route.most_samples) for stretch in batch])
            )
        most = {route.name: route.most_samples for route in others}
        for index, stretch in enumerate(batch):
            yield row(stretch.name, expected[index], {name: own[index] for name, own in found.items()}, most)


def row(
    stretch: str, expected: Trace, found: Mapping[str, Trace], most_samples: Mapping[str, int | None]
) -> Row:
    """The verdicts of a stretch.

    Args:
        stretch: its name.
        expected: the trace of the reference.
        found: the other traces, by the name of their route.
        most_samples: how many of the stretch a route was given; None for all. A trace that ends before is one
            that differs.
    """
    return Row(
        stretch,
        len(expected.events),
        int(np.count_nonzero(expected.events & EVENT_STRIDE)),
        {name: _verdict(own, expected.beginning(most_samples[name])) for name, own in found.items()},
    )


def _verdict(found: Trace, expected: Trace) -> Verdict:
    return Verdict(len(expected.events), first_difference(found, expected))


def _batches(stretches: Iterable[Stretch]) -> Iterator[list[Stretch]]:
    batch: list[Stretch] = []
    for stretch in stretches:
        batch.append(stretch)
        if sum(map(len, batch)) >= BATCH_SAMPLES:
            yield batch
            batch = []
    if batch:
        yield batch
