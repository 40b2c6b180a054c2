"""How people walk and run: pace, contact time, the shoe as a rocker, and the key poses of a stride.

The tables are our fit to the mean curves of 12 runners on an instrumented treadmill (2.5, 3.5 and
4.5 m/s; Fukuchi, Fukuchi & Duarte 2017, PeerJ 5:e3298) and, for walking, of one person at 1.25 m/s
(example data of gaitmap).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from cadence.stride import Activity

Floats = NDArray[np.float64]


class Strike(Enum):
    """How the foot meets the ground. The classes are those of Altman & Davis 2012
    (10.1016/j.gaitpost.2011.09.104): pitch at contact above 8° heel, below -1.6° forefoot."""

    HEEL = "heel"
    MID = "mid"
    FORE = "fore"


CADENCES_SPM = (60.0, 260.0)
MOST_SPEED_M_S = 8.0
"""What a simulated runner can do. Our choice."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a runner is asked to do. Grade is climb over horizontal length; turning left is positive."""

    activity: Activity = Activity.RUNNING
    cadence_spm: float = 165.0
    speed_m_s: float = 3.0
    grade_percent: float = 0.0
    turn_rate_deg_s: float = 0.0
    strike: Strike = Strike.HEEL

    def __post_init__(self) -> None:
        """Raises ValueError for what no runner does."""
        if self.activity not in (Activity.WALKING, Activity.RUNNING):
            raise ValueError("a pace is walking or running; for standing still use Runner.stand")
        least_spm, most_spm = CADENCES_SPM
        if not least_spm <= self.cadence_spm <= most_spm:
            raise ValueError(f"a cadence of {self.cadence_spm} spm is outside {least_spm:g} to {most_spm:g}")
        if not 0.0 < self.speed_m_s <= MOST_SPEED_M_S:
            raise ValueError(f"a speed of {self.speed_m_s} m/s is outside 0 to {MOST_SPEED_M_S:g}")
        if abs(self.grade_percent) > 40.0:
            raise ValueError(f"a grade of {self.grade_percent} % is outside -40 to 40")


def contact_time_s(pace: Pace) -> float:
    """How long the foot is on the ground (a vertical force above about 20 to 30 N).

    Running: 0.2415 s (speed / 3.3)^-0.42 (cadence / 170)^-0.51 exp(0.0072 grade %), one level per runner
    over 12 runners of Fukuchi 2017 and one of Alcantara 2022 (force plates, 2.5-4.5 m/s, 148-233 spm,
    -10 to 10 % grade): residual 6.5 ms rms, spread between runners 8 %. It stays below 95 % of a step.
    Walking: a share of the stride that falls with speed, about 65 % at 1.25 m/s (tripod, gaitmap).
    """
    stride_s = 120.0 / pace.cadence_spm
    if pace.activity is Activity.WALKING:
        return float(np.clip(0.67 - 0.12 * (pace.speed_m_s - 1.1), 0.58, 0.72)) * stride_s
    contact = 0.2415 * (pace.speed_m_s / 3.3) ** -0.42 * (pace.cadence_spm / 170.0) ** -0.51
    return min(float(contact * np.exp(0.0072 * pace.grade_percent)), 0.95 * stride_s / 2.0)


MID_STANCE_SHARE = 0.40
"""Mid-stance, as a share of the contact time. There an instep sensor is slowest at every speed and for
every strike of our fit: 0.01-0.08 m/s. The shoe is flat on the ground at that instant, by definition."""


