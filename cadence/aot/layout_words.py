"""A layout module's words, read from its source: its comments are where units are told, and only there.

A layout is a module of whole numbers. A heading comment `# --- title ---` begins a section. A section
whose title names float32 or int32 holds blocks: words by index, each with a comment that may begin with
the number of words that start there, where it is more than one (`# 3: m/s`), and after them the block's
size, whose name ends in _WORDS, _FLOATS or _INTS. All other numbers are constants.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Element = Literal["float32", "int32"]

_HEADING = re.compile(r"# -+ (.*?) -+$")
_COUNT = re.compile(r"([2-9]|\d\d+): (.*)")
_IS_SIZE = re.compile(r".*_(WORDS|FLOATS|INTS)$")


@dataclass(frozen=True, slots=True)
class Word:
    """One name of a block, or a constant.

    Attributes:
        name: as in the layout.
        value: its index, or the constant.
        count: how many consecutive words begin there.
        comment: with its unit; empty where the name says it all.
    """

    name: str
    value: int
    count: int
    comment: str


@dataclass(frozen=True, slots=True)
class Block:
    """An array that the caller keeps.

    Attributes:
        title: as "state, float32".
        element: of the array.
        size_name, size: how many elements it has.
        words: in the order of the layout.
    """

    title: str
    element: Element
    size_name: str
    size: int
    words: tuple[Word, ...]

    @property
    def bytes(self) -> int:
        return 4 * self.size


@dataclass(frozen=True, slots=True)
class Constants:
    """Numbers that are no words of a block, under their heading; empty where they have none."""

    title: str
    words: tuple[Word, ...]


Section = Block | Constants


def read_layout(path: Path) -> tuple[Section, ...]:
    """The sections of a layout module, in the order of its source."""
    source = path.read_text(encoding="utf-8")
    comments = _comments(source)
    headings = {
        line: match[1] for line, comment in comments.items() if (match := _HEADING.match(comment)) is not None
    }
    sections: list[Section] = []
    title = ""
    gathered: list[Word] = []
    body = ast.parse(source).body
    values: dict[str, int] = {}
    for position, node in enumerate(body):
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        above = [line for line in headings if line < node.lineno]
        if above and headings[max(above)] != title:
            _close(sections, title, gathered)
            title = headings[max(above)]
        name = node.targets[0].id
        values[name] = value = int(eval(compile(ast.Expression(node.value), str(path), "eval"), {}, values))
        comment = comments.get(node.lineno, "").removeprefix("#").strip() or _docstring(body, position)
        if _IS_SIZE.match(name) and _holds_blocks(title):
            element: Element = "int32" if name.endswith("_INTS") or "float32" not in title else "float32"
            sections.append(Block(_block_title(title, element), element, name, value, tuple(gathered)))
            gathered = []
        else:
            counted = _COUNT.match(comment)
            count, comment = (int(counted[1]), counted[2]) if counted else (1, comment)
            gathered.append(Word(name, value, count, comment))
    _close(sections, title, gathered)
    return tuple(sections)


def read_codes(path: Path, enumeration: str) -> Constants:
    """The members of an enumeration in a module, under the first line of its docstring.

    Raises LookupError where the module has no such class.
    """
    source = path.read_text(encoding="utf-8")
    comments = _comments(source)
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == enumeration:
            members = tuple(
                Word(
                    member.targets[0].id,
                    int(ast.literal_eval(member.value)),
                    1,
                    comments.get(member.lineno, "").removeprefix("#").strip(),
                )
                for member in node.body
                if isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name)
            )
            return Constants((ast.get_docstring(node) or "").partition("\n")[0], members)
    raise LookupError(f"no enumeration {enumeration} in {path.name}")


def _close(sections: list[Section], title: str, gathered: list[Word]) -> None:
    """What is left under a heading are constants."""
    if gathered:
        sections.append(Constants("" if _holds_blocks(title) else title, tuple(gathered)))
        gathered.clear()


def _holds_blocks(title: str) -> bool:
    return "float32" in title or "int32" in title


def _block_title(title: str, element: Element) -> str:
    return f"{title.partition(',')[0]}, {element}"


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def _docstring(body: list[ast.stmt], position: int) -> str:
    """The string that stands under an assignment, in one line."""
    following = body[position + 1] if position + 1 < len(body) else None
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        return " ".join(str(following.value.value).split())
    return ""
