"""What the run came to, in a sentence and a few numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coach.kept_run import KeptRun
from coach.report.bursts import Burst, Means, bursts_of, means
from coach.report.wording import shown
from coach.run_facts import BAND_SPM
from coach.summary import Summary, summarise, summarise_updates
from coach.track import Bools, Floats, Track, easy_level, track_of

SAME_SPEED_SHARE = 0.03
"""Within it the speed is called the same. Our choice, about what a runner holds by feel."""
SAME_CADENCE_SPM = 1.0
"""Within it the cadence is called the same. Our choice."""


@dataclass(frozen=True, slots=True)
class Story:
    """A run as the page tells it.

    Attributes:
        run: as it was kept.
        track: of the run.
        summary: its sums.
        bursts: of the metronome.
        own, coached: easy level running before the first burst, and from it on.
        speed_m_s, step_length_m: medians of the running; NaN when not known.
        on_target_share: of the easy level running, within BAND_SPM of the target; None without either.
    """

    run: KeptRun
    track: Track
    summary: Summary
    bursts: list[Burst]
    own: Means
    coached: Means
    speed_m_s: float
    step_length_m: float
    on_target_share: float | None


def story_of(run: KeptRun) -> Story:
    """Work out what the page tells of a run."""
    track = track_of(run)
    if len(run.strides) or not run.updates:
        summary = summarise(run.strides, duration_s=run.duration_s, stationary_s=run.stationary_s)
    else:
        summary = summarise_updates(run.updates)
    bursts = bursts_of(track, run.cues, run.duration_s)
    easy = easy_level(track)
    first_s = bursts[0].start_s if bursts else math.inf
    return Story(
        run=run,
        track=track,
        summary=summary,
        bursts=bursts,
        own=means(track, easy & (track.end_s <= first_s)),
        coached=means(track, easy & (track.end_s > first_s)),
        speed_m_s=_median(track.speed_m_s[track.running]),
        step_length_m=_median(track.stride_length_m[track.running]) / 2,
        on_target_share=_on_target_share(track, easy, run.target_spm),
    )


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else math.nan


def _on_target_share(track: Track, easy: Bools, target_spm: float | None) -> float | None:
    easy_s = float(track.lasted_s[easy].sum())
    if target_spm is None or not easy_s:
        return None
    held = easy & (np.abs(track.cadence_spm - target_spm) <= BAND_SPM)
    return float(track.lasted_s[held].sum()) / easy_s


def headline(story: Story) -> str:
    """The run in a sentence or two."""
    if not story.track.running.any():
        if story.run.duration_s < 10.0:
            return f"This run lasted {story.run.duration_s:.0f} s: too short to tell of any running."
        walked = " Walking was found." if story.summary.walking_s else ""
        return f"No running was found in this run.{walked} The coach speaks to runners alone."
    if not story.bursts:
        return _without_bursts(story)
    own, coached = story.own, story.coached
    if not (math.isfinite(own.cadence_spm) and math.isfinite(coached.cadence_spm)):
        return "There was too little easy level running to compare before and after the first burst."
    rise_spm = coached.cadence_spm - own.cadence_spm
    from_to = f"{shown(own.cadence_spm, 0)} to {shown(coached.cadence_spm, 0)} steps a minute"
    if abs(rise_spm) < SAME_CADENCE_SPM:
        return f"Your cadence stayed at {shown(coached.cadence_spm, 0)} steps a minute, cues or not."
    words = f"Your cadence went {'up' if rise_spm > 0 else 'down'} from {from_to} once the coach had cued"
    if not (math.isfinite(own.speed_m_s) and math.isfinite(coached.speed_m_s)):
        return f"{words}. Whether the steps got shorter is not known: the pod tells no speed."
    return f"{words}{_at_what_speed(own, coached)}"


def _without_bursts(story: Story) -> str:
    if not math.isfinite(story.summary.cadence_spm):
        return "You ran, but the signal was never good enough to tell your cadence."
    words = f"You ran at {shown(story.summary.cadence_spm, 0)} steps a minute"
    target_spm = story.run.target_spm
    if target_spm is None:
        return f"{words}. The coach had no target for this run, so it left the cadence alone."
    return f"{words}, with {shown(target_spm, 0)} as the target. The metronome did not sound."


def _at_what_speed(own: Means, coached: Means) -> str:
    speed_share = coached.speed_m_s / own.speed_m_s - 1.0
    if abs(speed_share) > SAME_SPEED_SHARE:
        word = "faster" if speed_share > 0 else "slower"
        return f", while you ran {100 * abs(speed_share):.0f}\u202f% {word}."
    step_share = coached.step_length_m / own.step_length_m - 1.0
    word = "shorter" if step_share < 0 else "longer"
    return f", at the same speed: each step was {100 * abs(step_share):.1f}\u202f% {word}."
