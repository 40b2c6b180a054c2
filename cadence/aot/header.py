"""A program's header for C and C++, and the same layouts as plain values for JavaScript."""

from __future__ import annotations

from typing import Any

from cadence.aot.c_comments import block_comment
from cadence.aot.layout_words import Block, Section, Word, read_codes, read_layout
from cadence.aot.program import Argument, Entry, Kind, Program

_HEAD = """\
Generated from the Python source of the same words: do not edit.

Memory: all of it is the caller's. A block is an array that is handed in whole, aligned as its elements are
(4 bytes); the names below are indices into it, and [n] in a comment says that n consecutive elements begin
there. Blocks of settings are filled in by the caller and only read here; blocks of state are set up by a
function that says so and go from call to call, to be looked at but not written; blocks of output are read
by the caller after a call that says there is something in them. The blocks of one call must not overlap.

Calls: nothing is allocated, no library is called, no global is written, nothing waits. Calls on different
blocks do not touch each other and may run at the same time, in threads or interrupts; calls on the same
blocks must not. Any number of states can be kept.

Numbers: float is IEEE 754 binary32, rounded to nearest, denormals kept; a processor's floating-point unit
is to be on and in its default mode. A NaN in an output says that the value is not known: x != x."""


def header(program: Program, docstrings: dict[str, str]) -> str:
    """The text of the header.

    Args:
        program: of which.
        docstrings: of the entries' functions, by symbol. Their sections on arguments are left out, as these
            have other names in C.
    """
    guard = f"{program.name.upper()}_H"
    parts = [
        block_comment(f"{_HEAD}\n\n{program.guide}".rstrip()),
        f"#ifndef {guard}\n#define {guard}",
        "#include <stdint.h>",
        '#ifdef __cplusplus\nextern "C" {\n#endif',
    ]
    for layout in program.layouts:
        parts += [_section(layout.prefix, section) for section in read_layout(layout.source())]
    for codes in program.codes:
        parts.append(_section(codes.prefix, read_codes(codes.source(), codes.name)))
    for entry in program.entries:
        said = _told(entry, docstrings.get(entry.symbol, ""))
        parts.append((f"{block_comment(said)}\n" if said else "") + f"{prototype(entry)};")
    parts += ["#ifdef __cplusplus\n}\n#endif", "#endif"]
    return "\n\n".join(parts) + "\n"


def prototype(entry: Entry) -> str:
    """An entry's declaration in C, over several lines where it is long."""
    begin = f"{'int32_t' if entry.returns else 'void'} {entry.symbol}("
    arguments = [declared(argument) for argument in entry.arguments]
    line = f"{begin}{', '.join(arguments)})"
    if len(line) <= 100:
        return line
    return begin + (",\n" + " " * len(begin)).join(arguments) + ")"


def declared(argument: Argument, name: str = "") -> str:
    """An argument as C declares it, under its own name or another."""
    name = name or argument.name
    if argument.kind is Kind.INT:
        return f"int32_t {name}"
    element = "int32_t" if argument.kind is Kind.INTS else "float"
    const = "const " if argument.read_only else ""
    return f"{const}{element} {name}[{argument.words}]"


def layout_table(program: Program) -> dict[str, Any]:
    """The layouts as plain values: of each, its blocks with their words, and its constants.

    A block has `element`, `size` and `words`; a word has `index`, `count` and `comment`. Under `codes` stand
    the values of each enumeration by name.
    """
    table: dict[str, Any] = {
        "codes": {
            codes.prefix.lower(): {
                word.name: word.value for word in read_codes(codes.source(), codes.name).words
            }
            for codes in program.codes
        }
    }
    for layout in program.layouts:
        blocks: dict[str, Any] = {}
        constants: dict[str, int] = {}
        for section in read_layout(layout.source()):
            if isinstance(section, Block):
                blocks[section.size_name] = {
                    "title": section.title,
                    "element": section.element,
                    "size": section.size,
                    "words": {
                        word.name: {"index": word.value, "count": word.count, "comment": word.comment}
                        for word in section.words
                    },
                }
            else:
                constants.update({word.name: word.value for word in section.words})
        table[layout.prefix.lower()] = {"blocks": blocks, "constants": constants}
    return table


def block_bytes(program: Program) -> dict[str, int]:
    """How large each block is, by the name of its size in C."""
    return {
        f"{layout.prefix}_{section.size_name}": section.bytes
        for layout in program.layouts
        for section in read_layout(layout.source())
        if isinstance(section, Block)
    }


def state_bytes(program: Program) -> int:
    """How large the blocks are that live from call to call: those under a heading that says state."""
    return sum(
        section.bytes
        for layout in program.layouts
        for section in read_layout(layout.source())
        if isinstance(section, Block) and section.title.startswith("state")
    )


def _told(entry: Entry, docstring: str) -> str:
    """What stands above an entry: its docstring, and its arguments as far as they have a comment."""
    paragraphs = [part for part in docstring.split("\n\n") if not part.startswith("Args:")]
    arguments = [f"{argument.name}: {argument.comment}" for argument in entry.arguments if argument.comment]
    return "\n\n".join(paragraphs + (["\n".join(arguments)] if arguments else []))


def _section(prefix: str, section: Section) -> str:
    title = section.title or "constants"
    lines = [f"/* {prefix.lower().replace('_', ' ')}: {title} */", "enum {"]
    lines += [_enumerator(prefix, word) for word in section.words]
    if isinstance(section, Block):
        lines.append(f"    {prefix}_{section.size_name} = {section.size} /* elements of {section.element} */")
    return "\n".join([*lines, "};"])


def _enumerator(prefix: str, word: Word) -> str:
    many = f"[{word.count}] " if word.count > 1 else ""
    comment = f" /* {many}{word.comment} */" if many or word.comment else ""
    return f"    {prefix}_{word.name} = {word.value},{comment}"
