"""A run that was cut off, by a crash or a flat battery of the computer, is taken up where it was.

What was recorded of it is replayed into the new recording, the run, the coach and the journal; then the
pod is followed on. So the whole is one run again, and a replay of its recording gives all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coach.cli.errors import say
from coach.cli.live_journal import LiveJournal
from coach.cli.live_run import LiveRun
from coach.cli.pod_names import parse_pod_name
from coach.home import runs_folder
from coach.journal.store import Journal
from coach.run import Found
from coach.run_settings import RunSettings, read_settings
from firmware_bridge.message import LinkEvent, LinkState
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


def cut_off_run(journal: Journal, pod: str, target_spm: float | None) -> CutOffRun | None:
    """The run with this pod that is to be taken up, if there is one. Any other that was cut off is finished
    as it is.

    Args:
        journal: where it would be.
        pod: as the user named it.
        target_spm: what the user asks for now.

    Raises:
        JournalError: the journal cannot be read or written.
    """
    while (cut := journal.unfinished()) is not None:
        head = cut.head
        ended = head.started + timedelta(seconds=cut.last_s or 0.0)
        recent = datetime.now().astimezone() - ended < WITHIN
        # A simulated runner begins anew each time, so it cannot be the same run.
        simulated = parse_pod_name(pod).kind == "sim"
        if recent and not simulated and head.pod == pod and head.recording:
            try:
                recording = Recording(head.recording)
            except SourceError as error:
                say(f"the run that was cut off cannot be taken up: {error}")
            else:
                settings = read_settings(recording.settings)
                if target_spm in (None, settings.coach.target_spm):
                    return CutOffRun(head.run_id, recording, settings)
        journal.finish_run(head.run_id)
        say(f"run {head.run_id} of {head.started:%H:%M} was cut off; it is kept as far as it goes")
    return None


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
    for message in cut.recording.messages():
        newest_ns = message.t_host_ns
        recorder.write(message)
        founds.append(live.run.take(message))
    broken = LinkEvent(newest_ns, LinkState.LOST, detail="the program was cut off")
    recorder.write(broken)
    founds.append(live.run.take(broken))
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
