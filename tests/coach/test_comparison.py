"""A part of a run in a few numbers, so that what was found stands beside the truth."""

from __future__ import annotations

import numpy as np
import pytest

from cadence.stride import STRIDE
from coach.comparison import MEANS, SUMS, Part, tell_part

RUN = np.zeros(4, dtype=STRIDE)
RUN["t_toe_off_s"] = [0.8, 1.8, 2.8, 3.8]
RUN["t_contact_s"] = [1.2, 2.2, 3.2, 4.2]
RUN["t_mid_stance_s"] = [1.3, 2.3, 3.3, 4.3]
RUN["cadence_spm"] = [np.nan, 160.0, 170.0, 999.0]
RUN["stride_length_m"] = [2.0, 2.5, np.nan, 9.0]
RUN["climb_m"] = np.nan


def test_strides_belong_to_the_part_in_which_their_swing_is() -> None:
    assert tell_part(RUN, Part("run", 0.9, 3.9))["strides"] == 3


def test_means_and_sums_are_of_the_strides_that_know_the_field() -> None:
    told = tell_part(RUN, Part("run", 0.0, 3.5))
    assert told["cadence_spm"] == pytest.approx(165.0)
    assert told["stride_length_m"] == pytest.approx(2.25)
    assert told["distance_m"] == pytest.approx(4.5)
    assert told["climb_m"] is None


def test_a_part_without_strides_knows_nothing_else() -> None:
    told = tell_part(RUN, Part("stand", 10.0, 20.0))
    assert told.pop("strides") == 0
    assert told == dict.fromkeys((*MEANS, *SUMS.values()))
