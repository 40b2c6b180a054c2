"""A recording, of the phone page or of `coach run`, taken in as a run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import count
from pathlib import Path
from typing import NamedTuple

from coach.cuers import cuers_of
from coach.files import written_whole
from coach.home import made_private, runs_folder
from coach.journal.errors import JournalError, words
from coach.journal.run_head import RunHead
from coach.journal.store import Journal
from coach.kept_run import ME, SIMULATED, KeptRun
from coach.replay import Tally
from coach.run import Run
from coach.run_settings import read_settings
from firmware_bridge.pods.catalogue import UnknownPodError, decoders
from firmware_bridge.recording_check import check_whole
from firmware_bridge.recording_reader import Recording
from firmware_bridge.source import SourceError

UTC_OFFSET = "utc_offset_min"
"""Among the settings of a recording: by how many minutes the runner's clock was ahead of UTC."""
SAME_START = timedelta(seconds=5)
"""Two runs with one pod that begin so near each other are one: `coach run` notes the start by the clock, here
it is told by the arrival of the first packets. Our choice."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MIN = 24 * 60
_SIMULATED_POD = re.compile(r"((left|right)=)?sim\b")


class TakenRecording(NamedTuple):
    """What became of a recording.

    Attributes:
        head: of its run in the journal.
        was_here: whether the run was there before, and nothing was taken in.
    """

    head: RunHead
    was_here: bool


def import_recording(journal: Journal, path: Path) -> TakenRecording:
    """Take in a recording as a finished run: its strides, cues and updates as a replay finds them, and a copy
    of it in the folder of runs. All or nothing; a run that is here already is passed over.

    The run is the runner's own, but for one with a simulated pod.

    Raises:
        JournalError: the file cannot be read, is no recording or not a whole one, holds no run, or cannot be
            kept.
    """
    try:
        check_whole(path)
        run = _run_of(Recording(path))
    except SourceError as error:
        raise JournalError(f"{error}; nothing was taken") from None
    here = _already_here(journal, run)
    if here is not None:
        return TakenRecording(here, was_here=True)
    kept = _copied(path, run.started)
    try:
        journal.take_in([replace(run, recording=str(kept))])
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    (head,) = (head for head in journal.runs(run.runner) if head.recording == str(kept))
    return TakenRecording(head, was_here=False)


def _run_of(recording: Recording) -> KeptRun:
    """The run that a recording tells of.

    Raises:
        SourceError: it is damaged, or nobody runs in it.
    """
    settings = read_settings(recording.settings)
    cuers = cuers_of(settings)
    decoder_of = decoders(convention=settings.convention)
    run = Run(decoder_of, sides=settings.sides, coach=cuers.coach, cuer=cuers)
    tally = Tally(run, settings.plan)
    began_ns = None
    try:
        for message in recording.messages():
            tally.add(run.take(message))
            if began_ns is None and not tally.is_empty:
                began_ns = message.t_host_ns - round(run.counters.duration_s * 1e9)
    except UnknownPodError as error:
        raise SourceError(f"{recording.path}: {error}; a newer version of this program may know it") from None
    for found in run.finish():
        tally.add(found)
    if recording.notes:
        raise SourceError(f"{recording.path}: the recording is damaged: {'; '.join(recording.notes)}")
    if began_ns is None:
        raise SourceError(f"{recording.path}: nobody runs in it: there is no stride and no cadence")
    result = tally.replay()
    return KeptRun(
        run_id=0,
        runner=SIMULATED if _SIMULATED_POD.match(settings.pod) else ME,
        started=_moment(began_ns, recording.settings),
        duration_s=float(result.counters.duration_s),
        stationary_s=float(result.counters.stationary_s),
        finished=True,
        pod=settings.pod,
        device=result.device,
        recording="",
        settings=settings.coach,
        baseline_spm=_known(result.baseline_spm),
        target_spm=_known(result.target_spm),
        plan=settings.plan,
        strides=result.strides,
        cues=result.cues,
        updates=result.updates,
    )


def _moment(t_host_ns: int, told: Mapping[str, str]) -> datetime:
    """By the runner's clock where the recording tells of it, else by that of this machine."""
    zone: tzinfo | None = None
    try:
        offset_min = int(told.get(UTC_OFFSET, ""))
    except ValueError:
        pass
    else:
        zone = timezone(timedelta(minutes=offset_min)) if abs(offset_min) < _DAY_MIN else None
    return (_EPOCH + timedelta(microseconds=t_host_ns // 1000)).astimezone(zone)


def _already_here(journal: Journal, run: KeptRun) -> RunHead | None:
    for head in journal.runs(run.runner):
        apart = abs(head.started - run.started)
        if not apart or (head.pod == run.pod and apart <= SAME_START):
            return head
    return None


def _copied(path: Path, started: datetime) -> Path:
    """A copy in the folder of runs, which only the runner can read.

    Raises:
        JournalError: there can be none.
    """
    name = f"{started:%Y-%m-%d-%H-%M-%S}"
    try:
        folder = made_private(runs_folder()).absolute()
        names = (folder / f"{name}{'' if n == 0 else f'-{n + 1}'}.mcap" for n in count())
        copy = next(candidate for candidate in names if not candidate.exists())
        with path.open("rb") as source, written_whole(copy) as file:
            shutil.copyfileobj(source, file)
    except OSError as error:
        raise JournalError(f"{runs_folder()}: the recording cannot be copied there: {words(error)}") from None
    return copy


def _known(value: float | None) -> float | None:
    return None if value is None else float(value)
