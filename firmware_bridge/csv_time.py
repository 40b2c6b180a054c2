"""Time columns: dates to seconds, and the usual step between samples."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from firmware_bridge.source import SourceError

_DAY_S = 86_400.0
_CLOCK = re.compile(
    r"(?:(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})[T ]+)?"
    r"(?:(?P<h>\d+):)?(?P<m>\d+):(?P<s>\d+(?:[.,]\d+)?)\s*(?P<half>[ap]m)?"
    r"\s*(?P<zone>z|utc|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


def is_clock(cell: str) -> bool:
    """Whether a cell holds a time of day, with or without a date."""
    return _CLOCK.fullmatch(cell.strip()) is not None


class Clock:
    """Dates and times of day to seconds; keeps its place from one piece of a file to the next.

    Dates with the year first are read as they are. In any other order of day and month a new date
    is the next day, and so is a time of day without a date that jumps back by half a day.
    """

    def __init__(self) -> None:
        self._first_day: int | None = None
        self._day = 0
        self._date = ""
        self._time_of_day_s = 0.0

    def seconds(self, cells: NDArray[np.str_], line: NDArray[np.int64], label: str) -> NDArray[np.float64]:
        """Seconds since the first midnight, shape (n,), from text, shape (n,); NaN for an empty cell.

        Raises:
            SourceError: a cell is no date and time; `line` and `label` say where.
        """
        cells = np.char.rstrip(cells, "Zz ")
        # numpy reads ISO 8601, but no offset from UTC at its end.
        if (np.char.find(cells, "+") >= 0).any() or (np.char.rfind(cells, "-") > len("2018-10-")).any():
            return self._one_by_one(cells, line, label)
        try:
            when = cells.astype("datetime64[ns]")
        except ValueError:
            return self._one_by_one(cells, line, label)
        known = when[~np.isnat(when)]
        if self._first_day is None and len(known):
            self._first_day = int(known[0].astype("datetime64[D]").astype(np.int64))
        midnight = np.datetime64(self._first_day or 0, "D").astype("datetime64[ns]")
        return np.where(np.isnat(when), np.nan, (when - midnight).astype(np.int64) * 1e-9)

    def _one_by_one(
        self, cells: NDArray[np.str_], line: NDArray[np.int64], label: str
    ) -> NDArray[np.float64]:
        seconds = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells.tolist()):
            if cell.strip().lower() in ("", "nan", "nat", "na", "null", "none"):
                continue
            try:
                seconds[row] = self._since_first_midnight_s(cell.strip())
            except ValueError:
                raise SourceError(
                    f"line {line[row]}, column '{label}': '{cell}' is not a date and time"
                ) from None
        return seconds

    def _since_first_midnight_s(self, cell: str) -> float:
        found = _CLOCK.fullmatch(cell)
        if not found:
            raise ValueError(cell)
        hours, minutes = int(found["h"] or 0), int(found["m"])
        if found["half"]:
            hours = hours % 12 + (12 if found["half"].lower() == "pm" else 0)
        time_of_day_s = 3600.0 * hours + 60.0 * minutes + float(found["s"].replace(",", "."))
        date = found["date"] or ""
        year_first = _YEAR_FIRST.fullmatch(date)
        if date != self._date and year_first:
            year, month, day = (int(part) for part in year_first.groups())
            self._day = int(np.datetime64(f"{year:04}-{month:02}-{day:02}", "D").astype(np.int64))
        elif date:
            self._day += bool(self._date) and date != self._date
        else:
            self._day += time_of_day_s < self._time_of_day_s - _DAY_S / 2
        self._date, self._time_of_day_s = date, time_of_day_s
        if self._first_day is None:
            self._first_day = self._day
        return (self._day - self._first_day) * _DAY_S + time_of_day_s - _zone_s(found["zone"] or "")


def _zone_s(zone: str) -> float:
    if zone[:1] not in ("+", "-"):
        return 0.0
    digits = zone[1:].replace(":", "")
    return (-1.0 if zone[0] == "-" else 1.0) * (3600.0 * int(digits[:2]) + 60.0 * int(digits[2:]))


def usual_step(time: NDArray[np.float64]) -> float:
    """The mean step from one time stamp to the next, in their unit, gaps left out; NaN when there is none.

    Stamps may repeat (a pod that sends ten samples under one stamp), so the median would mislead; a
    gap is a step of more than 50 usual ones.
    """
    steps = np.diff(time[np.isfinite(time)])
    steps = steps[steps >= 0]
    while len(steps):
        mean = float(steps.mean())
        regular = steps <= 50 * mean
        if regular.all():
            return mean if mean > 0 else float("nan")
        steps = steps[regular]
    return float("nan")
