"""Numbers, times and dates as people read them on the page."""

from __future__ import annotations

import math
from datetime import datetime

UNKNOWN = "–"
NARROW_SPACE = "\u202f"
"""Between a number and its unit; no line breaks there."""
MINUS = "\u2212"
"""As wide as a plus, which a hyphen is not."""


def shown(value: float | None, decimals: int, unit: str = "") -> str:
    """A number with its unit; a dash when it is not known."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = f"{value:.{decimals}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return f"{text.replace('-', MINUS)}{unit and NARROW_SPACE}{unit}"


def change(before: float, after: float) -> str:
    """From one value to the other in per cent, with its sign; a dash when either is not known."""
    if not (math.isfinite(before) and math.isfinite(after)) or before == 0.0:
        return UNKNOWN
    percent = 100.0 * (after / before - 1.0)
    text = f"{abs(percent):.1f}"
    sign = "" if float(text) == 0.0 else "+" if percent > 0 else MINUS
    return f"{sign}{text}{NARROW_SPACE}%"


def clock(seconds: float) -> str:
    """A time span as 1:42, or 2:05:13 from an hour on."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def pace(speed_m_s: float) -> str:
    """Minutes for a kilometre; a dash when the speed is not known or none."""
    return f"{clock(1000.0 / speed_m_s)}{NARROW_SPACE}min/km" if speed_m_s > 0.1 else UNKNOWN


def length(metres: float) -> str:
    """A distance in m, or km from one on."""
    return shown(metres, 0, "m") if metres < 1000.0 else shown(metres / 1000.0, 2, "km")


def day(moment: datetime) -> str:
    """A date, such as Sunday, 22 November 2026."""
    return f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def short_day(moment: datetime) -> str:
    """A date, such as 22 Nov."""
    return f"{moment.day} {_MONTHS[moment.month - 1][:3]}"


# Not strftime: the page is English whatever the machine speaks.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
