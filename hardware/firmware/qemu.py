"""The board in QEMU: an mps2-an386 whose two serial lines are sockets of ours.

It is started through a small shell that waits for the end of its input, which is ours, and then ends QEMU:
however this process ends, killed or crashed, QEMU ends with it.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hardware.firmware.build import FirmwareError

STARTS_WITHIN_S = 60.0
"""Real time, on a busy machine; 0.1 s on an idle one."""

SEED_ADDRESS = 0x2004_0000
"""Where the firmware looks for its source of chance: above its memory, see `c/mps2_an386/board.c`."""

_LOOK_S = 0.005
_KERNEL_BYTES = 4096
_PROGRAM = "qemu-system-arm"
_GUARD = '"$@" </dev/null & board=$!; cat >/dev/null; kill -KILL $board 2>/dev/null; wait $board'
_LINES = ("line", "bench")  # UART0 and UART1


class Line(asyncio.Protocol):
    """One serial line of the board.

    Attributes:
        received: is called with what comes.
        lost: is called when the board is gone.
    """

    def __init__(self, received: Callable[[bytes], None], lost: Callable[[], None]) -> None:
        self.received, self.lost = received, lost
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self.received(data)

    def connection_lost(self, error: Exception | None) -> None:
        if self._transport is not None:
            self._transport = None
            self.lost()

    def write(self, data: bytes) -> None:
        """Send to the board; nothing when it is gone."""
        if self._transport is not None:
            self._transport.write(data)

    def listen(self, on: bool) -> None:
        """While off nothing is read, and the board's sender waits once some hundred bytes stand there."""
        if self._transport is None:
            return
        if on:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    @property
    def unsent_bytes(self) -> int:
        """Written, and not yet taken by the board."""
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def close(self) -> None:
        """Not told to `lost`."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.abort()


def check_qemu() -> None:
    """Raises FirmwareError where QEMU is not installed."""
    if shutil.which(_PROGRAM) is None:
        raise FirmwareError(f"{_PROGRAM} is not installed (Debian: apt install qemu-system-arm)")


class Qemu:
    """A board that is on, from `power_on` to `power_off`.

    Attributes:
        line, bench: its serial lines.
        pid: of QEMU's guard; None while it is off.
    """

    def __init__(self, elf: Path, line: Line, bench: Line, *, icount_shift: int | None = None) -> None:
        """
        Args:
            elf: what it runs.
            line, bench: its first and second serial line.
            icount_shift: each instruction takes 2 to this power ns of the board's time; None for real time.
        """
        self._elf, self._shift = elf, icount_shift
        self.line, self.bench = line, bench
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def power_on(self, seed: int) -> None:
        """Start it. When it is switched off meanwhile, it stays off.

        Args:
            seed: of what the board draws.

        Raises FirmwareError where it does not start.
        """
        check_qemu()
        with ExitStack() as closing:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="cadpod-")))
            sockets = [closing.enter_context(_listening(folder / name)) for name in _LINES]
            said = closing.enter_context(tempfile.TemporaryFile())
            process = self._process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARD, "sh", *self._command(folder, seed)],
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                start_new_session=True,  # Ctrl-C is for the host program, which then ends the board
            )
            try:
                connections = [await self._accepted(served, process) for served in sockets]
            except TimeoutError:
                said.seek(0)
                lines = said.read().decode(errors="replace").strip().splitlines()
                why = lines[-1] if lines else f"nothing came from it in {STARTS_WITHIN_S:g} s"
                raise FirmwareError(f"{_PROGRAM} did not start: {why}") from None
            for connection, line in zip(connections, (self.line, self.bench), strict=True):
                if connection is not None:
                    await asyncio.get_running_loop().connect_accepted_socket(_given(line), connection)
            if self._process is not process:
                self.line.close()
                self.bench.close()

    async def _accepted(
        self, served: socket.socket, process: subprocess.Popen[bytes]
    ) -> socket.socket | None:
        """The board's end of a line; None when it was switched off. Raises TimeoutError."""
        deadline_s = time.monotonic() + STARTS_WITHIN_S  # real time, whatever the loop's
        while self._process is process:
            try:
                connection, _ = served.accept()
            except BlockingIOError:
                if time.monotonic() > deadline_s:
                    self.power_off()
                    raise TimeoutError from None
                await asyncio.sleep(_LOOK_S)
            else:
                connection.setblocking(False)
                # What the board has not taken shall wait with us, where it is counted.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
                return connection
        return None

    def power_off(self) -> None:
        """End it at once. May be called twice."""
        self.line.close()
        self.bench.close()
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()

    def _command(self, folder: Path, seed: int) -> list[str]:
        command = [_PROGRAM, "-M", "mps2-an386", "-display", "none", "-monitor", "none", "-nodefaults"]
        command += ["-kernel", str(self._elf)]
        for name in _LINES:
            command += ["-chardev", f"socket,id={name},path={folder / name}", "-serial", f"chardev:{name}"]
        command += ["-device", f"loader,addr={SEED_ADDRESS:#x},data={seed:#x},data-len=4"]
        if self._shift is not None:
            command += ["-icount", f"shift={self._shift}"]
        return command


def _listening(path: Path) -> socket.socket:
    served = socket.socket(socket.AF_UNIX)
    served.bind(str(path))
    served.listen(1)
    served.setblocking(False)
    return served


def _given(protocol: Line) -> Callable[[], Line]:
    return lambda: protocol
