"""The twin of a sensor with a gyroscope: the phases of a stride and what the motion tells at its end."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cadence.reference_attitude import ATTITUDE, UP, Attitude, Axis
from cadence.reference_stride import EVENTS, GAIT, KERNEL, RECORD, STEP, Event, Floats, Series, Smoothed, tip
from cadence.stride import Activity, Side


@dataclass
class Lobe:
    """A stretch of negative pitch rate: the swing, if it turns the foot far enough."""

    first_bin: int = 0
    angle: float = 0.0
    peak: float = 0.0


@dataclass
class Landing:
    """The end of a swing, and the steepest drop of the pitch rate since."""

    first_bin: int
    drop: float = 0.0
    drop_bin: int = 0


@dataclass
class Window:
    """Mid-stance, bin by bin: velocity that rocking does not explain, and position."""

    first_bin: int
    velocity: list[Floats] = field(default_factory=list)
    position: list[Floats] = field(default_factory=list)


class Foot:
    """Follows the foot bin by bin and tells its strides."""

    def __init__(self, series: Series, side: Side) -> None:
        self._series, self._side = series, side
        self.attitude = Attitude()
        self.axis = Axis()
        self.gyro_bias = np.zeros(3)
        self._gyro_slow = np.zeros(3)
        self._up_flat = np.zeros(3)
        self._pitch_rate = Smoothed()
        self._push = Smoothed()
        self._lobe = Lobe()
        self._landing = Landing(0)
        self._window: Window | None = None
        self._strike_pitch = 0.0
        self._recent_climb = 0.0
        self._recent_length = 0.0

    def begin(self) -> None:
        """After a gap: axis and biases are kept, the motion is not."""
        self.attitude.levelled = False
        self.attitude.levelling_strides = 0
        self.attitude.awake_bins = 0
        self.attitude.stop()
        self._lobe.angle = 0.0

    def follow(self, acc: Floats, gyro: Floats, still_bins: int, still: bool) -> np.void | None:
        """One bin of mean acceleration and of rotation without its bias. Returns a stride that closed."""
        series, attitude, now = self._series, self.attitude, self._series.now
        attitude.awake_bins += 1
        wobble = gyro - self._gyro_slow
        self._gyro_slow = self._gyro_slow + STEP.SLOW_SHARE * wobble
        if still and still_bins >= STEP.CALM_BINS and wobble @ wobble < STEP.CALM_ROTATION:
            self.gyro_bias = self.gyro_bias + ATTITUDE.BIAS_SHARE * gyro
        attitude.advance(acc, gyro, still)
        up = attitude.up_in_sensor()
        if still:
            self._rest(up)
        elif not attitude.levelled:
            self._up_flat = self._up_flat + STEP.STARTING_UP_SHARE * (up - self._up_flat)
        if self.axis.learn(gyro, up, self._up_flat, attitude.levelled):
            series.has_contact = False
        self._pitch_rate.append(np.dot(gyro, self.axis.direction), now)
        self._push.append(np.dot(acc, self._up_flat), now)
        if self.axis.is_wrong(self._pitch_rate.smooth, series.peaks, float(np.linalg.norm(acc)), now):
            self.axis.turn_round()
            self._pitch_rate.turn_round()
            series.lose()
            self._lobe.angle = 0.0
        return self._follow_gait(gyro)

    def _rest(self, up: Floats) -> None:
        self._series.anchor = Event(self._series.now)
        self.attitude.stop()
        self.attitude.levelled = True
        self.attitude.levelling_strides = RECORD.FIRST_STRIDES
        self.attitude.acc_bias = ATTITUDE.ACC_BIAS_KEPT * self.attitude.acc_bias
        self.axis.forget()
        self._up_flat = up
        self._lobe.angle = 0.0
        self._recent_climb = self._recent_length = 0.0

    def _follow_gait(self, gyro: Floats) -> np.void | None:
        rates = self._pitch_rate.smooth
        rate, rate_before = rates[self._series.now - 1], rates[self._series.now - 2]
        phase = self._series.phase
        if phase == GAIT.SWING:
            self._swing(rate)
        elif phase == GAIT.LANDING:
            self._land(rate, rate_before)
        elif phase == GAIT.STANCE:
            stride = self._stand(rate, gyro)
            if stride is not None:
                return stride
            self._await_swing(rate, rate_before)
        else:
            self._await_swing(rate, rate_before)
        return None

    def _await_swing(self, rate: float, rate_before: float) -> None:
        series = self._series
        newest = series.now - 1
        rings = series.has_contact and series.now - series.contact.bin <= GAIT.EARLIEST_SWING_BINS
        if rate >= 0.0 or rings:
            self._lobe.angle = 0.0
            return
        if self._lobe.angle == 0.0 or rate_before >= 0.0:
            self._lobe = Lobe(first_bin=newest)
        self._lobe.angle += rate * KERNEL.BIN_S
        self._lobe.peak = min(self._lobe.peak, rate)
        quick = series.now - self._lobe.first_bin < GAIT.SWING_BINS_MOST
        if quick and self._lobe.angle <= GAIT.SWING_ANGLE_LEAST:
            series.find_toe_off(self._push.smooth, self._lobe.first_bin)
            if series.phase == GAIT.STANCE:
                series.lose()
            series.phase = GAIT.SWING

    def _swing(self, rate: float) -> None:
        series = self._series
        self._lobe.angle += rate * KERNEL.BIN_S
        self._lobe.peak = min(self._lobe.peak, rate)
        if series.now - series.toe_off.bin > GAIT.SWING_LASTS_MOST:
            series.lose()
        elif rate >= 0.0:
            series.phase = GAIT.LANDING
            self._landing = Landing(first_bin=series.now - 1, drop_bin=series.now - 1)

    def _land(self, rate: float, rate_before: float) -> None:
        series, landing = self._series, self._landing
        newest = series.now - 1
        if rate - rate_before < landing.drop:
            landing.drop, landing.drop_bin = rate - rate_before, newest
        steep = landing.drop < GAIT.DROP_LEAST * self._lobe.peak
        if not steep and rate < GAIT.SWING_RESUMES * self._lobe.peak:
            series.phase = GAIT.SWING
            return
        done = steep and newest - landing.drop_bin >= GAIT.DROP_SETTLES_BINS
        overdue = series.now - landing.first_bin > GAIT.LANDING_BINS_MOST
        if not (done or overdue):
            return
        if not series.accept(self._contact()):
            self._lobe.angle = 0.0
        else:
            turned = self._pitch_rate.smooth.between(
                series.contact.bin - int(series.contact_lag_bins()), newest
            )
            self._strike_pitch = float(turned.sum()) * KERNEL.BIN_S
            self._window = None

    def _contact(self) -> Event:
        """Contact shortly before the peak of the pitch rate from which it drops most steeply."""
        rates, newest = self._pitch_rate.smooth, self._series.now - 1
        peak = self._landing.drop_bin
        while newest - peak < EVENTS.PEAK_SEARCH_BINS and rates[peak - 1] > rates[peak]:
            peak -= 1
        around = rates.between(peak - 1, min(peak + 1, newest))
        if len(around) == 2:  # the peak is the newest value: nothing has come after it yet
            around = np.append(around, around[-1])
        return Event(peak, tip(around) - self._series.contact_lag_bins())

    def _stand(self, rate: float, gyro: Floats) -> np.void | None:
        series, attitude = self._series, self.attitude
        since = series.bins_since_contact()
        if since < GAIT.IMPACT_BINS:
            series.impact = max(series.impact, series.peaks[series.now])
        heel_rises = since > GAIT.LATE_STANCE_BINS and rate > GAIT.HEEL_RISES
        share = series.share_of_contact()
        if share < GAIT.WINDOW_STARTS and not heel_rises:
            self._strike_pitch += rate * KERNEL.BIN_S
            return None
        if self._window is None:
            self._window = Window(series.now)
        lever = self._lever_m() * UP
        rocking = np.cross(attitude.sensor_to_world.apply(gyro), lever)
        self._window.velocity.append(attitude.velocity - rocking)
        self._window.position.append(attitude.position)
        if share < GAIT.WINDOW_ENDS and not heel_rises:
            return None
        return self._close(self._window)

    def _lever_m(self) -> float:
        """Height of the sensor above the point that the shoe rocks about."""
        long = (self._series.usual_contact_s - GAIT.LEVER_FROM_S) / GAIT.LEVER_SPAN_S
        return float(GAIT.LEVER_M * np.clip(long, 0.0, 1.0))

    def _close(self, window: Window) -> np.void:
        series, attitude = self._series, self.attitude
        velocity, position = np.mean(window.velocity, axis=0), np.mean(window.position, axis=0)
        mid_stance = Event(window.first_bin, (len(window.velocity) - 1) / 2.0)
        stride = series.close(mid_stance, self._side)
        if stride["activity"] < Activity.WALKING:
            fast = self._lobe.peak < RECORD.RUNNING_SWING
            stride["activity"] = Activity.RUNNING if fast else Activity.WALKING
        if series.anchor is not None:
            span_s = (mid_stance.place - series.anchor.place) * KERNEL.BIN_S
            if span_s < RECORD.LONGEST_SPAN_S:
                if attitude.levelled and attitude.levelling_strides >= 2:
                    self._tell_motion(stride, span_s, velocity, position)
                self._learn(span_s, velocity)
        since_s = (series.now - mid_stance.place) * KERNEL.BIN_S
        attitude.position = attitude.position - (position + velocity * since_s)
        attitude.velocity = attitude.velocity - velocity
        series.anchor = mid_stance
        if attitude.levelled:
            self._up_flat = self._up_flat + RECORD.UP_SHARE * (attitude.up_in_sensor() - self._up_flat)
        stride["strike_angle_deg"] = np.degrees(self._strike_pitch)
        series.begin_next(stride)
        self._lobe.angle = 0.0
        return stride

    def _tell_motion(self, stride: np.void, span_s: float, velocity: Floats, position: Floats) -> None:
        """The way from anchor to mid-stance, without the velocity left over, which grew evenly."""
        way = position - velocity * span_s / 2.0
        length, climb = float(np.hypot(way[0], way[1])), float(way[2])
        if length / span_s >= RECORD.PLAUSIBLE_SPEED_M_S or abs(climb) >= RECORD.PLAUSIBLE_CLIMB_M:
            stride["good"] = False
            return
        stride["stride_length_m"], stride["climb_m"] = length, climb
        stride["speed_m_s"] = length / span_s
        self._recent_climb += RECORD.GRADE_SHARE * (climb - self._recent_climb)
        self._recent_length += RECORD.GRADE_SHARE * (length - self._recent_length)
        if self._recent_length > RECORD.SHORTEST_GRADED_M:
            stride["grade_percent"] = 100.0 * self._recent_climb / self._recent_length

    def _learn(self, span_s: float, velocity: Floats) -> None:
        """Over a stride the mean force is gravity: what is left over is tilt, and in the end bias."""
        attitude = self.attitude
        leftover = velocity / span_s
        if not attitude.levelled:
            attitude.levelled, attitude.levelling_strides = True, 0
        share = 1.0
        if attitude.levelling_strides < RECORD.FIRST_STRIDES:
            attitude.levelling_strides += 1
        else:
            share = RECORD.LEVELLING_SHARE
            in_sensor = attitude.sensor_to_world.inv().apply(leftover * [1.0, 1.0, 0.0])
            bias = RECORD.BIAS_KEPT * attitude.acc_bias + RECORD.BIAS_SHARE * in_sensor
            attitude.acc_bias = np.clip(bias, -RECORD.BIAS_LIMIT_M_S2, RECORD.BIAS_LIMIT_M_S2)
        tilt = share * np.cross(leftover, UP) / KERNEL.GRAVITY_M_S2
        attitude.tilt(np.clip(tilt, -RECORD.TILT_LIMIT, RECORD.TILT_LIMIT))
