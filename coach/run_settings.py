"""What a replay must know beside the messages to give what the run gave. It is written into the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from cadence.stride import Side
from coach.coach_settings import CoachSettings, read_coach_settings

Convention = Literal["steps", "strides"]
_CONVENTIONS: dict[str, Convention] = {"steps": "steps", "strides": "strides"}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of a run.

    Attributes:
        pod: as the user named it.
        side: of the foot that carries the pod.
        convention: what a speed and cadence sensor counts a minute; None to find out.
        coach: what the coach knows of the runner.
    """

    pod: str = ""
    side: Side = Side.UNKNOWN
    convention: Convention | None = None
    coach: CoachSettings = field(default_factory=CoachSettings)

    def to_mapping(self) -> dict[str, str]:
        """As text, for the recording."""
        return {
            "pod": self.pod,
            "side": "" if self.side is Side.UNKNOWN else self.side.name.lower(),
            "convention": self.convention or "",
            **self.coach.to_mapping(),
        }


def read_settings(mapping: Mapping[str, str]) -> RunSettings:
    """The settings of a recording. What is missing or unknown there is taken as not set."""
    side = mapping.get("side", "").upper()
    return RunSettings(
        pod=mapping.get("pod", ""),
        side=Side[side] if side in Side.__members__ else Side.UNKNOWN,
        convention=_CONVENTIONS.get(mapping.get("convention", "")),
        coach=read_coach_settings(mapping),
    )
