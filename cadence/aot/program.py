"""What is to be compiled: entry functions, their arguments, and the layouts of the blocks they work on."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Kind(Enum):
    """How an argument passes in C."""

    FLOATS = "float *"
    INTS = "int32_t *"
    INT = "int32_t"
    SCALARS = "const float *"  # several float arguments of the Python function, behind one pointer


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument in C.

    Attributes:
        name: in C.
        kind: how it passes.
        words: how many words a pointer points to: a number, or the name of one in a layout.
        read_only: whether the function leaves them as they are.
        comment: what it is, with its unit; empty where its layout tells.
    """

    name: str
    kind: Kind
    words: str = ""
    read_only: bool = False
    comment: str = ""


def floats(name: str, words: str, *, read_only: bool = False) -> Argument:
    """A block of float32."""
    return Argument(name, Kind.FLOATS, words, read_only)


def ints(name: str, words: str, *, read_only: bool = False) -> Argument:
    """A block of int32."""
    return Argument(name, Kind.INTS, words, read_only)


def integer(name: str, comment: str = "") -> Argument:
    """An int32."""
    return Argument(name, Kind.INT, comment=comment)


def scalars(name: str, count: int, comment: str = "") -> Argument:
    """`count` float32 arguments of the Python function, given in C by a pointer to them."""
    return Argument(name, Kind.SCALARS, str(count), read_only=True, comment=comment)


@dataclass(frozen=True, slots=True)
class Entry:
    """A function that can be called from outside.

    Attributes:
        symbol: its name in C.
        function: the Python function, "module:name".
        arguments: in the order of the Python function's.
        returns: whether it returns an int32, or nothing.
    """

    symbol: str
    function: str
    arguments: tuple[Argument, ...]
    returns: bool = True

    @property
    def module(self) -> str:
        return self.function.partition(":")[0]

    @property
    def name(self) -> str:
        """Of the Python function."""
        return self.function.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Layout:
    """A module of word indices, as `cadence.core.layout`.

    Attributes:
        prefix: what its names begin with in C and JSON, as several layouts share names.
        module: its name.
    """

    prefix: str
    module: str

    def source(self) -> Path:
        return source_of(self.module)


@dataclass(frozen=True, slots=True)
class Codes:
    """An enumeration whose values stand in words of the blocks.

    Attributes:
        prefix: what its names begin with in C, and its name in JSON.
        enumeration: the Python class, "module:name".
    """

    prefix: str
    enumeration: str

    @property
    def module(self) -> str:
        return self.enumeration.partition(":")[0]

    @property
    def name(self) -> str:
        """Of the class."""
        return self.enumeration.partition(":")[2]

    def source(self) -> Path:
        return source_of(self.module)


@dataclass(frozen=True, slots=True)
class Program:
    """Entries that go into one library, and the layouts that its header tells.

    Attributes:
        name: of the library, a C identifier.
        entries: in the order of the header.
        layouts: in the order of the header.
        codes: in the order of the header.
        guide: how the entries are used, for the top of the header; lines of at most 100 characters.
    """

    name: str
    entries: tuple[Entry, ...]
    layouts: tuple[Layout, ...] = ()
    codes: tuple[Codes, ...] = ()
    guide: str = ""


def source_of(module: str) -> Path:
    """The file of a Python module, which is not imported for that."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no module {module}")
    return Path(spec.origin)
