"""The picture of a recording that a developer opens first: what was found, and the signal it was found in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2
from cadence.stride import Activity
from coach.files import written_whole
from coach.plot_style import FAINT, INK, STYLE, UNDATED
from coach.signal_view import Outline, Window, pitch_rate_rad_s
from coach.stride_spans import stride_spans_s

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

_SIGNAL = "#5b7083"
_COLOURS = {Activity.RUNNING: "#d9480f", Activity.WALKING: "#1971c2"}
_EVENTS = (
    ("t_contact_s", "contact", "#d9480f", "v"),
    ("t_mid_stance_s", "mid-stance", "#2b8a3e", "o"),
    ("t_toe_off_s", "toe-off", "#6741d9", "^"),
)
_TOUCHING_S = 0.05


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn.

    Attributes:
        title: a line above it all.
        duration_s: length of the recording.
        strides: STRIDE, shape (n,).
        outline: of the whole recording.
        window: the seconds shown in full.
    """

    title: str
    duration_s: float
    strides: NDArray[np.void]
    outline: Outline
    window: Window


def draw(picture: Picture, path: Path) -> None:
    """Write the picture as PNG or SVG, by the path's ending (one of FORMATS).

    Raises:
        OSError: the file cannot be written.
    """
    # Imported here, for it takes half a second. A figure of its own, without pyplot, looks for no
    # window system and leaves no global state behind.
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(12, 13), dpi=110, layout=ConstrainedLayoutEngine(h_pad=0.08, hspace=0.04))
        figure.suptitle(picture.title, x=0.01, ha="left", fontsize=15, fontweight="bold", parse_math=False)
        grid = figure.add_gridspec(5, 1, height_ratios=(1.1, 1, 1, 1.5, 1.5))
        overview = figure.add_subplot(grid[0])
        cadence = figure.add_subplot(grid[1], sharex=overview)
        length = figure.add_subplot(grid[2], sharex=overview)
        acceleration = figure.add_subplot(grid[3])
        rotation = figure.add_subplot(grid[4], sharex=acceleration)
        _draw_overview(overview, picture)
        _draw_over_time(cadence, picture, "cadence_spm", "Cadence, steps of both feet", "steps/min", 20)
        _draw_over_time(length, picture, "stride_length_m", "Stride length", "m", 0.4)
        _draw_acceleration(acceleration, picture)
        _draw_rotation(rotation, picture)
        for axes in (overview, cadence, acceleration):
            axes.tick_params(labelbottom=False)
        length.set_xlabel("time, s")
        rotation.set_xlabel("time, s")
        kind = path.suffix[1:].lower()
        with written_whole(path) as file:
            figure.savefig(file, format=kind, metadata=UNDATED[kind])


def _draw_overview(axes: Axes, picture: Picture) -> None:
    outline, window = picture.outline, picture.window
    for start, end, activity in _bouts(picture.strides):
        axes.axvspan(start, end, color=_COLOURS[activity], alpha=0.15, linewidth=0, zorder=0.5)
    low, high = outline.low / GRAVITY_M_S2, outline.high / GRAVITY_M_S2
    filled = np.flatnonzero(np.isfinite(high))
    # A slow sensor leaves empty bins between its samples; only a hole of a second is one.
    hole = np.flatnonzero(np.diff(filled) * outline.bin_us > 1_000_000) + 1
    t_s = np.insert((filled + 0.5) * outline.bin_us / 1e6, hole, np.nan)
    low, high = (np.insert(band[filled], hole, np.nan) for band in (low, high))
    axes.fill_between(t_s, low, high, color=_SIGNAL, linewidth=0.5, edgecolor=_SIGNAL)
    axes.axvspan(window.start_s, window.end_s, facecolor="none", edgecolor=INK, linewidth=1.3, zorder=5)
    _name(axes, "Acceleration of the whole recording", "g")
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, max(picture.duration_s, 1e-3))
    axes.legend(
        handles=_activity_keys(), loc="lower right", bbox_to_anchor=(1, 1), ncols=3, borderaxespad=0.1
    )


