"""What the coach does now, or why it is silent, in a few words."""

from __future__ import annotations

from cadence.cue import CueStatus
from coach.cli.view import shown

_WORDS = {
    CueStatus.IDLE: "waiting for your first strides",
    CueStatus.LEARNING: "learning your own cadence: run as you always do",
    CueStatus.WATCHING: "watching",
    CueStatus.BURST: "metronome",
    CueStatus.RESTING: "resting after a burst",
    CueStatus.ALONE: "you are there: nothing to say",
    CueStatus.STOPPED: "silent: no strides come",
    CueStatus.WALKING: "silent while you walk",
    CueStatus.HILL: "silent on a hill",
    CueStatus.OFF_PACE: "silent: not at your usual pace",
    CueStatus.SIGNAL: "silent: the pod's signal is poor",
}
NO_COACH = "measuring only, without a coach"


def status_words(status: CueStatus | None, tempo_spm: float | None) -> str:
    """The words.

    Args:
        status: of the coach; None where there is none.
        tempo_spm: of the burst under way, if there is one.
    """
    if status is None:
        return NO_COACH
    words = _WORDS[status]
    if status is CueStatus.BURST and tempo_spm is not None:
        return f"{words} at {shown(tempo_spm, 0)} spm"
    return words
