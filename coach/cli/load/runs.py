"""Runs of the journal as the load guard sees them."""

from __future__ import annotations

from collections.abc import Iterable

from coach.journal.run_head import RunHead
from coach.load.spike import Done
from coach.load.sums import LoadSums


def done_runs(heads: Iterable[RunHead]) -> list[Done]:
    """Those of the runs that are finished, in the same order."""
    return [
        Done(
            run_id=head.run_id,
            started=head.started,
            running_strides=head.sums.running_strides,
            plan=head.plan,
            sums=LoadSums(
                distance_m=head.sums.distance_m,
                climb_m=head.sums.climb_m,
                fast_m=head.sums.fast_m,
                achilles_dose=head.sums.achilles_dose,
            ),
        )
        for head in heads
        if head.finished and head.sums is not None
    ]
