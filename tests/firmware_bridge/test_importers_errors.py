"""What the CSV importer says of a file that it cannot read: one plain line, whatever the file."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_bridge.importers import open_csv
from firmware_bridge.source import SourceError

from .csv_files import DATES, MOTION, PLAIN, T_S, read, rows, write

# Files that are no recording


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (gzip.compress(b""), "the file is empty"),
        (PLAIN.split("\n")[0].encode(), "a header but no row of samples"),
        ("\n".join(PLAIN.split("\n")[:11]).encode(), "too short"),
        (b"\x0e\x20\x08\x00.FIT" + bytes(range(256)), "binary file"),
        (b"once upon a time, there was\na foot\n", "no rows of numbers"),
        (b'{"a": [1, 2, 3]}\n', "no rows of numbers"),
        (
            b"t_s,x_m,y_m,z_m\n" + rows(T_S, MOTION[:, :3]).encode(),
            "no acceleration columns found: columns are t_s, x_m",
        ),
        (b"t_s,ax,ay,az\n" + b"".join(b"%d,nan,nan,nan\n" % row for row in range(50)), "hold no numbers"),
        (gzip.compress(PLAIN.encode())[:-3000], "gzip data end too early"),
        (b"\x1f\x8bnonsense, not gzip", "gzip data"),
    ],
    ids=[
        "empty",
        "blank",
        "empty-gzip",
        "header-only",
        "short",
        "binary",
        "text",
        "json",
        "positions",
        "nan",
        "cut-gzip",
        "bad-gzip",
    ],
)
def test_no_recording_gives_one_plain_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(SourceError) as caught:
        read(path)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_ten_samples_are_too_few_and_eleven_are_enough(tmp_path: Path) -> None:
    lines = PLAIN.splitlines(keepends=True)
    with pytest.raises(SourceError, match="too short"):
        open_csv(write(tmp_path, "".join(lines[:11])))
    assert len(read(write(tmp_path, "".join(lines[:12]))).t_us) == 11


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        open_csv(tmp_path / "nothing.csv")
    with pytest.raises(SourceError, match="a folder"):
        open_csv(tmp_path)


def test_text_where_a_number_belongs_is_an_error_at_its_line_and_column(tmp_path: Path) -> None:
    lines = PLAIN.splitlines(keepends=True)
    lines[300] = lines[300].replace(lines[300].split(",")[3], "oops")
    recording = open_csv(write(tmp_path, "".join(lines)))
    blocks = recording.blocks()
    assert len(next(blocks).t_us) == 299, "what is before the error is read"
    with pytest.raises(SourceError, match="line 301, column 'acc_z_m_s2': 'oops' is not a number"):
        next(blocks)


def test_a_date_that_is_none(tmp_path: Path) -> None:
    lines = [
        f"{cell},{line}" for cell, line in zip(DATES.astype(str), rows(MOTION).splitlines(), strict=True)
    ]
    lines[400] = "yesterday" + lines[400][26:]
    with pytest.raises(SourceError, match="line 402, column 'time': 'yesterday' is not a date and time"):
        read(write(tmp_path, "\n".join(["time,ax,ay,az,gx,gy,gz", *lines])))


def complaint(path: Path) -> str:
    """The message of the SourceError that reading a file ends in; empty when it can be read."""
    try:
        read(path)
    except SourceError as error:
        return str(error).removeprefix(f"{path}: ")
    return ""


@given(text=st.text(alphabet="0123456789.,;:-\t\n exyzacgt\"'#[]()NaN/é\0", max_size=400))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_causes_anything_but_a_source_error(tmp_path: Path, text: str) -> None:
    assert complaint(write(tmp_path, text))
    good = "t_s,ax,ay,az\n" + rows(T_S[:20], MOTION[:20, :3])
    assert "\n" not in complaint(write(tmp_path, good + text))
    assert "\n" not in complaint(write(tmp_path, f"time,ax,ay,az\n2018-10-25 17:57:30,0,0,1\n{text}\n"))


@given(content=st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_cause_anything_but_a_source_error(tmp_path: Path, content: bytes) -> None:
    assert complaint(write(tmp_path, content))
    assert complaint(write(tmp_path, b"\x1f\x8b\x08" + content))
