"""The picture of a runner's load: each run against what it is measured by, and the weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from coach.files import written_whole
from coach.load.longest import Longest
from coach.load.overview import Judged, Overview
from coach.load.spike import WARN_PERCENT, WINDOW, Done, longest_for_guard
from coach.load.sums import LoadSums
from coach.plot_style import FAINT, INK, STYLE, UNDATED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_RUN, _SPIKE, _WEEK, _LIMIT = "#1971c2", "#d9480f", "#5b7083", "#2b8a3e"
_BAR_DAYS = 0.8


def draw_load(overview: Overview, title: str, now: datetime, path: Path) -> None:
    """Write the picture as PNG or SVG, by the path's ending. It shows the weeks that the overview has.

    Args:
        overview: with a week at least.
        title: a line above it all.
        now: as the overview was made.
        path: ends in .png or .svg.

    Raises:
        OSError: the file cannot be written.
    """
    # Imported here, for it takes half a second.
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with matplotlib.rc_context({**STYLE, "date.converter": "concise"}):
        figure = Figure(figsize=(11, 9), dpi=110, layout=ConstrainedLayoutEngine(h_pad=0.08, hspace=0.04))
        figure.suptitle(title, x=0.01, ha="left", fontsize=15, fontweight="bold", parse_math=False)
        distance, dose, week = figure.subplots(3, 1, sharex=True, height_ratios=(1.4, 1, 1))
        first = datetime.combine(overview.weeks[0].monday, datetime.min.time())
        runs = [run for run in overview.runs if not run.is_ahead]
        _draw_runs(
            distance,
            runs,
            overview,
            now,
            lambda sums: sums.distance_m / 1e3,
            lambda most: most.distance_m / 1e3,
        )
        _name(distance, "Distance of each run, and the guard's limit", "km")
        _draw_runs(dose, runs, overview, now, lambda sums: sums.achilles_dose, lambda most: most.dose)
        _name(dose, "Achilles dose of each run: a model, only its change tells something", "model")
        _draw_weeks(week, overview)
        _name(week, "Distance of each week, for information", "km")
        distance.set_xlim(first - timedelta(days=0.5), _local(now) + timedelta(days=1))
        distance.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.1)
        kind = path.suffix[1:].lower()
        with written_whole(path) as file:
            figure.savefig(file, format=kind, metadata=UNDATED[kind])


def _draw_runs(
    axes: Axes,
    runs: Sequence[Judged],
    overview: Overview,
    now: datetime,
    of_run: Callable[[LoadSums], float],
    of_longest: Callable[[Longest], float],
) -> None:
    """A bar a run at its local day, runs of one day beside each other as their hours have it."""
    for name, colour, chosen in (
        ("run", _RUN, [run for run in runs if run.warning is None]),
        ("run with a warning", _SPIKE, [run for run in runs if run.warning is not None]),
    ):
        days = [_local(run.run.started) for run in chosen]
        heights = [of_run(run.run.sums) for run in chosen]
        axes.bar(days, np.nan_to_num(heights), width=_BAR_DAYS, color=colour, label=name)  # type: ignore[arg-type]
    days, limits = _limits([run.run for run in runs], overview, now, of_longest)
    words = f"{WARN_PERCENT:.0f} % of the longest of {WINDOW.days} days"
    axes.step(days, limits, where="post", color=_LIMIT, linewidth=1.4, label=words)  # type: ignore[arg-type]
    axes.set_ylim(bottom=0)


def _limits(
    runs: Sequence[Done], overview: Overview, now: datetime, of_longest: Callable[[Longest], float]
) -> tuple[list[datetime], list[float]]:
    """The moments at which it changes what a run may reach without being a spike, and what that is then."""
    first = datetime.combine(overview.weeks[0].monday, datetime.min.time(), now.tzinfo)
    changes = {
        run.started + after for run in runs for after in (timedelta(seconds=1), WINDOW + timedelta(seconds=1))
    }
    moments = [first, *sorted(moment for moment in changes if first < moment < now), now]
    limits = []
    for moment in moments:
        longest = longest_for_guard(runs, moment)
        limits.append(np.nan if longest is None else of_longest(longest) * WARN_PERCENT / 100.0)
    return [_local(moment) for moment in moments], limits


def _draw_weeks(axes: Axes, overview: Overview) -> None:
    days = [datetime.combine(week.monday, datetime.min.time()) for week in overview.weeks]
    heights = np.nan_to_num([week.sums.distance_m / 1e3 for week in overview.weeks])
    axes.bar(days, heights, width=6.6, align="edge", color=_WEEK)  # type: ignore[arg-type]
    axes.axhline(0, color=FAINT, linewidth=1)


def _name(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title, color=INK)
    axes.set_ylabel(unit)


def _local(moment: datetime) -> datetime:
    """As the clock on the runner's wall had it."""
    return moment.replace(tzinfo=None)
