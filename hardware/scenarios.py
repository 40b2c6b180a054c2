"""Named things a simulated runner does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cadence.stride import Activity
from hardware.gait import Pace
from hardware.runner import Segment


def steady(run: Pace, duration_s: float) -> list[Segment]:
    """Run on the level from the first sample to the last."""
    return [Segment(duration_s, run)]


def walk(run: Pace, duration_s: float) -> list[Segment]:
    """Walk briskly."""
    return [Segment(duration_s, _walking())]


def stand(run: Pace, duration_s: float) -> list[Segment]:
    """Stand still."""
    return [Segment(duration_s)]


def hill(run: Pace, duration_s: float) -> list[Segment]:
    """Level, up at 8 %, level, down at 8 %, level: a fifth of the time each, slower uphill."""
    part = duration_s / 5.0
    return [
        Segment(part, run),
        Segment(part, replace(run, grade_percent=8.0, speed_m_s=0.85 * run.speed_m_s)),
        Segment(part, run),
        Segment(part, replace(run, grade_percent=-8.0)),
        Segment(part, run),
    ]


def stops(run: Pace, duration_s: float) -> list[Segment]:
    """Three rounds of standing, walking and running, and a stand at the end."""
    part = duration_s / 20.0
    rounds = [Segment(part), Segment(2.0 * part, _walking()), Segment(3.0 * part, run)] * 3
    return [*rounds, Segment(2.0 * part)]


def bends(run: Pace, duration_s: float) -> list[Segment]:
    """Straights and half circles to the left and to the right, as on a winding path."""
    part = duration_s / 6.0
    turn = 180.0 / part
    return [Segment(part, replace(run, turn_rate_deg_s=rate)) for rate in (0.0, turn, 0.0, -turn, 0.0, turn)]


def session(run: Pace, duration_s: float) -> list[Segment]:
    """What a runner's outing holds: stand, walk, run, a hill, a stop at a crossing, run, walk, stand."""
    part = duration_s / 36.0
    return [
        Segment(2.0 * part),
        Segment(4.0 * part, _walking()),
        Segment(11.0 * part, run),
        Segment(3.0 * part, replace(run, grade_percent=6.0, speed_m_s=0.9 * run.speed_m_s)),
        Segment(2.0 * part, replace(run, grade_percent=-6.0)),
        Segment(2.0 * part),
        Segment(8.0 * part, run),
        Segment(3.0 * part, _walking()),
        Segment(1.0 * part),
    ]


SCENARIOS: dict[str, Callable[[Pace, float], list[Segment]]] = {
    scenario.__name__: scenario for scenario in (steady, walk, stand, hill, stops, bends, session)
}
"""By name: from the running pace and a duration in s to segments."""


def scenario(name: str, duration_s: float, run: Pace | None = None) -> list[Segment]:
    """The segments of a named scenario; running is at 165 spm and 3 m/s unless told otherwise.

    Raises ValueError for an unknown name.
    """
    if name not in SCENARIOS:
        raise ValueError(f"there is no scenario {name!r}: choose one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name](run if run is not None else Pace(), duration_s)


def _walking() -> Pace:
    return Pace(Activity.WALKING, cadence_spm=114.0, speed_m_s=1.4)
