"""The twin's attitude and axis: rotations as `Rotation`, vectors as arrays, the moment as a matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from cadence.core import attitude, axis
from cadence.reference_stride import KERNEL, Floats, History, constants_of

ATTITUDE, AXIS = constants_of(attitude), constants_of(axis)

UP = np.array([0.0, 0.0, 1.0])
GRAVITY = KERNEL.GRAVITY_M_S2 * UP


def _zeros() -> Floats:
    return np.zeros(3)


def small_turn(vector: Floats) -> Rotation:
    """A turn by a small rotation vector, in rad, as a quaternion to first order."""
    return Rotation.from_quat([*(vector / 2.0), 1.0])


@dataclass
class Attitude:
    """Where the sensor points, and its motion since the anchor, in world axes.

    `levelled` says that up is known; until then, and at rest, the accelerometer tells it.
    """

    sensor_to_world: Rotation = field(default_factory=Rotation.identity)
    turn_before: Floats = field(default_factory=_zeros)
    velocity: Floats = field(default_factory=_zeros)
    position: Floats = field(default_factory=_zeros)
    acc_bias: Floats = field(default_factory=_zeros)
    levelled: bool = False
    levelling_strides: int = 0
    awake_bins: int = 0

    def up_in_sensor(self) -> Floats:
        return np.asarray(self.sensor_to_world.inv().apply(UP))

    def stop(self) -> None:
        self.velocity = np.zeros(3)
        self.position = np.zeros(3)

    def advance(self, acc: Floats, gyro: Floats, still: bool) -> None:
        """Integrate one bin of mean specific force and rotation."""
        turn = gyro * KERNEL.BIN_S
        coning = np.cross(self.turn_before, turn) / 12.0
        self.turn_before = turn
        self.sensor_to_world = self.sensor_to_world * Rotation.from_rotvec(turn + coning)
        # the force was felt half a turn earlier than the attitude now at hand
        felt = acc - np.cross(turn, acc) / 2.0 - self.acc_bias
        if still or not self.levelled:
            self._level(self.sensor_to_world.apply(felt), still)
        acceleration = self.sensor_to_world.apply(felt) - GRAVITY
        self.position = self.position + self.velocity * KERNEL.BIN_S + acceleration * KERNEL.BIN_S**2 / 2.0
        self.velocity = self.velocity + acceleration * KERNEL.BIN_S

    def _level(self, force: Floats, still: bool) -> None:
        gain = ATTITUDE.LEVELLING_MOVING
        if still:
            gain = ATTITUDE.LEVELLING_STILL
        elif self.awake_bins < ATTITUDE.LEVELLING_START_BINS:
            gain = ATTITUDE.LEVELLING_START
        length = np.linalg.norm(force) + ATTITUDE.ALMOST_ZERO
        if np.abs(force[:2]).sum() < -force[2] / 2.0:  # upside down: fall to the side of x
            force = np.array([-force[2], force[1], force[2]])
        self.tilt(gain * np.cross(force, UP) / length)

    def tilt(self, vector: Floats) -> None:
        """Turn the world by a small horizontal rotation vector."""
        self.sensor_to_world = small_turn(vector) * self.sensor_to_world


@dataclass
class Axis:
    """The medio-lateral axis in sensor axes, and the evidence for its sign."""

    direction: Floats = field(default_factory=_zeros)
    moment: Floats = field(default_factory=lambda: np.zeros((3, 3)))
    known: bool = False
    bins: int = 0
    from_rest: bool = False
    skewed_bins: int = 0
    acc_level: float = 0.0
    braking: float = 0.0
    braking_scale: float = 0.0
    angle: float = 0.0
    angle_mean: float = 0.0
    skew: float = 0.0
    skew_scale: float = 0.0

    def forget(self) -> None:
        self.known = False
        self.moment = np.zeros((3, 3))

    def learn(self, gyro: Floats, up: Floats, up_flat: Floats, levelled: bool) -> bool:
        """Follow the rotation of one bin. Returns whether the axis has just got its first direction."""
        level = gyro - (gyro @ up) * up
        self.moment += AXIS.SHARE * (np.outer(level, level) - self.moment)
        if not self.known:
            if level @ level <= AXIS.STARTS_AT:
                return False
            self.direction = level / np.linalg.norm(level)
            self.braking = self.braking_scale = self.skew = self.skew_scale = 0.0
            self.angle = self.angle_mean = 0.0
            self.known, self.bins, self.from_rest, self.skewed_bins = True, 0, levelled, 0
            return True
        principal = self.moment @ self.direction
        if levelled:
            flat = up_flat / np.linalg.norm(up_flat)
            principal = principal - (principal @ flat) * flat
        length = np.linalg.norm(principal)
        if length > AXIS.ALMOST_ZERO:
            self.direction = principal / length
        return False

    def is_wrong(self, pitch_rate: History, peaks: History, acc_magnitude: float, now: int) -> bool:
        """Add one bin of evidence. Returns whether it speaks against the sign."""
        newest = now - 1
        self.acc_level += AXIS.SHARE * (acc_magnitude - self.acc_level)
        rise = min(peaks[now], AXIS.PEAK_LIMIT) - min(peaks[now - AXIS.RISE_BINS], AXIS.PEAK_LIMIT)
        braking = -pitch_rate[newest - AXIS.RISE_CENTRE] * rise
        self.braking += AXIS.SHARE * (braking - self.braking)
        self.braking_scale += AXIS.SHARE * (abs(braking) - self.braking_scale)
        self.angle += pitch_rate[newest] * KERNEL.BIN_S - AXIS.ANGLE_SHARE * self.angle
        self.angle_mean += AXIS.ANGLE_SHARE * (self.angle - self.angle_mean)
        cubed = (self.angle - self.angle_mean) ** 3
        self.skew += AXIS.SHARE * (cubed - self.skew)
        self.skew_scale += AXIS.SHARE * (abs(cubed) - self.skew_scale)
        self.bins += 1

        running = self.acc_level > AXIS.RUNNING_LEVEL
        by_braking = self.braking / (self.braking_scale + AXIS.ALMOST_ZERO)
        by_skew = self.skew / (self.skew_scale + AXIS.TINY)
        if self.from_rest and not running:
            against = self.skew < AXIS.SKEW_AGAINST * self.skew_scale
            self.skewed_bins = self.skewed_bins + 1 if against else 0
            return bool(self.skewed_bins >= AXIS.SKEWED_BINS_MOST)
        if self.from_rest:
            late = self.bins >= AXIS.FROM_REST_AFTER_BINS
            return bool(late and by_braking < AXIS.FROM_REST_DECISION)
        if self.bins < AXIS.DECIDE_AFTER_BINS:
            return False
        settled = self.bins >= AXIS.SETTLED_AFTER_BINS
        limit = AXIS.LATER_DECISION if settled else AXIS.FIRST_DECISION
        return bool((by_braking if running else by_skew) < limit)

    def turn_round(self) -> None:
        self.direction = -self.direction
        self.skewed_bins = 0
        self.braking, self.skew = -self.braking, -self.skew
        self.angle, self.angle_mean = -self.angle, -self.angle_mean
