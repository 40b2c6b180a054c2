"""`coach run` and `coach record`: follow a pod until it is enough, coach, show, sound, keep."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cadence.detector import warm_up
from cadence.stride import Side
from coach.audio.device import BUFFER_MS
from coach.audio.sounds import SoundSettings
from coach.cli.errors import CommandError, say
from coach.cli.live_journal import LiveJournal, journalled, today_of
from coach.cli.live_lines import Lines
from coach.cli.live_recording import kept, new_recording
from coach.cli.live_run import LiveRun, Stopper, Taker, follow_run
from coach.cli.live_sound import NO_SOUND, SPEAKERS, sounding
from coach.cli.pod_links import OpenPod, check_pod, loop_lapse, open_pod, recorded_settings
from coach.cli.pod_names import PodName, parse_pod_name
from coach.cli.progress import tell_if_compiling
from coach.cli.taking_up import CutOffRun, cut_off_run, take_up
from coach.coach import Coach
from coach.coach import warm_up as warm_up_coach
from coach.coach_settings import CoachSettings
from coach.journal.errors import JournalError
from coach.journal.store import Journal
from coach.kept_run import ME, SIMULATED
from coach.replay import Tally, describe
from coach.run import Run
from coach.run_settings import Convention, RunSettings
from coach.stages import MOST_RISE, Stage
from coach.stride_files import losses_dict, number, summary_dict
from firmware_bridge.links.link import LinkError
from firmware_bridge.pods.catalogue import UnknownPodError, decoders
from firmware_bridge.recording_writer import RecordingError, RecordingWriter
from firmware_bridge.source import SourceError

Show = Literal["json", "view", "lines", "nothing"]
TERMINAL_WAIT_S = 2.0
"""A terminal that takes nothing for so long in the end gets no summary. Our choice."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks of a live run.

    Attributes:
        pod: its name.
        seconds: None to go on until stopped.
        record: where to keep what the pod sends; None for the folder of runs, or nowhere without a journal.
        side: of the foot that carries the pod.
        counts: what a running speed and cadence sensor counts.
        faults: of a simulated pod.
        target_spm: None for the coach's own.
        sound: None for the speakers where there are any.
        coached: whether there are cues.
        journal: whether the run enters the journal.
        show: while it goes on.
    """

    pod: str
    seconds: float | None = None
    record: Path | None = None
    side: Literal["left", "right"] | None = None
    counts: Convention | None = None
    faults: str = ""
    target_spm: float | None = None
    sound: SoundSettings | None = None
    coached: bool = True
    journal: bool = True
    show: Show = "nothing"


def run_pod(asked: Asked) -> None:
    """Follow a pod until the seconds are over or the user stops.

    Raises:
        CommandError: there is no such pod, it does not answer, or the run could not be kept.
        BrokenPipeError: nobody reads the lines any more.
    """
    name = parse_pod_name(asked.pod)
    check_pod(name, asked.faults)
    lapse = loop_lapse(name)
    tell_if_compiling()
    warm_up()
    warm_up_coach()
    # What is played from a file was kept when it was run.
    in_journal = asked.journal and name.kind != "file"
    try:
        with _opened(in_journal) as journal:
            plan = _plan(asked, name, journal)
            run = Run(
                decoders(convention=plan.settings.convention),
                side=plan.settings.side,
                coach=Coach(plan.settings.coach) if asked.coached else None,
            )
            tally = Tally(run)
            with _recorded(asked, plan.settings, journal, tally) as recorder:
                following = _follow(asked, name, plan, run, tally, recorder, journal)
                if lapse is None:
                    asyncio.run(following)
                else:
                    from hardware.lapse import run_lapsed

                    run_lapsed(following, lapse)
    except (LinkError, RecordingError, SourceError, UnknownPodError, JournalError) as error:
        raise CommandError(str(error)) from None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What holds for a run.

    Attributes:
        settings: what a replay must know.
        runner: whose run it is.
        begun: the stage that begins with it.
        cut: the run that it goes on with.
    """

    settings: RunSettings
    runner: str = ME
    begun: Stage | None = None
    cut: CutOffRun | None = None


def _plan(asked: Asked, name: PodName, journal: Journal | None) -> _Plan:
    foot = Side.UNKNOWN if asked.side is None else Side[asked.side.upper()]
    wished = RunSettings(asked.pod, foot, asked.counts, CoachSettings(target_spm=asked.target_spm))
    if journal is None:
        return _Plan(recorded_settings(name, wished))
    runner = SIMULATED if name.kind == "sim" else ME
    cut = cut_off_run(journal, wished, runner)
    if cut is not None:
        return _Plan(cut.settings, runner, cut=cut)
    today = today_of(journal, asked.target_spm, runner=runner)
    _warn_of_target(today.settings)
    return _Plan(replace(wished, coach=today.settings), runner, today.begun)


