"""A program as readable C99: a second route from the same Python source, for another compiler.

Types are found anew from the entries' arguments, without Numba: int32 and float32 stay what they are, and
what would widen them is refused. Whole numbers must not overflow, as in the kernel subset itself; a count
that may wrap wants a compiler that wraps (`-fwrapv`).
"""

from __future__ import annotations

import ast
from functools import partial

from cadence.aot.c_comments import block_comment
from cadence.aot.c_function import MEMBERS, FunctionWriter, Head, Shared, Written
from cadence.aot.c_names import Names
from cadence.aot.c_types import FLOAT, FLOATS, INT, INTS, Place
from cadence.aot.errors import KernelError
from cadence.aot.header import declared, prototype
from cadence.aot.program import Entry, Kind, Program

_KINDS = {Kind.FLOATS: FLOATS, Kind.INTS: INTS, Kind.INT: INT}
_HELPERS = {
    "smaller": ("float", "b < a ? b : a"),
    "larger": ("float", "b > a ? b : a"),
    "smaller_int": ("int32_t", "b < a ? b : a"),
    "larger_int": ("int32_t", "b > a ? b : a"),
}
_HEAD = """\
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "{name}.h"

/* 16 is 0 on a machine that has a smaller float as well (ISO/IEC TS 18661-3). */
#if FLT_EVAL_METHOD != 0 && FLT_EVAL_METHOD != 16
#error "float arithmetic must be done in float"
#endif
#ifdef __FAST_MATH__
#error "leave -ffast-math out: it gives other results"
#endif
/* A fused multiply and add would round once where twice is meant. */
#if defined __clang__
#pragma STDC FP_CONTRACT OFF
#elif defined __GNUC__ && defined __FP_FAST_FMAF && !defined __STRICT_ANSI__
#warning "with GCC add -ffp-contract=off or -std=c99, or results may be others"
#endif"""


def c_source(program: Program) -> str:
    """The text of the program's one C file, which includes its header.

    Raises KernelError for what is not in the kernel subset.
    """
    return _Source(program).text()


class _Source:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._names = Names(program)
        self._shared = Shared(self._names, self._find)
        self._written: dict[tuple[str, str], tuple[tuple[str, ...], Written]] = {}
        self._under_way: set[tuple[str, str]] = set()

    def text(self) -> str:
        wrappers: list[str] = []
        for entry in self._program.entries:
            if self._is_direct(entry):
                self._write((entry.module, entry.name), _head_of(entry))
            else:
                wrappers.append(self._wrapper(entry))
        parts = [
            "/* Generated from the Python source of the same names: do not edit. */",
            _HEAD.format(name=self._program.name),
            *self._constants(),
            *self._structs(),
            *(_helper(name) for name in _HELPERS if name in self._shared.helpers),
        ]
        functions = [(key[0], written) for key, (_, written) in self._written.items()]
        parts.append("\n".join(f"{one.head};" for _, one in functions if one.head.startswith("static ")))
        for module in dict.fromkeys(module for module, _ in functions):
            docstring = ast.get_docstring(self._names.module(module).tree)
            parts += [f"/* --- {module} --- */", *([block_comment(docstring)] if docstring else [])]
            inside = (written for home, written in functions if home == module)
            parts += [written.text for written in sorted(inside, key=lambda written: written.line)]
        return "\n\n".join([*parts, *wrappers]) + "\n"

    def _is_direct(self, entry: Entry) -> bool:
        """Whether the C function can be the Python function itself."""
        return all(argument.kind is not Kind.SCALARS for argument in entry.arguments)

    def _find(self, module: str, name: str, kinds: tuple[str, ...], place: Place, node: ast.Call) -> Written:
        try:
            known = self._names.function(module, name) is not None
        except KeyError:
            known = False
        if not known:
            raise place.refusal(f"a call to {name}, which is no kernel function", node)
        key = self._names.home(module, name)
        if key in self._under_way:
            raise place.refusal(f"{name} calls itself", node)
        if key not in self._written:
            self._write(key, Head(self._names.c_name(*key), kinds))
        before, written = self._written[key]
        if before != kinds:
            raise place.refusal(
                f"{name} is called with {', '.join(kinds)} and with {', '.join(before)}", node
            )
        return written

    def _write(self, key: tuple[str, str], head: Head) -> Written:
        module, name = self._names.home(*key)
        node = self._names.function(module, name)
        if node is None:
            raise KernelError(f"no function {name} in {module}", None)
        self._under_way.add((module, name))
        written = FunctionWriter(self._shared, module, node, head).write()
        self._under_way.discard((module, name))
        self._written[module, name] = (head.kinds, written)
        return written

    def _wrapper(self, entry: Entry) -> str:
        """An entry whose Python function takes float arguments, which in C stand behind a pointer."""
        kinds: list[str] = []
        passed: list[str] = []
        for argument in entry.arguments:
            if argument.kind is Kind.SCALARS:
                kinds += [FLOAT] * int(argument.words)
                passed += [f"{argument.name}[{index}]" for index in range(int(argument.words))]
            else:
                kinds.append(_KINDS[argument.kind])
                passed.append(argument.name)
        key = self._names.home(entry.module, entry.name)
        head = Head(self._names.c_name(*key), tuple(kinds))
        written = self._written[key][1] if key in self._written else self._write(key, head)
        call = f"{written.called.c_name}({', '.join(passed)});"
        return f"{prototype(entry)}\n{{\n    {'return ' if entry.returns else ''}{call}\n}}"

    def _constants(self) -> list[str]:
        """The constants in use that the header does not have, by module, in the order of the source."""
        wanted = [constant for constant in self._names.constants.values() if not constant.in_header]
        parts: list[str] = []
        for module in sorted({constant.module for constant in wanted}):
            comments = self._names.module(module).comments
            lines = [f"/* {module} */"]
            for constant in sorted((c for c in wanted if c.module == module), key=lambda c: c.line):
                lines += comments.above(constant.line)
                text = f"({constant.text})" if constant.text.startswith("-") else constant.text
                lines.append(f"#define {constant.c_name} {text}{comments.after(constant.line)}")
                lines += [block_comment(constant.docstring)] if constant.docstring else []
            parts.append("\n".join(lines))
        return parts

    def _structs(self) -> list[str]:
        return [
            "typedef struct {\n"
            + "".join(f"    {kind} {member};\n" for member, kind in zip(MEMBERS, kinds, strict=False))
            + f"}} {name};"
            for name, kinds in sorted(self._shared.structs.items())
        ]


def _head_of(entry: Entry) -> Head:
    kinds = tuple(_KINDS[argument.kind] for argument in entry.arguments)
    constant = frozenset(n for n, argument in enumerate(entry.arguments) if argument.read_only)
    return Head(
        entry.symbol, kinds, tuple(partial(declared, argument) for argument in entry.arguments), constant
    )


def _helper(name: str) -> str:
    kind, choice = _HELPERS[name]
    python = "min" if name.startswith("smaller") else "max"
    return (
        f"/* As Python's {python}: the first of two that are equal or not comparable. */\n"
        f"static {kind} {name}({kind} a, {kind} b)\n{{\n    return {choice};\n}}"
    )
