"""The cue policy for hosts: strides and time in, cues out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cadence.compiled import CORE_SOURCES, Kernel
from cadence.core import layout
from cadence.cue import CUE, CueStatus
from cadence.stride import Activity
from coach import policy_layout as words
from coach.coach_settings import CoachSettings
from firmware_bridge.readings import CadenceUpdate

_HERE = Path(__file__).parent
KERNEL = Kernel(
    "coach.policy_loop",
    (
        *CORE_SOURCES,
        *(
            _HERE / name
            for name in ("policy.py", "policy_constants.py", "policy_layout.py", "policy_loop.py")
        ),
        *(_HERE.parent / "cadence" / name for name in ("cue.py", "pointer.py")),
    ),
)

_OUT_FIELDS = {
    "stride_time_s": layout.OUT_STRIDE_TIME_S,
    "contact_time_s": layout.OUT_CONTACT_TIME_S,
    "stride_length_m": layout.OUT_STRIDE_LENGTH_M,
    "speed_m_s": layout.OUT_SPEED_M_S,
    "climb_m": layout.OUT_CLIMB_M,
    "grade_percent": layout.OUT_GRADE_PERCENT,
    "flight_time_s": layout.OUT_FLIGHT_TIME_S,
    "strike_angle_deg": layout.OUT_STRIKE_ANGLE_DEG,
    "impact_g": layout.OUT_IMPACT_G,
}


@lru_cache(maxsize=1)
def _policy() -> Any:
    return KERNEL.load()


class Coach:
    """Decides when to cue one runner in one run. Its time is that of the samples."""

    def __init__(self, settings: CoachSettings | None = None) -> None:
        settings = settings if settings is not None else CoachSettings()
        self._settings = np.zeros(words.SETTINGS_WORDS, np.float32)
        self._settings[words.BASELINE_SPM] = settings.baseline_spm or 0.0
        self._settings[words.BASELINE_SPEED_M_S] = settings.baseline_speed_m_s or 0.0
        self._settings[words.TARGET_SPM] = settings.target_spm or 0.0
        self._settings[words.FADE] = settings.fade
        self._floats = np.zeros(words.STATE_FLOATS, np.float32)
        self._ints = np.zeros(words.STATE_INTS, np.int32)
        self._out = np.zeros(layout.OUTPUT_FLOATS, np.float32)
        self._out_ints = np.zeros(layout.OUTPUT_INTS, np.int32)
        self._cue = np.zeros(words.CUE_FLOATS, np.float32)
        self._cue_ints = np.zeros(words.CUE_INTS, np.int32)
        self._now_us = 0
        _policy().init(self._floats, self._ints)

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]:
        """A stride has closed.

        Args:
            stride: a STRIDE record.
            closed_us: when its record stood, in µs since the first sample.

        Returns:
            CUE records, most often none.
        """
        for name, word in _OUT_FIELDS.items():
            self._out[word] = stride[name]
        self._out_ints[layout.OUT_ACTIVITY] = stride["activity"]
        self._out_ints[layout.OUT_GOOD] = stride["good"]
        return self._take(closed_us)

    def take_update(self, update: CadenceUpdate) -> list[np.void]:
        """A ready-made cadence has come. Returns CUE records."""
        self._out[:] = np.nan
        moving = update.activity in (Activity.WALKING, Activity.RUNNING) and update.cadence_spm > 0.0
        self._out[layout.OUT_STRIDE_TIME_S] = 120.0 / update.cadence_spm if moving else np.nan
        self._out[layout.OUT_SPEED_M_S] = update.speed_m_s
        self._out[layout.OUT_STRIDE_LENGTH_M] = update.stride_length_m
        self._out_ints[layout.OUT_ACTIVITY] = update.activity
        self._out_ints[layout.OUT_GOOD] = 1
        return self._take(round(update.t_s * 1e6))

    def take_loss(self) -> list[np.void]:
        """The signal is lost, now. Returns CUE records."""
        self._out_ints[layout.OUT_GOOD] = 0
        return self._take(self._now_us)

    def take_walk(self) -> list[np.void]:
        """The runner walks, or is asked to, now: as a stride of walking. Returns CUE records."""
        self._out_ints[layout.OUT_ACTIVITY] = Activity.WALKING
        self._out_ints[layout.OUT_GOOD] = 1
        return self._take(self._now_us)

    def advance(self, now_us: int) -> list[np.void]:
        """Time has passed, up to `now_us` since the first sample. Returns CUE records."""
        cues = []
        while True:
            step_us = min(max(now_us - self._now_us, 0), words.AGE_LIMIT_US)
            self._now_us += step_us
            if _policy().advance(self._floats, self._ints, self._cue, self._cue_ints, np.int32(step_us)):
                cues.append(self._record())
            if self._now_us >= now_us:
                return cues

    def _take(self, now_us: int) -> list[np.void]:
        cues = self.advance(now_us)
        said = _policy().stride(
            self._settings,
            self._floats,
            self._ints,
            self._out,
            self._out_ints,
            self._cue,
            self._cue_ints,
        )
        if said:
            cues.append(self._record())
        return cues

    def _record(self) -> np.void:
        t_s = (self._now_us - int(self._cue_ints[words.CUE_AGE_US])) / 1e6
        kind, reason = self._cue_ints[words.CUE_KIND], self._cue_ints[words.CUE_REASON]
        record: np.void = np.array([(t_s, kind, reason, self._cue[words.CUE_TEMPO_SPM])], CUE)[0]
        return record

    @property
    def status(self) -> CueStatus:
        """What it does now, or why it is silent."""
        return CueStatus(int(self._ints[words.STATUS]))

    @property
    def baseline_spm(self) -> float | None:
        """The runner's own cadence, told or learned; None while it is not known."""
        return self._known(words.OWN_SPM)

    @property
    def target_spm(self) -> float | None:
        """Where the runner is to come to; None while the baseline is not known."""
        return self._known(words.GOAL_SPM)

    @property
    def tempo_spm(self) -> float | None:
        """Of the burst under way; None where there is none."""
        return self._known(words.TEMPO_SPM) if self._ints[words.BURST_SIDE] else None

    def _known(self, word: int) -> float | None:
        value = float(self._floats[word])
        return value if value > 0.0 else None


def is_compiled() -> bool:
    """Whether the policy's machine code is at hand; if not, the first stride takes a second to compile."""
    return KERNEL.is_cached()


def warm_up() -> None:
    """Have the policy's machine code in memory, compiled if need be: the first stride must not wait."""
    Coach().take_loss()
