"""A simulated runner with a pod on one shoe, and the exact truth of every stride.

The runner is advanced stride by stride, so a closed loop can change the pace from the next stride on,
and the motion behind can be forgotten, so a stream can last for hours. `simulate` is the short way: a
list of segments in, samples and truth out.

Truth in terms of the stride record: contact and toe-off are the instants at which the shoe meets and
leaves the ground, and strike angle is the pitch against the ground there. Mid-stance is the instant, at
40 % of the contact time, at which the shoe lies flat on the ground; near it an instep sensor is slowest.
Length and climb are those of the point of the ground below the instep. None of these depends on where the
sensor sits. The impact is the greatest specific force at the sensor in the 50 ms after contact, before
any filter or range.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cadence.sample import GRAVITY_M_S2, SampleBlock, Sensor
from cadence.stride import STRIDE, Activity, Side
from hardware.foot import Footing, Stride, mid_stance_pose, stride_knots
from hardware.gait import FORMS, MID_STANCE_SHARE, Pace, contact_time_s, strike_angle_deg
from hardware.imu import Imu
from hardware.listener import Listener
from hardware.motion import INSTEP, REFERENCE_HEIGHT_M, Knots, Motion, Mounting

Floats = NDArray[np.float64]

STEP_WIDTH_M = 0.10
"""Between the lines on which the two feet land; our choice."""

MAX_SPEED_CHANGE_M_S = 1.5
"""From one stride to the next, when a runner starts, stops or changes speed; our choice."""

MAX_CONTACT_SHARE = {Activity.RUNNING: 0.475, Activity.WALKING: 0.75}
"""Of the stride, whatever the runner: some flight in running, some swing in walking."""

_IMPACT_WINDOW_S = np.arange(0.0, 0.0501, 0.0005)


@dataclass(frozen=True, slots=True)
class Body:
    """What differs between runners and from stride to stride.

    Attributes:
        contact_factor: contact time against the mean of runners; its spread between runners is 0.08
            (12 runners of Fukuchi 2017).
        stride_time_cv, contact_time_cv, length_cv: relative standard deviation from stride to stride;
            0.009 and 0.016 are the means of those runners.
        strike_sd_deg: the same for the strike angle, in degrees; our choice.
        pose_sd_deg, height_sd_cm: spread of the key poses in the swing; our choice.
        hardness, hardness_sd: how hard shoe and ground stop the foot, as a factor on the abruptness, and
            its relative spread from stride to stride: so the peaks vary as in the runs of pyshoe_vicon.
        cadence_drift_per_h, contact_drift_per_h: fatigue, as a relative change an hour at the same pace.
        ring_m_s2: ringing of a loosely strapped sensor after each impact; 0 for a firm one.
    """

    contact_factor: float = 1.0
    stride_time_cv: float = 0.009
    contact_time_cv: float = 0.016
    length_cv: float = 0.010
    strike_sd_deg: float = 1.0
    pose_sd_deg: float = 1.0
    height_sd_cm: float = 0.4
    hardness: float = 1.0
    hardness_sd: float = 0.2
    cadence_drift_per_h: float = 0.0
    contact_drift_per_h: float = 0.0
    ring_m_s2: float = 0.0


STEADY_BODY = Body(
    stride_time_cv=0.0,
    contact_time_cv=0.0,
    length_cv=0.0,
    strike_sd_deg=0.0,
    pose_sd_deg=0.0,
    height_sd_cm=0.0,
    hardness_sd=0.0,
)
"""Every stride alike."""


class Runner:
    """A runner on the move. It begins in mid-run: its first stride has the speed asked for."""

    def __init__(
        self,
        *,
        seed: int = 1,
        side: Side = Side.RIGHT,
        mounting: Mounting = INSTEP,
        body: Body | None = None,
    ) -> None:
        """`mounting` is needed for the true impact alone. Raises ValueError for an unknown side."""
        if side is Side.UNKNOWN:
            raise ValueError("a simulated runner wears the pod on the left or the right foot")
        self.side, self.mounting, self.body = side, mounting, body if body is not None else Body()
        self.motion = Motion(side)
        self._random = np.random.default_rng(seed)
        self._mirror = 1.0 if side is Side.RIGHT else -1.0
        self._t_s = 0.0
        self._body_m = np.zeros(3)
        self._footing = self._foot(0.0, 0.0, 0.0)
        self._pace = Pace()
        self._speed_m_s: float | None = None
        self._contact_s = np.nan

    @property
    def pace(self) -> Pace:
        """The pace of the last stride."""
        return self._pace

    @property
    def t_s(self) -> float:
        """How far the motion goes: the mid-stance of the last stride, or the end of the last rest."""
        return self._t_s

    def begin_at(self, t_s: float) -> None:
        """Before the first stride or rest: begin at another instant than 0."""
        self._t_s = t_s

    def stride(self, pace: Pace, *, lasts_s: float | None = None) -> np.void:
        """Make one stride at a pace and return its truth, a STRIDE record, times in s of the motion.

        A speed far from the last is approached by `MAX_SPEED_CHANGE_M_S` a stride. It takes the time that the
        pace's cadence gives, with the runner's own variability, or exactly `lasts_s`.
        """
        if self._speed_m_s is not None:
            change = min(max(pace.speed_m_s - self._speed_m_s, -MAX_SPEED_CHANGE_M_S), MAX_SPEED_CHANGE_M_S)
            pace = replace(pace, speed_m_s=self._speed_m_s + change)
        plan = self._plan(pace, lasts_s)
        self.motion.extend(stride_knots(plan))
        truth = self._truth(plan)
        self._t_s, self._footing, self._contact_s = plan.t_end_s, plan.end, plan.t_contact_s
        self._pace, self._speed_m_s = pace, pace.speed_m_s
        return truth

    def stand(self, duration_s: float) -> None:
        """Stand still, at least half a second. A runner on the move should `stop` first."""
        end_s = self._t_s + max(duration_s, 0.5)
        t = [self._t_s, self._t_s + 0.3]
        while t[-1] + 2.0 < end_s:
            t.append(t[-1] + self._random.uniform(0.6, 1.6))
        t.append(end_s)
        still = replace(self._footing, rock_rad_s=0.0)
        pose = np.repeat(mid_stance_pose(still)[:, None], len(t), axis=1)
        # A standing foot shifts by fractions of a degree now and then.
        pose[0, 2:-1, 4:] += np.radians(0.15) * self._random.standard_normal((len(t) - 3, 2))
        pose[:, 0] = mid_stance_pose(self._footing)
        self.motion.extend(Knots(np.array(t), pose))
        self._t_s, self._footing = end_s, still
        self._contact_s, self._speed_m_s = np.nan, 0.0

    def stop(self) -> list[np.void]:
        """Slow down to a halt: the truth of the strides this takes, none when already at rest."""
        strides = []
        while self._speed_m_s is not None and self._speed_m_s > 0.6:
            slower = max(self._speed_m_s - MAX_SPEED_CHANGE_M_S, 0.5)
            strides.append(self.stride(replace(self._pace, speed_m_s=slower)))
        return strides

    def do(self, movement: Movement) -> None:
        """Do something on the spot, from standing still to standing still: it begins and ends in the pose
        that `stand` leaves. A runner on the move should `stop` and `stand` first."""
        knots = movement.knots(self._footing, self._t_s, self._mirror)
        self.motion.extend(knots)
        self._t_s = float(knots.t_s[-1])

    def _plan(self, pace: Pace, lasts_s: float | None) -> Stride:
        body, random = self.body, self._random
        hours = self._t_s / 3600.0
        duration = 120.0 / (pace.cadence_spm * (1.0 + body.cadence_drift_per_h * hours))
        duration *= 1.0 + body.stride_time_cv * random.standard_normal()
        duration = duration if lasts_s is None else lasts_s
        contact = contact_time_s(pace) * body.contact_factor * (1.0 + body.contact_drift_per_h * hours)
        contact *= 1.0 + body.contact_time_cv * random.standard_normal()
        contact = min(contact, duration * MAX_CONTACT_SHARE[pace.activity])
        turn = np.radians(pace.turn_rate_deg_s) * duration
        along = self._footing.heading_rad + turn / 2.0
        length = pace.speed_m_s * duration * (1.0 + body.length_cv * random.standard_normal())
        grade = pace.grade_percent / 100.0
        self._body_m = self._body_m + length * np.array([np.cos(along), np.sin(along), grade])
        end = self._foot(
            self._footing.heading_rad + turn, float(np.arctan(grade)), FORMS[pace.activity].rock_rad_s
        )
        t_end = self._t_s + duration
        return Stride(
            start=self._footing,
            end=end,
            t_start_s=self._t_s,
            t_toe_off_s=self._t_s + (1.0 - MID_STANCE_SHARE) * contact,
            t_contact_s=t_end - MID_STANCE_SHARE * contact,
            t_end_s=t_end,
            contact_time_s=contact,
            pace=pace,
            mirror=self._mirror,
            strike_angle_deg=strike_angle_deg(pace) + body.strike_sd_deg * random.standard_normal(),
            sway=(body.pose_sd_deg * random.standard_normal(), body.height_sd_cm * random.standard_normal()),
            hardness=body.hardness * float(np.exp(body.hardness_sd * random.standard_normal())),
            ring_m_s2=body.ring_m_s2,
        )

    def _foot(self, heading: float, slope: float, rock: float) -> Footing:
        left = -self._mirror * STEP_WIDTH_M / 2.0
        ground = self._body_m + left * np.array([-np.sin(heading), np.cos(heading), 0.0])
        return Footing(ground + REFERENCE_HEIGHT_M * _up(heading, slope), heading, slope, rock)

    def _truth(self, plan: Stride) -> np.void:
        begin, end = (
            foot.place_m - REFERENCE_HEIGHT_M * _up(foot.heading_rad, foot.slope_rad)
            for foot in (plan.start, plan.end)
        )
        length = float(np.hypot(*(end - begin)[:2]))
        climb = float((end - begin)[2])
        stride_time = plan.t_contact_s - self._contact_s
        contact_time = plan.t_toe_off_s - self._contact_s
        running = plan.pace.activity is Activity.RUNNING
        window = plan.t_contact_s + _IMPACT_WINDOW_S
        felt = self.motion.sense(window[window <= plan.t_end_s], self.mounting)[:, :3]
        record = np.zeros(1, dtype=STRIDE)
        record[0] = (
            plan.t_toe_off_s,
            plan.t_contact_s,
            plan.t_end_s,
            stride_time,
            120.0 / stride_time,
            contact_time,
            length,
            length / (plan.t_end_s - plan.t_start_s),
            climb,
            100.0 * climb / length,
            stride_time / 2.0 - contact_time if running else np.nan,
            plan.strike_angle_deg,
            np.sqrt((felt**2).sum(axis=1).max()) / GRAVITY_M_S2,
            False,
            plan.pace.activity,
            self.side,
            True,
        )
        truth: np.void = record[0]
        return truth


def _up(heading: float, slope: float) -> Floats:
    """Off the ground, at right angles, in world axes."""
    return np.array([-np.sin(slope) * np.cos(heading), -np.sin(slope) * np.sin(heading), np.cos(slope)])


class Movement(Protocol):
    """Something other than going and standing, done on the spot: see `hardware.athlete`."""

    @property
    def duration_s(self) -> float: ...

    def knots(self, start: Footing, t_start_s: float, mirror: float) -> Knots:
        """The motion from a foot at rest to the same foot at rest; `mirror` is -1 for a left one."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a session: a pace, or standing still where it is None, for a time; or a movement, which
    lasts as long as it lasts."""

    duration_s: float
    pace: Pace | None = None
    movement: Movement | None = None


def doing(movement: Movement) -> Segment:
    """The stretch of a session in which a movement is done."""
    return Segment(movement.duration_s, movement=movement)


@dataclass(frozen=True, slots=True)
class TrueSegment:
    """What the runner did from one instant to another.

    `pace` is as it was planned, None for standing still; what became of it where the runner heard a
    metronome stands in the strides.
    """

    t_start_s: float
    t_end_s: float
    pace: Pace | None


def follow(
    runner: Runner, segments: Iterable[Segment], listener: Listener | None = None
) -> Iterator[tuple[TrueSegment, list[np.void]]]:
    """Let a runner go through segments, one stride or one rest at a time.

    A segment ends with the stride that passes its end, so segments do not drift; the strides of slowing
    down to a halt belong to the segment before.

    Args:
        runner: who goes.
        segments: what they mean to do.
        listener: changes the pace of each stride by what is heard; None for a runner who hears nothing.

    Yields what was meant to be done and the truth of its strides, none for a rest.
    """
    due_s, planned = runner.t_s, runner.pace
    for segment in segments:
        due_s += segment.duration_s
        if segment.pace is None:
            begin = runner.t_s
            slowing = runner.stop()
            if slowing:
                yield TrueSegment(begin, runner.t_s, planned), slowing
            begin = runner.t_s
            if segment.movement is None:
                runner.stand(due_s - begin)
            else:
                if slowing:
                    runner.stand(0.0)
                runner.do(segment.movement)
            yield TrueSegment(begin, runner.t_s, None), []
            continue
        while runner.t_s < due_s:
            begin, planned = runner.t_s, segment.pace
            stride = runner.stride(planned if listener is None else listener.pace(planned, begin))
            yield TrueSegment(begin, runner.t_s, planned), [stride]


class Recorder(Protocol):
    """A sensor that takes samples of a motion as it grows: `Imu` or `IdealImu`."""

    rate_hz: float
    mounting: Mounting
    sensor: Sensor

    def block(self, motion: Motion, until_s: float) -> SampleBlock: ...
    def recording_time_s(self, t_s: Floats) -> Floats: ...


@dataclass(frozen=True)
class SimulatedRun:
    """A recording of a simulated runner with its truth. It is a `SampleSource`.

    Attributes:
        truth_strides: STRIDE records; times on the clock of the recording, `clipped` from its samples.
        truth_segments: what the runner did, on the same clock; neighbours of one pace are joined.
        sensor, rate_hz, notes, path, format: as of a `SampleSource`.
    """

    sample_blocks: tuple[SampleBlock, ...]
    truth_strides: NDArray[np.void]
    truth_segments: tuple[TrueSegment, ...]
    sensor: Sensor
    rate_hz: float
    path: str = "simulated runner"
    format: str = "simulation"
    notes: tuple[str, ...] = field(default=())

    def blocks(self) -> Iterator[SampleBlock]:
        """The samples in order."""
        yield from self.sample_blocks

    def whole(self) -> SampleBlock:
        """All samples in one block."""
        return SampleBlock(
            np.concatenate([block.t_us for block in self.sample_blocks]),
            np.concatenate([block.motion for block in self.sample_blocks]),
        )


def simulate(
    segments: Sequence[Segment],
    *,
    imu: Recorder | None = None,
    side: Side = Side.RIGHT,
    body: Body | None = None,
    seed: int = 1,
    block_s: float = 30.0,
) -> SimulatedRun:
    """Record a simulated runner.

    Args:
        segments: what the runner does.
        imu: the sensor, fresh; by default an LSM6DS3TR-C at 208 Hz on the instep, of the same seed.
        side: the foot that carries it.
        body: what this runner is like.
        seed: of the runner's variability.
        block_s: about how much motion is kept and how long a block is.

    Raises ValueError when the segments hold no time at all.
    """
    recorder = imu if imu is not None else Imu(seed=seed)
    runner = Runner(seed=seed, side=side, mounting=recorder.mounting, body=body)
    blocks: list[SampleBlock] = []
    strides: list[np.void] = []
    done: list[TrueSegment] = []
    measured_s = runner.t_s
    for part, truth in follow(runner, segments):
        strides += truth
        if done and done[-1].pace == part.pace:
            part = replace(part, t_start_s=done.pop().t_start_s)
        done.append(part)
        if runner.t_s >= measured_s + block_s:
            measured_s = runner.t_s
            blocks.append(recorder.block(runner.motion, measured_s))
            runner.motion.forget_before(measured_s - 1.0)
    if not done:
        raise ValueError("a simulated run needs at least one segment that lasts some time")
    blocks.append(recorder.block(runner.motion, runner.t_s))
    records = np.array(strides, dtype=STRIDE)
    for name in ("t_toe_off_s", "t_contact_s", "t_mid_stance_s"):
        records[name] = recorder.recording_time_s(records[name])
    edges = recorder.recording_time_s(np.array([[part.t_start_s, part.t_end_s] for part in done]))
    run = SimulatedRun(
        tuple(blocks),
        records,
        tuple(TrueSegment(float(a), float(b), part.pace) for (a, b), part in zip(edges, done, strict=True)),
        recorder.sensor,
        recorder.rate_hz,
    )
    _mark_clipped(run)
    return run


def _mark_clipped(run: SimulatedRun) -> None:
    """Set `clipped` in strides in which a sample reached a limit of the sensor."""
    limits = np.repeat([run.sensor.acc_limit_m_s2, run.sensor.gyro_limit_rad_s], 3).astype(np.float32)
    ends = run.truth_strides["t_mid_stance_s"]
    for block in run.sample_blocks:
        at_limit = block.t_us[(np.abs(block.motion) >= limits).any(axis=1)] * 1e-6
        stride = np.searchsorted(ends, at_limit)
        run.truth_strides["clipped"][stride[stride < len(ends)]] = True
