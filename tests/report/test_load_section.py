"""The page's section on load: changes of a model, and impacts that are lower bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coach.kept_run import KeptRun
from coach.report.load_section import load_parts
from coach.report.page import page
from hardware.runner import Segment

from .kept_runs import coached_run, kept, pace, sensor_run, short_run, strides_of, walked_run


def rows(run: KeptRun) -> list[list[str]]:
    table = load_parts(run)[0]
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")][1:]


def test_the_beginning_of_the_run_is_its_own_baseline() -> None:
    strides = strides_of([Segment(600.0, pace(165.0))])
    first = rows(kept(strides, 600.0))[0]
    assert first[0] == "0:00–2:00"
    assert abs(float(first[1].split("\u202f")[0].replace("\u2212", "-"))) < 1.0


def test_quicker_steps_with_a_shorter_flight_show_as_less_force_and_even_less_load_a_step() -> None:
    strides = strides_of([Segment(900.0, pace(165.0))])
    late = strides["t_mid_stance_s"] > 600.0
    strides["flight_time_s"][late] *= 0.7
    force, load = rows(kept(strides, 900.0))[-1][1:3]
    assert force.startswith("\u2212")
    assert float(load[1:].split("\u202f")[0]) > float(force[1:].split("\u202f")[0])


def test_a_stretch_with_a_clipped_impact_says_that_it_is_a_lower_bound() -> None:
    strides = strides_of([Segment(300.0, pace(165.0))])
    strides["clipped"] = False
    strides["clipped"][-20] = True
    assert [row[-1].startswith("≥ ") for row in rows(kept(strides, 300.0))] == [False] * 4 + [True]


@pytest.mark.parametrize("run", [sensor_run(), short_run(), walked_run()], ids=["sensor", "short", "walked"])
def test_a_run_that_tells_no_forces_says_so(run: KeptRun) -> None:
    (words,) = load_parts(run)
    assert "too little easy level running" in str(words.text)


def test_a_run_whose_contact_times_are_not_known_says_so() -> None:
    run = coached_run()
    strides = run.strides.copy()
    strides["contact_time_s"] = strides["flight_time_s"] = np.nan
    assert "too little" in str(load_parts(replace(run, strides=strides))[0].text)


def test_the_page_has_the_section_and_calls_the_model_one() -> None:
    text = page(coached_run(), []).decode()
    assert "Load on the legs" in text
    assert "peak force (model)" in text
    assert "newton" not in text.lower()
