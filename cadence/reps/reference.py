"""The counter's twin: the algorithm of `cadence.reps` in plain float64, slow and made to be read.

It states what the kernel computes without the kernel's limits: full histories instead of rings, exact
rotations and arc tangents, the tilt as a complex number, absolute times instead of ages. Only the constants
are the kernel's own. The tests hold the two together, so a slip in either shows.
"""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import NDArray

from cadence.reference_stride import KERNEL, constants_of
from cadence.rep import REP, RepKind
from cadence.reps import cycle, layout, step, tilt, timing
from cadence.reps.counter import Phase
from cadence.sample import SampleBlock

CYCLE, STEP, TILT, TIMING = constants_of(cycle), constants_of(step), constants_of(tilt), constants_of(timing)
LAYOUT = constants_of(layout)
BIN_US, BIN_S = TILT.BIN_US, TILT.BIN_US / 1e6

Floats = NDArray[np.float64]


class Bins:
    """Means over 25 ms of a signal that runs straight from sample to sample."""

    def __init__(self, t_us: int, value: Floats) -> None:
        self._t_us, self._value = t_us, value
        self._end_us = t_us + BIN_US
        self._sum = np.zeros(6)

    def add(self, t_us: int, value: Floats) -> list[tuple[int, Floats]]:
        """Take a sample. Returns the end and the mean of each bin that it completes."""
        full = []
        while t_us >= self._end_us and t_us > self._t_us:
            share = (self._end_us - self._t_us) / (t_us - self._t_us)
            cut = self._value + share * (value - self._value)
            self._trapezoid(self._end_us, cut)
            full.append((self._end_us, self._sum / BIN_US))
            self._sum = np.zeros(6)
            self._end_us += BIN_US
        self._trapezoid(t_us, value)
        return full

    def _trapezoid(self, t_us: int, value: Floats) -> None:
        self._sum += (t_us - self._t_us) * (self._value + value) / 2.0
        self._t_us, self._value = t_us, value


class Foot:
    """Attitude of the foot: up in sensor axes, the biases, and whether it can be standing."""

    def __init__(self, bias: Floats, lift: list[float]) -> None:
        self.up: Floats | None = None
        self.bias = bias
        self.felt = KERNEL.GRAVITY_M_S2
        self.velocity = np.zeros(3)
        self.lift = lift
        self.quiet_bins = 0
        self.yaw = 0.0
        self._fastest = self._speed_before = 0.0
        self._bins = self._slip_bins = 0

    def follow(self, acc: Floats, gyro: Floats) -> bool:
        """Take one bin. Returns whether the foot may be standing."""
        if self.up is None:
            self.up = acc / np.linalg.norm(acc)
        rate = gyro - self.bias
        self._bins += 1
        unsure = self._bins < TILT.UNSURE_BINS
        self._draw(acc, rate, TILT.DRAWN_UNSURE_PER_S if unsure else TILT.DRAWN_PER_S)
        if not unsure:
            linear = acc - self.felt * self.up
            gained = BIN_S * (linear - np.cross(rate, self.velocity))
            self.velocity = TILT.VELOCITY_KEPT * (self.velocity + gained)
        self.lift.append(float(acc @ self.up) - self.felt)
        turning, speed = float(np.linalg.norm(rate)), float(np.linalg.norm(self.velocity))
        self._fastest = max(turning, TILT.FASTEST_KEPT * self._fastest)
        self.yaw = TILT.YAW_KEPT * (self.yaw + BIN_S * float(rate @ self.up))
        if turning < TILT.QUIET_RAD_S:
            off = float(np.linalg.norm(acc)) - KERNEL.GRAVITY_M_S2
            if abs(off) < TILT.FELT_WITHIN_M_S2:
                self.felt += TILT.FELT_SHARE * (KERNEL.GRAVITY_M_S2 + off - self.felt)
        quiet = turning < TILT.QUIET_RAD_S and speed < TILT.QUIET_M_S
        self.quiet_bins = self.quiet_bins + 1 if quiet else 0
        slips = self._speed_before >= TILT.SLIP_M_S + TILT.LEVER_M * self._fastest
        self._slip_bins = self._slip_bins + 1 if slips else 0
        self._speed_before = speed
        return bool(
            turning < TILT.FASTEST_RAD_S
            and self._slip_bins < TILT.SLIP_MOST_BINS
            and abs(self.yaw) < TILT.MOST_YAW_RAD
        )

    def _draw(self, acc: Floats, rate: Floats, drawn_per_s: float) -> None:
        assert self.up is not None
        length = float(np.linalg.norm(acc))
        error = np.cross(acc / length, self.up)
        off = (length - self.felt) / TILT.MOVES_M_S2
        trust = 1.0 / ((1.0 + off**2) * (1.0 + float(rate @ rate) / TILT.TURNS_RAD_S**2))
        most = TILT.LARGEST_BIAS_RAD_S
        self.bias = np.clip(self.bias - TILT.BIAS_PER_S2 * trust * BIN_S * error, -most, most)
        self.up = _turned(self.up, -(rate + drawn_per_s * trust * error) * BIN_S)


