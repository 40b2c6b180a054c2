"""The header and the table of layouts say what the Python layouts say, with their units, to C, C++ and
JavaScript."""

from __future__ import annotations

import json
import re
from enum import IntEnum
from pathlib import Path

import pytest

from cadence.aot.header import block_bytes
from cadence.aot.layout_words import Block, Constants, read_codes, read_layout
from cadence.aot.program import Layout
from cadence.aot.sources import source_hash
from cadence.core import layout as detector_layout
from cadence.cue import CueKind, CueReason, CueStatus
from coach import policy_layout
from hardware.firmware.core_program import PROGRAM

from .conftest import need, run

LAYOUTS = {"DETECTOR": detector_layout, "POLICY": policy_layout}
CODES: dict[str, type[IntEnum]] = {"CUE_KIND": CueKind, "CUE_REASON": CueReason, "CUE_STATUS": CueStatus}


def numbers(module: object) -> dict[str, int]:
    return {name: value for name, value in vars(module).items() if name.isupper()}


def test_every_word_is_in_the_header_with_its_number(cortex_m4f: Path, tmp_path: Path) -> None:
    """Asked of a C compiler, not of the text."""
    names = [
        (f"{prefix}_{name}", value)
        for prefix, module in LAYOUTS.items()
        for name, value in numbers(module).items()
    ]
    names += [
        (f"{prefix}_{code.name}", code.value) for prefix, enumeration in CODES.items() for code in enumeration
    ]
    checks = "\n".join(f"typedef char is_{name}[{name} == {value} ? 1 : -1];" for name, value in names)
    (tmp_path / "check.c").write_text(f'#include "cadence_core.h"\n{checks}\n', encoding="utf-8")
    strict = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror")
    run(need("gcc"), *strict, f"-I{cortex_m4f}", "-fsyntax-only", tmp_path / "check.c")


def test_c_plus_plus_takes_the_header(cortex_m4f: Path, tmp_path: Path) -> None:
    (tmp_path / "use.cpp").write_text(
        '#include "cadence_core.h"\nfloat state[DETECTOR_STATE_FLOATS];\n'
        "int32_t ints[DETECTOR_STATE_INTS];\nvoid start() { detector_init(state, ints); }\n"
    )
    compiled = tmp_path / "use.o"
    run(need("g++"), "-Wall", "-Werror", f"-I{cortex_m4f}", "-c", tmp_path / "use.cpp", "-o", compiled)
    assert "U detector_init" in run(need("nm"), compiled)


def test_a_word_s_unit_is_told_in_the_layout_s_own_comment(cortex_m4f: Path) -> None:
    text = (cortex_m4f / "cadence_core.h").read_text(encoding="utf-8")
    assert "DETECTOR_POSITION = 25, /* [3] world, m, since the anchor */" in text
    ages = f"POLICY_BURST_AGES_US = {policy_layout.BURST_AGES_US}"
    assert f"{ages}, /* [6] since the last bursts began, newest first */" in text
    assert re.search(r"POLICY_AGE_LIMIT_US = 2000000000, /\* 33 minutes: longer .* int32\. \*/", text)
    assert "/* Set up the state before the first sample. */\nvoid detector_init(" in text


def test_the_table_says_the_same_as_the_layouts(wasm32: Path) -> None:
    table = json.loads((wasm32 / "cadence_core.json").read_text(encoding="utf-8"))
    for prefix, module in LAYOUTS.items():
        told = dict(table[prefix.lower()]["constants"])
        for name, block in table[prefix.lower()]["blocks"].items():
            told[name] = block["size"]
            told |= {word: place["index"] for word, place in block["words"].items()}
        assert told == numbers(module)
    ring = table["detector"]["blocks"]["STATE_FLOATS"]["words"]["PITCH_RING"]
    assert ring["index"] == 80
    assert ring["count"] == 96
    assert ring["comment"].startswith("smoothed pitch rate, rad/s")
    assert table["codes"] == {
        prefix.lower(): {code.name: code.value for code in enumeration}
        for prefix, enumeration in CODES.items()
    }
    assert table["source_hash"] == source_hash(PROGRAM)


