"""A runner's load as people read it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from math import isfinite

from rich.table import Table
from rich.text import Text

from coach.cli.load.chart import bar
from coach.cli.view import console, shown, table
from coach.load.overview import Judged, Overview
from coach.load.spike import WARN_PERCENT, WINDOW
from coach.load.sums import LoadSums
from coach.load.surfaces import Surfaces
from coach.load.weeks import Week
from coach.load.words import MODEL, WEEKS, at_most_km

MOST_RUNS = 20
"""How many are listed; the others stand in the JSON. Our choice."""
_BAR_COLUMNS = 14
_BAR_PERCENT = 200.0
"""Where the bar of a run ends."""


def print_load(overview: Overview, surfaces: Surfaces, notes: Sequence[str], *, show_next: bool) -> None:
    """The runs, the latest one's spike, the next run's room, the weeks and the surfaces.

    Args:
        overview: with a run at least.
        surfaces: of the last four weeks.
        notes: further lines, each a sentence.
        show_next: whether how far the next run may go is told.
    """
    out = console()
    out.print(_runs(overview.runs[:MOST_RUNS]))
    hidden = len(overview.runs) - MOST_RUNS
    if hidden > 0:
        out.print(Text(f"and {hidden} before them: --json tells all", style="dim"))
    out.print()
    for line, style in _lines(overview, surfaces, notes, show_next=show_next):
        out.print(Text(line, style=style))
    if overview.weeks:
        out.print()
        out.print(_weeks(overview.weeks))
        out.print(Text(WEEKS, style="dim"))
    if any(isfinite(run.run.sums.achilles_dose) for run in overview.runs):
        out.print(Text(MODEL, style="dim"))


def _lines(
    overview: Overview, surfaces: Surfaces, notes: Sequence[str], *, show_next: bool
) -> list[tuple[str, str]]:
    lines = []
    latest = overview.latest
    if latest is not None and latest.warning is not None:
        lines.append((f"Run {latest.run.run_id}: {latest.warning}", "bold yellow"))
    elif latest is not None and isfinite(latest.spike.distance_percent):
        percent = latest.spike.distance_percent
        words = f"no spike: {percent:.0f} % of the longest of the {WINDOW.days} days before"
        lines.append((f"Run {latest.run.run_id}: {words}.", ""))
    elif latest is not None and latest.longest is not None:
        lines.append((f"Run {latest.run.run_id}: its distance is not known, so it cannot be compared.", ""))
    if overview.note is not None:
        lines.append((overview.note, ""))
    # After a spike the advice is to keep to what was before it.
    is_spike = latest is not None and latest.warning is not None
    if show_next and not is_spike and isfinite(overview.next_most_m):
        most = f"{at_most_km(overview.next_most_m)} km"
        lines.append((f"Next run: up to {most} stays within {WARN_PERCENT:.0f} % of your longest.", ""))
    lines += [(note, "") for note in (_of_surfaces(surfaces), surfaces.hint, *notes) if note]
    return lines


def _of_surfaces(surfaces: Surfaces) -> str | None:
    if not surfaces.share:
        return None
    parts = [f"{surface} {100.0 * share:.0f} %" for surface, share in surfaces.share.items()]
    untold = f"; unknown for {surfaces.untold} of {surfaces.runs} runs" if surfaces.untold else ""
    return f"Surfaces of the last four weeks, by distance: {', '.join(parts)}{untold}."


def _runs(runs: Sequence[Judged]) -> Table:
    rows = table()
    rows.add_column("\nrun", justify="right", no_wrap=True)
    rows.add_column("\nday", no_wrap=True)
    for measure in ("\nkm", "% of\nlongest"):
        rows.add_column(measure, justify="right", no_wrap=True)
    rows.add_column(f"\n{WARN_PERCENT:.0f} % at {'|' if _ascii_only() else '┃'}", no_wrap=True)
    for measure in ("climb\nm", "fast\nkm", "dose\nmodel", "% of\nmost", "a step\n± %"):
        rows.add_column(measure, justify="right", no_wrap=True)
    rows.add_column("", no_wrap=True)
    for judged in runs:
        sums, spike = judged.run.sums, judged.spike
        rows.add_row(
            str(judged.run.run_id),
            f"{judged.run.started:%Y-%m-%d}",
            shown(sums.distance_m / 1000.0, 2),
            _percent(spike.distance_percent),
            bar(
                spike.distance_percent / _BAR_PERCENT, _BAR_COLUMNS, mark=WARN_PERCENT / _BAR_PERCENT,
                ascii_only=_ascii_only(),
            ),
            shown(sums.climb_m, 0),
            shown(sums.fast_m / 1000.0, 2),
            shown(sums.achilles_dose, 0),
            _percent(spike.dose_percent),
            _signed(judged.step_load_change_percent),
            Text(_remark(judged), style="yellow"),
        )  # fmt: skip
    return rows


def _remark(judged: Judged) -> str:
    if judged.is_ahead:
        return "ahead"
    return "spike" if judged.spike.is_one else ""


def _percent(percent: float) -> str:
    """Of the longest; what rounds to the limit but is beyond it is told from the limit itself."""
    text = shown(percent, 0)
    return f">{text}" if percent > WARN_PERCENT and round(percent) <= WARN_PERCENT else text


def _signed(percent: float) -> str:
    text = shown(percent, 1)
    return f"+{text}" if isfinite(percent) and float(text) > 0.0 else text


def _weeks(weeks: Sequence[Week]) -> Table:
    measures: tuple[tuple[str, Callable[[LoadSums], str]], ...] = (
        ("distance\nkm", lambda sums: shown(sums.distance_m / 1000.0, 1)),
        ("climb\nm", lambda sums: shown(sums.climb_m, 0)),
        ("fast\nkm", lambda sums: shown(sums.fast_m / 1000.0, 1)),
        ("dose\nmodel", lambda sums: shown(sums.achilles_dose, 0)),
    )
    rows = table()
    rows.add_column("\nweek", no_wrap=True)
    for name in ("\nruns", *(name for name, _ in measures)):
        rows.add_column(name, justify="right", no_wrap=True)
    rows.add_column("", no_wrap=True)
    most_m = max((week.sums.distance_m for week in weeks if isfinite(week.sums.distance_m)), default=0.0)
    for week in weeks:
        share = week.sums.distance_m / most_m if most_m else float("nan")
        rows.add_row(
            week.name,
            str(week.runs),
            *(value(week.sums) for _, value in measures),
            bar(share, _BAR_COLUMNS, ascii_only=_ascii_only()),
        )
    return rows


def _ascii_only() -> bool:
    return (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
