"""What both halves of the twin share: histories by bin, events, the series of strides, the record.

Bins are numbered from 1, as they become full; bin 0 is the instant at which the first one begins. A
smoothed signal at bin n needs the bin after it, so its newest value belongs to the bin before the present.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from cadence.core import events, gait, kernel, record, rings, step
from cadence.stride import STRIDE, Activity, Side

Floats = NDArray[np.float64]


def constants_of(module: ModuleType) -> SimpleNamespace:
    """A core module's constants as exact Python numbers, so that no float32 arithmetic slips in."""
    return SimpleNamespace(
        **{
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in vars(module).items()
            if name.isupper() and isinstance(value, (int, float, np.generic))
        }
    )


KERNEL, RINGS, EVENTS = constants_of(kernel), constants_of(rings), constants_of(events)
GAIT, RECORD, STEP = constants_of(gait), constants_of(record), constants_of(step)


class History:
    """A signal's value at every bin so far; zero before the first."""

    def __init__(self, *values: float) -> None:
        self._values = list(values)

    def append(self, value: float | np.float64) -> None:
        self._values.append(float(value))

    def __getitem__(self, at_bin: int) -> float:
        return self._values[at_bin] if at_bin >= 0 else 0.0

    def between(self, first_bin: int, last_bin: int) -> Floats:
        """The values from one bin to another, both included."""
        return np.array([self[at_bin] for at_bin in range(first_bin, last_bin + 1)])

    def turn_round(self) -> None:
        self._values = [-value for value in self._values]


class Smoothed:
    """A signal as it came and smoothed over three bins by binomial weights."""

    def __init__(self) -> None:
        self.raw = History(0.0)
        self.smooth = History()

    def append(self, value: float | np.float64, now: int) -> None:
        self.raw.append(value)
        self.smooth.append(np.dot(self.raw.between(now - 2, now), [0.25, 0.5, 0.25]))

    def turn_round(self) -> None:
        self.raw.turn_round()
        self.smooth.turn_round()


@dataclass(frozen=True, slots=True)
class Event:
    """An instant: `fraction` bins past the middle of a bin."""

    bin: int
    fraction: float = 0.0

    @property
    def place(self) -> float:
        """In bins."""
        return self.bin + self.fraction


def tip(values: Floats) -> float:
    """Where the parabola through three values has its vertex, in bins from the middle one."""
    if abs(np.diff(values, 2)[0]) < RINGS.FLAT:
        return 0.0
    square, slope, _ = np.polyfit([-1.0, 0.0, 1.0], values, 2)
    return float(np.clip(-slope / (2.0 * square), -1.0, 1.0))


