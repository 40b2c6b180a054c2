"""Records as rows of the journal's tables and back, bit for bit. What is not known is NULL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.stride import STRIDE, Activity
from firmware_bridge.readings import CadenceUpdate

Row = tuple[Any, ...]

STRIDE_COLUMNS: tuple[str, ...] = STRIDE.names or ()
CUE_COLUMNS: tuple[str, ...] = CUE.names or ()
UPDATE_COLUMNS = tuple(field.name for field in fields(CadenceUpdate))

COLUMNS_OF = {"strides": STRIDE_COLUMNS, "cues": CUE_COLUMNS, "updates": UPDATE_COLUMNS}
"""The tables that hold the records of runs, each with its columns beside `run_id` and `n`."""


def insertion(table: str) -> str:
    """The statement that puts a row into a table of records."""
    columns = ("run_id", "n", *COLUMNS_OF[table])
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def selection(table: str) -> str:
    """The statement that reads the records of one run in their order."""
    return f"SELECT {', '.join(COLUMNS_OF[table])} FROM {table} WHERE run_id = ? ORDER BY n"


def record_rows(records: NDArray[np.void] | Sequence[np.void]) -> list[Row]:
    """STRIDE or CUE records as rows. A float32 becomes the double of the same value; SQLite itself takes NaN
    for NULL."""
    rows: list[Any] = [record.item() for record in records]
    return rows


def update_rows(updates: Iterable[CadenceUpdate]) -> list[Row]:
    """Ready-made cadence as rows."""
    return [
        (float(u.t_s), float(u.cadence_spm), float(u.speed_m_s), float(u.stride_length_m), int(u.activity))
        for u in updates
    ]


def records_of_rows(rows: list[Row], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """STRIDE or CUE records, shape (n,), of rows.

    Raises:
        TypeError, ValueError, ArithmeticError: there is nonsense in the rows.
    """
    with np.errstate(over="raise"):
        return np.array(rows, dtype)


def updates_of(rows: Iterable[Row]) -> tuple[CadenceUpdate, ...]:
    """Ready-made cadence of rows."""
    return tuple(
        CadenceUpdate(known(t_s), known(cadence), known(speed), known(length), Activity(activity))
        for t_s, cadence, speed, length, activity in rows
    )


def known(value: float | None) -> float:
    """NaN for what is not known."""
    return np.nan if value is None else float(value)
