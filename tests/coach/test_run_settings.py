"""What a replay must know survives the way into a recording and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadence.stride import Side
from coach.coach_settings import CoachSettings
from coach.run_settings import Convention, RunSettings, read_settings


@given(
    st.text(),
    st.sampled_from(Side),
    st.sampled_from([None, "steps", "strides"]),
    st.builds(
        CoachSettings,
        st.none() | st.floats(100.0, 240.0),
        st.none() | st.floats(0.5, 12.5),
        st.none() | st.floats(100.0, 240.0),
        st.floats(0.0, 1.0),
    ),
)
def test_settings_come_back_as_they_were(
    pod: str, side: Side, convention: Convention | None, coach: CoachSettings
) -> None:
    settings = RunSettings(pod, side, convention, coach)
    assert read_settings(settings.to_mapping()) == settings


def test_what_is_missing_or_unknown_is_not_set() -> None:
    assert read_settings({}) == RunSettings()
    assert (
        read_settings({"side": "both", "convention": "hops", "target_spm": "fast", "fade": "-9"})
        == RunSettings()
    )


def test_two_pods_have_a_side_each() -> None:
    settings = RunSettings("left=ble:A + right=ble:B", Side.LEFT, other_side=Side.RIGHT)
    assert read_settings(settings.to_mapping()) == settings
    assert settings.sides == (Side.LEFT, Side.RIGHT)
    assert RunSettings("sim").sides == (Side.UNKNOWN,)
