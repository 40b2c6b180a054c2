"""A second opinion on a recording: an offline analysis with scipy, in float64, of all samples at once.

It is no port of the detector. It looks ahead, filters without delay, takes the orientation from the
gyroscope alone and works on arrays of strides, so an error that both make is unlikely to be one of code.
It needs a gyroscope and is meant for tests, benchmarks and a look at a finished recording.

How a stride is found. `p` is the rotation about the medio-lateral axis, toe-down positive. Each stride
has one broad negative lobe of p: the swing in which the foot turns from toe-down to toe-up. Before the
lobe the foot leaves the ground, after it the foot meets the ground. Offsets of the two instants from the
features below are means over 12 runners of Fukuchi, Fukuchi & Duarte 2017 (PeerJ 5:e3298) against a force
plate at 20 N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cumulative_trapezoid
from scipy.signal import butter, sosfiltfilt
from scipy.spatial.transform import Rotation
from scipy.stats import skew

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STRIDE = np.dtype(
    [
        ("t_toe_off_s", np.float64),
        ("t_contact_s", np.float64),
        ("t_mid_stance_s", np.float64),
        ("stride_time_s", np.float64),
        ("contact_time_s", np.float64),
        ("stride_length_m", np.float64),
    ]
)
"""Fields as in `cadence.stride.STRIDE`."""

RATE_HZ = 200.0
"""The recording is put on an even grid of this rate."""
LONGEST_GAP_S = 0.05
"""Between samples; a longer one divides the recording, and no stride spans it."""
SHORTEST_PIECE_S = 2.0
"""What is shorter than this holds too little to tell an axis."""

LEVEL_HZ = 0.25
"""Cut-off of the mean acceleration that tells which way is up: several strides long."""
LOBE_HZ = 8.0
"""Cut-off of the p in which lobes are looked for."""
EVENT_HZ = 30.0
"""Cut-off of the p in which a contact is looked for."""
SMALLEST_LOBE_RAD = 0.45
"""Turn in the swing. People who walk or run turn the foot by 1 rad and more, a shuffle by less than this."""
SHORTEST_STRIDE_S, LONGEST_STRIDE_S = 0.48, 1.5
"""125 and 40 strides a minute."""
SHORTEST_CONTACT_S = 0.12
"""Sprinters come down to 0.1 s."""
FLAT_AFTER_CONTACT_S = 0.08
"""From contact until the whole sole is down."""

CONTACT_BEFORE_PEAK_S = 0.015
TOE_OFF_BEFORE_DIP_S = 0.017
PIN_SHARES = np.array([0.25, 0.3125, 0.375, 0.4375, 0.5])
"""Shares of the stance at which the velocity is taken as known; strides are measured between equal shares."""
MID_STANCE_SHARE = 0.375


def analyse(t_s: Floats, acc_m_s2: Floats, gyro_rad_s: Floats) -> NDArray[np.void]:
    """Find the strides of a recording.

    Args:
        t_s: shape (n,), s.
        acc_m_s2: specific force, shape (n, 3).
        gyro_rad_s: rotation in the same right-handed axes, shape (n, 3).
            Rows with a NaN and rows that repeat a time are left out, as gaps.

    Returns:
        STRIDE, shape (m,), in the order of time; NaN for what is not known.

    Raises ValueError when the shapes do not agree or time goes backwards.
    """
    t = np.asarray(t_s, dtype=np.float64)
    motion = np.column_stack([acc_m_s2, gyro_rad_s]).astype(np.float64)
    if t.ndim != 1 or motion.shape != (len(t), 6):
        raise ValueError(f"expected times (n,) and motion (n, 3) twice, not {t.shape} and {motion.shape}")
    whole = np.isfinite(t) & np.isfinite(motion).all(axis=1)
    t, motion = t[whole], motion[whole]
    if (np.diff(t) < 0.0).any():
        raise ValueError("time goes backwards")
    fresh = np.diff(t, prepend=-np.inf) > 0.0
    t, motion = t[fresh], motion[fresh]
    usual = float(np.median(np.diff(t))) if len(t) > 1 else 0.0
    cuts = np.flatnonzero(np.diff(t) > max(LONGEST_GAP_S, 3.0 * usual)) + 1
    pieces = zip(np.split(t, cuts), np.split(motion, cuts), strict=True)
    found = [_piece(t, motion) for t, motion in pieces if len(t) and t[-1] - t[0] >= SHORTEST_PIECE_S]
    return np.concatenate(found) if found else np.empty(0, dtype=STRIDE)


@dataclass(frozen=True, slots=True)
class _Path:
    """The strapdown integral of a piece on its even grid, in a frame that drifts but does not tumble.

    Attributes:
        t: (n,), s.
        gyro, acc, velocity, position: (n, 3), in that frame; gravity is still in `acc` and so in the
            integrals.
    """

    t: Floats
    gyro: Floats
    acc: Floats
    velocity: Floats
    position: Floats

    def at(self, field: Floats, t: Floats) -> Floats:
        """A field at instants of any shape: shape (..., 3)."""
        return np.stack([np.interp(t, self.t, field[:, axis]) for axis in range(3)], axis=-1)


def _piece(t: Floats, motion: Floats) -> NDArray[np.void]:
    grid = np.arange(t[0], t[-1], 1.0 / RATE_HZ)
    even = np.column_stack([np.interp(grid, t, column) for column in motion.T])
    acc, gyro = even[:, :3], even[:, 3:]
    attitude = _integrate(gyro)
    path = _path(grid, attitude, acc, gyro)
    level = _lowpass(path.acc, LEVEL_HZ)
    up = attitude.inv().apply(level / np.linalg.norm(level, axis=1, keepdims=True))
    axis = _medio_lateral_axis(acc, gyro, up)
    pitch_rate = gyro @ axis
    begin, end = _swings(_lowpass(pitch_rate, LOBE_HZ))
    if len(begin) == 0:
        return np.empty(0, dtype=STRIDE)
    contact = _contacts(grid, _lowpass(pitch_rate, EVENT_HZ), end)
    flat = up[np.searchsorted(grid[:-1], contact + FLAT_AFTER_CONTACT_S)].mean(axis=0)
    toe_off = _toe_offs(grid, acc @ (flat / np.linalg.norm(flat)), begin, contact)
    return _strides(path, up_in_path=level, toe_off=toe_off, contact=contact)


def _integrate(gyro: Floats) -> Rotation:
    """Orientation at each sample, the first being the reference: the running product of the small turns.

    The product is formed in rows side by side, then row by row: two short loops instead of a long one.
    """
    turns = np.vstack([np.zeros(3), (gyro[1:] + gyro[:-1]) / (2.0 * RATE_HZ)])
    count = len(turns)
    width = int(np.ceil(np.sqrt(count)))
    turns = np.vstack([turns, np.zeros((-count % width, 3))])
    steps = Rotation.from_rotvec(turns).as_quat().reshape(-1, width, 4)
    running = [Rotation.from_quat(steps[:, 0])]
    for column in range(1, width):
        running.append(running[-1] * Rotation.from_quat(steps[:, column]))
    within = np.stack([rotation.as_quat() for rotation in running], axis=1)
    before = [Rotation.identity()]
    for row in within[:-1, -1]:
        before.append(before[-1] * Rotation.from_quat(row))
    rows = Rotation.from_quat(np.repeat(np.stack([row.as_quat() for row in before]), width, axis=0))
    return (rows * Rotation.from_quat(within.reshape(-1, 4)))[:count]


def _path(t: Floats, attitude: Rotation, acc: Floats, gyro: Floats) -> _Path:
    turned = attitude.apply(acc)
    velocity = cumulative_trapezoid(turned, t, axis=0, initial=0.0)
    position = cumulative_trapezoid(velocity, t, axis=0, initial=0.0)
    return _Path(t, attitude.apply(gyro), turned, velocity, position)


def _lowpass(values: Floats, cut_off_hz: float) -> Floats:
    """Second-order Butterworth, forward and back, so without delay."""
    sections = butter(2, cut_off_hz, fs=RATE_HZ, output="sos")
    filtered: Floats = sosfiltfilt(sections, values, axis=0, padlen=min(len(values) - 1, int(RATE_HZ)))
    return filtered


def _medio_lateral_axis(acc: Floats, gyro: Floats, up: Floats) -> Floats:
    """Unit vector in sensor axes about which toe-down is positive: the principal axis of the rotation
    without its vertical part, which is turning of the body.

    Its sign has two witnesses, both free of units: the pitch goes far toe-down behind the runner and less
    far toe-up ahead, most so in walking and slow running; and the foot turns toe-up as the impact builds
    up and toe-down as it fades, most so in fast running.
    """
    level_gyro = gyro - (gyro * up).sum(axis=1, keepdims=True) * up
    axis: Floats = np.linalg.eigh(level_gyro.T @ level_gyro)[1][:, -1]
    rate = gyro @ axis
    pitch = np.cumsum(rate) / RATE_HZ
    tilt = skew(pitch - _lowpass(pitch, LEVEL_HZ))
    slap = -rate * np.gradient(_lowpass(np.linalg.norm(acc, axis=1), 12.0))
    return axis if tilt + slap.mean() / slap.std() > 0.0 else -axis


def _swings(pitch_rate: Floats) -> tuple[Ints, Ints]:
    """First and last sample of each swing's negative lobe."""
    edges = np.diff((pitch_rate < 0.0).astype(np.int8))
    begin = np.flatnonzero(edges > 0) + 1
    end = np.flatnonzero(edges < 0) + 1
    if len(end) and (len(begin) == 0 or end[0] < begin[0]):
        end = end[1:]  # it began before the recording
    begin = begin[: len(end)]
    turn = np.append(0.0, np.cumsum(-pitch_rate) / RATE_HZ)
    turned = turn[end] - turn[begin]
    wide = turned > SMALLEST_LOBE_RAD
    begin, end, turned = begin[wide], end[wide], turned[wide]
    # Of two lobes too close for two strides the greater is the swing.
    while len(end) > 1 and (np.diff(end) < SHORTEST_STRIDE_S * RATE_HZ).any():
        first = int(np.argmin(np.diff(end)))
        lesser = first + int(turned[first + 1] < turned[first])
        begin, end, turned = (np.delete(array, lesser) for array in (begin, end, turned))
    return begin, end


