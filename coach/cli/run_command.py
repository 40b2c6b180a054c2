"""`coach run` and `coach record`: follow a pod until it is enough, show what it tells, keep what it sent."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from cadence.detector import warm_up
from cadence.stride import Side
from coach.cli.errors import CommandError, say
from coach.cli.live_lines import Lines
from coach.cli.live_recording import flushed, kept
from coach.cli.pod_links import OpenPod, check_pod, loop_lapse, open_pod, recorded_settings
from coach.cli.pod_names import PodName, parse_pod_name
from coach.cli.progress import tell_if_compiling
from coach.coach_settings import CoachSettings
from coach.live import follow
from coach.replay import Tally, describe
from coach.run import Found, Run
from coach.run_settings import Convention, RunSettings
from coach.stride_files import losses_dict, number, summary_dict
from firmware_bridge.links.link import LinkError
from firmware_bridge.pods.catalogue import UnknownPodError, decoders
from firmware_bridge.recording_writer import RecordingError, RecordingWriter
from firmware_bridge.source import SourceError

Show = Literal["json", "view", "nothing"]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for.

    Attributes:
        name: of the pod.
        settings: what a replay must know as well.
        seconds: None to go on until stopped.
        faults: of a simulated pod, in the grammar of `hardware.faults.plan`.
        show: while it goes on.
    """

    name: PodName
    settings: RunSettings
    seconds: float | None
    faults: str
    show: Show


def run_pod(
    pod: str,
    seconds: float | None,
    record: Path | None,
    side: Literal["left", "right"] | None,
    counts: Convention | None,
    faults: str,
    *,
    target_spm: float | None = None,
    as_json: bool = False,
    watch: bool = True,
) -> None:
    """Follow a pod until the seconds are over or the user stops.

    Raises:
        CommandError: there is no such pod, it does not answer, or the run could not be kept.
        BrokenPipeError: nobody reads the lines any more.
    """
    name = parse_pod_name(pod)
    check_pod(name, faults)
    lapse = loop_lapse(name)
    show: Show = "json" if as_json else "view" if watch and sys.stdout.isatty() else "nothing"
    foot = Side.UNKNOWN if side is None else Side[side.upper()]
    tell_if_compiling()
    warm_up()
    try:
        coach = CoachSettings(target_spm=target_spm)
        settings = recorded_settings(name, RunSettings(pod, foot, counts, coach))
        with kept(record, settings) as recorder:
            following = _follow(Options(name, settings, seconds, faults, show), recorder)
            if lapse is None:
                asyncio.run(following)
            else:
                from hardware.lapse import run_lapsed

                run_lapsed(following, lapse)
    except (LinkError, RecordingError, SourceError, UnknownPodError) as error:
        raise CommandError(str(error)) from None


async def _follow(options: Options, recorder: RecordingWriter | None) -> None:
    loop = asyncio.get_running_loop()
    settings = options.settings
    run = Run(decoders(convention=settings.convention), side=settings.side)
    tally = Tally(run)
    async with open_pod(options.name, settings, options.faults) as pod:
        closing: set[asyncio.Future[None]] = set()

        def stop() -> None:
            closing.add(asyncio.ensure_future(pod.link.close()))

        lines = Lines(lambda: loop.call_soon_threadsafe(stop)) if options.show == "json" else None
        try:
            counting_down = options.seconds is None
            with flushed(recorder), _shown(options, lines, run, tally, pod, recorder) as show:

                def take(found: Found) -> None:
                    nonlocal counting_down
                    tally.add(found)
                    if run.connected and not counting_down and options.seconds is not None:
                        counting_down = True
                        loop.call_later(options.seconds, stop)
                    show(found)

                with _stopped_by_signal(loop, stop):
                    await follow(pod.link, run, recorder=recorder, show=take)
                await asyncio.gather(*closing)
            _sum_up(lines, tally, run, pod, options, recorder)
        finally:
            if lines is not None:
                lines.close()


@contextmanager
def _stopped_by_signal(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C, or the system's word to end, ends the run in good order; the next ends it at once."""
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for kind, handler in before.items():
            signal.signal(kind, handler)

    def once(kind: int, frame: FrameType | None) -> None:
        restore()
        loop.call_soon_threadsafe(stop)

    for kind in before:
        signal.signal(kind, once)
    try:
        yield
    finally:
        restore()


def _shown(
    options: Options,
    lines: Lines | None,
    run: Run,
    tally: Tally,
    pod: OpenPod,
    recorder: RecordingWriter | None,
) -> AbstractContextManager[Callable[[Found], None]]:
    """How a run is shown while it goes on: a function to call with what came of each message."""
    if lines is not None:
        return nullcontext(lines.show)
    if options.show == "view":
        from coach.cli.live_screen import live_screen

        return live_screen(options.settings, run, tally, pod.link, recorder)
    return nullcontext(lambda found: None)


def _sum_up(
    lines: Lines | None,
    tally: Tally,
    run: Run,
    pod: OpenPod,
    options: Options,
    recorder: RecordingWriter | None,
) -> None:
    replay = tally.replay()
    description = describe(run, options.settings.pod, pod.link.path, pod.notes())
    if lines is None:
        from coach.cli.replay_view import print_run

        print_run(description, replay)
        return
    for note in description.notes:
        say(note)
    counters = replay.counters
    summary: dict[str, Any] = {
        **summary_dict(replay.summary),
        "duration_s": number(counters.duration_s),
        "samples": counters.samples,
        "gaps": counters.gaps,
        "clipped_samples": counters.clipped_samples,
        "pod": options.settings.pod,
        "device": replay.device,
        "battery_percent": run.battery_percent,
        "target_spm": options.settings.coach.target_spm,
        "path": pod.link.path,
        "link": losses_dict(run.losses),
        "recording": None if recorder is None else recorder.path,
    }
    if pod.injected is not None:
        summary["injected"] = pod.injected()
    lines.put({"summary": summary})
