"""What a live run shows on a terminal: the cadence in digits that are read at arm's length, and the rest.

A pure function of a state, drawn anew several times a second by whoever holds the terminal. Every line has
its place from the first picture on, so nothing jumps. Bold and dim are the only styles: they hold on light
and on dark.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cadence.stride import Activity
from coach.cli.view import UNKNOWN, shown, span
from firmware_bridge.readings import Losses

NARROW_COLUMNS = 56
"""Below it the cadence stands in a line of text: big digits and what stands beside them need this much."""
_LABEL_COLUMNS = 9
_NUMBER_COLUMNS = 12

_DIGIT_PIXELS = {
    "0": ("#####", "#...#", "#...#", "#...#", "#...#", "#...#", "#####"),
    "1": ("..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."),
    "2": ("#####", "....#", "....#", "#####", "#....", "#....", "#####"),
    "3": ("#####", "....#", "....#", ".####", "....#", "....#", "#####"),
    "4": ("#...#", "#...#", "#...#", "#####", "....#", "....#", "....#"),
    "5": ("#####", "#....", "#....", "#####", "....#", "....#", "#####"),
    "6": ("#####", "#....", "#....", "#####", "#...#", "#...#", "#####"),
    "7": ("#####", "....#", "....#", "...#.", "..#..", "..#..", "..#.."),
    "8": ("#####", "#...#", "#...#", "#####", "#...#", "#...#", "#####"),
    "9": ("#####", "#...#", "#...#", "#####", "....#", "....#", "#####"),
    UNKNOWN: (".....", ".....", ".....", "#####", ".....", ".....", "....."),
}
"""Rows of five pixels; a pixel is a row of the terminal high and two columns wide, about a square."""
_DIGIT_ROWS = len(_DIGIT_PIXELS["0"])

_ACTIVITY_WORDS = {
    Activity.UNKNOWN: UNKNOWN,
    Activity.STATIONARY: "standing",
    Activity.WALKING: "walking",
    Activity.RUNNING: "running",
}


@dataclass(frozen=True, slots=True)
class LiveState:
    """A moment of a run. A number that is not known is NaN, or None.

    Attributes:
        pod: as the user named it.
        elapsed_s: since the run began.
        cadence_spm: steps of both feet a minute.
        target_spm: None where there is none.
        activity: what the runner does.
        stride_length_m: contact to next contact of the same foot.
        contact_time_s: on the ground.
        impact_g: peak acceleration after contact.
        clipped: the sensor was at its limit: `impact_g` is a lower bound.
        speed_m_s: of the runner.
        distance_m: so far.
        strides: so far.
        link: how the link stands, a few words.
        link_path: which way the bytes go, as of `Link`.
        quality_percent: of the last seconds' packets, those that arrived well.
        battery_percent: of the pod.
        losses: counted so far.
        recording: where the run is kept; None when it is not.
        recording_failed: why no more is kept, a plain line; None while all is well.
    """

    pod: str
    elapsed_s: float
    cadence_spm: float
    target_spm: float | None
    activity: Activity
    stride_length_m: float
    contact_time_s: float
    impact_g: float
    clipped: bool
    speed_m_s: float
    distance_m: float
    strides: int
    link: str
    link_path: str
    quality_percent: float
    battery_percent: int | None
    losses: Losses
    recording: str | None
    recording_failed: str | None = None


def losses_words(losses: Losses) -> str:
    """What was not received, or not well, in plain words; empty when nothing is amiss."""
    parts = (
        (losses.bad_packets.total(), "damaged", "damaged"),
        (losses.lost_frames, "lost", "lost"),
        # Samples that were missed without a lost packet being known: pods that do not number them.
        (0 if losses.lost_frames else losses.lost_samples, "sample missed", "samples missed"),
        (losses.duplicates, "double", "double"),
        (losses.late, "late", "late"),
        (losses.unplaced, "unused", "unused"),
        (losses.overflow_packets, "dropped by this machine", "dropped by this machine"),
        (losses.disconnects, "reconnect", "reconnects"),
        (losses.stalls, "stall", "stalls"),
        (losses.restarts, "restart of the pod", "restarts of the pod"),
        (losses.clock_faults, "leap of the pod's clock", "leaps of the pod's clock"),
    )
    return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in parts if count)


def live_view(state: LiveState) -> RenderableType:
    """The picture of a moment, for any width."""
    return _LiveView(state)


@dataclass(frozen=True, slots=True)
class _LiveView:
    state: LiveState

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        state = self.state
        wide = options.max_width >= NARROW_COLUMNS
        big = wide and not options.ascii_only
        cadence = _big_cadence(state) if big else _cadence_line(state)
        rows = (_head(state), Text(), cadence, Text(), _numbers(state, wide), Text(), _foot(state))
        yield Padding(Group(*rows), (0, 1))


def _head(state: LiveState) -> Text:
    """The pod's name stands last: on a narrow terminal it is what may be cut."""
    words = f"{span(state.elapsed_s)}   {_ACTIVITY_WORDS[state.activity]}   "
    return Text.assemble(words, (state.pod, "bold"), no_wrap=True, overflow="ellipsis")


