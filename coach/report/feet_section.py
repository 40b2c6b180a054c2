"""Left against right, for a run with a pod on each foot."""

from __future__ import annotations

from coach.kept_run import KeptRun
from coach.report.markup import Element, e
from coach.report.tables import head_row, scrolling_table
from coach.report.wording import shown
from coach.two_feet.asymmetry import Difference, asymmetry
from coach.two_feet.words import sentences, verdict

FEET_TITLE = "Left and right"


def feet_parts(run: KeptRun) -> list[Element]:
    """What can be said, and the values in a table; nothing for a run with one pod."""
    found = asymmetry(run.strides)
    if found is None:
        return []
    words = e("p", " ".join(f"{line[0].upper()}{line[1:]}." for line in sentences(found)))
    if found.is_too_little:
        return [words]
    caption = (
        f"Medians over {found.pairs} pairs of neighbouring strides of easy level running. A difference that "
        "is smaller than its spread from stride to stride is none. Pods that do not sit alike differ too. "
        "Flight time is reckoned from each foot's contact, as half a stride less that."
    )
    heads = ("", "left", "right", "left less right", "spread", "pairs", "what it says")
    return [words, scrolling_table(caption, [head_row(*heads)], [_row(told) for told in found.differences])]


def _row(told: Difference) -> Element:
    kind = told.measured
    left, right = (shown(value * kind.factor, kind.decimals) for value in (told.left, told.right))
    unit, factor = ("%", 1.0) if kind.relative else (kind.unit, kind.factor)
    return e(
        "tr",
        e("th", f"{kind.name}, {kind.unit}", scope="row"),
        e("td", left),
        e("td", right),
        e("td", shown(told.difference * factor, 1, unit), class_="change"),
        e("td", shown(told.spread * factor, 1, unit)),
        e("td", str(told.pairs)),
        e("td", verdict(told), class_="words"),
    )
