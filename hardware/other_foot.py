"""The other foot of a runner: one that goes half a stride behind the first, whatever that does.

Each of its strides lasts from the middle of one stride of the first foot to the middle of the next, so the
two alternate and never drift apart. What else a stride is made of (contact, strike, sway, impact) varies by
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from cadence.stride import Activity
from hardware.gait import Pace
from hardware.runner import Runner, Segment, TrueSegment, follow

SHORTEST_REST_S = 0.5
"""As `Runner.stand` has it."""
LEAST_STRIDE = 0.6
"""Of a stride of the first foot: this foot makes no shorter one but waits for the next. Our choice."""


@dataclass
class Wearer:
    """A runner who wears two pods, and sets out when the first of them is asked for samples.

    Attributes:
        seed: of the runner.
        set_out_s: when, on the loop's clock; None before.
    """

    seed: int
    set_out_s: float | None = None

    def sets_out_s(self, now_s: float) -> float:
        """When the runner set out: now, if not before."""
        if self.set_out_s is None:
            self.set_out_s = now_s
        return self.set_out_s


def beside(
    other: Runner, first: Runner, segments: Iterable[Segment]
) -> Iterator[tuple[TrueSegment, list[np.void]]]:
    """Let the other foot go along with the first, one stride or one rest at a time, as `follow` does.

    Args:
        other: the foot that has the sensor, fresh.
        first: the same runner's foot that leads, fresh. Its motion is not kept.
        segments: what they mean to do.

    Yields what was meant to be done and the truth of the other foot's strides, none for a rest.
    """
    stood, begun = True, False
    for part, strides in follow(first, segments):
        first.motion.forget_before(first.t_s)
        if not strides:
            begun = True
            yield from _rest(other, part, stood)
            stood = True
            continue
        start_s = part.t_start_s
        for stride in strides:
            end_s = float(stride["t_mid_stance_s"])
            middle_s, lasts_s = (start_s + end_s) / 2.0, end_s - start_s
            pace = _pace(stride, lasts_s, part.pace)
            if not begun:
                other.begin_at(middle_s - lasts_s)
                begun, stood = True, False
            gap_s, begin_s = middle_s - other.t_s, other.t_s
            if stood and gap_s >= SHORTEST_REST_S:
                other.stand(gap_s)
                stood = False
                yield TrueSegment(begin_s, other.t_s, None), []
            elif gap_s >= LEAST_STRIDE * lasts_s:
                stood = False
                truth = other.stride(pace, lasts_s=gap_s)
                yield TrueSegment(begin_s, other.t_s, part.pace), [truth]
            start_s = end_s


def _rest(other: Runner, part: TrueSegment, stood: bool) -> Iterator[tuple[TrueSegment, list[np.void]]]:
    """The first foot rests: this one comes up to it and rests too, but for the end, which its next stride
    tells."""
    if not stood:
        begin_s, pace = other.t_s, other.pace
        yield TrueSegment(begin_s, begin_s, pace), [other.stride(pace)]
    until_s = part.t_end_s - SHORTEST_REST_S
    if until_s - other.t_s >= SHORTEST_REST_S:
        begin_s = other.t_s
        other.stand(until_s - begin_s)
        yield TrueSegment(begin_s, other.t_s, None), []


def _pace(stride: np.void, lasts_s: float, planned: Pace | None) -> Pace:
    """The pace of a stride as it was made: a runner who speeds up or hears a metronome is not at the
    planned."""
    pace = planned if planned is not None else Pace(Activity(int(stride["activity"])))
    return replace(pace, cadence_spm=120.0 / lasts_s, speed_m_s=float(stride["speed_m_s"]))