def _big_cadence(state: LiveState) -> Table:
    """The digits, and beside their feet the unit and the target."""
    digits = [_DIGIT_PIXELS.get(digit) for digit in shown(state.cadence_spm, 0).rjust(3)]
    blank = "." * len(_DIGIT_PIXELS["0"][0])
    lines = []
    for row in range(_DIGIT_ROWS):
        pixels = ".".join(blank if digit is None else digit[row] for digit in digits)
        lines.append(pixels.replace("#", "██").replace(".", "  "))
    beside = ["spm", *_target_words(state)]
    above = [""] * (_DIGIT_ROWS - len(beside))
    picture = Table.grid(padding=(0, 3, 0, 0))
    picture.add_column(no_wrap=True)
    picture.add_column(no_wrap=True)
    picture.add_row(Text("\n".join(lines), style="bold"), Text("\n".join([*above, *beside])))
    return picture


def _cadence_line(state: LiveState) -> Text:
    words = ", ".join(_target_words(state))
    return Text.assemble((_with_unit(state.cadence_spm, 0, "spm"), "bold"), f"   {words}")


def _target_words(state: LiveState) -> tuple[str, ...]:
    if state.target_spm is None:
        return ()
    target = f"target {_with_unit(state.target_spm, 0, 'spm')}"
    if not math.isfinite(state.cadence_spm):
        return (target,)
    # Of the whole numbers that are shown, so that the three agree.
    above = round(state.cadence_spm) - round(state.target_spm)
    return target, "on target" if above == 0 else f"{abs(above)} spm {'above' if above > 0 else 'below'}"


def _numbers(state: LiveState, wide: bool) -> Table:
    """The runner's numbers and the pod's: side by side, or one under the other."""
    impact = _with_unit(state.impact_g, 1, "g")
    if state.clipped and impact != UNKNOWN:
        impact = f"≥{impact}"  # the sensor was at its limit
    runner = (
        ("stride", _with_unit(state.stride_length_m, 2, "m")),
        ("contact", _with_unit(1000 * state.contact_time_s, 0, "ms")),
        ("impact", impact),
        ("speed", _with_unit(state.speed_m_s, 2, "m/s")),
        ("distance", _with_unit(state.distance_m, 0, "m")),
    )
    pod = (
        ("link", state.link),
        ("by", state.link_path),
        ("quality", _with_unit(state.quality_percent, 0, "%")),
        ("battery", _with_unit(state.battery_percent, 0, "%")),
        ("strides", str(state.strides)),
    )
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(2 if wide else 1):
        grid.add_column(style="dim", no_wrap=True, min_width=_LABEL_COLUMNS)
        grid.add_column(no_wrap=True, overflow="ellipsis", min_width=_NUMBER_COLUMNS)
    if wide:
        for left, right in zip(runner, pod, strict=True):
            grid.add_row(*left, right[0], Text(right[1]))
    else:
        for name, value in (*runner, *pod):
            grid.add_row(name, Text(value))
    return grid


def _foot(state: LiveState) -> Table:
    """What comes and goes stands last, so that nothing else moves."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True, min_width=_LABEL_COLUMNS)
    grid.add_column(overflow="fold")
    if state.recording_failed is not None:
        grid.add_row("", Text(state.recording_failed, style="bold"))
    elif state.recording is not None:
        grid.add_row("recording", Text(state.recording))
    if words := losses_words(state.losses):
        grid.add_row("losses", Text(words))
    return grid


def _with_unit(value: float | None, decimals: int, unit: str) -> str:
    number = shown(value, decimals)
    return number if number == UNKNOWN else f"{number} {unit}"
