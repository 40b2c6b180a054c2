"""What a live run shows on a terminal: the cadence in digits that are read from two metres, and the rest.

A pure function of a state and of the terminal's size. Every line has its place from the first picture on,
so nothing jumps. Bold and dim are the only styles: they hold on light and on dark.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.text import Text

from cadence.stride import Activity
from coach.cli.big_digits import DIGIT_COLUMNS, DIGIT_ROWS, big_digits
from coach.cli.live.cadence_chart import chart, scale
from coach.cli.live.state import LiveState, PodState
from coach.cli.live.status_words import status_words
from coach.cli.view import UNKNOWN, shown, span
from firmware_bridge.readings import Losses

NARROW_COLUMNS = 56
"""Below it the cadence stands in a line of text: big digits and what stands beside them need this much."""
WIDE_COLUMNS, TALL_ROWS = 100, 40
"""From these on the digits are drawn at twice the size."""
FRESH_S = 15.0
"""Our choice: what the coach said is bold for this long."""
_LABEL_COLUMNS = 10
_NUMBER_COLUMNS = 9
_SAID_ROWS = 2
_CHART_ROWS = (3, 5, 7, 9)
_BLANKS = 4

ACTIVITY_WORDS = {
    Activity.UNKNOWN: UNKNOWN,
    Activity.STATIONARY: "standing",
    Activity.WALKING: "walking",
    Activity.RUNNING: "running",
}
_TO_ASCII = str.maketrans("–≥…×", "->~x")
"""One sign for one, so that every line keeps its width."""


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


def target_words(state: LiveState) -> tuple[str, ...]:
    """The target, and how far the cadence is from it; empty where there is no target."""
    if state.target_spm is None or not math.isfinite(state.target_spm):
        return ()
    target = f"target {with_unit(state.target_spm, 0, 'spm')}"
    if not math.isfinite(state.cadence_spm):
        return (target,)
    # Of the whole numbers that are shown, so that the three agree.
    above = round(state.cadence_spm) - round(state.target_spm)
    return target, "on target" if above == 0 else f"{abs(above)} spm {'above' if above > 0 else 'below'}"


def runner_words(state: LiveState) -> tuple[tuple[str, str], ...]:
    """The runner's numbers: names and values with their units."""
    impact = with_unit(state.impact_g, 1, "g")
    if state.clipped and impact != UNKNOWN:
        impact = f"≥{impact}"  # the sensor was at its limit
    return (
        ("stride", with_unit(state.stride_length_m, 2, "m")),
        ("contact", with_unit(1000 * state.contact_time_s, 0, "ms")),
        ("impact", impact),
        ("speed", with_unit(state.speed_m_s, 2, "m/s")),
    )


def of_pods(state: LiveState, words: Callable[[PodState], str]) -> str:
    """The words for each pod, with the letter of its foot where there are two; once where they agree."""
    told = [words(pod) for pod in state.pods]
    if len(set(told)) == 1:
        return told[0]
    return ", ".join(f"{pod.side[0].upper()} {each}" for pod, each in zip(state.pods, told, strict=True))


def link_words(state: LiveState) -> str:
    """How the links stand; of two in a word or two each."""
    one = len(state.pods) == 1
    return of_pods(state, lambda pod: pod.link if one else pod.link.partition(",")[0])


def said_words(words: str, reason: str) -> str:
    """What the coach says, and why."""
    return f"{words} ({reason})" if reason else words


def with_unit(value: float | None, decimals: int, unit: str) -> str:
    """A number and its unit; a dash alone when it is not known."""
    number = shown(value, decimals)
    return number if number == UNKNOWN else f"{number} {unit}"


def live_view(state: LiveState, page: str = "") -> RenderableType:
    """The picture of a moment, for any terminal; and the address of the run's page, where it has one."""
    return _LiveView(state, page)


@dataclass(frozen=True, slots=True)
class _LiveView:
    state: LiveState
    page: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        height = options.height or options.size.height
        for line in _Picture(
            self.state, self.page, options.max_width - 2, height, options.ascii_only
        ).lines():
            line.truncate(options.max_width - 2, overflow="ellipsis")
            plain = "".join(sign if sign.isprintable() else "?" for sign in line.plain)
            if options.ascii_only:
                plain = plain.translate(_TO_ASCII).encode("ascii", "replace").decode("ascii")
            line.plain = plain  # as long as before: styles stay where they are
            line.pad_left(1)
            yield line