@dataclass
class Series:
    """Strides that follow on one another, and what is known of the foot's last ones.

    Attributes:
        now: number of the newest full bin.
        begun_bin: what it was at the start or the last gap.
        bin_ends_us: when each bin ended, by its number.
        peaks: highest |acceleration| of the samples of each bin, m/s²; zero in a bin without a sample.
        contact, previous_contact: the last one and the one before; they count for a stride only
            while `has_contact`, `has_previous`.
        anchor: the mid-stance or standstill since which the motion was integrated.
    """

    now: int = 0
    begun_bin: int = 0
    bin_ends_us: list[int] = field(default_factory=list)
    peaks: History = field(default_factory=lambda: History(0.0))
    phase: int = GAIT.AWAIT_SWING
    contact: Event = Event(0)
    has_contact: bool = False
    previous_contact: Event = Event(0)
    has_previous: bool = False
    toe_off: Event = Event(0)
    anchor: Event | None = None
    usual_contact_s: float = STEP.START_CONTACT_TIME_S
    impact: float = 0.0
    activity: Activity = Activity.UNKNOWN
    last_activity: Activity = Activity.UNKNOWN
    clipped: bool = False
    clipped_swing: bool = False
    spoilt: bool = False

    def lose(self) -> None:
        """Nothing runs on from before."""
        self.phase = GAIT.AWAIT_SWING
        self.anchor = None
        self.has_contact = self.has_previous = False

    def time_us(self, event: Event) -> float:
        """When an event was, on the clock of the samples."""
        end_us = self.bin_ends_us[max(event.bin, 0)] + min(event.bin, 0) * KERNEL.BIN_US
        return float(end_us + (event.fraction - 0.5) * KERNEL.BIN_US)

    def bins_since_contact(self) -> float:
        return self.now - self.contact.place

    def share_of_contact(self) -> float:
        """How far the stance has come, in usual contact times."""
        return float(self.bins_since_contact() * KERNEL.BIN_S / self.usual_contact_s)

    def contact_lag_bins(self) -> float:
        """From contact to the peak of the pitch rate when the foot slaps flat: later in walking."""
        walking = (self.usual_contact_s - EVENTS.WALKING_FROM_S) / EVENTS.WALKING_SPAN_S
        return float(EVENTS.CONTACT_LAG_BINS + EVENTS.WALKING_LAG_BINS * np.clip(walking, 0.0, 1.0))

    def accept(self, contact: Event) -> bool:
        """Take a contact into the series, unless it follows the one before too closely."""
        stride_s = (contact.place - self.contact.place) * KERNEL.BIN_S
        if self.has_contact and stride_s < RECORD.SHORTEST_STRIDE_S:
            self.has_previous = False
            self.phase = GAIT.AWAIT_SWING
            return False
        self.has_previous = self.has_contact and stride_s <= RECORD.LONGEST_STRIDE_S
        self.previous_contact, self.contact = self.contact, contact
        self.has_contact = True
        self.phase = GAIT.STANCE
        self.impact = self.peaks.between(contact.bin - int(self.contact_lag_bins()) + 1, self.now).max()
        return True

    def find_toe_off(self, push: History, swing_bin: int) -> None:
        """Toe-off shortly before the deepest dip of the ground's push before a swing, against the values
        some bins to either side."""
        newest, span = self.now - 1, EVENTS.DIP_SPAN
        last = min(swing_bin, newest - span - 1)
        first = max(last - EVENTS.DIP_SEARCH_BINS, newest - EVENTS.OLDEST_DIP)
        first = min(max(first, self.begun_bin + span + 1), last)  # not before a gap
        loaded = self.contact.bin + int(EVENTS.EARLIEST_TOE_OFF * self.usual_contact_s / KERNEL.BIN_S)
        if self.has_contact and first < loaded < last:
            first = loaded
        values = push.between(first - 1 - span, last + 1 + span)
        depth = values[span:-span] - (values[: -2 * span] + values[2 * span :]) / 2.0  # from first - 1 on
        deepest = 1 + int(np.argmin(depth[1:-1]))
        fraction = tip(depth[deepest - 1 : deepest + 2]) - EVENTS.TOE_OFF_LAG_BINS
        self.toe_off = Event(first - 1 + deepest, fraction)

    def close(self, mid_stance: Event, side: Side) -> np.void:
        """The stride's record with what is known from times alone; activity and motion are to be added."""
        stride: np.void = np.zeros(1, STRIDE)[0]
        for name in STRIDE.names or ():
            if np.issubdtype(STRIDE[name], np.floating):
                stride[name] = np.nan
        stride["t_toe_off_s"] = self.time_us(self.toe_off) / 1e6
        stride["t_contact_s"] = self.time_us(self.contact) / 1e6
        stride["t_mid_stance_s"] = self.time_us(mid_stance) / 1e6
        stride["side"] = side
        stride["impact_g"] = self.impact / KERNEL.GRAVITY_M_S2
        stride["clipped"] = self.clipped
        stride["good"] = not (self.clipped_swing or self.spoilt)
        stride["activity"] = self.last_activity
        if self.has_previous:
            self._tell_times(stride)
        return stride

    def _tell_times(self, stride: np.void) -> None:
        stride_s = (self.contact.place - self.previous_contact.place) * KERNEL.BIN_S
        contact_s = (self.toe_off.place - self.previous_contact.place) * KERNEL.BIN_S
        stride["stride_time_s"] = stride_s
        stride["cadence_spm"] = 120.0 / stride_s
        duty = contact_s / stride_s
        if duty < RECORD.RUNNING_DUTY:
            stride["activity"] = Activity.RUNNING
        elif duty > RECORD.WALKING_DUTY or self.last_activity is not Activity.RUNNING:
            stride["activity"] = Activity.WALKING
        if not RECORD.SHORTEST_CONTACT_S < contact_s < min(RECORD.LONGEST_CONTACT_S, stride_s):
            stride["good"] = False
            return
        stride["contact_time_s"] = contact_s
        self.usual_contact_s += RECORD.CONTACT_SHARE * (contact_s - self.usual_contact_s)

    def begin_next(self, stride: np.void) -> None:
        """When a record is complete but for the flight, which only running has."""
        if stride["activity"] == Activity.RUNNING:
            stride["flight_time_s"] = stride["stride_time_s"] / 2.0 - stride["contact_time_s"]
        self.activity = self.last_activity = Activity(int(stride["activity"]))
        self.clipped = self.clipped_swing = self.spoilt = False
        self.has_contact = True
        self.phase = GAIT.AWAIT_SWING
