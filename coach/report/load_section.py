"""What the steps of a run asked of the legs: modelled force and load as change, impact as measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity
from coach.counted import counted
from coach.cue_files import BURSTS
from coach.kept_run import KeptRun
from coach.load.force import achilles_index, peak_forces_bw
from coach.report.markup import Element, e
from coach.report.tables import head_row, scrolling_table
from coach.report.wording import change, clock, shown
from coach.run_facts import is_easy_level

LOAD_TITLE = "Load on the legs"

BASELINE_S = 300.0
"""So much easy level running at the beginning, or what came before the first burst if that is less, is the
baseline of the run. Our choice."""
LEAST_STRIDES = 15
"""Fewer tell no mean. Our choice."""
_STRETCHES = 6
_SHORTEST_S = 60.0

_NOTE = (
    "Peak force and load of a step are a model (Morin 2005) from contact and flight time on level ground, "
    "told only as change from your own easy running at the beginning of this run. The load grows faster "
    "than the force, since tissue tires that way. Impact is measured at the shoe; where the sensor was at "
    "its limit the true value is higher."
)


def load_parts(run: KeptRun) -> list[Element]:
    """What stands under LOAD_TITLE: a table and a note, or why there is none."""
    strides = counted(run.strides)
    force_bw = peak_forces_bw(strides)
    at_s = strides["t_mid_stance_s"].astype(np.float64)
    running = (strides["activity"] == Activity.RUNNING) & strides["good"]
    easy = is_easy_level(running, strides["grade_percent"], strides["speed_m_s"]) & np.isfinite(force_bw)
    baseline = easy & (at_s <= _baseline_until_s(run, strides, easy))
    if baseline.sum() < LEAST_STRIDES:
        words = "There was too little easy level running with a good signal to tell of forces."
        return [e("p", words, class_="none")]
    step_s = max(_SHORTEST_S, 60.0 * np.ceil(run.duration_s / 60.0 / _STRETCHES))
    load = achilles_index(force_bw)
    rows = []
    stretches = max(round(run.duration_s / step_s), 1)  # the last one takes what is left
    for k in range(stretches):
        start_s, end_s = k * step_s, run.duration_s if k == stretches - 1 else (k + 1) * step_s
        inside = (at_s >= start_s) & (at_s < end_s)
        chosen = inside & easy
        rows.append(
            e(
                "tr",
                e("th", f"{clock(start_s)}–{clock(end_s)}", scope="row"),
                e("td", change(_mean(force_bw[baseline]), _mean(force_bw[chosen])), class_="change"),
                e("td", change(_mean(load[baseline]), _mean(load[chosen])), class_="change"),
                e("td", str(int(chosen.sum()))),
                e("td", _impact(strides[inside & running])),
            )
        )
    caption = "Easy level running, as change from that at the beginning of this run; impact of all running"
    head = head_row("time", "peak force (model)", "load of a step (model)", "strides", "impact, g")
    return [scrolling_table(caption, [head], rows), e("p", _NOTE, class_="none")]


def _baseline_until_s(run: KeptRun, strides: NDArray[np.void], easy: NDArray[np.bool_]) -> float:
    bursts = run.cues["t_s"][np.isin(run.cues["kind"], BURSTS)]
    lasted_s = np.cumsum(np.where(easy, np.nan_to_num(strides["stride_time_s"]), 0.0))
    enough = np.flatnonzero(lasted_s >= BASELINE_S)
    until_s = float(strides["t_mid_stance_s"][enough[0]]) if len(enough) else np.inf
    return min(until_s, float(bursts[0]) if len(bursts) else np.inf)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) >= LEAST_STRIDES else np.nan


def _impact(strides: NDArray[np.void]) -> str:
    known = strides[np.isfinite(strides["impact_g"])]
    if not len(known):
        return shown(None, 1)
    return ("≥ " if known["clipped"].any() else "") + shown(float(known["impact_g"].mean()), 1)
