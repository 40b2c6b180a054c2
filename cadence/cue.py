"""The cue record: what the coach asks of the runner, and when.

It stands beside the stride record so that policy, links and firmware share one layout.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class CueKind(IntEnum):
    """What is asked. The value is the code on the wire and in the on-device core."""

    NONE = 0
    BURST_UP = 1  # a metronome faster than the runner
    BURST_DOWN = 2  # a metronome slower than the runner
    ON_TARGET = 3
    WARNING = 4
    WALK = 5
    RUN = 6


CUE = np.dtype(
    [
        ("t_s", np.float64),  # s since the first sample
        ("kind", np.uint8),  # CueKind
        ("tempo_spm", np.float32),  # steps of both feet a minute; NaN where the cue has no tempo
    ]
)
"""One cue."""
