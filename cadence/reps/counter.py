"""The repetition counter for hosts: samples in by the block, repetitions out.

Where the blocks are cut never changes a result: the counter sees one sample at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence import tally
from cadence.compiled import CORE_SOURCES, Kernel
from cadence.feeding import arrays_of
from cadence.rep import REP
from cadence.reps import layout
from cadence.sample import SampleBlock, Sensor

SHORTEST_REP_US = 400_000
"""Two repetitions never close within less: the shortest that counts lasts 0.5 s from where the first 5 % of
the way up are done."""


class Phase(IntEnum):
    """What the heel does now. The value is the code the kernel uses."""

    AWAY = layout.AWAY
    """Not standing: walking, running, the shoe in the hand; or not yet standing for long enough."""
    REST = layout.REST
    RAISING = layout.RAISING
    TOP = layout.TOP
    LOWERING = layout.LOWERING


@dataclass(frozen=True, slots=True)
class LiveRep:
    """How far the repetition under way has come.

    Attributes:
        phase: at the newest sample. A way up shows after 4°, a way down after 1.5° or 5 % of the way up.
        angle_deg: of the heel, above where the repetition began; 0 when not standing.
    """

    phase: Phase
    angle_deg: float


_HERE = Path(__file__).parent
KERNEL = Kernel(
    "cadence.reps.host_loop",
    (
        *CORE_SOURCES,
        *(_HERE / name for name in ("layout.py", "tilt.py", "timing.py", "cycle.py", "step.py")),
        *(_HERE / "host_loop.py", _HERE.parent / "pointer.py", _HERE.parent / "tally.py"),
    ),
)


@lru_cache(maxsize=1)
def _core() -> Any:
    return KERNEL.load()


class RepCounter:
    """Counts calf raises and heel drops in the samples of the working foot's sensor.

    A gap of more than 0.3 s ends the repetition under way. The set goes on after one of up to 15 s, once a
    repetition has been counted; else, or after a longer one, the foot must first stand still for 0.8 s.

    Args:
        sensor: what is known of it.

    Attributes:
        closed_us: int64, shape (n,): of each repetition of the last block, the sample at which it was told,
            in µs since the first: some half a second after its end.

    Raises:
        ValueError: the sensor has no gyroscope, which quick repetitions cannot be counted without.
    """

    def __init__(self, sensor: Sensor | None = None) -> None:
        if sensor is not None and not sensor.has_gyroscope:
            raise ValueError("repetitions are counted with a gyroscope: this sensor has none")
        self._floats = np.zeros(layout.STATE_FLOATS, np.float32)
        self._ints = np.zeros(layout.STATE_INTS, np.int32)
        self._out = np.zeros(layout.OUTPUT_FLOATS, np.float32)
        self._out_int = np.zeros(layout.OUTPUT_INTS, np.int32)
        self._tally = np.zeros(tally.TALLY_WORDS, np.int64)
        self.closed_us = np.zeros(0, np.int64)
        _core().init(self._floats, self._ints)

    def feed(self, block: SampleBlock) -> NDArray[np.void]:
        """Take a block of samples.

        Returns:
            The repetitions (dtype REP) that were told within it, possibly none.

        Raises:
            ValueError: the block's arrays do not fit each other, or its times run backwards.
        """
        t_us, motion = arrays_of(block, self._tally)
        if not len(t_us):
            self.closed_us = np.zeros(0, np.int64)
            return np.zeros(0, REP)
        room = int(t_us[-1] - self._tally[tally.LAST_US]) // SHORTEST_REP_US + 2
        closed_us = np.empty(room, np.int64)
        amplitudes_rad = np.empty(room, np.float32)
        codes = np.empty((room, layout.OUTPUT_INTS), np.int32)
        found = _core().feed_block(
            self._floats,
            self._ints,
            self._out,
            self._out_int,
            self._tally,
            t_us,
            motion,
            closed_us,
            amplitudes_rad,
            codes,
        )
        self.closed_us = closed_us[:found] - self._tally[tally.FIRST_US]
        return _records(self.closed_us, amplitudes_rad[:found], codes[:found])

    @property
    def live(self) -> LiveRep:
        """What the heel does at the newest sample."""
        angle_deg = float(np.degrees(self._floats[layout.ANGLE]))
        return LiveRep(Phase(int(self._ints[layout.PHASE])), angle_deg)

    @property
    def now_us(self) -> int:
        """The newest sample, in µs since the first."""
        return int(self._tally[tally.LAST_US] - self._tally[tally.FIRST_US])


def _records(
    closed_us: NDArray[np.int64], amplitudes_rad: NDArray[np.float32], codes: NDArray[np.int32]
) -> NDArray[np.void]:
    start_us, top_us, lowering_us, end_us = (closed_us[:, None] - codes[:, :4]).T
    reps = np.zeros(len(closed_us), REP)
    reps["t_start_s"], reps["t_top_s"], reps["t_end_s"] = start_us / 1e6, top_us / 1e6, end_us / 1e6
    reps["raise_s"] = (top_us - start_us) / 1e6
    reps["hold_s"] = (lowering_us - top_us) / 1e6
    reps["lowering_s"] = (end_us - lowering_us) / 1e6
    reps["amplitude_deg"] = np.degrees(amplitudes_rad)
    reps["kind"] = codes[:, layout.OUT_KIND]
    return reps
