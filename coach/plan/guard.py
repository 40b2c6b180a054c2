"""The load guard's spoken line: said once, when the run passes what the last 30 days prepared for.

The rule is that of `coach.load.spike`: more than 110 % of the longest single run of the 30 days before, in
distance, and by our choice in climb, fast distance and the modelled Achilles dose as well.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE, CueKind, CueReason
from cadence.stride import STRIDE
from coach.load.longest import Longest
from coach.load.spike import WARN_PERCENT, spike_of
from coach.load.sums import LoadSums, load_sums
from coach.summary import UPDATE_LASTS_S
from firmware_bridge.readings import CadenceUpdate

LEAST_STRIDES = 100
"""Before so many, or so many seconds of ready-made cadence, nothing is said: shoe handling makes strides that
are none, and sums over a few are mostly error. Our choice, about a minute."""
LEAST_S = 60.0
EVERY_STRIDES = 50
"""How often the sums other than the distance are looked at: they are worked out anew from all strides each
time. Our choice, half a minute."""


class LoadGuard:
    """Compares a run, as it goes on, with the longest of the 30 days before it. Its time is that of the
    samples.

    With two pods it must be given the strides of the leading foot alone, so that a moment counts once.
    """

    def __init__(self, longest: Longest, usual_speed_m_s: float | None = None) -> None:
        """
        Args:
            longest: of the 30 days before the run.
            usual_speed_m_s: of the runner's easy running; where it is None fast distance is not looked at,
                since that of a run so far changes with its median speed.
        """
        self._longest = longest
        self._usual_speed_m_s = usual_speed_m_s
        self._records = bytearray()  # of dtype STRIDE: an array each would take ten times the room
        self._strides = 0
        self._distance_m = 0.0
        self._last: CadenceUpdate | None = None
        self._first_s = math.nan
        self._told = False

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]:
        """A stride has closed. Returns CUE records, most often none."""
        if self._told:
            return []
        self._strides += 1
        self._records += stride.tobytes()
        length_m = float(stride["stride_length_m"])
        self._distance_m += length_m if math.isfinite(length_m) else 0.0
        if self._strides < LEAST_STRIDES:
            return []
        is_over = self._is_too_far() or (self._strides % EVERY_STRIDES == 0 and self._is_spike())
        return self._warned(closed_us / 1e6) if is_over else []

    def take_update(self, update: CadenceUpdate) -> list[np.void]:
        """A ready-made cadence has come; it tells of distance alone. Returns CUE records."""
        last, self._last = self._last, update
        if self._told:
            return []
        if last is None:
            self._first_s = update.t_s
        elif math.isfinite(last.speed_m_s):
            self._distance_m += last.speed_m_s * min(update.t_s - last.t_s, UPDATE_LASTS_S)
        is_over = update.t_s - self._first_s >= LEAST_S and self._is_too_far()
        return self._warned(update.t_s) if is_over else []

    def take_loss(self) -> list[np.void]:
        """The signal is lost: what is run meanwhile is not known. Returns no CUE record."""
        return []

    def advance(self, now_us: int) -> list[np.void]:
        """Time has passed. Returns no CUE record."""
        return []

    def _is_too_far(self) -> bool:
        so_far = LoadSums(self._distance_m, math.nan, math.nan, math.nan)
        return spike_of(so_far, self._longest).distance_percent > WARN_PERCENT

    def _is_spike(self) -> bool:
        strides: NDArray[np.void] = np.frombuffer(bytes(self._records), STRIDE)
        spike = spike_of(load_sums(strides, self._usual_speed_m_s), self._longest)
        others = [spike.climb_percent, spike.dose_percent]
        if self._usual_speed_m_s is not None:
            others.append(spike.fast_percent)
        return any(percent > WARN_PERCENT for percent in others)

    def _warned(self, t_s: float) -> list[np.void]:
        self._told = True
        self._records.clear()
        return [np.array([(t_s, CueKind.WARNING, CueReason.LOAD, math.nan)], CUE)[0]]
