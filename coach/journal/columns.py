"""Records as columns of plain values, for JSON and CSV, and back bit for bit.

Names and words are those of the stride record as people read it: `signal` is "good" or "bad", codes are
words, and None stands for what is not known.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind, CueReason
from cadence.stride import Activity, Side
from coach.journal.rows import UPDATE_COLUMNS

UPDATE = np.dtype([*((name, np.float64) for name in UPDATE_COLUMNS[:-1]), ("activity", np.uint8)])
"""A ready-made cadence as a record."""

_CODES: dict[str, type[IntEnum]] = {
    "activity": Activity,
    "side": Side,
    "kind": CueKind,
    "reason": CueReason,
}
_WORDS: dict[str, dict[Any, str | None]] = {
    **{field: {int(code): code.name.lower() for code in codes} for field, codes in _CODES.items()},
    "good": {True: "good", False: "bad"},
}
_WORDS["side"][int(Side.UNKNOWN)] = None

_MOST_DECIMALS = 9
"""A float32 of 0.1 and more, told apart from its neighbours, needs no more."""


def column_names(dtype: np.dtype[np.void]) -> list[str]:
    """What the columns of such records are called."""
    return ["signal" if name == "good" else name for name in dtype.names or ()]


def columns_of(records: NDArray[np.void]) -> dict[str, list[Any]]:
    """STRIDE, CUE or UPDATE records as columns.

    Raises:
        ValueError: a code in them is none.
    """
    names = records.dtype.names or ()
    return {
        shown: _values(name, records[name])
        for shown, name in zip(column_names(records.dtype), names, strict=True)
    }


def records_of(columns: dict[str, list[Any]], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Records of columns.

    Raises:
        KeyError: a column is missing.
        ValueError: they are not of one length, or hold what does not belong there.
    """
    shown = column_names(dtype)
    lengths = {len(columns[name]) for name in shown}
    if len(lengths) != 1:
        raise ValueError("the columns of a run's records are not of one length")
    records = np.zeros(lengths.pop(), dtype)
    for column, name in zip(shown, dtype.names or (), strict=True):
        records[name] = _read(column, name, columns[column], dtype[name])
    return records


def _values(name: str, values: NDArray[Any]) -> list[Any]:
    words = _WORDS.get(name)
    if words is not None:
        try:
            return [words[code] for code in values.tolist()]
        except KeyError as code:
            raise ValueError(f"{code} is no {name}") from None
    if values.dtype == np.float32:
        values = _short(values)
    if values.dtype == np.float64:
        return [None if number != number else number for number in values.tolist()]
    plain: list[Any] = values.tolist()
    return plain


def _short(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Doubles with few decimals that become the same float32."""
    exact = values.astype(np.float64)
    short = exact.copy()
    left = np.isfinite(exact) & (exact != 0.0)
    for decimals in range(4, _MOST_DECIMALS + 1):
        rounded = np.round(exact, decimals)
        with np.errstate(over="ignore"):
            fits = left & (rounded.astype(np.float32) == values)
        short[fits] = rounded[fits]
        left &= ~fits
    return short


def _read(column: str, name: str, values: list[Any], dtype: np.dtype[Any]) -> Any:
    words = _WORDS.get(name)
    if words is not None:
        codes = {word: code for code, word in words.items()}
        unknown = next((value for value in values if value not in codes), None)
        if unknown is not None:
            raise ValueError(f"'{unknown}' is no {column}")
        return [codes[value] for value in values]
    if dtype.kind == "b":
        if not all(isinstance(value, bool) for value in values):
            raise ValueError(f"'{column}' holds something else than true and false")
        return values
    if not all(value is None or type(value) in (int, float) for value in values):
        raise ValueError(f"'{column}' holds something else than numbers")
    return np.array(values, np.float64)
