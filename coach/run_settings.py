"""What a replay must know beside the messages to give what the run gave. It is written into the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cadence.stride import Side
from coach.coach_settings import CoachSettings, read_coach_settings
from coach.load.longest import Longest, read_longest
from coach.plan.run_walk import PlanError, format_plan, parse_plan

Convention = Literal["steps", "strides"]
_CONVENTIONS: dict[str, Convention] = {"steps": "steps", "strides": "strides"}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of a run.

    Attributes:
        pod: as the user named it, or both of them.
        side: of the foot that carries the pod, or the first of two.
        convention: what a speed and cadence sensor counts a minute; None to find out.
        coach: what the coach knows of the runner.
        plan: of running and walking, as `coach.plan.run_walk` writes it; empty for none.
        longest: single run of the 30 days before, for the load guard; None where there is none.
        cues_paused: the cadence is not cued in this run.
        other_side: of the foot that carries the second pod; None where there is one pod.
    """

    pod: str = ""
    side: Side = Side.UNKNOWN
    convention: Convention | None = None
    coach: CoachSettings = field(default_factory=CoachSettings)
    plan: str = ""
    longest: Longest | None = None
    cues_paused: bool = False
    other_side: Side | None = None

    @property
    def sides(self) -> tuple[Side, ...]:
        """Of the feet that carry the pods, by the pods' numbers."""
        return (self.side,) if self.other_side is None else (self.side, self.other_side)

    def to_mapping(self) -> dict[str, str]:
        """As text, for the recording."""
        return {
            "pod": self.pod,
            "side": ",".join("" if side is Side.UNKNOWN else side.name.lower() for side in self.sides),
            "convention": self.convention or "",
            **self.coach.to_mapping(),
            "plan": self.plan,
            **({} if self.longest is None else self.longest.to_mapping()),
            "cues_paused": "yes" if self.cues_paused else "",
        }


def read_settings(mapping: Mapping[str, str]) -> RunSettings:
    """The settings of a recording. What is missing or unknown there is taken as not set."""
    side, *others = (_side(word) for word in mapping.get("side", "").split(","))
    return RunSettings(
        pod=mapping.get("pod", ""),
        side=side,
        convention=_CONVENTIONS.get(mapping.get("convention", "")),
        coach=read_coach_settings(mapping),
        plan=_plan(mapping.get("plan", "")),
        longest=read_longest(mapping),
        cues_paused=mapping.get("cues_paused", "") == "yes",
        other_side=others[0] if others else None,
    )


def _side(word: str) -> Side:
    return Side.__members__.get(word.upper(), Side.UNKNOWN)


def _plan(text: str) -> str:
    try:
        return format_plan(parse_plan(text))
    except PlanError:
        return ""