def _window(n: int, about: Ints, first_s: float, last_s: float) -> Ints:
    """Sample numbers in a window about each of some samples, shape (m, w), kept inside the recording."""
    offsets = np.arange(round(first_s * RATE_HZ), round(last_s * RATE_HZ) + 1)
    return np.asarray(np.clip(about[:, None] + offsets, 0, n - 1), dtype=np.int64)


def _lowest(values: Floats, window: Ints) -> Ints:
    """The sample of each window, shape (m, w), at which some values are lowest: shape (m,)."""
    lowest: Ints = window[np.arange(len(window)), values[window].argmin(axis=1)]
    return lowest


def _contacts(t: Floats, pitch_rate: Floats, end: Ints) -> Floats:
    """Instants of initial contact: a little before p, having risen out of the lobe, begins its steepest
    drop, when the sole slaps down or the heel gives."""
    slope = np.gradient(pitch_rate)
    window = _window(len(t), end, -0.03, 0.11)
    steepest = _lowest(slope, window)
    # Back from the drop to the last sample at which p was still rising.
    back = np.clip(steepest[:, None] - np.arange(round(0.1 * RATE_HZ)), 0, len(t) - 1)
    peak = back[np.arange(len(back)), (slope[back] >= 0.0).argmax(axis=1)]
    return np.asarray(t[peak] - CONTACT_BEFORE_PEAK_S, dtype=np.float64)


