"""Faults of single frames, done where the pod hands them to its link."""

from __future__ import annotations

from random import Random

from hardware.faults.plan import FRAME_FAULTS, FaultPlan, Injected


class FrameFaults:
    """Draws for each frame what befalls it: at most one of the four, so that what was done can be counted
    on the other side. While `mtu` lasts frames are cut by it alone."""

    def __init__(self, plan: FaultPlan, seed: int, injected: Injected) -> None:
        self._plan, self._injected = plan, injected
        self._shares = plan.named(*FRAME_FAULTS)
        self._random = Random(seed)

    def befall(self, frame: bytes, t_s: float) -> tuple[bytes, ...]:
        """What is handed on in place of a frame, at `t_s` in pod seconds; nothing when it is dropped."""
        room_bytes = self._plan.cut_bytes(t_s)
        if room_bytes is not None:
            self._injected.cut += len(frame) > room_bytes
            return (frame[:room_bytes],)
        drawn = self._random.random()
        for fault in self._shares:
            if not fault.lasts(t_s):
                continue
            if drawn < fault.amount:
                return self._done(fault.name, frame)
            drawn -= fault.amount
        return (frame,)

    def _done(self, name: str, frame: bytes) -> tuple[bytes, ...]:
        injected = self._injected
        match name:
            case "drop":
                injected.dropped += 1
                return ()
            case "duplicate":
                injected.duplicated += 1
                return frame, frame
            case "truncate":
                injected.truncated += 1
                return (frame[: self._random.randrange(1, len(frame))],)
            case _:
                injected.corrupted += 1
                damaged = bytearray(frame)
                damaged[self._random.randrange(len(frame))] ^= 1 << self._random.randrange(8)
                return (bytes(damaged),)
