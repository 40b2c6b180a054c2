"""`coach run` and `coach record`: follow a pod until it is enough, show what it tells, keep what it sent."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from cadence.detector import warm_up
from cadence.stride import Side, to_dict
from coach.cli.errors import CommandError, say
from coach.cli.pod_links import OpenPod, loop_lapse, open_pod
from coach.cli.pod_names import PodName, parse_pod_name
from coach.cli.progress import tell_if_compiling
from coach.live import follow
from coach.replay import Replay, Tally, describe
from coach.run import Found, Run
from coach.run_settings import Convention, RunSettings
from coach.stride_files import losses_dict, number, summary_dict, update_dict
from firmware_bridge.links.link import LinkError
from firmware_bridge.pods.catalogue import UnknownPodError, decoders
from firmware_bridge.recording_writer import RecordingError, RecordingWriter

Show = Literal["json", "view", "nothing"]

FLUSH_EVERY_S = 0.5
"""Our choice: with the writer's own chunks, no more than the last second can be missing."""


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
    as_json: bool,
    watch: bool = True,
) -> None:
    """Follow a pod until the seconds are over or the user stops.

    Raises:
        CommandError: there is no such pod, it does not answer, or the run could not be kept.
    """
    name = parse_pod_name(pod)
    if faults and name.kind != "sim":
        raise CommandError("faults befall simulated pods alone: take --pod sim, sim+serial or sim+ble")
    lapse = loop_lapse(name)
    show: Show = "json" if as_json else "view" if watch and sys.stdout.isatty() else "nothing"
    foot = Side.UNKNOWN if side is None else Side[side.upper()]
    options = Options(name, RunSettings(pod, foot, counts), seconds, faults, show)
    tell_if_compiling()
    warm_up()
    try:
        with _kept(record, options.settings) as recorder:
            following = _follow(options, recorder)
            if lapse is None:
                asyncio.run(following)
            else:
                from hardware.lapse import run_lapsed

                run_lapsed(following, lapse)
    except (LinkError, RecordingError, UnknownPodError) as error:
        raise CommandError(str(error)) from None


@contextmanager
def _kept(path: Path | None, settings: RunSettings) -> Iterator[RecordingWriter | None]:
    """The recording of a run, closed however it ends. Its path goes to stderr, where it disturbs no JSON.

    Raises:
        RecordingError: there can be none, or it stopped before its end.
    """
    if path is None:
        yield None
        return
    recorder = RecordingWriter(path, settings=settings.to_mapping())
    try:
        yield recorder
    finally:
        recorder.close()
        if recorder.failed is None:
            say(f"the run is kept in {recorder.path}")
    if recorder.failed is not None:
        raise RecordingError(recorder.failed)


async def _follow(options: Options, recorder: RecordingWriter | None) -> None:
    loop = asyncio.get_running_loop()
    settings = options.settings
    run = Run(decoders(convention=settings.convention), side=settings.side)
    tally = Tally(run)
    async with open_pod(options.name, settings, options.faults) as pod:
        closing: set[asyncio.Future[None]] = set()

        def stop() -> None:
            closing.add(asyncio.ensure_future(pod.link.close()))

        with _flushed(loop, recorder), _shown(options, run, tally, pod, recorder) as show:
            counting_down = options.seconds is None

            def take(found: Found) -> None:
                nonlocal counting_down
                tally.add(found)
                if run.connected and not counting_down:
                    counting_down = True
                    loop.call_later(options.seconds or 0.0, stop)
                show(found)

            with _stopped_by_signal(loop, stop):
                await follow(pod.link, run, recorder=recorder, show=take)
            await asyncio.gather(*closing)
    _sum_up(tally.replay(), run, pod, options, recorder)


@contextmanager
def _flushed(loop: asyncio.AbstractEventLoop, recorder: RecordingWriter | None) -> Iterator[None]:
    """What came before a silence must not wait for its end to reach the disk."""
    if recorder is None:
        yield
        return
    due: asyncio.TimerHandle

    def flush() -> None:
        nonlocal due
        recorder.flush()
        due = loop.call_later(FLUSH_EVERY_S, flush)

    flush()
    try:
        yield
    finally:
        due.cancel()


@contextmanager
def _stopped_by_signal(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C ends the run in good order; the next one ends it at once."""

    def once(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        loop.call_soon_threadsafe(stop)

    before = {number: signal.signal(number, once) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shown(
    options: Options, run: Run, tally: Tally, pod: OpenPod, recorder: RecordingWriter | None
) -> Iterator[Callable[[Found], None]]:
    """How a run is shown while it goes on: a function to call with what came of each message."""
    if options.show == "json":
        yield _print_lines
    elif options.show == "view":
        from coach.cli.live_screen import live_screen

        with live_screen(options.settings.pod, run, tally, pod.link, recorder) as show:
            yield show
    else:
        yield lambda found: None


def _print_lines(found: Found) -> None:
    for stride in found.strides:
        _print_line(to_dict(stride))
    for update in found.updates:
        _print_line({"update": update_dict(update)})


def _print_line(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
    sys.stdout.flush()


def _sum_up(
    replay: Replay, run: Run, pod: OpenPod, options: Options, recorder: RecordingWriter | None
) -> None:
    if options.show != "json":
        from coach.cli.replay_view import print_run

        print_run(describe(run, options.settings.pod, pod.link.path), replay)
        return
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
        "path": pod.link.path,
        "link": losses_dict(run.losses),
        "recording": None if recorder is None else recorder.path,
    }
    if pod.injected is not None:
        summary["injected"] = pod.injected()
    _print_line({"summary": summary})
