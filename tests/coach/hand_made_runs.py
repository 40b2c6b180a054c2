"""Runs made by hand, stride by stride, and what a coach says to them."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE, Activity
from coach.coach import Coach
from coach.coach_settings import CoachSettings

UNKNOWN = float("nan")
BURSTS = (CueKind.BURST_UP, CueKind.BURST_DOWN)
TOLD = CoachSettings(baseline_spm=160.0, baseline_speed_m_s=3.0)
"""A runner of 160 steps a minute at 3 m/s, whose target is 168."""


class Listener(Protocol):
    """A coach, or its twin."""

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]: ...
    def advance(self, now_us: int) -> list[np.void]: ...


def stride(
    cadence_spm: float = 160.0,
    *,
    speed_m_s: float = 3.0,
    grade_percent: float = 0.0,
    strike_deg: float = 12.0,
    activity: Activity = Activity.RUNNING,
    good: bool = True,
) -> np.void:
    """A STRIDE record as far as the coach looks at it."""
    record: np.void = np.zeros(1, STRIDE)[0]
    time_s = 120.0 / cadence_spm
    record["stride_time_s"] = time_s
    record["cadence_spm"] = cadence_spm
    record["speed_m_s"] = speed_m_s
    record["stride_length_m"] = speed_m_s * time_s
    record["climb_m"] = speed_m_s * time_s * grade_percent / 100.0
    record["grade_percent"] = grade_percent
    record["strike_angle_deg"] = strike_deg
    record["activity"] = activity
    record["good"] = good
    return record


class Outing:
    """A runner, and the coach beside them.

    Attributes:
        answer: the share of the gap to a heard tempo that the runner closes, and closes at once.
        cues: CUE records so far.
        t_us: the time so far.
    """

    def __init__(
        self, told: CoachSettings | None = None, *, answer: float = 0.0, coach: Listener | None = None
    ) -> None:
        self.coach = coach if coach is not None else Coach(told)
        self.answer = answer
        self.cues: list[np.void] = []
        self.t_us = 0
        self._tempo_spm: float | None = None

    def run(self, seconds: float, cadence_spm: float = 160.0, **kind: Any) -> Outing:
        """Some time of strides. `kind`: as of `stride`."""
        end_us = self.t_us + round(seconds * 1e6)
        while True:
            now_spm = cadence_spm
            if self._tempo_spm is not None:
                now_spm += self.answer * (self._tempo_spm - cadence_spm)
            one = stride(now_spm, **kind)
            next_us = self.t_us + round(float(one["stride_time_s"]) * 1e6)
            if next_us > end_us:
                return self
            self.t_us = next_us
            self.take(one)

    def walk(self, seconds: float) -> Outing:
        return self.run(seconds, 110.0, speed_m_s=1.4, activity=Activity.WALKING)

    def stand(self, seconds: float) -> Outing:
        """No strides for a while; then the first one, which knows none before it."""
        self.t_us += round(seconds * 1e6)
        self._hear(self.coach.advance(self.t_us))
        first = stride()
        first["stride_time_s"] = UNKNOWN
        self.take(first)
        return self

    def wait(self, seconds: float) -> Outing:
        """No strides for a while."""
        self.t_us += round(seconds * 1e6)
        self._hear(self.coach.advance(self.t_us))
        return self

    def until_burst(self, cadence_spm: float = 160.0, *, within_s: float = 1800.0, **kind: Any) -> Outing:
        """Run until the next metronome."""
        bursts = len(self.bursts)
        begin_us = self.t_us
        while len(self.bursts) == bursts:
            assert self.t_us - begin_us < within_s * 1e6, "no burst came"
            self.run(150.0 / cadence_spm, cadence_spm, **kind)
        return self

    def take(self, record: np.void) -> None:
        """A stride closes now."""
        self._hear(self.coach.take_stride(record, self.t_us))

    def _hear(self, cues: list[np.void]) -> None:
        self.cues += cues
        for cue in cues:
            if cue["kind"] in BURSTS:
                self._tempo_spm = float(cue["tempo_spm"])
            elif cue["kind"] == CueKind.SILENCE:
                self._tempo_spm = None

    @property
    def t_s(self) -> float:
        return self.t_us / 1e6

    @property
    def bursts(self) -> list[np.void]:
        return [cue for cue in self.cues if cue["kind"] in BURSTS]

    @property
    def last(self) -> tuple[CueKind, CueReason]:
        return CueKind(int(self.cues[-1]["kind"])), CueReason(int(self.cues[-1]["reason"]))

    def times_s(self, *reasons: CueReason) -> list[float]:
        """When there was a cue with one of these reasons."""
        return [float(cue["t_s"]) for cue in self.cues if cue["reason"] in reasons]

    def records(self) -> NDArray[np.void]:
        return np.array(self.cues, CUE)


def random_strides(seed: int, minutes: float) -> list[tuple[int, np.void]]:
    """When strides closed, in µs, and the strides, of a runner to whom everything happens: spells of running
    at all cadences, paces and grades, walks, stops, losses of signal, fields that are not known. Most spells
    are of a kind that may be coached."""
    rng = np.random.default_rng(seed)
    strides: list[tuple[int, np.void]] = []
    t_us = 0
    own_spm, own_m_s, offset = rng.uniform(150, 175), rng.uniform(2.5, 4.0), rng.normal(0, 1.5)
    blind, level_s = rng.random() < 0.2, rng.choice([60.0, 400.0])
    while t_us < minutes * 60e6:
        fate = rng.choice(["level", "hill", "fast", "walk", "stop", "bad", "pause"], p=WEIGHTS)
        cadence_spm = own_spm + rng.choice([0.0, 4.0, 9.0, 16.0], p=[0.6, 0.15, 0.15, 0.1])
        speed = own_m_s * (rng.uniform(0.85, 1.25) if fate == "fast" else rng.choice([1.0, 1.0, 1.07]))
        grade = offset + (rng.uniform(-8, 8) if fate == "hill" else 0.0)
        strike = rng.choice([12.0, 11.0, 2.0])
        end_us = t_us + int(1e6 * (rng.uniform(30, level_s) if fate == "level" else rng.uniform(5, 40)))
        if fate in ("stop", "pause"):
            t_us = end_us if fate == "stop" else t_us + int(rng.uniform(0.5, 3) * 1e6)
            if rng.random() < 0.7:
                first = stride()
                first["stride_time_s"] = UNKNOWN
                strides.append((t_us, first))
            continue
        while t_us < end_us:
            if fate == "walk":
                one = stride(rng.normal(110, 2), speed_m_s=1.4, activity=Activity.WALKING)
            else:
                one = stride(
                    rng.normal(cadence_spm, 1.5),
                    speed_m_s=UNKNOWN if blind else rng.normal(speed, 0.03),
                    grade_percent=UNKNOWN if blind else rng.normal(grade, 0.4),
                    strike_deg=UNKNOWN if blind or rng.random() < 0.02 else rng.normal(strike, 1.0),
                    good=fate != "bad" or rng.random() < 0.5,
                )
            t_us += round(float(one["stride_time_s"]) * 1e6)
            strides.append((t_us, one))
    return strides


WEIGHTS = [0.6, 0.09, 0.09, 0.06, 0.06, 0.05, 0.05]
"""How often each kind of spell comes, in the order of `random_strides`."""


def fed(coach: Listener, strides: list[tuple[int, np.void]], end_us: int) -> list[np.void]:
    """What a coach says to strides."""
    cues = [cue for t_us, one in strides for cue in coach.take_stride(one, t_us)]
    return cues + coach.advance(end_us)
