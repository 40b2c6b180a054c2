"""Named things a simulated runner does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cadence.stride import Activity
from hardware.athlete.routine import routine
from hardware.gait import CADENCES_SPM, MOST_SPEED_M_S, Pace
from hardware.run_walker import run_walk
from hardware.runner import Segment

COACHED_LEAST_S = 360.0
COACHED_FULL_S = 900.0
"""From the one to the other the events of a coached outing get longer, then there are more of them. Our
choice: in a quarter of an hour as long as people take, in six minutes what leaves 70 % for steady running."""

COACHED_OPENING_S = 190.0
"""Level running at first, undisturbed: a coach learns the runner's own cadence and speaks up. Our choice."""

COACHED_ROUND_S = 450.0
"""At least, for a round of a coached outing. Our choice: 70 % of it is steady running."""


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


def coached(run: Pace, duration_s: float) -> list[Segment]:
    """An outing with a coach: stand, walk, run on the level for a long while at first, and then rounds of
    all in which a coach must be silent, with level running between: a hill up, a hill down, a stop at a
    crossing, a walk break and a short sprint.

    At 2.5 m/s or more at least 70 % of the time is steady level running at the pace asked for. Nothing
    changes at once: the runner slows down and speeds up over six strides, and hills begin and end over 20 m.
    A longer outing has more rounds, not longer hills; two hours are the longest it is made for. All of this
    needs its time, so it lasts six minutes at least, whatever is asked for.
    """
    duration_s = max(duration_s, COACHED_LEAST_S)
    share = min(1.0, duration_s / COACHED_FULL_S)
    warm_up = [
        Segment(8.0 * share),
        Segment(16.0 * share, _walking()),
        *_eased_over_strides(_jog(run), run),
    ]
    events = [
        _over_hill(run, replace(run, grade_percent=6.0, speed_m_s=0.9 * run.speed_m_s), 16.0 * share),
        _over_hill(run, replace(run, grade_percent=-6.0), 16.0 * share),
        _slowed(run, _trot(run), Segment(10.0 * share)),
        _slowed(run, _jog(run), Segment(20.0 * share, _walking())),
        _sprinted(run, 8.0 * share),
    ]
    rest_s = duration_s - _time_s(warm_up) - COACHED_OPENING_S
    rounds = max(1, int(rest_s / COACHED_ROUND_S))
    level_s = (rest_s / rounds - sum(map(_time_s, events))) / len(events)
    one_round = [segment for event in events for segment in (*event, Segment(level_s, run))]
    return [*warm_up, Segment(COACHED_OPENING_S, run), *one_round * rounds]


def calf_raises(run: Pace, duration_s: float) -> list[Segment]:
    """Three sets of calf raises on one leg, as long as they take."""
    return routine("calf-raises")


def heel_drops(run: Pace, duration_s: float) -> list[Segment]:
    """Three sets of heel drops on one leg, as long as they take."""
    return routine("heel-drops")


SCENARIOS: dict[str, Callable[[Pace, float], list[Segment]]] = {
    scenario.__name__.replace("_", "-"): scenario
    for scenario in (
        *(steady, walk, stand, hill, stops, bends, session, coached, run_walk),
        *(calf_raises, heel_drops),
    )
}
"""By name: from the running pace and a duration in s to segments."""


def scenario(name: str, duration_s: float, run: Pace | None = None) -> list[Segment]:
    """The segments of a named scenario; running is at 165 spm and 3 m/s unless told otherwise.

    Raises ValueError for an unknown name.
    """
    if name not in SCENARIOS:
        raise ValueError(f"there is no scenario {name!r}: choose one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name](run if run is not None else Pace(), duration_s)


def eased(begin: Pace, end: Pace, parts: int, part_s: float) -> list[Segment]:
    """What lies between two paces of one activity, both left out: cadence, speed and grade change by equal
    amounts from part to part."""
    shares = (part / (parts + 1) for part in range(1, parts + 1))
    return [
        Segment(
            part_s,
            replace(
                begin,
                cadence_spm=_between(begin.cadence_spm, end.cadence_spm, share),
                speed_m_s=_between(begin.speed_m_s, end.speed_m_s, share),
                grade_percent=_between(begin.grade_percent, end.grade_percent, share),
            ),
        )
        for share in shares
    ]


def _between(begin: float, end: float, share: float) -> float:
    return begin + share * (end - begin)


def _eased_over_strides(begin: Pace, end: Pace) -> list[Segment]:
    """Six strides, two alike: as people slow down and speed up. Our choice."""
    return eased(begin, end, 3, 2 * 120.0 / begin.cadence_spm)


def _over_hill(run: Pace, on_it: Pace, duration_s: float) -> list[Segment]:
    """A hill with a foot and a top of 20 m each, in grades a quarter of its own apart."""
    foot = eased(run, on_it, 3, 20.0 / 3.0 / run.speed_m_s)
    return [*foot, Segment(duration_s, on_it), *reversed(foot)]


def _slowed(run: Pace, slow: Pace, pause: Segment) -> list[Segment]:
    """A pause in running; the runner slows down to another pace for it and speeds up again."""
    slowing = _eased_over_strides(run, slow)
    return [*slowing, pause, *reversed(slowing)]


def _sprinted(run: Pace, duration_s: float) -> list[Segment]:
    """A third faster, a quarter of that by quicker steps and the rest by longer ones. Our choice."""
    sprint = replace(
        run,
        speed_m_s=min(4.0 / 3.0 * run.speed_m_s, MOST_SPEED_M_S),
        cadence_spm=min(1.08 * run.cadence_spm, CADENCES_SPM[1]),
    )
    faster = _eased_over_strides(run, sprint)
    return [*faster, Segment(duration_s, sprint), *reversed(faster)]


def _time_s(segments: list[Segment]) -> float:
    return sum(segment.duration_s for segment in segments)


def _jog(run: Pace) -> Pace:
    """As slow as one runs before one walks."""
    return replace(run, speed_m_s=min(1.6, run.speed_m_s))


def _trot(run: Pace) -> Pace:
    """As slow as one runs before one stands."""
    return replace(run, speed_m_s=min(0.6, run.speed_m_s))


def _walking() -> Pace:
    return Pace(Activity.WALKING, cadence_spm=114.0, speed_m_s=1.4)
