"""The kernel's rules, looked for in what the compiler has made of it.

After optimisation, because what counts is what runs: a float64 constant that is folded into a float32 one
is no float64, and a loop's int64 counter costs nothing. Every instruction still knows its Python line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cadence.aot.errors import KernelError, PythonLine

_DEFINE = re.compile(r'^define .*?@("?)([^"(]+)\1\(')
_GLOBAL = re.compile(r'^@("?)([^"= ]+)\1 = (.*)')
_CALL = re.compile(r'\bcall\b[^@%]*(?:@("?)([^"(]+)\1\(|(%[\w.]+)\()')
_LOCATION_OF = re.compile(r", !dbg !(\d+)")
_NUMBERED = re.compile(r"^!(\d+) = (?:distinct )?!(DI\w+)\((.*)\)$")
_VALUE = re.compile(r"%[\w.]+")
_FIELD = re.compile(r'(\w+): ("[^"]*"|!?[\w.-]+)')

_ALLOWED = re.compile(
    r"llvm\.(sqrt\.f32|fabs\.f32|copysign\.f32|[su](min|max)\.i\d+|abs\.i\d+|lifetime\.|assume|dbg\.|"
    r"[su](add|sub)\.(sat|with\.overflow)\.i\d+|fsh[lr]\.i\d+|ct(lz|tz|pop)\.i\d+|bswap\.i\d+)"
)
"""Intrinsics that are a few instructions on every target."""

_BROKEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:^|[\s(<{])(?:double|fp128|x86_fp80)\b"), "a float64 value"),
    (re.compile(r"\b[su](?:div|rem)\b.* i64\b"), "a 64-bit division"),
    (re.compile(r"\b[su]itofp\b.* i64\b|\bfpto[su]i\b.* to i64\b"), "an int64 turned from or to float32"),
    (re.compile(r"\b(?:shl|lshr|ashr)\b.* i64 [^,]+, %"), "a 64-bit shift by a variable"),
    (re.compile(r"\bfrem\b"), "a remainder of floats, which calls fmodf"),
    (re.compile(r"\binttoptr\b"), "a fixed address"),
)


def findings(text: str) -> Iterator[KernelError]:
    """What in an optimised module, given as text, breaks the rules: by function, then the globals."""
    lines = text.splitlines()
    places = _Places(lines)
    defined = {match[2] for line in lines if (match := _DEFINE.match(line))}
    for body in _bodies(lines):
        for line in body:
            rule = _broken_by(line, defined)
            if rule is not None:
                yield KernelError(rule, places.of(line) or places.beside(line, body))
    for line in lines:
        match = _GLOBAL.match(line)
        if match and not re.search(r"\bconstant\b", match[3]):
            yield KernelError(f"a writable global, {match[2]}", None)


def _bodies(lines: list[str]) -> Iterator[list[str]]:
    """The instructions of each function."""
    body: list[str] | None = None
    for line in lines:
        if _DEFINE.match(line):
            body = []
        elif line == "}" and body is not None:
            yield body
            body = None
        elif body is not None and line.startswith("  ") and not line.lstrip().startswith("#dbg"):
            body.append(line)


def _broken_by(line: str, defined: set[str]) -> str | None:
    code = _LOCATION_OF.split(line)[0]
    if match := _CALL.search(code):
        return _broken_by_call(match[2] or "", defined)
    return next((rule for pattern, rule in _BROKEN if pattern.search(code)), None)


def _broken_by_call(callee: str, defined: set[str]) -> str | None:
    if not callee:
        return "a call through a pointer"
    if callee in defined or _ALLOWED.match(callee):
        return None
    if callee.startswith("NRT_"):
        return "an allocation"
    if callee.startswith(("Py", "numba_")):
        return "what may raise an exception"
    if re.match(r"llvm\.mem(set|cpy|move)", callee):
        return f"a call to {callee.split('.')[1]}"
    if callee.startswith("llvm."):
        name, _, kind = callee.removeprefix("llvm.").partition(".")
        return "a float64 value" if kind == "f64" else f"a call to {name}"
    return f"a call to {callee}"


class _Places:
    """The Python line of an instruction, from the debug information in a module's text."""

    def __init__(self, lines: list[str]) -> None:
        self._records: dict[str, tuple[str, dict[str, str]]] = {}
        for line in lines:
            if match := _NUMBERED.match(line):
                fields = {name: value.strip('"') for name, value in _FIELD.findall(match[3])}
                self._records[f"!{match[1]}"] = (match[2], fields)

    def of(self, instruction: str) -> PythonLine | None:
        """The innermost line that is not Numba's own code."""
        match = _LOCATION_OF.search(instruction)
        at = f"!{match[1]}" if match else ""
        best = None
        while at in self._records:
            fields = self._records[at][1]
            place = self._place(fields)
            if place is not None and place.line and not place.path.is_relative_to(_numba_folder()):
                return place
            best = best or place
            at = fields.get("inlinedAt", "")
        return best

    def beside(self, instruction: str, body: list[str]) -> PythonLine | None:
        """Of one that was moved and has lost its line: the line of one that it shares a value with."""
        for value in _VALUE.findall(instruction):
            for line in body:
                if value in _VALUE.findall(line) and (place := self.of(line)):
                    return place
        return None

    def _place(self, fields: dict[str, str]) -> PythonLine | None:
        scope = fields.get("scope", "")
        while scope in self._records:
            kind, inner = self._records[scope]
            if kind == "DISubprogram":
                _, file = self._records[inner["file"]]
                path = Path(file["directory"]) / file["filename"]
                return PythonLine(path, int(fields["line"]), inner["name"])
            scope = inner.get("scope", "")
        return None


@lru_cache
def _numba_folder() -> Path:
    import numba

    return Path(numba.__file__).parent