@dataclass(frozen=True, slots=True)
class Sole:
    """The shoe as a rocker. Lengths in m from the point below the instep, and the pitch, in rad, over
    which the ground contact moves from heel to ball. Our fit to height and path of the instep in stance."""

    height_m: float = 0.07
    heel_m: float = 0.085
    ball_m: float = 0.087
    rounding_rad: float = 0.10

    def rise_m(self, pitch: Floats) -> Floats:
        """How much higher the reference point is than when the shoe is flat."""
        mean, half = (self.ball_m - self.heel_m) / 2, (self.ball_m + self.heel_m) / 2
        rise: Floats = -mean * pitch + half * (np.hypot(pitch, self.rounding_rad) - self.rounding_rad)
        return rise

    def roll(self, pitch: Floats, rate: Floats, second: Floats) -> Floats:
        """Path of the reference point, along the ground and up from its place when flat, while the shoe
        rolls without slipping: shape (3, n, 2), value, rate, second derivative."""
        mean, half, w = (self.ball_m - self.heel_m) / 2, (self.ball_m + self.heel_m) / 2, self.rounding_rad
        root = np.hypot(pitch, w)
        reach = mean - half * pitch / root  # the ground contact, ahead of the reference point
        reach_slope = -half * w**2 / root**3
        rise = self.rise_m(pitch)
        height = self.height_m + rise
        area = (
            self.height_m * pitch
            - mean * pitch**2 / 2
            + half * ((pitch * root + w**2 * np.arcsinh(pitch / w)) / 2 - w * pitch)
        )
        return np.stack(
            [
                np.stack([-area, rise], axis=1),
                np.stack([-height * rate, -reach * rate], axis=1),
                np.stack(
                    [
                        reach * rate**2 - height * second,
                        -reach_slope * rate**2 - reach * second,
                    ],
                    axis=1,
                ),
            ]
        )


SOLE = Sole()


@dataclass(frozen=True, slots=True)
class Form:
    """The key poses of an activity. Pairs are (value at the reference speed, change per m/s).

    Attributes:
        speed_m_s: reference speed, then the least and greatest speed the changes are carried to.
        cadence_spm: cadence at the reference speed, and its change per m/s.
        rock_rad_s: pitch rate in mid-stance.
        toe_off_deg, contact_deg: pitch at the two events, against the ground.
        rise: share of contact time, share of `toe_off_deg` reached.
        fall: share of contact time after contact, share of `contact_deg` that is left.
        swing: one row a key pose: share of the swing time; pitch in degrees (2), share of the way (2),
            height of the reference point over standing, cm (2); roll and heading, degrees, as below.
        roll_contact_deg: roll at contact, outer edge down.
        heading_deg: heading at toe-off and at contact, toe in positive.
        stop_s: time constants with which heel pad and midsole stop the arriving shoe, along the ground
            and up: after a 50 Hz low-pass the impact then has the height and length of the mean curves.
        lift_m_s: velocity, forward and up, beyond rolling at toe-off, per m/s of speed.
        arrive_way: first and second derivative of the share of the way by the share of the swing, just
            before contact.
        arrive_up_m_s, arrive_up_m_s2: velocity and acceleration upward just before contact (2 each).
    """

    speed_m_s: tuple[float, float, float]
    cadence_spm: tuple[float, float]
    rock_rad_s: float
    toe_off_deg: tuple[float, float]
    contact_deg: tuple[float, float]
    rise: Floats
    fall: Floats
    swing: Floats
    roll_contact_deg: float
    heading_deg: tuple[float, float]
    stop_s: tuple[float, float]
    lift_m_s: tuple[float, float]
    arrive_way: tuple[float, float]
    arrive_up_m_s: tuple[float, float]
    arrive_up_m_s2: tuple[float, float]

    def stretch_m_s(self, pace: Pace) -> float:
        """How far the pace is from the reference, in m/s: quicker steps at the same speed are shorter and
        flatter, as steps at a lower speed are."""
        reference, least, greatest = self.speed_m_s
        usual_spm = self.cadence_spm[0] + self.cadence_spm[1] * (pace.speed_m_s - reference)
        alike = pace.speed_m_s * usual_spm / pace.cadence_spm
        return min(max(alike, least), greatest) - reference


