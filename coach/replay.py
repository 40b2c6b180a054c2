"""A recording played through the detector, block by block, as if it were live."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cadence.cue import CUE
from cadence.detector import Counters, StepDetector
from cadence.sample import SampleBlock, Sensor
from cadence.stride import STRIDE, Side
from coach.coach import Coach
from coach.plan.kept import PlanKept, plan_kept, running_spans_s
from coach.plan.run_walk import parse_plan
from coach.run import Found, Run, coached
from coach.summary import Summary, summarise, summarise_updates
from coach.two_feet.asymmetry import Asymmetry, asymmetry
from firmware_bridge.frames import BadReason
from firmware_bridge.message import Message
from firmware_bridge.readings import CadenceUpdate, Losses
from firmware_bridge.source import SampleSource


@dataclass(frozen=True, slots=True)
class Replay:
    """What a recording holds.

    Attributes:
        strides: STRIDE, shape (n,), each foot's in the order of time.
        counters: what was read and what was lost.
        summary: the whole in a few numbers.
        asymmetry: left against right; None where one foot alone carried a pod.
        first_side: of the foot with the first pod.
        losses: of the link, where the recording is of one.
        updates: ready-made cadence, from a pod that sends no samples.
        device: what the pod called itself; empty where the recording is of none.
        coached: whether anyone cued.
        cues: CUE, shape (n,), in the order of time.
        baseline_spm, target_spm: as the coach had them in the end; None where there were none.
        plan: of running and walking, and how it was kept; None where there was none.
    """

    strides: NDArray[np.void]
    counters: Counters
    summary: Summary
    asymmetry: Asymmetry | None = None
    first_side: Side = Side.UNKNOWN
    losses: Losses | None = None
    updates: tuple[CadenceUpdate, ...] = ()
    device: str = ""
    coached: bool = False
    cues: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, CUE))
    baseline_spm: float | None = None
    target_spm: float | None = None
    plan: PlanKept | None = None


class Tally:
    """Collects what a run finds, live or replayed.

    Attributes:
        strides: how many so far, of the foot that leads.
        distance_m: of those strides whose length is known.
    """

    def __init__(self, run: Run, plan: str = "") -> None:
        """`plan` is the one that the run is cued by; empty for none."""
        self._run = run
        self._plan = plan
        self._records = bytearray()  # of dtype STRIDE: an array each would take ten times the room
        self.strides = 0
        self.distance_m = 0.0
        self._updates: list[CadenceUpdate] = []
        self._cues: list[np.void] = []

    @property
    def is_empty(self) -> bool:
        """Whether neither a stride nor a ready-made cadence has come."""
        return not self._records and not self._updates

    def add(self, found: Found) -> None:
        """Keep what came of a message."""
        if len(found.strides):
            self._records += found.strides.tobytes()
            if found.leads:
                self.strides += len(found.strides)
                self.distance_m += float(np.nansum(found.strides["stride_length_m"]))
        self._updates += found.updates
        self._cues += found.cues

    def replay(self) -> Replay:
        """All that was found so far."""
        strides = np.frombuffer(bytes(self._records), STRIDE)
        counters = self._run.counters
        if self._updates and not len(strides):
            summary = summarise_updates(self._updates)
        else:
            summary = summarise(strides, duration_s=counters.duration_s, stationary_s=counters.stationary_s)
        coach, cues = self._run.coach, np.array(self._cues, CUE)
        return Replay(
            strides,
            counters,
            summary,
            asymmetry=asymmetry(strides),
            first_side=self._run.feet[0].side,
            losses=self._run.losses,
            updates=tuple(self._updates),
            device=self._run.device,
            coached=self._run.is_cued,
            cues=cues,
            baseline_spm=None if coach is None else coach.baseline_spm,
            target_spm=None if coach is None else coach.target_spm,
            plan=self._kept(strides, cues),
        )

    def _kept(self, strides: NDArray[np.void], cues: NDArray[np.void]) -> PlanKept | None:
        if not self._plan:
            return None
        running_s = running_spans_s(strides, self._updates)
        return plan_kept(parse_plan(self._plan), cues, running_s, self._run.counters.duration_s)


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a recorded run: see `firmware_bridge.source.Described`."""

    path: str
    format: str
    sensor: Sensor
    rate_hz: float
    notes: tuple[str, ...]


DAMAGED_SHARE = 0.5
"""Our choice: with more than this of the packets unreadable, something is wrong beyond a bad radio."""


def describe(run: Run, path: str, format_name: str, notes: tuple[str, ...] = ()) -> Description:
    """A run as its pod described itself, with what a reader must know of it as notes."""
    losses, info = run.losses, next((foot.info for foot in run.feet if foot.info is not None), None)
    if losses.bad_packets.total() > DAMAGED_SHARE * losses.packets:
        why, _ = losses.bad_packets.most_common(1)[0]
        cut = "; a link with too small an MTU cuts them" if why == BadReason.LENGTH else ""
        notes += (f"most packets cannot be read ({why}){cut}",)
    if info is None:
        return Description(path, format_name, Sensor(has_gyroscope=False), float("nan"), notes)
    return Description(path, format_name, info.sensor, info.rate_hz, notes)


def replay_messages(
    messages: Iterable[Message],
    run: Run,
    *,
    plan: str = "",
    watch: Callable[[SampleBlock], object] | None = None,
) -> Replay:
    """Find the strides in the recorded messages of a run's pods, as `replay` does in samples.

    Args:
        messages: in the order in which they came.
        run: fresh.
        plan: of running and walking that the run is cued by; empty for none.
        watch: is shown each block of samples of the first pod.

    Raises:
        SourceError: the recording cannot be read.
    """
    tally = Tally(run, plan)

    def keep(found: Found) -> None:
        tally.add(found)
        if watch is not None and found.number == 0:
            for block in found.blocks:
                watch(block)

    for message in messages:
        keep(run.take(message))
    for found in run.finish():
        keep(found)
    return tally.replay()


def replay(
    source: SampleSource,
    *,
    side: Side = Side.UNKNOWN,
    coach: Coach | None = None,
    watch: Callable[[SampleBlock], object] | None = None,
) -> Replay:
    """Find the strides of a recording, and the cues. The samples go by; only the strides are kept.

    Args:
        source: the recording.
        side: the foot that carried the pod.
        coach: who cues, if anyone.
        watch: is shown each block once the detector has seen it.

    Raises:
        SourceError: the recording cannot be read to its end.
    """
    detector = StepDetector(source.sensor, side=side)
    found = [np.empty(0, dtype=STRIDE)]
    cues: list[np.void] = []
    for block in source.blocks():
        found.append(coached(detector, coach, block, cues))
        if watch is not None:
            watch(block)
    strides = np.concatenate(found)
    counters = detector.counters
    summary = summarise(strides, duration_s=counters.duration_s, stationary_s=counters.stationary_s)
    return Replay(
        strides,
        counters,
        summary,
        coached=coach is not None,
        cues=np.array(cues, CUE),
        baseline_spm=None if coach is None else coach.baseline_spm,
        target_spm=None if coach is None else coach.target_spm,
    )
