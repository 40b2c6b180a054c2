"""Between the coach and a simulated runner."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cadence.cue import CueKind
from coach.cue_files import BURSTS
from hardware.listener import Listener


def hear(listener: Listener, cues: Iterable[np.void]) -> None:
    """Let a runner hear CUE records."""
    for cue in cues:
        if cue["kind"] in BURSTS:
            listener.hear(float(cue["tempo_spm"]))
        elif cue["kind"] == CueKind.SILENCE:
            listener.hear(None)
