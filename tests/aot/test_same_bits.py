"""The same source gives the same bits, every word after every sample, whatever compiled it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.aot.errors import ToolError
from cadence.core.layout import EVENT_CLIPPED, EVENT_GAP, EVENT_STRIDE, EVENT_UNUSABLE
from hardware.core_check.adversarial import HOURS_LONG_S, hours_long
from hardware.core_check.comparison import Verdict, compare, row
from hardware.core_check.core_loop import digest
from hardware.core_check.people import RUNNING, WALKING, people
from hardware.core_check.routes import REFERENCE, CLibrary, Route, by_process, other_routes
from hardware.core_check.stretches import full, representative
from hardware.core_check.trace import (
    SAID_AT_STRIDE,
    SAID_IN_TIME,
    Stretch,
    Trace,
    first_difference,
    stretches_from_bytes,
    to_bytes,
    traces_from_bytes,
)

from .conftest import wanting

ROUTES = other_routes(1000)
COMPILED = [route for route in ROUTES if route.most_samples is None]


@pytest.fixture(scope="session")
def stretches() -> list[Stretch]:
    return list(representative())


@pytest.fixture(scope="session")
def expected(stretches: list[Stretch]) -> list[Trace]:
    return list(REFERENCE.traces(stretches))


def different(route: Route, stretches: list[Stretch], expected: Iterable[Trace]) -> list[tuple[str, Verdict]]:
    """Where a route parts from the expected traces."""
    missing = route.missing()
    if missing is not None:
        wanting(missing)
    found = route.traces([stretch.beginning(route.most_samples) for stretch in stretches])
    rows = [
        row(stretch.name, whole, {route.name: own}, {route.name: route.most_samples})
        for stretch, whole, own in zip(stretches, expected, found, strict=True)
    ]
    assert all(line.verdicts[route.name].samples > 0 for line in rows)
    return [(line.stretch, line.verdicts[route.name]) for line in rows if not line.is_same]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_gives_the_same_bits(
    route: Route, stretches: list[Stretch], expected: list[Trace]
) -> None:
    assert different(route, stretches, expected) == []


@pytest.mark.parametrize("route", COMPILED, ids=lambda route: route.name)
def test_people_run_and_walk_the_same_on_every_route(route: Route, data_dir: Path) -> None:
    names = (
        "ipol/1-1_lf.txt",
        "pyshoe_vicon/run/2017-11-27-11-12-44.csv.gz",
        "wearable_my_foot/test-run.csv",
    )
    assert set(names) < {*RUNNING, *WALKING}
    some = list(people(data_dir, names))
    traces = list(REFERENCE.traces(some))
    assert all(np.count_nonzero(trace.events & EVENT_STRIDE) > 10 for trace in traces)
    assert different(route, some, traces) == []


def test_the_stretches_have_in_them_whatever_may_happen(
    stretches: list[Stretch], expected: list[Trace]
) -> None:
    counts = {
        stretch.name: {
            event: np.count_nonzero(trace.events & event)
            for event in (
                EVENT_STRIDE, EVENT_GAP, EVENT_UNUSABLE, EVENT_CLIPPED, SAID_AT_STRIDE, SAID_IN_TIME
            )
        }
        for stretch, trace in zip(stretches, expected, strict=True)
    }  # fmt: skip
    assert len(counts) == len(stretches), "every stretch has a name of its own"
    assert counts["running"][EVENT_STRIDE] > 100
    assert counts["running"][SAID_AT_STRIDE] > 0
    assert counts["running"][SAID_IN_TIME] > 0
    assert counts["running, accelerometer alone"][EVENT_STRIDE] > 15
    assert counts["odd steps"][EVENT_GAP] > 100
    assert counts["huge steps"][EVENT_GAP] > 2
    assert counts["not numbers"][EVENT_UNUSABLE] > 100
    assert counts["saturated"][EVENT_CLIPPED] > 100
    assert sum(count[EVENT_STRIDE] > 5 for count in counts.values()) > len(counts) / 2


def test_hours_long_lasts_three_hours_and_moves_to_the_end() -> None:
    stretch = hours_long()
    assert stretch.steps_us.sum(dtype=np.int64) >= HOURS_LONG_S * 1e6 >= 3 * 3600e6
    (trace,) = REFERENCE.traces([stretch])
    strides = np.flatnonzero(trace.events & EVENT_STRIDE)
    assert len(strides) > 10_000
    assert strides[-1] > 0.99 * len(stretch)
    assert not np.any(trace.events & EVENT_GAP)


def test_the_whole_set_has_people_in_it_where_they_are_at_hand(data_dir: Path) -> None:
    names = [stretch.name for stretch, _ in zip(full(data_dir), range(13), strict=False)]
    assert sum(name.startswith("running: ") for name in names) >= 5
    assert sum(name.startswith("walking: ") for name in names) >= 5


def test_a_single_bit_of_a_single_word_is_seen(stretches: list[Stretch]) -> None:
    whole = stretches[0]
    motion = whole.motion.copy()
    motion[3000, 4] = np.nextafter(motion[3000, 4], np.float32(np.inf))
    one, other = CLibrary("host").traces([whole, replace(whole, motion=motion)])
    assert first_difference(one, other) == 3000


def test_a_comparison_tells_the_first_sample_that_differs(stretches: list[Stretch]) -> None:
    class Late:
        """Goes astray at the fifth sample, and takes no more than ten."""

        name = "late"
        most_samples = 10

        def missing(self) -> None:
            return None

        def traces(self, stretches: Iterable[Stretch]) -> list[Trace]:
            traces = list(REFERENCE.traces(list(stretches)))
            for trace in traces:
                trace.digests[5:] ^= 1
            return traces

    told: list[str] = []
    (line,) = compare(stretches[:1], REFERENCE, [REFERENCE, Late()], told.append)
    assert line.verdicts == {"Numba": Verdict(len(stretches[0]), None), "late": Verdict(10, 5)}
    assert (line.samples, line.is_same) == (len(stretches[0]), False)
    assert line.strides > 100
    assert told[-1] == "stretches 1 to 1: late"


@pytest.mark.parametrize("samples", [0, 1, 9])
def test_a_route_that_leaves_samples_out_is_not_the_same(samples: int) -> None:
    whole = trace_of(list(range(10)))
    line = row("a stretch", whole, {"lazy": whole.beginning(samples)}, {"lazy": None})
    assert line.verdicts == {"lazy": Verdict(10, samples)}


def test_a_driver_that_ends_without_a_trace_is_told(stretches: list[Stretch], tmp_path: Path) -> None:
    lazy = tmp_path / "lazy"
    lazy.write_text("#!/bin/sh\n")
    lazy.chmod(0o755)
    with pytest.raises(ToolError, match="lazy has ended and left no traces"):
        by_process((str(lazy),), stretches[:1])


def test_two_flipped_signs_do_not_cancel() -> None:
    words = np.array([0, 0x3F800000, 7, 0x40000000], np.uint32)
    flipped = words ^ np.array([0, 0x80000000, 0, 0x80000000], np.uint32)
    weights = np.array([3, 5, 7, 11], np.uint32)
    one, other = (digest(each, weights, 2) for each in (words, flipped))
    assert one != other


def trace_of(digests: list[int]) -> Trace:
    return Trace(np.zeros(len(digests), np.int32), np.array(digests, np.uint32))


@given(st.lists(st.integers(0, 3), max_size=8), st.lists(st.integers(0, 3), max_size=8))
def test_traces_part_where_lists_do(one: list[int], other: list[int]) -> None:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None and len(one) != len(other):
        at = min(len(one), len(other))
    assert first_difference(trace_of(one), trace_of(other)) == at


def test_drivers_in_other_processes_get_what_was_given(stretches: list[Stretch]) -> None:
    some = [stretch.beginning(7) for stretch in stretches]
    back = list(stretches_from_bytes(to_bytes(some)))
    assert len(back) == len(some)
    for one, other in zip(some, back, strict=True):
        for words in ("settings", "policy_settings", "steps_us", "motion"):
            assert getattr(one, words).tobytes() == getattr(other, words).tobytes()
    told = np.arange(4 * 7, dtype="<u4").tobytes()
    first, second = traces_from_bytes(told, some[:2])
    assert list(first.events) == [0, 2, 4, 6, 8, 10, 12]
    assert list(second.digests) == [15, 17, 19, 21, 23, 25, 27]
