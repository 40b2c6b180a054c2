"""The twin of an accelerometer alone: one hump of |acceleration| a stride, and the drop after it."""

from __future__ import annotations

import numpy as np

from cadence.core import impulse
from cadence.reference_stride import GAIT, KERNEL, RECORD, Event, Floats, Series, Smoothed, constants_of, tip
from cadence.stride import Activity, Side

IMPULSE = constants_of(impulse)


class Impulses:
    """Follows |acceleration| bin by bin and tells strides without their length."""

    def __init__(self, series: Series, side: Side) -> None:
        self._series, self._side = series, side
        self._magnitude = Smoothed()
        self._envelope_stages = [0.0, 0.0]
        self._usual_hump = IMPULSE.START_HUMP_M_S2
        self._hump = 0.0
        self._hump_bin = 0

    def follow(self, acc: Floats) -> np.void | None:
        """One bin of mean acceleration. Returns a stride that closed."""
        series = self._series
        magnitude = float(np.linalg.norm(acc))
        self._magnitude.append(magnitude, series.now)
        envelope = self._smooth(magnitude)
        if not series.has_contact or series.now - series.contact.bin > IMPULSE.FADES_AFTER_BINS:
            self._usual_hump += IMPULSE.USUAL_FADES * (IMPULSE.LEAST_HUMP_M_S2 - self._usual_hump)
        if series.phase == GAIT.STANCE:
            return self._close() if series.share_of_contact() >= IMPULSE.MID_STANCE else None
        if series.phase == GAIT.LANDING:
            self._land(envelope)
        else:
            self._await_hump(envelope)
        return None

    def _smooth(self, magnitude: float) -> float:
        first, second = self._envelope_stages
        first += IMPULSE.ENVELOPE_SHARE * (magnitude - first)
        second += IMPULSE.ENVELOPE_SHARE * (first - second)
        self._envelope_stages = [first, second]
        return float(second)

    def _stride_bins(self) -> float | None:
        """The last stride time, where it is known."""
        series = self._series
        if series.has_contact and series.has_previous:
            return series.contact.place - series.previous_contact.place
        return None

    def _may_begin(self) -> bool:
        earliest = max(IMPULSE.EARLIEST_SHARE * (self._stride_bins() or 0.0), IMPULSE.EARLIEST_BINS)
        return not self._series.has_contact or self._series.bins_since_contact() > earliest

    def _await_hump(self, envelope: float) -> None:
        series = self._series
        if series.phase == GAIT.AWAIT_SWING:
            self._look_for_toe_off()
        if envelope > IMPULSE.FAR_HIGHER * self._hump and not self._may_begin():
            series.has_contact = False  # that hump was not the stride's: this one is
        halfway = (KERNEL.GRAVITY_M_S2 + self._usual_hump) / 2.0
        if envelope > max(halfway, IMPULSE.LEAST_HUMP_M_S2) and self._may_begin():
            if series.phase == GAIT.AWAIT_SWING:
                series.toe_off = Event(series.now)
            series.phase = GAIT.LANDING
            self._hump, self._hump_bin = envelope, series.now

    def _look_for_toe_off(self) -> None:
        series = self._series
        running = series.activity is Activity.RUNNING
        share = IMPULSE.TOE_OFF_RUNNING if running else IMPULSE.TOE_OFF_WALKING
        stride = self._stride_bins() or IMPULSE.USUAL_STRIDE_BINS
        if series.has_contact and series.bins_since_contact() > share * stride:
            series.find_toe_off(self._magnitude.smooth, swing_bin=series.now - 1)
            series.phase = GAIT.SWING

    def _land(self, envelope: float) -> None:
        if envelope > self._hump:
            self._hump, self._hump_bin = envelope, self._series.now
        if envelope > IMPULSE.HUMP_ENDS * self._hump:
            return
        grows = self._hump > self._usual_hump
        share = IMPULSE.RISING_SHARE if grows else IMPULSE.USUAL_SHARE
        self._usual_hump += share * (self._hump - self._usual_hump)
        self._series.accept(self._contact())

    def _contact(self) -> Event:
        """Where |a| fell most steeply around the hump's tip."""
        newest, span = self._series.now - 1, IMPULSE.DROP_SPAN
        first = max(self._hump_bin - IMPULSE.DROP_BEFORE_TIP, newest - IMPULSE.DROP_SEARCH_BINS)
        last = newest - span - 1
        values = self._magnitude.smooth.between(first - 1 - span, last + 1 + span)
        drop = values[: -2 * span] - values[2 * span :]  # from first - 1 on
        steepest = 1 + int(np.argmax(drop[1:-1]))
        return Event(first - 1 + steepest, tip(drop[steepest - 1 : steepest + 2]))

    def _close(self) -> np.void:
        stride = self._series.close(Event(self._series.now), self._side)
        fast = self._hump > RECORD.RUNNING_IMPULSE_M_S2 and not stride["stride_time_s"] > RECORD.SLOWEST_RUN_S
        stride["activity"] = Activity.RUNNING if fast else Activity.WALKING
        self._series.begin_next(stride)
        return stride
