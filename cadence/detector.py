"""The detector for hosts: samples in by the block, stride records out.

`StepDetector` runs the on-device core, compiled by Numba, over blocks of any size. Where the blocks are
cut never changes a result: the core sees one sample at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadence import tally
from cadence.compiled import CORE_SOURCES, Kernel
from cadence.core import layout
from cadence.feeding import arrays_of
from cadence.sample import SampleBlock, Sensor
from cadence.stride import STRIDE, Activity, Side

SHORTEST_RECORD_SPACING = 20
"""Records cannot follow one another within fewer samples than this at 50 Hz and more."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What went through the detector so far.

    Attributes:
        samples: rows fed, usable or not.
        missing_samples: rows with a value that is not a number or cannot be.
        clipped_samples: rows with a value at the sensor's limit.
        gaps: silences of more than 60 ms, and runs of missing samples.
        duration_s: from the first sample to the last.
        stationary_s: of it, standing still.
    """

    samples: int = 0
    missing_samples: int = 0
    clipped_samples: int = 0
    gaps: int = 0
    duration_s: float = 0.0
    stationary_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LiveEstimate:
    """What the runner does now.

    Attributes:
        activity: as the detector sees it at the newest sample.
        cadence_spm: of the last stride; 0 when standing; NaN when not known.
        speed_m_s: of the last stride; 0 when standing; NaN when not known.
        age_s: since the last stride's mid-stance; NaN before the first.
    """

    activity: Activity
    cadence_spm: float
    speed_m_s: float
    age_s: float


_HERE = Path(__file__).parent
KERNEL = Kernel(
    "cadence.host_loop",
    (*CORE_SOURCES, *(_HERE / name for name in ("host_loop.py", "pointer.py", "tally.py"))),
)


def is_compiled() -> bool:
    """Whether the core's machine code is at hand; if not, the first block takes seconds to compile."""
    return KERNEL.is_cached()


def warm_up() -> None:
    """Have the core's machine code in memory, compiled if need be, so that the first block does not wait."""
    StepDetector().feed(SampleBlock(np.zeros(1, np.int64), np.zeros((1, 6), np.float32)))


@lru_cache(maxsize=1)
def _core() -> Any:
    return KERNEL.load()


