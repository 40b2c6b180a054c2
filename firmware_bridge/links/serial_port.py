"""A pod on a serial port: USB, or a UART behind a bridge."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from firmware_bridge.links.host_clock import HostClock
from firmware_bridge.links.link import Receive, UnavailableError
from firmware_bridge.links.serial_errors import explain
from firmware_bridge.links.serial_names import find_port
from firmware_bridge.message import SERIAL_CHANNEL
from firmware_bridge.readings import PodProfile, Write
from firmware_bridge.serial_framing import Splitter, pack

BAUD = 115_200
"""What UART bridges start with, and twice what 416 samples a second need. USB itself knows no baud rate."""
READ_WAIT_S = 0.1
"""The reader looks at least this often whether it shall end. Our choice."""
WRITE_WAIT_S = 1.0
"""A command is some 20 bytes: a port that does not take them in this time is stuck. Our choice."""


class SerialCarrier:
    """A `Carrier` over a serial port.

    Attributes:
        path: "serial".
    """

    path = "serial"

    def __init__(self, port: str, profile: PodProfile, *, baud: int = BAUD) -> None:
        """
        Args:
            port: its name, or the USB id VID:PID[:SERIAL] of the pod, looked up at every opening since a
                port may have another name after a re-plug.
            profile: what kind of pod it is.
            baud: bits a second, where the port is a UART.
        """
        self._name = port
        self._profile = profile
        self._baud = baud
        self._line: _Line | None = None

    @property
    def address(self) -> str:
        """The port as it was named."""
        return self._name

    async def open(self, receive: Receive, lost: Callable[[str], None]) -> PodProfile:
        """See `Carrier.open`."""
        line = self._line = _Line(receive, lost)
        await line.open(self._name, self._baud)
        return self._profile

    async def write(self, write: Write) -> None:
        """See `Carrier.write`. The frame is framed for the line here; the channel says nothing here."""
        if self._line is None:
            raise UnavailableError(f"{self._name} is not open")
        try:
            await self._line.write(pack(write.data))
        except OSError as error:
            raise UnavailableError(f"{self._name} takes nothing: {error}") from None

    async def close(self) -> None:
        """See `Carrier.close`."""
        line, self._line = self._line, None
        if line is not None:
            await line.close()


class _Line:
    """One opening of a port. It is opened, read and closed in a thread of its own, so that whatever blocks
    blocks that thread alone, and nothing uses the port's handle after it is closed."""

    def __init__(self, receive: Receive, lost: Callable[[str], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = HostClock(self._loop)
        self._receive = receive
        self._lost = lost
        self._port: Any = None
        self._port_lock = threading.Lock()  # a write is over before the port is closed
        # One thread: writes keep their order, though one whose caller was cancelled goes on.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="serial write")
        self._ending = False
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._finished = asyncio.Event()

    async def open(self, name: str, baud: int) -> None:
        """Raises LinkError when it cannot be opened."""
        thread = threading.Thread(target=self._run, args=(name, baud), name=f"serial {name}", daemon=True)
        thread.start()
        try:
            await self._opened
        except asyncio.CancelledError:
            self._ending = True
            raise

    async def write(self, data: bytes) -> None:
        """Write all of it. Raises OSError."""
        await self._loop.run_in_executor(self._writer, self._write, data)

    async def close(self) -> None:
        self._ending = True
        await self._finished.wait()
        self._writer.shutdown(wait=False)

    def _write(self, data: bytes) -> None:
        with self._port_lock:
            if self._port is None:
                raise OSError("the port is closed")
            self._port.write(data)

    def _run(self, name: str, baud: int) -> None:
        reason = ""
        try:
            import serial

            port = serial.Serial(
                find_port(name), baud, timeout=READ_WAIT_S, write_timeout=WRITE_WAIT_S, exclusive=True
            )
        except Exception as error:
            known = explain(name, error) if isinstance(error, OSError) else error
            self._call(self._fail, known)
            self._call(self._finished.set)
            return
        self._port = port
        self._call(self._succeed)
        try:
            self._read(port)
        except OSError as error:
            # An unplugged port raises SerialException, which is an OSError, or a bare OSError.
            reason = f"the serial port is gone: {error}"
        finally:
            with self._port_lock:
                self._port = None
                with suppress(OSError):
                    port.close()
            if reason and not self._ending:
                self._call(self._lost, reason)
            self._call(self._finished.set)

    def _read(self, port: Any) -> None:
        splitter = Splitter()
        while not self._ending:
            chunk = port.read(1)
            if chunk:
                chunk += port.read(port.in_waiting)
                t_host_ns = self._clock.now_ns()
                packets = splitter.feed(chunk)
                if packets:
                    self._call(self._deliver, packets, t_host_ns)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is over
            self._loop.call_soon_threadsafe(function, *arguments)

    def _deliver(self, packets: list[bytes], t_host_ns: int) -> None:
        for packet in packets:
            self._receive(SERIAL_CHANNEL, packet, t_host_ns)

    def _succeed(self) -> None:
        if not self._opened.done():
            self._opened.set_result(None)

    def _fail(self, error: Exception) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)