def _toe_offs(t: Floats, acc_up: Floats, begin: Ints, contact: Floats) -> Floats:
    """Instants of toe-off: a little before the sharpest dip of the acceleration along the flat foot's up,
    between the contact before and the lobe."""
    apart = round(0.03 * RATE_HZ)
    smooth = _lowpass(acc_up, EVENT_HZ)
    dip = np.zeros(len(t))
    dip[apart:-apart] = smooth[apart:-apart] - (smooth[: -2 * apart] + smooth[2 * apart :]) / 2.0
    window = _window(len(t), begin, -0.28, 0.0)
    earliest = np.append(t[0], contact[:-1] + SHORTEST_CONTACT_S)
    window = np.maximum(window, np.searchsorted(t[:-1], np.minimum(earliest, t[begin]))[:, None])
    return np.asarray(t[_lowest(dip, window)] - TOE_OFF_BEFORE_DIP_S, dtype=np.float64)


def _strides(path: _Path, *, up_in_path: Floats, toe_off: Floats, contact: Floats) -> NDArray[np.void]:
    stride_time = np.diff(contact, prepend=np.nan)
    stride_time[stride_time > LONGEST_STRIDE_S] = np.nan
    joined = np.isfinite(stride_time)
    contact_time = np.where(joined, toe_off - np.roll(contact, 1), np.nan)

    # The stance that each contact begins; the last of a bout is taken to last as long as the bout's others.
    usual = np.nanmedian(contact_time) if joined.any() else 0.3
    stance = np.where(np.append(joined[1:], False), np.append(contact_time[1:], np.nan), usual)
    after = contact[:, None] + stance[:, None] * PIN_SHARES
    before = np.where(joined[:, None], np.roll(after, 1, axis=0), _rest(path, toe_off)[:, None])
    stance_before = np.where(joined, np.roll(stance, 1), 1.0)
    length = _lengths(path, up_in_path, (before, stance_before), (after, stance))

    strides = np.empty(len(contact), dtype=STRIDE)
    strides["t_toe_off_s"] = toe_off
    strides["t_contact_s"] = contact
    strides["t_mid_stance_s"] = contact + MID_STANCE_SHARE * stance
    strides["stride_time_s"] = stride_time
    strides["contact_time_s"] = contact_time
    inside = (before.min(axis=1) >= path.t[0]) & (after.max(axis=1) <= path.t[-1])
    strides["stride_length_m"] = np.where(inside, length, np.nan)
    return strides


