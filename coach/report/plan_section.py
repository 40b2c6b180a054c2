"""What was done of a plan of running and walking, part by part."""

from __future__ import annotations

from coach.kept_run import KeptRun
from coach.plan.kept import KeptInterval, kept_words, plan_kept, running_spans_s
from coach.plan.run_walk import PlanError, parse_plan
from coach.report.markup import Element, e
from coach.report.tables import head_row, scrolling_table
from coach.report.wording import clock, shown

PLAN_TITLE = "Running and walking by plan"
_WORDS = {"run": "run", "walk": "walk break"}


def plan_parts(run: KeptRun) -> list[Element]:
    """A sentence and a table; nothing for a run without a plan."""
    try:
        plan = parse_plan(run.plan)
    except PlanError:
        return []
    kept = plan_kept(plan, run.cues, running_spans_s(run.strides, run.updates), run.duration_s)
    words = e("p", kept_words(kept))
    if not kept.intervals:
        return [words]
    caption = "A part to run is kept by running, a walk break by not running"
    rows = [_row(each) for each in kept.intervals]
    return [words, scrolling_table(caption, [head_row("time", "planned", "kept")], rows)]


def _row(part: KeptInterval) -> Element:
    return e(
        "tr",
        e("th", f"{clock(part.start_s)}–{clock(part.end_s)}", scope="row"),
        e("td", _WORDS[part.part], class_="words"),
        e("td", shown(100.0 * part.kept_share, 0, "%")),
    )
