"""The cadence against its target, in characters: where it stands now, and how it went.

Both show the same stretch of cadences for as long as the target is the same, so nothing jumps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.text import Text

BAND_SPM = 3.0
"""Half the target band that is drawn: on target is within it (`coach.policy.BAND_SPM`)."""
_SCALE_REACH_SPM = 20.0
"""Our choice: the scale shows this much to both sides of its middle."""
_NO_TARGET_MIDDLE_SPM = 165.0
_NO_TARGET_ROW_SPM = 10.0
"""Our choice: without a target the chart shows the cadences that most runners have."""
_LABEL_COLUMNS = 4

_BARS = " ▁▂▃▄▅▆▇█"
_ASCII_BARS = " __--==##"


def scale(cadence_spm: float, target_spm: float | None, columns: int, *, ascii_only: bool) -> Text:
    """A horizontal scale with the target's band and a mark at the cadence.

    Args:
        cadence_spm: NaN when not known: there is no mark then.
        target_spm: the middle of the scale; None for a scale without a band.
        columns: how wide it is.
        ascii_only: for terminals that have nothing else.
    """
    outside, inside, target, mark, below, above = "-=+O<>" if ascii_only else "─━┃●◀▶"
    middle_spm = _NO_TARGET_MIDDLE_SPM if target_spm is None else target_spm
    low_spm, high_spm = middle_spm - _SCALE_REACH_SPM, middle_spm + _SCALE_REACH_SPM
    last = max(columns - 2 * _LABEL_COLUMNS, 5) - 1

    def column(spm: float) -> int:
        return round((spm - low_spm) / (high_spm - low_spm) * last)

    signs = [outside] * (last + 1)
    styles = ["dim"] * (last + 1)
    if target_spm is not None:
        middle, half = column(target_spm), round(BAND_SPM / (high_spm - low_spm) * last)
        for place in range(middle - half, middle + half + 1):
            signs[place], styles[place] = inside, "bold"
        signs[middle] = target
    if math.isfinite(cadence_spm):
        place = column(min(max(cadence_spm, low_spm), high_spm))
        signs[place] = below if cadence_spm < low_spm else above if cadence_spm > high_spm else mark
        styles[place] = "bold"
    line = Text(f"{low_spm:<{_LABEL_COLUMNS}.0f}", "dim")
    _append(line, zip(signs, styles, strict=True))
    return line.append(f"{high_spm:{_LABEL_COLUMNS}.0f}", "dim")


def chart(
    history_spm: Sequence[float], target_spm: float | None, columns: int, rows: int, *, ascii_only: bool
) -> list[Text]:
    """A sparkline of `rows` lines: a bar for each cadence, the newest at the right; a gap has none.

    With a target the row in the middle is its band: a bar that ends in it was on target, and is bold.

    Args:
        history_spm: the oldest first, NaN for a gap. What does not fit is left out.
        target_spm: None where there is none.
        columns: how wide it is, labels included.
        rows: an odd number.
        ascii_only: for terminals that have nothing else.
    """
    bars = _ASCII_BARS if ascii_only else _BARS
    dot = "." if ascii_only else "·"
    middle_spm = _NO_TARGET_MIDDLE_SPM if target_spm is None else target_spm
    row_spm = _NO_TARGET_ROW_SPM if target_spm is None else 2 * BAND_SPM
    bottom_spm = middle_spm - rows / 2 * row_spm
    room = max(columns - _LABEL_COLUMNS, 1)
    shown = [*[math.nan] * (room - len(history_spm)), *history_spm[-room:]]
    heights = [0.0 if math.isnan(spm) else (spm - bottom_spm) / row_spm for spm in shown]
    known = [math.isfinite(spm) for spm in shown]
    on_target = [target_spm is not None and abs(spm - target_spm) <= BAND_SPM for spm in shown]

    lines = []
    for row in reversed(range(rows)):
        line = Text(f"{bottom_spm + (row + 0.5) * row_spm:<{_LABEL_COLUMNS}.0f}", "dim")
        band = target_spm is not None and row == rows // 2
        cells = []
        for height, is_known, good in zip(heights, known, on_target, strict=True):
            # What lies below the chart still leaves a trace: it is no gap.
            eighths = round(8 * min(max(height - row, 0.0), 1.0)) or int(is_known and row == 0)
            empty = (dot, "dim") if band else (" ", "")
            cells.append((bars[eighths], "bold" if good else "") if eighths else empty)
        _append(line, cells)
        lines.append(line)
    return lines


def _append(line: Text, cells: Iterable[tuple[str, str]]) -> None:
    """Neighbours of one style are written as one: a style costs bytes at each change."""
    for style, run in groupby(cells, key=lambda cell: cell[1]):
        line.append("".join(sign for sign, _ in run), style)
