"""The page's section on a plan of running and walking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cadence.cue import CUE, CueKind, CueReason
from coach.kept_run import KeptRun
from coach.report.page import page
from coach.report.plan_section import PLAN_TITLE, plan_parts
from hardware.runner import Segment

from .kept_runs import WALK, coached_run, cue, kept, pace, strides_of


@pytest.fixture(scope="module")
def planned() -> KeptRun:
    """Two minutes of running and one of walking, twice; the second break is run through."""
    strides = strides_of([Segment(123.0, pace(165.0)), Segment(60.0, WALK), Segment(200.0, pace(165.0))])
    cues = np.array([cue(3.0, CueKind.RUN, CueReason.PLAN), cue(123.0, CueKind.WALK, CueReason.PLAN)], CUE)
    return replace(kept(strides, 383.0), cues=cues, plan="2:1x2")


def test_each_part_is_told_with_the_share_that_was_kept(planned: KeptRun) -> None:
    words, table = plan_parts(planned)
    assert str(words.text).startswith("Of the plan 2:1x2 you did 2 of 2 parts to run and 1 of 2 walk breaks")
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")][1:]
    assert [row[:2] for row in rows] == [
        ["0:03–2:03", "run"], ["2:03–3:03", "walk break"], ["3:03–5:03", "run"], ["5:03–6:03", "walk break"],
    ]  # fmt: skip
    shares = [int(row[2].split("\u202f")[0]) for row in rows]
    assert min(shares[:3]) > 90
    assert shares[3] < 10


def test_the_page_has_the_section_where_there_was_a_plan_alone(planned: KeptRun) -> None:
    assert PLAN_TITLE in page(planned, []).decode()
    assert PLAN_TITLE not in page(coached_run(), []).decode()


def test_a_plan_that_did_not_begin_says_so(planned: KeptRun) -> None:
    (words,) = plan_parts(replace(planned, cues=np.zeros(0, CUE)))
    assert "did not begin" in str(words.text)
