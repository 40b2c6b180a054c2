"""A recording of the page, replayed by the host."""

from __future__ import annotations

from pathlib import Path

from coach.cuers import cuers_of
from coach.replay import Replay, replay_messages
from coach.run import Run
from coach.run_settings import read_settings
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.recording_reader import Recording


def replayed(path: Path) -> Replay:
    """What the host makes of a recording."""
    recording = Recording(path)
    settings = read_settings(recording.settings)
    cuers = cuers_of(settings)
    run = Run(decoders(), sides=settings.sides, coach=cuers.coach, cuer=cuers)
    found = replay_messages(recording.messages(), run)
    assert recording.notes == ()
    return found