def _turned(vector: Floats, by: Floats) -> Floats:
    """A vector turned by a rotation vector (Rodrigues)."""
    angle = float(np.linalg.norm(by))
    if angle == 0.0:
        return vector
    axis = by / angle
    along = axis * float(axis @ vector)
    turned: Floats = along + (vector - along) * math.cos(angle) + np.cross(axis, vector) * math.sin(angle)
    return turned / float(np.linalg.norm(turned))


class Standing:
    """The tilt against the foot as it stood, bin by bin: complex, rad; and what the heel makes of it."""

    def __init__(self, up: Floats, first: int) -> None:
        self._up, self.first = up, first
        other = np.eye(3)[0] if abs(up[0]) < 0.5 else np.eye(3)[1]
        self._along = np.cross(up, other) / np.linalg.norm(np.cross(up, other))
        self._across = np.cross(up, self._along)
        self._tilt: list[complex] = [0j]
        self.direction = 0j

    def resumed(self, first: int) -> Standing:
        """The same with nothing noted, from a bin on that is to come."""
        other = Standing(self._up, first)
        other._tilt.clear()
        other.direction = self.direction
        return other

    @property
    def now(self) -> int:
        """The newest bin."""
        return self.first + len(self._tilt) - 1

    def note(self, up: Floats) -> bool:
        """Take the next bin. Returns whether the foot can be standing so."""
        upright = float(up @ self._up)
        level = complex(float(up @ self._along), float(up @ self._across))
        angle = math.atan2(abs(level), upright)
        self._tilt.append(level / abs(level) * angle if upright >= 0.0 and level else 0j)
        aside = (self._tilt[-1] * self.direction.conjugate()).imag
        return upright >= 0.0 and abs(aside) < TILT.MOST_ASIDE_RAD

    def tilt(self, at: int) -> complex:
        return self._tilt[at - self.first]

    def heel(self, begin: int, end: int) -> Floats:
        """The heel's angle from a bin to another, both included, rad."""
        tilt = np.array(self._tilt[begin - self.first : end - self.first + 1])
        heel: Floats = (tilt * np.conj(self.direction)).real
        return heel

    def at(self, bin_number: int) -> float:
        return float(self.heel(bin_number, bin_number)[0])

    def lowest(self, bins: int) -> int:
        """The newest of the bins with the lowest heel among the last ones."""
        begin = max(self.now - bins + 1, self.first)
        heel = self.heel(begin, self.now)[::-1]
        return self.now - int(np.argmin(heel))

    def is_paused(self, *, aimed: bool) -> bool:
        begin = self.now - TIMING.PAUSE_BINS + 1
        if self.now - self.first < TIMING.PAUSE_BINS:
            return False
        if aimed:
            return bool(np.ptp(self.heel(begin, self.now)) < TIMING.PAUSE_RAD)
        tilt = np.array(self._tilt[begin - self.first :])
        return bool(max(np.ptp(tilt.real), np.ptp(tilt.imag)) < TIMING.PAUSE_UNAIMED_RAD)

    def tilted(self, begin: float, end: float) -> float:
        """How far the foot tilted, all to and fro added up, rad: with the heel, and aside."""
        tilt = np.array(self._tilt[math.ceil(begin) - self.first : math.ceil(end) - self.first + 1])
        steps = np.diff(tilt * np.conj(self.direction))
        return float((np.abs(steps.real) + np.abs(steps.imag)).sum())

    # Times in bins, as fractions.

    def last_below(self, level: float, before: int) -> float:
        at = before
        while self.at(at) > level:
            at -= 1
        return at + self._crossing(at, level)

    def first_above(self, level: float, since: int) -> float:
        at = since
        while self.at(at) < level:
            at += 1
        return at - 1 + self._crossing(at - 1, level)

    def last_above(self, level: float, before: int) -> float:
        at = before
        while self.at(at) < level:
            at -= 1
        return at + self._crossing(at, level)

    def first_below(self, level: float, since: int) -> float:
        at = since
        while self.at(at) > level:
            at += 1
        return at - 1 + self._crossing(at - 1, level)

    def _crossing(self, at: int, level: float) -> float:
        here, there = self.heel(at, at + 1)
        return float(np.clip((level - here) / (there - here), 0.0, 1.0)) if there != here else 0.5

    def mean(self, begin: float, end: float, otherwise: float) -> float:
        first, last = math.ceil(begin), math.ceil(end)
        if last - first < TIMING.PLATEAU_BINS:
            return otherwise
        return float(self.heel(first, last).mean())


