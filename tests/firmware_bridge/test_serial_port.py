"""A pod on a serial port, on real pseudo terminals."""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from cobs import cobs

from firmware_bridge.links import serial_names
from firmware_bridge.links.link import LinkError, UnavailableError
from firmware_bridge.links.live import LiveLink
from firmware_bridge.links.serial_errors import explain
from firmware_bridge.links.serial_names import SerialPort, find_port
from firmware_bridge.links.serial_port import SerialCarrier
from firmware_bridge.message import SERIAL_CHANNEL, LinkEvent, Packet
from firmware_bridge.readings import Write

from .scripted_carrier import GOODBYE, HELLO, Profile

pty = pytest.importorskip("pty", reason="there are no pseudo terminals here")


class Pod:
    """The pod's end of a pty; the host's end has a stable name."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.end = -1

    def plug_in(self) -> None:
        self.end, host_end = os.openpty()
        os.set_blocking(self.end, False)
        self.name.symlink_to(os.ttyname(host_end))
        # As on USB the port is there whether or not a program has it open.
        self._held = host_end

    def unplug(self) -> None:
        self.name.unlink()
        os.close(self.end)
        os.close(self._held)
        self.end = -1

    def send(self, data: bytes) -> None:
        os.write(self.end, data)

    def taken(self) -> bytes:
        try:
            return os.read(self.end, 4096)
        except BlockingIOError:
            return b""


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[Pod]:
    pod = Pod(tmp_path / "pod")
    pod.plug_in()
    yield pod
    if pod.end >= 0:
        pod.unplug()


class Heard:
    """What a carrier tells."""

    def __init__(self) -> None:
        self.packets: list[tuple[str, bytes, int]] = []
        self.losses: list[str] = []

    def receive(self, channel: str, data: bytes, t_host_ns: int) -> None:
        self.packets.append((channel, data, t_host_ns))

    async def until(self, told: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not told():
                await asyncio.sleep(0.002)


def played(port: object, story: Callable[[SerialCarrier, Heard], Coroutine[Any, Any, None]]) -> Heard:
    async def play() -> Heard:
        carrier, heard = SerialCarrier(str(port), Profile()), Heard()
        await carrier.open(heard.receive, heard.losses.append)
        try:
            await story(carrier, heard)
        finally:
            await carrier.close()
        return heard

    return asyncio.run(play())


def test_packets_are_cut_at_the_zeros_however_they_arrive(pod: Pod) -> None:
    frames = [bytes([number]) * 20 for number in range(1, 100)]
    line = b"".join(cobs.encode(frame) + b"\0" for frame in frames)

    async def story(_: SerialCarrier, heard: Heard) -> None:
        for start in range(0, len(line), 7):
            pod.send(line[start : start + 7])
            await asyncio.sleep(0)
        await heard.until(lambda: len(heard.packets) == len(frames))

    before_ns = time.time_ns()
    heard = played(pod.name, story)
    assert [cobs.decode(data) for _, data, _ in heard.packets] == frames
    assert {channel for channel, _, _ in heard.packets} == {SERIAL_CHANNEL}
    stamps = [t_ns for _, _, t_ns in heard.packets]
    assert stamps == sorted(stamps)
    assert before_ns - 1e6 < stamps[0] <= stamps[-1] < time.time_ns() + 1e6
    assert heard.losses == []


def test_garbage_is_handed_on_for_the_decoder_to_count(pod: Pod) -> None:
    async def story(_: SerialCarrier, heard: Heard) -> None:
        pod.send(b"\xff\x13\x11\r\n\x03\0\0\0" + b"ok\0")
        await heard.until(lambda: len(heard.packets) == 2)

    assert [data for _, data, _ in played(pod.name, story).packets] == [b"\xff\x13\x11\r\n\x03", b"ok"]


def test_a_write_is_framed_for_the_line(pod: Pod) -> None:
    async def story(carrier: SerialCarrier, heard: Heard) -> None:
        await carrier.write(Write("any", b"\x01\0\x02"))

    played(pod.name, story)
    assert pod.taken() == cobs.encode(b"\x01\0\x02") + b"\0"


def test_an_unplugged_pod_is_told_once_and_takes_no_writes(pod: Pod) -> None:
    async def story(carrier: SerialCarrier, heard: Heard) -> None:
        pod.unplug()
        await heard.until(lambda: heard.losses)
        with pytest.raises(UnavailableError):
            await carrier.write(HELLO)

    (loss,) = played(pod.name, story).losses
    assert "the serial port is gone" in loss


def test_a_pod_that_is_plugged_in_again_is_found_by_its_stable_name(pod: Pod) -> None:
    taken = []

    async def answer(data: bytes) -> None:
        while not (greeting := pod.taken()):
            await asyncio.sleep(0.002)
        taken.append(greeting)
        pod.send(data)

    async def play() -> list[str]:
        told = []
        async with LiveLink(SerialCarrier(str(pod.name), Profile())) as link, asyncio.timeout(10):
            async for message in link:
                told.append(message.state.value if isinstance(message, LinkEvent) else message.data.decode())
                match told:
                    case ["connected"]:
                        await answer(b"one\0")
                    case ["connected", "one"]:
                        pod.unplug()
                        asyncio.get_running_loop().call_later(0.3, pod.plug_in)
                    case [*_, "connected"]:
                        await answer(b"two\0")
                    case [*_, "two"]:
                        break
        return told

    assert asyncio.run(play()) == ["connected", "one", "lost", "connected", "two"]
    hello, goodbye = (cobs.encode(write.data) + b"\0" for write in (HELLO, GOODBYE))
    assert (taken, pod.taken()) == ([hello, hello], goodbye)


def test_a_port_that_is_closed_can_be_opened_again_at_once(pod: Pod) -> None:
    async def nothing(_: SerialCarrier, __: Heard) -> None:
        pass

    for _ in range(3):
        played(pod.name, nothing)


def test_a_port_in_use_is_told(pod: Pod) -> None:
    async def story(_: SerialCarrier, __: Heard) -> None:
        with pytest.raises(LinkError, match="is in use by another program: close that one") as told:
            await SerialCarrier(str(pod.name), Profile()).open(lambda *_: None, lambda _: None)
        assert not isinstance(told.value, UnavailableError)

    played(pod.name, story)


def test_a_missing_port_may_come(tmp_path: Path) -> None:
    carrier = SerialCarrier(str(tmp_path / "ttyACM0"), Profile())
    with pytest.raises(UnavailableError, match="ttyACM0: there is no such serial port now: plug the pod in"):
        asyncio.run(carrier.open(lambda *_: None, lambda _: None))


def test_a_file_is_no_port(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a port")
    with pytest.raises(LinkError, match=r"notes\.txt is no serial port: `coach pods` lists"):
        asyncio.run(SerialCarrier(str(file), Profile()).open(lambda *_: None, lambda _: None))


@pytest.mark.parametrize(
    ("error", "words", "may_pass"),
    [
        (
            OSError(errno.EACCES, "denied"),
            "no permission to open it: join its group with `sudo",
            False,
        ),
        (OSError(errno.EBUSY, "busy"), "is in use by another program", False),
        (OSError("could not open port: PermissionError(13, 'Access is denied.', None, 5)"), "in use", False),
        (OSError("could not open port: FileNotFoundError(2, 'no file', None, 2)"), "plug the pod in", True),
        (OSError(errno.EIO, "i/o"), "plug the pod in", True),
        (OSError("a semaphore"), "cannot be opened, a semaphore: unplug the pod", True),
    ],
)
def test_every_failure_is_one_line_that_says_what_to_do(
    tmp_path: Path, error: OSError, words: str, may_pass: bool
) -> None:
    told = explain(str(tmp_path), error)
    assert words in str(told)
    assert "\n" not in str(told)
    assert isinstance(told, UnavailableError) is may_pass


def test_a_pod_is_found_by_its_usb_id_whatever_its_port_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [SerialPort("/dev/ttyACM1", "Pod", "2886:8045:A1"), SerialPort("/dev/ttyS0", "", "")]
    monkeypatch.setattr(serial_names, "scan_serial", lambda: ports)
    assert find_port("2886:8045") == find_port("2886:8045:A1") == "/dev/ttyACM1"
    assert find_port("COM5") == "COM5"
    with pytest.raises(UnavailableError, match="no serial port has the USB id 2886:8045:B2: plug the pod in"):
        find_port("2886:8045:B2")
    ports.append(SerialPort("/dev/ttyACM2", "Pod", "2886:8045:B2"))
    assert find_port("2886:8045:B2") == "/dev/ttyACM2"
    with pytest.raises(LinkError, match="2 serial ports have the USB id 2886:8045: say which"):
        find_port("2886:8045")


def test_packets_over_a_live_link_keep_their_order_at_speed(pod: Pod) -> None:
    count = 5000

    async def play() -> list[int]:
        numbers: list[int] = []
        async with LiveLink(SerialCarrier(str(pod.name), Profile())) as link, asyncio.timeout(10):

            async def send() -> None:
                rest = b"".join(b"%d\0" % number for number in range(count))
                while rest:
                    try:
                        rest = rest[os.write(pod.end, rest) :]
                    except BlockingIOError:
                        await asyncio.sleep(0.001)

            sender = None
            async for message in link:
                if isinstance(message, Packet):
                    numbers.append(int(message.data))
                    if len(numbers) == count:
                        break
                elif sender is None:
                    sender = asyncio.create_task(send())
        return numbers

    assert asyncio.run(play()) == list(range(count))
