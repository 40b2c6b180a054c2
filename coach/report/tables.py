"""The tables of the page: bursts, what the coach said, the run in stretches, the runs so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueReason
from coach.audio.lines import cue_words, reason_words
from coach.report.bursts import ASIDE_S, Burst, Means, between, means
from coach.report.markup import Child, Element, e
from coach.report.trend import TrendPoint
from coach.report.wording import change, clock, day, pace, shown
from coach.track import Track

_STRETCHES_S = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 3600.0)
_MOST_STRETCHES = 16

_COMPARED: tuple[tuple[str, str, int, Callable[[Means], float]], ...] = (
    ("cadence", "spm", 1, lambda means: means.cadence_spm),
    ("speed", "m/s", 2, lambda means: means.speed_m_s),
    ("step length", "cm", 1, lambda means: 100.0 * means.step_length_m),
)


def burst_table(bursts: Sequence[Burst]) -> Element:
    """Cadence, speed and step length in the ASIDE_S before and after each burst, and the change."""
    groups = [e("th", f"{name}, {unit}", colspan=3, scope="colgroup") for name, unit, _, _ in _COMPARED]
    sub = [e("th", words, scope="col") for _ in _COMPARED for words in ("before", "after", "change")]
    head = [
        e("tr", *(e("th", words, rowspan=2, scope="col") for words in ("burst", "from", "tempo")), *groups,
          e("th", "ended", rowspan=2, scope="col")),
        e("tr", *sub),
    ]  # fmt: skip
    rows = []
    for number, burst in enumerate(bursts, 1):
        cells: list[Child] = [
            e("th", str(number), scope="row"),
            e("td", f"{clock(burst.start_s)}–{clock(burst.end_s)}"),
            e("td", f"{'▲' if burst.up else '▼'} {shown(burst.tempo_spm, 0)}"),
        ]
        for _, _, count, value in _COMPARED:
            before, after = value(burst.before), value(burst.after)
            cells += [
                e("td", shown(before, count)),
                e("td", shown(after, count)),
                e("td", change(before, after), class_="change"),
            ]
        cells.append(e("td", _ended(burst), class_="words"))
        rows.append(e("tr", *cells))
    return scrolling_table(
        f"Means of the easy level running in the {ASIDE_S:.0f} s before and after each burst. The beat may "
        "lie a little above the target, since most people go only part of the way to it.",
        head,
        rows,
    )


def _ended(burst: Burst) -> str:
    return "the run was over" if burst.ended is None else reason_words(burst.ended)


def cue_table(cues: NDArray[np.void]) -> Element:
    """All that the coach said, and why."""
    rows = [
        e(
            "tr",
            e("th", clock(float(cue["t_s"])), scope="row"),
            e("td", cue_words(cue), class_="words"),
            e("td", reason_words(CueReason(int(cue["reason"]))), class_="words"),
        )
        for cue in cues
    ]
    return scrolling_table("Every cue of the run", [head_row("at", "what", "why")], rows)


def stretch_table(track: Track, duration_s: float) -> Element:
    """The run in stretches of equal time: the charts as numbers."""
    step_s = next(
        (step for step in _STRETCHES_S if duration_s / step <= _MOST_STRETCHES),
        3600.0 * np.ceil(duration_s / 3600.0 / _MOST_STRETCHES),
    )
    rows = []
    for start_s in np.arange(0.0, max(duration_s, 1e-9), step_s).tolist():
        end_s = min(start_s + step_s, duration_s)
        chosen = between(track, start_s, end_s)
        told = means(track, chosen)
        rows.append(
            e(
                "tr",
                e("th", f"{clock(start_s)}–{clock(end_s)}", scope="row"),
                e("td", shown(told.cadence_spm, 1)),
                e("td", shown(told.speed_m_s, 2)),
                e("td", pace(told.speed_m_s)),
                e("td", shown(2.0 * told.step_length_m, 2)),
                e("td", shown(1000.0 * told.contact_time_s, 0)),
                e("td", _impact(track, chosen)),
            )
        )
    heads = ("time", "cadence, spm", "speed, m/s", "pace", "stride, m", "contact, ms", "impact, g")
    return scrolling_table("Means of the running with a good signal", [head_row(*heads)], rows)


def _impact(track: Track, chosen: NDArray[np.bool_]) -> str:
    rows = chosen & track.running & track.good & np.isfinite(track.impact_g)
    if not rows.any():
        return shown(None, 1)
    return ("≥ " if track.clipped[rows].any() else "") + shown(float(track.impact_g[rows].mean()), 1)


def trend_table(points: Sequence[TrendPoint]) -> Element:
    """The runs so far, the newest first."""
    rows = [
        e(
            "tr",
            e("th", day(point.started), scope="row"),
            e("td", shown(point.cadence_spm, 1)),
            e("td", shown(point.baseline_spm, 1)),
            e("td", shown(point.target_spm, 0)),
            e("td", shown(None if point.on_target_share is None else 100 * point.on_target_share, 0, "%")),
        )
        for point in reversed(points)
    ]
    heads = ("day", "cadence, spm", "your own, spm", "target, spm", "on target")
    return scrolling_table("The runs so far", [head_row(*heads)], rows)


def head_row(*words: str) -> Element:
    """The row of the columns' names."""
    return e("tr", *(e("th", head, scope="col") for head in words))


def scrolling_table(caption: str, head: Sequence[Element], rows: Sequence[Element]) -> Element:
    """A table that scrolls by itself where it is wider than the page, by keyboard too."""
    table = e("table", e("caption", caption), e("thead", *head), e("tbody", *rows))
    return e("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)
