"""What the columns of a table mean: time, acceleration, rotation; of which sensor, in which unit.

Pure functions on the names, units and first rows that `csv_layout` found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from firmware_bridge.csv_layout import Layout, is_number
from firmware_bridge.csv_names import Meaning, read_name
from firmware_bridge.csv_time import is_clock
from firmware_bridge.csv_units import ACC_UNITS, GYRO_UNITS, TIME_UNITS, unit_of
from firmware_bridge.source import SourceError

ACC = ("ax", "ay", "az")
GYRO = ("gx", "gy", "gz")

_TIME = frozenset(
    [
        "time",
        "timestamp",
        "datetime",
        "t",
        "ts",
        "clock",
        "elapsed",
        "epoch",
        "utc",
        "seconds",
        "millis",
        "micros",
    ]
)
_COUNTER = frozenset(
    [
        "counter",
        "count",
        "index",
        "idx",
        "frame",
        "sample",
        "samples",
        "packet",
        "row",
        "seq",
        "sequence",
        "n",
    ]
)


class TimeKind(Enum):
    """What tells when a sample was taken."""

    NUMBER = "number"  # a number of seconds, milliseconds, ...
    CLOCK = "clock"  # a date, a time of day, or both
    COUNTER = "counter"  # a sample counter, which needs the rate
    ROWS = "rows"  # nothing: the rows are counted, which needs the rate


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns to read, by number from 0.

    Attributes:
        labels: a name for each column of the file, to be shown.
        time: None when the rows are counted.
        time_kind: what that column holds.
        time_unit: a key of `TIME_UNITS`; None when the header does not tell.
        acc: x, y, z.
        acc_unit: a key of `ACC_UNITS`; None when the header does not tell.
        gyro: x, y, z; empty without a gyroscope.
        gyro_unit: a key of `GYRO_UNITS`; None when the header does not tell.
    """

    labels: tuple[str, ...]
    time: int | None
    time_kind: TimeKind
    time_unit: str | None
    acc: tuple[int, ...]
    acc_unit: str | None
    gyro: tuple[int, ...]
    gyro_unit: str | None


def parse_columns(text: str) -> dict[str, str]:
    """The mapping "t=time,ax=foo,ay=bar,az=baz[,gx=..,gy=..,gz=..]" as a dictionary.

    The names on the right are those of the header, or the columns' numbers from 1; t may be left
    out where a rate is given.

    Raises:
        ValueError: it is no such mapping; the message says what is wrong.
    """
    mapping: dict[str, str] = {}
    for part in text.split(","):
        key, equals, name = (piece.strip() for piece in part.partition("="))
        if not equals or not name or key not in ("t", *ACC, *GYRO):
            raise ValueError(f"'{part.strip()}' is not one of t=, ax=, ay=, az=, gx=, gy=, gz= and a column")
        if key in mapping:
            raise ValueError(f"{key}= is given twice")
        mapping[key] = name
    missing = [key for key in ACC if key not in mapping]
    if any(key in mapping for key in GYRO):
        missing += [key for key in GYRO if key not in mapping]
    if missing:
        raise ValueError(f"{', '.join(f'{key}=' for key in missing)} is missing")
    return mapping


def find_columns(
    layout: Layout, sensor: str | None, chosen: Mapping[str, str] | None, count_rows: bool
) -> Columns:
    """The columns to read.

    Args:
        layout: the header and the first rows.
        sensor: the name of one of several sensors in the file.
        chosen: columns named by the user, as from `parse_columns`; the header decides otherwise.
        count_rows: time is counted at a rate the user gave, whatever stamps there are.

    Raises:
        SourceError: there is no acceleration, no such column or sensor, or more than one to choose from.
    """
    labels = _labels(layout)
    meanings = [read_name(name) for name in layout.names]
    time: int | None = None
    if chosen is not None:
        found = {key: _look_up(name, layout, labels) for key, name in chosen.items()}
        time = found.pop("t", None)
    else:
        found = _by_name(layout, meanings, labels, sensor)

    def unit(columns: Iterable[int], known: Mapping[str, float]) -> str | None:
        told = {unit_of(layout.units[column]) or meanings[column].unit for column in columns}
        one = told.pop() if len(told) == 1 else None
        return one if one in known else None

    acc = tuple(found[key] for key in ACC)
    gyro = tuple(found[key] for key in GYRO if key in found)
    if time is None:
        time, time_kind = _find_time(layout, meanings, taken={*acc, *gyro}, count_rows=count_rows)
    elif not count_rows:
        time_kind = _time_kind(layout, time, meanings[time])
    elif _counts(layout, time):
        time_kind = TimeKind.COUNTER
    else:
        time, time_kind = None, TimeKind.ROWS
    return Columns(
        labels=labels,
        time=time,
        time_kind=time_kind,
        time_unit=unit((time,), TIME_UNITS) if time is not None else None,
        acc=acc,
        acc_unit=unit(acc, ACC_UNITS),
        gyro=gyro,
        gyro_unit=unit(gyro, GYRO_UNITS),
    )


