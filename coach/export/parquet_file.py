"""Strides as a Parquet table, one row a stride."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cadence.stride import STRIDE, Activity, Side
from coach.files import written_whole


class ParquetMissingError(Exception):
    """The library for Parquet files is not installed. The message says how to install it."""


def write_parquet(path: Path, strides: NDArray[np.void]) -> None:
    """The fields of the stride record as columns, those of the CSV file: `signal` is good or bad, and what is
    not known is null.

    Args:
        path: of the file.
        strides: STRIDE, shape (n,).

    Raises:
        ParquetMissingError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise ParquetMissingError(
            "Parquet files need pyarrow: pip install 'cadence-coach[parquet]'"
        ) from None
    columns = {}
    for name in STRIDE.names or ():
        values = np.ascontiguousarray(strides[name])
        if name == "activity":
            words = {int(code): code.name.lower() for code in Activity}
            columns[name] = pa.array([words[code] for code in values.tolist()], pa.string())
        elif name == "side":
            sides = {int(side): None if side is Side.UNKNOWN else side.name.lower() for side in Side}
            columns[name] = pa.array([sides[code] for code in values.tolist()], pa.string())
        elif name == "good":
            columns["signal"] = pa.array(np.where(values, "good", "bad"), pa.string())
        else:
            columns[name] = pa.array(values, from_pandas=True)  # NaN is null
    with written_whole(path) as file:
        pq.write_table(pa.table(columns), file)
