"""What a replay must know beside the messages to give what the run gave. It is written into the recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cadence.stride import Side

Convention = Literal["steps", "strides"]
_CONVENTIONS: dict[str, Convention] = {"steps": "steps", "strides": "strides"}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Settings of a run.

    Attributes:
        pod: as the user named it.
        side: of the foot that carries the pod.
        convention: what a speed and cadence sensor counts a minute; None to find out.
        target_spm: the cadence that the runner wants; None where none was named.
    """

    pod: str = ""
    side: Side = Side.UNKNOWN
    convention: Convention | None = None
    target_spm: float | None = None

    def to_mapping(self) -> dict[str, str]:
        """As text, for the recording."""
        return {
            "pod": self.pod,
            "side": "" if self.side is Side.UNKNOWN else self.side.name.lower(),
            "convention": self.convention or "",
            "target_spm": "" if self.target_spm is None else repr(self.target_spm),
        }


def read_settings(mapping: Mapping[str, str]) -> RunSettings:
    """The settings of a recording. What is missing or unknown there is taken as not set."""
    side = mapping.get("side", "").upper()
    return RunSettings(
        pod=mapping.get("pod", ""),
        side=Side[side] if side in Side.__members__ else Side.UNKNOWN,
        convention=_CONVENTIONS.get(mapping.get("convention", "")),
        target_spm=_number(mapping.get("target_spm", "")),
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
