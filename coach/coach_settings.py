"""What the coach is told of a runner before a run. It is written into the recording, so that a replay cues
as the run did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

CADENCES_SPM = (100.0, 240.0)
SPEEDS_M_S = (0.5, 12.5)
"""What people run at. Our choice."""


@dataclass(frozen=True, slots=True)
class CoachSettings:
    """What the cue policy knows of the runner.

    Attributes:
        baseline_spm: the runner's own cadence in easy level running; None to learn it in the run.
        baseline_speed_m_s: the speed that goes with it; None to learn it in the run.
        target_spm: the cadence to come to; None for the baseline and 5 %, at most 180.
        fade: how much of the feedback is withheld, from 0 (none) to 1 (all but the rarest).
    """

    baseline_spm: float | None = None
    baseline_speed_m_s: float | None = None
    target_spm: float | None = None
    fade: float = 0.0

    def to_mapping(self) -> dict[str, str]:
        """As text, for the recording; what is not known is empty."""
        return {name: "" if value is None else repr(float(value)) for name, value in asdict(self).items()}


def read_coach_settings(mapping: Mapping[str, str]) -> CoachSettings:
    """The settings of a recording. What is missing there, or cannot be, is taken as not known."""
    return CoachSettings(
        baseline_spm=_number(mapping, "baseline_spm", CADENCES_SPM),
        baseline_speed_m_s=_number(mapping, "baseline_speed_m_s", SPEEDS_M_S),
        target_spm=_number(mapping, "target_spm", CADENCES_SPM),
        fade=_number(mapping, "fade", (0.0, 1.0)) or 0.0,
    )


def _number(mapping: Mapping[str, str], name: str, within: tuple[float, float]) -> float | None:
    try:
        value = float(mapping.get(name, ""))
    except ValueError:
        return None
    least, most = within
    return value if least <= value <= most else None