def _labels(layout: Layout) -> tuple[str, ...]:
    names = [name or f"column {number}" for number, name in enumerate(layout.names, 1)]
    if len(set(names)) == len(names):
        return tuple(names)
    return tuple(f"{group} {name}".strip() for group, name in zip(layout.groups, names, strict=True))


def _listed(names: Sequence[str], most: int = 20) -> str:
    names = [name for name in names if name]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _look_up(name: str, layout: Layout, labels: Sequence[str]) -> int:
    """The number of the column of that name, else of that number from 1."""
    for names in (layout.names, labels):
        for same in (str.__str__, str.casefold):
            places = [column for column, other in enumerate(names) if same(other) == same(name)]
            if len(places) == 1:
                return places[0]
    if name.isdecimal() and 1 <= int(name) <= len(labels):
        return int(name) - 1
    raise SourceError(f"there is no column '{name}'; columns are {_listed(labels)}")


def _by_name(
    layout: Layout, meanings: Sequence[Meaning], labels: Sequence[str], sensor: str | None
) -> dict[str, int]:
    """Acceleration and rotation of the one sensor; a row of groups helps where names repeat."""
    sensors = _sensors(meanings)
    repeats = len({name for name in layout.names if name}) < sum(map(bool, layout.names))
    if any(layout.groups) and (repeats or not _complete(sensors)):
        grouped = [
            read_name(f"{group} {name}") for group, name in zip(layout.groups, layout.names, strict=True)
        ]
        sensors = _sensors(grouped)
    elif not any(key in axes for axes in sensors.values() for key in ACC):
        sensors |= _bare_axes(meanings)
    complete = _complete(sensors)
    if not complete:
        raise SourceError(
            f"no acceleration columns found: columns are {_listed(labels)}; "
            "name them with --columns t=..,ax=..,ay=..,az=.."
        )
    names = ", ".join(sorted(name or "(no name)" for name in complete))
    if sensor is not None:
        key = read_name(sensor).sensor or sensor
        wanted = [name for name in complete if name and name in (key, sensor.lower())]
        if not wanted:
            only = names if any(complete) else "one without a name, so leave out --sensor"
            raise SourceError(f"there is no sensor '{sensor}'; the file has {only}")
    else:
        wanted = list(complete)
        if len(wanted) > 1:
            raise SourceError(_which_sensor(layout, meanings, names, complete))
    found = complete[wanted[0]]
    for key, columns in found.items():
        if len(columns) > 1:
            alike = " and ".join(f"'{labels[column]}' (column {column + 1})" for column in columns)
            raise SourceError(f"{alike} both read as {key}; name the right ones with --columns, by number")
    # A gyroscope may bear a name of its own beside the only accelerometer.
    gyros = [axes for axes in sensors.values() if set(GYRO) <= set(axes)]
    if not set(GYRO) <= set(found) and len(complete) == 1 and len(gyros) == 1:
        found = found | gyros[0]
    keys = (*ACC, *GYRO) if set(GYRO) <= set(found) else ACC
    return {key: found[key][0] for key in keys}


_Sensors = dict[str, dict[str, list[int]]]


