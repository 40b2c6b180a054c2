"""The cue policy's twin: the rules of `coach.policy` in plain float64, slow and made to be read.

It states what the kernel decides without the kernel's limits: times instead of ages, None instead of marks
for what is not known, every burst instead of the last six. Only the constants are the kernel's own. The
tests hold the two together, so a slip in either shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import nan

import numpy as np

from cadence.cue import CUE, CueKind, CueReason, CueStatus
from coach.coach_settings import CoachSettings
from coach.policy_layout import BURSTS_KEPT
from coach.policy_reference_runner import POLICY, Baseline, Ground, Heard, Smoothed, Speed, heard

STATUS_OF = {
    CueReason.SIGNAL: CueStatus.SIGNAL,
    CueReason.WALKING: CueStatus.WALKING,
    CueReason.STOPPED: CueStatus.STOPPED,
    CueReason.HILL: CueStatus.HILL,
    CueReason.OFF_PACE: CueStatus.OFF_PACE,
}


class Side(IntEnum):
    """Of the target, on which a cadence is."""

    BELOW = -1
    ON = 0
    ABOVE = 1


@dataclass(frozen=True, slots=True)
class Burst:
    """A metronome, and the cadence at which it found the runner."""

    began_us: int
    side: Side
    tempo_spm: float
    before_spm: float


class ReferenceCoach:
    """Decides when to cue as `coach.coach.Coach` does; same arguments, same records."""

    def __init__(self, settings: CoachSettings | None = None) -> None:
        self._told = settings if settings is not None else CoachSettings()
        self.status = CueStatus.IDLE
        self.baseline = Baseline(self._told)
        self._ground = Ground()
        self._speed = Speed()
        self._cadence = Smoothed()
        self._running_us = 0
        self._side = Side.ON
        self._burst: Burst | None = None
        self._bursts: list[Burst] = []
        self._response: float | None = None
        self._unanswered = 0
        self._to_confirm = self._road_told = self._forefoot_told = False
        self._now_us = self._stride_us = self._stretch_us = self._open_us = self._side_us = 0
        self._near_us = self._faster_us = self._shift_us = 0
        self._burst_end_us: int | None = None
        self._warning_us: int | None = None

    def advance(self, now_us: int) -> list[np.void]:
        """Time has passed. Returns CUE records: the metronome ends, by itself or because the strides do."""
        self._now_us = now_us
        cues = []
        stopped_us = self._stride_us + POLICY.STOP_US
        if self._burst is not None:
            over_us = self._burst.began_us + POLICY.BURST_US
            if over_us <= min(stopped_us, now_us):
                self._take_answer(self._burst)
                cues.append(self._silence(CueReason.OVER, over_us))
                self._to_confirm = True
                self.status = CueStatus.RESTING
            elif stopped_us <= now_us:
                cues.append(self._silence(CueReason.STOPPED, stopped_us))
        if stopped_us <= now_us:
            if self.status is not CueStatus.IDLE:
                self.status = CueStatus.STOPPED
            self._begin_stretch()
        return cues

    def take_stride(self, stride: np.void, closed_us: int) -> list[np.void]:
        """A stride has closed. Returns CUE records."""
        return self.advance(closed_us) + self._take(heard(stride))

    def _take(self, stride: Heard) -> list[np.void]:
        self._stride_us = self._now_us
        forbidden = self._forbidden(stride)
        if forbidden is not None:
            self.status = STATUS_OF[forbidden]
            self._open_us = self._side_us = self._faster_us = self._shift_us = self._now_us
            self._side = Side.ON
            self._to_confirm = False
            return [] if self._burst is None else [self._silence(forbidden, self._now_us)]
        known = self.baseline.target_spm is not None
        self.status = CueStatus.WATCHING if known else CueStatus.LEARNING
        if self._is_early():
            return []
        self.baseline.learn(stride)
        target_spm = self.baseline.target_spm
        return [] if target_spm is None else self._judge(target_spm)

    def _is_early(self) -> bool:
        """Whether the running, the stretch, or the time without anything that forbids a cue is too young."""
        early: bool = (
            self._running_us < POLICY.SETTLE_US
            or self._now_us - self._stretch_us < POLICY.STRETCH_US
            or self._now_us - self._open_us < POLICY.OPEN_US
        )
        return early

    def _forbidden(self, stride: Heard) -> CueReason | None:
        """Why nothing may be said at this stride."""
        unsound = self._unsound(stride)
        if unsound is not None:
            self._begin_stretch()
            return unsound
        self._running_us += int(stride.time_s * 1e6)
        self._cadence.follow(stride.cadence_spm, stride.time_s / POLICY.CADENCE_SMOOTH_S)
        settled = self._now_us - self._stretch_us >= POLICY.STRETCH_US
        if self._ground.is_hill(
            stride, self._now_us, settled=settled, was_hill=self.status is CueStatus.HILL
        ):
            return CueReason.HILL
        was_off = self.status is CueStatus.OFF_PACE
        if self._speed.is_off_pace(stride, self.baseline.pace_m_s, was_off=was_off):
            return CueReason.OFF_PACE
        return None

    @staticmethod
    def _unsound(stride: Heard) -> CueReason | None:
        """Why a stride is none of a runner's whose signal can be trusted."""
        if not stride.good:
            return CueReason.SIGNAL
        if not stride.running:
            return CueReason.WALKING
        if not 0.0 < stride.time_s <= POLICY.LONGEST_STRIDE_S:
            return CueReason.STOPPED
        if not POLICY.LEAST_SPM <= stride.cadence_spm <= POLICY.MOST_SPM:
            return CueReason.SIGNAL
        if stride.speed_m_s is not None and stride.speed_m_s > POLICY.MOST_M_S:
            return CueReason.SIGNAL
        return None

    def _begin_stretch(self) -> None:
        """Running begins anew with the next stride: what was smoothed is of the past."""
        self._cadence, self._speed = Smoothed(), Speed()
        self._ground.begin_stretch(self._now_us)
        self._stretch_us = self._open_us = self._side_us = self._now_us
        self._side = Side.ON
        self._to_confirm = False

    def _judge(self, target_spm: float) -> list[np.void]:
        """What to say to a runner who may be cued."""
        cadence_spm, own_spm = self._cadence.value, self.baseline.spm
        assert cadence_spm is not None
        assert own_spm is not None
        if own_spm >= target_spm - POLICY.ALONE_SPM:
            self.status = CueStatus.ALONE
            if self._road_told:
                return []
            self._road_told = True
            return [self._cue(CueKind.ON_TARGET, CueReason.END_OF_ROAD)]

        self._take_side(cadence_spm - target_spm)
        self._follow_speed(cadence_spm - own_spm)
        resting = self._is_resting()
        if self._burst is not None:
            self.status = CueStatus.BURST
        else:
            self.status = CueStatus.RESTING if resting else CueStatus.WATCHING
        if self._is_shifted():
            self._forefoot_told = True
            return [self._cue(CueKind.WARNING, CueReason.FOREFOOT)]
        if self._is_faster():
            self._warning_us = self._now_us
            return [self._cue(CueKind.WARNING, CueReason.FASTER)]
        if self._burst is not None:
            return []
        if self._to_confirm and self._now_us - self._near_us >= POLICY.CONFIRM_US:
            self._to_confirm = False
            return [self._cue(CueKind.ON_TARGET, CueReason.REACHED)]
        dwell_us = int((POLICY.DWELL_S + self._told.fade * POLICY.DWELL_FADED_S) * 1e6)
        off_long = self._side is not Side.ON and self._now_us - self._side_us >= dwell_us
        if off_long and self._speed.is_steady and not resting and self._bursts_lately() < BURSTS_KEPT:
            return [self._begin_burst(cadence_spm, own_spm, target_spm)]
        return []

    def _take_side(self, above_spm: float) -> None:
        below = POLICY.BELOW_FIRST_SPM if self._bursts_lately() < 2 else POLICY.BELOW_SPM
        if self._side is Side.BELOW:
            below = POLICY.BACK_SPM
        above = POLICY.BAND_SPM if self._side is Side.ABOVE else POLICY.ABOVE_SPM
        side = Side.BELOW if above_spm < -below else Side.ABOVE if above_spm > above else Side.ON
        if side is not self._side:
            self._side, self._side_us = side, self._now_us
        if abs(above_spm) > POLICY.CONFIRM_SPM:
            self._near_us = self._now_us

    def _bursts_lately(self) -> int:
        return sum(self._now_us - burst.began_us < POLICY.WINDOW_US for burst in self._bursts)

    def _is_resting(self) -> bool:
        if self._burst_end_us is None:
            return False
        rest_s = POLICY.REST_S if self._bursts_lately() < 2 else POLICY.REST_LATER_S
        rest_s *= 1.0 + self._told.fade * POLICY.REST_FADED
        rest_s *= 1.0 + POLICY.REST_UNANSWERED * max(self._unanswered - 1, 0)
        return self._now_us - self._burst_end_us < int(min(rest_s, POLICY.REST_MOST_S) * 1e6)

    def _is_shifted(self) -> bool:
        """Whether the strike has been nearer the forefoot for a while, which is told once in a run."""
        own_deg, now_deg = self.baseline.strike_deg, self.baseline.strike_now.value
        if own_deg is None or now_deg is None or self._forefoot_told:
            return False
        if own_deg - now_deg < POLICY.SHIFT_DEG:
            self._shift_us = self._now_us
        long: bool = self._now_us - self._shift_us >= POLICY.SHIFT_US
        return long

    def _follow_speed(self, above_own_spm: float) -> None:
        """Note since when a burst is answered by running faster, instead of with shorter steps."""
        own_m_s = self.baseline.speed_m_s
        speeds_m_s = (self._speed.slow.value, self._speed.now.value)
        speed_up = own_m_s is not None and all(
            speed_m_s is not None and speed_m_s > POLICY.FASTER_MOST * own_m_s for speed_m_s in speeds_m_s
        )
        cadence_up = above_own_spm > POLICY.FASTER_CADENCE_SPM
        asked = self._burst is not None and self._burst.side is Side.ABOVE
        if self._burst_end_us is not None:
            asked = asked or self._now_us - self._burst_end_us < POLICY.FASTER_AFTER_US
        if not (speed_up and cadence_up and asked):
            self._faster_us = self._now_us

    def _is_faster(self) -> bool:
        if self._warning_us is not None and self._now_us - self._warning_us < POLICY.WARNING_REST_US:
            return False
        long: bool = self._now_us - self._faster_us >= POLICY.FASTER_US
        return long

    def _begin_burst(self, cadence_spm: float, own_spm: float, target_spm: float) -> np.void:
        self._to_confirm = False
        self.status = CueStatus.BURST
        if self._side is Side.ABOVE:
            kind, reason, tempo_spm = CueKind.BURST_DOWN, CueReason.ABOVE_TARGET, target_spm
        else:
            kind, reason = CueKind.BURST_UP, CueReason.BELOW_TARGET
            tempo_spm = self._tempo_up(own_spm, target_spm)
        towards = Side.BELOW if self._side is Side.ABOVE else Side.ABOVE
        self._side, self._side_us = Side.ON, self._now_us
        self._burst = Burst(self._now_us, towards, tempo_spm, cadence_spm)
        self._bursts.append(self._burst)
        return self._cue(kind, reason, tempo_spm)

    def _tempo_up(self, own_spm: float, target_spm: float) -> float:
        """What to ask for, so that a runner who gives a share of it comes to the target."""
        if self._response is None:
            asked_spm: float = own_spm + (target_spm - own_spm) / POLICY.RESPONSE_FIRST
        else:
            asked_spm = own_spm + (target_spm + POLICY.TEMPO_LEAD_SPM - own_spm) / self._response
        most_spm: float = min(target_spm * POLICY.TEMPO_MOST, max(target_spm, own_spm * POLICY.RISE_MOST))
        return min(max(asked_spm, target_spm), most_spm)

    def _take_answer(self, burst: Burst) -> None:
        """How much of what was asked the runner gave, for the tempo and the rest of the next burst."""
        cadence_spm, own_spm = self._cadence.value, self.baseline.spm
        assert cadence_spm is not None
        assert own_spm is not None
        asked_spm = burst.tempo_spm - burst.before_spm
        if abs(asked_spm) < POLICY.BAND_SPM:
            return
        if (cadence_spm - burst.before_spm) / asked_spm < POLICY.ANSWER_LEAST:
            self._unanswered = min(self._unanswered + 1, POLICY.UNANSWERED_MOST)
            return
        self._unanswered = 0
        if burst.side is Side.ABOVE:
            response = (cadence_spm - own_spm) / (burst.tempo_spm - own_spm)
            self._response = min(max(response, POLICY.RESPONSE_LEAST), POLICY.RESPONSE_MOST)

    def _silence(self, reason: CueReason, t_us: int) -> np.void:
        self._burst = None
        self._burst_end_us = self._near_us = t_us
        return self._cue(CueKind.SILENCE, reason, t_us=t_us)

    def _cue(
        self, kind: CueKind, reason: CueReason, tempo_spm: float = nan, *, t_us: int | None = None
    ) -> np.void:
        t_us = self._now_us if t_us is None else t_us
        record: np.void = np.array([(t_us / 1e6, kind, reason, tempo_spm)], CUE)[0]
        return record