class Cycle:
    """The repetition under way: one bin at a time."""

    def __init__(self) -> None:
        self.phase = Phase.AWAY
        self._standing: Standing | None = None
        self._certain = self._aimed = False
        self._reach = 0.0
        self._start = self._top = self._turn = self._bottom = self._progress = 0
        self._pause: int | None = None
        self._resumed: int | None = None

    def begin_again(self, number: int, *, in_set: bool) -> None:
        """A gap after a bin. In a set it is known how the foot stands and where the heel goes up."""
        if in_set and self._certain and self.phase is not Phase.AWAY:
            assert self._standing is not None
            self._resumed = number + 1
            self._standing = self._standing.resumed(self._resumed)
            self._settle(self._resumed)
        else:
            self.phase = Phase.AWAY

    def follow(self, foot: Foot, number: int, stands: bool) -> tuple[Floats, float, RepKind] | None:
        """Take one bin. Returns the instants of a repetition in bins, its amplitude in rad and its kind."""
        assert foot.up is not None
        if self.phase is Phase.AWAY:
            if stands and foot.quiet_bins >= TILT.STANDING_BINS:
                foot.yaw = 0.0
                self._standing = Standing(foot.up, number)
                self._certain, self._resumed = False, None
                self._settle(number)
            return None
        assert self._standing is not None
        upright = self._standing.note(foot.up)
        if not (stands and upright):
            self.phase, foot.quiet_bins = Phase.AWAY, 0
            return None
        if self.phase is Phase.REST:
            self._wait(self._standing)
        elif self.phase is Phase.LOWERING:
            return self._lower(self._standing, foot)
        else:
            self._rise(self._standing)
        return None

    def _settle(self, at: int) -> None:
        self.phase, self._start, self._pause = Phase.REST, at, None
        if not self._certain:
            self._aimed = False
            assert self._standing is not None
            self._standing.direction = 0j

    def _raise(self, now: int) -> None:
        self.phase, self._top, self._turn, self._pause = Phase.RAISING, now, now, None

    def _aim(self, standing: Standing) -> None:
        excursion = standing.tilt(standing.now) - standing.tilt(self._start)
        if abs(excursion) > self._reach:
            self._reach = abs(excursion)
            standing.direction = cmath.rect(1.0, cmath.phase(excursion))

    def _goes_elsewhere(self, standing: Standing) -> bool:
        excursion = standing.tilt(standing.now) - standing.tilt(self._start)
        turned = excursion * standing.direction.conjugate()
        if abs(turned.imag) <= abs(turned.real):
            return False
        reach = self._reach
        self._aim(standing)
        return self._reach > reach

    def _wait(self, standing: Standing) -> None:
        now = standing.now
        paused = standing.is_paused(aimed=self._aimed)
        late = now - self._start > CYCLE.FORGET_BINS
        if not self._aimed:
            if paused or late:
                self._start = max(now - TIMING.PAUSE_BINS, standing.first)
            self._reach = CYCLE.BEGINS_RAD
            self._aim(standing)
            if self._reach > CYCLE.BEGINS_RAD:
                self._aimed = True
                self._raise(now)
                self._start = standing.lowest(CYCLE.BEGIN_SEARCH_BINS)
            return
        if paused:
            self._start = standing.lowest(TIMING.PAUSE_BINS)
        elif standing.at(now) < standing.at(self._start) or late:
            self._start = now
        if standing.at(now) - standing.at(self._start) > CYCLE.BEGINS_RAD:
            self._raise(now)

    def _rise(self, standing: Standing) -> None:
        now = standing.now
        self._aim(standing)
        heel = standing.at(now)
        self._top = now if heel > standing.at(self._top) else self._top
        self._turn = now if heel > standing.at(self._turn) else self._turn
        if now - self._start > CYCLE.LONGEST_BINS:
            self._settle(now)
            return
        rose = standing.at(self._top) - standing.at(self._start)
        paused = standing.is_paused(aimed=True)
        if rose < CYCLE.LEAST_UP_RAD:
            if paused or heel - standing.at(self._start) < CYCLE.GONE_RAD:
                self._settle(now)
            return
        if paused:
            self._pause = standing.lowest(TIMING.PAUSE_BINS)
        elif self._pause is not None and heel - standing.at(self._pause) > CYCLE.LEAST_UP_RAD:
            self._start = self._pause
            self._raise(now)
            return
        if heel < standing.at(self._turn) - max(CYCLE.TURNED_RAD, CYCLE.TURNED_SHARE * rose):
            self.phase, self._bottom, self._progress = Phase.LOWERING, now, now
        elif abs(heel - standing.at(max(now - CYCLE.TOP_BINS, standing.first))) < CYCLE.TOP_SHARE * rose:
            self.phase = Phase.TOP
        else:
            self.phase = Phase.RAISING

    def _lower(self, standing: Standing, foot: Foot) -> tuple[Floats, float, RepKind] | None:
        now = standing.now
        heel, top = standing.at(now), standing.at(self._top)
        rose = top - standing.at(self._start)
        self._bottom = now if heel < standing.at(self._bottom) else self._bottom
        fell = top - standing.at(self._bottom)
        if heel < standing.at(self._progress) - CYCLE.PROGRESS_SHARE * max(rose, fell):
            self._progress = now
        if not self._certain and self._goes_elsewhere(standing):
            self._raise(now)
            return None
        back = heel - standing.at(self._bottom)
        halted = now - self._progress
        done = min(CYCLE.DONE_BINS + int((now - self._turn) * CYCLE.DONE_SHARE), CYCLE.DONE_MOST_BINS)
        if now - self._start > CYCLE.LONGEST_BINS:
            self._settle(now)
        elif heel > top:
            self._raise(now)
        elif fell >= max(CYCLE.LEAST_RAD, CYCLE.BACK_SHARE * rose):
            turned = back > max(CYCLE.TURNED_RAD, CYCLE.TURNED_SHARE * fell)
            if turned or halted >= done:
                return self._judge(standing, foot, turned)
        elif back > CYCLE.BEGINS_RAD and fell >= CYCLE.BACK_SHARE * rose:
            self._settle(self._bottom)
        elif back > CYCLE.BEGINS_RAD or (halted >= done and fell < CYCLE.HALTED_SHARE * rose):
            self.phase, self._turn = Phase.RAISING, now
        elif halted > CYCLE.GIVEN_UP_BINS:
            self._settle(self._bottom)
        return None

    def _judge(self, standing: Standing, foot: Foot, turned: bool) -> tuple[Floats, float, RepKind] | None:
        margin, stretch = TIMING.MARGIN, TIMING.STRETCH
        start, top, bottom = (standing.at(at) for at in (self._start, self._top, self._bottom))
        high = standing.first_above(top - margin * (top - start), self._start)
        leaves = standing.last_above(top - margin * (top - bottom), self._bottom)
        lands = standing.first_below(bottom + margin * (top - bottom), math.ceil(leaves))
        if self._rises_in(standing, foot, leaves, lands, top - bottom):
            standing.direction = -standing.direction
            begin = math.ceil(leaves) - CYCLE.BESIDE_BINS
            self._start = standing.lowest(standing.now - begin + TIMING.PAUSE_BINS)
            self._top = self._bottom
            self._raise_again(standing.now)
            return None
        low = standing.last_below(start + margin * (top - start), self._top)
        top = standing.mean(high + stretch * (high - low), leaves - stretch * (lands - leaves), top)
        if not turned:
            bottom = standing.mean(self._progress, standing.now, bottom)
        rose, fell = top - start, top - bottom
        low = standing.last_below(start + margin * rose, self._top)
        high = standing.first_above(top - margin * rose, math.ceil(low))
        leaves = standing.last_above(top - margin * fell, self._bottom)
        lands = standing.first_below(bottom + margin * fell, math.ceil(leaves))
        up, down = stretch * (high - low), stretch * (lands - leaves)
        low, high, leaves, lands = low - up, high + up, leaves - down, lands + down
        high = min(high, leaves)
        counts = (
            max(rose, fell) <= CYCLE.MOST_RAD
            and CYCLE.SHORTEST_BINS <= lands - low <= CYCLE.LONGEST_BINS
            and leaves - high <= CYCLE.LONGEST_HOLD_BINS
            and min(high - low, lands - leaves) >= CYCLE.QUICKEST_BINS
            and min(start, bottom) <= CYCLE.HIGHEST_START_RAD
            and (self._start != self._resumed or rose >= (1.0 - margin) * fell)
            and standing.tilted(low, lands)
            <= (1.0 + CYCLE.STRAYS_SHARE) * (rose + fell)
            + CYCLE.SWAYS_RAD_A_BIN * (lands - low - CYCLE.SHORTEST_BINS)
        )
        self._certain = self._certain or bool(counts)
        self._settle(self._bottom)
        if not counts:
            return None
        kind = RepKind.DROP if bottom < -CYCLE.DROP_SHARE * fell else RepKind.RAISE
        return np.array([low, high, leaves, lands]), max(rose, fell), kind

    def _raise_again(self, now: int) -> None:
        self.phase, self._turn, self._pause = Phase.RAISING, now, None

    def _rises_in(self, standing: Standing, foot: Foot, leaves: float, lands: float, fell: float) -> bool:
        begin = max(math.ceil(leaves) - CYCLE.BESIDE_BINS, self._top)
        end = min(math.ceil(lands) + CYCLE.BESIDE_BINS, self._bottom)
        if end - begin > CYCLE.QUICK_BINS or standing.now - begin >= LAYOUT.LIFT_BINS:
            return False
        lift = np.array(foot.lift[begin:end])
        lift -= lift.mean()
        velocity = BIN_S * np.concatenate([[0.0], np.cumsum(lift)])
        climb_m = float(BIN_S * (velocity[1:] + velocity[:-1]).sum() / 2.0)
        least_m = max(CYCLE.TOLD_M, CYCLE.TOLD_LEVER_M * fell, CYCLE.TOLD_M_A_BIN2 * (end - begin) ** 2)
        return bool(climb_m > least_m)