class StepDetector:
    """Finds every stride in the samples of one foot's sensor.

    Args:
        sensor: what is known of it; an accelerometer alone gives no stride length.
        side: the foot it is on, copied into the records.

    Attributes:
        closed_us: int64, shape (n,): of each stride of the last block, the sample that closed its record, in
            µs since the first. It comes some 0.1 s after the mid-stance, and where blocks are cut does not
            change it.
    """

    def __init__(self, sensor: Sensor | None = None, *, side: Side = Side.UNKNOWN) -> None:
        sensor = sensor or Sensor()
        self._side = side
        self._settings = np.zeros(layout.SETTINGS_WORDS, np.float32)
        self._settings[layout.ACC_LIMIT_M_S2] = sensor.acc_limit_m_s2
        self._settings[layout.GYRO_LIMIT_RAD_S] = sensor.gyro_limit_rad_s
        self._settings[layout.HAS_GYROSCOPE] = sensor.has_gyroscope
        self._floats = np.zeros(layout.STATE_FLOATS, np.float32)
        self._ints = np.zeros(layout.STATE_INTS, np.int32)
        self._out = np.zeros(layout.OUTPUT_FLOATS, np.float32)
        self._out_int = np.zeros(layout.OUTPUT_INTS, np.int32)
        self._tally = np.zeros(tally.TALLY_WORDS, np.int64)
        self._last_stride: np.void | None = None
        self.closed_us = np.zeros(0, np.int64)
        _core().init(self._floats, self._ints)

    def feed(self, block: SampleBlock) -> NDArray[np.void]:
        """Take a block of samples.

        Returns:
            The strides (dtype STRIDE) that closed within it, possibly none.

        Raises:
            ValueError: the block's arrays do not fit each other, or its times run backwards.
        """
        t_us, motion = arrays_of(block, self._tally)
        if not len(t_us):
            self.closed_us = np.zeros(0, np.int64)
            return np.zeros(0, STRIDE)
        room = len(t_us) // SHORTEST_RECORD_SPACING + 2
        times_us = np.empty((room, 4), np.int64)
        values = np.empty((room, layout.OUTPUT_FLOATS), np.float32)
        codes = np.empty((room, layout.OUTPUT_INTS), np.int32)
        found = _core().feed_block(
            self._settings,
            self._floats,
            self._ints,
            self._out,
            self._out_int,
            self._tally,
            t_us,
            motion,
            times_us,
            values,
            codes,
        )
        strides = self._records(times_us[:found], values[:found], codes[:found])
        self.closed_us = times_us[:found, 3] - self._tally[tally.FIRST_US]
        if found:
            self._last_stride = strides[-1].copy()
        return strides

    def _records(
        self, times_us: NDArray[np.int64], values: NDArray[np.float32], codes: NDArray[np.int32]
    ) -> NDArray[np.void]:
        strides = np.zeros(len(times_us), STRIDE)
        times_s = (times_us - self._tally[tally.FIRST_US]) / 1e6
        strides["t_toe_off_s"] = times_s[:, 0]
        strides["t_contact_s"] = times_s[:, 1]
        strides["t_mid_stance_s"] = times_s[:, 2]
        stride_time_s = values[:, layout.OUT_STRIDE_TIME_S]
        strides["stride_time_s"] = stride_time_s
        strides["cadence_spm"] = np.float32(120.0) / stride_time_s
        strides["contact_time_s"] = values[:, layout.OUT_CONTACT_TIME_S]
        strides["stride_length_m"] = values[:, layout.OUT_STRIDE_LENGTH_M]
        strides["speed_m_s"] = values[:, layout.OUT_SPEED_M_S]
        strides["climb_m"] = values[:, layout.OUT_CLIMB_M]
        strides["grade_percent"] = values[:, layout.OUT_GRADE_PERCENT]
        strides["flight_time_s"] = values[:, layout.OUT_FLIGHT_TIME_S]
        strides["strike_angle_deg"] = values[:, layout.OUT_STRIKE_ANGLE_DEG]
        strides["impact_g"] = values[:, layout.OUT_IMPACT_G]
        strides["clipped"] = codes[:, layout.OUT_CLIPPED] != 0
        strides["activity"] = codes[:, layout.OUT_ACTIVITY]
        strides["side"] = self._side
        strides["good"] = codes[:, layout.OUT_GOOD] != 0
        return strides

    @property
    def live(self) -> LiveEstimate:
        """What the runner does at the newest sample."""
        activity = Activity(int(self._ints[layout.CURRENT_ACTIVITY]))
        unknown = float("nan")
        age_s = unknown
        if self._last_stride is not None:
            now_s = (self._tally[tally.LAST_US] - self._tally[tally.FIRST_US]) / 1e6
            age_s = float(now_s - self._last_stride["t_mid_stance_s"])
        if activity is Activity.STATIONARY:
            return LiveEstimate(activity, 0.0, 0.0, age_s)
        if activity is Activity.UNKNOWN or self._last_stride is None:
            return LiveEstimate(activity, unknown, unknown, age_s)
        return LiveEstimate(
            activity, float(self._last_stride["cadence_spm"]), float(self._last_stride["speed_m_s"]), age_s
        )

    @property
    def now_us(self) -> int:
        """The newest sample, in µs since the first."""
        return int(self._tally[tally.LAST_US] - self._tally[tally.FIRST_US])

    @property
    def counters(self) -> Counters:
        """What went through so far."""
        counts = self._tally
        return Counters(
            samples=int(counts[tally.SAMPLES]),
            missing_samples=int(counts[tally.MISSING]),
            clipped_samples=int(counts[tally.CLIPPED]),
            gaps=int(counts[tally.GAPS]),
            duration_s=float(counts[tally.LAST_US] - counts[tally.FIRST_US]) / 1e6,
            stationary_s=float(counts[tally.STILL_US]) / 1e6,
        )
