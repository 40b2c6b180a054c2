"""The memory in which a simulated pod keeps frames until its link takes them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from hardware.faults.frame_faults import FrameFaults
from hardware.faults.plan import Injected
from hardware.lost_samples import LostSamples, Span

CAPACITY_BYTES = 10_240
"""How much fits. Our choice of a microcontroller's memory: three seconds of samples at 208 a second, two at
416, or two minutes of strides."""

TRY_AGAIN_S = 0.005
"""When the link has no room; a shorter time than the shortest connection interval of BLE, 7.5 ms."""


class FrameBuffer:
    """Frames on their way to the host, in order. When it is full the oldest makes room and is counted; but
    for the one whose fate is drawn already, which waits at the link's door.

    Attributes:
        lost: the samples of frames that the host never gets whole.
    """

    def __init__(self, faults: FrameFaults, injected: Injected, now_s: Callable[[], float]) -> None:
        """`now_s` gives pod seconds, for the faults."""
        self._faults, self._injected, self._now_s = faults, injected, now_s
        self.lost = LostSamples()
        self._frames: deque[_Kept] = deque()
        self._kept_bytes = 0
        self._handing: deque[bytes] = deque()
        self._handing_whole: _Kept | None = None
        self._send: Callable[[bytes], bool] | None = None
        self._again: asyncio.TimerHandle | None = None

    def attach(self, send: Callable[[bytes], bool]) -> None:
        """A host is there. `send` says False when it has no room now."""
        self._send = send
        self._hand_on()

    def detach(self) -> None:
        """The host is gone; frames are kept."""
        self._send = None
        if self._again is not None:
            self._again.cancel()

    def put(self, frame: bytes, samples: Span | None = None) -> None:
        """Add a frame, with the span of the samples in it if there are any, and hand on what the link
        takes."""
        while self._kept_bytes + len(frame) > CAPACITY_BYTES:
            self._lose(self._take_oldest())
            self._injected.given_up += 1
        self._frames.append(_Kept(frame, samples))
        self._kept_bytes += len(frame)
        self._hand_on()

    def clear(self) -> None:
        """Forget all frames, as memory does without power."""
        for kept in self._frames:
            self._lose(kept)
        if self._handing_whole is not None:
            self._lose(self._handing_whole)
        self._frames.clear()
        self._kept_bytes = 0
        self._handing.clear()
        self._handing_whole = None

    def _hand_on(self) -> None:
        while self._send is not None and (self._handing or self._frames):
            if not self._handing:
                # Drawn once a frame, however often the link has no room for it.
                kept = self._take_oldest()
                self._handing.extend(self._faults.befall(kept.frame, self._now_s()))
                if kept.frame in self._handing:
                    self._handing_whole = kept
                else:
                    self._lose(kept)
                continue
            frame = self._handing.popleft()
            if not self._send(frame):
                self._handing.appendleft(frame)
                self._try_again()
                return
            self._handing_whole = None

    def _take_oldest(self) -> _Kept:
        kept = self._frames.popleft()
        self._kept_bytes -= len(kept.frame)
        return kept

    def _lose(self, kept: _Kept) -> None:
        if kept.samples is not None:
            self.lost.add(kept.samples)

    def _try_again(self) -> None:
        if self._again is not None:
            self._again.cancel()
        self._again = asyncio.get_running_loop().call_later(TRY_AGAIN_S, self._hand_on)


class _Kept(NamedTuple):
    frame: bytes
    samples: Span | None