class ReferenceCounter:
    """Counts repetitions, as `cadence.reps.counter.RepCounter` does, slowly."""

    def __init__(self) -> None:
        self._first_us: int | None = None
        self._last_us = 0
        self._bins: Bins | None = None
        self._foot = Foot(np.zeros(3), [])
        self._cycle = Cycle()
        self._number = 0

    def feed(self, block: SampleBlock) -> NDArray[np.void]:
        """Take a block of samples. Returns the repetitions (dtype REP) that were told within it."""
        found: list[tuple[float, ...]] = []
        for t_us, value in zip(block.t_us.tolist(), block.motion.astype(np.float64), strict=True):
            if self._first_us is None:
                self._first_us = t_us
            acc, gyro = value[:3], value[3:]
            if not (acc @ acc < STEP.ACC_BELIEVABLE and gyro @ gyro < STEP.GYRO_BELIEVABLE):
                continue
            silence_us = t_us - self._last_us
            if self._bins is None or silence_us > STEP.GAP_US:
                self._bins, self._last_us = Bins(t_us, value), t_us
                self._foot = Foot(self._foot.bias, self._foot.lift)
                self._cycle.begin_again(self._number, in_set=silence_us <= STEP.SET_GAP_US)
                continue
            self._last_us = t_us
            for end_us, mean in self._bins.add(t_us, value):
                told = self._follow(mean)
                if told is not None:
                    found.append(self._record(end_us, *told))
        return np.array(found, REP)

    @property
    def phase(self) -> Phase:
        """What the heel does now."""
        return self._cycle.phase

    def _follow(self, mean: Floats) -> tuple[Floats, float, RepKind] | None:
        stands = self._foot.follow(mean[:3], mean[3:])
        self._number += 1
        return self._cycle.follow(self._foot, self._number, stands)

    def _record(self, end_us: int, bins: Floats, amplitude_rad: float, kind: RepKind) -> tuple[float, ...]:
        assert self._first_us is not None
        start, top, leaves, end = (end_us - self._first_us) / 1e6 - (self._number - bins) * BIN_S
        return (start, top, end, top - start, leaves - top, end - leaves, math.degrees(amplitude_rad), kind)
