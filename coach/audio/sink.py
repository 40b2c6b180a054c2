"""Where cues go to be heard or felt."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class SoundError(Exception):
    """There is no sound, and why, in one line that says what to do."""


class Sink(Protocol):
    """Takes what comes of a run, as it comes. It never raises: a run goes on when its sound cannot.

    The caller gives what one message brought in this order: its strides, its cues, then the time.
    """

    def stride(self, stride: np.void) -> None:
        """A STRIDE was closed."""
        ...

    def cue(self, cue: np.void) -> None:
        """A CUE was given."""
        ...

    def now(self, t_s: float) -> None:
        """The newest reading is of pod time `t_s`, and has just arrived."""
        ...

    def close(self) -> None:
        """The run is over."""
        ...


class Narrator(Protocol):
    """Says lines and ticks, as a guide through exercises does. It never raises."""

    def say(self, words: str, t_s: float) -> None:
        """Words, at the time `t_s` of what is guided; what was being said is cut."""
        ...

    def tick(self, t_s: float) -> None:
        """One tick."""
        ...

    def now(self, t_s: float) -> None:
        """So far is what is guided."""
        ...

    def close(self) -> None:
        """It is over."""
        ...


class Silent:
    """The sink, and the narrator, that nobody hears."""

    def stride(self, stride: np.void) -> None:
        pass

    def cue(self, cue: np.void) -> None:
        pass

    def say(self, words: str, t_s: float) -> None:
        pass

    def tick(self, t_s: float) -> None:
        pass

    def now(self, t_s: float) -> None:
        pass

    def close(self) -> None:
        pass
