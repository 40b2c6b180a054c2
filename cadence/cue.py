"""The cue record: what the coach asks of the runner, when and why.

It stands beside the stride record so that policy, links and firmware share one layout.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any

import numpy as np


class CueKind(IntEnum):
    """What is asked. The value is the code on the wire and in the on-device core."""

    NONE = 0
    BURST_UP = 1  # a metronome faster than the runner, until the next SILENCE
    BURST_DOWN = 2  # a metronome slower than the runner, until the next SILENCE
    ON_TARGET = 3
    WARNING = 4
    WALK = 5
    RUN = 6
    SILENCE = 7  # the metronome stops; nothing else is heard


class CueReason(IntEnum):
    """Why. The value is the code on the wire and in the on-device core."""

    NONE = 0
    BELOW_TARGET = 1  # of a burst up
    ABOVE_TARGET = 2  # of a burst down
    REACHED = 3  # on target: the cadence came to the target and stayed
    END_OF_ROAD = 4  # on target: the runner's own cadence is there, and is left alone
    FASTER = 5  # a warning: the speed rose with the cadence
    FOREFOOT = 6  # a warning: the strike moved toward the forefoot
    PLAN = 7  # walk, run: as the plan has it; on target: the plan is done
    OVER = 8  # silence: the burst has lasted its time
    STOPPED = 9  # silence: no strides come
    WALKING = 10  # silence
    HILL = 11  # silence: the ground is not level
    OFF_PACE = 12  # silence: not at about the baseline speed
    SIGNAL = 13  # silence: the strides cannot be trusted
    LOAD = 14  # a warning: the run passed 110 % of the longest of the last 30 days


class CueStatus(IntEnum):
    """What the coach does now, or why it is silent. The value is the code in the on-device core."""

    IDLE = 0  # nothing has come yet, or nobody coaches
    LEARNING = 1  # the runner's own cadence
    WATCHING = 2
    BURST = 3  # the metronome runs
    RESTING = 4  # a burst is over, the next may not come yet
    ALONE = 5  # the runner's own cadence is there
    STOPPED = 6  # no strides come
    WALKING = 7
    HILL = 8
    OFF_PACE = 9  # not at about the baseline speed
    SIGNAL = 10  # the strides cannot be trusted


CUE = np.dtype(
    [
        ("t_s", np.float64),  # s since the first sample
        ("kind", np.uint8),  # CueKind
        ("reason", np.uint8),  # CueReason
        ("tempo_spm", np.float32),  # steps of both feet a minute; NaN where the cue has no tempo
    ]
)
"""One cue."""


def cue_to_dict(cue: np.void) -> dict[str, Any]:
    """One cue as plain values for JSON; the tempo is None where there is none."""
    tempo_spm = float(str(cue["tempo_spm"]))  # the shortest decimal form of a float32
    return {
        "t_s": float(cue["t_s"]),
        "kind": CueKind(int(cue["kind"])).name.lower(),
        "tempo_spm": tempo_spm if math.isfinite(tempo_spm) else None,
        "reason": CueReason(int(cue["reason"])).name.lower(),
    }
