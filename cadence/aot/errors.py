"""What may go wrong in a build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class AotError(Exception):
    """The build cannot be done; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class PythonLine:
    """A place in the source.

    Attributes:
        path: of the file.
        line: counted from 1.
        function: that it belongs to; empty where that is not known.
    """

    path: Path
    line: int
    function: str

    def __str__(self) -> str:
        inside = f" in {self.function}" if self.function else ""
        return f"{self.path}:{self.line}{inside}"


class KernelError(AotError):
    """A function breaks a rule of the kernel subset.

    Attributes:
        rule: what is broken, in a few words.
        where: the Python line; None where it cannot be told.
    """

    def __init__(self, rule: str, where: PythonLine | None) -> None:
        self.rule = rule
        self.where = where
        super().__init__(rule if where is None else f"{where}: {rule}")


class ToolError(AotError):
    """A tool of the build is missing or has failed."""
