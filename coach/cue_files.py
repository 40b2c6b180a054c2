"""Cues as plain values for other programs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CueKind, cue_to_dict

BURSTS = (CueKind.BURST_UP, CueKind.BURST_DOWN)


def heard_cues(cues: NDArray[np.void], end_s: float) -> list[dict[str, Any]]:
    """The cues that the runner hears. A burst has `t_end_s` and `ended`, when and why its metronome fell
    silent; the silence is no cue of its own.

    Args:
        cues: CUE, shape (n,), in the order of time.
        end_s: of the run: a burst under way ends with it, or with the next one.
    """
    heard: list[dict[str, Any]] = []
    burst: dict[str, Any] | None = None
    for cue in cues:
        told = cue_to_dict(cue)
        if told["kind"] == "silence":
            if burst is not None:
                burst |= {"t_end_s": told["t_s"], "ended": told["reason"]}
                burst = None
            continue
        heard.append(told)
        if cue["kind"] in BURSTS:
            if burst is not None:  # the silence between them was lost on its way from a pod
                burst |= {"t_end_s": told["t_s"], "ended": "next"}
            burst = told
    if burst is not None:
        burst |= {"t_end_s": end_s, "ended": "end"}
    return heard


def count_bursts(cues: NDArray[np.void]) -> int:
    """How often the metronome began."""
    return int(np.isin(cues["kind"], BURSTS).sum())
