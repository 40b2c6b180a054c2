"""The sound device, by miniaudio: it takes blocks of frames when it needs them.

The device is shared: the runner's music plays on beside it.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Generator
from functools import cache
from typing import Protocol

from coach.audio.sink import SoundError
from coach.audio.tones import RATE_HZ, Sound

BUFFER_MS = 20
"""From a frame's being handed over to its leaving the computer, by default; earbuds add their own."""
PERIODS = 2
"""The buffer is filled half by half: one plays while the other is made."""
NULL = "Null"
"""miniaudio's name for the device that plays nothing, in real time."""

Fill = Callable[[int], Sound]
"""Gives the next n frames: float32, shape (n, 2). Called from the device's own thread."""


class Output(Protocol):
    """A device that plays."""

    def close(self) -> None: ...


OpenOutput = Callable[[Fill, Callable[[], None]], Output]
"""Opens a device that is filled by the first and calls the second when it has stopped by itself."""


def open_output(
    fill: Fill, stopped: Callable[[], None], *, buffer_ms: int = BUFFER_MS, null: bool = False
) -> Output:
    """Open the system's default device and play.

    Args:
        fill: gives the frames.
        stopped: is called when the device stops by itself; not every system tells.
        buffer_ms: how much sound waits in the device, at least 2 ms.
        null: play into nothing, in real time, as a test does.

    Raises:
        SoundError: there is no device.
    """
    # Loaded where it is used: it takes 30 ms.
    import miniaudio

    hush_alsa()
    backends = [miniaudio.Backend.NULL] if null else None
    try:
        device = miniaudio.PlaybackDevice(
            miniaudio.SampleFormat.FLOAT32,
            nchannels=2,
            sample_rate=RATE_HZ,
            buffersize_msec=max(1, buffer_ms // PERIODS),
            callback_periods=PERIODS,
            backends=backends,
            app_name="Cadence Coach",
        )
        # Where nothing else works, miniaudio opens the device that plays nothing.
        if device.backend == NULL and not null:
            device.close()
            raise SoundError(_NO_DEVICE)
        device.stop_callback = stopped
        device.start(_frames(fill))
    except miniaudio.MiniaudioError as error:
        raise SoundError(_NO_DEVICE) from error
    return device  # type: ignore[no-any-return]


_NO_DEVICE = (
    "no sound device: connect earbuds or speakers and see that other programs play through them, "
    "or choose another sound"
)


def _frames(fill: Fill) -> Generator[memoryview | bytes, int, None]:
    """What miniaudio asks for its frames, already at its first yield."""

    def frames() -> Generator[memoryview | bytes, int, None]:
        count = yield b""
        while True:
            count = yield fill(count).data.cast("B")

    generator = frames()
    next(generator)
    return generator


@cache
def hush_alsa() -> None:
    """Keep ALSA from printing dozens of lines on stderr while miniaudio tries its devices. What fails is
    told by miniaudio's errors."""
    if sys.platform != "linux":
        return
    try:
        alsa = ctypes.CDLL("libasound.so.2")
        alsa.snd_lib_error_set_handler(_say_nothing)
    except (OSError, AttributeError):
        return  # no ALSA, nothing to print


_Handler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
# Kept for as long as the program lives, since ALSA keeps its address.
_say_nothing = _Handler(lambda *_: None)