@dataclass(frozen=True, slots=True)
class _Picture:
    state: LiveState
    page: str
    columns: int
    rows: int
    ascii_only: bool

    def lines(self) -> list[Text]:
        """As many as fit: the chart first, then big digits, room between the parts, and a taller chart."""
        parts: list[list[Text]] = [
            [self._head()],
            self._cadence_text(),
            [self._scale()],
            self._coach(),
            self._numbers(),
            self._foot(),
        ]
        spare = self.rows - sum(map(len, parts)) - _CHART_ROWS[0]
        digits = self._digits_scale(spare)
        if digits:
            parts[1] = self._big_cadence(digits)
            spare = self.rows - sum(map(len, parts)) - _CHART_ROWS[0]
        blanks = min(max(spare, 0), _BLANKS)
        room = _CHART_ROWS[0] + spare - blanks
        chart_rows = max((rows for rows in _CHART_ROWS if rows <= room), default=0)
        head, cadence, band, coach, numbers, foot = parts
        # Where room is scarce, what the coach says stands apart first.
        before_coach, before_numbers, after_head, after_cadence = (
            [Text()] if place < blanks else [] for place in range(_BLANKS)
        )
        return [
            *head, *after_head, *cadence, *after_cadence, *band, *self._chart(chart_rows),
            *before_coach, *coach, *before_numbers, *numbers, *foot,
        ]  # fmt: skip

    @property
    def _wide(self) -> bool:
        return self.columns + 2 >= NARROW_COLUMNS

    def _digits_scale(self, spare: int) -> int:
        """How large the digits are; 0 for a line of text."""
        more = DIGIT_ROWS - 1
        if not self._wide or spare < more:
            return 0
        large = self.columns + 2 >= WIDE_COLUMNS and self.rows >= TALL_ROWS
        return 2 if large else 1

    def _head(self) -> Text:
        """The pod's name stands last: on a narrow terminal it is what may be cut."""
        state = self.state
        words = f"{span(state.elapsed_s)}   {ACTIVITY_WORDS[state.activity]:<8}   {state.strides} strides   "
        return Text.assemble(words, (state.pod, "bold"))

    def _beside(self) -> list[str]:
        words = list(target_words(self.state)) or [
            "no target" if self.state.status is None else "no target yet"
        ]
        if self.state.baseline_spm is not None:
            words += [""] * (2 - len(words))
            words.append(f"baseline {with_unit(self.state.baseline_spm, 0, 'spm')}")
        return words

    def _cadence_text(self) -> list[Text]:
        words = ", ".join(word for word in self._beside() if word)
        return [Text.assemble((with_unit(self.state.cadence_spm, 0, "spm"), "bold"), f"   {words}")]

    def _big_cadence(self, scale: int) -> list[Text]:
        """The digits, and beside them the unit, the target and the runner's own cadence."""
        beside = ["", "spm", "", *self._beside()]
        drawn = big_digits(shown(self.state.cadence_spm, 0), scale=scale, ascii_only=self.ascii_only)
        beside += [""] * (len(drawn) - len(beside))
        width = scale * DIGIT_COLUMNS + 3
        return [
            Text.assemble((f"{row:<{width}}", "bold"), (words, "bold" if line == 4 else ""))
            for line, (row, words) in enumerate(zip(drawn, beside, strict=True))
        ]

    def _scale(self) -> Text:
        target_spm = _finite(self.state.target_spm)
        return scale(self.state.cadence_spm, target_spm, self.columns, ascii_only=self.ascii_only)

    def _chart(self, rows: int) -> list[Text]:
        state = self.state
        target_spm = _finite(state.target_spm)
        return chart(state.history_spm, target_spm, self.columns, rows, ascii_only=self.ascii_only)

    def _coach(self) -> list[Text]:
        """What it said last, and what it does now."""
        state = self.state
        said, style = ["nothing said yet"], ""
        if state.said is not None:
            words = said_words(state.said.words, state.said.reason)
            room = max(self.columns - _LABEL_COLUMNS, 10)
            said = textwrap.wrap(words, room, max_lines=_SAID_ROWS, placeholder=" …")
            style = "bold" if state.said.age_s < FRESH_S else ""
        elif state.status is None:
            said = [UNKNOWN]
        said += [""] * (_SAID_ROWS - len(said))
        now = Text(status_words(state.status, state.tempo_spm))
        labels = ("coach", "" if state.said is None else ago(state.said.age_s))
        return [
            *[_row(label, Text(words, style)) for label, words in zip(labels, said, strict=True)],
            _row("now", now),
        ]

    def _numbers(self) -> list[Text]:
        """The runner's numbers and the pod's: side by side, or one under the other."""
        state = self.state
        runner = runner_words(state)
        pod = (
            ("link", f"{link_words(state)}, {state.link_path}"),
            ("quality", of_pods(state, lambda pod: with_unit(pod.quality_percent, 0, "%"))),
            ("battery", of_pods(state, lambda pod: with_unit(pod.battery_percent, 0, "%"))),
            ("distance", with_unit(state.distance_m, 0, "m")),
        )
        if not self._wide:
            return [_row(name, Text(value)) for name, value in (*runner, *pod)]
        return [
            _row(name, Text(f"{value:<{_NUMBER_COLUMNS}}  ")).append_text(_row(other, Text(told)))
            for (name, value), (other, told) in zip(runner, pod, strict=True)
        ]

    def _foot(self) -> list[Text]:
        state, room = self.state, max(self.columns - _LABEL_COLUMNS, 10)
        if state.recording_failed is not None:
            recording = _row("", Text(state.recording_failed, "bold"))
        else:
            path = state.recording or "off"
            # The end of a path tells more than its beginning.
            recording = _row("recording", Text(path if len(path) <= room else f"…{path[-room + 1 :]}"))
        losses = _row("losses", Text(losses_words(state.losses) or "none"))
        # Over several lines where it must be: of an address nothing may be left out.
        page = [
            _row("" if at else "page", Text(self.page[at : at + room]))
            for at in range(0, len(self.page), room)
        ]
        return [recording, losses, *page]


def ago(age_s: float) -> str:
    """How long ago, in steps that do not make a screen restless."""
    if age_s < 5.0:
        return "just now"
    if age_s < 60.0:
        return f"{5 * int(age_s // 5)} s ago"
    return f"{int(age_s // 60)} min ago" if age_s < 600.0 else "long ago"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _row(label: str, value: Text) -> Text:
    return Text.assemble((f"{label:<{_LABEL_COLUMNS}}", "dim"), value)
