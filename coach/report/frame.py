"""The frame of a chart: axes written in HTML around a plot that stretches to any width.

The plot is an SVG without a fixed shape, so that lines fill a phone as well as a desk; words stay outside of
it and keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from coach.report.curve import Curve
from coach.report.markup import Child, Element, e
from coach.report.scale import decimals, round_values
from coach.report.wording import shown

WIDTH, HEIGHT = 1000, 200
"""Of the plot in its own units."""
_HEADROOM = 0.08
"""Of the span of the values, above and below them."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values lie in a plot.

    Attributes:
        low, high: the values at its bottom and top.
        end: the value at its right edge; the left is 0.
    """

    low: float
    high: float
    end: float

    def across(self, value: float) -> float:
        """From 0 at the left edge to 1 at the right."""
        return min(max(value / self.end, 0.0), 1.0) if self.end > 0.0 else 0.0

    def down(self, value: float) -> float:
        """From 0 at the top to 1 at the bottom; beyond them for values off the scale."""
        return (self.high - value) / (self.high - self.low)


def scale_of(values: Iterable[float], *, narrowest: float, end: float) -> Scale:
    """The scale on which all values lie, and which is no narrower than it may be: else a steady run looks
    wild."""
    known = np.array([value for value in values if np.isfinite(value)])
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    spare = max(0.0, narrowest - (high - low)) / 2
    low, high = low - spare, high + spare
    room = _HEADROOM * (high - low)
    bottom = low - room
    return Scale(max(0.0, bottom) if low >= 0.0 else bottom, high + room, end)


def line(curve: Curve, scale: Scale, class_: str) -> Element | None:
    """The pieces of a curve, each as a line; None for no point."""
    if not len(curve):
        return None
    x = np.round(curve.t_s / max(scale.end, 1e-9) * WIDTH, 1)
    y = np.round((scale.high - curve.value) / (scale.high - scale.low) * HEIGHT, 1)
    begins = np.concatenate([[True], np.diff(curve.piece) != 0])
    alone = begins & np.concatenate([begins[1:], [True]])
    parts = [
        f"{'M' if begin else 'L'}{across:g} {down:g}{'h0' if single else ''}"
        for begin, single, across, down in zip(
            begins.tolist(), alone.tolist(), x.tolist(), y.tolist(), strict=True
        )
    ]
    return e("path", d="".join(parts), class_=class_)


def level(value: float, scale: Scale, class_: str) -> Element:
    """A line right across."""
    return e("path", d=f"M0 {scale.down(value) * HEIGHT:.1f}H{WIDTH}", class_=class_)


def band(low: float, high: float, scale: Scale, class_: str) -> Element:
    """A stripe right across, from one value to another."""
    top, bottom = scale.down(high) * HEIGHT, scale.down(low) * HEIGHT
    return e("rect", x=0, y=f"{top:.1f}", width=WIDTH, height=f"{bottom - top:.1f}", class_=class_)


def shade(start: float, end: float, scale: Scale, class_: str, title: str) -> Element:
    """A stretch of the plot from top to bottom."""
    left, right = scale.across(start), scale.across(end)
    place = f"left:{100 * left:.3f}%;width:{100 * (right - left):.3f}%"
    return e("div", class_=f"shade {class_}", style=place, title=title)


def framed(
    scale: Scale,
    marks: Sequence[Child],
    *,
    across: Sequence[tuple[float, str]],
    label: str,
    under: Sequence[Child] = (),
    over: Sequence[Child] = (),
) -> Element:
    """A plot in its axes.

    Args:
        scale: of the plot.
        marks: SVG, in its units.
        across: values of the lower axis and what to write there.
        label: what is to be seen, for those who do not see it.
        under, over: HTML below and above the SVG, placed in per cent.
    """
    ticks = round_values(scale.low, scale.high)
    count = decimals(ticks)
    grid = "".join(f"M0 {scale.down(tick) * HEIGHT:.1f}H{WIDTH}" for tick in ticks)
    plot = e(
        "svg",
        e("path", d=grid, class_="grid"),
        *marks,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )
    return e(
        "div",
        e(
            "div",
            *(e("span", shown(tick, count), style=f"top:{100 * scale.down(tick):.2f}%") for tick in ticks),
            class_="axis-y",
            aria_hidden="true",
        ),
        e("div", *under, plot, *over, class_="plot"),
        e(
            "div",
            *(
                e(
                    "span",
                    words,
                    style=f"left:{100 * scale.across(value):.2f}%",
                    class_="fine" if index % 2 else None,
                )
                for index, (value, words) in enumerate(across)
            ),
            class_="axis-x",
            aria_hidden="true",
        ),
        class_="frame",
    )
