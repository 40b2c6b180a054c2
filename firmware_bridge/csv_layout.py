"""Where a text table keeps its parts: delimiter, header rows, units row, first sample.

Decided once, from the first lines of the file, by pure functions. What the columns mean is decided
in `csv_columns`.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firmware_bridge.csv_time import is_clock
from firmware_bridge.csv_units import is_unit
from firmware_bridge.source import SourceError

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_RATE = re.compile(r"(freq|rate|sampl|\bfs\b)[^\n\d]{0,40}(\d+(?:[.,]\d+)?)\s*hz", re.IGNORECASE)
_DELIMITERS = (",", ";", "\t", "|", None)
_LOOK_ROWS = 60
_MOST_HEADER_ROWS = 12


@dataclass(frozen=True, slots=True)
class Layout:
    """How to cut a file into cells, and what stands above its samples.

    Attributes:
        delimiter: None for runs of blanks.
        decimal_comma: numbers are written "0,5".
        quoted: some cells stand in double quotes.
        names: one a column; the column's number from 1 where the file has no header.
        groups: the row above the names, filled to the right over merged cells; empty without one.
        units: the row below the names; empty text without one.
        first_row: index of the line with the first sample.
        rows: the cells of the first samples, to tell what a column holds.
        rate_hz: the sample rate a line above the header tells; None without one.
        rate_text: that line.
    """

    delimiter: str | None
    decimal_comma: bool
    quoted: bool
    names: tuple[str, ...]
    groups: tuple[str, ...]
    units: tuple[str, ...]
    first_row: int
    rows: tuple[tuple[str, ...], ...]
    rate_hz: float | None
    rate_text: str


def is_number(cell: str) -> bool:
    """Whether a cell holds a number, NaN included, with a decimal point or comma."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def split(line: str, delimiter: str | None) -> list[str]:
    """The cells of one line."""
    if delimiter is None:
        return line.split()
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]


def find_layout(lines: Sequence[str]) -> Layout:
    """The layout told by the first lines of a file.

    Raises:
        SourceError: there are no rows of numbers.
    """
    best: tuple[int, str | None, list[list[str]]] = (0, None, [])
    for delimiter in _DELIMITERS:
        table = [split(line, delimiter) for line in lines]
        score = sum(len(row) for row in table[-_LOOK_ROWS:] if _looks_like_samples(row))
        if score > best[0]:
            best = score, delimiter, table
    score, delimiter, table = best
    if not score:
        raise SourceError(_why_no_samples(lines))
    width = Counter(len(row) for row in table if _looks_like_samples(row)).most_common(1)[0][0]
    first_row = next(
        index for index, row in enumerate(table) if abs(len(row) - width) <= 1 and _looks_like_samples(row)
    )
    # Columns may begin to fill one after the other.
    while first_row and len(table[first_row - 1]) == width and _is_sparse_sample(table[first_row - 1]):
        first_row -= 1
    rows = [row for row in table[first_row : first_row + _LOOK_ROWS] if len(row) == width]
    names, groups, units = _header(table[:first_row], width, last_is_blank=not any(row[-1] for row in rows))
    numbers = [cell for row in rows for cell in row if is_number(cell)]
    rate = next((found for line in lines[:first_row] if (found := _RATE.search(line))), None)
    return Layout(
        delimiter=delimiter,
        decimal_comma=delimiter != "," and _any_with(",", numbers) and not _any_with(".", numbers),
        quoted=any('"' in line for line in lines),
        names=names,
        groups=groups,
        units=units,
        first_row=first_row,
        rows=tuple(tuple(row) for row in rows),
        rate_hz=float(rate.group(2).replace(",", ".")) if rate else None,
        rate_text=rate.string.strip() if rate else "",
    )


def _any_with(mark: str, cells: Iterable[str]) -> bool:
    return any(mark in cell for cell in cells)


def _looks_like_samples(row: Sequence[str]) -> bool:
    """At least three numbers (an acceleration), and no more words than numbers."""
    numbers = sum(map(is_number, row))
    clocks = sum(map(is_clock, row))
    words = sum(map(bool, row)) - numbers - clocks
    return numbers >= 3 and words <= numbers


def _is_sparse_sample(row: Sequence[str]) -> bool:
    return any(map(is_number, row)) and all(not cell or is_number(cell) or is_clock(cell) for cell in row)


def _header(
    above: Sequence[Sequence[str]], width: int, last_is_blank: bool
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Names, groups and units from the rows above the first sample, the nearest last."""
    stack = [list(row) for row in above if any(row)]

    def to_width(row: list[str]) -> tuple[str, ...]:
        # One name too few: a table with row names has no name above them, on the left; a
        # delimiter at the end of every row makes a nameless column on the right.
        if len(row) == width - 1 and not last_is_blank:
            row = ["", *row]
        return tuple((row + [""] * width)[:width])

    def is_header(row: Sequence[str]) -> bool:
        return len(row) >= min(3, width) and abs(len(row) - width) <= 1

    blank = ("",) * width
    units = names = groups = blank
    if stack and is_header(stack[-1]) and _is_units_row(stack[-1]):
        units = to_width(stack.pop())
    # A sparse row below the names is a remark ("start", "trigger"), not a header.
    fullest = max((_filled(row) for row in stack if is_header(row)), default=0)
    while stack and is_header(stack[-1]) and 2 * _filled(stack[-1]) < fullest:
        stack.pop()
    if stack and is_header(stack[-1]):
        row = stack.pop()
        row[0] = row[0].lstrip("#%/ ")
        names = to_width(row)
    if stack and names != blank and is_header(stack[-1]):
        groups = to_width(stack.pop())
        filled: list[str] = []
        for cell in groups:
            filled.append(cell or (filled[-1] if filled else ""))
        groups = tuple(filled)
    if names == blank:
        names = tuple(str(column + 1) for column in range(width))
    return names, groups, units


def _filled(row: Sequence[str]) -> int:
    return sum(map(bool, row))


def _is_units_row(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    return all(cell[0] in "[(" and cell[-1] in "])" for cell in cells) or all(map(is_unit, cells))


def _why_no_samples(lines: Sequence[str]) -> str:
    """One plain reason why there are no samples in the text."""
    filled = [line for line in lines if line.strip()]
    if not filled:
        return "the file is empty"
    cells = max((split(filled[-1], delimiter) for delimiter in _DELIMITERS[:4]), key=len)
    if len(cells) >= 3 and len(filled) <= _MOST_HEADER_ROWS and filled[0][0] not in "{<":
        return "there is a header but no row of samples below it"
    return "there are no rows of numbers; a table of samples with a row of column names is needed"