RUN = Form(
    speed_m_s=(3.5, 1.0, 5.0),
    cadence_spm=(172.0, 10.0),
    rock_rad_s=-0.55,
    toe_off_deg=(-46.5, -4.3),
    contact_deg=(22.0, 3.3),
    rise=np.array([[0.5, 0.026], [0.6, 0.075], [0.7, 0.20], [0.8, 0.41], [0.9, 0.69]]),
    fall=np.array([[0.04, 0.84], [0.08, 0.56], [0.12, 0.29], [0.16, 0.155], [0.22, 0.085], [0.3, 0.035]]),
    swing=np.array(
        [
            # share | pitch  per m/s | way   per m/s | height per m/s | roll heading
            [0.05, -56.5, -7.0, 0.018, 0.0010, 10.3, 1.75, 3.0, -9.0],
            [0.10, -63.5, -6.7, 0.035, 0.0015, 14.5, 3.1, 0.0, -11.0],
            [0.20, -78.0, -9.6, 0.084, 0.0060, 24.3, 6.4, -4.0, -9.0],
            [0.30, -95.5, -13.8, 0.167, 0.0120, 32.5, 9.1, -8.0, -6.0],
            [0.40, -101.5, -15.5, 0.279, 0.0180, 35.8, 9.5, -8.5, -2.0],
            [0.50, -90.0, -13.5, 0.400, 0.0180, 32.6, 8.1, -4.5, 3.0],
            [0.60, -65.0, -8.5, 0.523, 0.0140, 24.5, 5.8, -4.0, 2.5],
            [0.70, -37.0, -3.5, 0.659, 0.0110, 15.4, 3.6, -3.5, -1.0],
            [0.80, -8.0, 0.2, 0.804, 0.0070, 8.2, 2.2, 1.5, -3.0],
            [0.90, 16.5, 3.2, 0.931, 0.0030, 5.3, 1.2, 8.0, 1.0],
        ]
    ),
    roll_contact_deg=10.0,
    heading_deg=(-4.0, 2.0),
    stop_s=(0.014, 0.006),
    lift_m_s=(0.13, 0.145),
    arrive_way=(0.43, -6.0),
    arrive_up_m_s=(-0.90, -0.27),
    arrive_up_m_s2=(-22.0, -6.0),
)

WALK = Form(
    speed_m_s=(1.25, 0.4, 2.2),
    cadence_spm=(111.0, 30.0),
    rock_rad_s=-0.12,
    toe_off_deg=(-63.0, -8.0),
    contact_deg=(27.0, 6.0),
    rise=np.array(
        [[0.5, 0.009], [0.6, 0.018], [0.7, 0.035], [0.76, 0.06], [0.82, 0.14], [0.88, 0.31], [0.94, 0.63]]
    ),
    fall=np.array([[0.035, 0.93], [0.07, 0.71], [0.10, 0.45], [0.135, 0.25], [0.17, 0.125], [0.24, 0.04]]),
    swing=np.array(
        [
            [0.06, -67.5, -8.0, 0.042, 0.0, 10.7, 1.6, -3.0, 0.0],
            [0.15, -60.5, -8.0, 0.110, 0.0, 12.3, 1.8, -0.5, 0.0],
            [0.30, -47.5, -6.0, 0.250, 0.0, 12.0, 1.6, 3.0, 0.0],
            [0.45, -29.5, -4.0, 0.415, 0.0, 8.8, 1.2, 4.0, 0.0],
            [0.60, -10.0, -1.0, 0.593, 0.0, 5.2, 0.7, 2.0, 0.0],
            [0.70, 1.5, 1.0, 0.720, 0.0, 3.2, 0.5, 0.0, 0.0],
            [0.80, 13.7, 3.0, 0.842, 0.0, 2.9, 0.6, 0.5, 0.0],
            [0.90, 24.0, 5.0, 0.939, 0.0, 3.7, 0.8, 2.5, 0.0],
        ]
    ),
    roll_contact_deg=5.0,
    heading_deg=(-3.0, 2.0),
    stop_s=(0.028, 0.010),
    lift_m_s=(0.75, 0.12),
    arrive_way=(0.43, -3.6),
    arrive_up_m_s=(-0.35, -0.15),
    arrive_up_m_s2=(-12.0, -5.0),
)

FORMS = {Activity.RUNNING: RUN, Activity.WALKING: WALK}

STRIKE_DEG = {Strike.MID: 4.0, Strike.FORE: -4.0}
"""Pitch at contact, in the middle of the classes; a heel strike depends on speed (`Form.contact_deg`)."""


def scaled(pair: tuple[float, float], stretch: float) -> float:
    """A pair of `Form` at a pace that is `Form.stretch_m_s` from the reference."""
    return pair[0] + pair[1] * stretch


def strike_angle_deg(pace: Pace) -> float:
    """The usual pitch against the ground at contact, heel-first positive."""
    form = FORMS[pace.activity]
    return STRIKE_DEG.get(pace.strike, scaled(form.contact_deg, form.stretch_m_s(pace)))
