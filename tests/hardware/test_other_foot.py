"""Two feet of one simulated runner: they alternate, whatever the runner does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.stride import STRIDE, Activity, Side
from hardware.gait import Pace
from hardware.other_foot import Wearer, beside
from hardware.outing import Outing
from hardware.runner import Body, Runner, Segment, follow
from hardware.scenarios import scenario

CONTACT_NOISE_S = 0.02


def both(segments: list[Segment]) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """The true strides of the first foot and of the other."""
    first = [stride for _, truth in follow(Runner(seed=4), segments) for stride in truth]
    other = Runner(seed=9, side=Side.LEFT)
    second = [stride for _, truth in beside(other, Runner(seed=4), segments) for stride in truth]
    return np.array(first, STRIDE), np.array(second, STRIDE)


def test_contacts_alternate_by_half_a_stride_and_never_drift_apart() -> None:
    first, second = both([Segment(300.0, Pace())])
    halfway_s = (first["t_contact_s"][:-1] + first["t_contact_s"][1:]) / 2
    # The other foot is out already when the first begins.
    late_s = second["t_contact_s"][1 : 1 + len(halfway_s)] - halfway_s
    assert np.abs(late_s).max() < CONTACT_NOISE_S
    assert len(second) == pytest.approx(len(first), abs=1)


@pytest.mark.parametrize("name", ["hill", "stops", "session"])
def test_between_two_contacts_of_a_foot_there_is_one_of_the_other(name: str) -> None:
    first, second = both(scenario(name, 120.0))
    for mine, other in ((first, second), (second, first)):
        for before_s, after_s in zip(mine["t_contact_s"], mine["t_contact_s"][1:], strict=False):
            if after_s - before_s < 1.3:
                between = (other["t_contact_s"] > before_s) & (other["t_contact_s"] < after_s)
                assert between.sum() == 1


@pytest.mark.parametrize("name", ["steady", "hill", "session"])
def test_both_go_as_far_and_as_fast(name: str) -> None:
    first, second = both(scenario(name, 120.0))
    assert second["stride_length_m"].sum() == pytest.approx(first["stride_length_m"].sum(), rel=0.02)
    medians = [np.nanmedian(strides["cadence_spm"]) for strides in (first, second)]
    assert medians[1] == pytest.approx(medians[0], rel=0.01)
    assert set(second["activity"]) == set(first["activity"]) <= {Activity.WALKING, Activity.RUNNING}


def test_who_stands_stands_on_both_feet() -> None:
    first, second = both([Segment(10.0, Pace()), Segment(20.0), Segment(10.0, Pace())])
    for strides in (first, second):
        assert not ((strides["t_contact_s"] > 12.5) & (strides["t_contact_s"] < 29.9)).any()


def test_one_foot_may_be_longer_on_the_ground() -> None:
    outings = [
        Outing([Segment(60.0, Pace())], seed=1, side=Side.LEFT, body=Body(contact_factor=1.05)),
        Outing([Segment(60.0, Pace())], seed=2, beside=1),
    ]
    for outing in outings:
        outing.take(208 * 60)
    left, right = (np.nanmedian(outing.truth.strides["contact_time_s"]) for outing in outings)
    assert left / right == pytest.approx(1.05, abs=0.005)
    assert outings[0].begins_s == 0.0
    assert outings[1].begins_s == pytest.approx(-60.0 / 165.0, abs=0.02)


def test_a_runner_sets_out_once() -> None:
    wearer = Wearer(1)
    assert [wearer.sets_out_s(5.0), wearer.sets_out_s(7.0)] == [5.0, 5.0]
