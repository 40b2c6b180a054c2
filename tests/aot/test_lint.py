"""What breaks the kernel's rules is refused, and the Python line that does is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadence.aot.build import TargetName, compile_program
from cadence.aot.c99 import c_source
from cadence.aot.errors import KernelError
from cadence.aot.lint import findings
from cadence.aot.program import floats, integer, ints

from .small_programs import FIRST_LINE, small_program

BAD: dict[str, tuple[str, str, int, str]] = {  # what it does: kernel, rule, line in it, function
    "float64": (
        """
        @jit
        def main(x, n, k):
            x[0] = x[1] + 0.1
            return k
        """,
        "a float64 value",
        2,
        "main",
    ),
    "float64 in what it calls": (
        """
        @jit
        def mean(x, count):
            return F(x[0] / count)

        @jit
        def main(x, n, k):
            x[0] = mean(x, k)
            return k
        """,
        "a float64 value",
        2,
        "mean",
    ),
    "sine": (
        """
        @jit
        def main(x, n, k):
            x[0] = F(math.sin(x[1]))
            return k
        """,
        "a call to sin",
        2,
        "main",
    ),
    "rounding": (
        """
        @jit
        def main(x, n, k):
            x[0] = np.floor(x[1])
            return k
        """,
        "a call to floor",
        2,
        "main",
    ),
    "remainder of floats": (
        """
        @jit
        def main(x, n, k):
            x[0] = x[1] % x[2]
            return k
        """,
        "a remainder of floats, which calls fmodf",
        2,
        "main",
    ),
    "whole division": (
        """
        @jit
        def main(x, n, k):
            n[0] = I(n[1] // k)
            return k
        """,
        "a 64-bit division",
        2,
        "main",
    ),
    "int64 to float32": (
        """
        @jit
        def main(x, n, k):
            x[0] = F(n[0] + n[1])
            return k
        """,
        "an int64 turned from or to float32",
        2,
        "main",
    ),
    "allocation": (
        """
        @jit
        def main(x, n, k):
            held = np.empty(k, np.float32)
            for at in range(k):
                held[at] = x[at]
            x[0] = held[k - 1]
            return k
        """,
        "an allocation",
        2,
        "main",
    ),
}


def place(refused: KernelError, line: int, function: str) -> None:
    where = refused.where
    assert where is not None
    assert (where.line, where.function) == (FIRST_LINE + line, function)
    assert str(refused) == f"{where.path}:{where.line} in {function}: {refused.rule}"
    assert "\n" not in str(refused)


@pytest.mark.parametrize("what", BAD)
def test_what_breaks_a_rule_is_refused_and_its_line_named(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, rule, line, function = BAD[what]
    program = small_program(text, tmp_path, monkeypatch)
    with pytest.raises(KernelError) as refused:
        compile_program(program, "cortex-m4f")
    assert refused.value.rule == rule
    place(refused.value, line, function)


@pytest.mark.parametrize("target", ["wasm32", "host"])
def test_the_rules_are_the_same_for_every_target(
    target: TargetName, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, rule, line, function = BAD["rounding"]
    with pytest.raises(KernelError, match=rule) as refused:
        compile_program(small_program(text, tmp_path, monkeypatch), target)
    place(refused.value, line, function)


def test_what_numba_does_not_understand_is_refused_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
    @jit
    def main(x, n, k):
        x[0] = open("a file")
        return k
    """
    with pytest.raises(KernelError, match="open") as refused:
        compile_program(small_program(text, tmp_path, monkeypatch), "cortex-m4f")
    assert refused.value.where is not None
    assert refused.value.where.line == FIRST_LINE + 2
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("global_", "is_writable"), [("global i32 7", True), ("constant i32 7", False)])
def test_a_global_must_be_constant(global_: str, is_writable: bool) -> None:
    found = list(findings(f"@count = internal {global_}\n"))
    assert [str(refused) for refused in found] == ["a writable global, count"] * is_writable


@pytest.mark.parametrize(
    ("instruction", "rule"),
    [
        ("call void @llvm.memcpy.p0.p0.i32(ptr %a, ptr %b, i32 64, i1 false)", "a call to memcpy"),
        ("call void %f(i32 1)", "a call through a pointer"),
        ("%q = udiv i64 %a, %b", "a 64-bit division"),
        ("%q = lshr i64 %a, %b", "a 64-bit shift by a variable"),
        ("%q = lshr i64 %a, 32", None),
        ("%q = fptosi float %a to i64", "an int64 turned from or to float32"),
        ("%q = call float @llvm.sqrt.f32(float %a)", None),
        ("%q = call double @llvm.sqrt.f64(double %a)", "a float64 value"),
        ("%q = call float @inner(float %a)", None),
    ],
)
def test_instructions_that_need_a_library_are_known(instruction: str, rule: str | None) -> None:
    module = (
        f"define float @inner(float %a) {{\n  ret float %a\n}}\ndefine void @f() {{\n  {instruction}\n}}\n"
    )
    assert [refused.rule for refused in findings(module)] == ([] if rule is None else [rule])


WIDENING: dict[str, tuple[str, str]] = {
    "float64": ("x[0] = x[1] + 0.1", "a float64 value"),
    "int and float": ("x[0] = x[1] * k", "a float64 value, from x[1] * k"),
    "division of ints": ("x[0] = F(n[0] / k)", "a float64 value, from n[0] / k"),
    "whole division": ("n[0] = n[1] // k", "not in the kernel subset: n[1] // k"),
    "library": ("x[0] = F(math.sin(x[1]))", "a call to math.sin"),
    "stranger": ("x[0] = F(len(x))", "a call to len, which is no kernel function"),
    "float into ints": ("n[0] = x[0]", "a float into a block of int32_t"),
    "two types": ("k = x[0]", "k is int32_t and becomes float"),
    "order": ("x[0] += set_first(x)", "a call that writes memory beside an operand that reads it"),
}


@pytest.mark.parametrize("what", WIDENING)
def test_the_second_route_refuses_by_itself(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, rule = WIDENING[what]
    text = f"""
    @jit
    def set_first(x):
        x[0] = F(1.0)
        return x[0]

    @jit
    def main(x, n, k):
        {statement}
        return k
    """
    with pytest.raises(KernelError) as refused:
        c_source(small_program(text, tmp_path, monkeypatch))
    assert refused.value.rule == rule
    place(refused.value, 7, "main")


def test_a_function_that_calls_itself_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = """
    @jit
    def down(k):
        return down(I(k - 1))

    @jit
    def main(x, n, k):
        return down(k)
    """
    with pytest.raises(KernelError, match="down calls itself"):
        c_source(small_program(text, tmp_path, monkeypatch))


def test_a_block_told_to_be_read_only_may_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = small_program(
        "@jit\ndef main(x, n, k):\n    x[0] = F(1.0)\n    return k\n",
        tmp_path,
        monkeypatch,
        arguments=(floats("x", "8", read_only=True), ints("n", "8"), integer("k")),
    )
    with pytest.raises(KernelError, match="x is written, but declared read only"):
        c_source(program)
