"""A live run: messages go into the recording and through the run, and what comes of them is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import numpy as np

from coach.run import Found, Run, is_understood
from firmware_bridge.links.link import Link, LinkError
from firmware_bridge.message import Message
from firmware_bridge.readings import CadenceUpdate, Losses, Write


class Recorder(Protocol):
    """Keeps a run. It never raises: a run goes on when its recording cannot."""

    def write(self, message: Message) -> None: ...
    def write_stride(self, t_host_ns: int, stride: np.void, *, pod: int = 0) -> None: ...
    def write_cue(self, t_host_ns: int, cue: np.void, *, pod: int = 0) -> None: ...
    def write_update(self, t_host_ns: int, update: CadenceUpdate, *, pod: int = 0) -> None: ...


async def follow(
    link: Link,
    run: Run,
    *,
    recorder: Recorder | None = None,
    show: Callable[[Found], None],
) -> None:
    """Take a link's messages until it is closed.

    Each message is recorded before it is used, so that what a replay sees is what the run saw.

    Args:
        link: where they come from, of one pod or several. It is not closed here.
        run: where they go.
        recorder: None for a run that is not kept.
        show: is called with what came of each message.

    Raises:
        LinkError: there is no pod, or it does not answer, or is none that this program knows.
    """
    writing: set[asyncio.Task[None]] = set()
    first_ns: dict[int, int] = {}
    newest_ns = 0
    try:
        async for message in link:
            newest_ns = message.t_host_ns
            first_ns.setdefault(message.number, newest_ns)
            if recorder is not None:
                recorder.write(message)
            found = run.take(message)
            record(found, newest_ns, recorder)
            show(found)
            for write in run.requests():
                # Not waited for: a pod that is slow to take a command must not hold up its samples.
                writing.add(asyncio.ensure_future(_write(link, write)))
            for task in [task for task in writing if task.done()]:
                writing.remove(task)
                task.result()
            losses = run.feet[message.number].losses
            if not is_understood(losses, (newest_ns - first_ns[message.number]) / 1e9):
                raise not_understood(losses)
        for found in run.finish():
            record(found, newest_ns, recorder)
            show(found)
        if run.losses.packets == run.losses.bad_packets.total():
            raise not_understood(run.losses)
    finally:
        for task in writing:
            task.cancel()


def not_understood(losses: Losses) -> LinkError:
    """What to say of a device from which nothing came that could be read."""
    if not losses.packets:
        return LinkError("nothing came from the pod: switch it off and on, and give it more time")
    reasons = ", ".join(f"{count} × {why}" for why, count in losses.bad_packets.most_common(2))
    return LinkError(
        f"the device sends data that is not of a pod this program knows ({reasons}): "
        "check that it is the right device, and its firmware"
    )


async def _write(link: Link, write: Write) -> None:
    # A pod that refuses is asked again by the decoder for as long as it needs the answer.
    with suppress(LinkError):
        await link.write(write)


def record(found: Found, t_host_ns: int, recorder: Recorder | None) -> None:
    """Put what came of a message into the recording, for whoever opens it without this program."""
    if recorder is None:
        return
    for stride in found.strides:
        recorder.write_stride(t_host_ns, stride, pod=found.number)
    for cue in found.cues:
        recorder.write_cue(t_host_ns, cue, pod=found.number)
    for update in found.updates:
        recorder.write_update(t_host_ns, update, pod=found.number)
