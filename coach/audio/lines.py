"""What the coach says, in words for ears and screens."""

from __future__ import annotations

import math

import numpy as np

from cadence.cue import CueKind, CueReason
from coach.cue_files import BURSTS

_REASONS = {
    CueReason.NONE: "",
    CueReason.BELOW_TARGET: "below the target",
    CueReason.ABOVE_TARGET: "above the target",
    CueReason.REACHED: "target reached",
    CueReason.END_OF_ROAD: "your cadence is already there",
    CueReason.FASTER: "the speed rose with the cadence",
    CueReason.FOREFOOT: "the landing moved toward the forefoot",
    CueReason.PLAN: "as planned",
    CueReason.OVER: "enough for now",
    CueReason.STOPPED: "stopped",
    CueReason.WALKING: "walking",
    CueReason.HILL: "hill",
    CueReason.OFF_PACE: "not at the usual pace",
    CueReason.SIGNAL: "the pod's signal is poor",
    CueReason.LOAD: "load guard",
}

_WORDS = {
    CueKind.NONE: "",
    CueKind.BURST_UP: "Quicker steps",
    CueKind.BURST_DOWN: "Slower steps",
    CueKind.ON_TARGET: "On target",
    CueKind.WARNING: "Take care",
    CueKind.WALK: "Walk",
    CueKind.RUN: "Run",
    CueKind.SILENCE: "Metronome off",
}

_WORDS_OF_REASONS = {
    (CueKind.ON_TARGET, CueReason.END_OF_ROAD): "Your cadence is already there. I will leave you alone",
    (CueKind.ON_TARGET, CueReason.PLAN): "That was the plan. Well done",
    # Of distance, climb, fast distance or dose: the words must hold for each.
    (CueKind.WARNING, CueReason.LOAD): "A tenth more than in any run of your last 30 days. Time to head home",
    (CueKind.WARNING, CueReason.FASTER): "Shorter steps, same speed",
    # It tells what is seen and what it means; how to land is the runner's own matter.
    (CueKind.WARNING, CueReason.FOREFOOT): (
        "You are landing further forward than before. That loads the Achilles tendon more"
    ),
}


def cue_words(cue: np.void) -> str:
    """What to say or show for a CUE, such as "Quicker steps, 172"; empty for no cue."""
    kind, reason = CueKind(int(cue["kind"])), CueReason(int(cue["reason"]))
    words = _WORDS_OF_REASONS.get((kind, reason), _WORDS[kind])
    tempo_spm = float(cue["tempo_spm"])
    if kind in BURSTS and math.isfinite(tempo_spm):
        return f"{words}, {tempo_spm:.0f}"
    return words


def reason_words(reason: int) -> str:
    """Why, in a few words to stand behind a cue on a screen, such as "hill"; empty for no reason.

    Args:
        reason: a CueReason, or its code as a CUE has it.
    """
    return _REASONS[CueReason(int(reason))]
