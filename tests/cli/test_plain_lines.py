"""A live run whose standard output is no terminal: lines that a person reads in a log."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from cadence.cue import CUE, CueKind, CueReason, CueStatus
from cadence.stride import Activity
from coach.cli.live import plain_lines
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.links.replay import ReplayLink
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.readings import Losses

from .test_live_view import NOTHING_KNOWN, RUNNING


def test_a_line_tells_the_moment() -> None:
    assert plain_lines.plain_line(RUNNING) == (
        "12:34 min, running, 165 spm, target 170 spm, 5 spm below, stride 2.10 m, contact 245 ms, "
        "impact 9.8 g, speed 2.75 m/s, 1234 m, metronome at 172 spm"
    )


def test_what_is_not_known_is_left_out() -> None:
    assert plain_lines.plain_line(NOTHING_KNOWN) == (
        "0:00 min, measuring only, without a coach, link looking for the pod"
    )


def test_what_is_amiss_is_told() -> None:
    state = replace(
        RUNNING, losses=Losses(lost_frames=2), recording_failed="recording stopped: disk full",
        activity=Activity.WALKING, status=CueStatus.WALKING,
    )  # fmt: skip
    line = plain_lines.plain_line(state)
    assert "losses 2 lost" in line
    assert line.endswith("recording stopped: disk full")


def printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cues: int, wait_s: float
) -> list[str]:
    monkeypatch.setattr(plain_lines, "LINE_EVERY_S", 0.05)
    run = Run(decoders(convention=None))
    cue = np.array([(12.0, CueKind.BURST_UP, CueReason.BELOW_TARGET, 172.0)], CUE)[0]

    async def show() -> None:
        with plain_lines.plain_lines(
            RunSettings("sim"), run, Tally(run), ReplayLink([]), None, lambda: None
        ) as take:
            for _ in range(cues):
                take(Found(cues=[cue]))
            await asyncio.sleep(wait_s)

    asyncio.run(show())
    return capsys.readouterr().out.splitlines()


def test_each_cue_has_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(capsys, monkeypatch, cues=2, wait_s=0.0)
    assert lines == ["0:00 min, coach: Quicker steps, 172 (below the target)"] * 2


def test_and_there_is_one_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = printed(capsys, monkeypatch, cues=0, wait_s=0.18)
    assert 2 <= len(lines) <= 3
    assert all(line.startswith("0:00 min, ") for line in lines)


def test_a_reader_who_left_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    class Left:
        def write(self, text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None: ...

    monkeypatch.setattr("sys.stdout", Left())
    run = Run(decoders(convention=None))
    told: list[bool] = []
    cue = np.array([(12.0, CueKind.ON_TARGET, CueReason.REACHED, float("nan"))], CUE)[0]

    async def show() -> None:
        with plain_lines.plain_lines(
            RunSettings("sim"), run, Tally(run), ReplayLink([]), None, lambda: told.append(True)
        ) as take:
            take(Found(cues=[cue]))

    with pytest.raises(BrokenPipeError):
        asyncio.run(show())
    assert told == [True]
