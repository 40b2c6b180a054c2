"""The sinks by name, as a user asks for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cadence.stride import Side
from coach.audio.device import BUFFER_MS
from coach.audio.sink import Narrator, Silent, Sink, SoundError
from firmware_bridge.readings import Write

if TYPE_CHECKING:
    from coach.audio.speakers import Speakers
    from coach.audio.wav import WavSink

NAMES = "speakers, none, pod, or a file that ends in .wav"
NARRATORS = "speakers, none, or a file that ends in .wav"


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """How it is to sound.

    Attributes:
        name: "speakers", "none", "pod" (its motor), or the path of a .wav file.
        locked: ticks follow the runner's steps; free-running otherwise.
        latency_ms: of sound device and earbuds, or of the pod's motor; it matters to locked ticks alone.
        buffer_ms: how much sound waits in the sound device.
        words: spoken lines as well as tones, where espeak-ng is installed.
    """

    name: str = "speakers"
    locked: bool = False
    latency_ms: float = 0.0
    buffer_ms: int = BUFFER_MS
    words: bool = True


def open_sink(
    settings: SoundSettings,
    *,
    tell: Callable[[str], None],
    side: Side = Side.UNKNOWN,
    write: Callable[[Write], Awaitable[None]] | None = None,
) -> Sink:
    """The sink of that name, ready.

    Args:
        settings: which, and how.
        tell: is called with one line of what the user should know, now or while it plays, from any thread.
        side: of the foot that carries the pod; of "pod" alone.
        write: sends to the pod; None where it takes no commands.

    Raises:
        SoundError: there is no such sink, or it cannot be opened.
    """
    if settings.name == "pod":
        if write is None:
            raise SoundError("this pod has no motor that can be asked to tick: choose another sound")
        # Loaded where they are used, here and below: each sink needs what the others do not.
        from coach.audio.haptic import HapticPod

        return HapticPod(write, side, locked=settings.locked, latency_s=settings.latency_ms / 1000.0)
    return _heard(settings, tell, NAMES)


def open_narrator(settings: SoundSettings, *, tell: Callable[[str], None]) -> Narrator:
    """The one that says lines and ticks, ready; a motor cannot.

    Args:
        settings: which, and how.
        tell: as for `open_sink`.

    Raises:
        SoundError: there is none of that name, or it cannot be opened.
    """
    return _heard(settings, tell, NARRATORS)


def _heard(settings: SoundSettings, tell: Callable[[str], None], names: str) -> Silent | WavSink | Speakers:
    if settings.name == "none":
        return Silent()
    if settings.name != "speakers" and not settings.name.lower().endswith(".wav"):
        raise SoundError(f"{settings.name!r} is no sound: choose {names}")
    from coach.audio.speech import ABSENT, find_speech

    speech = find_speech() if settings.words else None
    if settings.name != "speakers":
        from coach.audio.wav import WavSink

        sink: WavSink | Speakers = WavSink(
            Path(settings.name), locked=settings.locked, speech=speech, tell=tell
        )
    else:
        from coach.audio.device import open_output
        from coach.audio.speakers import Speakers

        sink = Speakers(
            partial(open_output, buffer_ms=settings.buffer_ms),
            locked=settings.locked,
            latency_s=settings.latency_ms / 1000.0,
            speech=speech,
            tell=tell,
        )
    if settings.words and speech is None:
        tell(ABSENT)
    return sink
