"""A pod behind a serial port, driven with pyserial as any other."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import serial

from firmware_bridge.commands import Info, Start, encode_command
from firmware_bridge.frames import Ack, BadFrame, Frame, Hello, Mode, Samples, decode
from firmware_bridge.links.live import LiveLink
from firmware_bridge.links.serial_port import SerialCarrier
from firmware_bridge.message import LinkEvent, LinkState
from firmware_bridge.pods.open_pod import OpenPod
from firmware_bridge.readings import Losses
from firmware_bridge.serial_framing import Splitter, pack, unpack
from hardware.faults.plan import Injected, parse_faults
from hardware.lapse import run_lapsed
from hardware.pod import SimulatedPod
from hardware.pty_line import PtyMedium
from hardware.scenarios import scenario

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")

LAPSE = 10.0


class Terminal:
    """A program with the port open."""

    def __init__(self, port: str) -> None:
        self.serial = serial.Serial(port, timeout=0, exclusive=True)
        self._splitter = Splitter()

    def send(self, command: Any, token: int = 1) -> None:
        self.serial.write(pack(encode_command(command, token)))

    def take(self) -> list[Frame | BadFrame]:
        """The frames that came since the last time."""
        frames = []
        while chunk := self.serial.read(1 << 16):
            for packet in self._splitter.feed(chunk):
                frame = unpack(packet)
                frames.append(frame if isinstance(frame, BadFrame) else decode(frame))
        return frames

    async def until(self, kind: type[Frame], count: int = 1) -> list[Frame | BadFrame]:
        frames: list[Frame | BadFrame] = []
        async with asyncio.timeout(100.0):
            while sum(isinstance(frame, kind) for frame in frames) < count:
                await asyncio.sleep(0.05)
                frames += self.take()
        return frames


def pod_on(medium: PtyMedium, faults: str = "", **options: Any) -> SimulatedPod:
    return SimulatedPod(medium, scenario("steady", 60.0), faults=parse_faults(faults), **options)


def test_frames_come_and_commands_go_over_the_port() -> None:
    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium) as pod:
            terminal = Terminal(medium.port)
            terminal.send(Start(Mode.RAW), token=77)
            frames = await terminal.until(Samples, 40)
            assert not [frame for frame in frames if isinstance(frame, BadFrame)]
            assert [frame.sequence for frame in frames if not isinstance(frame, BadFrame)] == list(
                range(len(frames))
            )
            assert [frame.token for frame in frames if isinstance(frame, Ack)] == [77]
            assert pod.commands == [Start(Mode.RAW)]
            terminal.serial.close()

    run_lapsed(talk(), LAPSE)


def test_damage_on_the_line_is_passed_over() -> None:
    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium) as pod:
            terminal = Terminal(medium.port)
            terminal.serial.write(b"\x05noise\0\0\xff")
            terminal.serial.write(b"\0")
            terminal.send(Info())
            await terminal.until(Ack)
            assert pod.commands == [Info()]
            terminal.serial.close()

    run_lapsed(talk(), LAPSE)


def test_the_port_may_be_closed_and_opened_again() -> None:
    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium):
            for _ in range(3):
                terminal = Terminal(medium.port)
                terminal.send(Info())
                await terminal.until(Hello)
                terminal.serial.close()
                await asyncio.sleep(0.5)

    run_lapsed(talk(), LAPSE)


def test_a_host_that_does_not_read_makes_the_pod_give_frames_up() -> None:
    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium) as pod:
            terminal = Terminal(medium.port)
            terminal.send(Start(Mode.RAW))
            await terminal.until(Samples)
            while pod.injected.given_up < 20:
                await asyncio.sleep(0.5)
            frames = await terminal.until(Samples, 300)
            assert not [frame for frame in frames if isinstance(frame, BadFrame)]
            numbers = [frame.sequence for frame in frames if not isinstance(frame, BadFrame)]
            assert numbers == sorted(set(numbers))
            assert numbers[-1] - numbers[0] + 1 - len(numbers) == pod.injected.given_up
            terminal.serial.close()

    run_lapsed(talk(), 50.0)


def test_unplugging_ends_the_port_and_plugging_in_brings_its_name_back() -> None:
    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium):
            terminal = Terminal(medium.port)
            terminal.send(Info())
            await terminal.until(Hello)
            medium.cut(True)
            assert not Path(medium.port).is_symlink()
            with pytest.raises(OSError, match="Input/output"):
                terminal.serial.write(b"x")
            terminal.serial.close()
            medium.cut(False)
            again = Terminal(medium.port)
            again.send(Info())
            await again.until(Hello)
            again.serial.close()

    run_lapsed(talk(), LAPSE)


def test_what_the_pod_kept_waits_for_the_first_byte_of_a_host_that_is_back() -> None:
    """A program that opens a port first throws away what stands in it."""

    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium) as pod:
            terminal = Terminal(medium.port)
            terminal.send(Start(Mode.RAW))
            await terminal.until(Samples, 5)
            terminal.serial.close()
            await asyncio.sleep(0.5)
            again = Terminal(medium.port)
            await asyncio.sleep(0.5)
            assert again.take() == []
            again.send(Info())
            frames = await again.until(Samples, 30)
            numbers = [frame.sequence for frame in frames if not isinstance(frame, BadFrame)]
            assert numbers == list(range(numbers[0], numbers[0] + len(frames)))
            assert numbers[0] < 20
            assert pod.injected.given_up == 0
            again.serial.close()

    run_lapsed(talk(), LAPSE)


def test_while_held_the_line_is_silent() -> None:
    async def talk() -> None:
        medium = PtyMedium()
        async with pod_on(medium, "stall@2+1") as pod:
            terminal = Terminal(medium.port)
            terminal.send(Start(Mode.RAW))
            while not pod.injected.stalls:
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.1)
            frames = terminal.take()
            terminal.send(Info(), token=5)
            await asyncio.sleep(0.5)
            assert terminal.take() == []
            assert Info() not in pod.commands
            frames += await terminal.until(Ack)
            assert not [frame for frame in frames if isinstance(frame, BadFrame)]
            assert pod.injected.given_up == 0
            terminal.serial.close()

    run_lapsed(talk(), LAPSE)


def test_nothing_is_left_behind() -> None:
    async def live() -> PtyMedium:
        medium = PtyMedium()
        async with pod_on(medium):
            assert Path(medium.port).is_symlink()
        await medium.stop()
        return medium

    before = len(os.listdir("/dev/fd"))
    medium = run_lapsed(live(), LAPSE)
    assert not Path(medium.port).parent.exists()
    assert len(os.listdir("/dev/fd")) == before


@pytest.mark.parametrize("faults", ["", "drop=0.1@0+6,corrupt=0.1@0+6", "link-loss@3+1", "restart@3"])
def test_the_live_link_of_serial_pods_lives_with_it(faults: str) -> None:
    async def run() -> tuple[list[LinkState], Losses, Injected]:
        medium, decoder, states = PtyMedium(), OpenPod().decoder(), list[LinkState]()
        async with pod_on(medium, faults) as pod:
            link = LiveLink(SerialCarrier(medium.port, OpenPod()))
            closer = asyncio.get_running_loop().call_later(
                8.0, lambda: closing.append(asyncio.ensure_future(link.close()))
            )
            closing: list[asyncio.Future[None]] = []
            async for message in link:
                if isinstance(message, LinkEvent):
                    states.append(message.state)
                for _ in decoder.take(message):
                    pass
                for request in decoder.requests():
                    await link.write(request)
            closer.cancel()
            await asyncio.gather(*closing)
        list(decoder.finish())
        return states, decoder.losses, pod.injected

    begin_s = time.monotonic()
    states, losses, injected = run_lapsed(run(), LAPSE)
    assert time.monotonic() - begin_s < 10.0
    assert losses.packets > 100
    assert losses.bad_packets.total() == injected.corrupted
    assert losses.restarts == injected.restarts
    assert losses.disconnects == injected.link_losses + injected.restarts
    assert states.count(LinkState.CONNECTED) == 1 + losses.disconnects
    if not injected.link_losses and not injected.restarts:
        assert losses.lost_frames == injected.dropped + injected.corrupted
