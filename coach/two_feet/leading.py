"""Which foot the coach hears when both carry a pod.

It follows from the strides and link events alone, so a replay cues as the run did.
"""

from __future__ import annotations

from collections.abc import Sequence

HAND_OVER_STRIDES = 3
"""So many good strides of the other foot since the last of the foot that is heard: about two seconds of
running, less than the 2.5 s after which the cue policy takes a runner for stopped. Our choice."""


class Leader:
    """Which foot the coach hears: the first, until its link is lost or silent or it closes no good stride
    while another does; then that other, until the same befalls it. Nothing is handed back before that, since
    a foot that is found again has no stride for a while.

    Attributes:
        foot: number of the foot that is heard.
    """

    def __init__(self, feet: int) -> None:
        self.foot = 0
        self._heard = [False] * feet
        self._good_strides = [0] * feet  # of each foot since the last of the one that leads
        self._has_led = False  # whether the foot that leads has closed a good stride since it does

    def take_link(self, foot: int, heard: bool) -> bool:
        """A foot's link has come or gone. Returns whether the runner is lost with it: nobody else is
        heard."""
        self._heard[foot] = heard
        if heard and foot < self.foot and not self._has_led:
            self._lead(foot)  # the first pod may connect a little later than the second
        others = [other for other, is_heard in enumerate(self._heard) if is_heard]
        if self._heard[self.foot] or not others:
            return not heard and foot == self.foot
        self._lead(others[0])
        return False

    def take_strides(self, foot: int, good: Sequence[bool]) -> None:
        """A foot has closed strides."""
        self._good_strides[foot] += sum(good)
        if foot == self.foot:
            if any(good):
                self._has_led = True
                self._good_strides = [0] * len(self._good_strides)
        elif self._good_strides[foot] >= HAND_OVER_STRIDES:
            self._lead(foot)
            self._has_led = True

    def _lead(self, foot: int) -> None:
        self.foot, self._has_led = foot, False
        self._good_strides = [0] * len(self._good_strides)
