"""One pod of a run: what its messages mean, the detector behind it, and how its link stands.

Its times are those of its own clock; `coach.run` puts the pods of a run on one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from cadence.detector import Counters, LiveEstimate, StepDetector
from cadence.sample import SampleBlock
from cadence.stride import STRIDE, Activity, Side
from firmware_bridge.message import LinkEvent, LinkState, Message
from firmware_bridge.readings import CadenceUpdate, Decoder, Losses, PodInfo, Reading, Write


class Foot:
    """One pod.

    Attributes:
        side: of the foot that carries it.
        pod: name of the pod's protocol; empty before the first connection.
        info: what the pod says of itself; None until it has.
        battery_percent: None until told.
        connected, stalled: how the link stands.
        last_update, last_stride: the newest, None where there was none.
        detector: None before the first sample.
    """

    def __init__(self, decoder_of: Callable[[str], Decoder], side: Side) -> None:
        """`decoder_of` gives a new decoder for the name of a pod's protocol."""
        self.side = side
        self._decoder_of = decoder_of
        self._decoder: Decoder | None = None
        self.detector: StepDetector | None = None
        self._pod_strides_end_s = 0.0
        self.pod = ""
        self.info: PodInfo | None = None
        self.battery_percent: int | None = None
        self.connected = self.stalled = False
        self.last_update: CadenceUpdate | None = None
        self.last_stride: np.void | None = None

    def take(self, message: Message) -> Iterable[Reading]:
        """The readings that a message completes, in order; none before the first connection."""
        if isinstance(message, LinkEvent):
            self._note(message)
        return () if self._decoder is None else self._decoder.take(message)

    def finish(self) -> Iterable[Reading]:
        """What was held back, once the last message is in."""
        return () if self._decoder is None else self._decoder.finish()

    def requests(self) -> Iterable[Write]:
        """What must be written to the pod now."""
        return () if self._decoder is None else self._decoder.requests()

    def detect(self, block: SampleBlock) -> tuple[NDArray[np.void], StepDetector]:
        """The strides (dtype STRIDE) that close within a block, and the detector that found them."""
        if self.detector is None:
            self.detector = StepDetector(None if self.info is None else self.info.sensor, side=self.side)
        return self.detector.feed(block), self.detector

    def of_the_pod(self, stride: np.void) -> NDArray[np.void]:
        """A stride that the pod found itself, dtype STRIDE; none where its samples are there to find it
        in."""
        if self.detector is not None:
            return np.zeros(0, STRIDE)
        one = np.array([stride], STRIDE)
        if self.side is not Side.UNKNOWN:
            one["side"] = self.side
        self._pod_strides_end_s = float(stride["t_mid_stance_s"])
        return one

    @property
    def is_heard(self) -> bool:
        """Whether the pod is connected and speaks."""
        return self.connected and not self.stalled

    @property
    def lives(self) -> int:
        """How often the pod's clock has begun anew."""
        return self.losses.restarts + self.losses.clock_faults

    @property
    def losses(self) -> Losses:
        """What was not received, or not well."""
        return Losses() if self._decoder is None else self._decoder.losses

    @property
    def counters(self) -> Counters:
        """What went through the detector; the duration alone where the pod sends no samples."""
        if self.detector is not None:
            return self.detector.counters
        update_s = 0.0 if self.last_update is None else self.last_update.t_s
        return Counters(duration_s=max(update_s, self._pod_strides_end_s))

    @property
    def live(self) -> LiveEstimate:
        """What the runner does at the newest reading."""
        if self.detector is not None:
            return self.detector.live
        unknown = float("nan")
        if self.last_update is not None:
            update = self.last_update
            return LiveEstimate(update.activity, update.cadence_spm, update.speed_m_s, 0.0)
        if self.last_stride is not None:
            stride = self.last_stride
            cadence_spm, speed_m_s = float(stride["cadence_spm"]), float(stride["speed_m_s"])
            return LiveEstimate(Activity(int(stride["activity"])), cadence_spm, speed_m_s, 0.0)
        return LiveEstimate(Activity.UNKNOWN, unknown, unknown, unknown)

    def _note(self, event: LinkEvent) -> None:
        """Keep how the link stands."""
        if event.state is LinkState.CONNECTED:
            self.connected, self.stalled = True, False
            if self._decoder is None:
                self.pod = event.pod
                self._decoder = self._decoder_of(event.pod)
        elif event.state in (LinkState.LOST, LinkState.CLOSED):
            self.connected = self.stalled = False
        elif event.state in (LinkState.STALLED, LinkState.RESUMED):
            self.stalled = event.state is LinkState.STALLED
