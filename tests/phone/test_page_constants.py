"""Numbers that the page has for itself are those of the host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coach.cli.live.taking_up import WITHIN
from coach.export.activity import LAP_M, PAUSE_S
from coach.run_facts import BAND_SPM
from coach.summary import UPDATE_LASTS_S
from coach.track import REST_SLACK_S, TOUCHING_S

PAGE = Path(__file__).parents[2] / "coach" / "phone" / "page"
TAKE_UP_WITHIN_MIN = WITHIN.total_seconds() / 60.0


@pytest.mark.parametrize(
    ("path", "told", "value"),
    [
        ("screens/run.js", "BAND_SPM = {};", BAND_SPM),
        ("run/track.js", "UPDATE_LASTS_S = {};", UPDATE_LASTS_S),
        ("run/track.js", "TOUCHING_S = {};", TOUCHING_S),
        ("run/track.js", "REST_SLACK_S = {};", REST_SLACK_S),
        ("export/activity.js", "LAP_M = {};", LAP_M),
        ("export/activity.js", "PAUSE_S = {};", PAUSE_S),
        ("run/cut_off.js", "TAKE_UP_WITHIN_MS = {} * 60 * 1000;", TAKE_UP_WITHIN_MIN),
    ],
)
def test_a_number_of_both_is_one(path: str, told: str, value: float) -> None:
    pattern = re.escape(told).replace(r"\{\}", r"([\d.]+)")
    (number,) = re.findall(pattern, (PAGE / path).read_text(encoding="utf-8"))
    assert float(number) == value
