"""The kinds of pods there are, by name, in the order in which a BLE device is matched with them."""

from __future__ import annotations

from collections.abc import Callable

from firmware_bridge.frames import Mode
from firmware_bridge.pods.movesense import Movesense
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.pods.polar import Polar
from firmware_bridge.pods.rsc import Rsc
from firmware_bridge.readings import Decoder, PodProfile


class UnknownPodError(ValueError):
    """No kind of pod has that name. The message is one plain line."""


def profiles(*, convention: str | None = None) -> tuple[PodProfile, ...]:
    """All kinds; those that give samples first, since they may offer ready-made cadence as well.

    Args:
        convention: what Running Speed and Cadence sensors count, "steps" or "strides"; None to detect it.

    Raises:
        ValueError: another convention.
    """
    return (OpenPod(), Movesense(), Polar(), Rsc(convention))


def profile(name: str, *, convention: str | None = None) -> PodProfile:
    """The kind of a name, such as stands in recordings.

    Raises:
        UnknownPodError: no kind has that name.
        ValueError: another convention.
    """
    asked_otherwise = OpenPod(Mode.STRIDES), OpenPod(Mode.BOTH)  # as a simulated pod may be
    kinds = {kind.name: kind for kind in (*profiles(convention=convention), *asked_otherwise)}
    if name not in kinds:
        raise UnknownPodError(f"there is no pod of the kind {name!r}: known are {', '.join(kinds)}")
    return kinds[name]


def decoders(*, convention: str | None = None) -> Callable[[str], Decoder]:
    """Gives a new decoder for the name of a kind; the arguments and errors are those of `profile`."""
    return lambda name: profile(name, convention=convention).decoder()