def _draw_over_time(
    axes: Axes, picture: Picture, field: str, title: str, unit: str, narrowest: float
) -> None:
    strides = picture.strides
    for activity, colour in _COLOURS.items():
        chosen = strides[(strides["activity"] == activity) & np.isfinite(strides[field])]
        good = chosen["good"]
        axes.plot(chosen["t_contact_s"][good], chosen[field][good], ".", color=colour, markersize=4)
        axes.plot(
            chosen["t_contact_s"][~good], chosen[field][~good], "x", color=colour, markersize=4, alpha=0.6
        )
    bad = not strides["good"].all()
    _name(axes, f"{title} (× where the signal was bad)" if bad else title, unit)
    low, high = axes.get_ylim()
    spare = max(0.0, narrowest - (high - low)) / 2  # else a steady run looks wild
    axes.set_ylim(low - spare, high + spare)
    if not np.isfinite(strides[field]).any():
        _say(axes, "not known in this recording" if len(strides) else "no stride was found")


def _draw_acceleration(axes: Axes, picture: Picture) -> None:
    window = picture.window
    magnitude_g = np.linalg.norm(window.motion[:, :3], axis=1) / GRAVITY_M_S2
    axes.plot(window.t_s, magnitude_g, color=_SIGNAL, linewidth=1.2)
    _name(axes, f"Acceleration, magnitude, from {window.start_s:.1f} to {window.end_s:.1f} s", "g")
    axes.set_ylim(bottom=0)
    axes.set_xlim(window.start_s, max(window.end_s, window.start_s + 1e-3))
    _mark_events(axes, picture, magnitude_g)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, borderaxespad=0.1)


def _draw_rotation(axes: Axes, picture: Picture) -> None:
    window = picture.window
    rate_dps = np.degrees(pitch_rate_rad_s(window.t_s, window.motion[:, 3:], picture.strides))
    axes.plot(window.t_s, rate_dps, color=_SIGNAL, linewidth=1.2)
    _name(axes, "Pitch rate of the foot, toes up is positive", "deg/s")
    if not np.isfinite(rate_dps).any():
        _say(axes, "this recording has no gyroscope")
        return
    axes.axhline(0, color=FAINT, linewidth=1)
    _mark_events(axes, picture, rate_dps)


def _mark_events(axes: Axes, picture: Picture, values: NDArray[np.float64]) -> None:
    """Each event as a mark on the curve and a line through the panel; the stances shaded."""
    window = picture.window
    known = np.isfinite(values)
    if not known.any():
        return
    end = picture.strides["t_toe_off_s"]
    start = end - picture.strides["contact_time_s"]
    inside = (end > window.start_s) & (start < window.end_s)
    for index, (first, last) in enumerate(zip(start[inside], end[inside], strict=True)):
        name = "_" if index else "stance"  # one entry in the legend for all
        axes.axvspan(first, last, color=FAINT, alpha=0.35, linewidth=0, zorder=0.5, label=name)
    for field, name, colour, marker in _EVENTS:
        t_s = picture.strides[field]
        t_s = t_s[(t_s >= window.start_s) & (t_s <= window.end_s)]
        for instant in t_s:
            axes.axvline(instant, color=colour, linewidth=0.8, alpha=0.35, zorder=1)
        heights = np.interp(t_s, window.t_s[known], values[known])
        axes.plot(t_s, heights, marker, color=colour, markersize=6, label=name, zorder=4)


def _bouts(strides: NDArray[np.void]) -> list[tuple[float, float, Activity]]:
    """The strides' spans, each joined to the next of the same activity that it touches."""
    bouts: list[tuple[float, float, Activity]] = []
    for (start, end), code in zip(
        stride_spans_s(strides).tolist(), strides["activity"].tolist(), strict=True
    ):
        activity = Activity(code)
        if bouts and bouts[-1][2] is activity and start - bouts[-1][1] < _TOUCHING_S:
            start = bouts.pop()[0]
        bouts.append((start, end, activity))
    return bouts


def _activity_keys() -> list[Artist]:
    from matplotlib.patches import Patch

    keys: list[Artist] = [
        Patch(color=colour, alpha=0.3, label=activity.name.lower()) for activity, colour in _COLOURS.items()
    ]
    return [*keys, Patch(facecolor="none", edgecolor=INK, label="shown below in full")]


def _name(axes: Axes, title: str, unit: str) -> None:
    axes.set_title(title)
    axes.set_ylabel(unit)


def _say(axes: Axes, words: str) -> None:
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=_SIGNAL)
    axes.set_yticks([])