def _rest(path: _Path, toe_off: Floats) -> Floats:
    """The calmest instant before a toe-off that follows no other stride."""
    window = _window(len(path.t), np.searchsorted(path.t, toe_off), -0.5, -0.1)
    speed = _lowpass(np.linalg.norm(path.gyro, axis=1), LOBE_HZ)
    return np.asarray(path.t[_lowest(speed, window)], dtype=np.float64)


def _lengths(path: _Path, up: Floats, before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> Floats:
    """Horizontal displacement between two stances, the mean over the pins, shape (m,).

    At a pin the foot rolls on the ground below it, so the sensor's velocity is rotation × lever. What the
    integral says beyond that is gravity, tilt and bias: a constant acceleration over the stride, which is
    taken off. Its direction is up, so the mean horizontal acceleration that is left is the change of
    velocity alone; and as the lever stands along up, the two are found in turn.
    """
    (start, stance_start), (end, stance_end) = before, after
    duration = (end - start)[..., None]
    velocity_start, velocity_end = path.at(path.velocity, start), path.at(path.velocity, end)
    drift = path.at(path.position, end) - path.at(path.position, start) - velocity_start * duration
    gyro_start, gyro_end = path.at(path.gyro, start), path.at(path.gyro, end)
    lever_start, lever_end = (_lever_m(stance)[:, None, None] for stance in (stance_start, stance_end))
    vertical = path.at(up, (start + end) / 2.0)
    length = np.zeros(start.shape)
    for _ in range(3):
        vertical = vertical / np.linalg.norm(vertical, axis=-1, keepdims=True)
        pin_start = np.cross(gyro_start, lever_start * vertical)
        pin_end = np.cross(gyro_end, lever_end * vertical)
        excess = velocity_end - velocity_start - (pin_end - pin_start)
        moved = pin_start * duration + drift - excess * duration / 2.0
        vertical = excess / duration
        height = (moved * vertical).sum(axis=-1, keepdims=True) / (vertical**2).sum(axis=-1, keepdims=True)
        length = np.linalg.norm(moved - height * vertical, axis=-1)
    return np.asarray(length.mean(axis=-1), dtype=np.float64)


def _lever_m(contact_time_s: Floats) -> Floats:
    """Height above the ground about which the foot turns in mid-stance. The shorter the contact, the less
    the foot is at rest and the more it turns about itself: none at 0.2 s, 12 cm from 0.35 s."""
    return np.asarray(0.12 * np.clip((contact_time_s - 0.2) / 0.15, 0.0, 1.0), dtype=np.float64)
