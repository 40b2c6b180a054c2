"""Rows of a text table as numbers, a piece at a time: memory stays bounded whatever the file's size."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.csv_layout import Layout, is_number, split
from firmware_bridge.source import SourceError

HEAD_CHARS = 1 << 16
"""The layout is told from this much; a header is far shorter."""
CHUNK_CHARS = 1 << 20
"""Read at once: some 15 000 rows of seven numbers, a few ms to parse."""
LONGEST_LINE_CHARS = 1 << 24

MISSING = ("", "na", "n/a", "#n/a", "null", "none", "-", "--", "?")
"""Cells that stand for no value, in lower case; a number NaN is one too."""
_CUT_NUMBER = re.compile(r"[+-]?\d*[.,]?\d*(e[+-]?\d*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some consecutive rows of a table.

    Attributes:
        line: int64, shape (n,). The line of the file each row stands in, from 1.
        time: the time column's cells as text, shape (n,), where it holds dates; None otherwise.
        values: float64, shape (n, columns). NaN where a cell is empty.
        cut_off: rows left out because the file ends in the middle of them: 0 or 1.
        failure: why the row after these cannot be read; empty when it can.
    """

    line: NDArray[np.int64]
    time: NDArray[np.str_] | None
    values: NDArray[np.float64]
    cut_off: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True)
class _Lines:
    """Some consecutive lines of a file.

    Attributes:
        first: the number of the first one, from 1.
        lines: without their line ends.
        unfinished: the file ends in the last of them, without a line end.
    """

    first: int
    lines: list[str]
    unfinished: bool


def read_head(path: Path) -> list[str]:
    """The first lines of a file, plain or gzip.

    Raises:
        SourceError: it is missing, a folder, empty, not readable or not text.
    """
    for head in _pieces(path, HEAD_CHARS):
        return head.lines
    raise SourceError("the file is empty")


def read_rows(
    path: Path, layout: Layout, columns: Sequence[int], labels: Sequence[str], text_time: int | None
) -> Iterator[Rows]:
    """The rows of a file in order, columns in the order given.

    Args:
        path: the file, plain or gzip.
        layout: how to cut it into cells.
        columns: the columns of numbers, from 0.
        labels: a name for each column of the file, for messages.
        text_time: the column with dates, from 0; None when time is a number among `columns`.

    Raises:
        SourceError: text where a number is expected, at its line; the data end in the middle.
    """
    reader = _Reader(layout, tuple(columns), tuple(labels), text_time)
    for piece in _pieces(path, CHUNK_CHARS):
        above = min(max(0, layout.first_row + 1 - piece.first), len(piece.lines))
        rows = reader.parse(_Lines(piece.first + above, piece.lines[above:], piece.unfinished))
        if len(rows.line) or rows.cut_off:
            yield rows
        if rows.failure:
            raise SourceError(rows.failure)


def _pieces(path: Path, chars: int) -> Iterator[_Lines]:
    """The lines of a file, about so many characters at a time."""
    number = 1
    rest = ""
    try:
        with _open_text(path) as text:
            while piece := text.read(chars):
                if "\0" in piece:
                    raise SourceError("this is a binary file, not a table of text")
                lines = (rest + piece).split("\n")
                rest = lines.pop()
                if len(rest) > LONGEST_LINE_CHARS:
                    raise SourceError(f"line {number + len(lines)} has no end; is this a table of text?")
                if lines:
                    yield _Lines(number, lines, unfinished=False)
                    number += len(lines)
            if rest:
                yield _Lines(number, [rest], unfinished=True)
    except FileNotFoundError:
        raise SourceError("there is no such file") from None
    except IsADirectoryError:
        raise SourceError("this is a folder; name a file in it") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SourceError(f"the gzip data end too early or are damaged, after line {number - 1}") from None
    except OSError as error:
        raise SourceError(f"the file cannot be read: {error.strerror or error}") from None


