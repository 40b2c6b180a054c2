"""One live run in a process of its own, with pods that are players of frames made beforehand.

The simulation would cost more than what is measured, so it is done elsewhere: this process only does what
a live run does. Each pod has its own link, decoder, detector and recording.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import psutil

from cadence.stride import Side
from coach.live import follow
from coach.replay import Tally
from coach.run import Run
from firmware_bridge.frames import Frame, Hello, Samples, decode, encode
from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.link import Receive
from firmware_bridge.links.live import LiveLink
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, OpenPod
from firmware_bridge.readings import PodProfile, Write
from firmware_bridge.recording_writer import RecordingWriter
from hardware.lapse import run_lapsed

WARM_UP_S = 3.0
"""Of pod time, left out of every figure: the first seconds load the compiled core."""
RSS_EVERY_S = 60.0
"""Of pod time."""


@dataclass(slots=True)
class Figures:
    """What was measured.

    Attributes:
        latency_ms: from the last byte of a packet to its stride record, one a stride.
        cpu_percent: of one core, over real time.
        rss_mb: resident memory at the end.
        rss_growth_mb_per_h: of pod time, by a straight line through the second half.
        samples: fed to the detectors.
    """

    latency_ms: list[float] = field(default_factory=list)
    cpu_percent: float = 0.0
    rss_mb: float = 0.0
    rss_growth_mb_per_h: float = 0.0
    samples: int = 0


class Player:
    """A carrier that plays the frames of a pod over and over, each when its last sample has been taken."""

    path = "player"
    address = "player"

    def __init__(self, frames: list[Frame], clock: HostClock) -> None:
        self._frames, self._clock = frames, clock
        self._task: asyncio.Task[None] | None = None

    async def open(self, receive: Receive, lost: Callable[[str], None]) -> PodProfile:
        self._task = asyncio.ensure_future(self._play(receive))
        return OpenPod()

    async def _play(self, receive: Receive) -> None:
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        for due_us, data in endless(self._frames):
            wait_s = start_s + due_us * 1e-6 - loop.time()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            receive(NOTIFY_CHANNEL, data, self._clock.now_ns())

    async def write(self, write: Write) -> None:
        pass

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()


def endless(frames: list[Frame]) -> Iterator[tuple[int, bytes]]:
    """When each frame is due, in µs since the pod's start, and its bytes; round after round on one clock."""
    hello, *samples = frames
    yield 0, encode(hello)
    sequence, offset_us = 1, 0
    while True:
        for frame in samples:
            assert isinstance(frame, Samples)
            last_us = frame.tick_us + len(frame.raw) * frame.period_ns // 1000
            tick_us = (frame.tick_us + offset_us) & 0xFFFFFFFF
            yield offset_us + last_us, encode(replace(frame, sequence=sequence, tick_us=tick_us))
            sequence += 1
        offset_us += last_us


class TimedRecorder(RecordingWriter):
    """Records as a run does, and notes how long each stride took from its packet's arrival."""

    clock: HostClock
    latency_ms: list[float]

    def write_stride(self, t_host_ns: int, stride: np.void, *, pod: int = 0) -> None:
        self.latency_ms.append((self.clock.now_ns() - t_host_ns) / 1e6)
        super().write_stride(t_host_ns, stride, pod=pod)


async def live(pods: list[list[Frame]], seconds: float, folder: Path) -> Figures:
    """Run for so many seconds of pod time."""
    clock = HostClock(asyncio.get_running_loop())
    figures = Figures()
    links, runs, tasks = [], [], []
    for index, frames in enumerate(pods):
        recorder = TimedRecorder(folder / f"{index}.mcap", settings={})
        recorder.clock, recorder.latency_ms = clock, []
        links.append((LiveLink(Player(frames, clock)), recorder))
        runs.append(Run(lambda _: OpenPod().decoder(), sides=[Side.LEFT if index else Side.RIGHT]))
        tasks.append(follow(links[-1][0], runs[-1], recorder=recorder, show=Tally(runs[-1]).add))
    following = asyncio.gather(*tasks)
    await asyncio.sleep(WARM_UP_S)
    for _, recorder in links:
        recorder.latency_ms.clear()
    real_s, busy_s = perf_counter(), process_time()
    minutes, resident_mb = [0.0], [_rss_mb()]
    while minutes[-1] * 60.0 < seconds:
        await asyncio.sleep(min(RSS_EVERY_S, seconds))
        minutes.append(minutes[-1] + min(RSS_EVERY_S, seconds) / 60.0)
        resident_mb.append(_rss_mb())
    figures.cpu_percent = 100.0 * (process_time() - busy_s) / (perf_counter() - real_s)
    figures.rss_mb = max(resident_mb)
    half = len(minutes) // 2
    if len(minutes) - half > 1:
        figures.rss_growth_mb_per_h = 60.0 * float(np.polyfit(minutes[half:], resident_mb[half:], 1)[0])
    for link, recorder in links:
        figures.latency_ms += recorder.latency_ms
        await link.close()
    await following
    for _, recorder in links:
        recorder.close()
    figures.samples = sum(run.counters.samples for run in runs)
    return figures


def _rss_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def read_frames(path: Path) -> list[Frame]:
    """Frames as `write_frames` left them."""
    data, frames, at = path.read_bytes(), list[Frame](), 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "little")
        frame = decode(data[at + 2 : at + 2 + length])
        assert isinstance(frame, Hello | Samples)
        frames.append(frame)
        at += 2 + length
    return frames


def write_frames(path: Path, frames: list[Frame]) -> None:
    """A hello and samples, each after its length."""
    encoded = [encode(frame) for frame in frames]
    path.write_bytes(b"".join(len(data).to_bytes(2, "little") + data for data in encoded))


def main() -> None:
    seconds, lapse, *files = sys.argv[1:]
    pods = [read_frames(Path(file)) for file in files]
    with tempfile.TemporaryDirectory() as folder:
        figures = run_lapsed(live(pods, float(seconds), Path(folder)), float(lapse))
    json.dump(asdict(figures), sys.stdout)


if __name__ == "__main__":
    main()
