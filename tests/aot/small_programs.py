"""Programs of a few lines, for tests of the compiler: it must not matter what a kernel is about."""

from __future__ import annotations

import itertools
import sys
import textwrap
from pathlib import Path

import pytest

from cadence.aot.program import Argument, Entry, Program, floats, integer, ints

HEAD = """\
import math

import numpy as np

from cadence.core.kernel import F, I, jit

"""
"""What every small kernel may use; its own first line is line 7."""
FIRST_LINE = 7
ARGUMENTS = (floats("x", "8"), ints("n", "8"), integer("k"))

_number = itertools.count()


def small_program(
    text: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    arguments: tuple[Argument, ...] = ARGUMENTS,
) -> Program:
    """A program of one entry `small_main`, the function `main(x, n, k)` of a module with this text.

    What is made of it is kept in the folder too, not with what lasts.
    """
    name = f"small_kernel_{next(_number)}"
    (folder / f"{name}.py").write_text(HEAD + textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("COACH_CACHE", str(folder / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return Program("small", (Entry("small_main", f"{name}:main", arguments),))
