"""`coach run` and `coach record`: follow a pod until it is enough, coach, show, sound, keep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    contextmanager,
    nullcontext,
)
from typing import TYPE_CHECKING

from cadence.detector import warm_up
from coach.cli.errors import CommandError, say
from coach.cli.live.asked import Asked, PageAsked, Show
from coach.cli.live.journal import LiveJournal, journalled
from coach.cli.live.json_lines import Lines
from coach.cli.live.recording import kept, new_recording
from coach.cli.live.run import LiveRun, Stopper, Taker, follow_run
from coach.cli.live.sound import NO_SOUND, sounding
from coach.cli.live.summary import sum_up
from coach.cli.live.surface_question import note_surface
from coach.cli.live.taking_up import take_up
from coach.cli.live.terms import Terms, terms_of
from coach.cli.pods.links import check_pods, loop_lapse, open_pods
from coach.cli.pods.of_run import RunPod, run_pods
from coach.cli.progress import tell_if_compiling
from coach.coach import warm_up as warm_up_coach
from coach.cuers import cuers_of
from coach.journal.errors import JournalError
from coach.journal.store import Journal
from coach.kept_run import ME
from coach.replay import Tally
from coach.run import Run
from coach.run_settings import RunSettings
from firmware_bridge.links.link import LinkError
from firmware_bridge.pods.catalogue import UnknownPodError, decoders
from firmware_bridge.recording_writer import RecordingError, RecordingWriter
from firmware_bridge.source import SourceError

if TYPE_CHECKING:
    from coach.cli.live.page import Door

TERMINAL_WAIT_S = 2.0
"""A terminal that takes nothing for so long in the end gets no summary. Our choice."""


def run_pod(asked: Asked) -> None:
    """Follow the pods until the seconds are over or the user stops.

    Raises:
        CommandError: there is no such pod, it does not answer, or the run could not be kept.
        BrokenPipeError: nobody reads the lines any more.
    """
    pods = run_pods(asked.pods, asked.sides)
    check_pods(pods, asked.faults)
    lapse = loop_lapse(pods[0].name)
    tell_if_compiling()
    warm_up()
    warm_up_coach()
    # What is played from a file was kept when it was run.
    in_journal = asked.journal and pods[0].name.kind != "file"
    try:
        with _door(asked.page) as door, _opened(in_journal) as journal:
            terms = terms_of(asked, pods, journal)
            cuers = cuers_of(terms.settings) if asked.coached else None
            run = Run(
                decoders(convention=terms.settings.convention),
                sides=terms.settings.sides,
                coach=None if cuers is None else cuers.coach,
                cuer=cuers,
            )
            tally = Tally(run, terms.settings.plan if asked.coached else "")
            with _recorded(asked, terms.settings, journal, tally) as recorder:
                following = _follow(asked, pods, terms, run, tally, recorder, journal, door)
                if lapse is None:
                    run_id = asyncio.run(following)
                else:
                    from hardware.lapse import run_lapsed

                    run_id = run_lapsed(following, lapse)
            if journal is not None and run_id is not None:
                is_person = terms.runner == ME and asked.show in ("view", "lines")
                note_surface(journal, run_id, asked.surface, ask=is_person)
    except JournalError as error:
        raise CommandError(f"{error}; --no-journal runs without it") from None
    except (LinkError, RecordingError, SourceError, UnknownPodError) as error:
        raise CommandError(str(error)) from None


@contextmanager
def _recorded(
    asked: Asked, settings: RunSettings, journal: Journal | None, tally: Tally
) -> Iterator[RecordingWriter | None]:
    """The recording that was asked for; else one in the folder of all runs, kept if it holds a stride."""
    if asked.record is not None or journal is None:
        with kept(asked.record, settings) as recorder:
            yield recorder
        return
    path = new_recording()
    try:
        with kept(path, settings, quiet=True) as recorder:
            yield recorder
    finally:
        if tally.is_empty:
            path.unlink(missing_ok=True)


@contextmanager
def _opened(wanted: bool) -> Iterator[Journal | None]:
    if not wanted:
        yield None
        return
    with Journal() as journal:
        if journal.note:
            say(journal.note)
        yield journal


async def _follow(
    asked: Asked,
    pods: Sequence[RunPod],
    terms: Terms,
    run: Run,
    tally: Tally,
    recorder: RecordingWriter | None,
    journal: Journal | None,
    door: Door | None,
) -> int | None:
    """Follow a run to its end and sum it up. Returns its number in the journal; None where it has none."""
    async with open_pods(pods, terms.settings, asked.faults) as pod:
        live = LiveRun(terms.settings, run, tally, pod, recorder)
        stopper = Stopper(pod)
        lines = Lines(stopper.stop) if asked.show == "json" else None
        entry = None
        if journal is not None:
            run_id = None if terms.cut is None else terms.cut.run_id
            entry = LiveJournal(
                journal,
                live,
                runner=terms.runner,
                begun=terms.begun,
                run_id=run_id,
                surface=asked.surface or "",
            )
        try:
            async with AsyncExitStack() as parts:
                if terms.cut is not None and entry is not None and journal is not None:
                    take_up(terms.cut, live, entry, journal)
                takers = [
                    await parts.enter_async_context(_paged(door, live)),
                    parts.enter_context(journalled(entry)),
                    parts.enter_context(sounding(live, asked.sound if asked.coached else NO_SOUND)),
                    parts.enter_context(
                        _shown(asked.show, lines, live, stopper.stop, "" if door is None else door.address)
                    ),
                ]
                await follow_run(live, asked.seconds, stopper, takers)
            if asked.show != "view" or _is_read():
                sum_up(lines, live, None if entry is None else entry.run_id)
        finally:
            if lines is not None:
                lines.close()
    return None if entry is None else entry.run_id


def _door(asked: PageAsked | None) -> AbstractContextManager[Door | None]:
    """Where the run is to be watched in a browser. Without one no server is loaded."""
    if asked is None:
        return nullcontext()
    from coach.cli.live.page import open_door

    return open_door(asked)


def _paged(door: Door | None, live: LiveRun) -> AbstractAsyncContextManager[Taker]:
    if door is None:
        return nullcontext(lambda found: None)
    from coach.cli.live.page import paged

    return paged(door, live)


def _shown(
    show: Show, lines: Lines | None, live: LiveRun, reader_left: Callable[[], object], page: str
) -> AbstractContextManager[Taker]:
    """How a run is shown while it goes on: a function to call with what came of each message."""
    if lines is not None:
        return nullcontext(lines.show)
    if show == "view":
        from coach.cli.live.screen import live_screen

        return live_screen(live.settings, live.run, live.tally, live.pod.link, live.recorder, page)
    if show == "lines":
        from coach.cli.live.plain_lines import plain_lines

        return plain_lines(live.settings, live.run, live.tally, live.pod.link, live.recorder, reader_left)
    return nullcontext(lambda found: None)


def _is_read() -> bool:
    """Whether the terminal takes a summary, or hangs on a line that is dead."""
    from coach.cli.live.screen import takes_output

    return takes_output(TERMINAL_WAIT_S)
