"""The live view on a terminal, drawn anew a few times a second while a run goes on."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cadence.stride import Activity
from coach.cli.live_view import LiveState, live_view
from coach.link_quality import LinkQuality
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.links.link import Link
from firmware_bridge.recording_writer import RecordingWriter

DRAW_EVERY_S = 0.25
"""Our choice: a stride takes longer."""
FORGET_AFTER_S = 5.0
"""Our choice: what was told of a stride is not shown as the present any longer than this."""


@contextmanager
def live_screen(
    settings: RunSettings, run: Run, tally: Tally, link: Link, recorder: RecordingWriter | None
) -> Iterator[Callable[[Found], None]]:
    """Take over the terminal; gives the function to call with what came of each message.

    The screen is drawn by the clock of the loop, so that a silent pod is seen to be silent, but not more
    often than people see where that clock runs faster.
    """
    from rich.live import Live

    from coach.cli.view import console

    loop = asyncio.get_running_loop()
    start_s = loop.time()
    quality = LinkQuality()
    drawn_s = -math.inf
    due: asyncio.TimerHandle | None = None

    with Live(console=console(), auto_refresh=False) as screen:

        def draw() -> None:
            nonlocal due, drawn_s
            percent = quality.percent(run.losses, loop.time())
            if time.monotonic() >= drawn_s + DRAW_EVERY_S:
                drawn_s = time.monotonic()
                state = _state(settings, loop.time() - start_s, percent, run, tally, link, recorder)
                screen.update(live_view(state), refresh=True)
            due = loop.call_later(DRAW_EVERY_S, draw)

        draw()
        try:
            yield lambda found: None
        finally:
            if due is not None:
                due.cancel()


def _state(
    settings: RunSettings,
    elapsed_s: float,
    quality_percent: float,
    run: Run,
    tally: Tally,
    link: Link,
    recorder: RecordingWriter | None,
) -> LiveState:
    unknown = float("nan")
    live, stride = run.live, run.last_stride
    fresh = run.connected and not live.age_s > FORGET_AFTER_S
    moving = fresh and live.activity in (Activity.WALKING, Activity.RUNNING)
    told = stride if moving else None
    length_m = unknown if told is None else float(told["stride_length_m"])
    if moving and told is None and run.last_update is not None:
        length_m = run.last_update.stride_length_m
    return LiveState(
        pod=settings.pod,
        elapsed_s=elapsed_s,
        cadence_spm=live.cadence_spm if moving else unknown,
        target_spm=settings.coach.target_spm,
        activity=live.activity if fresh else Activity.UNKNOWN,
        stride_length_m=length_m,
        contact_time_s=unknown if told is None else float(told["contact_time_s"]),
        impact_g=unknown if told is None else float(told["impact_g"]),
        clipped=told is not None and bool(told["clipped"]),
        speed_m_s=live.speed_m_s if moving else unknown,
        distance_m=tally.distance_m,
        strides=tally.strides,
        link=_link_words(run),
        link_path=link.path,
        quality_percent=quality_percent,
        battery_percent=run.battery_percent,
        losses=run.losses,
        recording=None if recorder is None else recorder.path,
        recording_failed=None if recorder is None else recorder.failed,
    )


def _link_words(run: Run) -> str:
    if not run.pod:
        return "looking for the pod"
    if not run.connected:
        return "lost, looking for the pod"
    return "connected, but silent" if run.stalled else "connected"
