"""One stride of a shoe: what the foot does between two mid-stances.

Heel rise, toe-off, swing, contact, flattening. While the shoe is on the ground it rolls like a rocker,
so its pose follows from its pitch alone; what the pitch does, and the path through the air, come from
the key poses of the gait. At contact the velocity with which the shoe arrives is taken out within some
ten milliseconds by heel pad and midsole: that is the impact.

Paths below are arrays (3, n, ...): the value, its rate and its second derivative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.gait import FORMS, SOLE, Form, Pace, scaled
from hardware.motion import Knots

Floats = NDArray[np.float64]
Orders = tuple[Callable[[Floats], Floats], Callable[[Floats], Floats], Callable[[Floats], Floats]]

LIFT_SHARE = 0.2
"""Share of the contact time, before toe-off, in which the shoe begins to leave the ground."""

STRIKE_LINGERS = np.array([[0.75, 0.0], [0.90, 0.45], [1.0, 1.0]])
"""Share of the swing, share of a change of the pitch at contact that shows there already."""

STRIKE_SLOWS = 0.003
"""A foot that lands flatter arrives slower along the ground: change of `Form.arrive_way` per degree."""

IMPACT_S = 0.03
"""After contact the motion is laid down finely for this long."""


@dataclass(frozen=True, slots=True)
class Footing:
    """A foot flat on the ground at mid-stance: place of the reference point, heading, slope of the ground
    along it, and the rate at which the shoe rocks."""

    place_m: Floats
    heading_rad: float
    slope_rad: float
    rock_rad_s: float


@dataclass(frozen=True, slots=True)
class Stride:
    """One stride to be made: two footings, the instants between and how it is made.

    Attributes:
        t_start_s, t_toe_off_s, t_contact_s, t_end_s: mid-stance, events, mid-stance.
        contact_time_s: the whole contact of which this stride holds the two ends.
        pace: speed, activity and strike, which choose the poses.
        mirror: 1 for a right foot, -1 for a left one.
        strike_angle_deg: pitch against the ground at contact, heel-first positive.
        sway: added to pitch (degrees) and height (cm) in mid-swing.
        hardness: divides the times in which the arriving shoe is stopped.
        ring_m_s2: how strongly a loosely strapped sensor rings after the impact; 0 for none.
    """

    start: Footing
    end: Footing
    t_start_s: float
    t_toe_off_s: float
    t_contact_s: float
    t_end_s: float
    contact_time_s: float
    pace: Pace
    mirror: float
    strike_angle_deg: float
    sway: tuple[float, float]
    hardness: float
    ring_m_s2: float


def stride_knots(stride: Stride) -> Knots:
    """The motion of one stride, from mid-stance to mid-stance."""
    form = FORMS[stride.pace.activity]
    t_off, t_on, t_end = (
        t - stride.t_start_s for t in (stride.t_toe_off_s, stride.t_contact_s, stride.t_end_s)
    )
    swing_s = t_on - t_off
    t_rise = t_off - (1.0 - form.rise[:, 0]) * stride.contact_time_s
    t_swing = t_off + form.swing[:, 0] * swing_s
    t_fall = t_on + form.fall[:, 0] * stride.contact_time_s
    attitude = _attitude(
        stride, form, np.concatenate([[0.0], t_rise, [t_off], t_swing, [t_on], t_fall, [t_end]])
    )

    t_late = _between(np.concatenate([[0.0], t_rise, [t_off]]), 2)
    t_early = t_on + np.append(np.arange(0.0, IMPACT_S, 0.0015), np.linspace(IMPACT_S, t_end - t_on, 12))
    leave = _leave(stride, form, t_late, *(order(t_late)[:, 2] for order in attitude))
    arrive = SOLE.roll(*(order(t_early)[:, 2] for order in attitude))
    length_m = float(np.linalg.norm(stride.end.place_m - stride.start.place_m))
    reach_m = length_m - leave[0, -1, 0] + arrive[0, 0, 0]
    arrive += _jolt(stride, form, t_early - t_on, arrive[1:, 0], reach_m / swing_s, swing_s)
    leave_m, arrive_m = _in_world(leave, stride.start), _in_world(arrive, stride.end)
    air_m = _through_air(stride, form, t_swing, (t_off, leave_m[:, -1]), (t_on, arrive_m[:, 0]))

    t = np.concatenate([t_late, t_swing, t_early])
    pose = np.empty((3, len(t), 6))
    pose[:, :, :3] = np.concatenate([leave_m, air_m, arrive_m], axis=1)
    pose[:, :, 3:] = np.stack([order(t) for order in attitude])
    # Between the two footings the shoe turns with the path and the slope.
    turn = _smooth_step((t - t_off) / swing_s) / np.array([1.0, swing_s, swing_s**2])[:, None]
    pose[:, :, 3] += turn * (stride.end.heading_rad - stride.start.heading_rad)
    pose[:, :, 5] += turn * (stride.end.slope_rad - stride.start.slope_rad)
    pose[0, :, 3] += stride.start.heading_rad
    pose[0, :, 5] += stride.start.slope_rad
    t = t + stride.t_start_s
    t[-1] = stride.t_end_s
    return Knots(t, pose)


def _usual_strike_deg(stride: Stride, form: Form) -> float:
    return scaled(form.contact_deg, form.stretch_m_s(stride.pace))


def _lingering(form: Form) -> Floats:
    lingering: Floats = np.interp(form.swing[:, 0], STRIKE_LINGERS[:, 0], STRIKE_LINGERS[:, 1])
    return lingering


def _bump(form: Form) -> Floats:
    return np.sin(np.pi * form.swing[:, 0]) ** 2


def _attitude(stride: Stride, form: Form, key_t: Floats) -> Orders:
    """Heading, roll and pitch against the ground as one smooth curve through the key poses: functions of
    the time since mid-stance that give (n, 3), the value, its rate and its second derivative."""
    from scipy.interpolate import make_interp_spline

    stretch, strike = form.stretch_m_s(stride.pace), stride.strike_angle_deg
    swing = form.swing[:, 1] + form.swing[:, 2] * stretch + stride.sway[0] * _bump(form)
    swing += _lingering(form) * (strike - _usual_strike_deg(stride, form))
    angles = np.zeros((len(key_t), 3))
    for column, off_deg, swing_deg, on_deg in (
        (0, form.heading_deg[0], form.swing[:, 8], form.heading_deg[1]),
        (1, 0.0, form.swing[:, 7], form.roll_contact_deg),
        (2, scaled(form.toe_off_deg, stretch), swing, strike),
    ):
        rise, fall = form.rise[:, 1] * off_deg, form.fall[:, 1] * on_deg
        angles[1:-1, column] = np.concatenate([rise, [off_deg], swing_deg, [on_deg], fall])
    angles = np.radians(angles * [stride.mirror, stride.mirror, 1.0])
    ends = [
        [(1, np.array([0.0, 0.0, footing.rock_rad_s])), (2, np.zeros(3))]
        for footing in (stride.start, stride.end)
    ]
    curve = make_interp_spline(key_t, angles, k=5, bc_type=tuple(ends))
    return curve, curve.derivative(1), curve.derivative(2)


def _leave(stride: Stride, form: Form, t: Floats, pitch: Floats, rate: Floats, second: Floats) -> Floats:
    """From mid-stance to toe-off: rolling, and at last the lift."""
    lift_s = min(LIFT_SHARE * stride.contact_time_s, t[-1])
    lift = np.array(form.lift_m_s) * stride.pace.speed_m_s
    path: Floats = SOLE.roll(pitch, rate, second)
    path += _ramp(t - (t[-1] - lift_s), lift_s)[:, :, None] * lift
    return path


def _jolt(
    stride: Stride, form: Form, since: Floats, rolling: Floats, speed_m_s: float, swing_s: float
) -> Floats:
    """After contact: the way the shoe still makes against pure rolling, until heel pad and midsole have
    taken out what it arrives with beyond `rolling`, the rate and second derivative of rolling there.
    `speed_m_s` is the mean speed of the swing."""
    stretch = form.stretch_m_s(stride.pace)
    slower = STRIKE_SLOWS * (stride.strike_angle_deg - _usual_strike_deg(stride, form))
    way_rate, way_second = form.arrive_way[0] + slower, form.arrive_way[1]
    arriving = np.array(
        [
            [way_rate * speed_m_s, scaled(form.arrive_up_m_s, stretch)],
            [way_second * speed_m_s / swing_s, scaled(form.arrive_up_m_s2, stretch)],
        ]
    )
    beyond = arriving - rolling
    stop_s = np.array(form.stop_s) / stride.hardness
    jolt = np.stack([_stop(since, stop_s[axis], *beyond[:, axis]) for axis in (0, 1)], axis=2)
    jolt[:, :, 1] += stride.ring_m_s2 * _ring(since)
    return _fade_out(jolt, since / since[-1], since[-1])


def _through_air(
    stride: Stride, form: Form, t: Floats, off: tuple[float, Floats], on: tuple[float, Floats]
) -> Floats:
    """Through the key places of the swing at `t`, joined smoothly to both ends (time and pose, (3, 3))."""
    from scipy.interpolate import make_interp_spline

    stretch = form.stretch_m_s(stride.pace)
    (t_off, leave), (t_on, arrive) = off, on
    way = form.swing[:, 3] + form.swing[:, 4] * stretch
    height = 0.01 * (form.swing[:, 5] + form.swing[:, 6] * stretch + stride.sway[1] * _bump(form))
    usual_m, rise_m = SOLE.rise_m(np.radians([_usual_strike_deg(stride, form), stride.strike_angle_deg]))
    climb = (stride.end.place_m - stride.start.place_m)[2]
    places = leave[0] + way[:, None] * (arrive[0] - leave[0])
    places[:, 2] = stride.start.place_m[2] + climb * way + height + _lingering(form) * (rise_m - usual_m)
    path = make_interp_spline(
        np.concatenate([[t_off], t, [t_on]]),
        np.concatenate([leave[:1], places, arrive[:1]]),
        k=5,
        bc_type=([(1, leave[1]), (2, leave[2])], [(1, arrive[1]), (2, arrive[2])]),
    )
    return np.stack([path(t, order) for order in (0, 1, 2)])


def mid_stance_pose(footing: Footing) -> Floats:
    """The six channels of a motion at mid-stance: value, rate and second derivative, shape (3, 6)."""
    rock = np.array([footing.rock_rad_s])
    pose = np.zeros((3, 6))
    pose[:, :3] = _in_world(SOLE.roll(0.0 * rock, rock, 0.0 * rock), footing)[:, 0]
    pose[0, 3:] = footing.heading_rad, 0.0, footing.slope_rad
    pose[1, 5] = footing.rock_rad_s
    return pose


def _between(t: Floats, parts: int) -> Floats:
    """The instants, with each interval cut into equal parts."""
    steps = np.arange(parts) / parts
    return np.append((t[:-1, None] + np.diff(t)[:, None] * steps).ravel(), t[-1])


def _in_world(path: Floats, footing: Footing) -> Floats:
    """A path along and off the ground, (3, n, 2), as x, y, z of the world, (3, n, 3)."""
    cos, sin = np.cos(footing.slope_rad), np.sin(footing.slope_rad)
    ahead = np.array([np.cos(footing.heading_rad), np.sin(footing.heading_rad), 0.0])
    along, off = cos * ahead + [0.0, 0.0, sin], -sin * ahead + [0.0, 0.0, cos]
    world: Floats = path[:, :, :1] * along + path[:, :, 1:] * off
    world[0] += footing.place_m
    return world


def _smooth_step(u: Floats) -> Floats:
    """From 0 to 1 with no rate and no second derivative at either end, (3, n)."""
    u = np.clip(u, 0.0, 1.0)
    down = 1.0 - u
    return np.stack([u**3 * (10 - 15 * u + 6 * u**2), 30 * u**2 * down**2, 60 * u * down * (down - u)])


def _ramp(t: Floats, length_s: float) -> Floats:
    """A displacement whose rate grows from 0 to 1 over `length_s`, with its derivatives, (3, n)."""
    u = np.clip(t / length_s, 0.0, 1.0)
    return np.stack([length_s * u**4 / 4, u**3, 3 * u**2 / length_s])


def _stop(t: Floats, time_constant_s: float, rate: float, second: float) -> Floats:
    """A displacement that starts at 0 with a rate and a second derivative and dies away, (3, n)."""
    u = t / time_constant_s
    fade = np.exp(-u)
    linear, square = rate * time_constant_s, rate * time_constant_s + second * time_constant_s**2 / 2
    return np.stack(
        [
            (linear * u + square * u**2) * fade,
            (linear * (1 - u) + square * (2 * u - u**2)) * fade / time_constant_s,
            (linear * (u - 2) + square * (2 - 4 * u + u**2)) * fade / time_constant_s**2,
        ]
    )


def _fade_out(path: Floats, u: Floats, length_s: float) -> Floats:
    """A displacement, (3, n, 2), brought smoothly to nothing over the second half of u from 0 to 1."""
    scale = np.array([1.0, 2.0 / length_s, (2.0 / length_s) ** 2])[:, None]
    keep, keep_rate, keep_second = (np.array([[1.0], [0.0], [0.0]]) - _smooth_step(2.0 * u - 1.0) * scale)[
        :, :, None
    ]
    value, rate, second = path
    return np.stack(
        [
            value * keep,
            rate * keep + value * keep_rate,
            second * keep + 2.0 * rate * keep_rate + value * keep_second,
        ]
    )


RING_HZ, RING_FADE_S = 45.0, 0.008
"""Our choice for a sensor that sits loosely: some tens of hertz, gone after 50 ms."""


def _ring(t: Floats) -> Floats:
    """A ringing displacement whose second derivative peaks near 1, with its derivatives, (3, n)."""
    pull = complex(1.0 / RING_FADE_S, -2.0 * np.pi * RING_HZ)
    size = np.exp(3.0) / (3.0 * RING_FADE_S) ** 3 / abs(pull) ** 2
    wave = size * np.exp(-pull * t)
    return np.stack(
        [
            (t**3 * wave).imag,
            ((3 * t**2 - pull * t**3) * wave).imag,
            ((6 * t - 6 * pull * t**2 + pull**2 * t**3) * wave).imag,
        ]
    )
