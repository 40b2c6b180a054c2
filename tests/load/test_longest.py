"""What the load guard measures against stands in the recording, and comes out of it as it was."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.load.longest import Longest, read_longest

amounts = st.floats(0, allow_infinity=False) | st.just(math.nan)


@given(st.builds(Longest, amounts, amounts, amounts, amounts))
def test_it_is_read_as_it_was_written(longest: Longest) -> None:
    written = longest.to_mapping()
    assert all(isinstance(text, str) for text in written.values())
    assert repr(read_longest(written)) == repr(longest)


def test_a_recording_without_one_has_none() -> None:
    assert read_longest({}) is None
    assert read_longest({"pod": "sim"}) is None


@pytest.mark.parametrize("text", ["", "long", "nan", "inf", "-1", "1e999"])
def test_what_cannot_be_is_not_known(text: str) -> None:
    longest = read_longest({"longest_distance_m": text, "longest_dose": "3.5"})
    assert longest is not None
    assert math.isnan(longest.distance_m)
    assert math.isnan(longest.climb_m)
    assert longest.dose == 3.5
