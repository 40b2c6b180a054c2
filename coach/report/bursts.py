"""What each burst of the metronome did: the runner shortly before it and shortly after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueReason
from coach.cue_files import heard_cues
from coach.track import Bools, Track, easy_level

ASIDE_S = 20.0
"""Before a burst and after it, what is compared: some 50 steps. Our choice."""
LEAST_S = 5.0
"""Of running with a good signal, to tell a mean. Our choice."""


@dataclass(frozen=True, slots=True)
class Means:
    """Of running with a good signal, by time; NaN when not known.

    Attributes:
        cadence_spm, speed_m_s, contact_time_s: as in the stride record.
        step_length_m: half a stride.
    """

    cadence_spm: float
    speed_m_s: float
    step_length_m: float
    contact_time_s: float


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst of the metronome.

    Attributes:
        start_s, end_s: when it sounded; a burst under way ends with the run.
        tempo_spm: its first tempo; NaN when not told.
        up: whether it asks for quicker steps.
        ended: why it fell silent; None where the run was over.
        before, after: the easy level running in the ASIDE_S before and after it.
    """

    start_s: float
    end_s: float
    tempo_spm: float
    up: bool
    ended: CueReason | None
    before: Means
    after: Means


def bursts_of(track: Track, cues: NDArray[np.void], duration_s: float) -> list[Burst]:
    """The bursts of a run.

    Args:
        track: of the run.
        cues: CUE, shape (n,), in the order of time.
        duration_s: of the run.
    """
    found = []
    easy = easy_level(track)  # a hill or a stop just after a burst is not what it did
    for cue in heard_cues(cues, duration_s):
        if "t_end_s" not in cue:
            continue
        start_s, end_s = cue["t_s"], cue["t_end_s"]
        found.append(
            Burst(
                start_s=start_s,
                end_s=end_s,
                tempo_spm=np.nan if cue["tempo_spm"] is None else cue["tempo_spm"],
                up=cue["kind"] == "burst_up",
                ended=CueReason.__members__.get(cue["ended"].upper()),
                before=means(track, easy & between(track, start_s - ASIDE_S, start_s)),
                after=means(track, easy & between(track, end_s, end_s + ASIDE_S)),
            )
        )
    return found


def between(track: Track, from_s: float, to_s: float) -> Bools:
    """The rows whose middle lies in a time."""
    middle_s = (track.start_s + track.end_s) / 2
    inside: Bools = (middle_s >= from_s) & (middle_s < to_s)
    return inside


def means(track: Track, chosen: Bools) -> Means:
    """The means of the chosen rows."""
    rows = chosen & track.running & track.good
    if track.lasted_s[rows].sum() < LEAST_S:
        return Means(np.nan, np.nan, np.nan, np.nan)
    times, strides = track.lasted_s[rows], track.strides[rows]
    return Means(
        cadence_spm=_mean(track.cadence_spm[rows], times),
        speed_m_s=_mean(track.speed_m_s[rows], times),
        step_length_m=_mean(track.stride_length_m[rows], strides) / 2,
        contact_time_s=_mean(track.contact_time_s[rows], strides),
    )


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    known = np.isfinite(values) & (weights > 0.0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else np.nan
