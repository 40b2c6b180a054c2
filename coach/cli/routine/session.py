"""A routine while it is done: by the clock, or by what the pod on the shoe tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

from cadence.reps.counter import Phase, RepCounter
from cadence.stride import Side
from coach.audio.sink import Narrator
from coach.care.records import Set
from coach.cli.errors import CommandError
from coach.cli.live.view import losses_words
from coach.cli.pods.links import open_pod, recorded_settings
from coach.cli.pods.names import PodName
from coach.cli.routine.view import counting_screen, guided_screen
from coach.cli.stopping import stopped_by_signal
from coach.live import follow
from coach.routines.counting import Counting
from coach.routines.exercise import Counted
from coach.routines.spoken import Spoken
from coach.routines.timeline import Timeline
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.pods.catalogue import decoders

LOOK_EVERY_S = 0.05
"""A tick is late by no more. Our choice."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done.

    Attributes:
        sets: of a counted exercise; empty for others.
        duration_s: how long it took.
        finished: whether it was done to its end.
        lost: what did not come from the pod, in words; empty where nothing is amiss.
    """

    sets: tuple[Set, ...]
    duration_s: float
    finished: bool
    lost: str = ""


async def guide(laid_out: Timeline, narrator: Narrator, *, lapse: float, show: bool) -> Outcome:
    """Guide through a routine by the clock. Ctrl-C ends it.

    Args:
        laid_out: the routine.
        narrator: what is heard; it is closed in the end.
        lapse: how many times faster than real time.
        show: whether it is shown.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    began_s, told_s, now_s = loop.time(), -1.0, 0.0
    with _closing(narrator), stopped_by_signal(stopped.set), guided_screen(laid_out, show=show) as screen:
        while told_s < laid_out.end_s and not stopped.is_set():
            now_s = (loop.time() - began_s) * lapse
            heard = list(laid_out.between(told_s, now_s))
            told_s = now_s
            _tell(narrator, heard, now_s)
            screen(now_s, heard)
            await asyncio.sleep(LOOK_EVERY_S / lapse)
        # The last word is heard to its end.
        if not stopped.is_set():
            await asyncio.sleep(1.5 / lapse)
    return Outcome((), min(now_s, laid_out.end_s), finished=not stopped.is_set())


async def count_with_pod(
    exercise: Counted,
    leg: Literal["left", "right"],
    name: PodName,
    narrator: Narrator,
    *,
    faults: str,
    seconds: float | None,
    show: bool,
) -> Outcome:
    """Count an exercise with the pod on the shoe of the leg that works. Ctrl-C ends it.

    Args:
        exercise: which.
        leg: that works.
        name: of the pod.
        narrator: what is heard; it is closed in the end.
        faults: of a simulated pod.
        seconds: after the first samples it is over; None until all is done.
        show: whether it is shown.

    Raises:
        CommandError: the pod sends no samples.
        LinkError: there is no pod, or it does not answer, or is none that this program knows.
        SourceError: a recording cannot be read.
    """
    settings = recorded_settings(name, RunSettings(name.rest, Side[leg.upper()]))
    if settings.other_side is not None:
        raise CommandError("this is a recording of two feet: an exercise is counted from one pod")
    counting = Counting(exercise)
    counter: RepCounter | None = None
    now_s = 0.0
    run = Run(decoders(convention=None), sides=settings.sides)
    async with open_pod(name, settings, faults) as pod:
        loop = asyncio.get_running_loop()
        closing: set[asyncio.Future[None]] = set()

        def stop() -> None:
            loop.call_soon_threadsafe(lambda: closing.add(asyncio.ensure_future(pod.link.close())))

        def take(found: Found) -> None:
            nonlocal counter, now_s
            if not found.blocks:
                return
            heard: list[Spoken] = []
            if counter is None:
                counter = _counter(run)
                if seconds is not None:
                    loop.call_later(seconds, stop)
                heard += counting.begin(0.0)
            for block in found.blocks:
                for rep, told_us in zip(counter.feed(block), counter.closed_us, strict=True):
                    heard += counting.repetition(int(told_us) * 1e-6, round(float(rep["lowering_s"]), 3))
            now_s = counter.now_us * 1e-6
            heard += counting.lowering(counter.live.phase is Phase.LOWERING, now_s)
            heard += counting.advance(now_s)
            _tell(narrator, heard, now_s)
            screen(counting, now_s, heard)
            if counting.over:
                stop()

        with (
            _closing(narrator),
            stopped_by_signal(stop),
            counting_screen(exercise, leg, show=show) as screen,
        ):
            await follow(pod.link, run, show=take)
        await asyncio.gather(*closing)
    if counter is None:
        raise CommandError("this pod sends no samples of its sensor, so it cannot count repetitions")
    # What stalled came in the end.
    lost = losses_words(replace(run.losses, stalls=0))
    return Outcome(counting.sets(), now_s, counting.is_enough, lost)


def _counter(run: Run) -> RepCounter:
    try:
        return RepCounter(None if run.lead.info is None else run.lead.info.sensor)
    except ValueError as error:
        raise CommandError(str(error)) from None


def _tell(narrator: Narrator, heard: Sequence[Spoken], now_s: float) -> None:
    for spoken in heard:
        if spoken.words:
            narrator.say(spoken.words, spoken.t_s)
        else:
            narrator.tick(spoken.t_s)
    narrator.now(now_s)


@contextmanager
def _closing(narrator: Narrator) -> Iterator[None]:
    try:
        yield
    finally:
        narrator.close()
