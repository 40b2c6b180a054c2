"""The samples behind a picture: an outline of the whole recording, and a few seconds in full.

Both take a recording block by block and stay small, however long it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cadence.sample import SampleBlock
from cadence.stride import Activity

WINDOW_S = 6.0
"""Shown in full: eight strides of a run, few enough that each event can be seen."""


def window_s(strides: NDArray[np.void], duration_s: float) -> tuple[float, float]:
    """The seconds worth seeing in full: around the middle stride of the running, else of all strides.

    Args:
        strides: STRIDE, shape (n,), in the order of time.
        duration_s: length of the recording.
    """
    chosen = strides[strides["activity"] == Activity.RUNNING]
    if not len(chosen):
        chosen = strides
    middle = float(chosen["t_contact_s"][len(chosen) // 2]) if len(chosen) else duration_s / 2
    start = max(0.0, min(middle - WINDOW_S / 2, duration_s - WINDOW_S))
    return start, min(start + WINDOW_S, duration_s)


@dataclass(slots=True)
class Outline:
    """Smallest and largest magnitude of the acceleration in bins of equal time.

    When the bins run out, each two become one and the rest are free again.

    Attributes:
        bin_us: width of a bin.
        low, high: m/s², shape (bins,); NaN where there was no sample.
    """

    bins: int = 4096
    bin_us: int = 20_000
    low: NDArray[np.float32] = field(init=False)
    high: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        self.low = np.full(self.bins, np.nan, dtype=np.float32)
        self.high = np.full(self.bins, np.nan, dtype=np.float32)

    def add(self, block: SampleBlock) -> None:
        if not len(block.t_us):
            return
        while block.t_us[-1] >= self.bins * self.bin_us:
            self._halve()
        magnitude = np.linalg.norm(block.motion[:, :3], axis=1)
        place = block.t_us // self.bin_us
        first = np.flatnonzero(np.diff(place, prepend=-1))
        place = place[first]
        self.low[place] = np.fmin(self.low[place], np.fmin.reduceat(magnitude, first))
        self.high[place] = np.fmax(self.high[place], np.fmax.reduceat(magnitude, first))

    def _halve(self) -> None:
        free = np.full(self.bins // 2, np.nan, dtype=np.float32)
        self.low = np.concatenate([np.fmin(self.low[::2], self.low[1::2]), free])
        self.high = np.concatenate([np.fmax(self.high[::2], self.high[1::2]), free])
        self.bin_us *= 2


@dataclass(slots=True)
class Window:
    """The samples between two times.

    Attributes:
        start_s, end_s: from and up to here.
    """

    start_s: float
    end_s: float
    _blocks: list[SampleBlock] = field(default_factory=list)

    def add(self, block: SampleBlock) -> bool:
        """Keep what lies in the window; False once the recording has passed it."""
        inside = (block.t_us >= self.start_s * 1e6) & (block.t_us <= self.end_s * 1e6)
        if inside.any():
            self._blocks.append(SampleBlock(block.t_us[inside], block.motion[inside]))
        return not len(block.t_us) or bool(block.t_us[-1] <= self.end_s * 1e6)

    @property
    def t_s(self) -> NDArray[np.float64]:
        """Times of the samples, shape (n,), in s on the recording's clock."""
        return np.concatenate([np.empty(0), *(block.t_us / 1e6 for block in self._blocks)])

    @property
    def motion(self) -> NDArray[np.float32]:
        """Acceleration in m/s² and rotation in rad/s, shape (n, 6)."""
        empty = np.empty((0, 6), dtype=np.float32)
        return np.concatenate([empty, *(block.motion for block in self._blocks)])


def pitch_rate_rad_s(
    t_s: NDArray[np.float64], rotation: NDArray[np.float32], strides: NDArray[np.void]
) -> NDArray[np.float64]:
    """Rotation about the foot's main axis, positive where the toes rise; shape (n,).

    The foot turns mostly about its medio-lateral axis, so that is the direction along which the rotation
    is strongest (the first principal component). The toes rise in the second half of the swing, which
    gives the sign; without a whole swing in view it is open.

    Args:
        t_s: shape (n,), in s.
        rotation: shape (n, 3), in rad/s, in the sensor's axes; NaN where it is missing.
        strides: STRIDE, shape (m,), to tell where the swings are.
    """
    turning = rotation.astype(np.float64)
    known = turning[np.isfinite(turning).all(axis=1)]
    if not len(known):
        return np.full(len(turning), np.nan)
    axis = np.linalg.eigh(known.T @ known)[1][:, -1]
    rate: NDArray[np.float64] = turning @ axis
    late_swing = np.zeros(len(t_s), dtype=np.bool_)
    for toe_off, contact in zip(strides["t_toe_off_s"], strides["t_contact_s"], strict=True):
        late_swing |= (t_s > (toe_off + contact) / 2) & (t_s < contact)
    return -rate if np.nansum(rate[late_swing]) < 0 else rate
