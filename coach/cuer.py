"""What a run asks of whoever cues it."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from firmware_bridge.readings import CadenceUpdate


class Cuer(Protocol):
    """Says what the runner is to hear. Its time is that of the samples, and all that it knows of the run
    comes through these calls, so that a replay cues as the run did. Each returns CUE records, most often
    none, in the order of time and none earlier than those before."""

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]:
        """A stride has closed; its record stood at `closed_us` since the first sample."""
        ...

    def take_update(self, update: CadenceUpdate) -> list[np.void]:
        """A ready-made cadence has come."""
        ...

    def take_loss(self) -> list[np.void]:
        """The signal is lost, now."""
        ...

    def advance(self, now_us: int) -> list[np.void]:
        """Time has passed, up to `now_us` since the first sample."""
        ...
