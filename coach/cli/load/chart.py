"""A share as a bar in characters, with a mark where a limit is."""

from __future__ import annotations

import math

from rich.text import Text


def bar(share: float, columns: int, *, mark: float | None = None, ascii_only: bool) -> Text:
    """A bar from the left; all of it is bold where it goes beyond the mark.

    Args:
        share: of the whole width; what is more ends in an arrow. NaN where not known: there is no bar then.
        columns: how wide it is.
        mark: where the limit stands, as a share; None for none.
        ascii_only: for terminals that have nothing else.
    """
    full, limit, beyond = "#|>" if ascii_only else "█┃▶"
    cells = [" "] * columns
    if math.isfinite(share):
        filled = min(round(share * columns), columns)
        cells[:filled] = [full] * filled
        if share > 1.0:
            cells[-1] = beyond
    if mark is not None:
        cells[min(math.ceil(mark * columns), columns - 1)] = limit
    return Text("".join(cells), "bold yellow" if mark is not None and share > mark else "")
