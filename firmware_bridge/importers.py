"""Tables of samples as found in the wild (CSV and its kin) as a source of sample blocks.

`csv_layout` finds the header, `csv_columns` the meaning of the columns, `csv_rows` reads the numbers,
`csv_units` and `csv_clipping` infer what no header tells. This file puts them in order.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, SampleBlock, Sensor
from firmware_bridge.csv_clipping import ACC_FLOOR_M_S2, GYRO_FLOOR_RAD_S, find_plateau
from firmware_bridge.csv_columns import Columns, TimeKind, find_columns, parse_columns
from firmware_bridge.csv_layout import Layout, find_layout
from firmware_bridge.csv_rows import read_head, read_rows
from firmware_bridge.csv_time import Clock, usual_step
from firmware_bridge.csv_units import (
    ACC_UNITS,
    GYRO_UNITS,
    TIME_UNITS,
    infer_acc_unit,
    infer_gyro_unit,
    infer_time_unit,
)
from firmware_bridge.source import SourceError

__all__ = ["CsvOptions", "CsvRecording", "open_csv", "parse_columns"]

LOOK_AHEAD_ROWS = 1 << 17
"""Units, rate and sensor limits are told from this many samples (11 minutes at 200 Hz, 8 MB), because
they must be known before the first block goes out. The samples are read once and kept, so the look
ahead costs memory but no time; a pass over the whole file would double the time of a large one. A
recording whose sensor is driven to its limit for the first time after that keeps an unknown limit."""
FEWEST_SAMPLES = 11
"""Ten samples hold no stride; such a file is a mistake."""

_LARGEST = 1e30  # no number of a recording; beyond it float32 overflows
_LONGEST_S = 1e12  # no time of a recording; beyond it int64 microseconds overflow
_SHOWN = {unit: unit for unit in TIME_UNITS} | {
    "us": "µs",
    "g": "g",
    "m/s2": "m/s²",
    "dps": "deg/s",
    "rad/s": "rad/s",
}


@dataclass(frozen=True, slots=True)
class CsvOptions:
    """What the user tells about a table; each overrides what the file says or seems to say.

    Attributes:
        sensor: which one, where the file has several.
        columns: the header's name of each of t, ax, ay, az and gx, gy, gz, as from `parse_columns`.
        rate_hz: samples are counted at this rate (by the file's own counter where it has one), and
            time stamps are not used.
        acc_unit: unit of the accelerations.
        gyro_unit: unit of the rotations.
    """

    sensor: str | None = None
    columns: Mapping[str, str] | None = None
    rate_hz: float | None = None
    acc_unit: Literal["g", "m/s2"] | None = None
    gyro_unit: Literal["dps", "rad/s"] | None = None


@dataclass(frozen=True, slots=True)
class _Samples:
    """Some rows in the file's own units: `time` (n,), `motion` (n, 3 or 6), the lines they stand in."""

    line: NDArray[np.int64]
    time: NDArray[np.float64]
    motion: NDArray[np.float64]
    cut_off: int


@dataclass(frozen=True, slots=True)
class _Scale:
    """From the file's units to ours; rotation stays NaN when `gyro_rad_s` is None."""

    start: float
    time_s: float
    acc_m_s2: float
    gyro_rad_s: float | None


class CsvRecording:
    """A table opened for reading, made by `open_csv`; a `SampleSource`.

    Attributes:
        path, format, sensor, rate_hz: as in `SampleSource`.
        skipped_rows: rows left out so far because they have no time, or because the file ends in
            the middle of one. It grows while `blocks` runs.
    """

    format = "csv"

    def __init__(
        self,
        path: str,
        sensor: Sensor,
        rate_hz: float,
        notes: tuple[str, ...],
        samples: Iterator[_Samples],
        scale: _Scale,
    ) -> None:
        self.path = path
        self.sensor = sensor
        self.rate_hz = rate_hz
        self.skipped_rows = 0
        self._notes = notes
        self._samples = samples
        self._scale = scale

    @property
    def notes(self) -> tuple[str, ...]:
        """What had to be inferred; once `blocks` has run, also what had to be left out."""
        if not self.skipped_rows:
            return self._notes
        rows = "1 row is" if self.skipped_rows == 1 else f"{self.skipped_rows} rows are"
        return (*self._notes, f"{rows} left out: without a time, or cut off by the end of the file")

    def blocks(self) -> Iterator[SampleBlock]:
        """Yield the samples in order, once, some ten thousand at a time.

        Raises:
            SourceError: at the row that cannot be read, or where time goes backwards.
        """
        last_us = 0
        try:
            for samples in self._samples:
                timed = np.abs(samples.time - self._scale.start) * self._scale.time_s < _LONGEST_S
                self.skipped_rows += samples.cut_off + int(len(timed) - timed.sum())
                block = _scaled(samples, timed, self._scale)
                steps = np.diff(block.t_us, prepend=last_us)
                if (steps < 0).any():
                    row = int(np.argmax(steps < 0))
                    if row:
                        yield SampleBlock(block.t_us[:row], block.motion[:row])
                    now_s, before_s = block.t_us[row] / 1e6, (block.t_us[row] - steps[row]) / 1e6
                    raise SourceError(
                        f"line {samples.line[timed][row]}: time goes backwards, from {before_s:.6f} to "
                        f"{now_s:.6f} s; sort the rows or cut the file there, or count rows with --rate HZ"
                    )
                if len(steps):
                    last_us = int(block.t_us[-1])
                    yield block
        except SourceError as error:
            raise SourceError(f"{self.path}: {error}") from None


def open_csv(path: Path | str, options: CsvOptions | None = None) -> CsvRecording:
    """Open a table of samples: text with any usual delimiter, plain or gzip.

    Args:
        path: the file.
        options: what the user tells about it.

    Raises:
        SourceError: it is no such table, or something about it cannot be told; the message is one
            line and says what to do.
    """
    try:
        return _open(Path(path), str(path), options or CsvOptions())
    except SourceError as error:
        raise SourceError(f"{path}: {error}") from None


def _open(path: Path, shown: str, options: CsvOptions) -> CsvRecording:
    layout = find_layout(read_head(path))
    columns = find_columns(layout, options.sensor, options.columns, count_rows=options.rate_hz is not None)
    counted_hz = _counted_rate_hz(layout, columns, options)
    samples = _read(path, layout, columns)
    ahead, failure = _look_ahead(samples)
    if sum(np.isfinite(piece.time).sum() for piece in ahead) < FEWEST_SAMPLES:
        raise failure or SourceError(f"the recording is too short: fewer than {FEWEST_SAMPLES} samples")
    time = np.concatenate([piece.time for piece in ahead])
    motion = np.concatenate([piece.motion for piece in ahead])
    motion, time = motion[np.isfinite(time)], time[np.isfinite(time)]

    notes: list[str] = []
    time_s, rate_hz = _time_scale(columns, time, counted_hz, notes)
    acc_m_s2 = _acc_scale(columns, motion[:, :3], options, notes)
    acc = motion[:, :3] * acc_m_s2
    gyro_rad_s = _gyro_scale(columns, (time - time[0]) * time_s, acc, motion[:, 3:], options, notes)
    acc_limit, gyro_limit = find_plateau(acc, ACC_FLOOR_M_S2), None
    if gyro_rad_s is not None:
        gyro_limit = find_plateau(motion[:, 3:] * gyro_rad_s, GYRO_FLOOR_RAD_S)
    if acc_limit:
        shown_limit = f"{acc_limit.limit:.1f} m/s² ({acc_limit.limit / GRAVITY_M_S2:.1f} g)"
        notes.append(
            f"accelerations from {shown_limit} count as clipped: {acc_limit.peaks} peaks stand there"
        )
    if gyro_limit:
        shown_limit = f"{gyro_limit.limit:.2f} rad/s ({math.degrees(gyro_limit.limit):.0f} deg/s)"
        notes.append(f"rotations from {shown_limit} count as clipped: {gyro_limit.peaks} peaks stand there")
    return CsvRecording(
        path=shown,
        sensor=Sensor(
            has_gyroscope=gyro_rad_s is not None,
            acc_limit_m_s2=acc_limit.limit if acc_limit else math.inf,
            gyro_limit_rad_s=gyro_limit.limit if gyro_limit else math.inf,
        ),
        rate_hz=rate_hz,
        notes=tuple(notes),
        samples=_replayed(ahead, failure, samples),
        scale=_Scale(float(time[0]), time_s, acc_m_s2, gyro_rad_s),
    )


def _read(path: Path, layout: Layout, columns: Columns) -> Iterator[_Samples]:
    """The rows of the file with their time as a number."""
    number_time = columns.time_kind in (TimeKind.NUMBER, TimeKind.COUNTER)
    clock = Clock()
    numbers = [*columns.acc, *columns.gyro]
    if number_time and columns.time is not None:
        numbers.append(columns.time)
    text_time = columns.time if columns.time_kind is TimeKind.CLOCK else None
    count = 0
    for rows in read_rows(path, layout, numbers, columns.labels, text_time):
        rows.values[~(np.abs(rows.values) < _LARGEST)] = np.nan
        if number_time:
            time = rows.values[:, -1]
        elif rows.time is not None and text_time is not None:
            time = clock.seconds(rows.time, rows.line, columns.labels[text_time])
        else:
            time = np.arange(count, count + len(rows.line), dtype=np.float64)
        count += len(rows.line)
        motion = rows.values[:, :-1] if number_time else rows.values
        yield _Samples(rows.line, time, motion, rows.cut_off)


def _look_ahead(samples: Iterator[_Samples]) -> tuple[deque[_Samples], SourceError | None]:
    """The first pieces, and the error that ends them: it is due only when they have gone out."""
    ahead: deque[_Samples] = deque()
    count = 0
    try:
        while count < LOOK_AHEAD_ROWS and (piece := next(samples, None)):
            ahead.append(piece)
            count += len(piece.line)
    except SourceError as error:
        return ahead, error
    return ahead, None


def _replayed(
    ahead: deque[_Samples], failure: SourceError | None, samples: Iterator[_Samples]
) -> Iterator[_Samples]:
    while ahead:
        yield ahead.popleft()
    if failure:
        raise failure
    yield from samples


def _counted_rate_hz(layout: Layout, columns: Columns, options: CsvOptions) -> float | None:
    """The rate by which samples are counted; None where there are time stamps."""
    if columns.time_kind not in (TimeKind.COUNTER, TimeKind.ROWS):
        return None
    rate_hz = layout.rate_hz if options.rate_hz is None else options.rate_hz
    if rate_hz is None:
        raise SourceError("there is no time column; give --rate HZ, the samples a second")
    if not 0 < rate_hz < math.inf:
        raise SourceError(f"a rate of {rate_hz:g} Hz makes no time; give --rate HZ, the samples a second")
    return rate_hz


def _time_scale(
    columns: Columns, time: NDArray[np.float64], counted_hz: float | None, notes: list[str]
) -> tuple[float, float]:
    """Seconds in one unit of the time column, and the usual rate in Hz."""
    if counted_hz is not None:
        by = "row by row" if columns.time is None else f"by column '{columns.labels[columns.time]}'"
        notes.append(f"time is counted {by} at {counted_hz:g} Hz")
        return 1 / counted_hz, counted_hz
    assert columns.time is not None  # both other kinds are a column
    label = columns.labels[columns.time]
    step = usual_step(time)
    if not math.isfinite(step):
        raise SourceError(f"time stands still in column '{label}'; give --rate HZ to count rows instead")
    unit = "s" if columns.time_kind is TimeKind.CLOCK else columns.time_unit
    if unit is None:
        if step == 1:
            raise SourceError(
                f"column '{label}' counts up by one: give --rate HZ, the samples a second "
                "(1000 if it is milliseconds)"
            )
        unit = infer_time_unit(step)
        if unit is None:
            raise SourceError(
                f"the unit of the time in column '{label}' cannot be told, its mean step is {step:.3g}; "
                "name another with --columns or give --rate HZ to count rows"
            )
        notes.append(
            f"time in column '{label}' is taken as {_SHOWN[unit]}: {1 / (step * TIME_UNITS[unit]):.1f} Hz"
        )
    return TIME_UNITS[unit], 1 / (step * TIME_UNITS[unit])


def _acc_scale(columns: Columns, acc: NDArray[np.float64], options: CsvOptions, notes: list[str]) -> float:
    """m/s² in one unit of the accelerations."""
    if not np.isfinite(acc).all(axis=1).any():
        names = ", ".join(columns.labels[column] for column in columns.acc)
        raise SourceError(f"there are no accelerations: the columns {names} hold no numbers")
    unit = options.acc_unit or columns.acc_unit
    if unit is None:
        unit, reason = infer_acc_unit(acc)
        notes.append(f"accelerations are taken as {_SHOWN[unit]}: {reason}")
    return ACC_UNITS[unit]


def _gyro_scale(
    columns: Columns,
    t_s: NDArray[np.float64],
    acc_m_s2: NDArray[np.float64],
    gyro: NDArray[np.float64],
    options: CsvOptions,
    notes: list[str],
) -> float | None:
    """rad/s in one unit of the rotations; None without a gyroscope."""
    if not columns.gyro:
        return None
    if not np.isfinite(gyro).all(axis=1).any():
        names = ", ".join(columns.labels[column] for column in columns.gyro)
        notes.append(f"there are no rotations: the columns {names} hold no numbers")
        return None
    unit = options.gyro_unit or columns.gyro_unit
    if unit is None:
        unit, reason = infer_gyro_unit(t_s, acc_m_s2, gyro)
        notes.append(f"rotations are taken as {_SHOWN[unit]}: {reason}")
    return GYRO_UNITS[unit]


def _scaled(samples: _Samples, timed: NDArray[np.bool_], scale: _Scale) -> SampleBlock:
    t_us = np.rint((samples.time[timed] - scale.start) * scale.time_s * 1e6).astype(np.int64)
    motion = np.full((len(t_us), 6), np.nan, dtype=np.float32)
    motion[:, :3] = samples.motion[timed, :3] * scale.acc_m_s2
    if scale.gyro_rad_s is not None:
        motion[:, 3:] = samples.motion[timed, 3:] * scale.gyro_rad_s
    return SampleBlock(t_us, motion)
