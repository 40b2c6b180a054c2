"""The metronome: when the next beat is due, and for which foot. Pure: it reads no clock.

Times are float64 seconds on a timeline of the caller's. Beat k lies at `t0 + k * 60 / tempo`, never at the
last beat plus an interval, so nothing accumulates however long it runs.

Free-running, beats alternate between the feet from the moment it starts. Locked to the steps, they follow
the runner's own: after a contact of a foot at t, its next beat is at `t + 120 / tempo` and the other foot's
at `t + 60 / tempo`. A tempo above the runner's cadence so puts each beat before the step, which raises
cadence, and one below it puts each beat after, which lowers it (Buhmann 2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cadence.stride import Side

OTHER_FOOT = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.UNKNOWN: Side.UNKNOWN}
SHORTEST_SHARE = 0.5
"""Of the beat interval: when a contact moves the beats, none follows another sooner. Our choice."""
CONTACT_IS_NEW_S = 3.0
"""A metronome that starts takes up the steps if a contact is no older. Our choice: a stride or two, with the
time that its record needs to arrive."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One beat: when, and for which foot; UNKNOWN where the runner's contacts come without a side."""

    t_s: float
    foot: Side


class Metronome:
    """Beats, one after the other.

    Args:
        locked: whether beats follow the runner's contacts; free-running otherwise, and until one is known.
    """

    def __init__(self, *, locked: bool = False) -> None:
        self._locked = locked
        self._tempo_spm: float | None = None
        # Beat k is at _t0_s + k * 60 / tempo, for _foot when k is even.
        self._t0_s = 0.0
        self._k = 0
        self._foot = Side.LEFT
        self._last_s = -math.inf
        self._contact: tuple[float, Side] | None = None

    @property
    def tempo_spm(self) -> float | None:
        """Steps of both feet a minute; None while it is silent."""
        return self._tempo_spm

    def start(self, t_s: float, tempo_spm: float) -> None:
        """Beat from `t_s` on. One that is running changes its tempo with no jump: the share of the beat
        that has passed at `t_s` stays.

        Raises:
            ValueError: the tempo is no number above 0.
        """
        if not 0.0 < tempo_spm < math.inf:
            raise ValueError(f"{tempo_spm} is no tempo")
        if self._tempo_spm is not None:
            self._t0_s = t_s - (t_s - self._t0_s) * self._tempo_spm / tempo_spm
            self._tempo_spm = tempo_spm
            return
        self._tempo_spm = tempo_spm
        self._t0_s, self._k, self._foot, self._last_s = t_s, 0, Side.LEFT, -math.inf
        if self._contact is not None and t_s - self._contact[0] <= CONTACT_IS_NEW_S:
            self._follow(*self._contact, t_s)

    def stop(self) -> None:
        """No beat any more."""
        self._tempo_spm = None

    def contact(self, contact_s: float, foot: Side, t_s: float) -> None:
        """The runner's `foot` met the ground at `contact_s`, which is known since `t_s`. Free-running, or
        older than the newest contact, it changes nothing."""
        if not self._locked or (self._contact is not None and contact_s <= self._contact[0]):
            return
        self._contact = (contact_s, foot)
        if self._tempo_spm is not None:
            self._follow(contact_s, foot, t_s)

    def due(self) -> Beat | None:
        """The next beat; None while silent."""
        if self._tempo_spm is None:
            return None
        foot = self._foot if self._k % 2 == 0 else OTHER_FOOT[self._foot]
        return Beat(self._t0_s + self._k * (60.0 / self._tempo_spm), foot)

    def passed(self) -> None:
        """The beat that was due has been played; on to the next."""
        beat = self.due()
        if beat is not None:
            self._last_s = beat.t_s
            self._k += 1

    def skip_to(self, t_s: float) -> None:
        """Leave out all beats before `t_s`."""
        if self._tempo_spm is not None:
            self._k = max(self._k, math.ceil((t_s - self._t0_s) * self._tempo_spm / 60.0))

    def _follow(self, contact_s: float, foot: Side, t_s: float) -> None:
        assert self._tempo_spm is not None
        beat_s = 60.0 / self._tempo_spm
        self._t0_s, self._foot, self._k = contact_s, foot, 1
        self.skip_to(max(t_s, self._last_s + SHORTEST_SHARE * beat_s))
