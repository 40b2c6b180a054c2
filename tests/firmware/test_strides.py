"""The pod's own strides and cues are the host's from the same samples, every field bit for bit."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cadence.detector import StepDetector
from cadence.sample import SampleBlock
from cadence.stride import STRIDE
from coach.coach import Coach
from coach.coach_settings import CoachSettings
from coach.run import coached
from firmware_bridge.commands import SetTarget, Start, Stop
from firmware_bridge.frames import Ack, BadFrame, CueFrame, Mode, Samples, StrideFrame, encode
from firmware_bridge.importers import open_csv
from firmware_bridge.message import Packet
from firmware_bridge.pods.open_pod import NOTIFY_CHANNEL, OpenPod
from firmware_bridge.readings import PodCue, PodInfo, PodStride
from hardware.firmware.bench_line import MOST_SAMPLES
from hardware.firmware.build import Firmware
from hardware.firmware.cost import pass_through
from hardware.imu import Imu
from hardware.outing import Outing
from hardware.pod_spec import parse_pod_spec

from .board_host import BoardHost

RECORDINGS = ("fukuchi_virtual/RBDS001_T35_L.csv.gz", "fukuchi_virtual/RBDS003_T25_R.csv.gz")
"""Running, at two speeds. All recordings go through the core itself elsewhere."""

SECONDS_TO_CUES = 145.0
"""The runner's own cadence is learned first; then a burst begins and ends."""

Int16s = NDArray[np.int16]
Int64s = NDArray[np.int64]


def bits(strides: NDArray[np.void]) -> bytes:
    """Every field bit for bit, but that what is not a number is so in one way alone: its sign and payload
    are the processor's, and mean nothing."""
    canonical = strides.copy()
    for name in canonical.dtype.names or ():
        if canonical.dtype[name].kind == "f":
            canonical[name][np.isnan(canonical[name])] = np.nan
    return canonical.tobytes()


def outing(name: str, seconds: float, rate_hz: float = 208.0) -> tuple[Int64s, Int16s]:
    """Samples of a simulated runner."""
    spec = parse_pod_spec(name)
    runner = Outing(spec.segments(), imu=Imu(rate_hz=rate_hz, seed=spec.seed), seed=spec.seed)
    return runner.take(int(seconds * rate_hz))


async def feed(host: BoardHost, t_us: Int64s, raw: Int16s, *, samples_come: bool = True) -> None:
    """Give samples in batches, no faster than the firmware gets rid of them."""
    watermark = min(host.settings[-1].watermark, MOST_SAMPLES)
    before, in_all = host.batches, (await host.report()).samples + len(raw)
    for count, first in enumerate(range(0, len(raw), watermark)):
        part = slice(first, first + watermark)
        host.give(t_us[part] % (1 << 32), raw[part])
        while host.board.bench.unsent_bytes > 2000 or (samples_come and count > host.batches - before + 20):
            await asyncio.sleep(0.001)
    while (await host.report()).samples < in_all:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)


def passed(
    firmware: Firmware, t_us: Int64s, raw: Int16s, mode: Mode, target_spm: float | None = None
) -> BoardHost:
    """What the firmware makes of samples."""

    async def run() -> BoardHost:
        async with BoardHost(firmware) as host:
            if target_spm is not None:
                host.send(SetTarget(target_spm))
            host.send(Start(mode), token=2)
            await host.until_set()
            await feed(host, t_us, raw, samples_come=mode is not Mode.STRIDES)
        return host

    return asyncio.run(run())


def told(
    host: BoardHost, mode: Mode, target_spm: float | None = None
) -> tuple[Any, Any, list[Any], list[Any]]:
    """The pod's strides and the host's from its samples, the pod's cues and the host's."""
    decoder = OpenPod(mode).decoder()
    coach = None if target_spm is None else Coach(CoachSettings(target_spm=target_spm))
    detector: StepDetector | None = None
    own, found, own_cues, cues = [np.zeros(0, STRIDE)], [np.zeros(0, STRIDE)], list[Any](), list[Any]()
    for count, frame in enumerate(host.frames):
        assert not isinstance(frame, BadFrame)
        for reading in decoder.take(Packet(count * 1_000_000, NOTIFY_CHANNEL, encode(frame))):
            match reading:
                case PodInfo(sensor=sensor):
                    detector = StepDetector(sensor)
                case SampleBlock():
                    assert detector is not None
                    found.append(coached(detector, coach, reading, cues))
                case PodStride(stride):
                    own.append(np.array([stride], STRIDE))
                case PodCue(cue):
                    own_cues.append(cue)
    assert not decoder.losses.lost_frames
    return np.concatenate(own), np.concatenate(found), own_cues, cues


@pytest.mark.parametrize("name", ["sim", "sim:walk,seed=3", "sim:session,seed=4"])
def test_the_pods_strides_are_the_hosts(firmware: Firmware, name: str) -> None:
    host = passed(firmware, *outing(name, 20.0), Mode.BOTH)
    own, found, _, _ = told(host, Mode.BOTH)
    assert len(own) > 10
    assert bits(own) == bits(found)


