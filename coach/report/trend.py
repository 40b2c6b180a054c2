"""The runner's way over the runs so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from coach.report.curve import Curve
from coach.report.frame import framed, line, scale_of
from coach.report.markup import Element, e
from coach.report.wording import day, short_day, shown
from coach.track import Floats

_MOST_DAYS = 8
_NARROWEST_SPM = 12.0
_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One run of the runner. What is not known is None.

    Attributes:
        started: when.
        cadence_spm: of the run.
        baseline_spm, target_spm: as the coach had them.
        on_target_share: 0 to 1.
    """

    started: datetime
    cadence_spm: float | None
    baseline_spm: float | None
    target_spm: float | None
    on_target_share: float | None


def trend_chart(points: Sequence[TrendPoint], this: datetime) -> Element:
    """Cadence, target and the runner's own cadence by date.

    Args:
        points: of the runner's runs, in the order of time.
        this: when the run of the page was; it is marked.
    """
    first = points[0].started
    at_s = np.array([(point.started - first).total_seconds() for point in points])
    cadence = _column([point.cadence_spm for point in points])
    target = _column([point.target_spm for point in points])
    baseline = _column([point.baseline_spm for point in points])
    end = max(float(at_s[-1]), 1.0)
    # Room at both edges, else the first and the last dot are cut.
    room = 0.03 * end
    scale = scale_of(
        map(float, np.concatenate([cadence, target, baseline])), narrowest=_NARROWEST_SPM, end=end + 2 * room
    )
    place = at_s + room
    own = [index for index, point in enumerate(points) if point.started == this]
    known = np.isfinite(cadence)
    frame = framed(
        scale,
        [
            line(_steps(place, target), scale, "target-line"),
            line(_steps(place, baseline), scale, "baseline"),
            line(_line(place, cadence), scale, "each"),
            line(_dots(place[known], cadence[known]), scale, "dot"),
            line(_dots(place[own], cadence[own]), scale, "dot this"),
        ],
        across=[(place[index], short_day(points[index].started)) for index in _spread(at_s)],
        label=f"Cadence of {len(points)} runs by date, from {day(first)} to {day(points[-1].started)}: "
        f"{shown(_edge(cadence, 0), 1)} in the first, {shown(_edge(cadence, -1), 1)} in the last",
    )
    keys = e(
        "ul",
        *(
            e("li", e("i", class_=f"key {class_}", aria_hidden="true"), words)
            for class_, words in (
                ("dot", "cadence of a run"), ("dot this", "this run"), ("target-line", "target"),
                ("baseline", "your own cadence then"),
            )
        ),
        class_="keys",
    )  # fmt: skip
    head = e(
        "figcaption", e("h3", "Cadence by date"), e("span", "steps of both feet a minute", class_="unit")
    )
    head.append(keys)
    return e("figure", head, frame, class_="chart trend")


def _column(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], np.float64)


def _edge(values: Floats, index: int) -> float:
    known = values[np.isfinite(values)]
    return float(known[index]) if len(known) else np.nan


def _line(x: Floats, y: Floats) -> Curve:
    """All known points as one line: what lies between two runs is no gap."""
    known = np.isfinite(y)
    return Curve(x[known], y[known], np.zeros(int(known.sum()), np.int64))


def _steps(x: Floats, y: Floats) -> Curve:
    """As `_line`, but each value holds until the next: an aim leaps, it does not glide."""
    known = np.isfinite(y)
    x, y = np.repeat(x[known], 2)[1:], np.repeat(y[known], 2)[:-1]
    return Curve(x, y, np.zeros(len(x), np.int64))


def _dots(x: Floats, y: Floats) -> Curve:
    """Each point a piece of its own."""
    return Curve(x, y, np.arange(len(x)))


def _spread(at_s: Floats) -> list[int]:
    """Of the runs, those whose date is written: far enough apart to be read."""
    chosen: list[int] = []
    apart = max(float(at_s[-1]) / _MOST_DAYS, _DAY_S / 2)
    for index, at in enumerate(at_s.tolist()):
        if not chosen or at - at_s[chosen[-1]] >= apart:
            chosen.append(index)
    return chosen
