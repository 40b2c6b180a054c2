"""The C is readable: names, comments, order of operations and loops are those of the Python."""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import numpy as np
import pytest

from cadence.aot.build import build
from cadence.aot.c99 import c_source
from cadence.aot.native import NativeLibrary

from .conftest import need, run
from .small_programs import small_program

TALKATIVE = """
SHARE = F(0.25)  # a round: memory of four
\"\"\"Our choice.\"\"\"
NOTHING = F(np.nan)


@jit
def both(a, b):
    return b, a


@jit
def main(x, n, k):
    \"\"\"Stir x.\"\"\"
    # the first is kept
    for at in range(1, k):
        x[at] += SHARE * (x[at - 1] - x[at])  # toward the one before
    low, high = both(x[0], x[1])
    if low > high and not k == 3:
        low = max(low, NOTHING)
    elif n[0] & 1:
        low = -(-low)
    else:
        low = F(1e-3) if k > 2 else F(k)
    rounds = 0
    while rounds < k:
        shown = x[rounds]
        rounds = I(rounds + 1)
    x[7] = low - (high - shown)
    _, main_ = both(low, high)
    x[6] = main_
    return rounds
"""


def test_names_comments_and_order_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = c_source(small_program(TALKATIVE, tmp_path, monkeypatch))
    for piece in (
        "#define SHARE 0.25f /* a round: memory of four */\n/* Our choice. */",
        "#define NOTHING NAN",
        "/* Stir x. */\nint32_t small_main(float x[8], int32_t n[8], int32_t k)\n{",
        "    /* the first is kept */\n    for (int32_t at = 1; at < k; at++) {",
        "        x[at] += SHARE * (x[at - 1] - x[at]); /* toward the one before */",
        "static float_2 both(float a, float b)\n{\n    return (float_2){b, a};\n}",
        "    } else if ((n[0] & 1) != 0) {",
        "        low = k > 2 ? 0.001f : (float)k;",
        "    x[7] = low - (high - shown);",
        "    float shown;\n    while (rounds < k) {",
    ):
        assert piece in text, text


def test_python_and_c_do_the_same_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = small_program(TALKATIVE, tmp_path, monkeypatch)
    build(program, "c99", tmp_path)
    build(program, "host", tmp_path / "host")
    run(need("gcc"), "-std=c99", "-Wall", "-Werror", "-ffp-contract=off", "-shared", "-fPIC",
        tmp_path / "small.c", "-lm", "-o", tmp_path / "small.so")  # fmt: skip
    values = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    for count, row in enumerate(values):
        found = []
        for library in (tmp_path / "small.so", tmp_path / "host" / "libsmall.so"):
            blocks = {"x": row.copy(), "n": np.full(8, count, np.int32)}
            returned = NativeLibrary(library, program).bind("small_main", blocks)(1 + count % 7)
            found.append((returned, blocks["x"].tobytes()))
        assert found[0] == found[1]
        assert found[0][0] == 1 + count % 7


def test_the_loop_s_end_is_taken_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
    @jit
    def main(x, n, k):
        for at in range(n[0]):
            n[0] = I(n[0] + 1)
        return n[0]
    """
    source = c_source(small_program(text, tmp_path, monkeypatch))
    assert "const int32_t end_1 = n[0];" in source
    assert "for (int32_t at = 0; at < end_1; at++)" in source


def test_the_detector_keeps_its_words(c99: Path) -> None:
    text = (c99 / "cadence_core.c").read_text(encoding="utf-8")
    assert "s[DETECTOR_SWING_ANGLE] += pitch_rate * BIN_S;" in text
    assert "/* its mid-stance was never seen */" in text
    assert "#define LONGEST_STRIDE_S 1.5f /* 40 strides a minute */" in text
    assert re.search(r"#define POLICY_\w*LONGEST_STRIDE_S 2\.0f", text)
    assert not re.search(r"\bdouble\b", text)


def test_a_strict_compiler_has_nothing_to_say(c99: Path, tmp_path: Path) -> None:
    strict = ("-std=c99", "-pedantic", "-Wall", "-Wconversion", "-Werror", "-ffp-contract=off", "-O2")
    run(need("gcc"), *strict, "-c", c99 / "cadence_core.c", "-o", tmp_path / "core.o")


def test_numbers_are_written_so_that_they_read_back_as_they_were() -> None:
    from cadence.aot.c_names import float_in_c

    bits = np.random.default_rng(5).integers(0, 2**32, 3000, dtype=np.uint32)
    values = bits.view(np.float32)
    for value in values[np.isfinite(values)]:
        text = float_in_c(value).removesuffix("f")
        assert ctypes.c_float(float(text)).value == float(value)
        assert "." in text or "e" in text
    assert float_in_c(np.float32(np.nan)) == "NAN"
    assert float_in_c(np.float32(-np.inf)) == "-INFINITY"
