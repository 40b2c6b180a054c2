"""A run: the messages of a pod's link in, strides out.

Live and replayed runs go through this one class, so a recording gives the strides that the run gave.
Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cadence.detector import Counters, LiveEstimate, StepDetector
from cadence.sample import SampleBlock
from cadence.stride import STRIDE, Activity, Side
from coach.coach import Coach
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


@dataclass(slots=True)
class Found:
    """What came of one message.

    Attributes:
        strides: STRIDE, shape (n,), closed by it.
        updates: ready-made cadence, from pods that send no samples.
        cues: CUE records, of the coach and of a pod that cues by itself.
        presses: of the pod's button.
        blocks: the samples that it completed.
    """

    strides: NDArray[np.void] = field(default_factory=lambda: NO_STRIDES)
    updates: list[CadenceUpdate] = field(default_factory=list)
    cues: list[np.void] = field(default_factory=list)
    presses: list[Button] = field(default_factory=list)
    blocks: list[SampleBlock] = field(default_factory=list)


class Run:
    """The strides of one pod, message by message.

    Attributes:
        pod: name of the pod's protocol; empty before the first connection.
        info: what the pod says of itself; None until it has.
        battery_percent: None until told.
        connected, stalled: how the link stands.
        last_update, last_stride: the newest, None where there was none.
        coach: who cues; None for a run that is only measured.
    """

    def __init__(
        self,
        decoder_of: Callable[[str], Decoder],
        *,
        side: Side = Side.UNKNOWN,
        coach: Coach | None = None,
    ) -> None:
        """`decoder_of` gives a new decoder for the name of a pod's protocol."""
        self.coach = coach
        self._decoder_of = decoder_of
        self._side = side
        self._decoder: Decoder | None = None
        self._detector: StepDetector | None = None
        self._pod_strides_end_s = 0.0
        self.pod = ""
        self.info: PodInfo | None = None
        self.battery_percent: int | None = None
        self.connected = self.stalled = False
        self.last_update: CadenceUpdate | None = None
        self.last_stride: np.void | None = None

    def take(self, message: Message) -> Found:
        """Go on by one message."""
        lost = isinstance(message, LinkEvent) and self._note(message)
        if self._decoder is None:
            return Found()
        found = self._found(self._decoder.take(message))
        if lost and self.coach is not None:
            found.cues += self.coach.take_loss()
        return found

    def finish(self) -> Found:
        """What was held back, once the last message is in."""
        return Found() if self._decoder is None else self._found(self._decoder.finish())

    def requests(self) -> Iterable[Write]:
        """What must be written to the pod now."""
        return () if self._decoder is None else self._decoder.requests()

    @property
    def losses(self) -> Losses:
        """What was not received, or not well."""
        return Losses() if self._decoder is None else self._decoder.losses

    @property
    def counters(self) -> Counters:
        """What went through the detector; the duration alone where the pod sends no samples."""
        if self._detector is not None:
            return self._detector.counters
        update_s = 0.0 if self.last_update is None else self.last_update.t_s
        return Counters(duration_s=max(update_s, self._pod_strides_end_s))

    @property
    def live(self) -> LiveEstimate:
        """What the runner does at the newest reading."""
        if self._detector is not None:
            return self._detector.live
        unknown = float("nan")
        if self.last_update is not None:
            update = self.last_update
            return LiveEstimate(update.activity, update.cadence_spm, update.speed_m_s, 0.0)
        if self.last_stride is not None:
            stride = self.last_stride
            cadence_spm, speed_m_s = float(stride["cadence_spm"]), float(stride["speed_m_s"])
            return LiveEstimate(Activity(int(stride["activity"])), cadence_spm, speed_m_s, 0.0)
        return LiveEstimate(Activity.UNKNOWN, unknown, unknown, unknown)

    def _note(self, event: LinkEvent) -> bool:
        """Keep how the link stands. Returns whether it fell silent with this."""
        if event.state is LinkState.CONNECTED:
            self.connected, self.stalled = True, False
            if self._decoder is None:
                self.pod = event.pod
                self._decoder = self._decoder_of(event.pod)
        elif event.state in (LinkState.LOST, LinkState.CLOSED):
            self.connected = self.stalled = False
        elif event.state in (LinkState.STALLED, LinkState.RESUMED):
            self.stalled = event.state is LinkState.STALLED
        return event.state in (LinkState.LOST, LinkState.STALLED)

    def _found(self, readings: Iterable[Reading]) -> Found:
        found = Found()
        strides = []
        for reading in readings:
            match reading:
                case SampleBlock():
                    strides.append(self._detect(reading, found.cues))
                    found.blocks.append(reading)
                case PodStride(stride):
                    if self._detector is None:
                        strides.append(self._of_the_pod(stride, found.cues))
                case CadenceUpdate():
                    found.updates.append(reading)
                    self.last_update = reading
                    if self.coach is not None:
                        found.cues += self.coach.take_update(reading)
                case PodCue(cue):
                    found.cues.append(cue)
                case PodInfo():
                    self.info = reading
                case Battery(percent):
                    self.battery_percent = percent
                case Button():
                    found.presses.append(reading)
        if strides:
            # numpy makes a new dtype at each concatenation, which is most of a record's memory.
            found.strides = strides[0] if len(strides) == 1 else np.concatenate(strides, dtype=STRIDE)
        if len(found.strides):
            self.last_stride = found.strides[-1]
        return found

    def _detect(self, block: SampleBlock, cues: list[np.void]) -> NDArray[np.void]:
        if self._detector is None:
            self._detector = StepDetector(None if self.info is None else self.info.sensor, side=self._side)
        return coached(self._detector, self.coach, block, cues)

    def _of_the_pod(self, stride: np.void, cues: list[np.void]) -> NDArray[np.void]:
        one = np.array([stride], STRIDE)
        if self._side is not Side.UNKNOWN:
            one["side"] = self._side
        self._pod_strides_end_s = float(stride["t_mid_stance_s"])
        if self.coach is not None:
            # When the pod's own record closed is not told.
            cues += self.coach.take_stride(one[0], round(self._pod_strides_end_s * 1e6))
        return one


def coached(
    detector: StepDetector, coach: Coach | None, block: SampleBlock, cues: list[np.void]
) -> NDArray[np.void]:
    """Feed a block to detector and coach. Where blocks are cut changes neither strides nor cues.

    Args:
        detector, coach: of one run.
        block: the next samples.
        cues: gets the CUE records.

    Returns:
        STRIDE, shape (n,).
    """
    strides = detector.feed(block)
    if coach is not None:
        for stride, closed_us in zip(strides, detector.closed_us, strict=True):
            cues += coach.take_stride(stride, int(closed_us))
        cues += coach.advance(detector.now_us)
    return strides


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
