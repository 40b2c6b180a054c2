"""What a replay must know survives the way into a recording and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Side
from coach.run_settings import RunSettings, read_settings


@given(
    st.text(),
    st.sampled_from(Side),
    st.sampled_from([None, "steps", "strides"]),
    st.none() | st.floats(100.0, 240.0),
)
def test_settings_come_back_as_they_were(pod: str, side: Side, convention: object, target: object) -> None:
    settings = RunSettings(pod, side, convention, target)  # type: ignore[arg-type]
    assert read_settings(settings.to_mapping()) == settings


def test_what_is_missing_or_unknown_is_not_set() -> None:
    assert read_settings({}) == RunSettings()
    assert read_settings({"side": "both", "convention": "hops", "target_spm": "fast"}) == RunSettings()
