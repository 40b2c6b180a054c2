"""The pod in QEMU over the real serial link: what befalls it, and that nothing of it is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import pytest

from cadence.sample import SampleBlock
from firmware_bridge.frames import Mode
from firmware_bridge.links.link import Link
from firmware_bridge.links.live import LiveLink
from firmware_bridge.links.serial_port import SerialCarrier
from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.readings import Battery, Losses, PodInfo, PodStride
from hardware.faults.plan import FaultPlan, Injected, parse_faults
from hardware.firmware.build import FirmwareError
from hardware.firmware.qemu_pod import FirmwarePod, RecordedSamples
from hardware.imu import Imu
from hardware.lapse import run_lapsed
from hardware.outing import Outing
from hardware.pod_spec import PodSpec, parse_pod_spec
from hardware.pty_line import PtyMedium
from hardware.simulation import simulation

LAPSE = 5.0


@dataclass
class Lived:
    """What a host saw of a pod, and what the pod did."""

    blocks: list[SampleBlock] = field(default_factory=list)
    strides: list[np.void] = field(default_factory=list)
    batteries: list[int] = field(default_factory=list)
    infos: list[PodInfo] = field(default_factory=list)
    states: list[LinkState] = field(default_factory=list)
    losses: Losses = field(default_factory=Losses)
    injected: Injected = field(default_factory=Injected)
    boots: list[int] = field(default_factory=list)
    cut_off_packets: int = 0
    overrun_samples: int = 0

    @property
    def motion(self) -> np.ndarray:  # type: ignore[type-arg]
        return np.concatenate([block.motion for block in self.blocks])


async def follow(link: Link, mode: Mode, lived: Lived, seconds: float) -> None:
    """Be its host for some seconds from the first packet on."""
    decoder = OpenPod(mode).decoder()
    loop, closing = asyncio.get_running_loop(), list[asyncio.Future[None]]()
    async for message in link:
        if isinstance(message, LinkEvent):
            lived.states.append(message.state)
            if message.state is LinkState.CONNECTED and len(lived.states) == 1:
                loop.call_later(seconds, lambda: closing.append(asyncio.ensure_future(link.close())))
        for reading in decoder.take(message):
            match reading:
                case SampleBlock():
                    lived.blocks.append(reading)
                case PodStride(stride):
                    lived.strides.append(stride)
                case Battery(percent):
                    lived.batteries.append(percent)
                case PodInfo():
                    lived.infos.append(reading)
        for request in decoder.requests():
            await link.write(request)
    await asyncio.gather(*closing)
    lived.losses = decoder.losses


def live(name: str, seconds: float, faults: str = "") -> Lived:
    """A simulated pod with its host."""
    spec, lived = parse_pod_spec(name), Lived()

    async def run() -> None:
        async with simulation(spec, parse_faults(faults)) as simulated:
            await follow(simulated.link, spec.mode, lived, seconds)
            assert isinstance(simulated.pod, FirmwarePod)
            lived.boots, lived.cut_off_packets = simulated.pod.boots, simulated.pod.cut_off_packets
            lived.injected = simulated.injected
            lived.overrun_samples = simulated.pod.overrun_samples

    run_lapsed(run(), spec.lapse)
    return lived


def expected_motion(spec: PodSpec, count: int) -> np.ndarray:  # type: ignore[type-arg]
    imu = Imu(seed=spec.seed)
    _, raw = Outing(spec.segments(), imu=imu, seed=spec.seed).take(count)
    scale = np.repeat([imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count], 3)
    return raw.astype(np.float32) * scale


def passed_over(motion: np.ndarray, whole: np.ndarray) -> int:  # type: ignore[type-arg]
    """How many samples of the whole are missing among those that came, which must be of it and in its order.

    A machine that is too busy for the emulator lets the sensor's buffer run over; the pod counts that.
    """
    places, at = [], 0
    for sample in motion:
        while not np.array_equal(whole[at], sample):
            at += 1
            assert at < len(whole), f"sample {len(places)} is none of those that are left"
        places.append(at)
        at += 1
    return places[-1] + 1 - len(places)


@pytest.mark.usefixtures("firmware")
def test_the_runners_samples_come_unchanged_and_in_order() -> None:
    lived = live(f"sim+firmware,lapse={LAPSE}", 8.0)
    motion = lived.motion
    assert len(motion) > 1000
    whole = expected_motion(PodSpec("firmware"), len(motion) + lived.overrun_samples)
    assert passed_over(motion, whole) <= lived.overrun_samples
    t_us = np.concatenate([block.t_us for block in lived.blocks])
    assert np.diff(t_us).min() > 4000
    assert [info.model for info in lived.infos] == ["CadPod fw"]
    assert lived.injected == Injected()
    lost = lived.losses.lost_samples
    assert lost <= lived.overrun_samples
    assert lived.losses == Losses(packets=lived.losses.packets, lost_samples=lost)


@pytest.mark.usefixtures("firmware")
def test_in_strides_mode_a_fraction_of_the_packets_comes() -> None:
    lived = live(f"sim+firmware,mode=strides,lapse={LAPSE}", 12.0)
    assert not lived.blocks
    assert 10 < len(lived.strides) <= lived.losses.packets < 30


@pytest.mark.usefixtures("firmware")
def test_a_recordings_samples_are_played_to_the_firmware() -> None:
    t_us, raw = Outing(PodSpec("direct", "walk").segments(), seed=7).take(600)
    lived = Lived()

    async def run() -> None:
        medium = PtyMedium()
        recording = RecordedSamples(t_us + 5_000_000, raw)
        async with (
            FirmwarePod(medium, (), recording=recording) as pod,
            LiveLink(SerialCarrier(medium.port, OpenPod())) as link,
        ):
            await follow(link, Mode.RAW, lived, 8.0)
            lived.overrun_samples = pod.overrun_samples

    run_lapsed(run(), LAPSE)
    imu = Imu()
    scale = np.repeat([imu.acc_scale_m_s2_per_count, imu.gyro_scale_rad_s_per_count], 3)
    assert passed_over(lived.motion, raw.astype(np.float32) * scale) <= lived.overrun_samples
    assert len(lived.motion) > 500


@pytest.mark.usefixtures("firmware")
@pytest.mark.parametrize(
    ("faults", "restarts"), [("restart@2", 1), ("watchdog@2", 1), ("brown-out=2@2", 2)], ids=str
)
def test_a_pod_that_begins_anew_is_followed_on(faults: str, restarts: int) -> None:
    """The watchdog bites after 4 s of real time."""
    lived = live(f"sim+firmware,lapse={LAPSE}", 45.0 if "watchdog" in faults else 10.0, faults)
    injected = lived.injected
    assert injected.restarts + injected.watchdogs + injected.brown_outs == restarts
    assert len(set(lived.boots)) == len(lived.boots)
    # Between two sags of the supply there may be no time to say hello.
    assert 2 <= len(lived.boots) <= restarts + 1
    assert lived.losses.restarts >= 1
    assert lived.losses.disconnects == injected.restarts
    after_s = lived.blocks[-1].t_us[-1] / 1e6
    assert after_s > 3.0
    assert not lived.losses.clock_faults
    assert lived.losses.bad_packets.total() == 0


@pytest.mark.usefixtures("firmware")
def test_a_host_that_was_gone_gets_what_the_memory_of_the_firmware_held() -> None:
    lived = live(f"sim+firmware,lapse={LAPSE}", 14.0, "link-loss@3+5")
    assert lived.injected.link_losses == lived.losses.disconnects == 1
    assert lived.losses.restarts == 0
    assert lived.injected.given_up > 20
    assert lived.losses.lost_frames == pytest.approx(lived.injected.given_up, abs=3)
    t_us = np.concatenate([block.t_us for block in lived.blocks])
    gap_s = np.diff(t_us).max() / 1e6
    assert 1.0 < gap_s < 5.0


@pytest.mark.usefixtures("firmware")
def test_faults_of_frames_are_seen_by_the_host_as_they_are_done() -> None:
    lived = live(
        f"sim+firmware,lapse={LAPSE},seed=2", 20.0, "drop=0.05@0+15,corrupt=0.05@0+15,duplicate=0.05@0+15"
    )
    injected, losses = lived.injected, lived.losses
    assert min(injected.dropped, injected.corrupted, injected.duplicated) > 1
    assert losses.lost_frames == injected.dropped + injected.corrupted
    assert losses.bad_packets.total() == injected.corrupted
    assert losses.duplicates == injected.duplicated


@pytest.mark.usefixtures("firmware")
def test_a_battery_that_runs_down_is_told() -> None:
    lived = live(f"sim+firmware,lapse={LAPSE}", 6.0, "low-battery=7@1")
    assert set(lived.batteries) == {7}


@pytest.mark.parametrize("fault", ["watchdog", "brown-out"])
def test_what_befalls_real_firmware_alone_is_refused_by_other_pods(fault: str) -> None:
    async def run() -> None:
        async with simulation(PodSpec("direct"), parse_faults(fault)):
            raise AssertionError("it was taken")

    with pytest.raises(ValueError, match="take sim\\+firmware"):
        run_lapsed(run(), LAPSE)


def board_of(pod: FirmwarePod) -> psutil.Process:
    """QEMU itself, behind its guard."""
    assert pod.pid is not None
    (board,) = (child for child in psutil.Process(pod.pid).children() if "qemu" in child.name())
    return board


@pytest.mark.usefixtures("firmware")
def test_nothing_is_left_behind() -> None:
    async def once() -> psutil.Process:
        medium = PtyMedium()
        async with FirmwarePod(medium, PodSpec("firmware").segments()) as pod:
            board = board_of(pod)
            assert board.is_running()
        return board

    files = len(os.listdir("/dev/fd"))
    assert not run_lapsed(once(), LAPSE).is_running()
    assert len(os.listdir("/dev/fd")) == files


@pytest.mark.usefixtures("firmware")
def test_the_board_does_not_survive_the_death_of_its_owner() -> None:
    program = (
        "import asyncio\n"
        "from hardware.firmware.qemu_pod import FirmwarePod\n"
        "from hardware.pod_spec import PodSpec\n"
        "from hardware.pty_line import PtyMedium\n"
        "async def go():\n"
        "    async with FirmwarePod(PtyMedium(), PodSpec('firmware').segments()) as pod:\n"
        "        print(pod.pid, flush=True)\n"
        "        await asyncio.sleep(100)\n"
        "asyncio.run(go())\n"
    )
    root = Path(__file__).parents[2]
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root)
    assert owner.stdout is not None
    guard = psutil.Process(int(owner.stdout.readline()))
    family = [guard, *guard.children()]
    assert any("qemu" in process.name() for process in family)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    _, alive = psutil.wait_procs(family, timeout=10.0)
    assert not alive


@pytest.mark.usefixtures("firmware")
def test_a_board_that_ends_by_itself_is_an_error_and_ends_the_link() -> None:
    states = []

    async def run() -> None:
        async with simulation(PodSpec("firmware"), FaultPlan()) as simulated:
            assert isinstance(simulated.pod, FirmwarePod)
            asyncio.get_running_loop().call_later(2.0, board_of(simulated.pod).kill)
            async for message in simulated.link:
                if isinstance(message, LinkEvent):
                    states.append(message.state)

    with pytest.raises(ExceptionGroup) as error:
        run_lapsed(run(), LAPSE)
    assert error.group_contains(FirmwareError)
    assert states[-1] is LinkState.CLOSED