@contextmanager
def _open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """A file as text; gzip and encoding told by content: Unicode by its mark, else UTF-8, else Latin-1."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        raw = cast(BinaryIO, gzip.GzipFile(fileobj=file, mode="rb") if packed else file)
        start = raw.read(HEAD_CHARS)
        raw.seek(0)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16"
        else:
            try:
                start[: start.rfind(b"\n") + 1].decode("utf-8")
                encoding = "utf-8-sig"
            except UnicodeDecodeError:
                encoding = "latin-1"
        with io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline=None) as text:
            yield text


class _Reader:
    """Lines to numbers. `numpy.loadtxt` reads a whole piece in C; only a piece it refuses is mended."""

    def __init__(
        self, layout: Layout, columns: tuple[int, ...], labels: tuple[str, ...], text_time: int | None
    ) -> None:
        self._layout = layout
        self._columns = columns
        self._labels = labels
        self._text_time = text_time
        mark = re.escape(layout.delimiter or " ")
        words = "|".join(re.escape(word) for word in MISSING if word)
        self._hole = re.compile(rf"(?<![^\n{mark}]) *(?:{words})? *(?![^\n{mark}])", re.IGNORECASE)

    def parse(self, piece: _Lines) -> Rows:
        lines = piece.lines
        number = np.arange(piece.first, piece.first + len(lines), dtype=np.int64)
        filled = [index for index, line in enumerate(lines) if line.strip()]
        if len(filled) < len(lines):
            lines, number = [lines[index] for index in filled], number[filled]
        if not lines:
            return Rows(number, None, np.empty((0, len(self._columns))))
        if self._layout.decimal_comma:
            lines = [line.replace(",", ".") for line in lines]
        try:
            return self._load(lines, number)
        except ValueError:
            pass
        if self._layout.delimiter and not self._layout.quoted:
            try:
                return self._load(self._hole.sub("nan", "\n".join(lines)).split("\n"), number)
            except ValueError:
                pass
        return self._one_by_one(lines, number, piece.unfinished)

    def _load(self, lines: list[str], number: NDArray[np.int64]) -> Rows:
        load = partial(
            np.loadtxt,
            lines,
            delimiter=self._layout.delimiter,
            comments=None,
            quotechar='"' if self._layout.quoted else None,
        )
        values = load(usecols=self._columns, ndmin=2)
        if self._text_time is None:
            return Rows(number, None, values)
        time = load(usecols=(self._text_time,), ndmin=1, dtype=np.dtype("U40"))
        return Rows(number, time.astype(np.str_), values)

    def _one_by_one(self, lines: list[str], number: NDArray[np.int64], unfinished: bool) -> Rows:
        """The same in plain Python: mends rows that are too short and finds the cell that is wrong."""
        values = np.full((len(lines), len(self._columns)), np.nan)
        time: list[str] = []

        def up_to(row: int, cut_off: int = 0, failure: str = "") -> Rows:
            cells = None if self._text_time is None else np.array(time[:row], dtype=np.str_)
            return Rows(number[:row], cells, values[:row], cut_off, failure)

        for row, line in enumerate(lines):
            cells = split(line, self._layout.delimiter)
            if unfinished and row == len(lines) - 1 and self._is_cut(cells):
                return up_to(row, cut_off=1)
            cells += [""] * (len(self._labels) - len(cells))
            for place, column in enumerate(self._columns):
                cell = cells[column]
                try:
                    values[row, place] = np.nan if cell.lower() in MISSING else float(cell)
                except ValueError:
                    where = f"line {number[row]}, column '{self._labels[column]}'"
                    return up_to(row, failure=f"{where}: '{cell[:40]}' is not a number")
            if self._text_time is not None:
                time.append(cells[self._text_time])
        return up_to(len(lines))

    def _is_cut(self, cells: Sequence[str]) -> bool:
        """Whether a last row without a line end is cut off: it lacks cells, or ends in half a number."""
        last = cells[-1]
        half = last != "" and not is_number(last) and _CUT_NUMBER.fullmatch(last) is not None
        return len(cells) <= max(self._columns) or half