def _sensors(meanings: Sequence[Meaning]) -> _Sensors:
    """Per sensor name the columns of each of ax .. gz."""
    sensors: _Sensors = {}
    for column, meaning in enumerate(meanings):
        known = {"a": ACC_UNITS, "g": GYRO_UNITS}.get(meaning.kind, {})
        fits = meaning.unit in known if meaning.unit else not meaning.other_unit
        if meaning.kind and meaning.axis and meaning.raw and fits:
            sensors.setdefault(meaning.sensor, {}).setdefault(meaning.kind + meaning.axis, []).append(column)
    return sensors


def _bare_axes(meanings: Sequence[Meaning]) -> _Sensors:
    """Columns named x, y, z and nothing else are an acceleration, unless their unit says otherwise."""
    bare = {
        f"a{meaning.axis}": [column]
        for column, meaning in enumerate(meanings)
        if meaning.axis
        and not (meaning.kind or meaning.sensor or meaning.other_unit)
        and meaning.unit in (None, *ACC_UNITS)
    }
    return {"": bare}


def _complete(sensors: _Sensors) -> _Sensors:
    return {name: axes for name, axes in sensors.items() if set(ACC) <= set(axes)}


def _which_sensor(layout: Layout, meanings: Sequence[Meaning], names: str, complete: _Sensors) -> str:
    """The message that asks for --sensor, and for --rate too where it will be needed."""
    taken = {column for axes in complete.values() for columns in axes.values() for column in columns}
    _, time_kind = _find_time(layout, meanings, taken, count_rows=False)
    no_time = time_kind in (TimeKind.COUNTER, TimeKind.ROWS) and layout.rate_hz is None
    also = " and --rate HZ, because there is no time column" if no_time else ""
    if "" in complete:
        also += ", or --columns for the one without a name"
    return f"the file has {len(complete)} sensors ({names}); give --sensor NAME{also}"


def _find_time(
    layout: Layout, meanings: Sequence[Meaning], taken: set[int], count_rows: bool
) -> tuple[int | None, TimeKind]:
    """The column that tells the time: a time by name, else a counter by name, else one that counts."""
    counters: list[tuple[bool, int]] = []
    times: list[tuple[int, int]] = []
    for column, meaning in enumerate(meanings):
        if column in taken or not _holds(layout, column, lambda cell: is_number(cell) or is_clock(cell)):
            continue
        words = set(meaning.others)
        has_unit = _has_time_unit(layout, column, meaning)
        tells_time = bool(has_unit or words & _TIME or _holds(layout, column, is_clock))
        named = bool(words & _COUNTER)
        if tells_time and not count_rows:
            # The best is one with a unit, then one that is called time and nothing else.
            times.append((-2 * has_unit - (not words - _TIME), column))
        elif not has_unit and (tells_time or named or column == 0) and _counts(layout, column):
            counters.append((not named, column))
    if times:
        column = min(times)[1]
        return column, _time_kind(layout, column, meanings[column])
    if counters:
        return min(counters)[1], TimeKind.COUNTER
    return None, TimeKind.ROWS


def _time_kind(layout: Layout, column: int, meaning: Meaning) -> TimeKind:
    if _holds(layout, column, is_clock):
        return TimeKind.CLOCK
    # A column called time may count samples too, where a line above the header tells their rate.
    may_count = layout.rate_hz is not None or not set(meaning.others) & _TIME
    if may_count and not _has_time_unit(layout, column, meaning) and _counts(layout, column):
        return TimeKind.COUNTER
    return TimeKind.NUMBER


def _has_time_unit(layout: Layout, column: int, meaning: Meaning) -> bool:
    return (unit_of(layout.units[column]) or meaning.unit) in TIME_UNITS


def _holds(layout: Layout, column: int, test: Callable[[str], bool]) -> bool:
    cells = [row[column] for row in layout.rows if row[column]]
    return bool(cells) and all(test(cell) for cell in cells)


def _counts(layout: Layout, column: int) -> bool:
    """Whether a column counts up in whole numbers, mostly by one."""
    cells = [row[column] for row in layout.rows if row[column]]
    if len(cells) < 2 or not all(map(is_number, cells)):
        return False
    numbers = [float(cell.replace(",", ".")) for cell in cells]
    steps = [later - earlier for earlier, later in pairwise(numbers)]
    return all(step >= 1 and step.is_integer() for step in steps) and 2 * steps.count(1.0) > len(steps)
