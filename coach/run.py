"""A run: the messages of its pods' links in, strides out.

Live and replayed runs go through this one class, so a recording gives the strides that the run gave.
Nothing here reads a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

from cadence.detector import Counters, LiveEstimate, StepDetector
from cadence.sample import SampleBlock
from cadence.stride import STRIDE, Side
from coach.coach import Coach
from coach.cuer import Cuer
from coach.foot import Foot
from coach.two_feet.common_clock import CommonClock
from coach.two_feet.leading import Leader
from coach.two_feet.likeness import Likeness
from firmware_bridge.message import LinkEvent, LinkState, Message
from firmware_bridge.readings import (
    Battery,
    Button,
    CadenceUpdate,
    Decoder,
    Losses,
    PodCue,
    PodInfo,
    PodStride,
    Reading,
    Write,
)

NO_STRIDES = np.zeros(0, STRIDE)
INSTANTS = ("t_toe_off_s", "t_contact_s", "t_mid_stance_s")
"""Of a STRIDE record, those that are on a clock."""


@dataclass(slots=True)
class Found:
    """What came of one message.

    Attributes:
        strides: STRIDE, shape (n,), closed by it.
        updates: ready-made cadence, from pods that send no samples; of the foot that leads.
        cues: CUE records, of the coach and of a pod that cues by itself.
        presses: of the pod's button.
        blocks: the samples that it completed.
        number: which pod of the run it is of, from 0.
        leads: whether that pod's foot is the one that the coach hears.
    """

    strides: NDArray[np.void] = field(default_factory=lambda: NO_STRIDES)
    updates: list[CadenceUpdate] = field(default_factory=list)
    cues: list[np.void] = field(default_factory=list)
    presses: list[Button] = field(default_factory=list)
    blocks: list[SampleBlock] = field(default_factory=list)
    number: int = 0
    leads: bool = True


class Run:
    """The strides of one pod, or of one on each foot, message by message. All times are on the run's clock: 0
    is the first sample of the pod that is the first to send any.

    Attributes:
        feet: the pods, by number.
        coach: of the cadence, for those who ask how it stands; None for a run that is only measured.
    """

    def __init__(
        self,
        decoder_of: Callable[[str], Decoder],
        *,
        sides: Sequence[Side] = (Side.UNKNOWN,),
        coach: Coach | None = None,
        cuer: Cuer | None = None,
    ) -> None:
        """
        Args:
            decoder_of: gives a new decoder for the name of a pod's protocol.
            sides: of the feet that carry the pods, by number.
            coach: of the cadence.
            cuer: who cues, the coach among them; by default the coach alone. It hears one foot at a time.
        """
        self.coach = coach
        self._cuer = coach if cuer is None else cuer
        self.feet = tuple(Foot(decoder_of, side) for side in sides)
        self._clock = CommonClock(len(self.feet))
        self._leader = Leader(len(self.feet))
        self._likeness = Likeness(len(self.feet))
        self._newest_ns = 0

    def take(self, message: Message) -> Found:
        """Go on by one message. One of a pod that the run does not have is passed over."""
        number = message.number
        if number >= len(self.feet):
            return Found()
        foot, self._newest_ns = self.feet[number], message.t_host_ns
        readings = foot.take(message)
        lost = isinstance(message, LinkEvent) and self._note(number, message)
        found = self._found(number, readings)
        if lost and self._cuer is not None and foot.pod:
            found.cues += self._cuer.take_loss()
        return found

    def finish(self) -> list[Found]:
        """What was held back, once the last message is in; one for each pod."""
        return [self._found(number, foot.finish()) for number, foot in enumerate(self.feet)]

    def requests(self) -> Iterator[Write]:
        """What must be written to the pods now."""
        for number, foot in enumerate(self.feet):
            for write in foot.requests():
                yield replace(write, number=number) if number else write

    @property
    def lead(self) -> Foot:
        """The foot that the coach hears."""
        return self.feet[self._leader.foot]

    @property
    def is_cued(self) -> bool:
        """Whether anyone cues it."""
        return self._cuer is not None

    @property
    def connected(self) -> bool:
        """Whether any pod is."""
        return any(foot.connected for foot in self.feet)

    @property
    def device(self) -> str:
        """What the pods call themselves; empty until told."""
        infos = [foot.info for foot in self.feet if foot.info is not None]
        return " + ".join(dict.fromkeys(f"{info.model} {info.firmware}".strip() for info in infos))

    @property
    def losses(self) -> Losses:
        """What was not received, or not well, of all pods."""
        each = [foot.losses for foot in self.feet]
        counts = {
            name.name: sum(getattr(losses, name.name) for losses in each)
            for name in fields(Losses)
            if name.name != "bad_packets"
        }
        return Losses(**counts, bad_packets=sum((losses.bad_packets for losses in each), Counter()))

    @property
    def counters(self) -> Counters:
        """What went through the detectors: samples and what was amiss with them of all pods; the time from
        the run's first sample to its last, and the longer standing, since a pod may have missed some."""
        each = [foot.counters for foot in self.feet]
        ends_s = [
            counters.duration_s + self._clock.shift_s(number)
            for number, counters in enumerate(each)
            if counters.duration_s
        ]
        return Counters(
            samples=sum(counters.samples for counters in each),
            missing_samples=sum(counters.missing_samples for counters in each),
            clipped_samples=sum(counters.clipped_samples for counters in each),
            gaps=sum(counters.gaps for counters in each),
            duration_s=max(ends_s, default=0.0),
            stationary_s=max(counters.stationary_s for counters in each),
        )

    @property
    def live(self) -> LiveEstimate:
        """What the runner does at the newest reading of the foot that leads."""
        return self.lead.live

    def _note(self, number: int, event: LinkEvent) -> bool:
        """Whether nobody is heard any more with this."""
        before = self._leader.foot
        lost = self._leader.take_link(number, self.feet[number].is_heard)
        self._hand_over(before)
        return lost and event.state in (LinkState.LOST, LinkState.STALLED)

    def _found(self, number: int, readings: Iterable[Reading]) -> Found:
        found = Found(number=number)
        foot = self.feet[number]
        strides = []
        for reading in readings:
            match reading:
                case SampleBlock():
                    closed, detector = foot.detect(reading)
                    self._place(number, closed, detector.closed_us, detector.now_us, found.cues)
                    strides.append(closed)
                    found.blocks.append(self._placed(number, reading))
                case PodStride(stride):
                    closed = foot.of_the_pod(stride)
                    if len(closed):
                        # When the pod's own record closed is not told.
                        closed_us = np.rint(closed["t_mid_stance_s"] * 1e6).astype(np.int64)
                        self._place(number, closed, closed_us, int(closed_us[-1]), found.cues)
                        strides.append(closed)
                case CadenceUpdate():
                    self._take_update(number, reading, found)
                case PodCue(cue):
                    if self._leader.foot == number:
                        cue["t_s"] += self._clock.shift_s(number)
                        found.cues.append(cue)
                case PodInfo():
                    foot.info = reading
                case Battery(percent):
                    foot.battery_percent = percent
                case Button(t_s):
                    found.presses.append(Button(t_s + self._clock.shift_s(number)))
        if strides:
            # numpy makes a new dtype at each concatenation, which is most of a record's memory.
            found.strides = strides[0] if len(strides) == 1 else np.concatenate(strides, dtype=STRIDE)
        if len(found.strides):
            foot.last_stride = found.strides[-1]
        found.leads = self._leader.foot == number
        return found

    def _place(
        self,
        number: int,
        strides: NDArray[np.void],
        closed_us: NDArray[np.int64],
        now_us: int,
        cues: list[np.void],
    ) -> None:
        """Put strides of a pod on the run's clock and have the coach hear them, if their foot leads.

        Args:
            number: of the pod.
            strides: STRIDE, shape (n,), on the pod's clock; changed in place.
            closed_us: when each closed, shape (n,), and `now_us`, on the pod's clock.
            cues: gets the CUE records.
        """
        self._clock.take(number, now_us, self._newest_ns, self.feet[number].lives)
        before = self._leader.foot
        self._leader.take_strides(number, strides["good"].tolist())
        self._likeness.take(number, strides)
        self._hand_over(before)
        leads = self._leader.foot == number
        if not (leads or len(strides)):
            return
        shift_us = self._clock.shift_us(number, now_us)
        if shift_us:
            for name in INSTANTS:
                strides[name] += shift_us / 1e6
        if leads and self._cuer is not None:
            heard = self._likeness.heard(number, strides)
            hear(self._cuer, heard, closed_us + shift_us, now_us + shift_us, cues)

    def _hand_over(self, before: int) -> None:
        if self._leader.foot != before:
            self._likeness.hand_over(before, self._leader.foot)

    def _placed(self, number: int, block: SampleBlock) -> SampleBlock:
        """Samples on the run's clock, as far as that is known."""
        shift_us = round(self._clock.shift_s(number) * 1e6)
        return block if not shift_us else SampleBlock(block.t_us + shift_us, block.motion)

    def _take_update(self, number: int, update: CadenceUpdate, found: Found) -> None:
        self.feet[number].last_update = update
        t_us = round(update.t_s * 1e6)
        self._clock.take(number, t_us, self._newest_ns, self.feet[number].lives)
        if self._leader.foot != number:
            return
        shift_us = self._clock.shift_us(number, t_us)
        if shift_us:
            update = replace(update, t_s=update.t_s + shift_us / 1e6)
        found.updates.append(update)
        if self._cuer is not None:
            found.cues += self._cuer.take_update(update)


