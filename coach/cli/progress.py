"""What a command shows on a terminal while it works. It goes to stderr; a pipe gets nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from cadence.detector import is_compiled
from cadence.sample import SampleBlock
from coach.cli.errors import say
from coach.coach import is_compiled as coach_is_compiled


def tell_if_compiling() -> None:
    """Say so when the detector is about to be compiled, which is done once and takes some seconds."""
    if not (is_compiled() and coach_is_compiled()):
        say("compiling the detector for this machine, once; this takes some seconds ...")


@contextmanager
def progress_bar(files: int) -> Iterator[tuple[Callable[[str], None], Callable[[SampleBlock], None]]]:
    """A bar over the files; gives a function to call with each file's name, and one to show each block."""
    if not sys.stderr.isatty():
        yield lambda name: None, lambda block: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    parts = [SpinnerColumn(), TextColumn("{task.description}")]
    if files > 1:
        parts += [BarColumn(), MofNCompleteColumn()]
    with Progress(
        *parts, TextColumn("{task.fields[read]}"), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task("", total=files, read="")
        finished = count()

        def begin(name: str) -> None:
            bar.update(task, description=name, completed=next(finished), read="")

        def show(block: SampleBlock) -> None:
            if len(block.t_us):
                bar.update(task, read=f"{block.t_us[-1] / 60e6:.1f} min read")

        yield begin, show
