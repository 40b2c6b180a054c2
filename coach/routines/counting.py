"""A counted exercise as it goes on: repetitions and time in, words and ticks out. Pure: it reads no clock.

Its time is that of the pod's samples.
"""

from __future__ import annotations

from dataclasses import dataclass

from coach.care.records import Set
from coach.routines.exercise import Counted
from coach.routines.spoken import Spoken

IDLE_S = 12.0
"""A set is over when no repetition has come for so long: the slowest takes 8 s, and a breath. Our choice."""
BELONGS_S = 8.0
"""A repetition that ends so soon after a set still belongs to it: nobody has rested yet. Our choice."""
GIVEN_UP_S = 300.0
"""Who has not gone on after such a rest has ended the exercise. Our choice."""
WARNED_S = 10.0
"""Before the rest is over. Our choice."""


@dataclass(slots=True)
class _Set:
    reps: int
    lowering_s: list[float]
    last_s: float


class Counting:
    """The sets of one exercise on one leg.

    Attributes:
        over: nothing more is asked.
    """

    def __init__(self, exercise: Counted) -> None:
        self._exercise = exercise
        self._done: list[_Set] = []
        self._now: _Set | None = None
        self._rests_until_s: float | None = None
        self._warned = False
        self._lowers_since_s: float | None = None
        self._ticks = 0
        self.over = False

    def begin(self, t_s: float) -> list[Spoken]:
        """What is to be heard at the beginning."""
        asked = self._exercise
        return [Spoken(t_s, f"{asked.title}. {asked.sets} sets of {asked.reps}. Begin when you are ready")]

    def repetition(self, t_s: float, lowering_s: float) -> list[Spoken]:
        """A repetition was counted.

        Args:
            t_s: when it ended.
            lowering_s: how long its way down took.
        """
        self._lowers_since_s = None
        if self._now is None and self._done and t_s - self._done[-1].last_s <= BELONGS_S:
            self._add(self._done[-1], t_s, lowering_s)
            return [Spoken(t_s, str(self._done[-1].reps))]
        if self.over:
            return []
        if self._now is None:
            self._rests_until_s = None
            self._now = _Set(0, [], t_s)
        self._add(self._now, t_s, lowering_s)
        if self._now.reps >= self._exercise.reps:
            return [Spoken(t_s, f"{self._now.reps}. {self._end_set(t_s)}")]
        left = self._exercise.reps - self._now.reps
        words = f"{self._now.reps}. Last one" if left == 1 else str(self._now.reps)
        return [Spoken(t_s, words)]

    def lowering(self, is_on_its_way_down: bool, t_s: float) -> list[Spoken]:
        """How the foot moves: a tick for each second of the way down, as long as it is to take.

        Args:
            is_on_its_way_down: at `t_s`.
            t_s: the newest time.
        """
        if not is_on_its_way_down or self.over:
            self._lowers_since_s = None
            return []
        if self._lowers_since_s is None:
            self._lowers_since_s, self._ticks = t_s, 0
        heard = []
        while self._ticks <= self._exercise.lowering_s and t_s >= self._lowers_since_s + self._ticks:
            heard.append(Spoken(self._lowers_since_s + self._ticks))
            self._ticks += 1
        return heard

    def advance(self, t_s: float) -> list[Spoken]:
        """Time goes on: sets that have fallen asleep end, rests end."""
        if self._now is not None and t_s > self._now.last_s + IDLE_S:
            return [Spoken(t_s, self._end_set(t_s))]
        if self._rests_until_s is None or self.over:
            return []
        if t_s > self._rests_until_s + GIVEN_UP_S:
            self.over = True
            return [Spoken(t_s, "That is it for today")]
        if self._warned or t_s < self._rests_until_s - WARNED_S:
            return []
        self._warned = True
        return [Spoken(t_s, f"Set {len(self._done) + 1} in {WARNED_S:.0f} seconds")]

    def sets(self) -> tuple[Set, ...]:
        """All sets so far, with the one under way."""
        every = [*self._done, *([] if self._now is None else [self._now])]
        return tuple(
            Set(one.reps, tuple(one.lowering_s), completed=one.reps >= self._exercise.reps) for one in every
        )

    @property
    def is_enough(self) -> bool:
        """Whether it counts as done."""
        return len(self.sets()) >= self._exercise.sets_enough

    @property
    def number(self) -> int:
        """Of the set under way, or of the next one."""
        return min(len(self._done) + 1, self._exercise.sets)

    @property
    def reps(self) -> int:
        """Of the set under way; in a rest, of the one before."""
        if self._now is not None:
            return self._now.reps
        return self._done[-1].reps if self._done else 0

    def rest_left_s(self, t_s: float) -> float | None:
        """None when no rest is on."""
        if self._rests_until_s is None or self.over:
            return None
        return max(self._rests_until_s - t_s, 0.0)

    def _add(self, one: _Set, t_s: float, lowering_s: float) -> None:
        one.reps += 1
        one.lowering_s.append(lowering_s)
        one.last_s = t_s

    def _end_set(self, t_s: float) -> str:
        assert self._now is not None
        self._done.append(self._now)
        self._now = None
        if len(self._done) >= self._exercise.sets:
            self.over = True
            return "All sets done. Well done"
        self._rests_until_s = t_s + self._exercise.rest_s
        self._warned = False
        return f"Set done. Rest {self._exercise.rest_s:.0f} seconds"
