"""A run that was cut off, by a crash or a flat battery of the computer, is taken up where it was.

What was recorded of it is replayed into the new recording, the run, the coach and the journal; then the
pod is followed on. So the whole is one run again, and a replay of its recording gives all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cadence.stride import Side
from coach.cli.errors import say
from coach.cli.live.journal import LiveJournal
from coach.cli.live.run import LiveRun
from coach.home import runs_folder
from coach.journal.store import Journal
from coach.kept_run import SIMULATED
from coach.live import record
from coach.run import Found
from coach.run_settings import RunSettings, read_settings
from firmware_bridge.message import LinkEvent, LinkState, Message
from firmware_bridge.recording_reader import Recording
from firmware_bridge.source import SourceError

WITHIN = timedelta(minutes=30)
"""Whoever comes back later begins another run. Our choice."""


@dataclass(frozen=True, slots=True)
class CutOffRun:
    """A run to be taken up.

    Attributes:
        run_id: in the journal.
        recording: what was kept of it.
        settings: as they were.
    """

    run_id: int
    recording: Recording
    settings: RunSettings


def cut_off_run(journal: Journal, wished: RunSettings, runner: str) -> CutOffRun | None:
    """The run with this pod that is to be taken up, if there is one. Any other that was cut off is finished
    as it is.

    Args:
        journal: where it would be.
        wished: what the user asks for now.
        runner: whose run it is.

    Raises:
        JournalError: the journal cannot be read or written.
    """
    while (cut := journal.unfinished(runner)) is not None:
        head = cut.head
        ended = head.started + timedelta(seconds=cut.last_s or 0.0)
        recent = datetime.now().astimezone() - ended < WITHIN
        # A simulated runner begins anew each time, so it cannot be the same run.
        if recent and runner != SIMULATED and head.pod == wished.pod and head.recording:
            try:
                recording = Recording(head.recording)
            except SourceError as error:
                say(f"the run that was cut off cannot be taken up: {error}")
            else:
                settings = read_settings(recording.settings)
                if _agree(wished, settings):
                    return CutOffRun(head.run_id, recording, settings)
        journal.finish_run(head.run_id)
        say(f"run {head.run_id} of {head.started:%H:%M} was cut off; it is kept as far as it goes")
    return None


def _agree(wished: RunSettings, settings: RunSettings) -> bool:
    """Whether nothing is asked for now that a run did not have."""
    return (
        wished.coach.target_spm in (None, settings.coach.target_spm)
        and len(wished.sides) == len(settings.sides)
        and all(side in (Side.UNKNOWN, had) for side, had in zip(wished.sides, settings.sides, strict=True))
        and wished.convention in (None, settings.convention)
        and wished.plan in ("", settings.plan)
    )


def take_up(cut: CutOffRun, live: LiveRun, entry: LiveJournal, journal: Journal) -> None:
    """Bring a run to where it was. The old recording goes when all of it stands in the new one.

    Raises:
        SourceError: the old recording cannot be read.
        JournalError: the journal cannot be written.
    """
    recorder = live.recorder
    assert recorder is not None  # a run in the journal has a recording
    founds: list[Found] = []
    newest_ns = 0

    def go_on(message: Message) -> None:
        nonlocal newest_ns
        newest_ns = message.t_host_ns
        recorder.write(message)
        found = live.run.take(message)
        record(found, newest_ns, recorder)
        founds.append(replace(found, blocks=[]))

    for message in cut.recording.messages():
        go_on(message)
    for number in range(len(live.run.feet)):
        go_on(LinkEvent(newest_ns, LinkState.LOST, detail="the program was cut off", number=number))
    recorder.flush()
    journal.resume_run(cut.run_id, recorder.path)
    for found in founds:
        live.tally.add(found)
        entry.take(found)
    entry.flush()
    old = Path(cut.recording.path)
    if recorder.failed is None and journal.failed is None and old.parent == runs_folder().absolute():
        old.unlink(missing_ok=True)
    say(f"taking up run {cut.run_id}, which was cut off after {live.run.counters.duration_s / 60.0:.1f} min")
