"""What a user asks of a live run, and how it is shown and sounds where they do not say."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typer

from coach.audio.device import BUFFER_MS
from coach.audio.sounds import SoundSettings
from coach.care.records import Surface
from coach.cli.live.sound import NO_SOUND, SPEAKERS
from coach.cli.pods.links import loop_lapse
from coach.cli.pods.of_run import run_pods
from coach.run_settings import Convention

Show = Literal["json", "view", "lines", "nothing"]


PAGE_PORT = 8621
"""Our choice: beside that of `coach phone serve`."""


@dataclass(frozen=True, slots=True)
class PageAsked:
    """That a run can be watched in a browser: on this machine, or in its whole network; and on which port."""

    lan: bool
    port: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks of a live run.

    Attributes:
        pods: names of one pod, or of one on each foot.
        seconds: None to go on until stopped.
        record: where to keep what the pod sends; None for the folder of runs, or nowhere without a journal.
        sides: of the feet that carry the pods, in their order, as far as told here.
        counts: what a running speed and cadence sensor counts.
        faults: of a simulated pod.
        target_spm: None for the coach's own.
        plan: of running and walking; empty for none.
        surface: on what it is run; None where it is not told.
        sound: None for the speakers where there are any.
        coached: whether there are cues.
        journal: whether the run enters the journal.
        show: while it goes on.
        page: that it is shown in a browser besides; None where it is not.
    """

    pods: Sequence[str]
    seconds: float | None = None
    record: Path | None = None
    sides: Sequence[str] = ()
    counts: Convention | None = None
    faults: str = ""
    target_spm: float | None = None
    plan: str = ""
    surface: Surface | None = None
    sound: SoundSettings | None = None
    coached: bool = True
    journal: bool = True
    show: Show = "nothing"
    page: PageAsked | None = None


def live_show(*, as_json: bool) -> Show:
    """How a run is shown: on a terminal that can draw the view, plain lines elsewhere."""
    if as_json:
        return "json"
    if not sys.stdout.isatty():
        return "lines"
    from coach.cli.live.screen import can_draw

    return "view" if can_draw() else "lines"


def page_asked(*, page: bool, lan: bool, port: int | None) -> PageAsked | None:
    """The page of a run; None where it has none.

    Raises:
        typer.BadParameter: there is a port for none.
    """
    if page or lan:
        return PageAsked(lan, PAGE_PORT if port is None else port)
    if port is not None:
        raise typer.BadParameter("is for --page or --page-lan: add one of them", param_hint="--page-port")
    return None


def sound_asked(
    sound: str | None,
    pods: Sequence[str],
    sides: Sequence[str],
    show: Show,
    locked: bool,
    latency_ms: float,
    buffer_ms: int,
) -> SoundSettings | None:
    """How a run is to sound; None for the speakers where there are any. Unasked, a run is silent where nobody
    watches it or its time is not theirs."""
    if sound is None:
        lapse = loop_lapse(run_pods(pods, sides)[0].name)
        if show != "view" or lapse not in (None, 1.0):
            return NO_SOUND
        if not locked and not latency_ms and buffer_ms == BUFFER_MS:
            return None
        sound = SPEAKERS.name
    return SoundSettings(sound, locked, latency_ms, buffer_ms)