def coached(
    detector: StepDetector, cuer: Cuer | None, block: SampleBlock, cues: list[np.void]
) -> NDArray[np.void]:
    """Feed a block to detector and cuer. Where blocks are cut changes neither strides nor cues.

    Args:
        detector, cuer: of one run.
        block: the next samples.
        cues: gets the CUE records.

    Returns:
        STRIDE, shape (n,).
    """
    strides = detector.feed(block)
    if cuer is not None:
        hear(cuer, strides, detector.closed_us, detector.now_us, cues)
    return strides


def hear(
    cuer: Cuer,
    strides: NDArray[np.void],
    closed_us: NDArray[np.int64],
    now_us: int,
    cues: list[np.void],
) -> None:
    """Give a cuer the strides that closed, each with the time when it did, and the time that it is now."""
    for stride, closed in zip(strides, closed_us, strict=True):
        cues += cuer.take_stride(stride, int(closed))
    cues += cuer.advance(now_us)


PACKETS_TO_JUDGE = 50
SECONDS_TO_JUDGE = 10.0
"""Our choice: two seconds of an open pod, and the time that slow text takes to show itself."""


def is_understood(losses: Losses, since_first_s: float) -> bool:
    """Whether what comes from a device is what its kind of pod sends: some bad packets prove nothing, many
    of them, or a long time, without a single good one do.

    Args:
        losses: of the link so far.
        since_first_s: how long ago its first message came.
    """
    if losses.bad_packets.total() < losses.packets or not losses.packets:
        return True
    return losses.packets < PACKETS_TO_JUDGE and since_first_s < SECONDS_TO_JUDGE