def test_whoever_reads_the_header_alone_is_told_all(cortex_m4f: Path) -> None:
    text = (cortex_m4f / "cadence_core.h").read_text(encoding="utf-8")
    top = text.partition("#ifndef")[0]
    for word in ("caller's", "aligned", "overlap", "threads", "interrupts", "NaN", "stack", "instructions"):
        assert word in top, word
    for entry in PROGRAM.entries:
        assert entry.symbol in top, "the order of use stands at the top"
        above = text.partition(f" {entry.symbol}(")[0].rpartition("/*")[2]
        assert "Returns" in above or not entry.returns
        for argument in entry.arguments:
            assert argument.comment or argument.words in text
    step = text.partition(" detector_step(")[0].rpartition("/*")[2]
    assert "dt_us: µs since the sample before" in step
    assert "motion: acceleration x y z in m/s²" in step
    assert "Args:" not in text
    assert not re.search(r"\.py\b|cadence\.\w", text), "no word of Python to someone who has none"


@pytest.mark.parametrize("layout", PROGRAM.layouts, ids=lambda layout: layout.module)
def test_every_word_of_a_block_tells_what_it_is(layout: Layout) -> None:
    for section in read_layout(layout.source()):
        if isinstance(section, Block):
            for word in section.words:
                assert word.comment, word.name


def test_a_flag_keeps_what_its_1_means(cortex_m4f: Path) -> None:
    text = (cortex_m4f / "cadence_core.h").read_text(encoding="utf-8")
    assert "DETECTOR_LEVELLED = 19, /* 1: the world's up is known */" in text


def test_an_enumeration_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lamp.py"
    path.write_text(
        'class Colour(IntEnum):\n    """Of a lamp.\n\n    More.\n    """\n\n'
        "    RED = 1  # warm\n    BLUE = 4\n\n    def is_warm(self): ...\n"
    )
    colours = read_codes(path, "Colour")
    assert colours.title == "Of a lamp."
    assert [(word.name, word.value, word.comment) for word in colours.words] == [
        ("RED", 1, "warm"),
        ("BLUE", 4, ""),
    ]
    with pytest.raises(LookupError, match=r"no enumeration Shape in lamp\.py"):
        read_codes(path, "Shape")


@pytest.mark.parametrize("layout", PROGRAM.layouts, ids=lambda layout: layout.module)
def test_the_words_of_a_block_fill_it_without_overlap(layout: Layout) -> None:
    for section in read_layout(layout.source()):
        if isinstance(section, Block):
            ends = [word.value + word.count for word in section.words]
            assert [word.value for word in section.words] == [0, *ends[:-1]]
            assert ends[-1] == section.size


def test_a_layout_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "layout.py"
    path.write_text(
        '"""Of a lamp."""\n\n'
        "# --- settings, float32 ---\nBRIGHT_LX = 0\nSETTINGS_WORDS = 1\n"
        "# --- output, float32 and int32 ---\nCOLOUR = 0  # 3: red green blue, 0 to 1\nOUT_FLOATS = 3\n"
        "IS_LIT = 0\nOUT_INTS = 1\n"
        "# --- events ---\nLIT = 1 << 2  # just now\n"
    )
    settings, floats, ints, events = read_layout(path)
    assert isinstance(settings, Block)
    assert isinstance(floats, Block)
    assert isinstance(ints, Block)
    assert isinstance(events, Constants)
    assert [block.title for block in (settings, floats, ints)] == [
        "settings, float32",
        "output, float32",
        "output, int32",
    ]
    assert (floats.words[0].count, floats.words[0].comment) == (3, "red green blue, 0 to 1")
    assert [(word.name, word.value, word.comment) for word in events.words] == [("LIT", 4, "just now")]


def test_the_bytes_of_every_block_are_told() -> None:
    assert block_bytes(PROGRAM)["DETECTOR_STATE_FLOATS"] == 4 * detector_layout.STATE_FLOATS
    assert block_bytes(PROGRAM)["POLICY_CUE_INTS"] == 4 * policy_layout.CUE_INTS
