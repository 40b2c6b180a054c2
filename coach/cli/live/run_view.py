"""A run as people read it, live or replayed: a summary, a table of strides, one line a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.table import Table
from rich.text import Text

from cadence.stride import Activity, Side
from coach.cli.live.view import losses_words
from coach.cli.view import UNKNOWN, clock, console, shown, span, table
from coach.cue_files import heard_cues
from coach.plan.kept import kept_words
from coach.stride_files import sensors
from coach.summary import Summary
from coach.two_feet.words import sentences

if TYPE_CHECKING:
    from coach.replay import Replay
    from firmware_bridge.source import Described

_FEW = 30  # strides; of more, the first and the last are shown
_ENDS = 12

_COLUMNS: tuple[tuple[str, str, float, int], ...] = (
    ("t_contact_s", "contact\nat s", 1, 2),
    ("cadence_spm", "cadence\nspm", 1, 1),
    ("contact_time_s", "contact\nms", 1000, 0),
    ("flight_time_s", "flight\nms", 1000, 0),
    ("stride_length_m", "length\nm", 1, 2),
    ("speed_m_s", "speed\nm/s", 1, 2),
    ("climb_m", "climb\nm", 1, 2),
    ("strike_angle_deg", "strike\n°", 1, 0),
    ("impact_g", "impact\ng", 1, 1),
)
"""Field of the stride record, head, factor to the unit in the head, decimals."""


def print_replay(source: Described, replay: Replay) -> None:
    """The summary and the strides of one recording."""
    out = console()
    out.print(_summary(source, replay))
    if len(replay.strides):
        out.print()
        out.print(_stride_table(replay.strides))
    if replay.coached:
        out.print()
        out.print(cue_table(replay))


def print_run(source: Described, replay: Replay) -> None:
    """The summary of a run that has just ended."""
    console().print(_summary(source, replay, live=True))


def cadence_words(summary: Summary) -> str:
    """The cadence of the running, or nothing when there is none."""
    return f"{summary.cadence_spm:.1f} spm" if np.isfinite(summary.cadence_spm) else ""


def distance_words(summary: Summary) -> str:
    """The distance, or nothing when it is not known."""
    return f"{summary.distance_m:.0f} m" if np.isfinite(summary.distance_m) else ""


def _summary(source: Described, replay: Replay, *, live: bool = False) -> Table:
    summary, counters = replay.summary, replay.counters
    lines = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    lines.add_column(style="dim", no_wrap=True)
    lines.add_column(overflow="fold")
    lines.add_row("run" if live else "recording", Text(source.path, style="bold"))
    if replay.device:
        lines.add_row("pod", Text(replay.device))
    lines.add_row("", ", ".join([source.format, *_samples(source, replay), span(counters.duration_s)]))
    if replay.updates:
        lines.add_row("strides", "none: the pod tells cadence and speed alone")
    else:
        lines.add_row(
            "strides", f"{summary.strides}, {summary.running_strides} of them running{_feet(replay)}"
        )
    lines.add_row("cadence", f"{cadence_words(summary) or UNKNOWN} (median of the running)")
    lines.add_row("distance", _distance(summary))
    parts = (
        (summary.stationary_s, "standing"),
        (summary.walking_s, "walking"),
        (summary.running_s, "running"),
        (summary.unknown_s, "not known"),
    )
    lines.add_row("time", ", ".join(f"{span(part)} {name}" for part, name in parts))
    if replay.plan is not None:
        lines.add_row("plan", kept_words(replay.plan))
    if replay.asymmetry is not None:
        for label, words in zip(("left, right", ""), sentences(replay.asymmetry), strict=False):
            lines.add_row(label, words)
    lines.add_row("losses", losses(replay))
    for note in source.notes:
        lines.add_row("note", Text(note))
    return lines


def _feet(replay: Replay) -> str:
    """What was found of each foot, where both carried a pod: the numbers are of one foot at a time."""
    if replay.asymmetry is None:
        return ""
    left, right = ((replay.strides["side"] == side).sum() for side in (Side.LEFT, Side.RIGHT))
    return f" (one foot at a time; found on the left {left}, on the right {right})"


def _samples(source: Described, replay: Replay) -> list[str]:
    count = replay.counters.samples
    if not count:
        return []
    return [sensors(source).replace("+", " and "), f"{count} samples at {source.rate_hz:.1f} Hz"]


def _distance(summary: Summary) -> str:
    words = distance_words(summary) or UNKNOWN
    if summary.strides_with_length < summary.strides:
        words += f" (a length is known of {summary.strides_with_length} of {summary.strides} strides)"
    return words


def losses(replay: Replay) -> str:
    """What was lost or doubtful in a recording, in words."""
    counters, summary = replay.counters, replay.summary
    missing = f" ({counters.missing_samples} samples missing)" if counters.missing_samples else ""
    parts = (
        (counters.clipped_samples, "clipped sample", ""),
        (counters.gaps, "gap", missing),
        (summary.bad_strides, "stride", " with a bad signal"),
    )
    told = [f"{count} {name}{'' if count == 1 else 's'}{more}" for count, name, more in parts if count]
    if replay.losses is not None and (link := losses_words(replay.losses)):
        told.append(f"on the link: {link}")
    return ", ".join(told) or "none"


def _stride_table(strides: NDArray[np.void]) -> Table:
    rows = table()
    for _, head, _, _ in _COLUMNS:
        rows.add_column(head, justify="right", no_wrap=True)
    if both := len(np.unique(strides["side"])) > 1:
        rows.add_column("\nfoot", no_wrap=True)
        strides = strides[np.argsort(strides["t_contact_s"], kind="stable")]
    rows.add_column("\nactivity", no_wrap=True)
    rows.add_column("\nsignal", no_wrap=True)
    few = len(strides) <= _FEW
    for stride in strides if few else strides[:_ENDS]:
        rows.add_row(*_stride_row(stride, both))
    if not few:
        rows.add_section()
        rows.add_row("⋮", *[""] * (len(rows.columns) - 3), f"{len(strides) - 2 * _ENDS} more", "")
        rows.add_section()
        for stride in strides[-_ENDS:]:
            rows.add_row(*_stride_row(stride, both))
        rows.caption = "--json and --csv OUT.csv give every stride"
    return rows


def _stride_row(stride: np.void, with_foot: bool) -> list[str | Text]:
    cells: list[str | Text] = []
    for field, _, factor, decimals in _COLUMNS:
        cell = shown(float(stride[field]) * factor, decimals)
        if field == "impact_g" and stride["clipped"] and cell != UNKNOWN:
            cell = f"≥{cell}"  # the sensor was at its limit
        cells.append(cell)
    if with_foot:
        cells.append(Side(int(stride["side"])).name.lower())
    running = stride["activity"] == Activity.RUNNING
    cells.append(Text("running" if running else "walking", style="" if running else "dim"))
    cells.append(Text("good", style="dim") if stride["good"] else Text("bad", style="yellow"))
    return cells


def cue_table(replay: Replay) -> Table | Text:
    """What the coach said, a line each."""
    cues = heard_cues(replay.cues, replay.counters.duration_s)
    if not cues:
        return Text("cues: none")
    rows = table()
    rows.add_column("cue\nat", justify="right", no_wrap=True)
    rows.add_column("\ncue", no_wrap=True)
    rows.add_column("tempo\nspm", justify="right", no_wrap=True)
    rows.add_column("for\ns", justify="right", no_wrap=True)
    rows.add_column("\nwhy", no_wrap=True)
    for cue in cues:
        tempo = shown(cue["tempo_spm"], 0)
        lasted = shown(cue["t_end_s"] - cue["t_s"], 0) if "t_end_s" in cue else UNKNOWN
        why = cue["reason"].replace("_", " ")
        rows.add_row(clock(cue["t_s"]), cue["kind"].replace("_", " "), tempo, lasted, why)
    return rows


def overview_row(source: Described, replay: Replay) -> list[str]:
    """One recording as a line of `print_overview`."""
    summary, counters = replay.summary, replay.counters
    return [
        source.path,
        clock(counters.duration_s),
        str(summary.strides),
        shown(summary.cadence_spm, 1),
        shown(summary.distance_m, 0),
        clock(summary.stationary_s),
        clock(summary.walking_s),
        clock(summary.running_s),
        str(counters.clipped_samples),
        str(counters.gaps),
    ]


def print_overview(rows: Sequence[Sequence[str]]) -> None:
    """One line a recording; a path too long for the terminal is cut."""
    overview = table()
    overview.add_column("\nrecording", overflow="ellipsis", no_wrap=True)
    heads = (
        "length\nmin:s", "\nstrides", "cadence\nspm", "distance\nm", "standing\nmin:s", "walking\nmin:s",
        "running\nmin:s", "clipped\nsamples", "\ngaps",
    )  # fmt: skip
    for head in heads:
        overview.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        overview.add_row(Text(row[0]), *row[1:])
    console().print(overview)
