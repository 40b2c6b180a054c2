"""The comments of a Python file, carried over to C."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path


class Comments:
    """The comments of one file, by line."""

    def __init__(self, path: Path) -> None:
        source = path.read_text(encoding="utf-8")
        lines = source.splitlines()
        self._after: dict[int, str] = {}
        self._alone: dict[int, str] = {}
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                text = token.string.lstrip("# ").rstrip()
                if text.startswith("noqa"):
                    continue
                alone = not lines[line - 1][:column].strip()
                (self._alone if alone else self._after)[line] = text

    def after(self, line: int) -> str:
        """The comment at the end of a line, as C, with a space before it; empty where there is none."""
        return f" /* {self._after[line]} */" if line in self._after else ""

    def above(self, line: int) -> list[str]:
        """The comments that stand alone on the lines just above a line, as C."""
        found: list[str] = []
        while line - 1 in self._alone:
            line -= 1
            found.insert(0, f"/* {self._alone[line]} */")
        return found


def block_comment(text: str) -> str:
    """A docstring as a comment in C."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        return f"/* {lines[0]} */"
    body = "\n".join(f" * {line}".rstrip() for line in lines[1:])
    return f"/* {lines[0]}\n{body} */"
