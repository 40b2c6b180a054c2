"""The repetition record: one calf raise or heel drop, its instants, their units and what it counts as.

A repetition: the heel goes up by at least 5° of foot pitch and comes down from its top by at least 8° and
two thirds of the way up, in 0.5 to 12 s, with at least 0.2 s each way and at most 5 s at the top, and begins
or ends no more than 12° above the standing foot. It is over when the heel stops or turns.
Who tilts the foot by more than 75° has knelt, not raised a heel. All of this is our choice: a fifth of a
full calf raise counts, the sway of who stands and a bounce of a few degrees do not.

The way up and the way down are timed as with a ruler laid on the middle of each: from the instants at
which 10 % and 90 % of the way are done, lengthened at their mean speed to the whole way. So neither the creep
before a movement nor the settling after it counts.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np


class RepKind(IntEnum):
    """Where the heel ended, against the foot of one who stands."""

    RAISE = 1
    """About level: a calf raise."""
    DROP = 2
    """Below, by more than a quarter of the way down: a heel drop on a step."""


REP = np.dtype(
    [
        ("t_start_s", np.float64),  # s since the first sample: the heel leaves
        ("t_top_s", np.float64),  # s: it has reached the top
        ("t_end_s", np.float64),  # s: it is down again
        ("raise_s", np.float32),  # s: the way up, concentric
        ("hold_s", np.float32),  # s: at the top
        ("lowering_s", np.float32),  # s: the way down, eccentric
        ("amplitude_deg", np.float32),  # degrees of foot pitch from the top to the lower of the two ends
        ("kind", np.uint8),  # RepKind
    ]
)
"""One repetition: `t_start_s + raise_s = t_top_s`, and `t_top_s + hold_s + lowering_s = t_end_s`."""


def to_dict(rep: np.void) -> dict[str, Any]:
    """One repetition as plain values for JSON; a float32 by its shortest decimal form."""
    record: dict[str, Any] = {name: float(str(rep[name])) for name in REP.names or () if name != "kind"}
    return record | {"kind": RepKind(int(rep["kind"])).name.lower()}
