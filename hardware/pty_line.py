"""A simulated pod behind a serial line: a pseudo-terminal, with frames in COBS. Linux and macOS alone.

The host counts as there from its first byte on until it closes the port. A program that has just opened a
port may still throw away what stands in it, so a pod must not hand over what it kept before it is spoken to.
"""

from __future__ import annotations

import asyncio
import os
import select
import tempfile
from pathlib import Path

from firmware_bridge.frames import BadFrame
from firmware_bridge.serial_framing import Splitter, pack, unpack
from hardware.peripheral import Peripheral

PAYLOAD_BYTES = 244
"""The pod sends the same frames as over its radio. Our choice."""

LOOK_S = 0.02
"""How often a closed port is looked at: nothing tells that a program opened it."""

_READ_BYTES = 4096


class PtyMedium:
    """A serial port, a `Medium`.

    Attributes:
        payload_bytes: as of a `Medium`.
        port: what a host opens. The name lasts through every cut, as that of a USB id does.
    """

    payload_bytes = PAYLOAD_BYTES

    def __init__(self) -> None:
        """Raises ValueError where there are no pseudo-terminals."""
        if not hasattr(os, "openpty"):
            raise ValueError("a simulated serial port needs Linux or macOS: use sim or sim+ble here")
        self._folder = tempfile.TemporaryDirectory(prefix="cadpod-")
        self.port = str(Path(self._folder.name) / "pod")
        self._device: Peripheral | None = None
        self._line: int | None = None
        self._open = self._attached = self._held = False
        self._look: asyncio.TimerHandle | None = None
        self._splitter = Splitter()
        self._rest = b""

    async def start(self, device: Peripheral) -> None:
        """Plug the device in."""
        self._device = device
        self._plug_in()

    async def stop(self) -> None:
        """Unplug it for good and remove the port."""
        self._unplug()
        self._device = None
        self._folder.cleanup()

    def hold(self, held: bool) -> None:
        """While held nothing is read or written."""
        self._held = held
        if self._open:
            self._listen()

    def cut(self, absent: bool) -> None:
        """Unplug the device: an open port ends in an error and the name is gone; or plug it in again."""
        if absent:
            self._unplug()
        elif self._line is None:
            self._plug_in()

    def _plug_in(self) -> None:
        import tty

        if self._device is None:
            return
        self._line, terminal = os.openpty()
        # Raw before any program has it: a terminal would echo what the pod sends.
        tty.setraw(terminal)
        Path(self.port).symlink_to(os.ttyname(terminal))
        os.close(terminal)
        os.set_blocking(self._line, False)
        self._splitter = Splitter()
        self._wait_for_host()

    def _unplug(self) -> None:
        if self._line is None:
            return
        self._host_left()
        if self._look is not None:
            self._look.cancel()
        os.close(self._line)
        self._line = None
        Path(self.port).unlink()

    def _wait_for_host(self) -> None:
        """A terminal that no program has open has hung up."""
        assert self._line is not None
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        if any(events & select.POLLHUP for _, events in poll.poll(0)):
            self._look = asyncio.get_running_loop().call_later(LOOK_S, self._wait_for_host)
            return
        self._open = True
        self._listen()

    def _host_left(self) -> None:
        if not self._open:
            return
        self._open = False
        self._rest = b""
        self._listen()
        if self._attached:
            self._attached = False
            assert self._device is not None
            self._device.detached()

    def _listen(self) -> None:
        assert self._line is not None
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._line)
        loop.remove_writer(self._line)
        if self._open and not self._held:
            loop.add_reader(self._line, self._read)
            if self._rest:
                loop.add_writer(self._line, self._write_rest)

    def _read(self) -> None:
        assert self._line is not None
        assert self._device is not None
        channel = self._device.serial_write_channel
        try:
            chunk = os.read(self._line, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""  # Linux says EIO where macOS says the end
        if not chunk:
            self._host_left()
            self._wait_for_host()
            return
        if not self._attached:
            self._attached = True
            self._device.attached(self._send)
        for packet in self._splitter.feed(chunk):
            frame = unpack(packet)
            if not isinstance(frame, BadFrame) and channel is not None:
                self._device.written(channel, frame)

    def _send(self, channel: str, data: bytes) -> bool:
        assert self._device is not None
        if channel != self._device.serial_notify_channel:
            return True  # a serial line has no room for the standard services, now or later
        if self._held or self._rest or not self._attached:
            return False
        return self._write(pack(data))

    def _write(self, packet: bytes) -> bool:
        """Write what the kernel takes of it; False when that is nothing."""
        assert self._line is not None
        try:
            written = os.write(self._line, packet)
        except OSError:
            return False  # no room, or the host is just leaving, which `_read` will find
        self._rest = packet[written:]
        if self._rest:
            self._listen()
        return True

    def _write_rest(self) -> None:
        if self._write(self._rest) and not self._rest:
            self._listen()
