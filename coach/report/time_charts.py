"""The charts of a run over its time, one above the other on one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cadence.stride import Activity
from coach.report.bursts import Burst
from coach.report.curve import Curve, curve_of, mean_s, running_mean, thinned
from coach.report.frame import HEIGHT, WIDTH, Scale, band, framed, level, line, scale_of, shade
from coach.report.markup import Child, Element, e
from coach.report.scale import times
from coach.report.wording import clock, shown
from coach.run_facts import BAND_SPM
from coach.track import TOUCHING_S, Floats, Track

_USUAL_PERCENT = (1.0, 99.0)
"""Between these percentiles of the single strides lies the scale: a start or a stumble must not flatten
the rest."""
_WHISKER = 16.0
"""In units of the plot: how far the mark of a lower bound points upward."""
_HOLE_S = 2.0
"""A shorter hole is none in the signal: the last stride of a run is not closed. Our choice."""
_SHORTEST = 0.0015
"""Of the width: a shorter stretch of bad signal is widened to it, else it would not be seen."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a chart shows.

    Attributes:
        title, unit: for people.
        values: of the rows of the track, in that unit.
        decimals: for a single value.
        narrowest: span of the scale.
    """

    title: str
    unit: str
    values: Floats
    decimals: int
    narrowest: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """What all the charts of a run share.

    Attributes:
        track: of the run.
        duration_s: of the run.
        bursts: of the metronome.
        notices: when the coach said something else, and what.
        baseline_spm, target_spm: None where there was none.
    """

    track: Track
    duration_s: float
    bursts: Sequence[Burst]
    notices: Sequence[tuple[float, str, str]]
    baseline_spm: float | None
    target_spm: float | None


def measures(track: Track) -> list[Measure]:
    """All that has a chart."""
    return [
        Measure("Cadence", "steps of both feet a minute", track.cadence_spm, 1, 12.0),
        Measure("Speed", "m/s", track.speed_m_s, 2, 0.6),
        Measure("Stride length", "m, two steps", track.stride_length_m, 2, 0.3),
        Measure("Contact time", "ms on the ground, each step", 1000.0 * track.contact_time_s, 0, 40.0),
        Measure("Impact at the shoe", "g, peak at each landing", track.impact_g, 1, 4.0),
    ]


def activity_strip(timeline: Timeline) -> Element:
    """When the runner ran, walked and stood, as a strip over the charts."""
    track = timeline.track
    scale = Scale(0.0, 1.0, timeline.duration_s)
    parts = _bouts(track)
    parts += [(start, end, "standing") for start, end in track.still_s.tolist()]
    parts += [(start, end, "unknown") for start, end in _doubtful(timeline)]
    said = sorted({name for _, _, name in parts})
    strip = e(
        "div",
        *(
            shade(start, end, scale, name, f"{_SAID.get(name, name)}, {clock(start)} to {clock(end)}")
            for start, end, name in parts
        ),
        class_="strip",
        role="img",
        aria_label="What was done when: " + ", ".join(_SAID.get(name, name) for name in said),
    )
    return e("div", strip, class_="frame")


_SAID = {"unknown": "signal lost or bad"}


def time_chart(measure: Measure, timeline: Timeline) -> Element | None:
    """One measure over the time of the run; None where nothing is known of it."""
    track = timeline.track
    curve = curve_of(track, measure.values)
    head = e("figcaption", e("h3", measure.title), e("span", measure.unit, class_="unit"))
    if not len(curve):
        return None
    is_cadence = measure.values is track.cadence_spm
    is_impact = measure.values is track.impact_g
    mean = running_mean(curve, mean_s(timeline.duration_s))
    bounds = curve_of(track, np.where(track.clipped, measure.values, np.nan)) if is_impact else None
    scale = _scale(measure, curve, mean, timeline, is_cadence, bounds)
    marks: list[Child] = []
    if is_cadence:
        marks += _marks_of_aim(timeline, scale)
    marks.append(line(thinned(curve, timeline.duration_s), scale, "each"))
    if bounds is not None and len(bounds):
        marks += _mean_with_bounds(track, curve, mean, timeline.duration_s, scale)
        marks.append(_whiskers(thinned(bounds, timeline.duration_s), scale))
    else:
        marks.append(line(thinned(mean, timeline.duration_s), scale, "mean"))
    frame = framed(
        scale,
        marks,
        across=times(timeline.duration_s),
        label=_told(measure, curve, mean, bounds),
        under=list(_shades(timeline, scale)),
        over=list(_chips(timeline, scale)) if is_cadence else (),
    )
    own_keys = _aim_keys(timeline) if is_cadence else _bound_keys(bounds)
    if own_keys is not None:
        head.append(own_keys)
    return e("figure", head, frame, class_="chart cadence" if is_cadence else "chart")


def keys(timeline: Timeline, *, lines: bool) -> Element:
    """What the marks mean that all charts share; `lines`, whether there are charts."""
    each = "every reading" if (timeline.track.strides != 1.0).any() else "every stride"
    items = (
        [_key("mean", f"mean of {mean_s(timeline.duration_s):.0f} s"), _key("each", each)] if lines else []
    )
    if timeline.bursts:
        items.append(_key("burst", "the metronome sounds"))
    if _doubtful(timeline):
        items.append(_key("unknown", "signal lost or bad"))
    names = {name for _, _, name in _bouts(timeline.track)}
    items += [_key(name, name) for name in ("running", "walking") if name in names]
    if len(timeline.track.still_s):
        items.append(_key("standing", "standing"))
    return e("ul", *items, class_="keys")


def _key(class_: str, words: str) -> Element:
    return e("li", e("i", class_=f"key {class_}", aria_hidden="true"), words)


def _aim_keys(timeline: Timeline) -> Element | None:
    items = []
    if timeline.target_spm is not None:
        items.append(_key("target", f"target {shown(timeline.target_spm, 0)} ± {BAND_SPM:.0f}"))
    if timeline.baseline_spm is not None:
        items.append(_key("baseline", f"your own {shown(timeline.baseline_spm, 0)}"))
    return e("ul", *items, class_="keys") if items else None


def _bound_keys(bounds: Curve | None) -> Element | None:
    if bounds is None or not len(bounds):
        return None
    words = f"at least this much: {len(bounds)} at the sensor's limit; dashes: a mean of such"
    return e("ul", _key("bound", words), class_="keys")


def _scale(
    measure: Measure, curve: Curve, mean: Curve, timeline: Timeline, is_cadence: bool, bounds: Curve | None
) -> Scale:
    """The scale on which all that is usual lies, the aim, and every lower bound."""
    seen = [*np.percentile(curve.value, _USUAL_PERCENT), *np.percentile(mean.value, _USUAL_PERCENT)]
    if is_cadence and timeline.target_spm is not None:
        seen += [timeline.target_spm - BAND_SPM, timeline.target_spm + BAND_SPM]
    if is_cadence and timeline.baseline_spm is not None:
        seen.append(timeline.baseline_spm)
    if bounds is not None:
        seen += bounds.value.tolist()
    return scale_of(map(float, seen), narrowest=measure.narrowest, end=timeline.duration_s)


def _marks_of_aim(timeline: Timeline, scale: Scale) -> Iterator[Element]:
    target_spm, baseline_spm = timeline.target_spm, timeline.baseline_spm
    if target_spm is not None:
        yield band(target_spm - BAND_SPM, target_spm + BAND_SPM, scale, "target")
        yield level(target_spm, scale, "target-line")
    if baseline_spm is not None:
        yield level(baseline_spm, scale, "baseline")


def _mean_with_bounds(
    track: Track, curve: Curve, mean: Curve, duration_s: float, scale: Scale
) -> Iterator[Element | None]:
    """A mean that any clipped stride went into is a lower bound itself, and is drawn as one."""
    clipped = curve_of(track, np.where(np.isfinite(track.impact_g), track.clipped.astype(np.float64), np.nan))
    bound = running_mean(clipped, mean_s(duration_s)).value > 0.0
    turned = np.concatenate([[0], np.cumsum(np.diff(bound) != 0)])
    parts = Curve(mean.t_s, mean.value, mean.piece + turned)
    for chosen, class_ in ((~bound, "mean"), (bound, "mean bound")):
        part = Curve(parts.t_s[chosen], parts.value[chosen], parts.piece[chosen])
        yield line(thinned(part, duration_s), scale, class_)


def _whiskers(bounds: Curve, scale: Scale) -> Element:
    x = bounds.t_s / max(scale.end, 1e-9) * WIDTH
    y = (scale.high - bounds.value) / (scale.high - scale.low) * HEIGHT
    parts = (
        f"M{across:.1f} {down:.1f}v-{_WHISKER:g}" for across, down in zip(x.tolist(), y.tolist(), strict=True)
    )
    return e("path", d="".join(parts), class_="whisker")


def _told(measure: Measure, curve: Curve, mean: Curve, bounds: Curve | None) -> str:
    low, high = (shown(float(value), measure.decimals) for value in (mean.value.min(), mean.value.max()))
    middle = shown(float(curve.value.mean()), measure.decimals)
    words = f"{measure.title} over time, {measure.unit}: from {low} to {high}, {middle} in the mean"
    if bounds is None or not len(bounds):
        return words
    return f"{words}; {len(bounds)} single values are lower bounds"


def _shades(timeline: Timeline, scale: Scale) -> Iterator[Element]:
    for number, burst in enumerate(timeline.bursts, 1):
        words = f"burst {number}, {clock(burst.start_s)} to {clock(burst.end_s)}"
        yield shade(burst.start_s, burst.end_s, scale, "burst", words)
    for start, end in _doubtful(timeline):
        yield shade(start, end, scale, "unknown", f"signal lost or bad, {clock(start)} to {clock(end)}")


def _chips(timeline: Timeline, scale: Scale) -> Iterator[Element]:
    """The numbers of the bursts and the signs of the other cues over the cadence."""
    crowd = " many" if len(timeline.bursts) > 12 else ""
    for number, burst in enumerate(timeline.bursts, 1):
        tempo = "" if np.isnan(burst.tempo_spm) else f" at {burst.tempo_spm:.0f}"
        yield e(
            "span",
            str(number),
            class_=f"chip burst{crowd}",
            style=f"left:{100 * scale.across((burst.start_s + burst.end_s) / 2):.3f}%",
            title=f"{clock(burst.start_s)}: {'quicker' if burst.up else 'slower'} steps{tempo}",
        )
    for t_s, class_, words in timeline.notices:
        yield e(
            "span",
            _SIGNS[class_],
            class_=f"chip low {class_}",
            style=f"left:{100 * scale.across(t_s):.3f}%",
            title=f"{clock(t_s)}: {words}",
        )


_SIGNS = {"on-target": "✓", "warning": "!", "walk": "W", "run": "R"}


def _doubtful(timeline: Timeline) -> list[tuple[float, float]]:
    """When nothing is known, or what is known cannot be trusted; a short one is widened to be seen."""
    track = timeline.track
    bad = np.stack([track.start_s[~track.good], track.end_s[~track.good]], axis=1)
    holes = track.unknown_s[np.diff(track.unknown_s, axis=1)[:, 0] >= _HOLE_S]
    spans = np.concatenate([holes, bad])
    least_s = _SHORTEST * timeline.duration_s
    joined: list[tuple[float, float]] = []
    for start, end in spans[np.argsort(spans[:, 0], kind="stable")].tolist():
        end = max(end, start + least_s)
        if joined and start - joined[-1][1] <= TOUCHING_S:
            start, end = joined[-1][0], max(joined.pop()[1], end)
        joined.append((start, end))
    return joined


def _bouts(track: Track) -> list[tuple[float, float, str]]:
    """Rows of one activity that touch, as one."""
    if not len(track.start_s):
        return []
    apart = (np.diff(track.activity) != 0) | (track.start_s[1:] - track.end_s[:-1] > TOUCHING_S)
    first = np.concatenate([[0], np.flatnonzero(apart) + 1])
    last = np.concatenate([first[1:], [len(track.start_s)]]) - 1
    return [
        (start, end, Activity(code).name.lower())
        for start, end, code in zip(
            track.start_s[first].tolist(), track.end_s[last].tolist(), track.activity[first].tolist(),
            strict=True,
        )
    ]  # fmt: skip
