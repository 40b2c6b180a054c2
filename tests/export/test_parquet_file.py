"""The Parquet table of a run: the strides as they are, what is not known as null."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from cadence.stride import STRIDE, to_dict
from coach.export.parquet_file import ParquetMissingError, write_parquet
from coach.stride_files import write_csv

from ..report.kept_runs import coached_run


def test_every_stride_comes_back_as_it_was(tmp_path: Path) -> None:
    strides = coached_run().strides
    write_parquet(tmp_path / "run.parquet", strides)
    table = pq.read_table(tmp_path / "run.parquet")
    for name in STRIDE.names or ():
        if np.issubdtype(STRIDE[name], np.floating):
            back = table[name].to_numpy(zero_copy_only=False)
            np.testing.assert_array_equal(back.astype(STRIDE[name]), strides[name])
            assert table[name].null_count == np.isnan(strides[name]).sum()
    for name in ("activity", "side", "signal", "clipped"):
        assert table[name].to_pylist() == [to_dict(stride)[name] for stride in strides]


def test_the_columns_are_those_of_the_csv_file(tmp_path: Path) -> None:
    strides = coached_run().strides[:3]
    write_parquet(tmp_path / "run.parquet", strides)
    write_csv(tmp_path / "run.csv", strides)
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as file:
        assert pq.read_schema(tmp_path / "run.parquet").names == next(csv.reader(file))


def test_a_run_without_strides_is_a_table_without_rows(tmp_path: Path) -> None:
    write_parquet(tmp_path / "run.parquet", np.zeros(0, STRIDE))
    assert pq.read_table(tmp_path / "run.parquet").num_rows == 0


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    write_parquet(tmp_path / "run.parquet", coached_run().strides)
    assert (tmp_path / "run.parquet").stat().st_mode & 0o777 == 0o600


def test_where_pyarrow_is_missing_it_is_said_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissingError, match=r"pip install 'cadence-coach\[parquet\]'"):
        write_parquet(tmp_path / "run.parquet", coached_run().strides)
    assert list(tmp_path.iterdir()) == []
