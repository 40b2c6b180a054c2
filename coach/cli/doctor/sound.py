"""What `coach doctor` says of sound, and `coach doctor --sound`, which finds how late the runner hears it."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, Protocol

import numpy as np

from cadence.stride import Side
from coach.audio.alignment import Alignment
from coach.audio.device import OpenOutput, open_output
from coach.audio.latency import BEAT_S, Tapping, UnsteadyTapsError, latency_ms, tapping
from coach.audio.mixer import Mixer
from coach.audio.sink import SoundError
from coach.audio.speech import ABSENT
from coach.audio.tones import RATE_HZ, Sound, frame_at, tick
from coach.cli.errors import CommandError

Verdict = Literal["ok", "note", "problem"]

TAPS = 16
BEATS = 200
"""More than anybody needs to tap 16 times: 160 s."""
FLASH_S = 0.12
EAR_TICKS = 4
EAR_S = 0.3
"""Between the ticks that show which ear is which."""
DEVICE_WINDOW_S = 2.0


def sound_checks() -> Iterator[tuple[Verdict, str]]:
    """A verdict and a finding for each thing that sound needs."""
    yield _devices()
    if shutil.which("espeak-ng") is None:
        yield "note", ABSENT
    else:
        yield "ok", "espeak-ng speaks the coach's lines"


def _devices() -> tuple[Verdict, str]:
    import miniaudio

    try:
        open_output(lambda frames: np.zeros((frames, 2), np.float32), lambda: None).close()
        devices = miniaudio.Devices()
        names = ", ".join(str(device["name"]) for device in devices.get_playbacks())
    except SoundError as error:
        return "problem", str(error)
    except miniaudio.MiniaudioError:
        # One device of many cannot be asked, and then none is named; yet the default one plays.
        return "ok", "the default device plays; the list of all devices cannot be had"
    return "ok", f"the default device plays; {devices.backend} has {names}"


class Terminal(Protocol):
    """Who is asked to tap."""

    def say(self, line: str) -> None: ...
    def light(self, on: bool) -> None: ...
    def tap(self) -> float:
        """Wait for a tap; the host's time of it, in s."""
        ...


class EnterKey:
    """The `Terminal` that this program runs in: Enter is a tap."""

    def say(self, line: str) -> None:
        print(line, flush=True)

    def light(self, on: bool) -> None:
        print("\r  " + ("\033[7m       \033[0m" if on else "       ") + "  ", end="", flush=True)

    def tap(self) -> float:
        if not sys.stdin.readline():
            raise CommandError("the taps ended: this needs a terminal and somebody who presses Enter")
        return time.monotonic()


class Player:
    """Plays sounds placed beforehand, and knows when the host's clock stood at each of them."""

    def __init__(self, open_device: OpenOutput, sounds: Iterable[tuple[float, Sound]]) -> None:
        self._mixer = Mixer()
        self._clock = Alignment(DEVICE_WINDOW_S)
        for t_s, sound in sounds:
            self._mixer.add(frame_at(t_s), sound)
        self._output = open_device(self._fill, lambda: None)

    def handed_over_s(self, t_s: float) -> float:
        """The host's time at which the frame of `t_s` was given to the device."""
        offset_s = self._clock.offset_s
        if offset_s is None:
            raise CommandError("the sound device takes no sound: see that other programs play through it")
        return t_s + offset_s

    def close(self) -> None:
        self._output.close()

    def _fill(self, frames: int) -> Sound:
        self._clock.note(self._mixer.position / RATE_HZ, time.monotonic())
        block = np.empty((frames, 2), np.float32)
        self._mixer.render(block)
        return block


def find_latency(open_device: OpenOutput = open_output, terminal: Terminal | None = None) -> float:
    """Let the user hear both ears, tap along with a light and with ticks, and tell how late the ticks come.

    Returns:
        What to give as `--audio-latency-ms`.

    Raises:
        CommandError: there is no sound device, nobody taps, or the taps tell nothing.
    """
    if terminal is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise CommandError("coach doctor --sound needs a terminal and somebody who presses Enter")
        terminal = EnterKey()
    try:
        _show_ears(open_device, terminal)
        terminal.say(f"Press Enter with each flash of the light, {TAPS} times.")
        light = _tap_to_light(terminal)
        terminal.say(f"Now press Enter with each tick you hear, {TAPS} times.")
        ticks = _tap_to_ticks(open_device, terminal)
    except (SoundError, UnsteadyTapsError) as error:
        raise CommandError(str(error)) from None
    found_ms = round(latency_ms(light, ticks))
    unsure_ms = round(1000.0 * max(light.spread_s, ticks.spread_s))
    terminal.say(
        f"The ticks come {found_ms} ms late (your taps spread by {unsure_ms} ms). "
        f"For ticks locked to your steps: --audio-latency-ms {found_ms}"
    )
    return float(found_ms)


def _show_ears(open_device: OpenOutput, terminal: Terminal) -> None:
    terminal.say(f"{EAR_TICKS} ticks in the left ear, then {EAR_TICKS} in the right.")
    feet = [Side.LEFT] * EAR_TICKS + [Side.RIGHT] * EAR_TICKS
    player = Player(open_device, ((EAR_S * (1 + k), tick(foot)) for k, foot in enumerate(feet)))
    time.sleep(EAR_S * (len(feet) + 2))
    player.close()


def _tap_to_light(terminal: Terminal) -> Tapping:
    done = threading.Event()
    first_s = time.monotonic() + BEAT_S

    def flash() -> None:
        for k in range(BEATS):
            if done.wait(max(0.0, first_s + k * BEAT_S - time.monotonic())):
                return
            terminal.light(True)
            if done.wait(FLASH_S):
                return
            terminal.light(False)

    flashing = threading.Thread(target=flash, daemon=True)
    flashing.start()
    try:
        taps_s = _taps(terminal.tap)
    finally:
        done.set()
        flashing.join()
    return tapping(taps_s, first_s)


def _tap_to_ticks(open_device: OpenOutput, terminal: Terminal) -> Tapping:
    sounds = ((BEAT_S * (1 + k), tick(Side.UNKNOWN)) for k in range(BEATS))
    player = Player(open_device, sounds)
    try:
        taps_s = _taps(terminal.tap)
        return tapping(taps_s, player.handed_over_s(BEAT_S))
    finally:
        player.close()


def _taps(tap: Callable[[], float]) -> list[float]:
    return [tap() for _ in range(TAPS)]