def _warn_of_target(told: CoachSettings) -> None:
    target_spm, baseline_spm = told.target_spm, told.baseline_spm
    if target_spm is None or baseline_spm is None or target_spm <= MOST_RISE * baseline_spm:
        return
    more = 100.0 * (target_spm / baseline_spm - 1.0)
    say(
        f"a target of {target_spm:.0f} is {more:.0f} % above your own {baseline_spm:.0f}: "
        "more than 10 % at once was not studied; stages of 5 % are what the coach goes by"
    )


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
    name: PodName,
    plan: _Plan,
    run: Run,
    tally: Tally,
    recorder: RecordingWriter | None,
    journal: Journal | None,
) -> None:
    async with open_pod(name, plan.settings, asked.faults) as pod:
        live = LiveRun(plan.settings, run, tally, pod, recorder)
        stopper = Stopper(pod)
        lines = Lines(stopper.stop) if asked.show == "json" else None
        entry = None
        if journal is not None:
            run_id = None if plan.cut is None else plan.cut.run_id
            entry = LiveJournal(journal, live, runner=plan.runner, begun=plan.begun, run_id=run_id)
        try:
            with ExitStack() as parts:
                if plan.cut is not None and entry is not None and journal is not None:
                    take_up(plan.cut, live, entry, journal)
                takers = [
                    parts.enter_context(journalled(entry)),
                    parts.enter_context(sounding(live, asked.sound if asked.coached else NO_SOUND)),
                    parts.enter_context(_shown(asked.show, lines, live, stopper.stop)),
                ]
                await follow_run(live, asked.seconds, stopper, takers)
            if asked.show != "view" or _is_read():
                _sum_up(lines, live, entry)
        finally:
            if lines is not None:
                lines.close()


def _shown(
    show: Show, lines: Lines | None, live: LiveRun, reader_left: Callable[[], object]
) -> AbstractContextManager[Taker]:
    """How a run is shown while it goes on: a function to call with what came of each message."""
    if lines is not None:
        return nullcontext(lines.show)
    if show == "view":
        from coach.cli.live_screen import live_screen

        return live_screen(live.settings, live.run, live.tally, live.pod.link, live.recorder)
    if show == "lines":
        from coach.cli.plain_lines import plain_lines

        return plain_lines(live.settings, live.run, live.tally, live.pod.link, live.recorder, reader_left)
    return nullcontext(lambda found: None)


def _is_read() -> bool:
    """Whether the terminal takes a summary, or hangs on a line that is dead."""
    from coach.cli.live_screen import takes_output

    return takes_output(TERMINAL_WAIT_S)


def _sum_up(lines: Lines | None, live: LiveRun, entry: LiveJournal | None) -> None:
    replay = live.tally.replay()
    pod: OpenPod = live.pod
    description = describe(live.run, live.settings.pod, pod.link.path, pod.notes())
    run_id = None if entry is None else entry.run_id
    if lines is None:
        from coach.cli.replay_view import print_run

        print_run(description, replay)
        if run_id is not None:
            say(f"run {run_id} of the journal; 'coach report' makes a page of it")
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
        "pod": live.settings.pod,
        "device": replay.device,
        "battery_percent": live.run.battery_percent,
        "baseline_spm": replay.baseline_spm,
        "target_spm": replay.target_spm,
        "path": pod.link.path,
        "link": losses_dict(live.run.losses),
        "recording": None if live.recorder is None else live.recorder.path,
        "run": run_id,
    }
    if pod.injected is not None:
        summary["injected"] = pod.injected()
    lines.put({"summary": summary})


def live_show(*, as_json: bool) -> Show:
    """How a run is shown: on a terminal that can draw the view, plain lines elsewhere."""
    if as_json:
        return "json"
    if not sys.stdout.isatty():
        return "lines"
    from coach.cli.live_screen import can_draw

    return "view" if can_draw() else "lines"


def sound_asked(
    sound: str | None, pod: str, show: Show, locked: bool, latency_ms: float, buffer_ms: int
) -> SoundSettings | None:
    """How a run is to sound; None for the speakers where there are any. Unasked, a run is silent where nobody
    watches it or its time is not theirs."""
    if sound is None:
        lapse = loop_lapse(parse_pod_name(pod))
        if show != "view" or lapse not in (None, 1.0):
            return NO_SOUND
        if not locked and not latency_ms and buffer_ms == BUFFER_MS:
            return None
        sound = SPEAKERS.name
    return SoundSettings(sound, locked, latency_ms, buffer_ms)
