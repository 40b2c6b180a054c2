"""Numbered frames in their order: each once, a lost one counted, one that was overtaken put back.

A pod numbers all frames of a boot from 0, modulo 2³². A frame that is next goes through at once. When one
is missing, those behind it wait for it: in frames, never in wall time, so that a replay does the same.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from firmware_bridge.readings import Losses

WINDOW_FRAMES = 4
"""A missing frame is given up when so many behind it have come. Our choice: radio and serial line keep
the order, so this covers slips of a host's software, and delays the strides after a loss by 0.2 s."""
FARTHEST_AHEAD = 1 << 24
"""Frames: six days of them. A number farther ahead is damage that the CRC missed, or one from behind."""
_LOSSES_REMEMBERED = 256
_BOOTS_REMEMBERED = 16
_MODULUS = 1 << 32

T = TypeVar("T")


class Reassembly(Generic[T]):
    """Puts the frames of one pod in order, over all its boots.

    Counts `duplicates`, `late` and `lost_frames` in the `losses` it is given. What lies before the first
    frame that came of a boot is not counted as lost: it was sent before anyone listened.
    """

    def __init__(self, losses: Losses) -> None:
        self._losses = losses
        self._boot: int | None = None
        self._earlier_boots: deque[int] = deque(maxlen=_BOOTS_REMEMBERED)
        self._rumour: tuple[int, int, T] | None = None
        # Sequence numbers from here on do not wrap: they are counted on from the first of the boot.
        self._first = 0
        self._next = 0
        self._held: dict[int, T] = {}
        self._lost: deque[range] = deque(maxlen=_LOSSES_REMEMBERED)
        self._after_loss = False

    def take(self, boot: int, sequence: int, frame: T, *, is_hello: bool = False) -> list[T]:
        """Take a frame. Returns those whose turn has come, in order.

        A boot id that is new counts once two frames bear it or a hello does: a single frame may be
        damage that the CRC missed, and to believe it would end the true boot.
        """
        if boot == self._boot:
            return self._take_current(sequence, frame)
        if boot in self._earlier_boots:
            self._losses.late += 1
            return []
        if self._boot is None:
            self._begin(boot, sequence)
            return self._take_current(sequence, frame)
        return self._take_unheard(boot, sequence, frame, is_hello)

    def release(self) -> list[T]:
        """All that waits, since nothing more will come before it: the link is lost, or the run ends.

        Those missing count as lost, and so do those missing before the next frame, without a wait.
        """
        if self._rumour is not None:
            self._losses.late += 1
            self._rumour = None
        self._after_loss = True
        return self._give_up(0)

    def _take_unheard(self, boot: int, sequence: int, frame: T, is_hello: bool) -> list[T]:
        first: list[tuple[int, T]] = [(sequence, frame)]
        if self._rumour is not None:
            rumoured_boot, rumoured_sequence, rumoured = self._rumour
            if rumoured_boot != boot:
                self._losses.late += 1
            elif rumoured_sequence == sequence:
                self._losses.duplicates += 1
                return []
            else:
                first.append((rumoured_sequence, rumoured))
        if len(first) == 1 and not is_hello:
            self._rumour = (boot, sequence, frame)
            return []
        self._rumour = None
        released = self._give_up(0)
        first.sort(key=lambda numbered: numbered[0])
        self._begin(boot, first[0][0])
        for numbered in first:
            released += self._take_current(*numbered)
        return released

    def _begin(self, boot: int, sequence: int) -> None:
        if self._boot is not None:
            self._earlier_boots.append(self._boot)
        self._boot = boot
        self._first = self._next = sequence
        self._lost.clear()
        self._after_loss = False

    def _take_current(self, sequence: int, frame: T) -> list[T]:
        ahead = (sequence - self._next) % _MODULUS
        if ahead == 0 and not self._held:
            self._next += 1
            self._after_loss = False
            return [frame]
        if ahead > FARTHEST_AHEAD:
            self._count_behind(self._next + ahead - _MODULUS)
            return []
        number = self._next + ahead
        if number in self._held:
            self._losses.duplicates += 1
            return []
        self._held[number] = frame
        wait_for = 0 if self._after_loss else WINDOW_FRAMES - 1
        self._after_loss = False
        return self._next_ones() + self._give_up(wait_for)

    def _count_behind(self, number: int) -> None:
        if number < self._first or any(number in lost for lost in self._lost):
            self._losses.late += 1
        else:
            self._losses.duplicates += 1

    def _next_ones(self) -> list[T]:
        released = []
        while self._next in self._held:
            released.append(self._held.pop(self._next))
            self._next += 1
        return released

    def _give_up(self, most_waiting: int) -> list[T]:
        """Pass over missing frames until no more than so many wait."""
        released = []
        while len(self._held) > most_waiting:
            found = min(self._held)
            self._losses.lost_frames += found - self._next
            self._lost.append(range(self._next, found))
            self._next = found
            released += self._next_ones()
        return released
