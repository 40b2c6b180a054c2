"""Numbered frames in their order: each once, a lost one counted, one that was overtaken put back.

A pod numbers all frames of a boot from 0, modulo 2³². A frame that is next goes through at once. When one
is missing, those behind it wait for it: in frames, never in wall time, so that a replay does the same.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

from firmware_bridge.readings import Losses

WINDOW_FRAMES = 4
"""A missing frame is given up when so many behind it have come. Our choice: radio and serial line keep
the order, so this covers slips of a host's software, and delays the strides after a loss by 0.2 s."""
FARTHEST_AHEAD = 1 << 24
"""Frames: six days of them. A number farther ahead is damage that the CRC missed, or one from behind."""
NEW_LIFE_FRAMES = 8
"""A hello from behind and this many frames, one after the other from it on, are a pod that began anew with
a boot id it had before; unless they are known to have come, or to have been lost. Our choice."""
FRAMES_REMEMBERED = 4096
"""Those that came last are known again. Our choice: two minutes, far more than a pod can send twice."""
_LOSSES_REMEMBERED = 256
_BOOTS_REMEMBERED = 16
_MODULUS = 1 << 32

T = TypeVar("T")


class NewLife:
    """Stands before the first frame of a pod that began anew."""


NEW_LIFE = NewLife()


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
        self._marks: OrderedDict[tuple[int, int], int] = OrderedDict()
        # What may be a new life with a boot id of before: boot, sequence, mark, frame.
        self._again: deque[tuple[int, int, int, T]] = deque()

    def take(
        self, boot: int, sequence: int, frame: T, *, mark: int, is_hello: bool = False
    ) -> list[T | NewLife]:
        """Take a frame. Returns those whose turn has come, in order, with NEW_LIFE before the first of each
        new life of the pod. The mark is a checksum of its bytes, by which a frame sent twice is known.

        A boot id that is new counts once two frames bear it or a hello does: a single frame may be
        damage that the CRC missed, and to believe it would end the true boot.
        """
        if boot in self._earlier_boots or (boot == self._boot and self._is_behind(sequence)):
            return self._take_behind(boot, sequence, frame, mark, is_hello)
        self._count_again()
        self._remember(boot, sequence, mark)
        if boot == self._boot:
            return self._take_current(sequence, frame)
        if self._boot is None:
            self._begin(boot, sequence)
            return self._take_current(sequence, frame)
        return self._take_unheard(boot, sequence, frame, is_hello)

    def release(self) -> list[T | NewLife]:
        """All that waits, since nothing more will come before it: the link is lost, or the run ends.

        Those missing count as lost, and so do those missing before the next frame, without a wait.
        """
        self._count_again()
        if self._rumour is not None:
            self._losses.late += 1
            self._rumour = None
        self._after_loss = True
        return self._give_up(0)

    def _is_behind(self, sequence: int) -> bool:
        return (sequence - self._next) % _MODULUS > FARTHEST_AHEAD

    def _take_behind(
        self, boot: int, sequence: int, frame: T, mark: int, is_hello: bool
    ) -> list[T | NewLife]:
        """A frame from behind: a duplicate, one that is late, or of a pod that began anew."""
        before = boot, (sequence - 1) % _MODULUS
        follows = bool(self._again) and self._again[-1][:2] == before
        if not follows:
            self._count_again()
        if not (follows or is_hello):
            self._count_behind(boot, sequence)
            return []
        self._again.append((boot, sequence, mark, frame))
        if len(self._again) <= NEW_LIFE_FRAMES:
            return []
        if self._came_before():
            oldest_boot, oldest, _, _ = self._again.popleft()
            self._count_behind(oldest_boot, oldest)
            return []
        again = list(self._again)
        self._again.clear()
        released = self._give_up(0)
        self._begin(boot, again[0][1])
        released.append(NEW_LIFE)
        for _, number, known_by, held in again:
            self._remember(boot, number, known_by)
            released += self._take_current(number, held)
        return released

    def _came_before(self) -> bool:
        """Whether the frames from behind are the same that came once, or that were missing then.

        Some are alike in every life, such as a pod's first hello: one that differs tells.
        """
        known = [
            self._is_lost(boot, sequence) or self._marks.get((boot, sequence)) == mark
            for boot, sequence, mark, _ in self._again
            if self._is_lost(boot, sequence) or (boot, sequence) in self._marks
        ]
        return bool(known) and all(known)

    def _remember(self, boot: int, sequence: int, mark: int) -> None:
        self._marks[boot, sequence] = mark
        self._marks.move_to_end((boot, sequence))
        if len(self._marks) > FRAMES_REMEMBERED:
            self._marks.popitem(last=False)

    def _count_again(self) -> None:
        """What might have been a new life was none."""
        for boot, sequence, _, _ in self._again:
            self._count_behind(boot, sequence)
        self._again.clear()

    def _take_unheard(self, boot: int, sequence: int, frame: T, is_hello: bool) -> list[T | NewLife]:
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
        released.append(NEW_LIFE)
        for numbered in first:
            released += self._take_current(*numbered)
        return released

    def _begin(self, boot: int, sequence: int) -> None:
        if boot in self._earlier_boots:
            self._earlier_boots.remove(boot)
        if self._boot not in (None, boot):
            self._earlier_boots.append(self._boot)
        self._boot = boot
        self._first = self._next = sequence
        self._lost.clear()
        self._after_loss = False

    def _take_current(self, sequence: int, frame: T) -> list[T | NewLife]:
        ahead = (sequence - self._next) % _MODULUS
        if ahead == 0 and not self._held:
            self._next += 1
            self._after_loss = False
            return [frame]
        number = self._next + ahead
        if number in self._held:
            self._losses.duplicates += 1
            return []
        self._held[number] = frame
        wait_for = 0 if self._after_loss else WINDOW_FRAMES - 1
        self._after_loss = False
        return self._next_ones() + self._give_up(wait_for)

    def _count_behind(self, boot: int, sequence: int) -> None:
        if boot != self._boot or self._number(sequence) < self._first or self._is_lost(boot, sequence):
            self._losses.late += 1
        else:
            self._losses.duplicates += 1

    def _number(self, sequence: int) -> int:
        """A sequence number from behind, counted on from the first of the boot."""
        return self._next + (sequence - self._next) % _MODULUS - _MODULUS

    def _is_lost(self, boot: int, sequence: int) -> bool:
        return boot == self._boot and any(self._number(sequence) in lost for lost in self._lost)

    def _next_ones(self) -> list[T | NewLife]:
        released: list[T | NewLife] = []
        while self._next in self._held:
            released.append(self._held.pop(self._next))
            self._next += 1
        return released

    def _give_up(self, most_waiting: int) -> list[T | NewLife]:
        """Pass over missing frames until no more than so many wait."""
        released: list[T | NewLife] = []
        while len(self._held) > most_waiting:
            found = min(self._held)
            self._losses.lost_frames += found - self._next
            self._lost.append(range(self._next, found))
            self._next = found
            released += self._next_ones()
        return released
