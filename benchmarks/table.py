"""Tables of measures: what must be, what is aimed at, what was measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rich.table import Table as RichTable


@dataclass(frozen=True, slots=True)
class Bound:
    """The range in which a measure is good enough; both ends belong to it."""

    low: float = -math.inf
    high: float = math.inf

    def holds(self, value: float) -> bool:
        return bool(self.low <= value <= self.high)

    def __str__(self) -> str:
        if math.isinf(self.low):
            return f"≤ {self.high:g}"
        if math.isinf(self.high):
            return f"≥ {self.low:g}"
        middle, half = (self.low + self.high) / 2.0, (self.high - self.low) / 2.0
        if half == 0.0:
            return f"{middle:g}"
        return f"{middle:g} ± {half:g}" if middle else f"± {half:g}"

    def to_json(self) -> list[float | None]:
        return [end if math.isfinite(end) else None for end in (self.low, self.high)]


def at_most(value: float) -> Bound:
    return Bound(high=value)


def at_least(value: float) -> Bound:
    return Bound(low=value)


def within(half: float, about: float = 0.0) -> Bound:
    return Bound(about - half, about + half)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure.

    Attributes:
        measure: what, in words.
        unit: of the numbers.
        measured: NaN when it could not be measured, which is never good enough.
        must, aim: None where nothing is asked and the number is just reported.
    """

    measure: str
    unit: str
    measured: float
    must: Bound | None = None
    aim: Bound | None = None

    @property
    def ok(self) -> bool | None:
        """Whether it is as it must be; None where nothing is asked."""
        return None if self.must is None else self.must.holds(self.measured)

    def to_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "unit": self.unit,
            "must": self.must.to_json() if self.must else None,
            "aim": self.aim.to_json() if self.aim else None,
            "measured": self.measured if math.isfinite(self.measured) else None,
            "ok": self.ok,
        }


@dataclass(frozen=True, slots=True)
class Table:
    """Measures of one kind, under a title that says what they prove."""

    title: str
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        return {"title": self.title, "rows": [row.to_json() for row in self.rows]}

    def to_rich(self) -> RichTable:
        table = RichTable(title=self.title, title_justify="left")
        table.add_column("measure")
        for name in ("must", "aim", "measured"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("unit")
        table.add_column("ok")
        for row in self.rows:
            verdict = {None: "", True: "yes", False: "[red]no[/red]"}[row.ok]
            must, aim = (str(bound) if bound else "" for bound in (row.must, row.aim))
            measured = f"{row.measured:.2f}" if math.isfinite(row.measured) else "unknown"
            table.add_row(row.measure, must, aim, measured, row.unit, verdict)
        return table
