"""How late sound is heard, from how people tap along. Pure: it reads no clock.

People tap ahead of a beat, by an amount of their own. Tapped once along with a light and once along with
ticks, the same amount stands in both, so their difference is the latency of the sound. What the screen needs
to show the light (10 to 30 ms) makes it come out too small by as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

BEAT_S = 0.8
"""Near the pace at which people tap most steadily, and longer than any latency looked for. Our choice."""
EARLIEST_S = -0.25
"""A tap belongs to the beat that it is no more than so much ahead of, else to the one before. Our choice."""
FIRST_TAPS = 4
"""Left out, since one has to find into the beat."""
FEWEST_TAPS = 8
STEADY_S = 0.060
"""Taps that lie, at the median, further from their median tell nothing. Our choice: some three times what is
usual for people."""


class UnsteadyTapsError(Exception):
    """The taps tell nothing, and what to do."""


@dataclass(frozen=True, slots=True)
class Tapping:
    """How somebody tapped along.

    Attributes:
        offset_s: the median tap behind its beat, negative ahead of it.
        spread_s: the median distance of the taps from it.
    """

    offset_s: float
    spread_s: float


def tapping(taps_s: Sequence[float], first_beat_s: float, beat_s: float = BEAT_S) -> Tapping:
    """How the taps lie to beats that come every `beat_s` from `first_beat_s` on.

    Raises:
        UnsteadyTapsError: there are too few, or they lie all over the beat.
    """
    counted = taps_s[FIRST_TAPS:]
    if len(counted) < FEWEST_TAPS:
        raise UnsteadyTapsError(f"too few taps: at least {FIRST_TAPS + FEWEST_TAPS} are needed")
    offsets_s = [(tap_s - first_beat_s - EARLIEST_S) % beat_s + EARLIEST_S for tap_s in counted]
    middle_s = median(offsets_s)
    spread_s = median(abs(offset_s - middle_s) for offset_s in offsets_s)
    if spread_s > STEADY_S:
        raise UnsteadyTapsError("the taps were too uneven to tell: try again, one tap for each beat")
    return Tapping(middle_s, spread_s)


def latency_ms(light: Tapping, ticks: Tapping) -> float:
    """How late the ticks are heard, to be given as `--audio-latency-ms`; never below 0."""
    return max(0.0, 1000.0 * (ticks.offset_s - light.offset_s))
