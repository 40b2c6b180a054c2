"""The page of a run, put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import PurePath

from cadence.cue import CueKind
from coach.audio.lines import cue_words
from coach.kept_run import ME, KeptRun
from coach.report.feet_section import FEET_TITLE, feet_parts
from coach.report.load_section import LOAD_TITLE, load_parts
from coach.report.markup import Child, Element, document, e
from coach.report.plan_section import PLAN_TITLE, plan_parts
from coach.report.story import Story, headline, story_of
from coach.report.tables import burst_table, cue_table, stretch_table, trend_table
from coach.report.time_charts import Timeline, activity_strip, keys, measures, time_chart
from coach.report.trend import TrendPoint, trend_chart
from coach.report.wording import UNKNOWN, clock, day, pace, shown
from coach.run_facts import BAND_SPM, EASY_SHARE, LEVEL_PERCENT

NOTICE = "This is training software, not a medical device. It does not diagnose or treat anything."

_NO_REQUESTS = "default-src 'none'; style-src 'unsafe-inline'"
"""The browser itself sees to it that the page asks nothing of any network."""

_NOTICES = {
    CueKind.ON_TARGET: "on-target",
    CueKind.WARNING: "warning",
    CueKind.WALK: "walk",
    CueKind.RUN: "run",
}


def page(run: KeptRun, trend: Sequence[TrendPoint]) -> bytes:
    """The page of a run as HTML in UTF-8.

    Args:
        run: the run.
        trend: the runner's runs up to this one, in the order of time.
    """
    story = story_of(run)
    title = f"Run of {day(run.started)}"
    head = e(
        "head",
        e("meta", charset="utf-8"),
        e("meta", name="viewport", content="width=device-width, initial-scale=1"),
        e("meta", name="color-scheme", content="light dark"),
        e("meta", http_equiv="Content-Security-Policy", content=_NO_REQUESTS),
        e("title", f"{title} · Cadence Coach"),
        e("style", (files(__package__) / "page.css").read_text(encoding="utf-8")),
    )
    body = e(
        "main",
        _head(story, title),
        _over_time(story),
        _plan(run),
        _bursts(story),
        _feet(run),
        _section(LOAD_TITLE, *load_parts(run)),
        _trend(run.started, trend),
        _numbers(story),
        _reading(),
        _foot(run),
    )
    return document(e("html", head, e("body", body), lang="en"))


def _head(story: Story, title: str) -> Element:
    run = story.run
    cut_off = None if run.finished else e("p", "This run was cut off, or still goes on.", class_="note")
    return e(
        "header",
        e("p", "Cadence Coach", class_="brand"),
        e("h1", title, " ", e("small", f"{run.started:%H:%M}")),
        None if run.runner == ME else e("p", "A simulated run: no person ran it.", class_="note"),
        e("p", headline(story), class_="headline"),
        cut_off,
        _tiles(story),
    )


def _tiles(story: Story) -> Element:
    run, summary, share = story.run, story.summary, story.on_target_share
    sounded_s = sum(burst.end_s - burst.start_s for burst in story.bursts)
    own = "" if run.baseline_spm is None else f"your own is {shown(run.baseline_spm, 0)}"
    held = None if share is None else 100.0 * share
    hours = "h" if round(run.duration_s) >= 3600 else "min"
    return e(
        "dl",
        _tile("Cadence", shown(summary.cadence_spm, 1), "spm", "median of the running"),
        _tile(
            "Target", shown(run.target_spm, 0), "spm", "none for this run" if run.target_spm is None else own
        ),
        _tile("On target", shown(held, 0), "%", f"of the easy level running, ±{BAND_SPM:.0f}\u202fspm"),
        _tile(
            "Bursts",
            str(len(story.bursts)),
            "",
            f"{clock(sounded_s)} min of metronome" if sounded_s else "the metronome was silent",
        ),
        _tile("Time", clock(run.duration_s), hours, f"{clock(summary.running_s)} of it running"),
        _tile("Distance", *_distance(story)),
        _tile("Speed", shown(story.speed_m_s, 2), "m/s", _pace(story.speed_m_s)),
        _tile("Step length", shown(story.step_length_m, 2), "m", _why_length(story)),
        class_="tiles",
    )


def _tile(name: str, value: str, unit: str, more: str) -> Element:
    figure = e("dd", value, e("small", unit) if value != UNKNOWN and unit else None, class_="value")
    return e("div", e("dt", name), figure, e("dd", more, class_="more"))


def _distance(story: Story) -> tuple[str, str, str]:
    """The distance, its unit, and of how much of the run it is."""
    summary, metres = story.summary, story.summary.distance_m
    if not math.isfinite(metres) or not len(story.track.start_s):
        return UNKNOWN, "", "the pod tells no length" if len(story.track.start_s) else "no strides were found"
    missing = summary.strides - summary.strides_with_length
    more = f"and {missing} strides of unknown length" if missing else "walking and running"
    value, unit = (metres, "m") if metres < 1000.0 else (metres / 1000.0, "km")
    return shown(value, 0 if unit == "m" else 2), unit, more


def _pace(speed_m_s: float) -> str:
    return pace(speed_m_s) if math.isfinite(speed_m_s) else "not known"


def _why_length(story: Story) -> str:
    return "median of the running" if math.isfinite(story.step_length_m) else "not known"


def _feet(run: KeptRun) -> Element | None:
    parts = feet_parts(run)
    return _section(FEET_TITLE, *parts) if parts else None


def _plan(run: KeptRun) -> Element | None:
    parts = plan_parts(run)
    return _section(PLAN_TITLE, *parts) if parts else None


_OVER_TIME = "The run over time"


def _over_time(story: Story) -> Element:
    run = story.run
    timeline = Timeline(
        track=story.track,
        duration_s=run.duration_s,
        bursts=story.bursts,
        notices=[
            (float(cue["t_s"]), _NOTICES[CueKind(int(cue["kind"]))], cue_words(cue))
            for cue in run.cues
            if cue["kind"] in _NOTICES
        ],
        baseline_spm=run.baseline_spm,
        target_spm=run.target_spm,
    )
    strip = activity_strip(timeline)
    if not story.track.running.any():
        words = "The charts show running, and there is none in this run."
        return _section(_OVER_TIME, strip, keys(timeline, lines=False), e("p", words, class_="none"))
    charts, missing = [], []
    for measure in measures(story.track):
        chart = time_chart(measure, timeline)
        if chart is None:
            missing.append(measure.title.lower())
        else:
            charts.append(chart)
    unknown = None
    if missing:
        words = "Not known in this run, for the pod does not tell it or the signal was bad: "
        unknown = e("p", words, ", ".join(missing), ".", class_="none")
    return _section(_OVER_TIME, keys(timeline, lines=bool(charts)), strip, *charts, unknown)


def _bursts(story: Story) -> Element:
    title = "What each burst did"
    cues: Child = None
    if len(story.run.cues):
        cues = e("details", e("summary", "All that the coach said"), cue_table(story.run.cues))
    if not story.bursts:
        return _section(title, e("p", "The metronome did not sound in this run.", class_="none"), cues)
    return _section(title, burst_table(story.bursts), cues)


def _trend(this: datetime, points: Sequence[TrendPoint]) -> Element:
    title = "Your runs so far"
    if sum(point.cadence_spm is not None for point in points) < 2:
        words = "A trend needs two runs with running in them; it begins with the next one."
        return _section(title, e("p", words, class_="none"))
    table = e("details", e("summary", "The runs as a table"), trend_table(points))
    return _section(title, trend_chart(points, this), table)


def _numbers(story: Story) -> Element | None:
    if not story.track.running.any():
        return None
    return _section("The charts as numbers", stretch_table(story.track, story.run.duration_s))


def _reading() -> Element:
    terms = (
        ("Cadence", "steps of both feet a minute (spm)."),
        (
            "On target",
            f"within {BAND_SPM:.0f}\u202fspm of the target, counted over easy level running: grades up to "
            f"{LEVEL_PERCENT:.0f}\u202f%, speeds within {100 * EASY_SHARE:.0f}\u202f% of the usual one.",
        ),
        ("Stride and step", "a stride is two steps: from a landing of the foot with the pod to its next."),
        (
            "Impact at the shoe",
            "the greatest acceleration of the pod just after landing. It depends on shoe, ground and how "
            "tight the pod sits, and it is not the force on the body. Where the sensor was at its limit the "
            "true value is higher than the one shown.",
        ),
        (
            "Gaps",
            "lines break where the runner walked or stood and where the signal was lost or bad; nothing is "
            "filled in. Single strides off the scale, such as the first after a rest, are cut off.",
        ),
    )
    notes = [e("div", e("dt", term), e("dd", words)) for term, words in terms]
    return _section("How to read this page", e("dl", *notes, class_="terms"))


def _foot(run: KeptRun) -> Element:
    parts = [f"run {run.run_id}", run.pod and f"pod {run.pod}", run.device]
    if run.recording:
        parts.append(PurePath(run.recording).name)
    return e(
        "footer",
        e("p", NOTICE, class_="notice"),
        e("p", " · ".join(part for part in parts if part)),
    )


def _section(title: str, *children: Child) -> Element:
    name = title.lower().replace(" ", "-")
    return e("section", e("h2", title, id=name), *children, aria_labelledby=name)