@pytest.mark.parametrize("rate_hz", [52.0, 416.0])
def test_they_are_at_other_rates(firmware: Firmware, rate_hz: float) -> None:
    host = passed(firmware, *outing("sim", 10.0, rate_hz), Mode.BOTH)
    own, found, _, _ = told(host, Mode.BOTH)
    assert len(own) > 10
    assert bits(own) == bits(found)


def test_they_are_where_the_clock_wraps_and_samples_are_missing(firmware: Firmware) -> None:
    t_us, raw = outing("sim,seed=2", 20.0)
    t_us = t_us + (1 << 32) - 8_000_000
    kept = np.ones(len(raw), bool)
    kept[2000:2050] = kept[3000:3010] = False  # a gap and a shorter one, each at a batch's edge
    host = passed(firmware, t_us[kept], raw[kept], Mode.BOTH)
    own, found, _, _ = told(host, Mode.BOTH)
    assert bits(own) == bits(found)
    assert not own["good"].all()
    assert own["good"].sum() > 10


def test_they_are_on_noise_at_the_end_of_the_counts(firmware: Firmware) -> None:
    random = np.random.default_rng(1)
    raw = np.where(random.random((4000, 6)) < 0.1, -32768, random.integers(-32768, 32768, (4000, 6)))
    host = passed(firmware, np.arange(4000) * 4808, raw.astype(np.int16), Mode.BOTH)
    own, found, _, _ = told(host, Mode.BOTH)
    assert bits(own) == bits(found)


@pytest.mark.real_data
@pytest.mark.parametrize("name", RECORDINGS)
def test_they_are_on_recordings_of_people(firmware: Firmware, data_dir: Path, name: str) -> None:
    source = open_csv(data_dir / name)
    blocks = list(source.blocks())
    t_us = np.concatenate([block.t_us for block in blocks])[:5000]
    motion = np.nan_to_num(np.concatenate([block.motion for block in blocks])[:5000])
    imu = Imu()
    scale = np.repeat([imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count], 3)
    raw = np.clip(np.rint(motion / scale), -32768, 32767).astype(np.int16)
    host = passed(firmware, t_us, raw, Mode.BOTH)
    own, found, _, _ = told(host, Mode.BOTH)
    assert len(own) > 10
    assert bits(own) == bits(found)


def test_in_strides_mode_the_same_strides_come_and_no_samples(firmware: Firmware) -> None:
    t_us, raw = outing("sim", 10.0)
    both = passed(firmware, t_us, raw, Mode.BOTH)
    alone = passed(firmware, t_us, raw, Mode.STRIDES)
    bare = [[(f.toe_off_us, f.contact_us, f.mid_stance_us, repr(f.values)) for f in host.of(StrideFrame)]
            for host in (both, alone)]  # fmt: skip
    assert bare[0] == bare[1] != []
    assert not alone.of(Samples)


def test_each_run_begins_anew_and_start_again_within_it_does_not(firmware: Firmware) -> None:
    t_us, raw = outing("sim", 8.0)
    ends_us = int(t_us[-1]) + 5_000_000

    async def run() -> BoardHost:
        async with BoardHost(firmware) as host:
            host.send(Start(Mode.BOTH))
            await host.until_set()
            await feed(host, t_us[:800], raw[:800])
            host.send(Start(Mode.BOTH), token=2)
            await host.until(Ack, 2)
            await feed(host, t_us[800:], raw[800:])
            host.send(Stop(), token=3)
            host.send(Start(Mode.BOTH), token=4)
            await host.until_set(3)
            await feed(host, t_us + ends_us, raw)
        return host

    strides = asyncio.run(run()).of(StrideFrame)
    half = len(strides) // 2
    assert half > 5
    first, again = ([repr(stride.values) for stride in part] for part in (strides[:half], strides[half:]))
    assert first == again


def test_the_pods_cues_are_those_of_the_host_with_the_same_target(firmware: Firmware) -> None:
    t_us, raw = outing("sim,spm=160", SECONDS_TO_CUES, 104.0)
    host = passed(firmware, t_us, raw, Mode.BOTH, target_spm=172.0)
    _, _, own, found = told(host, Mode.BOTH, target_spm=172.0)
    assert len(own) >= 2
    assert [cue.tobytes() for cue in own] == [cue.tobytes() for cue in found]


def test_without_a_target_the_pod_gives_no_cues(firmware: Firmware) -> None:
    """On the samples on which it would."""
    assert not passed(firmware, *outing("sim,spm=160", SECONDS_TO_CUES, 104.0), Mode.STRIDES).of(CueFrame)


def test_what_the_core_costs_is_counted(firmware: Firmware) -> None:
    """Within the budget of the pod; the figures themselves are the benchmark's."""
    cost = asyncio.run(pass_through(*outing("sim", 10.0), firmware=firmware))
    assert 100 < cost.detector.mean < cost.core.mean
    assert cost.detector.mean < cost.detector.most <= cost.core.most <= 3000
    assert 50 < cost.core.stack_bytes <= 512
    assert cost.core.stack_bytes < cost.stack_peak_bytes < 2048
